//! One item of a chart, whole: to edit it, to show a conflict, and its history.

use crate::record::vitals::Doubted;
use crate::record::{
    Administration, Allergy, Attachment, CarePlan, Content, Encounter, Imaging, Immunization, InError, Label,
    Medication, Moved, Note, Observation, PackageCheck, Problem, Procedure, Referral, Refill, Report, Task,
};
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// An item with the revision an edit must name.
#[derive(Clone, Serialize, TS)]
#[ts(optional_fields)]
pub struct ItemView {
    /// Item id.
    pub item: Uuid,
    /// Revision that was read.
    pub rev: i64,
    /// Content.
    pub content: EntryContent,
    /// Last changed, ISO instant.
    pub changed: String,
    /// By whom.
    pub by: String,
    /// Entered in error: when, by whom, why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_error: Option<InError>,
    /// It stood in another chart first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
    /// Why it is sensitive, for who may see that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
}

macro_rules! entry_content {
    ($($kind:ident),+ $(,)?) => {
        /// The kinds of items that a chart shows.
        #[derive(Clone, Serialize, TS)]
        #[serde(tag = "kind", content = "value", rename_all = "snake_case")]
        #[expect(clippy::large_enum_variant, reason = "a few at a time, on their way to the screen")]
        pub enum EntryContent {
            $(
                #[doc = concat!("See [`", stringify!($kind), "`].")]
                $kind($kind),
            )+
        }

        impl EntryContent {
            /// The content as a chart shows it; nothing for what isn't a chart's.
            #[must_use]
            pub fn of(content: Content) -> Option<Self> {
                match content {
                    $(Content::$kind(one) => Some(Self::$kind(one)),)+
                    Content::Appointment(_) | Content::Practitioner(_) | Content::Organization(_) | Content::Account(_) | Content::Amendments(_) | Content::Directives(_) | Content::Kept(_) | Content::HiddenIngredients(_) | Content::InteractionAnswer(_) | Content::Photo(_) | Content::AttachedPage(_) => None,
                }
            }
        }
    };
}

entry_content!(
    Problem,
    Medication,
    Administration,
    Allergy,
    Observation,
    Note,
    Encounter,
    Immunization,
    Procedure,
    Report,
    Imaging,
    Referral,
    CarePlan,
    Refill,
    Task,
    Attachment,
);

/// The outcome of saving an item.
#[derive(Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SavedItem {
    /// Written.
    Saved {
        /// As it now stands.
        saved: ItemView,
    },
    /// Someone saved another revision meanwhile: nothing was overwritten.
    Conflict {
        /// What is stored now.
        current: ItemView,
    },
}

/// A dose that was given, or wasn't.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct AdministrationView {
    /// Item id.
    pub item: Uuid,
    /// Revision that was read.
    pub rev: i64,
    /// The order.
    pub medication: Uuid,
    /// Drug in words.
    pub drug: String,
    /// Given, rather than not.
    pub given: bool,
    /// When, ISO instant.
    pub at: String,
    /// By whom.
    pub by: String,
    /// How much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dose: Option<String>,
    /// Which way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// How it worked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<String>,
    /// What it did besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
    /// Why it wasn't given, or was although the order isn't in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The patient's wristband was compared.
    pub band_checked: bool,
    /// What came of comparing the package with the order; absent where no package was scanned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub compared: Option<PackageCheck>,
}

/// The outcome of saving a set of vital signs.
#[derive(Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SavedVitals {
    /// Written.
    Saved {
        /// As they now stand.
        saved: Vec<ItemView>,
        /// The critical values among them, in words: whoever treats the patient is told.
        critical: Vec<String>,
    },
    /// Nothing was written: these values are to be corrected, or confirmed.
    Doubted {
        /// Which, and why.
        doubts: Vec<Doubted>,
    },
}

/// Diagnosis codes that may be meant; a person chooses, or none.
#[derive(Serialize, TS)]
pub struct CodesView {
    /// As a problem names the system.
    pub system: String,
    /// Which list.
    pub version: String,
    /// Most likely first, at most seven.
    pub suggestions: Vec<CodeSuggestion>,
}

/// A code, and why it is offered.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct CodeSuggestion {
    /// E.g. `E11.9`.
    pub code: String,
    /// Its official title.
    pub title: String,
    /// The words that were found.
    pub matched: Vec<String>,
    /// Where they stand, when it isn't the title: another name of the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub also: Option<String>,
}

/// What an item was and became.
#[derive(Serialize, TS)]
pub struct ItemHistoryView {
    /// Newest first.
    pub versions: Vec<VersionView>,
    /// Versions that failed their integrity check: refused, reported, never shown.
    pub damaged: u64,
}

/// One version of an item.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct VersionView {
    /// Revision.
    pub rev: i64,
    /// Written when, ISO.
    pub at: String,
    /// By whom.
    pub by: String,
    /// What it changed of the version before; everything, for the first.
    pub changes: Vec<ChangeView>,
    /// Entered in error: when, by whom, why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_error: Option<InError>,
    /// It stood in another chart first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
    /// What was decided about its label, for who may see that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
}

/// One field that a version changed.
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct ChangeView {
    /// Its path in the content, e.g. `onset` or `drug.text`.
    pub field: String,
    /// What it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<String>,
    /// What it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<String>,
}
