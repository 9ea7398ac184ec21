//! What the patient takes.

use super::parts::{allergies, damaged, medications};
use crate::app::print::chart_on_paper::OnPaper;
use crate::app::print::layout::Block;

/// Allergies first: nobody reads a list of drugs without them.
pub fn medication_list(chart: &OnPaper) -> Vec<Block> {
    let closing = "Bring this list to every visit, to the pharmacy and to the hospital.";
    let parts = [allergies(chart), medications(chart), vec![Block::Text(closing.to_owned())]];
    damaged(chart).into_iter().chain(parts.into_iter().flatten()).collect()
}
