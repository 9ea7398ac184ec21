//! [`Appointment`], and the state machine of a visit: booked, arrived, roomed, seen, out; or cancelled, missed, moved.

use super::zone::{Millis, instant_of};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An appointment, or a wish for one. No field takes free words: what stands here can say nothing clinical.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Start, ISO instant with offset; empty while it's only a wish.
    pub start: String,
    /// Length in minutes.
    pub minutes: u32,
    /// Provider's name as displayed; empty for a wish that takes anybody.
    pub provider: String,
    /// Visit type in words.
    pub visit_type: String,
    /// [`VisitStatus::code`]; an imported one may hold another word.
    pub status: String,
    /// The room it takes; in older visits it may be a device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// The devices it takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<String>,
    /// When it came to each state, ISO instants.
    #[serde(default, skip_serializing_if = "Times::is_empty")]
    pub times: Times,
    /// Why it was cancelled or moved: one of [`CANCEL_REASONS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why it stands where another one stands: one of [`OVERBOOK_REASONS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overbooked: Option<String>,
    /// What the public board calls the patient on that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The unit that the patient is checked in at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The same for all visits that were booked as one series.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// What was asked at the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_in: Option<CheckedIn>,
    /// What a patient on the waiting list would take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wish: Option<Wish>,
    /// Who has a letter ready for the patient to take along. That there is one is all it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
    /// Reminders that were sent, or tried.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reminders: Vec<Reminder>,
}

/// When a visit came to each state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Times {
    /// At the desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub arrived: Option<String>,
    /// In a room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub roomed: Option<String>,
    /// Seen by the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub seen: Option<String>,
    /// Out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub out: Option<String>,
}

impl Times {
    /// Whether it came to none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.arrived.is_none() && self.roomed.is_none() && self.seen.is_none() && self.out.is_none()
    }
}

/// What was asked when the patient came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedIn {
    /// The two identifiers that the patient said, by name: `birth_date` and one more. Never what they are.
    pub identified_by: Vec<String>,
    /// One of [`INSURANCE_ANSWERS`].
    pub insurance: String,
    /// Forms that were signed: some of [`FORMS`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forms: Vec<String>,
}

/// What somebody on the waiting list would take.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day.
    pub until: String,
    /// `morning`, `afternoon` or absent for both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Since when the patient waits, ISO instant.
    pub since: String,
}

impl Wish {
    /// Whether a time could suit this wish and another.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        let same_part = self.part.is_none() || other.part.is_none() || self.part == other.part;
        same_part && self.from <= other.until && other.from <= self.until
    }
}

/// A reminder and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// [`super::ReminderKind::code`].
    pub kind: String,
    /// `sent`, `failed` or `no_address`.
    pub state: String,
    /// When it was tried last.
    pub at: String,
    /// How often.
    pub tries: u32,
}

/// Why a visit is cancelled or moved.
pub const CANCEL_REASONS: &[&str] =
    &["patient_asked", "provider_away", "clinic_closed", "booked_twice", "left_unseen", "other"];
/// How a visit came to stand in the wrong record, or at all.
pub const MISBOOKED: &[&str] = &["wrong_patient", "entered_twice", "other"];
/// Why a visit is put where another one stands.
pub const OVERBOOK_REASONS: &[&str] = &["urgent", "provider_agreed", "with_family", "short_visit"];
/// What was said about insurance at the desk.
pub const INSURANCE_ANSWERS: &[&str] = &["confirmed", "changed", "self_pay", "not_asked"];
/// Forms that a clinic lets sign.
pub const FORMS: &[&str] = &["consent_to_treat", "privacy_notice", "financial", "photo"];

/// Where a visit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum VisitStatus {
    /// Wished for.
    Waitlist,
    /// Booked.
    Booked,
    /// Checked in.
    Arrived,
    /// In a room.
    Roomed,
    /// Seen by the provider.
    Seen,
    /// Out: checked out.
    Out,
    /// Cancelled, with a reason.
    Cancelled,
    /// The patient didn't come.
    Noshow,
    /// Moved: another visit took its place.
    Rescheduled,
}

