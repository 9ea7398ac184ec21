//! Search by the most frequent surname: the first page of 50, and all hits; beside it pages by the beginning of a name
//! and by years of birth.

use crate::clinic::Clinic;
use crate::figures::Figures;
use wardseal::app::SearchPatients;

/// In quotes: nobody whose name only starts so.
const SURNAME: &str = "\"Smith\"";
/// What is asked beside it, and what the figures are called.
const OTHERS: [(&str, &str, &str); 5] = [
    ("smi,", "prefix_page_p95_s", "prefix_over_exact"),
    ("1980-1990", "years_page_p95_s", "years_over_exact"),
    ("smith, an", "both_names_page_p95_s", "both_names_over_exact"),
    ("smith 1980-1990", "name_and_years_page_p95_s", "name_and_years_over_exact"),
    ("smyth", "sound_page_p95_s", "sound_over_exact"),
];
const ROUNDS: usize = 31;
/// Rows of a page that a clinic of 1,000 patients can fill as well.
const SMALL_PAGE: u64 = 5;

/// Searches what was imported.
pub async fn run(clinic: &mut Clinic, figures: &mut Figures) {
    clinic.sign_in("osei").await;
    let hits = all(clinic).await;
    let first = figures.median(ROUNDS, async || _ = page(clinic, 0, 50).await).await;
    let every = figures.median(ROUNDS, async || assert_eq!(all(clinic).await, hits)).await;
    let exact = figures.p95(ROUNDS, async || _ = page(clinic, 0, 50).await).await;
    figures.seconds("exact_page_p95_s", exact);
    let small = figures.p95(ROUNDS, async || _ = page(clinic, 0, SMALL_PAGE).await).await;
    figures.seconds("small_page_p95_s", small);
    for (query, name, ratio) in OTHERS {
        let other = figures.p95(ROUNDS, async || _ = page_of(clinic, query, 0, 50).await).await;
        figures.seconds(name, other);
        figures.ratio(ratio, other, exact);
    }
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
    page_of(clinic, SURNAME, offset, limit).await
}

async fn page_of(clinic: &mut Clinic, query: &str, offset: usize, limit: u64) -> (usize, usize) {
    let search = SearchPatients::page(query, offset as u64, limit);
    let page = clinic.seat.perform(search).await.unwrap();
    assert!(page.rows.iter().all(|row| !row.damaged));
    (page.rows.len(), usize::try_from(page.total).unwrap())
}
