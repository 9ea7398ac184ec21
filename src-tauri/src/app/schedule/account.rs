//! A patient's account at the front desk: whether the coverage was asked about, what is authorized, what is owed. Amounts
//! and dates only.

use super::super::desk::Desk;
use super::super::error::{Code, Failure};
use super::super::of_a_patient::of_a_patient;
use super::super::open_items::OpenedItem;
use super::super::patient_keys::Part;
use super::super::perform::{Prepared, Touched};
use super::super::sealing::Writing;
use super::super::views::AccountView;
use super::book::{finish, invalid, listed};
use crate::audit::Purpose;
use crate::keys::forms;
use crate::policy::Right;
use crate::record::schedule::{Day, day_from};
use crate::record::{
    AUTHORIZATION_STATES, AUTHORIZED_SERVICES, Account, Authorization, BALANCE_STATES, Balance, COVERAGE_ANSWERS,
    COVERAGE_WAYS, Compartment, Content, CoverageCheck, CoverageWarning, Insurance, Item, MOST_UNITS, Section,
    is_reference,
};
use crate::store::find;
use bson::{Bson, doc};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The account of a patient.
#[derive(Deserialize, ts_rs::TS)]
pub struct ShowAccount {
    /// Whose.
    pub patient: Uuid,
}

/// What a carrier answered.
#[derive(Deserialize, ts_rs::TS)]
pub struct NoteCoverage {
    /// Whose.
    pub patient: Uuid,
    /// One of the carriers on file.
    pub carrier: String,
    /// One of [`COVERAGE_ANSWERS`].
    pub answer: String,
    /// How it was asked: one of [`COVERAGE_WAYS`].
    pub way: String,
    /// The carrier's number of the answer: letters, digits, hyphens.
    #[ts(optional = nullable)]
    pub reference: Option<String>,
    /// Until when it holds, `YYYY-MM-DD`.
    #[ts(optional = nullable)]
    pub valid_until: Option<String>,
}

/// What a carrier was asked to authorize, and what it said.
#[derive(Deserialize, ts_rs::TS)]
pub struct NoteAuthorization {
    /// Whose.
    pub patient: Uuid,
    /// The authorization that is changed; a new one without.
    #[ts(optional = nullable)]
    pub id: Option<String>,
    /// One of the carriers on file.
    pub carrier: String,
    /// The carrier's number: letters, digits, hyphens.
    #[ts(optional = nullable)]
    pub number: Option<String>,
    /// One of [`AUTHORIZED_SERVICES`].
    pub service: String,
    /// One of [`AUTHORIZATION_STATES`].
    pub status: String,
    /// First day, `YYYY-MM-DD`.
    #[ts(optional = nullable)]
    pub from: Option<String>,
    /// Last day, `YYYY-MM-DD`.
    #[ts(optional = nullable)]
    pub until: Option<String>,
    /// So many visits or units.
    #[ts(optional = nullable)]
    pub units: Option<u32>,
    /// So many of them are used.
    pub used: u32,
}

/// What is owed now.
#[derive(Deserialize, ts_rs::TS)]
pub struct SetBalance {
    /// Whose.
    pub patient: Uuid,
    /// In hundredths.
    pub cents: i64,
    /// One of [`BALANCE_STATES`].
    pub state: String,
    /// When it is due, `YYYY-MM-DD`.
    #[ts(optional = nullable)]
    pub due: Option<String>,
}

/// More than anybody owes a clinic by mistake.
const MOST_CENTS: i64 = 100_000_000;

of_a_patient! {
    Purpose::Payment;
    ShowAccount => AccountView, "show_account", Right::View(Section::Insurance), show;
    NoteCoverage => AccountView, "note_coverage", Right::Edit(Section::Insurance), note_coverage;
    NoteAuthorization => AccountView, "note_authorization", Right::Edit(Section::Insurance), note_authorization;
    SetBalance => AccountView, "set_balance", Right::Edit(Section::Insurance), set_balance;
}

async fn show(asked: &ShowAccount, desk: &Desk<'_>) -> Result<Prepared<AccountView>, Failure> {
    let (account, _) = desk.account(asked.patient).await?;
    let view = desk.account_view(asked.patient, &account).await?;
    Ok(Prepared::read(view, touched(asked.patient)))
}

