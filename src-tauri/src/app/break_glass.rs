//! Emergency access: whoever treats nobody's patient yet opens one chart, for an hour, with a reason and the password
//! once more. Nothing blocks it, and it is never silent.
//!
//! What it writes is a care-team row for this user and this patient, signed by the user, with its end in it: so it opens
//! nothing else, and a restart or another workstation knows when it is over. It opens no compartment.

use super::desk::Desk;
use super::error::{Code, Failure};
use super::instants::rfc3339;
use super::perform::{Action, Prepared, Touched};
use super::sealing::Writing;
use super::views::GlassView;
use super::workstation::Workstation;
use crate::audit::Purpose;
use crate::clock::Timestamp;
use crate::keys::{CareTeamRow, Member, Signed};
use crate::policy::Right;
use crate::record::Section;
use crate::secret::Password;
use crate::store::raw;
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Emergency access to one chart.
#[derive(Deserialize, ts_rs::TS)]
pub struct BreakGlass {
    /// Patient id.
    pub patient: Uuid,
    /// Why; the audit names it.
    pub reason: GlassReason,
    /// The holder's password once more.
    #[ts(type = "string")]
    pub password: Password,
}

/// Why somebody opens the chart of a patient whom she doesn't treat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum GlassReason {
    /// Acutely ill or injured.
    Acute,
    /// She stands in for whoever treats the patient.
    Covering,
    /// The patient, or another clinic, asks by telephone.
    Telephone,
    /// Something else, to be told in the review.
    Other,
}

impl GlassReason {
    const fn code(self) -> &'static str {
        match self {
            GlassReason::Acute => "acute",
            GlassReason::Covering => "covering",
            GlassReason::Telephone => "telephone",
            GlassReason::Other => "other",
        }
    }
}

/// How long it lasts.
const LASTS_MS: i64 = 60 * 60 * 1_000;

impl Action for BreakGlass {
    type Output = GlassView;
    const NAME: &'static str = "break_glass";

    fn right(&self) -> Right {
        Right::BreakGlass
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::EmergencyTreatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<GlassView>, Failure> {
        let people = desk.people().await?;
        let (stored, _) = people.account(desk.asking.user)?;
        stored.sign_in(&people.directory, &self.password, &people.key, None)?;
        let found = desk.by_ids("patients", BTreeSet::from([self.patient])).await?;
        let opened = desk.open_patients(found, &[Section::Identity]).await?.pop();
        let vip = opened.ok_or_else(|| Code::NotFound.bare())??.record.identity.vip;
        let until = Timestamp(desk.now().0.saturating_add(LASTS_MS));
        let mut writing = Writing::default();
        writing.also("care_team", desk.row_until(self.patient, until)?);
        // Told apart in the audit, and in the log of whoever watches over the clinic.
        tracing::warn!(record = %self.patient, vip, "emergency access was taken to a record");
        let change = vip.then_some(("vip", "opened"));
        let (sections, detail) = (vec![Section::Identity], Some(self.reason.code()));
        let touched = Touched { sections, count: 1, detail, change, ..Touched::default() };
        let writes = writing.commands(desk)?;
        let output = GlassView { until: rfc3339(until) };
        Ok(Prepared { output, touched: vec![touched], writes, heads: vec![] })
    }
}

impl Desk<'_> {
    /// A row that puts whoever holds the seat on a patient's team until then.
    fn row_until(&self, patient: Uuid, until: Timestamp) -> Result<bson::RawDocumentBuf, Failure> {
        let (author, from) = (self.author(), self.now());
        let member = Member::User(author.id);
        let row = CareTeamRow { id: Uuid::new_v4(), patient, member, from, until: Some(until), version: 1 };
        Ok(raw(&Signed::sign(row, author.id, author.signer)?.to_document()?)?)
    }
}

impl Workstation {
    /// Opens a chart in an emergency. Wrong passwords count as failed sign-ins.
    ///
    /// # Errors
    /// [`Code::WrongSignIn`], [`Code::Wait`]; as [`Workstation::perform`].
    pub async fn break_glass(&mut self, asked: BreakGlass) -> Result<GlassView, Failure> {
        let (user, now) = (self.asking()?.user, self.clock.moment());
        self.may_try(user, now)?;
        let answer = self.perform(asked).await;
        if matches!(&answer, Err(failure) if failure.code == Code::WrongSignIn) {
            self.count_failure(user, now)?;
        }
        answer
    }
}
