//! Care-team rows: who treats whom and until when, signed by who wrote them.

use super::{Form, forms};
use crate::clock::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who is on the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Member {
    /// One user.
    User(#[serde(with = "forms::uuid4")] Uuid),
    /// Everyone of a unit.
    Unit(String),
}

/// One row. To sign: `Signed::sign`; to verify: `Directory::signed_by_author`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareTeamRow {
    /// The row.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// The patient.
    #[serde(with = "forms::uuid4")]
    pub patient: Uuid,
    /// The user or unit.
    pub member: Member,
    /// From when.
    #[serde(with = "forms::date")]
    pub from: Timestamp,
    /// Until when; open if null.
    #[serde(with = "forms::date_or_null")]
    pub until: Option<Timestamp>,
    /// Grows with every change; older ones than seen are refused.
    #[serde(rename = "v")]
    pub version: i64,
}

impl CareTeamRow {
    /// Whether the row puts this user, who works in `unit`, on the team at `now`.
    #[must_use]
    pub fn covers(&self, user: Uuid, unit: Option<&str>, now: Timestamp) -> bool {
        let member = match &self.member {
            Member::User(id) => *id == user,
            Member::Unit(name) => unit == Some(name),
        };
        member && self.from <= now && self.until.is_none_or(|until| now < until)
    }
}

impl Form for CareTeamRow {
    const LABEL: &'static str = "wardseal/care-team/1";
    const WHAT: &'static str = "care-team row";

    fn id(&self) -> Uuid {
        self.id
    }

    fn version(&self) -> i64 {
        self.version
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(member: Member, until: Option<i64>) -> CareTeamRow {
        let (id, patient) = (Uuid::from_u128(1), Uuid::from_u128(2));
        CareTeamRow { id, patient, member, from: Timestamp(100), until: until.map(Timestamp), version: 1 }
    }

    #[test]
    fn a_nurse_is_on_the_team_by_name_or_by_unit_and_only_in_time() {
        let nurse = Uuid::from_u128(3);
        let by_name = row(Member::User(nurse), Some(200));
        assert!(by_name.covers(nurse, None, Timestamp(100)));
        assert!(!by_name.covers(nurse, None, Timestamp(99)));
        assert!(!by_name.covers(nurse, None, Timestamp(200)));
        assert!(!by_name.covers(Uuid::from_u128(4), None, Timestamp(150)));
        let by_unit = row(Member::Unit("ward 2".into()), None);
        assert!(by_unit.covers(nurse, Some("ward 2"), Timestamp(150)));
        assert!(!by_unit.covers(nurse, Some("ward 3"), Timestamp(150)));
        assert!(!by_unit.covers(nurse, None, Timestamp(150)));
    }

    #[test]
    fn the_form_of_a_row_is_fixed() {
        let row = row(Member::User(Uuid::from_u128(3)), None);
        let doc = bson::serialize_to_document(&row).unwrap();
        let expected = bson::doc! {
            "_id": forms::uuid_bson(Uuid::from_u128(1)),
            "patient": forms::uuid_bson(Uuid::from_u128(2)),
            "member": { "user": forms::uuid_bson(Uuid::from_u128(3)) },
            "from": bson::DateTime::from_millis(100),
            "until": bson::Bson::Null,
            "v": 1_i64,
        };
        assert_eq!(doc, expected);
        assert_eq!(bson::deserialize_from_document::<CareTeamRow>(doc).unwrap(), row);
    }
}
