//! Where a visit stands for those who treat (FHIR Encounter), and what it can become.

use super::clinical::Encounter;
use super::steps::IllegalStep;
use serde::{Deserialize, Serialize};

/// The statuses of an encounter that are entered here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "kebab-case")]
pub enum EncounterStatus {
    /// Not begun.
    Planned,
    /// The patient is in the house.
    Arrived,
    /// Looked at for urgency.
    Triaged,
    /// Being cared for.
    InProgress,
    /// Away for a while.
    Onleave,
    /// Over.
    Finished,
    /// Never began.
    Cancelled,
}

impl EncounterStatus {
    /// Every status.
    pub const ALL: [Self; 7] =
        [Self::Planned, Self::Arrived, Self::Triaged, Self::InProgress, Self::Onleave, Self::Finished, Self::Cancelled];

    /// The FHIR code.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Arrived => "arrived",
            Self::Triaged => "triaged",
            Self::InProgress => "in-progress",
            Self::Onleave => "onleave",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of a stored word; `None` for one that an import brought and nobody enters here.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }

    /// Whether an encounter that is `self` may become `next`.
    ///
    /// # Errors
    /// When it may not.
    pub fn after(self, next: Self) -> Result<Self, IllegalStep> {
        use EncounterStatus::{Arrived, Cancelled, Finished, InProgress, Onleave, Planned, Triaged};
        let legal: &[Self] = match self {
            Planned => &[Arrived, Cancelled],
            Arrived => &[Triaged, InProgress, Cancelled],
            Triaged => &[InProgress, Cancelled],
            InProgress => &[Onleave, Finished],
            Onleave => &[InProgress, Finished],
            Finished | Cancelled => &[],
        };
        let refused = IllegalStep { what: "encounter", from: self.word(), step: next.word() };
        if legal.contains(&next) { Ok(next) } else { Err(refused) }
    }
}

impl Encounter {
    /// Takes a step at this instant: begins with the arrival, ends with the finish.
    ///
    /// # Errors
    /// When its status doesn't allow it. A status of another system's own allows every one.
    pub fn take(&mut self, next: EncounterStatus, at: &str) -> Result<(), IllegalStep> {
        let before = EncounterStatus::of(&self.status);
        before.map_or(Ok(next), |before| before.after(next))?;
        next.word().clone_into(&mut self.status);
        match next {
            // What was planned may begin at another hour.
            EncounterStatus::Arrived => self.start = Some(at.to_owned()),
            EncounterStatus::InProgress => self.start = self.start.take().or_else(|| Some(at.to_owned())),
            EncounterStatus::Finished => self.end = Some(at.to_owned()),
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::EncounterStatus as S;
    use super::*;

    const LEGAL: [(S, S); 11] = [
        (S::Planned, S::Arrived),
        (S::Planned, S::Cancelled),
        (S::Arrived, S::Triaged),
        (S::Arrived, S::InProgress),
        (S::Arrived, S::Cancelled),
        (S::Triaged, S::InProgress),
        (S::Triaged, S::Cancelled),
        (S::InProgress, S::Onleave),
        (S::InProgress, S::Finished),
        (S::Onleave, S::InProgress),
        (S::Onleave, S::Finished),
    ];

    fn visit(status: &str) -> Encounter {
        let start = Some("2026-11-22T09:00:00Z".to_owned());
        let (class, kind) = ("AMB".to_owned(), crate::record::Coded::default());
        Encounter { status: status.into(), class, kind, start, end: None, reason: None, location: None }
    }

    #[test]
    fn an_encounter_takes_every_legal_step_and_refuses_every_other_unchanged() {
        for from in S::ALL {
            for next in S::ALL {
                let mut one = visit(from.word());
                let taken = one.take(next, "2026-11-22T10:00:00Z").is_ok();
                assert_eq!(taken, LEGAL.contains(&(from, next)), "{from:?} {next:?}");
                assert!(taken || one == visit(from.word()), "{from:?} {next:?}");
            }
        }
    }

    #[test]
    fn it_begins_when_the_patient_arrives_and_ends_when_it_is_finished() {
        let mut one = visit("planned");
        one.take(S::Arrived, "2026-11-22T09:12:00Z").unwrap();
        one.take(S::InProgress, "2026-11-22T09:20:00Z").unwrap();
        one.take(S::Finished, "2026-11-22T09:50:00Z").unwrap();
        let times = (one.start.as_deref(), one.end.as_deref());
        assert_eq!(times, (Some("2026-11-22T09:12:00Z"), Some("2026-11-22T09:50:00Z")));
    }

    #[test]
    fn what_another_system_calls_unknown_can_be_put_right() {
        for next in S::ALL {
            assert!(visit("unknown").take(next, "2026-11-22T09:00:00Z").is_ok());
        }
    }
}
