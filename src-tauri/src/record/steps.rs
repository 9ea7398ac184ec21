//! What orders, refills, notes and tasks can become: a table of legal steps each, and a refusal for every other one.

use super::clinical::{Medication, Note};
use super::refill::RefillStatus;
use super::task::TaskStatus;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A step that the state of a thing doesn't allow. Says nothing of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{what}, {from}: can't be {step}")]
pub struct IllegalStep {
    /// `order`, `refill`, `note`, `task`.
    pub what: &'static str,
    /// The state it is in.
    pub from: &'static str,
    /// What was asked for.
    pub step: &'static str,
}

/// The state of a medication order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Proposed, in force nowhere.
    Draft,
    /// Given by word of mouth and in force; the doctor hasn't signed it yet.
    Unsigned,
    /// Signed and in force.
    Active,
    /// Interrupted.
    OnHold,
    /// Ended before its time.
    Stopped,
    /// Ended as planned.
    Completed,
    /// Never began.
    Cancelled,
}

/// What can be done with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum OrderStep {
    /// A doctor signs it.
    Sign,
    /// Interrupt it.
    Hold,
    /// Go on with it.
    Resume,
    /// End it before its time.
    Stop,
    /// End it as planned.
    Complete,
    /// Take it back before it began.
    Cancel,
}

impl OrderState {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Draft, Self::Unsigned, Self::Active, Self::OnHold, Self::Stopped, Self::Completed, Self::Cancelled];

    /// The state of a stored order. What was imported was signed where it comes from.
    #[must_use]
    pub fn of(medication: &Medication) -> Self {
        let unsigned = medication.order.as_ref().is_some_and(|order| order.verbal.is_some() && order.signed.is_none());
        match medication.status.as_str() {
            "draft" => Self::Draft,
            "on-hold" => Self::OnHold,
            "stopped" => Self::Stopped,
            "completed" => Self::Completed,
            "cancelled" | "entered-in-error" => Self::Cancelled,
            _ if unsigned => Self::Unsigned,
            _ => Self::Active,
        }
    }

    /// The FHIR status it is stored under.
    #[must_use]
    pub const fn status(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Unsigned | Self::Active => "active",
            Self::OnHold => "on-hold",
            Self::Stopped => "stopped",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state after a step.
    ///
    /// # Errors
    /// When this state doesn't allow it.
    pub const fn after(self, step: OrderStep) -> Result<Self, IllegalStep> {
        use OrderStep::{Cancel, Complete, Hold, Resume, Sign, Stop};
        match (self, step) {
            (Self::Draft | Self::Unsigned, Sign) | (Self::OnHold, Resume) => Ok(Self::Active),
            (Self::Active, Hold) => Ok(Self::OnHold),
            (Self::Unsigned | Self::Active | Self::OnHold, Stop) => Ok(Self::Stopped),
            (Self::Active | Self::OnHold, Complete) => Ok(Self::Completed),
            (Self::Draft | Self::Unsigned, Cancel) => Ok(Self::Cancelled),
            _ => Err(IllegalStep { what: "order", from: self.word(), step: step.word() }),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            other => other.status(),
        }
    }
}

impl OrderStep {
    /// Every step.
    pub const ALL: [Self; 6] = [Self::Sign, Self::Hold, Self::Resume, Self::Stop, Self::Complete, Self::Cancel];

    const fn word(self) -> &'static str {
        match self {
            Self::Sign => "signed",
            Self::Hold => "held",
            Self::Resume => "resumed",
            Self::Stop => "stopped",
            Self::Complete => "completed",
            Self::Cancel => "cancelled",
        }
    }
}

/// What can be done with a refill request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum RefillStep {
    /// A doctor grants it.
    Approve,
    /// A doctor refuses it.
    Deny,
    /// The pharmacy has it.
    Complete,
}

impl RefillStep {
    /// Every step.
    pub const ALL: [Self; 3] = [Self::Approve, Self::Deny, Self::Complete];

    const fn word(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Deny => "denied",
            Self::Complete => "completed",
        }
    }
}

impl RefillStatus {
    /// The state after a step, of a prescription with so many refills left.
    ///
    /// # Errors
    /// When this state doesn't allow it, or no refill is left.
    pub const fn after(self, step: RefillStep, left: u32) -> Result<Self, IllegalStep> {
        match (self, step) {
            (Self::Pending, RefillStep::Approve) if left == 0 => {
                Err(IllegalStep { what: "refill", from: "no_refills_left", step: "approved" })
            }
            (Self::Pending, RefillStep::Approve) => Ok(Self::Approved),
            (Self::Pending, RefillStep::Deny) => Ok(Self::Denied),
            (Self::Approved, RefillStep::Complete) => Ok(Self::Completed),
            _ => Err(IllegalStep { what: "refill", from: self.word(), step: step.word() }),
        }
    }
}

