//! Every version of an item: who wrote it, when, what it was before and what it became.

use super::charting::Charting;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::instants::rfc3339;
use crate::app::patient_keys::PatientKeys;
use crate::app::perform::{Action, Prepared};
use crate::app::views::{ChangeView, ItemHistoryView, VersionView};
use crate::audit::Purpose;
use crate::clock::Timestamp;
use crate::crypt::section::{self, Sealed};
use crate::keys::forms;
use crate::policy::Right;
use crate::record::{Content, Item, Section};
use crate::store::find_documents;
use bson::spec::BinarySubtype;
use bson::{RawDocument, RawDocumentBuf, doc};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Whose item, and of which section.
#[derive(Deserialize, ts_rs::TS)]
pub struct ItemHistory {
    /// Patient id.
    pub patient: Uuid,
    /// Item id.
    pub item: Uuid,
    /// The section it stands in.
    pub section: Section,
}

/// One version as it was stored.
struct Version {
    rev: i64,
    at: Option<String>,
    item: Item,
}

impl Action for ItemHistory {
    type Output = ItemHistoryView;
    const NAME: &'static str = "item_history";

    fn right(&self) -> Right {
        Right::View(self.section)
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<ItemHistoryView>, Failure> {
        let mut charting = Charting::of_item(desk, self.patient, self.item).await?;
        let now = charting.open(self.patient, self.item, self.section).await?;
        let filter = doc! { "record": forms::uuid_bson(self.item), "collection": "items" };
        let found = find_documents(desk.store, "versions", filter, None).await?;
        let mut versions = BTreeMap::new();
        let mut damaged = 0;
        for raw in &found {
            match desk.version(self.patient, raw, self.section, charting.keys()) {
                Ok(Some(version)) => _ = versions.entry(version.rev).or_insert(version),
                Ok(None) => {}
                Err(_) => damaged += 1,
            }
        }
        let (rev, section) = (now.checked.content_rev(), now.item.section());
        versions.insert(rev, Version { rev, at: None, item: now.item });
        charting.touch(self.patient, self.item, section);
        let mut versions = told(versions.into_values().collect());
        if !desk.may_view(Section::Restricted) {
            versions.iter_mut().for_each(|version| version.label = None);
        }
        charting.finish(ItemHistoryView { versions, damaged })
    }
}

impl Desk<'_> {
    /// One older version, checked and opened; nothing where the session doesn't hold its key.
    fn version(
        &self,
        patient: Uuid,
        raw: &RawDocumentBuf,
        section: Section,
        keys: &PatientKeys,
    ) -> Result<Option<Version>, Failure> {
        let damaged = || Code::Damaged.bare();
        let checked = self.check_version(raw)?;
        let record = crate::app::desk::uuid_at(raw, "record")?;
        let rev = checked.head.sections.get("value").map(|mark| mark.rev).ok_or_else(damaged)?;
        let stood_in = section_then(raw).unwrap_or(section);
        let values = raw.get_document("s").map_err(|_| damaged())?;
        let value = values.get_binary("value").map_err(|_| damaged())?;
        let place = self.place(record, stood_in, rev);
        if !self.keys.holds(stood_in.compartment()) {
            return Ok(None);
        }
        let document = if value.subtype == BinarySubtype::Generic {
            self.open_write_only(&place, value.bytes, keys)?
        } else {
            let key = keys.get(patient, stood_in.compartment()).ok_or_else(damaged)?;
            section::open(&self.keys.crypt, &Sealed { place, key, value: value.bytes })?
        };
        let at = raw.get_datetime("at").ok().map(|at| rfc3339(Timestamp(at.timestamp_millis())));
        Ok(Some(Version { rev, at, item: Item::from_document(&document)? }))
    }
}

/// The section a version stood in, where its document says so.
fn section_then(raw: &RawDocument) -> Option<Section> {
    let code = raw.get_str("section").ok()?;
    Section::ALL.into_iter().find(|section| section.code() == code)
}

/// Newest first, each with what it changed of the one before.
fn told(versions: Vec<Version>) -> Vec<VersionView> {
    let mut told = Vec::new();
    let mut before = (BTreeMap::new(), None::<String>);
    for version in versions {
        let fields = fields_of(&version.item.content);
        let changes = differing(&before.0, &fields);
        told.push(VersionView {
            rev: version.rev,
            at: version.item.recorded.clone().or(before.1.take()).unwrap_or_default(),
            by: version.item.author.clone().unwrap_or_default(),
            changes,
            in_error: version.item.in_error.clone(),
            moved: version.item.moved.clone(),
            label: version.item.label.clone(),
        });
        before = (fields, version.at);
    }
    told.reverse();
    told
}

fn differing(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<ChangeView> {
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change = |field: &String| ChangeView {
        field: field.clone(),
        old: before.get(field).cloned(),
        new: after.get(field).cloned(),
    };
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).map(change).collect()
}

/// Every value of a content by its path, as text.
fn fields_of(content: &Content) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    if let Ok(value) = serde_json::to_value(content) {
        flatten("", value.get("value").unwrap_or(&Value::Null), &mut fields);
    }
    fields
}

fn flatten(path: &str, value: &Value, fields: &mut BTreeMap<String, String>) {
    let under = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Null => {}
        Value::Object(object) => object.iter().for_each(|(name, value)| flatten(&under(name), value, fields)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| flatten(&under(&(at + 1).to_string()), value, fields));
        }
        Value::String(text) => _ = fields.insert(path.to_owned(), text.clone()),
        Value::Bool(_) | Value::Number(_) => _ = fields.insert(path.to_owned(), value.to_string()),
    }
}
