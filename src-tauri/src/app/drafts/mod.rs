//! Drafts: what somebody has typed into a form and not saved yet. A lock, a crash or a pulled plug loses at most the
//! last two seconds of it; nobody else ever sees it.
//!
//! The store isn't asked for any of this: while a server is silent, typing is kept all the same. The audit says once that
//! a draft was begun, that it was shown and that it was dropped. Why it is so: docs/decisions/0020-drafts.md.

mod sealed;

use super::desk::Desk;
use super::error::{Code, Failure};
use super::instants::rfc3339;
use super::perform::{Action, Prepared, Touched};
use super::views::{Done, DraftView, DraftsView};
use super::workstation::Workstation;
use crate::audit::Purpose;
use crate::clock::Timestamp;
use crate::policy::{Relationship, Right};
use crate::store::drafts::SealedDraft;
pub use sealed::DraftPlace;
use sealed::{DraftKeys, Typed};
use serde::Deserialize;
use std::time::Duration;
use uuid::Uuid;

/// How long a draft is kept after it was typed last.
pub const KEPT_FOR: Duration = Duration::from_hours(14 * 24);
const LONGEST_FORM: usize = 100;
const LONGEST_TITLE: usize = 300;
/// Bytes of what is typed into one form.
const LONGEST_TEXT: usize = 256 * 1024;

/// What is typed into a form now.
#[derive(Deserialize, ts_rs::TS)]
pub struct KeepDraft {
    /// Where it is typed.
    pub place: DraftPlace,
    /// What it is, for its writer to recognise it by: the form and the patient's name.
    pub title: String,
    /// The fields, as the screen wants them back.
    pub typed: String,
}

/// What was typed and not saved, by whoever holds the seat.
#[derive(Deserialize, ts_rs::TS)]
pub struct Drafts {
    /// Of one form, with its text; of all, without.
    #[ts(optional)]
    #[serde(default)]
    pub place: Option<DraftPlace>,
}

/// A draft that isn't wanted any more, because it was saved or thrown away.
#[derive(Deserialize, ts_rs::TS)]
pub struct DropDraft {
    /// Where it was typed.
    pub place: DraftPlace,
}

macro_rules! of_drafts {
    ($($action:ty => $output:ty, $name:literal, $patient:expr, $run:ident;)+) => {$(
        impl Action for $action {
            type Output = $output;
            const NAME: &'static str = $name;

            fn right(&self) -> Right {
                Right::KeepDrafts
            }

            fn patient(&self) -> Option<Uuid> {
                let patient: fn(&$action) -> Option<Uuid> = $patient;
                patient(self)
            }

            fn purpose(&self) -> Purpose {
                Purpose::Operations
            }

            async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<$output>, Failure> {
                desk.$run(self)
            }
        }
    )+};
}

of_drafts! {
    KeepDraft => Done, "keep_draft", |keep| keep.place.patient, begin_draft;
    Drafts => DraftsView, "drafts", |drafts| drafts.place.as_ref().and_then(|place| place.patient), show_drafts;
    DropDraft => Done, "drop_draft", |drop| drop.place.patient, end_draft;
}

impl Desk<'_> {
    fn draft_keys(&self) -> Result<DraftKeys, Failure> {
        Ok(DraftKeys::of(self.keys.user.park())?)
    }

    /// Checks what is typed; the audit hears of the first time only.
    fn begin_draft(&self, keep: &KeepDraft) -> Result<Prepared<Done>, Failure> {
        check(&keep.place)?;
        let too_long = [("title", keep.title.len() > LONGEST_TITLE), ("typed", keep.typed.len() > LONGEST_TEXT)];
        if let Some((field, _)) = too_long.into_iter().find(|(_, too_long)| *too_long) {
            return Err(refused(field));
        }
        let known = self.drafts.at(&self.draft_keys()?.place(&keep.place))?.is_some();
        Ok(told(Done {}, (!known).then(|| about(&keep.place))))
    }

    fn end_draft(&self, drop: &DropDraft) -> Result<Prepared<Done>, Failure> {
        let known = self.drafts.at(&self.draft_keys()?.place(&drop.place))?.is_some();
        Ok(told(Done {}, known.then(|| about(&drop.place))))
    }

    fn show_drafts(&self, asked: &Drafts) -> Result<Prepared<DraftsView>, Failure> {
        let keys = self.draft_keys()?;
        let found = match &asked.place {
            Some(place) => self.drafts.at(&keys.place(place))?.into_iter().collect(),
            None => self.drafts.of(&keys.owner())?,
        };
        let opened = found.iter().filter(|draft| draft.at >= oldest(self.now())).filter_map(|draft| {
            let typed = keys.open(draft);
            typed.map(|typed| self.draft_view(draft, typed, asked.place.is_some()))
        });
        let drafts: Vec<DraftView> = opened.collect();
        let touched: Vec<Touched> = drafts.iter().map(|draft| about(&draft.place)).collect();
        Ok(told(DraftsView { drafts }, touched))
    }

    fn draft_view(&self, draft: &SealedDraft, typed: Typed, whole: bool) -> DraftView {
        DraftView {
            place: typed.place,
            title: typed.title,
            at: rfc3339(Timestamp(draft.at)),
            typed: whole.then_some(typed.typed),
            open: self.drafting == Some(draft.place),
        }
    }
}