/// What is done with a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum VisitStep {
    /// A wish gets a time.
    Book,
    /// The patient is checked in.
    Arrive,
    /// The patient is brought to a room.
    Room,
    /// The provider has seen the patient.
    See,
    /// The patient is checked out.
    CheckOut,
    /// Cancelled.
    Cancel,
    /// The patient didn't come.
    Miss,
    /// Another time.
    Reschedule,
}

/// A step that a visit in this state can't take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a visit that is {from:?} can't take the step {step:?}")]
pub struct IllegalStep {
    /// Where it stands.
    pub from: VisitStatus,
    /// What was tried.
    pub step: VisitStep,
}

impl VisitStatus {
    /// Every state.
    pub const ALL: [Self; 9] = [
        Self::Waitlist,
        Self::Booked,
        Self::Arrived,
        Self::Roomed,
        Self::Seen,
        Self::Out,
        Self::Cancelled,
        Self::Noshow,
        Self::Rescheduled,
    ];

    /// The stored word: FHIR's where it has one.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waitlist => "waitlist",
            Self::Booked => "booked",
            Self::Arrived => "arrived",
            Self::Roomed => "roomed",
            Self::Seen => "seen",
            Self::Out => "fulfilled",
            Self::Cancelled => "cancelled",
            Self::Noshow => "noshow",
            Self::Rescheduled => "rescheduled",
        }
    }

    /// The state a stored word means; `None` for one that isn't known here.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "proposed" | "pending" => Some(Self::Booked),
            "checked-in" => Some(Self::Arrived),
            _ => Self::ALL.into_iter().find(|status| status.code() == word),
        }
    }

    /// Whether a visit in this state takes up its time.
    #[must_use]
    pub const fn holds_its_slot(self) -> bool {
        matches!(self, Self::Booked | Self::Arrived | Self::Roomed | Self::Seen | Self::Out)
    }

    /// Whether the patient is in the house.
    #[must_use]
    pub const fn is_here(self) -> bool {
        matches!(self, Self::Arrived | Self::Roomed | Self::Seen)
    }

    /// The state after a step.
    ///
    /// # Errors
    /// [`IllegalStep`] for every pair that isn't listed here.
    pub const fn after(self, step: VisitStep) -> Result<Self, IllegalStep> {
        match (self, step) {
            (Self::Waitlist, VisitStep::Book) => Ok(Self::Booked),
            (Self::Booked, VisitStep::Arrive) => Ok(Self::Arrived),
            (Self::Arrived, VisitStep::Room) => Ok(Self::Roomed),
            (Self::Roomed, VisitStep::See) => Ok(Self::Seen),
            (Self::Seen, VisitStep::CheckOut) => Ok(Self::Out),
            (Self::Waitlist | Self::Booked | Self::Arrived | Self::Roomed, VisitStep::Cancel) => Ok(Self::Cancelled),
            (Self::Booked, VisitStep::Miss) => Ok(Self::Noshow),
            (Self::Booked | Self::Noshow, VisitStep::Reschedule) => Ok(Self::Rescheduled),
            (from, step) => Err(IllegalStep { from, step }),
        }
    }
}

impl VisitStep {
    /// Every step.
    pub const ALL: [Self; 8] =
        [Self::Book, Self::Arrive, Self::Room, Self::See, Self::CheckOut, Self::Cancel, Self::Miss, Self::Reschedule];
}

impl Appointment {
    /// Where it stands, if the word is known.
    #[must_use]
    pub fn state(&self) -> Option<VisitStatus> {
        VisitStatus::of(&self.status)
    }

    /// Whether it takes up its time. One whose word isn't known does: better a question than two patients at once.
    #[must_use]
    pub fn holds_its_slot(&self) -> bool {
        self.state().is_none_or(VisitStatus::holds_its_slot)
    }

