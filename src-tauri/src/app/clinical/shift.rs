//! What happened in a shift to the patients one treats, for a hand-off: results, vital signs out of range, what was given or
//! not, orders that were signed or came by word of mouth, notes. Each leads to its item.

use super::timeline::measured;
use crate::app::desk::{Desk, uuid_at};
use crate::app::error::{Code, Failure};
use crate::app::instants::read;
use crate::app::open_items::OpenedItem;
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::{ShiftKind, ShiftRow, ShiftView};
use crate::audit::Purpose;
use crate::clock::Timestamp;
use crate::policy::{Relationship, Right, decide};
use crate::record::{Administration, Compartment, Content, Item, Medication, Note, Observation, Section};
use crate::store::find_documents;
use bson::{RawDocumentBuf, doc};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The last hours.
#[derive(Deserialize, ts_rs::TS)]
pub struct ReadShift {
    /// How many, up to [`LONGEST`].
    pub hours: u16,
}

/// The longest shift.
const LONGEST: u16 = 24;
/// Where what happens in a shift stands.
const SECTIONS: [Section; 4] = [Section::Observations, Section::Medications, Section::Administrations, Section::Notes];

/// Something that happened: what, when, in words, by whom, and whether it stands out.
type Happened = (ShiftKind, String, String, String, bool);

impl Action for ReadShift {
    type Output = ShiftView;
    const NAME: &'static str = "read_shift";

    fn right(&self) -> Right {
        Right::ViewWorklist
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<ShiftView>, Failure> {
        if self.hours == 0 || self.hours > LONGEST {
            return Err(Code::Invalid.with("field", "hours"));
        }
        let since = Timestamp(desk.now().0 - i64::from(self.hours) * 3_600_000);
        let by_patient = desk.changed_since(since).await?;
        let patients: BTreeSet<Uuid> = by_patient.keys().copied().collect();
        let keys = desk.patient_keys(&patients, &BTreeSet::from([Compartment::Clinical])).await?;
        let (mut rows, mut touched, mut damaged) = (Vec::new(), Vec::new(), 0);
        for (patient, found) in by_patient {
            let (items, refused) = desk.open_items(patient, found, &keys).await?;
            damaged += refused;
            let of_patient: Vec<ShiftRow> = items.iter().flat_map(|one| rows_of(one, since)).collect();
            if !of_patient.is_empty() {
                let mut sections: Vec<Section> = of_patient.iter().map(|row| row.section).collect();
                sections.push(Section::Identity);
                sections.sort();
                sections.dedup();
                let count = of_patient.len() as u64;
                touched.push(Touched { patient: Some(patient), sections, count, ..Touched::default() });
            }
            rows.extend(of_patient);
        }
        let names = desk.identities(rows.iter().map(|row| row.patient).collect()).await?;
        for row in &mut rows {
            let name = names.get(&row.patient).map(|one| &one.name);
            row.name = name
                .map(|name| format!("{}, {}", name.surname.to_uppercase(), name.given_joined()))
                .unwrap_or_default();
        }
        rows.sort_by(|a, b| (&a.name, a.patient, &a.at, a.item).cmp(&(&b.name, b.patient, &b.at, b.item)));
        if touched.is_empty() {
            touched.push(Touched::default());
        }
        let output = ShiftView { since: crate::app::instants::rfc3339(since), rows, damaged };
        Ok(Prepared { output, touched, writes: vec![], heads: vec![] })
    }
}

impl Desk<'_> {
    /// What was written since then, of those patients whom this user treats.
    async fn changed_since(&self, since: Timestamp) -> Result<BTreeMap<Uuid, Vec<RawDocumentBuf>>, Failure> {
        let sections: Vec<&str> = SECTIONS.iter().map(|section| section.code()).collect();
        let since = bson::DateTime::from_millis(since.0);
        let filter = doc! { "section": { "$in": sections }, "upd": { "$gte": since } };
        let mut by_patient: BTreeMap<Uuid, Vec<RawDocumentBuf>> = BTreeMap::new();
        for raw in find_documents(self.store, "items", filter, None).await? {
            by_patient.entry(uuid_at(&raw, "patient").unwrap_or_default()).or_default().push(raw);
        }
        let ties = self.relationships_with(&by_patient.keys().copied().collect()).await?;
        let treats = |patient: &Uuid| {
            let tie = ties.get(patient).copied().unwrap_or(Relationship::None);
            SECTIONS.iter().all(|section| decide(self.asking.role, Right::View(*section), tie).is_allowed())
        };
        by_patient.retain(|patient, _| treats(patient));
        Ok(by_patient)
    }
}

