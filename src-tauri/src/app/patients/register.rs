//! Register a patient. Whoever may be on file already is shown first; going on takes a reason.

use super::prepared;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::patient_keys::PatientKeys;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::sealing::Writing;
use crate::app::search::Thorough;
use crate::app::views::{CheckedRegistration, LikelyPatient, Registered};
use crate::audit::Purpose;
use crate::crypt::index::equal;
use crate::keys::Member;
use crate::policy::Right;
use crate::record::entered::{Entered, EnteredInsurance};
use crate::record::validate::{self, Invalid};
use crate::record::{PartialDate, PatientRecord, Section, fold_mrn, wristband};
use serde::Deserialize;
use uuid::Uuid;

/// What was typed so far: what is wrong with it, and who is like that.
#[derive(Deserialize, ts_rs::TS)]
pub struct CheckRegistration {
    /// What was typed.
    pub entered: Entered,
}

/// A new patient.
#[derive(Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub struct RegisterPatient {
    /// What was typed.
    pub entered: Entered,
    /// Why it is somebody else than whoever looks the same.
    #[serde(default)]
    pub despite: Option<String>,
}

impl Action for CheckRegistration {
    type Output = CheckedRegistration;
    const NAME: &'static str = "check_registration";

    fn right(&self) -> Right {
        Right::RegisterPatients
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<CheckedRegistration>, Failure> {
        let invalid = invalid(desk, &self.entered)?;
        let record = self.entered.record();
        if !tells_enough(&record) {
            let nobody = CheckedRegistration { invalid, alike: Vec::new(), opened: 0 };
            return Ok(Prepared::read(nobody, Touched::default()));
        }
        let matched = desk.matches(&record, Thorough::No).await?;
        let (touched, opened) = (matched.touched(), matched.opened);
        let alike = matched.rows.into_iter().filter(|one| one.stops).collect();
        Ok(Prepared::read(CheckedRegistration { invalid, alike, opened }, touched))
    }
}

impl Action for RegisterPatient {
    type Output = Registered;
    const NAME: &'static str = "register_patient";

    fn right(&self) -> Right {
        Right::RegisterPatients
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Registered>, Failure> {
        if let Some(wrong) = invalid(desk, &self.entered)?.into_iter().next() {
            return Err(wrong.into());
        }
        self.refuse_beyond_rights(desk)?;
        let mut record = self.entered.record();
        let matched = desk.matches(&record, Thorough::Yes).await?;
        let mut opened = matched.touched();
        let alike: Vec<LikelyPatient> = matched.rows.into_iter().filter(|one| one.stops).collect();
        match self.despite.as_deref().map(str::trim) {
            None if !alike.is_empty() => {
                opened.sections = vec![Section::Identity, Section::Contact];
                return Ok(Prepared::read(Registered::Stopped { alike }, opened));
            }
            Some(reason) if !alike.is_empty() => {
                validate::reason(reason)?;
                record.identity.despite = Some(reason.to_owned());
            }
            _ => {}
        }
        let number = desk.new_mrn().await?;
        let mut prepared = desk.put_on_file(record, number)?;
        prepared.touched.push(opened);
        Ok(prepared)
    }
}

impl RegisterPatient {
    /// What the role may not write for any patient is refused, not left out in silence.
    fn refuse_beyond_rights(&self, desk: &Desk<'_>) -> Result<(), Failure> {
        let insured = self.entered.insurance != EnteredInsurance::default();
        let pays = insured && !desk.may_for_own(Right::Edit(Section::Insurance));
        let number = !self.entered.ssn.trim().is_empty() && !desk.may_for_own(Right::EnterNationalId);
        if pays || number { Err(Code::NoRight.bare()) } else { Ok(()) }
    }
}

fn invalid(desk: &Desk<'_>, entered: &Entered) -> Result<Vec<Invalid>, Failure> {
    let today: PartialDate = desk.today().ok_or_else(|| Code::Internal.bare())?;
    Ok(entered.invalid(&desk.front.required, today))
}

/// Whether it makes sense to ask who that is: a name and something beside it, or a phone.
fn tells_enough(record: &PatientRecord) -> bool {
    let identity = &record.identity;
    let known = [
        !identity.name.surname.is_empty(),
        !identity.name.given.is_empty(),
        identity.birth_date.is_some_and(PartialDate::is_whole),
    ];
    known.into_iter().filter(|known| *known).count() >= 2 || !record.contact.phones.is_empty()
}

impl Desk<'_> {
    /// A record number that nobody has.
    async fn new_mrn(&self) -> Result<String, Failure> {
        loop {
            let mut drawn = [0; 8];
            getrandom::fill(&mut drawn)?;
            let mrn = format!("MRN-{:016X}", u64::from_be_bytes(drawn));
            if self.is_free(&mrn).await? {
                return Ok(mrn);
            }
        }
    }

    /// Whether nobody has this record number.
    pub(super) async fn is_free(&self, mrn: &str) -> Result<bool, Failure> {
        let filter = equal(&self.keys.crypt, "i.mrn", &fold_mrn(mrn))?;
        Ok(self.count(&filter, 1).await? == 0)
    }

    /// Puts somebody on file: the record, its keys, and the own unit as the care team.
    pub(super) fn put_on_file(&self, mut record: PatientRecord, mrn: String) -> Result<Prepared<Registered>, Failure> {
        let patient = Uuid::new_v4();
        record.identity.mrn = mrn;
        let (mut keys, mut writing) = (PatientKeys::default(), Writing::default());
        self.make_patient_keys(&mut keys, patient)?;
        writing.record(self.new_patient(patient, &record, &keys)?);
        writing.also("patient_keys", self.wrapped_keys(patient, &keys)?);
        let account = &self.keys.account;
        let member = account.unit.clone().map_or(Member::User(account.id), Member::Unit);
        writing.also("care_team", self.new_care_team_row(patient, member)?);
        let (sections, mrn) = (Section::OF_PATIENT.to_vec(), record.identity.mrn);
        let touched = Touched { patient: Some(patient), sections, count: 1, ..Touched::default() };
        let wristband = wristband::code(&mrn);
        prepared(self, writing, Registered::Registered { patient, mrn, wristband }, touched)
    }
}
