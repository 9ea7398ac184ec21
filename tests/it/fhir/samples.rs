//! Whole sample sets of other projects, where they lie beside this one.

use super::patients;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use wardseal::record::fhir::{Imported, Mapped, resources, survey};

/// A folder of sample data beside the project, which isn't part of it.
fn samples(name: &str) -> Option<Vec<PathBuf>> {
    let near = |folder: &Path| Some(folder.join("shared/data").join(name)).filter(|found| found.is_dir());
    let Some(folder) = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().find_map(near) else {
        eprintln!("SKIPPED: there is no folder shared/data/{name} beside the project");
        return None;
    };
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    Some(files.filter(|file| file.extension().is_some_and(|extension| extension == "json")).collect())
}

fn import_file(path: &Path) -> Vec<Imported> {
    let survey = survey(|| File::open(path), "sample").unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let all = resources(File::open(path).unwrap(), "sample", &survey.links, "samples");
    all.map(|one| one.unwrap().0).collect()
}

fn count_kinds(imported: &[Imported], counts: &mut BTreeMap<&'static str, usize>) {
    for one in imported {
        let kind = match &one.mapped {
            Mapped::Patient(_) => "patient",
            Mapped::NoKnownAllergies(_) => "statement",
            Mapped::Item(item) => item.content.section().code(),
        };
        *counts.entry(kind).or_default() += 1;
    }
}

#[test]
fn all_110_synthea_bundles_map_without_an_error() {
    let Some(files) = samples("synthea-r4") else { return };
    let mut counts = BTreeMap::new();
    for file in &files {
        let imported = import_file(file);
        let patient = patients(&imported);
        assert!(patient.len() == 1 && !patient[0].identity.mrn.is_empty() && patient[0].national_id.ssn.is_some());
        let homeless = imported
            .iter()
            .filter(|one| one.patient.is_none())
            .all(|one| matches!(one.source.kind.as_str(), "Patient" | "Practitioner" | "Organization"));
        assert!(homeless, "{}", file.display());
        count_kinds(&imported, &mut counts);
    }
    let expected = [
        ("allergies", 42),
        ("care_plans", 216),
        ("directory", 340),
        ("encounters", 2059),
        ("immunizations", 1382),
        ("kept", 151),
        ("medications", 481),
        ("observations", 12038),
        ("patient", 110),
        ("problems", 646),
        ("procedures", 1108),
        ("reports", 785),
    ];
    assert_eq!(counts, BTreeMap::from(expected));
}

#[test]
fn every_us_core_example_maps_without_an_error() {
    let Some(files) = samples("us-core") else { return };
    let mut counts = BTreeMap::new();
    files.iter().for_each(|file| count_kinds(&import_file(file), &mut counts));
    assert_eq!((counts["patient"], counts["medications"], counts["directory"]), (4, 4, 10));
}