fn rows_of(opened: &OpenedItem, since: Timestamp) -> Vec<ShiftRow> {
    let row = |(kind, at, text, by, flagged): Happened| ShiftRow {
        patient: opened.checked.patient,
        name: String::new(),
        item: opened.checked.id,
        rev: opened.checked.content_rev(),
        section: opened.item.section(),
        kind,
        at,
        text,
        by,
        flagged,
    };
    if !opened.item.counts() || opened.item.sensitive {
        return Vec::new();
    }
    let within = |at: &str| read(at).is_some_and(|at| at >= since);
    happened(&opened.item, within).into_iter().map(row).collect()
}

fn happened(item: &Item, within: impl Fn(&str) -> bool) -> Vec<Happened> {
    let recorded = item.recorded.clone().filter(|at| within(at));
    let by = item.author.clone().unwrap_or_default();
    match &item.content {
        Content::Observation(one) => recorded.and_then(|at| observed(one, at, by)).into_iter().collect(),
        Content::Administration(one) => recorded.map(|at| given(one, at, by)).into_iter().collect(),
        Content::Medication(one) => ordered(one, within),
        Content::Note(one) => noted(one, recorded.map(|at| (at, by)), within).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Every result, and of vital signs those out of range.
fn observed(one: &Observation, at: String, by: String) -> Option<Happened> {
    let out = one.is_out_of_range();
    let kind = if one.category == "vital-signs" { ShiftKind::Vital } else { ShiftKind::Result };
    (out || kind == ShiftKind::Result).then(|| (kind, at, measured(one), by, out))
}

fn given(one: &Administration, at: String, by: String) -> Happened {
    let kind = if one.given() { ShiftKind::Given } else { ShiftKind::NotGiven };
    let words = [Some(&one.drug), one.dose.as_ref(), one.reaction.as_ref(), one.reason.as_ref()];
    let words: Vec<&str> = words.into_iter().flatten().map(String::as_str).collect();
    (kind, at, words.join(" · "), by, !one.given() || one.reaction.is_some())
}

fn ordered(one: &Medication, within: impl Fn(&str) -> bool) -> Vec<Happened> {
    let Some(order) = &one.order else { return Vec::new() };
    let verbal = order.verbal.as_ref().map(|verbal| (ShiftKind::OrderVerbal, &verbal.read_back));
    let signed = order.signed.as_ref().map(|signed| (ShiftKind::OrderSigned, signed));
    let text = [Some(&one.drug.text), order.dose.as_ref(), order.frequency.as_ref()];
    let text: Vec<&str> = text.into_iter().flatten().map(String::as_str).collect();
    let within = |(_, by): &(ShiftKind, &crate::record::Signature)| within(&by.at);
    let told = |(kind, by): (ShiftKind, &crate::record::Signature)| {
        let unsigned = kind == ShiftKind::OrderVerbal && order.signed.is_none();
        (kind, by.at.clone(), text.join(" · "), by.by.clone(), unsigned)
    };
    verbal.into_iter().chain(signed).filter(within).map(told).collect()
}

/// Written or signed: the later of both.
fn noted(one: &Note, written: Option<(String, String)>, within: impl Fn(&str) -> bool) -> Option<Happened> {
    let signed = one.signing.as_ref().and_then(|signing| signing.signed.as_ref()).filter(|signed| within(&signed.at));
    let signed =
        signed.map(|signed| (ShiftKind::NoteSigned, signed.at.clone(), one.title.clone(), signed.by.clone(), false));
    signed.or_else(|| written.map(|(at, by)| (ShiftKind::Note, at, one.title.clone(), by, false)))
}
