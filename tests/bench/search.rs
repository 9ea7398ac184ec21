//! Search by the most frequent surname: the first page of 50, and all hits.

use crate::clinic::Clinic;
use crate::figures::Figures;
use wardseal::app::SearchPatients;

const SURNAME: &str = "Smith";
const ROUNDS: usize = 31;

/// Searches what was imported.
pub async fn run(clinic: &mut Clinic, figures: &mut Figures) {
    clinic.sign_in("osei").await;
    let hits = all(clinic).await;
    let first = figures.median(ROUNDS, async || _ = page(clinic, 0, 50).await).await;
    let every = figures.median(ROUNDS, async || assert_eq!(all(clinic).await, hits)).await;
    clinic.seat.sign_out().await.unwrap();
    figures.count("hits", hits);
    figures.seconds("first_page_s", first);
    figures.seconds("search_all_s", every);
}

async fn all(clinic: &mut Clinic) -> usize {
    let mut found = 0;
    loop {
        let (rows, total) = page(clinic, found, 1_000).await;
        found += rows;
        if rows == 0 || found >= total {
            return found;
        }
    }
}

async fn page(clinic: &mut Clinic, offset: usize, limit: u64) -> (usize, usize) {
    let search = SearchPatients::page(SURNAME.to_owned(), offset as u64, limit);
    let page = clinic.seat.perform(search).await.unwrap();
    assert!(page.rows.iter().all(|row| !row.damaged));
    (page.rows.len(), usize::try_from(page.total).unwrap())
}
