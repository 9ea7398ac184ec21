//! Sensitivity labels: what makes an item one that only people with the extra right see.

use super::Content;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why an item is sensitive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Mental health.
    Psychiatric,
    /// HIV.
    Hiv,
    /// Substance use.
    SubstanceUse,
    /// Sexual and reproductive health.
    Reproductive,
    /// Something else, or nobody said what.
    Other,
}

/// The last that was decided about an item's label, by a person or by its source.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub struct Label {
    /// Why it is sensitive; absent once the label was lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Sensitivity>,
    /// Decided when, ISO instant; absent when its source said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// By whom, as displayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The item it goes with: what is known of that one could be read off this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_with: Option<Uuid>,
}

impl Label {
    /// A label that a source gave.
    #[must_use]
    pub const fn of_source(kind: Sensitivity) -> Self {
        Self { kind: Some(kind), at: None, by: None, reason: None, goes_with: None }
    }

    /// The label of what goes with a labelled item.
    #[must_use]
    pub fn beside(&self, item: Uuid) -> Self {
        Self { goes_with: Some(item), ..self.clone() }
    }
}

impl Content {
    /// Whether a person may label an entry of this kind: those of a chart that say something about the patient.
    #[must_use]
    pub const fn may_be_labelled(&self) -> bool {
        match self {
            Content::Attachment(one) => !one.class.is_front(),
            _ => self.says_something_clinical(),
        }
    }

    const fn says_something_clinical(&self) -> bool {
        matches!(
            self,
            Content::Problem(_)
                | Content::Medication(_)
                | Content::Allergy(_)
                | Content::Observation(_)
                | Content::Note(_)
                | Content::Encounter(_)
                | Content::Immunization(_)
                | Content::Procedure(_)
                | Content::Report(_)
                | Content::Imaging(_)
                | Content::Referral(_)
                | Content::CarePlan(_)
        )
    }

    /// The item that this one tells about, so that it is no less sensitive: a dose names its drug, a task its result.
    #[must_use]
    pub const fn tells_about(&self) -> Option<Uuid> {
        match self {
            Content::Administration(one) => Some(one.medication),
            Content::Refill(one) => Some(one.medication),
            Content::Task(one) => one.focus,
            Content::InteractionAnswer(one) => one.order,
            _ => None,
        }
    }
}
