//! Checking twenty drugs against each other, two allergies and four problems, beside reading the twenty names alone.

use crate::figures::Figures;
use std::hint::black_box;
use wardseal::app::interactions::shipped;
use wardseal::record::interactions::{AllergyFact, Asked, ConditionFact, Drug, Taking};

const ROUNDS: usize = 101;
const DRUGS: [&str; 20] = [
    "Warfarin Sodium 5 MG Oral Tablet",
    "Naproxen sodium 220 MG Oral Tablet",
    "Simvastatin 20 MG Oral Tablet",
    "Clarithromycin 500 MG Oral Tablet",
    "Amiodarone hydrochloride 200 MG",
    "Digoxin 0.125 MG Oral Tablet",
    "Lisinopril 10 MG Oral Tablet",
    "Spironolactone 25 MG",
    "Metformin hydrochloride 500 MG",
    "insulin glargine",
    "Fluoxetine 20 MG",
    "Tramadol 50 MG",
    "Omeprazole 20 MG",
    "Clopidogrel 75 MG Oral Tablet",
    "Augmentin",
    "Propranolol 40 MG",
    "Verapamil Hydrochloride 40 MG",
    "Acetaminophen 325 MG / oxyCODONE Hydrochloride 5 MG",
    "Diazepam [Valium]",
    "Hydrochlorothiazide 25 MG",
];

/// Checks and reads in turn.
pub async fn run(figures: &mut Figures) {
    let table = shipped().expect("a table that is signed");
    let drug = |name: &&str| Drug { name: (*name).to_owned(), taking: Taking::Now, proposed: false };
    let allergy = |substance: &str| AllergyFact { substance: substance.into(), ..AllergyFact::default() };
    let problem = |text: &str| ConditionFact { text: text.into(), code: None, system: None, active: true };
    let asked = Asked {
        drugs: DRUGS.iter().map(drug).collect(),
        allergies: vec![allergy("Penicillin"), allergy("Sulfa drugs")],
        conditions: ["Asthma", "Diabetes", "Hypertension", "Epilepsy"].map(problem).into(),
        egfr: Some(28.0),
        ..Asked::default()
    };
    let check = async || _ = black_box(table.check(&asked));
    let read = async || DRUGS.iter().for_each(|name| _ = black_box(table.drug(name)));
    let (checked, names) = figures.medians(ROUNDS, check, read).await;
    figures.seconds("check_20_drugs_s", checked);
    figures.ratio("check_over_reading_names", checked, names);
}
