//! Search for patients: as one types, by any beginning of a name, by birth date, by number.
//!
//! Everybody is reached through the encrypted indexes only; at most [`OPENED`] records are opened for one query, and of
//! those nothing but what a row shows. Beyond that, pages come in the store's own order, exact names first.

mod by_national_id;
mod filters;
mod find;
mod match_patients;
mod recent;
mod rows;

use super::desk::Desk;
use super::error::{Code, Failure};
use super::perform::{Action, Prepared, Touched};
use super::views::SearchPage;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::query::{Query, QueryError, Who, read, sex_named};
use crate::record::{DateOrder, Fit, Section};
use bson::RawDocumentBuf;
use filters::{Ways, is_cut};
use find::{Hit, ROW};
use serde::Deserialize;
use uuid::Uuid;

pub use by_national_id::{FindByNationalId, NumberNeeded};
pub use match_patients::MatchPatients;
pub(super) use match_patients::Thorough;
pub use recent::{Recent, RecentPatients, Searches};
pub(super) use rows::{row_of, similar_names};

/// What is looked for, and which page of it.
#[derive(Clone, Default, Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub struct SearchPatients {
    /// What was typed: names, `surname, given`, birth date or range or age, MRN, phone or its last four, e-mail.
    pub query: String,
    /// Position of the first row wanted.
    pub offset: u64,
    /// How many rows; at most [`LONGEST_PAGE`].
    pub limit: u64,
    /// Only patients of this sex: `female`, `male`, `other`, `unknown`.
    #[serde(default)]
    pub sex: Option<String>,
    /// Grows with every question of a window: one that a newer question has overtaken isn't answered.
    #[serde(default)]
    pub ticket: Option<u64>,
}

/// Rows of one page at most.
pub const LONGEST_PAGE: u64 = 1_000;
/// Records that are opened for one query at most, before the page is known.
pub const OPENED: usize = 200;
/// Nobody counts further: what so many fit is to be typed more of.
pub const COUNTED: usize = 1_000;
/// With fewer hits than this, names that sound alike are asked for as well.
const FEW: usize = 5;

impl SearchPatients {
    /// A page of a query.
    #[must_use]
    pub fn page(query: impl Into<String>, offset: u64, limit: u64) -> Self {
        Self { query: query.into(), offset, limit, ..Self::default() }
    }
}

impl Action for SearchPatients {
    type Output = SearchPage;
    const NAME: &'static str = "search_patients";

    fn right(&self) -> Right {
        Right::FindPatients
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SearchPage>, Failure> {
        let today = desk.today().ok_or_else(|| Code::Internal.bare())?;
        let mut query = read(&self.query, DateOrder::MonthFirst, today).map_err(unreadable)?;
        query.sex = self.sex.as_deref().and_then(sex_named).or(query.sex);
        desk.without_national_id(&mut query)?;
        let page = Search { desk, asked: self, ways: desk.ways(&query)?, query }.run().await?;
        let damaged = page.rows.iter().any(|row| row.damaged);
        let sections = vec![Section::Identity];
        let touched = Touched { count: page.rows.len() as u64, sections, damaged, ..Touched::default() };
        Ok(Prepared::read(page, touched))
    }
}

fn unreadable(error: QueryError) -> Failure {
    let why = match error {
        QueryError::Empty => "empty",
        QueryError::TooLong => "too_long",
        QueryError::NoSuchDay => "impossible",
    };
    invalid(why)
}

fn invalid(why: &'static str) -> Failure {
    let mut failure = Code::Invalid.with("field", "query");
    failure.fields.insert("why", why.into());
    failure
}

/// One search in progress.
struct Search<'a> {
    desk: &'a Desk<'a>,
    asked: &'a SearchPatients,
    query: Query,
    ways: Ways,
}

