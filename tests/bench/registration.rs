//! Registration: what is asked after each field while somebody types, beside a page of exact hits.

use crate::clinic::Clinic;
use crate::figures::Figures;
use wardseal::app::SearchPatients;
use wardseal::app::patients::CheckRegistration;
use wardseal::record::entered::Entered;

const ROUNDS: usize = 31;
/// What has been typed after each field, of somebody with the most frequent surname.
const TYPED: [(&str, &str, &str, &str); 4] = [
    ("Smith", "", "", ""),
    ("Smith", "Mary", "", ""),
    ("Smith", "Mary", "04/12/1968", ""),
    ("Smith", "Mary", "04/12/1968", "+1-555-010-0114"),
];

/// Types into the form of registration over what was imported.
pub async fn run(clinic: &mut Clinic, figures: &mut Figures) {
    clinic.sign_in("lopez").await;
    let page = || SearchPatients::page("\"Smith\"", 0, 50);
    let exact = figures.p95(ROUNDS, async || _ = clinic.seat.perform(page()).await.unwrap()).await;
    let mut slowest = std::time::Duration::ZERO;
    for (surname, given, born, phone) in TYPED {
        let mut entered = Entered::default();
        (entered.identity.surname, entered.identity.given) = (surname.into(), given.into());
        entered.identity.birth_date = born.into();
        entered.contact.phones = vec![phone.into()];
        let asked = || CheckRegistration { entered: entered.clone() };
        let field = figures.p95(ROUNDS, async || _ = clinic.seat.perform(asked()).await.unwrap()).await;
        slowest = slowest.max(field);
    }
    clinic.seat.sign_out().await.unwrap();
    figures.seconds("registration_field_p95_s", slowest);
    figures.ratio("registration_field_over_exact", slowest, exact);
}
