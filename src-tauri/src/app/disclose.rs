//! The one place that everything passes which leaves the clinic: print-outs, previews of them, files, copies of
//! attachments. What an action [`discloses`](Action::discloses), the door looks at before it runs; pages and files
//! can't be made without the [`Cleared`] that it leaves at the desk.
//!
//! Another way out of the clinic says what it discloses and takes a [`Cleared`]. What blocks and what doesn't:
//! `docs/decisions/0019`.

use super::desk::Desk;
use super::error::{Code, Failure};
use super::perform::{Action, Prepared, Touched};
use super::print::PrintPurpose;
use crate::policy::{Barrier, Decision, Denial, Disclosure, Right, may_disclose};
use crate::record::{DirectiveTerms, Recipient, RecordPart, Section};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

/// Something that leaves the clinic, as the action says it.
pub struct Leaving {
    /// Its name in the audit.
    pub document: &'static str,
    /// For whom.
    pub to: Recipient,
    /// What for.
    pub purpose: PrintPurpose,
    /// The part of the record that it is.
    pub part: RecordPart,
    /// The sections it is made of; those count that the role may view.
    pub sections: Vec<Section>,
    /// That the patient is treated in an emergency elsewhere, which passes a restriction.
    pub emergency: Option<EmergencyReason>,
}

/// Why a restriction is passed for emergency treatment (45 CFR 164.522(a)(1)(iii)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum EmergencyReason {
    /// Life or limb are in danger.
    LifeThreatening,
    /// The patient can't be asked.
    CannotBeAsked,
    /// The patient is on the way to an emergency department.
    EmergencyTransfer,
}

impl EmergencyReason {
    /// The word in the audit.
    const fn word(self) -> &'static str {
        match self {
            Self::LifeThreatening => "life_threatening",
            Self::CannotBeAsked => "cannot_be_asked",
            Self::EmergencyTransfer => "emergency_transfer",
        }
    }
}

/// That the door has let something leave. Nothing else makes one.
#[derive(Clone, Copy)]
pub(super) struct Cleared(());

/// What the door found.
pub(super) enum Clearance {
    /// Nothing stands in the way.
    Clear,
    /// A restriction of this kind does; it is passed in an emergency.
    Overridden(&'static str, EmergencyReason),
    /// This stands in the way, and what is said about it.
    Refused(&'static str, Failure),
}

impl Desk<'_> {
    /// Runs an action, once what it discloses may leave.
    pub(super) async fn perform<A: Action>(&self, action: &A) -> Result<Prepared<A::Output>, Failure> {
        let leaving = action.discloses();
        if let Some(leaving) = &leaving {
            self.clear(leaving, action.patient()).await?;
        }
        let mut prepared = action.run(self).await?;
        prepared.touched.extend(leaving.and_then(|leaving| self.override_row(&leaving)));
        Ok(prepared)
    }

    /// That this action's disclosure was looked at and may be made.
    ///
    /// # Errors
    /// [`Code::Internal`] for an action that doesn't say that it discloses anything.
    pub(super) fn cleared(&self) -> Result<Cleared, Failure> {
        match self.clearance.get() {
            Some(Clearance::Clear | Clearance::Overridden(..)) => Ok(Cleared(())),
            Some(Clearance::Refused(..)) | None => Err(Code::Internal.bare()),
        }
    }

    /// Whether a restriction was passed for emergency treatment.
    pub(super) fn overridden(&self) -> bool {
        matches!(self.clearance.get(), Some(Clearance::Overridden(..)))
    }

    /// The decision as it came out at the door: a directive may have turned it.
    pub(super) fn judged(&self, decision: Decision) -> Decision {
        match self.clearance.get() {
            Some(Clearance::Refused(row, _)) => Decision::Denied { row, why: Denial::Directive },
            _ => decision,
        }
    }

    async fn clear(&self, leaving: &Leaving, patient: Option<Uuid>) -> Result<(), Failure> {
        let inside = matches!(leaving.to, Recipient::Patient | Recipient::Clinic);
        let clearance = if inside { Clearance::Clear } else { self.look(leaving, patient).await? };
        let refused = match &clearance {
            Clearance::Refused(_, failure) => Err(failure.clone()),
            Clearance::Clear | Clearance::Overridden(..) => Ok(()),
        };
        // Each attempt has a desk of its own.
        self.clearance.set(clearance).map_err(|_| Code::Internal.bare())?;
        refused
    }

    /// What the patient's directives say to it. One that can't be opened is an error: nothing leaves.
    async fn look(&self, leaving: &Leaving, patient: Option<Uuid>) -> Result<Clearance, Failure> {
        let patient = patient.ok_or_else(|| Code::Invalid.with("field", "for_whom"))?;
        let all = self.directives_of_person(patient).await?;
        let sections = leaving.sections.iter().copied().filter(|section| self.may_view(*section)).collect();
        let (to, purpose, part) = (leaving.to, leaving.purpose.disclosed(), leaving.part);
        let asked = Disclosure { to, purpose, part, sections };
        let said = all.iter().flat_map(|(_, one)| &one.list);
        let Err(barrier) = may_disclose(said, &asked, self.day_of_clinic()) else { return Ok(Clearance::Clear) };
        let may_override = barrier.yields_to_emergency(&asked) && self.may(Right::OverrideRestriction);
        Ok(match leaving.emergency.filter(|_| may_override) {
            Some(reason) => Clearance::Overridden(barrier.row(), reason),
            None => Clearance::Refused(barrier.row(), refusal(leaving, barrier, may_override)),
        })
    }

    /// The row of a restriction that was passed: which kind, and why.
    fn override_row(&self, leaving: &Leaving) -> Option<Touched> {
        let Some(Clearance::Overridden(kind, reason)) = self.clearance.get() else { return None };
        Some(Touched {
            count: 1,
            row: Some("restriction_override"),
            detail: Some(reason.word()),
            change: Some((kind, "disclosed")),
            document: Some(leaving.document),
            ..Touched::default()
        })
    }
}

/// What the sentence needs: words from lists, no day and nothing of the record.
fn refusal(leaving: &Leaving, barrier: Barrier<'_>, may_override: bool) -> Failure {
    let mut failure = Code::RestrictedDisclosure.with("why", barrier.row());
    failure.fields.insert("to", leaving.to.word().into());
    failure.fields.insert("may_override", may_override.into());
    if let Barrier::Restriction(DirectiveTerms { kind, to, purpose, part, why, .. }) = barrier {
        let words = json!({ "kind": kind, "to": to, "purpose": purpose, "part": part, "why": why });
        failure.fields.insert("directive", words);
    }
    failure
}