impl Search<'_> {
    async fn run(&self) -> Result<SearchPage, Failure> {
        self.still_wanted()?;
        let found = self.desk.hits(&self.ways.strict, ROW, (0, OPENED + 1)).await?;
        self.still_wanted()?;
        if found.len() > OPENED {
            return self.of_many(found).await;
        }
        let mut hits = self.desk.fitting(&self.query, found, Fit::Former).await?;
        let mut more = false;
        if let Some(loose) = self.ways.loose.as_ref().filter(|_| hits.len() < FEW) {
            self.still_wanted()?;
            let known = hits.iter().map(|hit| hit.patient).collect();
            let mut found = self.desk.hits(&find::beside(loose, known), ROW, (0, OPENED + 1 - hits.len())).await?;
            more = found.len() + hits.len() > OPENED;
            found.truncate(OPENED - hits.len());
            hits.extend(self.desk.fitting(&self.query, found, Fit::Swapped).await?);
        }
        self.page(hits, more).await
    }

    /// More than may be opened; `first` of them are here.
    async fn of_many(&self, first: Vec<RawDocumentBuf>) -> Result<SearchPage, Failure> {
        if self.filters_what_is_open() {
            return self.best_known().await;
        }
        let exact = self.desk.count(&self.ways.exact, COUNTED).await?;
        self.still_wanted()?;
        if self.ways.exact == self.ways.strict {
            return self.of_one_kind(exact, first).await;
        }
        let best_known = self.is_cut() && exact <= OPENED;
        if best_known { self.best_known().await } else { self.by_the_store(exact).await }
    }

    /// Too many to open and sort, all fitting equally well: in the store's own order, `first` of them are here.
    async fn of_one_kind(&self, total: usize, mut first: Vec<RawDocumentBuf>) -> Result<SearchPage, Failure> {
        let (offset, limit) = self.window();
        let found = if offset.saturating_add(limit) <= first.len() {
            first.drain(offset..offset + limit).collect()
        } else {
            self.desk.hits(&self.ways.exact, ROW, (offset, limit.min(total.saturating_sub(offset)))).await?
        };
        self.unsorted(found, total).await
    }

    /// A page in the store's own order.
    async fn unsorted(&self, found: Vec<RawDocumentBuf>, total: usize) -> Result<SearchPage, Failure> {
        let rows = self.desk.rows(self.desk.opened(&self.query, found).await?);
        Ok(SearchPage { rows, total: total as u64, offset: self.asked.offset, more: total >= COUNTED })
    }

    /// Where only an opened record tells whether it fits, and too many would have to be opened: the first of them.
    async fn best_known(&self) -> Result<SearchPage, Failure> {
        let mut found = self.desk.hits(&self.ways.exact, ROW, (0, OPENED)).await?;
        if found.len() < OPENED {
            let rest = find::without(&self.ways.strict, &self.ways.exact);
            found.extend(self.desk.hits(&rest, ROW, (0, OPENED - found.len())).await?);
        }
        self.still_wanted()?;
        let hits = self.desk.fitting(&self.query, found, Fit::Former).await?;
        self.page(hits, true).await
    }

    /// Too many to open and sort: exact names first, each part in the store's own order, which is stable.
    async fn by_the_store(&self, exact: usize) -> Result<SearchPage, Failure> {
        let (offset, limit) = self.window();
        let total = if exact < COUNTED { self.desk.count(&self.ways.strict, COUNTED).await? } else { exact };
        self.still_wanted()?;
        let mut found = Vec::new();
        if offset < exact {
            found = self.desk.hits(&self.ways.exact, ROW, (offset, limit.min(exact - offset))).await?;
        }
        if found.len() < limit && exact < total {
            let rest = find::without(&self.ways.strict, &self.ways.exact);
            let (skip, most) = (offset.saturating_sub(exact), limit - found.len());
            let most = most.min(total.saturating_sub(offset + found.len()));
            found.extend(self.desk.hits(&rest, ROW, (skip, most)).await?);
        }
        self.unsorted(found, total).await
    }

    /// The wanted page of what was opened and sorted.
    async fn page(&self, mut hits: Vec<Hit>, more: bool) -> Result<SearchPage, Failure> {
        hits.sort_by_cached_key(Hit::order);
        let (offset, limit) = self.window();
        let total = hits.len() as u64;
        let rows = self.desk.rows(hits.into_iter().skip(offset).take(limit));
        Ok(SearchPage { rows, total, offset: self.asked.offset, more })
    }

    fn window(&self) -> (usize, usize) {
        let limit = usize::try_from(self.asked.limit.clamp(1, LONGEST_PAGE)).unwrap_or(50);
        (usize::try_from(self.asked.offset).unwrap_or(usize::MAX), limit)
    }

    /// Whether the index alone can't tell who fits: a sex, or a given name of one letter.
    fn filters_what_is_open(&self) -> bool {
        let one_letter = self.query.readings.iter().any(|reading| match &reading.who {
            Some(Who::Names(names)) => names.given.chars().count() == 1 && !names.surname.is_empty(),
            _ => false,
        });
        self.query.sex.is_some() || one_letter
    }

    /// Whether a name is longer than the starts the index knows.
    fn is_cut(&self) -> bool {
        self.query.readings.iter().any(|reading| match &reading.who {
            Some(Who::Names(names)) => {
                is_cut("i.surname_start", &names.surname) || (!names.guessed && is_cut("i.given_start", &names.given))
            }
            _ => false,
        })
    }

    fn still_wanted(&self) -> Result<(), Failure> {
        if self.desk.searches.overtaken(self.asked.ticket) { Err(Code::Cancelled.bare()) } else { Ok(()) }
    }
}

impl Desk<'_> {
    /// A social security number is looked for by [`FindByNationalId`] alone, which asks for a purpose.
    fn without_national_id(&self, query: &mut Query) -> Result<(), Failure> {
        let all = query.readings.len();
        query.readings.retain(|reading| !matches!(reading.who, Some(Who::NationalId(_))));
        if query.readings.len() < all && self.may(Right::FindByNationalId) {
            return Err(invalid("purpose"));
        }
        if query.readings.is_empty() { Err(invalid("national_id")) } else { Ok(()) }
    }
}