impl Workstation {
    /// Keeps what is being typed, sealed; durable when this returns.
    ///
    /// # Errors
    /// When the seat isn't open, the text is too long or the file can't be written.
    pub async fn keep_draft(&mut self, keep: KeepDraft) -> Result<Done, Failure> {
        self.perform_here(&keep).await?;
        let keys = DraftKeys::of(self.keys()?.user.park())?;
        let now = self.clock.wall();
        let sealed = keys.seal(&Typed { place: keep.place, title: keep.title, typed: keep.typed }, now)?;
        self.drafts.expire(oldest(now))?;
        self.drafts.keep(&sealed)?;
        self.drafting = Some(sealed.place);
        Ok(Done {})
    }

    /// What the holder of the seat has typed and not saved.
    ///
    /// # Errors
    /// When the seat isn't open or the file can't be read.
    pub async fn drafts(&mut self, asked: Drafts) -> Result<DraftsView, Failure> {
        self.perform_here(&asked).await
    }

    /// Forgets a draft.
    ///
    /// # Errors
    /// When the seat isn't open or the file can't be written.
    pub async fn drop_draft(&mut self, drop: DropDraft) -> Result<Done, Failure> {
        self.perform_here(&drop).await?;
        let place = DraftKeys::of(self.keys()?.user.park())?.place(&drop.place);
        self.drafts.drop(&place)?;
        self.drafting = self.drafting.filter(|open| *open != place);
        Ok(Done {})
    }
}

impl Workstation {
    /// Drops what the holder of the seat has typed here about patients who were erased since, at whichever workstation:
    /// nobody else could tell whom a draft is about.
    pub(super) async fn drop_drafts_of_the_erased(&mut self) -> Result<(), Failure> {
        let keys = DraftKeys::of(self.keys()?.user.park())?;
        let asking = self.asking()?;
        let desk = self.desk(&asking, Relationship::None)?;
        for draft in self.drafts.of(&keys.owner())? {
            let about = keys.open(&draft).and_then(|typed| typed.place.patient);
            let Some(patient) = about else { continue };
            if desk.is_erased(patient).await? {
                self.drafts.drop(&draft.place)?;
            }
        }
        Ok(())
    }
}

fn check(place: &DraftPlace) -> Result<(), Failure> {
    let letter = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    let word = |part: &str| !part.is_empty() && part.chars().all(letter);
    let fits = place.form.len() <= LONGEST_FORM && place.form.split('.').all(word);
    if fits { Ok(()) } else { Err(refused("form")) }
}

fn refused(field: &'static str) -> Failure {
    let mut failure = Code::Invalid.with("field", field);
    failure.fields.insert("why", "too_long".into());
    failure
}

fn oldest(now: Timestamp) -> i64 {
    now.0.saturating_sub(i64::try_from(KEPT_FOR.as_millis()).unwrap_or(i64::MAX))
}

fn about(place: &DraftPlace) -> Touched {
    Touched { patient: place.patient, record: place.item, count: 1, ..Touched::default() }
}

fn told<T>(output: T, touched: impl IntoIterator<Item = Touched>) -> Prepared<T> {
    Prepared { output, touched: touched.into_iter().collect(), writes: Vec::new(), heads: Vec::new() }
}
