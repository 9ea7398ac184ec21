//! From a document to pages: pure, knows no patient, no role and no store. One layout for the preview, the print
//! dialog and the file.

mod canvas;
mod code128;
mod flow;
mod font;
mod lines;
mod small;

pub use flow::{Block, Column, Document, Foot, lay_out};
pub use font::{BOX, Font, Fonts};
pub use small::{Tag, Tagged, lay_out_tag};

use crate::app::views::{PrintMark, PrintPage};
use std::collections::BTreeSet;

/// Who it is about, on every page.
#[derive(Clone, Default)]
pub struct Head {
    /// `SURNAME, Given`.
    pub name: String,
    /// Birth date, sex, number on one line.
    pub facts: String,
    /// Marks and allergies, the most important first.
    pub said: Vec<Said>,
    /// The number that a scanner reads.
    pub number: String,
}

/// A line that is said of a patient.
#[derive(Clone)]
pub struct Said {
    /// The words.
    pub text: String,
    /// It mustn't be overlooked: in a frame, in bold.
    pub strong: bool,
}

/// Which letters of these pages the font doesn't have.
pub fn missing(fonts: &Fonts, pages: &[PrintPage]) -> u64 {
    let words = pages.iter().flat_map(|page| &page.marks).filter_map(|mark| match mark {
        PrintMark::Text { text, .. } => Some(text),
        PrintMark::Bar { .. } | PrintMark::Frame { .. } => None,
    });
    let letters: BTreeSet<char> = words.flat_map(|text| text.chars()).filter(|letter| !fonts.has(*letter)).collect();
    letters.len() as u64
}
