//! Pages to look at, to print and to keep: where each word and line stands. One layout for screen and file.

use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// A print-out, page by page.
#[derive(Serialize, TS)]
pub struct PrintView {
    /// What it is, e.g. `Medication list`.
    pub title: String,
    /// The pages.
    pub pages: Vec<PrintPage>,
    /// Letters that the font of a saved file doesn't have: there each stands as an empty box.
    pub missing: u64,
    /// Entries that failed their integrity check and aren't printed.
    pub damaged: u64,
    /// Of a visit summary: the visits there are, the newest first.
    pub visits: Vec<PrintVisit>,
}

/// A visit that a summary can be made of.
#[derive(Clone, Serialize, TS)]
pub struct PrintVisit {
    /// Item id.
    pub item: Uuid,
    /// When it began, ISO date or instant.
    pub start: String,
    /// What kind of visit.
    pub kind: String,
}

/// One page, measured in points from its upper left corner.
#[derive(Clone, Serialize, TS)]
pub struct PrintPage {
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// What stands on it, in the order of reading.
    pub marks: Vec<PrintMark>,
}

/// A thing on a page.
#[derive(Clone, Serialize, TS)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum PrintMark {
    /// Words on one line.
    Text {
        /// Where they begin.
        x: f32,
        /// Their base line.
        y: f32,
        /// Size of the letters.
        size: f32,
        /// Semibold.
        bold: bool,
        /// The words.
        text: String,
    },
    /// A filled rectangle: a rule, a bar of a barcode.
    Bar {
        /// Left.
        x: f32,
        /// Top.
        y: f32,
        /// Width.
        width: f32,
        /// Height.
        height: f32,
    },
    /// An empty rectangle: what must not be overlooked stands inside.
    Frame {
        /// Left.
        x: f32,
        /// Top.
        y: f32,
        /// Width.
        width: f32,
        /// Height.
        height: f32,
    },
}

/// What became of a file that was to be kept.
#[derive(Serialize, TS)]
pub struct SavedPrint {
    /// How many pages it has.
    pub pages: u64,
}
