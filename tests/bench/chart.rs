//! Opening a chart of 2,000 items as doctor, beside opening the same 2,000 sealed values and nothing else.

use crate::bare::crypt;
use crate::clinic::{CHEAP, Clinic};
use crate::figures::Figures;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::ops::ControlFlow;
use time::OffsetDateTime;
use uuid::Uuid;
use wardseal::app::demo_clinic::{MAIN_UNIT, resources};
use wardseal::app::{OpenChart, SearchPatients};
use wardseal::crypt::Crypt;
use wardseal::crypt::section::{Place, Sealed, open_many, seal};
use wardseal::record::demo::demo_clinic;
use wardseal::record::{Compartment, Content, Item, PatientRecord};
use wardseal::secret::Secret;

const ITEMS: usize = 2_000;
const ROUNDS: usize = 15;

/// Opens the chart and the bare values in turn.
pub async fn run(figures: &mut Figures) {
    let (record, items) = long_chart();
    let bare = Bare::seal(&items);
    let mut clinic = Clinic::new(CHEAP).await;
    let patient = register(&mut clinic, record, items).await;
    let chart = async || {
        let view = clinic.seat.perform(OpenChart { patient }).await.unwrap();
        assert_eq!(view.damaged_items, 0);
        black_box(view);
    };
    let (chart, alone) = figures.medians(ROUNDS, chart, async || bare.open()).await;
    figures.count("chart_items", ITEMS);
    figures.seconds("chart_open_s", chart);
    figures.seconds("decrypting_alone_s", alone);
    figures.ratio("chart_over_decrypting", chart, alone);
}

/// The demo's richest chart, over and over.
fn long_chart() -> (PatientRecord, Vec<Item>) {
    let anna = demo_clinic(1, 1, OffsetDateTime::UNIX_EPOCH).next().unwrap();
    let clinical = anna.items.into_iter().filter(|item| !matches!(item.content, Content::Appointment(_)));
    let clinical: Vec<Item> = clinical.collect();
    (anna.record, clinical.iter().cycle().take(ITEMS).cloned().collect())
}

async fn register(clinic: &mut Clinic, record: PatientRecord, items: Vec<Item>) -> Uuid {
    clinic.sign_in("import").await;
    let incoming = resources("bench", "long", record, items, &[MAIN_UNIT]);
    clinic.seat.import(incoming, |_| ControlFlow::Continue(())).await.unwrap();
    clinic.sign_in("osei").await;
    let search = SearchPatients::page("Smith".to_owned(), 0, 1);
    clinic.seat.perform(search).await.unwrap().rows[0].patient
}

/// Items sealed by the same calls as the product's, without store, audit and views.
pub struct Bare {
    crypt: Crypt,
    keys: BTreeMap<Compartment, Secret<32>>,
    values: Vec<(Place, Vec<u8>)>,
}

impl Bare {
    pub fn seal(items: &[Item]) -> Self {
        let compartments: Vec<Compartment> = Compartment::ALL.into_iter().collect();
        let crypt = crypt();
        let keys = compartments.into_iter().map(|one| (one, Secret::random().unwrap())).collect();
        let mut bare = Self { crypt, keys, values: Vec::new() };
        for item in items {
            let place = Place { site: Uuid::new_v4(), record: Uuid::new_v4(), section: item.section(), rev: 1 };
            let value = item.to_document().unwrap();
            let sealed = seal(&bare.crypt, &place, &bare.keys[&place.section.compartment()], &value).unwrap();
            bare.values.push((place, sealed.bytes));
        }
        bare
    }

    pub fn open(&self) {
        let sealed = self.values.iter().map(|(place, value)| Sealed {
            place: *place,
            key: &self.keys[&place.section.compartment()],
            value,
        });
        let opened = open_many(&self.crypt, &sealed.collect::<Vec<_>>());
        assert!(opened.iter().all(Result::is_ok));
        black_box(opened);
    }
}
