//! The decision: one look into the table, and the row it came from.

use super::right::Right;
use super::role::{Role, Standing};
use super::table::{Grant, row_of};

/// Result of the care-team look-up: does this user treat this patient?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relationship {
    /// On the care team.
    CareTeam,
    /// On the user's own schedule today.
    OnSchedule,
    /// Checked in at the user's unit now.
    CheckedIn,
    /// None, or no patient is involved.
    None,
}

/// What the policy says, and by which row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Decision {
    /// Go on.
    Allowed {
        /// Name of the row.
        row: &'static str,
    },
    /// Stop, and write that down.
    Denied {
        /// Name of the row; [`DEFAULT_ROW`] when there is none.
        row: &'static str,
        /// What is missing.
        why: Denial,
    },
}

/// What is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The role doesn't have the right.
    NoRight,
    /// The role has it for patients of the user's care team, and this isn't one.
    NotOnCareTeam,
    /// What the patient has said about who may be told stands in the way: see [`may_disclose`](super::may_disclose).
    Directive,
}

/// The row named when the table has none for a right.
const DEFAULT_ROW: &str = "default";

/// May somebody of this role, with what was given to the person besides, use this right for a patient in this
/// relationship?
pub fn decide(who: impl Into<Standing>, right: Right, relationship: Relationship) -> Decision {
    let Some(row) = row_of(right) else { return denied(DEFAULT_ROW, Denial::NoRight) };
    match (who.into().grant(row), relationship) {
        (Grant::Always, _)
        | (Grant::OnCareTeam, Relationship::CareTeam | Relationship::OnSchedule | Relationship::CheckedIn) => {
            Decision::Allowed { row: row.name }
        }
        (Grant::OnCareTeam, Relationship::None) => denied(row.name, Denial::NotOnCareTeam),
        (Grant::Never | Grant::WithExtraRight, _) => denied(row.name, Denial::NoRight),
    }
}

const fn denied(row: &'static str, why: Denial) -> Decision {
    Decision::Denied { row, why }
}

impl Decision {
    /// The row that decided, for the audit.
    #[must_use]
    pub const fn row(self) -> &'static str {
        match self {
            Decision::Allowed { row } | Decision::Denied { row, .. } => row,
        }
    }

    /// True when allowed.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Decision::Allowed { .. })
    }
}

/// Whether the policy names anybody who needs to find a patient by the social security number. If it doesn't, none is
/// indexed.
#[must_use]
pub fn found_by_national_id() -> bool {
    Role::ALL.into_iter().any(|role| decide(role, Right::FindByNationalId, Relationship::CareTeam).is_allowed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Section;

    #[test]
    fn a_nurse_off_the_care_team_is_told_that_this_is_what_is_missing() {
        let decision = decide(Role::Nurse, Right::View(Section::Allergies), Relationship::None);
        assert_eq!(decision, Decision::Denied { row: "allergies.view", why: Denial::NotOnCareTeam });
    }

    #[test]
    fn the_extra_right_opens_sensitive_items_on_the_care_team_and_nowhere_else() {
        let view = Right::View(Section::Restricted);
        let may = |role, sensitive, tie| decide(Standing::of(role, sensitive), view, tie).is_allowed();
        assert!(may(Role::Nurse, true, Relationship::CareTeam));
        assert!(!may(Role::Nurse, false, Relationship::CareTeam) && !may(Role::Nurse, true, Relationship::None));
        assert!(!may(Role::FrontDesk, true, Relationship::CareTeam));
    }

    #[test]
    fn being_on_the_care_team_gives_nobody_a_right_the_role_lacks() {
        let decision = decide(Role::FrontDesk, Right::View(Section::Notes), Relationship::CareTeam);
        assert_eq!(decision, Decision::Denied { row: "notes.view", why: Denial::NoRight });
    }

    #[test]
    fn a_doctor_on_the_care_team_edits_problems_by_the_row_of_that_name() {
        let decision = decide(Role::Doctor, Right::Edit(Section::Problems), Relationship::CareTeam);
        assert_eq!(decision, Decision::Allowed { row: "problems.edit" });
        assert!(decision.is_allowed());
        assert_eq!(decision.row(), "problems.edit");
    }
}
