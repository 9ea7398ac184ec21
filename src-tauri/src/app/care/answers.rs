//! How often which rule of the interaction check was overruled, over one's own patients: noisy rules are found so.

use super::view::{AnswersPage, RuleAnswers};
use crate::app::desk::Desk;
use crate::app::error::Failure;
use crate::app::perform::{Action, Prepared, Touched};
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{Content, Section};
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Where to go on.
#[derive(Deserialize, ts_rs::TS)]
pub struct ReportAnswers {
    /// The patient after whom to go on; none at the beginning.
    pub after: Option<Uuid>,
}

impl Action for ReportAnswers {
    type Output = AnswersPage;
    const NAME: &'static str = "report_interaction_answers";

    fn right(&self) -> Right {
        Right::FindCohorts
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<AnswersPage>, Failure> {
        let slice = desk.own_after(self.after).await?;
        let (mut rules, mut touched, mut unread) = (BTreeMap::<String, RuleAnswers>::new(), Vec::new(), 0);
        for patient in &slice.own {
            desk.admitted_with(*patient, Right::View(Section::Medications)).await?;
            let (items, damaged) = desk.items(*patient, &[Section::Medications]).await?;
            unread += u64::from(damaged > 0);
            let (sections, count) = (vec![Section::Medications], items.len() as u64);
            touched.push(Touched {
                patient: Some(*patient),
                sections,
                count,
                damaged: damaged > 0,
                ..Touched::default()
            });
            items.into_iter().for_each(|one| count_answer(&mut rules, one.item.content));
        }
        if touched.is_empty() {
            touched.push(Touched::default());
        }
        let output = AnswersPage { rules: rules.into_values().collect(), slice: slice.view(unread) };
        Ok(Prepared { output, touched, writes: Vec::new(), heads: Vec::new() })
    }
}

fn count_answer(rules: &mut BTreeMap<String, RuleAnswers>, content: Content) {
    let Content::InteractionAnswer(answer) = content else { return };
    let rule = rules.entry(answer.rule.clone()).or_default();
    rule.rule = answer.rule;
    match answer.order {
        Some(_) => {
            rule.signed += 1;
            *rule.reasons.entry(answer.reason.unwrap_or_default()).or_default() += 1;
        }
        None => rule.withheld += 1,
    }
}