    /// From when until when; `None` if its start can't be read.
    #[must_use]
    pub fn span(&self) -> Option<(Millis, Millis)> {
        let start = instant_of(&self.start)?;
        Some((start, start + i64::from(self.minutes) * 60_000))
    }

    /// Takes a step, and notes when.
    ///
    /// # Errors
    /// [`IllegalStep`]; an imported visit whose word isn't known takes none.
    pub fn take(&mut self, step: VisitStep, at: &str) -> Result<VisitStatus, IllegalStep> {
        let from = self.state().ok_or(IllegalStep { from: VisitStatus::Booked, step })?;
        let next = from.after(step)?;
        next.code().clone_into(&mut self.status);
        let at = Some(at.to_owned());
        match next {
            VisitStatus::Arrived => self.times.arrived = at,
            VisitStatus::Roomed => self.times.roomed = at,
            VisitStatus::Seen => self.times.seen = at,
            VisitStatus::Out => self.times.out = at,
            _ => {}
        }
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use VisitStatus as S;
    use VisitStep as T;

    /// Every legal step there is.
    const LEGAL: [(S, T, S); 12] = [
        (S::Waitlist, T::Book, S::Booked),
        (S::Waitlist, T::Cancel, S::Cancelled),
        (S::Booked, T::Arrive, S::Arrived),
        (S::Booked, T::Cancel, S::Cancelled),
        (S::Booked, T::Miss, S::Noshow),
        (S::Booked, T::Reschedule, S::Rescheduled),
        (S::Arrived, T::Room, S::Roomed),
        (S::Arrived, T::Cancel, S::Cancelled),
        (S::Roomed, T::See, S::Seen),
        (S::Roomed, T::Cancel, S::Cancelled),
        (S::Seen, T::CheckOut, S::Out),
        (S::Noshow, T::Reschedule, S::Rescheduled),
    ];

    #[test]
    fn every_step_that_is_not_listed_is_refused_and_changes_nothing() {
        for from in S::ALL {
            for step in T::ALL {
                let mut visit = Appointment { status: from.code().into(), ..Appointment::default() };
                let before = visit.clone();
                let legal = LEGAL.iter().find(|(a, b, _)| (*a, *b) == (from, step)).map(|(.., to)| *to);
                let taken = visit.take(step, "2026-11-23T09:00:00-05:00");
                assert_eq!(taken.ok(), legal, "{from:?} {step:?}");
                if legal.is_none() {
                    assert!(visit == before, "{from:?} {step:?}");
                }
            }
        }
    }

    #[test]
    fn a_visit_keeps_the_time_of_every_state_it_came_to() {
        let mut visit = Appointment { status: "booked".into(), ..Appointment::default() };
        for (step, at) in [(T::Arrive, "a"), (T::Room, "b"), (T::See, "c"), (T::CheckOut, "d")] {
            visit.take(step, at).unwrap();
        }
        let kept = [visit.times.arrived, visit.times.roomed, visit.times.seen, visit.times.out];
        assert_eq!(kept.map(Option::unwrap), ["a", "b", "c", "d"]);
        assert_eq!(visit.status, "fulfilled");
    }

    #[test]
    fn words_come_back_as_what_they_were_stored_as_and_foreign_ones_hold_their_slot() {
        assert!(S::ALL.into_iter().all(|status| S::of(status.code()) == Some(status)));
        let foreign = Appointment { status: "entered-in-error".into(), ..Appointment::default() };
        assert!(foreign.holds_its_slot() && foreign.clone().take(T::Arrive, "").is_err());
    }

    #[test]
    fn the_stored_form_of_an_appointment_made_before_is_read_and_written_as_it_was() {
        let stored = bson::doc! {
            "start": "2026-11-23T09:00:00-05:00", "minutes": 30_i64, "provider": "Dr. R. Osei",
            "visit_type": "Follow-up", "status": "booked",
        };
        let read: Appointment = bson::deserialize_from_document(stored.clone()).unwrap();
        assert_eq!(bson::serialize_to_document(&read).unwrap(), stored);
    }
}
