//! Diagnosis codes that may be meant by what is being typed. They are offered; a person chooses, or none.

use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::{CodeSuggestion, CodesView};
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::icd10cm::{SYSTEM, VERSION, suggest};
use serde::Deserialize;
use uuid::Uuid;

/// Characters of what is typed.
const LONGEST: usize = 300;

/// What was typed so far: words, or a code.
#[derive(Deserialize, ts_rs::TS)]
pub struct SuggestCodes {
    /// In any order, each perhaps unfinished.
    pub text: String,
    /// The same for all questions of one search, while somebody types: the audit has one row of it, and no word.
    pub search: Uuid,
}

impl Action for SuggestCodes {
    type Output = CodesView;
    const NAME: &'static str = "suggest_codes";

    fn right(&self) -> Right {
        Right::SearchKnowledge
    }

    /// Nobody's: a code list is asked, no chart.
    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<CodesView>, Failure> {
        if self.text.chars().count() > LONGEST {
            return Err(Code::Invalid.with("field", "text"));
        }
        let shown = suggest(&self.text).into_iter().map(|one| CodeSuggestion {
            code: one.code.to_owned(),
            title: one.title.to_owned(),
            matched: one.matched,
            also: one.also.map(str::to_owned),
        });
        let view = CodesView { system: SYSTEM.to_owned(), version: VERSION.to_owned(), suggestions: shown.collect() };
        let touched =
            desk.recent.begins(self.search, desk.asking.correlation).then(Touched::default).into_iter().collect();
        Ok(Prepared { output: view, touched, writes: Vec::new(), heads: Vec::new() })
    }
}
