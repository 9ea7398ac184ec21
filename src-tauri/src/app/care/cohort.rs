//! Find those of one's own patients for whom everything holds that is asked.

use super::view::{CohortPage, MemberView};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::care::{CareFacts, CohortQuery};
use crate::record::{Day, Section};
use serde::Deserialize;
use uuid::Uuid;

/// Characters of what is asked.
const LONGEST: usize = 200;

/// A question, and where to go on with it.
#[derive(Deserialize, ts_rs::TS)]
pub struct FindCohort {
    /// What must hold.
    pub query: CohortQuery,
    /// The patient after whom to go on; none at the beginning.
    pub after: Option<Uuid>,
}

impl Action for FindCohort {
    type Output = CohortPage;
    const NAME: &'static str = "find_cohort";

    fn right(&self) -> Right {
        Right::FindCohorts
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<CohortPage>, Failure> {
        self.check()?;
        let today = desk.today().and_then(Day::of_date).ok_or_else(|| Code::Internal.bare())?;
        let slice = desk.own_after(self.after).await?;
        let (mut members, mut touched, mut damaged) = (Vec::new(), Vec::new(), 0);
        for patient in &slice.own {
            let (member, row) = self.look_at(desk, *patient, today).await?;
            damaged += u64::from(row.damaged);
            touched.push(row);
            members.extend(member);
        }
        if touched.is_empty() {
            touched.push(Touched::default());
        }
        let output = CohortPage { members, slice: slice.view(damaged) };
        Ok(Prepared { output, touched, writes: Vec::new(), heads: Vec::new() })
    }
}

impl FindCohort {
    fn check(&self) -> Result<(), Failure> {
        let long = |text: &Option<String>| text.as_ref().is_some_and(|text| text.chars().count() > LONGEST);
        let code = self.query.overdue.as_ref().map(|lab| lab.code.clone());
        if long(&self.query.condition) || long(&self.query.medication) || long(&code) {
            return Err(Code::Invalid.with("field", "query"));
        }
        if self.query.asks() { Ok(()) } else { Err(Code::Invalid.with("field", "query")) }
    }

    /// Opens only the sections that the question is about.
    fn sections(&self) -> Vec<Section> {
        let asked = [
            (Section::Problems, self.query.condition.is_some()),
            (Section::Medications, self.query.medication.is_some()),
            (Section::Observations, self.query.overdue.is_some()),
        ];
        asked.into_iter().filter(|(_, asked)| *asked).map(|(section, _)| section).collect()
    }

    async fn look_at(
        &self,
        desk: &Desk<'_>,
        patient: Uuid,
        today: Day,
    ) -> Result<(Option<MemberView>, Touched), Failure> {
        let mut sections = self.sections();
        for section in &sections {
            desk.admitted_with(patient, Right::View(*section)).await?;
        }
        let (items, damaged) = desk.items(patient, &sections).await?;
        let mut facts = CareFacts::default();
        items.iter().for_each(|one| facts.put(one.checked.id, &one.item));
        let mut touched = Touched { patient: Some(patient), count: items.len() as u64, ..Touched::default() };
        touched.damaged = damaged > 0;
        let found = self.query.member(&facts, desk.interactions, today);
        let mut member = None;
        if let Some(found) = found {
            match desk.patient(patient, &[Section::Identity]).await {
                Ok(opened) => {
                    sections.push(Section::Identity);
                    touched.count += 1;
                    let identity = &opened.record.identity;
                    member = Some(MemberView {
                        patient,
                        name: format!("{}, {}", identity.name.surname.to_uppercase(), identity.name.given_joined()),
                        birth_date: identity.birth_date.map(|date| date.to_string()),
                        mrn: identity.mrn.clone(),
                        evidence: found.evidence,
                    });
                }
                Err(failure) if failure.code == Code::Damaged => touched.damaged = true,
                Err(failure) => return Err(failure),
            }
        }
        touched.sections = sections;
        Ok((member, touched))
    }
}