async fn note_coverage(asked: &NoteCoverage, desk: &Desk<'_>) -> Result<Prepared<AccountView>, Failure> {
    listed("answer", &asked.answer, COVERAGE_ANSWERS)?;
    listed("way", &asked.way, COVERAGE_WAYS)?;
    numbered("reference", asked.reference.as_deref())?;
    dated("valid_until", asked.valid_until.as_deref())?;
    desk.on_file(asked.patient, &asked.carrier).await?;
    let check = CoverageCheck {
        carrier: asked.carrier.clone(),
        answer: asked.answer.clone(),
        way: Some(asked.way.clone()),
        reference: asked.reference.clone(),
        valid_until: asked.valid_until.clone(),
        at: desk.written_now(),
        by: desk.keys.account.name.clone(),
    };
    desk.change_account(asked.patient, |account| account.note(check)).await
}

async fn note_authorization(asked: &NoteAuthorization, desk: &Desk<'_>) -> Result<Prepared<AccountView>, Failure> {
    listed("service", &asked.service, AUTHORIZED_SERVICES)?;
    listed("status", &asked.status, AUTHORIZATION_STATES)?;
    numbered("number", asked.number.as_deref())?;
    dated("from", asked.from.as_deref())?;
    dated("until", asked.until.as_deref())?;
    if asked.until.as_ref().zip(asked.from.as_ref()).is_some_and(|(until, from)| until < from) {
        return Err(invalid("until"));
    }
    if asked.used > MOST_UNITS || asked.units.is_some_and(|units| units > MOST_UNITS) {
        return Err(invalid("units"));
    }
    desk.on_file(asked.patient, &asked.carrier).await?;
    let known = desk.account(asked.patient).await?.0.authorizations;
    if asked.id.as_ref().is_some_and(|id| !known.iter().any(|one| one.id == *id)) {
        return Err(Code::NotFound.bare());
    }
    let one = Authorization {
        id: asked.id.clone().unwrap_or_else(|| Uuid::new_v4().to_string()),
        carrier: asked.carrier.clone(),
        number: asked.number.clone(),
        service: asked.service.clone(),
        status: asked.status.clone(),
        from: asked.from.clone(),
        until: asked.until.clone(),
        units: asked.units,
        used: asked.used,
        at: desk.written_now(),
        by: desk.keys.account.name.clone(),
    };
    desk.change_account(asked.patient, |account| account.authorize(one)).await
}

async fn set_balance(asked: &SetBalance, desk: &Desk<'_>) -> Result<Prepared<AccountView>, Failure> {
    listed("state", &asked.state, BALANCE_STATES)?;
    if asked.cents.abs() > MOST_CENTS {
        return Err(invalid("cents"));
    }
    dated("due", asked.due.as_deref())?;
    let (cents, state, due) = (asked.cents, asked.state.clone(), asked.due.clone());
    let balance = Balance { cents, state, due, as_of: desk.written_now() };
    desk.change_account(asked.patient, |account| account.balance = Some(balance)).await
}

fn numbered(field: &'static str, number: Option<&str>) -> Result<(), Failure> {
    if number.is_none_or(is_reference) { Ok(()) } else { Err(invalid(field)) }
}

fn dated(field: &'static str, day: Option<&str>) -> Result<(), Failure> {
    if day.is_none_or(|day| day_from(day).is_some()) { Ok(()) } else { Err(invalid(field)) }
}

fn touched(patient: Uuid) -> Touched {
    let sections = vec![Section::Insurance];
    Touched { record: Some(id_of(patient)), sections, count: 1, ..Touched::default() }
}

/// One account a patient: two who make it at once conflict.
fn id_of(patient: Uuid) -> Uuid {
    Uuid::new_v5(&patient, b"wardseal/account")
}

