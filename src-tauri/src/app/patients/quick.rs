//! Register somebody in haste: a patient nobody knows, or one who was just born. No name is waited for: the record gets
//! a safe alias and a temporary number with a check character, and is completed or merged later.

use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared};
use crate::app::views::Registered;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::entered::SEXES;
use crate::record::validate::{self, Invalid, Why};
use crate::record::{PartialDate, PatientRecord, PersonName, Provisional, Section, fold_name, wristband};
use serde::Deserialize;
use uuid::Uuid;

/// Somebody nobody knows, or a newborn.
#[derive(Clone, Default, Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub struct RegisterUnknown {
    /// The mother, of a newborn; without one it is somebody nobody knows.
    #[serde(default)]
    pub mother: Option<Uuid>,
    /// Born today; so even without a known mother.
    #[serde(default)]
    pub newborn: bool,
    /// `female`, `male`, `other`, `unknown`.
    pub sex: String,
    /// As somebody judges it, in years.
    #[serde(default)]
    pub estimated_age: Option<u32>,
    /// The first, second … of several born together.
    #[serde(default)]
    pub birth_order: Option<u32>,
}

const OLDEST: u32 = 120;
const MOST_TOGETHER: u32 = 8;

impl Action for RegisterUnknown {
    type Output = Registered;
    const NAME: &'static str = "register_unknown";

    fn right(&self) -> Right {
        Right::RegisterPatients
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Registered>, Failure> {
        self.check()?;
        let mut record = PatientRecord::default();
        record.identity.sex.clone_from(&self.sex);
        if self.newborn || self.mother.is_some() {
            self.newborn(desk, &mut record).await?;
        } else {
            self.unknown(desk, &mut record).await?;
        }
        let number = desk.temporary_mrn().await?;
        desk.put_on_file(record, number)
    }
}

impl RegisterUnknown {
    fn check(&self) -> Result<(), Failure> {
        validate::listed("identity.sex", &self.sex, SEXES)?;
        let age = self.estimated_age.is_some_and(|age| age > OLDEST);
        let order = self.birth_order.is_some_and(|order| order == 0 || order > MOST_TOGETHER);
        match (age, order) {
            (false, false) => Ok(()),
            (true, _) => Err(Invalid { field: "identity.estimated_age", why: Why::NotListed }.into()),
            (false, true) => Err(Invalid { field: "identity.birth_order", why: Why::NotListed }.into()),
        }
    }

    /// A name that can't be anybody's, and that nobody else on file bears.
    async fn unknown(&self, desk: &Desk<'_>, record: &mut PatientRecord) -> Result<(), Failure> {
        let (surname, given) = desk.free_alias().await?;
        record.identity.name = PersonName { surname, given: vec![given], ..PersonName::default() };
        let year = self.estimated_age.and_then(|age| u16::try_from(age).ok());
        let born = year.zip(desk.today()).and_then(|(age, today)| today.year().checked_sub(age));
        record.identity.birth_date = born.and_then(|year| PartialDate::of_year(year).ok());
        let kind = "unknown".to_owned();
        let provisional = Provisional { kind, estimated_age: self.estimated_age, ..Provisional::default() };
        record.identity.provisional = Some(provisional);
        Ok(())
    }

    /// Named after the mother, so that no two newborns of a ward are called the same; twins by a letter.
    async fn newborn(&self, desk: &Desk<'_>, record: &mut PatientRecord) -> Result<(), Failure> {
        let mother = match self.mother {
            Some(mother) => Some(desk.patient(mother, &[Section::Identity]).await?.record.identity),
            None => None,
        };
        let child = match self.sex.as_str() {
            "female" => "Girl",
            "male" => "Boy",
            _ => "Baby",
        };
        let letter = |order: u32| char::from_digit(9 + order, 36).unwrap_or('a').to_ascii_uppercase();
        let order = self.birth_order.map(|order| format!("-{}", letter(order))).unwrap_or_default();
        let of =
            mother.as_ref().and_then(|mother| mother.name.given.first()).filter(|name| !fold_name(name).is_empty());
        let (surname, given) = match (&mother, of) {
            (Some(mother), Some(of)) => (mother.name.surname.clone(), format!("{of}s{child}{order}")),
            (Some(mother), None) => (mother.name.surname.clone(), format!("Newborn{child}{order}")),
            (None, _) => (desk.free_alias().await?.0, format!("Newborn{child}{order}")),
        };
        record.identity.name = PersonName { surname, given: vec![given], ..PersonName::default() };
        record.identity.birth_date = desk.today();
        record.identity.provisional = Some(Provisional {
            kind: "newborn".to_owned(),
            estimated_age: None,
            birth_order: self.birth_order,
            mother: mother.map(|mother| mother.mrn),
        });
        Ok(())
    }
}

impl Desk<'_> {
    async fn temporary_mrn(&self) -> Result<String, Failure> {
        loop {
            let mrn = wristband::temporary(drawn()?);
            if self.is_free(&mrn).await? {
                return Ok(mrn);
            }
        }
    }

    /// Two words that nobody on file is called by. After many tries the clinic has more of them than there are pairs.
    async fn free_alias(&self) -> Result<(String, String), Failure> {
        const TRIES: usize = 40;
        for _ in 0..TRIES {
            let (surname, given) = wristband::alias(drawn()?);
            let called = crate::crypt::index::equal(&self.keys.crypt, "i.surname", &fold_name(&surname))?;
            let too = crate::crypt::index::equal(&self.keys.crypt, "i.given", &fold_name(&given))?;
            if self.count(&bson::doc! { "$and": [called, too] }, 1).await? == 0 {
                return Ok((surname, given));
            }
        }
        Err(Code::Conflict.bare())
    }
}

fn drawn() -> Result<u32, Failure> {
    let mut drawn = [0; 4];
    getrandom::fill(&mut drawn)?;
    Ok(u32::from_be_bytes(drawn))
}