/// The state of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum NoteState {
    /// Written, not signed: its author may go on.
    Unsigned,
    /// Signed: its text never changes again.
    Signed,
    /// Signed, and another doctor was asked to sign as well.
    AwaitsCosign,
    /// Signed by both.
    Cosigned,
}

/// What can be done with a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum NoteStep {
    /// Change its text.
    Edit,
    /// Its author signs it.
    Sign,
    /// Its author signs it and asks a doctor to sign as well.
    SignForCosign,
    /// A doctor signs as well.
    Cosign,
    /// Add below what was signed.
    Addendum,
}

impl NoteState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Unsigned, Self::Signed, Self::AwaitsCosign, Self::Cosigned];

    /// The state of a stored note. What was imported counts as signed where it comes from.
    #[must_use]
    pub fn of(note: &Note) -> Self {
        match &note.signing {
            None => Self::Signed,
            // Below an imported note only addenda were written.
            Some(signing) if signing.signed.is_none() && signing.addenda.is_empty() => Self::Unsigned,
            Some(signing) if signing.cosigned.is_some() => Self::Cosigned,
            Some(signing) if signing.cosign_wanted => Self::AwaitsCosign,
            Some(_) => Self::Signed,
        }
    }

    /// The state after a step.
    ///
    /// # Errors
    /// When this state doesn't allow it.
    pub const fn after(self, step: NoteStep) -> Result<Self, IllegalStep> {
        use NoteStep::{Addendum, Cosign, Edit, Sign, SignForCosign};
        match (self, step) {
            (Self::Unsigned, Edit) => Ok(Self::Unsigned),
            (Self::Unsigned, Sign) => Ok(Self::Signed),
            (Self::Unsigned, SignForCosign) => Ok(Self::AwaitsCosign),
            (Self::AwaitsCosign, Cosign) => Ok(Self::Cosigned),
            (Self::Signed | Self::AwaitsCosign | Self::Cosigned, Addendum) => Ok(self),
            _ => Err(IllegalStep { what: "note", from: self.word(), step: step.word() }),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Signed => "signed",
            Self::AwaitsCosign => "awaits_cosign",
            Self::Cosigned => "cosigned",
        }
    }
}

impl NoteStep {
    /// Every step.
    pub const ALL: [Self; 5] = [Self::Edit, Self::Sign, Self::SignForCosign, Self::Cosign, Self::Addendum];

    const fn word(self) -> &'static str {
        match self {
            Self::Edit => "changed",
            Self::Sign | Self::SignForCosign => "signed",
            Self::Cosign => "cosigned",
            Self::Addendum => "added_to",
        }
    }
}

