//! What a seat remembers of its searches while somebody works: whom they opened, and which question is the newest.
//! All of it is gone at the lock.

use super::find::ROW;
use crate::app::desk::Desk;
use crate::app::error::Failure;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::SearchPage;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::query::Query;
use crate::record::{Fit, Section};
use bson::doc;
use serde::Deserialize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// How many patients are remembered.
const KEPT: usize = 10;

/// What a seat looked for last in this session.
#[derive(Default)]
pub struct Recent {
    /// The patients somebody opened, the newest first.
    patients: Mutex<Vec<Uuid>>,
    /// The search through codes that stands in the audit, and the question that began it.
    codes: Mutex<Option<(Uuid, Uuid)>>,
}

impl Recent {
    /// Remembers that a chart was opened.
    pub(in crate::app) fn opened(&self, patient: Uuid) {
        let mut recent = self.patients.lock().unwrap_or_else(PoisonError::into_inner);
        recent.retain(|one| *one != patient);
        recent.insert(0, patient);
        recent.truncate(KEPT);
    }

    /// Whether this question begins a search through codes; the next ones of it go on with it.
    pub(in crate::app) fn begins(&self, search: Uuid, question: Uuid) -> bool {
        let mut codes = self.codes.lock().unwrap_or_else(PoisonError::into_inner);
        // A question may be answered twice before it stands in the audit: under keys that came meanwhile.
        let begun = codes.filter(|(known, _)| *known == search).unwrap_or((search, question));
        *codes = Some(begun);
        begun.1 == question
    }

    /// Forgets them.
    pub(in crate::app) fn forget(&self) {
        self.patients.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.codes.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn all(&self) -> Vec<Uuid> {
        self.patients.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The newest question of a seat. It is told of one when it is asked, which may be while an older one is still being
/// answered; that answer is then given up at its next step.
#[derive(Clone, Default)]
pub struct Searches(Arc<AtomicU64>);

impl Searches {
    /// A question with this ticket was asked.
    pub fn asked(&self, ticket: u64) {
        self.0.fetch_max(ticket, Ordering::Relaxed);
    }

    /// Whether a newer one was asked since; never for a question without a ticket.
    #[must_use]
    pub fn overtaken(&self, ticket: Option<u64>) -> bool {
        ticket.is_some_and(|ticket| ticket < self.0.load(Ordering::Relaxed))
    }

    /// A new window begins to count anew.
    pub(in crate::app) fn forget(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// One's own recent patients.
#[derive(Deserialize, ts_rs::TS)]
pub struct RecentPatients {}

impl Action for RecentPatients {
    type Output = SearchPage;
    const NAME: &'static str = "recent_patients";

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
        let recent = desk.recent.all();
        let filter =
            doc! { "_id": { "$in": recent.iter().map(|id| crate::keys::forms::uuid_bson(*id)).collect::<Vec<_>>() } };
        let found = desk.hits(&filter, ROW, (0, recent.len())).await?;
        let everybody = Query { readings: Vec::new(), sex: None };
        let mut hits = desk.opened(&everybody, found).await?;
        hits.iter_mut().for_each(|hit| hit.fit = (Fit::Exact, 0));
        hits.sort_by_key(|hit| recent.iter().position(|one| *one == hit.patient));
        let rows = desk.rows(hits);
        let touched = Touched { count: rows.len() as u64, sections: vec![Section::Identity], ..Touched::default() };
        let total = rows.len() as u64;
        Ok(Prepared::read(SearchPage { rows, total, offset: 0, more: false }, touched))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ten_charts_are_remembered_each_once_and_none_after_the_lock() {
        let recent = Recent::default();
        let patients: Vec<Uuid> = (0..12).map(|_| Uuid::new_v4()).collect();
        patients.iter().chain(&patients[3..4]).for_each(|patient| recent.opened(*patient));
        let all = recent.all();
        assert_eq!((all.len(), all[0], all[1]), (KEPT, patients[3], patients[11]));
        recent.forget();
        assert!(recent.all().is_empty());
    }

    #[test]
    fn a_newer_question_overtakes_the_older_ones() {
        let searches = Searches::default();
        searches.asked(2);
        searches.asked(1);
        assert!(searches.overtaken(Some(1)) && !searches.overtaken(Some(2)) && !searches.overtaken(None));
        searches.forget();
        assert!(!searches.overtaken(Some(1)));
    }
}
