//! The site's schedule settings as they are stored: signed by an administrator. They name staff and days, no patient.

use super::{Form, forms};
use crate::clock::Timestamp;
use crate::record::schedule::SiteSchedule;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The settings of one site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleSettings {
    /// [`ScheduleSettings::id_of`] the site.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub id: Uuid,
    /// What is set.
    pub schedule: SiteSchedule,
    /// When.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
    /// Grows with every change; older ones than seen are refused.
    #[serde(rename = "v")]
    pub version: i64,
}

impl ScheduleSettings {
    /// The `_id` of a site's settings in the collection `site`.
    #[must_use]
    pub fn id_of(site: Uuid) -> Uuid {
        Uuid::new_v5(&site, b"wardseal/schedule")
    }
}

impl Form for ScheduleSettings {
    const LABEL: &'static str = "wardseal/schedule-settings/1";
    const WHAT: &'static str = "schedule settings";

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

    #[test]
    fn the_form_of_the_settings_is_fixed() {
        let schedule = SiteSchedule { hours: vec![], visit_types: vec![], ..SiteSchedule::default() };
        let settings = ScheduleSettings { id: Uuid::from_u128(1), schedule, at: Timestamp(100), version: 2 };
        let expected = bson::doc! {
            "_id": forms::uuid_bson(Uuid::from_u128(1)),
            "schedule": {
                "hours": [], "holidays": [], "absences": [], "visit_types": [], "rooms": [], "providers": [],
                "reminders_tell_time": false,
            },
            "at": bson::DateTime::from_millis(100),
            "v": 2_i64,
        };
        assert_eq!(bson::serialize_to_document(&settings).unwrap(), expected);
        assert_eq!(bson::deserialize_from_document::<ScheduleSettings>(expected).unwrap(), settings);
    }
}
