//! A referral: to whom, why, how urgent, what the letter says, and what the colleague has to know beside it.

use super::parts::{allergies, damaged, is_active, medications, problems};
use crate::app::chart_views::ReferralLetter;
use crate::app::error::{Code, Failure};
use crate::app::print::chart_on_paper::OnPaper;
use crate::app::print::layout::Block;
use crate::app::print::words::{day_or, words};
use uuid::Uuid;

/// The letter of the referral that was asked for, or of the last one that wasn't withdrawn.
pub fn referral_letter(chart: &OnPaper, wanted: Option<Uuid>) -> Result<Vec<Block>, Failure> {
    let mut of_chart = chart.items.referrals.iter();
    let letter = match wanted {
        Some(wanted) => of_chart.find(|one| one.item == wanted),
        None => of_chart.find(|one| one.referral.status != "revoked"),
    };
    let letter = match letter {
        Some(letter) => letter,
        None if wanted.is_none() => return Ok(vec![Block::Text("No referral is recorded.".to_owned())]),
        None => return Err(Code::NotFound.bare()),
    };
    let parts = [addressed(chart, letter), problems(chart, is_active), medications(chart), allergies(chart)];
    let closing = vec![Block::Text(letter.by.clone()), Block::Text("Signature: ______________________________".into())];
    Ok(damaged(chart).into_iter().chain(parts.into_iter().flatten()).chain(closing).collect())
}

fn addressed(chart: &OnPaper, letter: &ReferralLetter) -> Vec<Block> {
    let one = &letter.referral;
    let to = [Some(one.to.clone()), one.specialty.clone()].into_iter().flatten().collect::<Vec<_>>().join(", ");
    let mut blocks = vec![
        Block::Heading(format!("To {to}")),
        Block::Text(format!("{} · {}", day_or(one.at.as_deref(), &chart.zone), words(&one.priority))),
        Block::Strong(format!("Reason: {}", one.reason)),
    ];
    let marked = match one.status.as_str() {
        "draft" => Some("Draft: this letter was not sent."),
        "revoked" => Some("Withdrawn: this letter no longer applies."),
        _ => None,
    };
    blocks.extend(marked.map(|said| Block::Strong(said.to_owned())));
    blocks.extend(one.letter.iter().map(|text| Block::Text(text.clone())));
    blocks
}