impl Desk<'_> {
    async fn account(&self, patient: Uuid) -> Result<(Account, Option<OpenedItem>), Failure> {
        let keys = self.patient_keys(&BTreeSet::from([patient]), &BTreeSet::from([Compartment::Insurance])).await?;
        let found = self.by_ids("items", BTreeSet::from([id_of(patient)])).await?;
        let (mut opened, damaged) = self.open_items(patient, found, &keys).await?;
        if damaged > 0 {
            return Err(Code::Damaged.bare());
        }
        let Some(opened) = opened.pop() else { return Ok((Account::default(), None)) };
        let Content::Account(account) = &opened.item.content else {
            return Err(Code::Damaged.bare());
        };
        Ok((account.clone(), Some(opened)))
    }

    async fn carriers(&self, patient: Uuid) -> Result<Vec<String>, Failure> {
        Ok(carriers_of(self.patient(patient, &[Section::Identity, Section::Insurance]).await?.record.insurance))
    }

    async fn on_file(&self, patient: Uuid, carrier: &String) -> Result<(), Failure> {
        if self.carriers(patient).await?.contains(carrier) { Ok(()) } else { Err(invalid("carrier")) }
    }

    async fn account_view(&self, patient: Uuid, account: &Account) -> Result<AccountView, Failure> {
        let carriers = self.carriers(patient).await?;
        let today = self.clinics_day();
        let warnings = account.warnings(&carriers, today);
        let (today, Account { checks, authorizations, balance }) = (today.to_string(), account.clone());
        Ok(AccountView { handle: Uuid::nil(), today, carriers, checks, authorizations, balance, warnings })
    }

    fn clinics_day(&self) -> Day {
        self.zone().day_of(self.now().0)
    }

    /// What is to be asked of the carriers of these patients, for whoever may see who pays. Whoever has nothing to be
    /// asked about, or whose account doesn't open, isn't in it.
    pub(super) async fn coverage_warnings(
        &self,
        patients: BTreeSet<Uuid>,
    ) -> Result<BTreeMap<Uuid, Vec<CoverageWarning>>, Failure> {
        if patients.is_empty() || !self.may_view(Section::Insurance) {
            return Ok(BTreeMap::new());
        }
        let accounts = self.by_ids("items", patients.iter().map(|patient| id_of(*patient)).collect()).await?;
        let keys = self.patient_keys(&patients, &BTreeSet::from([Compartment::Insurance])).await?;
        let accounts = self.open_items_of(None, accounts, &keys)?.0;
        let of = |patient| {
            let item = accounts.iter().find(|one| one.checked.patient == patient).map(|one| &one.item.content);
            if let Some(Content::Account(account)) = item { account.clone() } else { Account::default() }
        };
        let today = self.clinics_day();
        let warned = |(patient, insurance)| (patient, of(patient).warnings(&carriers_of(insurance), today));
        let warned = self.insurances(patients).await?.into_iter().map(warned);
        Ok(warned.filter(|(_, warnings)| !warnings.is_empty()).collect())
    }

    async fn insurances(&self, patients: BTreeSet<Uuid>) -> Result<Vec<(Uuid, Insurance)>, Failure> {
        let sections = [Section::Insurance];
        let ids: Vec<Bson> = patients.into_iter().map(forms::uuid_bson).collect();
        let projection = doc! { "rev": 1, "head": 1, "s.insurance": 1 };
        let command = find(&self.site.stored_in("patients"), doc! { "_id": { "$in": ids } }, Some(projection));
        let opened = self.open_patients(self.find_encrypted(&command).await?, &sections).await?;
        Ok(opened.into_iter().flatten().map(|one| (one.checked.id, one.record.insurance)).collect())
    }

    async fn change_account(
        &self,
        patient: Uuid,
        change: impl FnOnce(&mut Account),
    ) -> Result<Prepared<AccountView>, Failure> {
        let (mut account, stored) = self.account(patient).await?;
        change(&mut account);
        let view = self.account_view(patient, &account).await?;
        let of = BTreeSet::from([Compartment::Insurance]);
        let (mut writing, mut keys) = (Writing::default(), self.patient_keys(&BTreeSet::from([patient]), &of).await?);
        self.key_to_write(&mut writing, &mut keys, patient, (Compartment::Insurance, Part::Items))?;
        let mut item = Item::new(Content::Account(account));
        item.recorded = Some(self.written_now());
        item.author = Some(self.keys.account.name.clone());
        match &stored {
            Some(old) => _ = self.rewrite_opened(&mut writing, &keys, old, &item)?,
            None => writing.record(self.new_item(&keys, patient, id_of(patient), &item)?),
        }
        finish(self, writing, Vec::new(), view, touched(patient))
    }
}

fn carriers_of(insurance: Insurance) -> Vec<String> {
    insurance.coverages.into_iter().map(|one| one.carrier).collect()
}
