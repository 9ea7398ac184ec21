//! The roles, and what follows for them from the table: the readers of a section, the compartments of a role.

use super::right::Right;
use super::table::{Grant, Row, row_of};
use crate::record::{Compartment, Section};
use serde::{Deserialize, Serialize};

/// What a user is in the clinic. One per account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Physician: diagnoses, orders, signs.
    Doctor,
    /// Nurse: observes, records, administers.
    Nurse,
    /// Receptionist: registers, books, checks in.
    FrontDesk,
    /// IT: users, roles, workstations; never patient data.
    Administrator,
    /// Privacy officer: reads the audit; never patient data.
    Auditor,
    /// Service user of imports: writes every kind of record, finds and views nothing.
    Import,
}

/// What [`Role::Import`] holds without being a reader: it has to build index payloads and recognise records it has
/// written before. Sensitive items it seals to the public key of the restricted compartment.
const IMPORT_HOLDS: [Compartment; 4] =
    [Compartment::Front, Compartment::Insurance, Compartment::NationalId, Compartment::Clinical];

/// Who asks, as far as the policy is concerned: the role, and what was given to this person by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    role: Role,
    sensitive: bool,
}

impl Standing {
    /// Somebody of this role, who has the extra right for sensitive items or hasn't.
    #[must_use]
    pub const fn of(role: Role, sensitive: bool) -> Self {
        Self { role, sensitive }
    }

    /// What a row gives; the extra right counts only where a row asks for it.
    pub(super) fn grant(self, row: &Row) -> Grant {
        match row.grant(self.role) {
            Grant::WithExtraRight if self.sensitive => Grant::OnCareTeam,
            Grant::WithExtraRight => Grant::Never,
            other => other,
        }
    }

    fn holds(self, right: Right) -> bool {
        row_of(right).is_some_and(|row| self.grant(row) != Grant::Never)
    }

    fn reads(self, compartment: Compartment) -> bool {
        match compartment {
            Compartment::Audit => self.holds(Right::ReadAudit),
            Compartment::Front
            | Compartment::Insurance
            | Compartment::NationalId
            | Compartment::Clinical
            | Compartment::Restricted => {
                Section::ALL.into_iter().any(|s| s.compartment() == compartment && self.holds(Right::View(s)))
            }
        }
    }
}

/// Somebody of this role to whom nothing more was given.
impl From<Role> for Standing {
    fn from(role: Role) -> Self {
        Self::of(role, false)
    }
}

impl Role {
    /// Every role, in the order of the table's columns.
    pub const ALL: [Role; 6] =
        [Role::Doctor, Role::Nurse, Role::FrontDesk, Role::Administrator, Role::Auditor, Role::Import];

    /// The name in accounts, grants and audit rows. Never changes.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Role::Doctor => "doctor",
            Role::Nurse => "nurse",
            Role::FrontDesk => "front_desk",
            Role::Administrator => "administrator",
            Role::Auditor => "auditor",
            Role::Import => "import",
        }
    }

    /// The role in words, for people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Role::Doctor => "doctor",
            Role::Nurse => "nurse",
            Role::FrontDesk => "front desk",
            Role::Administrator => "administrator",
            Role::Auditor => "auditor",
            Role::Import => "import service",
        }
    }

    /// The role with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }

    /// The column of this role in the table.
    pub(super) const fn column(self) -> usize {
        match self {
            Role::Doctor => 0,
            Role::Nurse => 1,
            Role::FrontDesk => 2,
            Role::Administrator => 3,
            Role::Auditor => 4,
            Role::Import => 5,
        }
    }

    /// Whether people of this role may be given the extra right for sensitive items.
    #[must_use]
    pub fn may_have_extra_right(self) -> bool {
        row_of(Right::View(Section::Restricted)).is_some_and(|row| row.grant(self) == Grant::WithExtraRight)
    }
}

/// The roles that may view a section, whatever the relationship; empty for [`Section::Restricted`], which takes an
/// extra right that no role brings.
#[must_use]
pub fn readers(section: Section) -> Vec<Role> {
    Role::ALL.into_iter().filter(|role| Standing::from(*role).holds(Right::View(section))).collect()
}

/// The compartments whose keys a user is granted: those that role and extra right read, and for [`Role::Import`] those
/// it must be able to write and compare.
#[must_use]
pub fn compartments_of(who: impl Into<Standing>) -> Vec<Compartment> {
    let who: Standing = who.into();
    match who.role {
        Role::Import => IMPORT_HOLDS.to_vec(),
        Role::Doctor | Role::Nurse | Role::FrontDesk | Role::Administrator | Role::Auditor => {
            Compartment::ALL.into_iter().filter(|compartment| who.reads(*compartment)).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_its_own_column_and_code() {
        for (place, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role.column(), place);
            assert_eq!(Role::from_code(role.code()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.code());
        }
        assert_eq!(Role::from_code("superuser"), None);
    }

    #[test]
    fn sections_share_a_compartment_exactly_when_they_share_their_readers() {
        for one in Section::ALL {
            for other in Section::ALL {
                let same_readers = readers(one) == readers(other);
                assert_eq!(same_readers, one.compartment() == other.compartment(), "{} {}", one.code(), other.code());
            }
        }
    }

    #[test]
    fn the_receptionist_holds_no_clinical_key_and_the_administrator_none_at_all() {
        use Compartment::{Audit, Clinical, Front, Insurance, NationalId};
        assert_eq!(compartments_of(Role::Doctor), [Front, Insurance, NationalId, Clinical]);
        assert_eq!(compartments_of(Role::Nurse), [Front, Clinical]);
        assert_eq!(compartments_of(Role::FrontDesk), [Front, Insurance]);
        assert_eq!(compartments_of(Role::Administrator), []);
        assert_eq!(compartments_of(Role::Auditor), [Audit]);
        assert_eq!(compartments_of(Role::Import), [Front, Insurance, NationalId, Clinical]);
    }

    #[test]
    fn no_role_reads_the_restricted_compartment_and_the_extra_right_opens_it_to_clinicians_only() {
        assert!(readers(Section::Restricted).is_empty());
        assert!(Role::ALL.into_iter().all(|role| !compartments_of(role).contains(&Compartment::Restricted)));
        let with = |role: &Role| compartments_of(Standing::of(*role, true)).contains(&Compartment::Restricted);
        assert_eq!(Role::ALL.into_iter().filter(with).collect::<Vec<_>>(), [Role::Doctor, Role::Nurse]);
        assert!(Role::ALL.into_iter().all(|role| role.may_have_extra_right() == with(&role)));
    }
}
