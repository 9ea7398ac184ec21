//! A patient's account at the front desk: whether the coverage was asked about, what is owed. Amounts and dates only.

use super::super::desk::Desk;
use super::super::error::Failure;
use super::super::open_items::OpenedItem;
use super::super::patient_keys::Part;
use super::super::perform::{Action, Prepared, Touched};
use super::super::sealing::Writing;
use super::super::views::AccountView;
use super::book::{finish, invalid, listed};
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::schedule::day_from;
use crate::record::{
    Account, BALANCE_STATES, Balance, COVERAGE_ANSWERS, Compartment, Content, CoverageCheck, Item, Section,
    is_reference,
};
use serde::Deserialize;
use std::collections::BTreeSet;
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
    /// The carrier's number of the answer: letters, digits, hyphens.
    #[ts(optional = nullable)]
    pub reference: Option<String>,
    /// Until when it holds, `YYYY-MM-DD`.
    #[ts(optional = nullable)]
    pub valid_until: Option<String>,
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

macro_rules! of_an_account {
    ($($of:ty, $name:literal, $right:expr, $run:ident;)+) => {$(
        impl Action for $of {
            type Output = AccountView;
            const NAME: &'static str = $name;

            fn right(&self) -> Right {
                $right
            }

            fn patient(&self) -> Option<Uuid> {
                Some(self.patient)
            }

            fn purpose(&self) -> Purpose {
                Purpose::Payment
            }

            async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<AccountView>, Failure> {
                $run(self, desk).await
            }
        }
    )+};
}

of_an_account! {
    ShowAccount, "show_account", Right::View(Section::Insurance), show;
    NoteCoverage, "note_coverage", Right::Edit(Section::Insurance), note_coverage;
    SetBalance, "set_balance", Right::Edit(Section::Insurance), set_balance;
}

async fn show(asked: &ShowAccount, desk: &Desk<'_>) -> Result<Prepared<AccountView>, Failure> {
    let (account, _) = desk.account(asked.patient).await?;
    let view = desk.account_view(asked.patient, &account).await?;
    Ok(Prepared::read(view, touched(asked.patient)))
}

async fn note_coverage(asked: &NoteCoverage, desk: &Desk<'_>) -> Result<Prepared<AccountView>, Failure> {
    listed("answer", &asked.answer, COVERAGE_ANSWERS)?;
    if asked.reference.as_deref().is_some_and(|reference| !is_reference(reference)) {
        return Err(invalid("reference"));
    }
    if asked.valid_until.as_deref().is_some_and(|day| day_from(day).is_none()) {
        return Err(invalid("valid_until"));
    }
    if !desk.carriers(asked.patient).await?.contains(&asked.carrier) {
        return Err(invalid("carrier"));
    }
    let check = CoverageCheck {
        carrier: asked.carrier.clone(),
        answer: asked.answer.clone(),
        reference: asked.reference.clone(),
        valid_until: asked.valid_until.clone(),
        at: desk.written_now(),
        by: desk.keys.account.name.clone(),
    };
    desk.change_account(asked.patient, |account| account.note(check)).await
}

async fn set_balance(asked: &SetBalance, desk: &Desk<'_>) -> Result<Prepared<AccountView>, Failure> {
    listed("state", &asked.state, BALANCE_STATES)?;
    if asked.cents.abs() > MOST_CENTS {
        return Err(invalid("cents"));
    }
    if asked.due.as_deref().is_some_and(|day| day_from(day).is_none()) {
        return Err(invalid("due"));
    }
    let (cents, state, due) = (asked.cents, asked.state.clone(), asked.due.clone());
    let balance = Balance { cents, state, due, as_of: desk.written_now() };
    desk.change_account(asked.patient, |account| account.balance = Some(balance)).await
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
            return Err(super::super::error::Code::Damaged.bare());
        }
        let Some(opened) = opened.pop() else { return Ok((Account::default(), None)) };
        let Content::Account(account) = &opened.item.content else {
            return Err(super::super::error::Code::Damaged.bare());
        };
        Ok((account.clone(), Some(opened)))
    }

    async fn carriers(&self, patient: Uuid) -> Result<Vec<String>, Failure> {
        let opened = self.patient(patient, &[Section::Identity, Section::Insurance]).await?;
        Ok(opened.record.insurance.coverages.into_iter().map(|one| one.carrier).collect())
    }

    async fn account_view(&self, patient: Uuid, account: &Account) -> Result<AccountView, Failure> {
        let carriers = self.carriers(patient).await?;
        let expires = account.expires(self.zone().day_of(self.now().0));
        Ok(AccountView { carriers, checks: account.checks.clone(), balance: account.balance.clone(), expires })
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
