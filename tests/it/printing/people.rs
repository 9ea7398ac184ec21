//! The people that print-outs are about.

use crate::clinic_day::{patient, problem};
use wardseal::record::{
    Allergy, Appointment, CarePlan, Coded, Content, Encounter, Immunization, Item, Medication, Merged, Note,
    Observation, ObservedValue, PatientRecord, Problem, Procedure, Report,
};

fn coded(text: &str) -> Coded {
    Coded { text: text.into(), code: None, system: None }
}

pub fn drug(text: &str, status: &str) -> Item {
    Item::new(Content::Medication(Medication {
        drug: coded(text),
        dosage: Some(format!("{text} 10 mg by mouth once a day")),
        status: status.into(),
        intent: Some("order".into()),
        ordered: Some("2026-03-01".into()),
        ended: None,
        reason: Some(format!("because of {text}")),
        order: None,
    }))
}

pub fn allergy(substance: &str, kind: &str, criticality: &str) -> Item {
    Item::new(Content::Allergy(Allergy {
        substance: coded(substance),
        kind: kind.into(),
        categories: vec![],
        criticality: Some(criticality.into()),
        reaction: None,
        severity: None,
        status: "active".into(),
        verification: None,
        onset: None,
    }))
}

pub fn appointment(start: &str, visit_type: &str) -> Item {
    Item::new(Content::Appointment(Appointment {
        status: "booked".into(),
        start: start.into(),
        minutes: 30,
        visit_type: visit_type.into(),
        provider: "Dr. R. Osei".into(),
        ..Appointment::default()
    }))
}

/// A patient about whom something of every clinical kind is known, each in a word that nobody else uses.
pub fn known_by_heart(surname: &str) -> (PatientRecord, Vec<Item>, Vec<&'static str>) {
    let mut record = patient(surname, "Anna", "1968-04-12");
    record.identity.mrn = "MRN-40071".into();
    let day = "2026-11-20T10:00:00Z";
    let items = vec![
        Item::new(Content::Problem(Problem { note: Some("Qnoteofproblem".into()), ..problem("Qproblem") })),
        drug("Qdrug", "active"),
        drug("Qstopped", "stopped"),
        allergy("Qsubstance", "allergy", "high"),
        Item::new(Content::Observation(Observation {
            code: coded("Qmeasured"),
            category: "vital-signs".into(),
            status: "final".into(),
            at: Some(day.into()),
            value: Some(ObservedValue::Quantity { value: 148.0, unit: Some("mm[Hg]".into()), comparator: None }),
            absent: None,
            range: None,
            interpretation: None,
            components: vec![],
            note: None,
            signed: None,
        })),
        Item::new(Content::Note(Note {
            title: "Qtitle".into(),
            at: day.into(),
            text: "Qtext\nof two lines".into(),
            signing: None,
        })),
        Item::new(Content::Encounter(Encounter {
            status: "finished".into(),
            class: "AMB".into(),
            kind: coded("Qvisit"),
            start: Some(day.into()),
            end: None,
            reason: Some("Qreason".into()),
            location: None,
        })),
        Item::new(Content::Immunization(Immunization {
            vaccine: coded("Qvaccine"),
            status: "completed".into(),
            at: Some(day.into()),
            lot: None,
        })),
        Item::new(Content::Procedure(Procedure {
            code: coded("Qprocedure"),
            status: "completed".into(),
            at: Some(day.into()),
            until: None,
            reason: None,
        })),
        Item::new(Content::Report(Report {
            code: coded("Qreport"),
            status: "final".into(),
            at: Some(day.into()),
            conclusion: None,
            results: vec![],
        })),
        Item::new(Content::CarePlan(CarePlan {
            title: "Qplan".into(),
            status: "active".into(),
            start: Some(day.into()),
            end: None,
            activities: vec![],
        })),
        appointment("2026-11-22T14:30:00Z", "Follow-up"),
        appointment("2026-12-20T14:30:00Z", "Yearly visit"),
    ];
    let words = vec![
        "Qproblem",
        "Qnoteofproblem",
        "Qdrug",
        "Qstopped",
        "Qsubstance",
        "Qmeasured",
        "mmHg",
        "Qtitle",
        "Qtext",
        "Qvisit",
        "Qreason",
        "Qvaccine",
        "Qprocedure",
        "Qreport",
        "Qplan",
    ];
    (record, items, words)
}

/// The mark of a record that another goes on for.
pub fn merged() -> Merged {
    let (reason, by) = ("Registered twice".into(), "M. Lopez".into());
    Merged { record: uuid::Uuid::new_v4().to_string(), reason, at: "2026-11-20T10:00:00Z".into(), by }
}
