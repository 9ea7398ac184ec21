//! Change how a patient is reached and who pays. Every edit names the revision it was made from.

use super::prepared;
use super::rewrite::rev_of;
use crate::app::desk::{Desk, OpenedPatient};
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::sealing::Writing;
use crate::app::views::{SavedDetails, Standing};
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::entered::{EnteredContact, EnteredInsurance};
use crate::record::retention;
use crate::record::validate::{self, Invalid, Why};
use crate::record::{PartialDate, PatientRecord, Section};
use serde::Deserialize;
use uuid::Uuid;

/// How a patient is reached.
#[derive(Deserialize, ts_rs::TS)]
pub struct EditContact {
    /// Patient id.
    pub patient: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// As it shall be.
    pub contact: EnteredContact,
}

/// Who pays for a patient.
#[derive(Deserialize, ts_rs::TS)]
pub struct EditInsurance {
    /// Patient id.
    pub patient: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// As it shall be.
    pub insurance: EnteredInsurance,
}

/// What a record is on file as: of somebody who died, of nobody real, not used any more.
#[derive(Deserialize, ts_rs::TS)]
pub struct SetStanding {
    /// Patient id.
    pub patient: Uuid,
    /// The revision of identity that was read.
    pub rev: i64,
    /// As it shall be.
    pub standing: Standing,
}

macro_rules! edits {
    ($($of:ty, $name:literal, $section:expr, $check:ident, $put:ident;)+) => {$(
        impl Action for $of {
            type Output = SavedDetails;
            const NAME: &'static str = $name;

            fn right(&self) -> Right {
                Right::Edit($section)
            }

            fn patient(&self) -> Option<Uuid> {
                Some(self.patient)
            }

            fn purpose(&self) -> Purpose {
                Purpose::Operations
            }

            async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedDetails>, Failure> {
                let old = desk.whole_patient(self.patient).await?;
                $check(self, &old.record, desk)?;
                let mut record = old.record.clone();
                $put(self, &mut record);
                desk.save_section(old, record, ($section, self.rev)).await
            }
        }
    )+};
}

edits! {
    EditContact, "edit_contact", Section::Contact, check_contact, put_contact;
    EditInsurance, "edit_insurance", Section::Insurance, check_insurance, put_insurance;
    SetStanding, "set_standing", Section::Identity, check_standing, put_standing;
}

fn check_contact(edit: &EditContact, _: &PatientRecord, _: &Desk<'_>) -> Result<(), Failure> {
    first(edit.contact.invalid())
}

fn put_contact(edit: &EditContact, record: &mut PatientRecord) {
    edit.contact.put(&mut record.contact);
    let number = record.identity.national_id_on_file;
    record.copy_to_identity();
    // Whoever can't read the number doesn't know here whether there is one.
    record.identity.national_id_on_file = number;
}

fn check_insurance(edit: &EditInsurance, _: &PatientRecord, _: &Desk<'_>) -> Result<(), Failure> {
    first(edit.insurance.invalid())
}

fn put_insurance(edit: &EditInsurance, record: &mut PatientRecord) {
    edit.insurance.put(&mut record.insurance);
}

fn check_standing(edit: &SetStanding, record: &PatientRecord, desk: &Desk<'_>) -> Result<(), Failure> {
    const FIELD: &str = "identity.deceased_on";
    if !edit.standing.inactive.trim().is_empty() {
        validate::reason(&edit.standing.inactive)?;
    }
    if !edit.standing.retention.is_empty() {
        validate::listed("identity.retention", &edit.standing.retention, retention::TAGS)?;
    }
    let day = edit.standing.deceased_on.trim();
    if day.is_empty() {
        return Ok(());
    }
    let day: PartialDate = day.parse().map_err(|_| Invalid { field: FIELD, why: Why::Date })?;
    let today = desk.today().ok_or_else(|| Code::Internal.bare())?;
    validate::not_after(FIELD, day, today)?;
    let before_birth = record.identity.birth_date.is_some_and(|born| day.last() < born.first());
    if before_birth || !edit.standing.deceased {
        Err(Invalid { field: FIELD, why: Why::NoSuchDay }.into())
    } else {
        Ok(())
    }
}

fn put_standing(edit: &SetStanding, record: &mut PatientRecord) {
    let (identity, standing) = (&mut record.identity, &edit.standing);
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    identity.retention = some(&standing.retention);
    (identity.deceased, identity.test, identity.vip) = (standing.deceased, standing.test, standing.vip);
    (identity.deceased_on, identity.inactive) = (some(&standing.deceased_on), some(&standing.inactive));
}

fn first(found: Vec<Invalid>) -> Result<(), Failure> {
    found.into_iter().next().map_or(Ok(()), |invalid| Err(invalid.into()))
}

impl Desk<'_> {
    /// Writes a changed section, if nobody changed it since it was read; else shows what is stored now.
    pub(super) async fn save_section(
        &self,
        old: OpenedPatient,
        record: PatientRecord,
        (section, rev): (Section, i64),
    ) -> Result<Prepared<SavedDetails>, Failure> {
        let touched = Touched { sections: vec![section], count: 1, ..Touched::default() };
        if rev_of(&old, section) != rev {
            let current = self.details_of(&old).await?;
            return Ok(Prepared::read(SavedDetails::Conflict { current: Box::new(current) }, touched));
        }
        if record == old.record {
            return Ok(Prepared::read(SavedDetails::Saved {}, touched));
        }
        let mut writing = Writing::default();
        let mut sections = vec![section];
        // Identity holds a copy of the phone's last digits.
        if section == Section::Contact && record.identity != old.record.identity {
            sections.push(Section::Identity);
        }
        self.rewrite(&mut writing, &old, &record, &sections).await?;
        prepared(self, writing, SavedDetails::Saved {}, touched)
    }
}