impl TaskStatus {
    /// Whether a task that is `self` may become `next`.
    ///
    /// # Errors
    /// When it may not.
    pub fn after(self, next: Self) -> Result<Self, IllegalStep> {
        use TaskStatus::{
            Accepted, Cancelled, Completed, Draft, EnteredInError, Failed, InProgress, OnHold, Ready, Received,
            Rejected, Requested,
        };
        let legal: &[Self] = match self {
            Draft => &[Requested, Cancelled, EnteredInError],
            Requested => &[Received, Accepted, Rejected, Ready, InProgress, Completed, Cancelled, EnteredInError],
            Received => &[Accepted, Rejected, InProgress, Completed, Cancelled, EnteredInError],
            Accepted => &[Ready, InProgress, OnHold, Completed, Cancelled, EnteredInError],
            Ready => &[InProgress, OnHold, Completed, Cancelled, EnteredInError],
            InProgress => &[OnHold, Completed, Failed, Cancelled, EnteredInError],
            OnHold => &[InProgress, Cancelled, EnteredInError],
            Rejected | Cancelled | Failed | Completed => &[EnteredInError],
            EnteredInError => &[],
        };
        let refused = IllegalStep { what: "task", from: self.word(), step: next.word() };
        if legal.contains(&next) { Ok(next) } else { Err(refused) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each state may become, said once more as sentences; every other step must be refused.
    fn check<S: Copy + PartialEq + std::fmt::Debug, T: Copy + PartialEq + std::fmt::Debug>(
        states: &[S],
        steps: &[T],
        legal: &[(S, T, S)],
        after: impl Fn(S, T) -> Result<S, IllegalStep>,
    ) {
        for &state in states {
            for &step in steps {
                let expected = legal.iter().find(|(from, by, _)| *from == state && *by == step).map(|(.., to)| *to);
                assert_eq!(after(state, step).ok(), expected, "{state:?} {step:?}");
            }
        }
    }

    #[test]
    fn an_order_takes_every_legal_step_and_refuses_every_other() {
        use OrderState::{Active, Cancelled, Completed, Draft, OnHold, Stopped, Unsigned};
        use OrderStep::{Cancel, Complete, Hold, Resume, Sign, Stop};
        let legal = [
            (Draft, Sign, Active),
            (Draft, Cancel, Cancelled),
            (Unsigned, Sign, Active),
            (Unsigned, Stop, Stopped),
            (Unsigned, Cancel, Cancelled),
            (Active, Hold, OnHold),
            (Active, Stop, Stopped),
            (Active, Complete, Completed),
            (OnHold, Resume, Active),
            (OnHold, Stop, Stopped),
            (OnHold, Complete, Completed),
        ];
        check(&OrderState::ALL, &OrderStep::ALL, &legal, OrderState::after);
    }

    #[test]
    fn a_refill_takes_every_legal_step_and_refuses_every_other() {
        use RefillStatus::{Approved, Completed, Denied, Pending};
        use RefillStep::{Approve, Complete, Deny};
        let legal = [(Pending, Approve, Approved), (Pending, Deny, Denied), (Approved, Complete, Completed)];
        check(&RefillStatus::ALL, &RefillStep::ALL, &legal, |state, step| state.after(step, 2));
    }

    #[test]
    fn nothing_is_approved_when_no_refill_is_left_but_it_can_be_denied() {
        let refused = RefillStatus::Pending.after(RefillStep::Approve, 0).unwrap_err();
        assert_eq!(refused.to_string(), "refill, no_refills_left: can't be approved");
        assert_eq!(RefillStatus::Pending.after(RefillStep::Deny, 0), Ok(RefillStatus::Denied));
        assert_eq!(RefillStatus::Approved.after(RefillStep::Complete, 0), Ok(RefillStatus::Completed));
    }

    #[test]
    fn a_note_takes_every_legal_step_and_refuses_every_other() {
        use NoteState::{AwaitsCosign, Cosigned, Signed, Unsigned};
        use NoteStep::{Addendum, Cosign, Edit, Sign, SignForCosign};
        let legal = [
            (Unsigned, Edit, Unsigned),
            (Unsigned, Sign, Signed),
            (Unsigned, SignForCosign, AwaitsCosign),
            (AwaitsCosign, Cosign, Cosigned),
            (Signed, Addendum, Signed),
            (AwaitsCosign, Addendum, AwaitsCosign),
            (Cosigned, Addendum, Cosigned),
        ];
        check(&NoteState::ALL, &NoteStep::ALL, &legal, NoteState::after);
    }

    #[test]
    fn a_task_that_has_ended_can_only_be_taken_back_as_an_error() {
        for ended in TaskStatus::ALL.into_iter().filter(|status| !status.is_open()) {
            for next in TaskStatus::ALL {
                let legal = next == TaskStatus::EnteredInError && ended != TaskStatus::EnteredInError;
                assert_eq!(ended.after(next).is_ok(), legal, "{ended:?} {next:?}");
            }
        }
    }

    #[test]
    fn an_open_task_takes_every_legal_step_and_refuses_every_other() {
        use TaskStatus as T;
        let legal: &[(T, &[T])] = &[
            (T::Draft, &[T::Requested, T::Cancelled]),
            (
                T::Requested,
                &[T::Received, T::Accepted, T::Rejected, T::Ready, T::InProgress, T::Completed, T::Cancelled],
            ),
            (T::Received, &[T::Accepted, T::Rejected, T::InProgress, T::Completed, T::Cancelled]),
            (T::Accepted, &[T::Ready, T::InProgress, T::OnHold, T::Completed, T::Cancelled]),
            (T::Ready, &[T::InProgress, T::OnHold, T::Completed, T::Cancelled]),
            (T::InProgress, &[T::OnHold, T::Completed, T::Failed, T::Cancelled]),
            (T::OnHold, &[T::InProgress, T::Cancelled]),
        ];
        for (from, to) in legal {
            for next in T::ALL {
                let expected = to.contains(&next) || next == T::EnteredInError;
                assert_eq!(from.after(next).is_ok(), expected, "{from:?} {next:?}");
            }
        }
    }
}
