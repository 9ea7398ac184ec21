//! The X-ray: the stored bytes of one record, beside what they mean to whoever may read them.
//!
//! An administrator sees what a thief of the store's file would see; a doctor of the patient sees both sides.

use super::desk::{Desk, OpenedPatient};
use super::error::{Code, Failure};
use super::perform::{Action, Prepared, Touched};
use super::views::{XrayRow, XrayView};
use crate::audit::Purpose;
use crate::keys::forms;
use crate::policy::Right;
use crate::record::Section;
use crate::store::find;
use bson::spec::BinarySubtype;
use bson::{Document, RawBsonRef, RawDocument, doc};
use serde::Deserialize;
use std::fmt::Write;
use uuid::Uuid;

/// Bytes of a stored value that are shown.
const SHOWN: usize = 64;

/// Whose record; without a patient any one of the store, for those who may not know whose it is.
#[derive(Deserialize, ts_rs::TS)]
pub struct XrayRecord {
    /// The patient whose chart is open.
    pub patient: Option<Uuid>,
}

impl Action for XrayRecord {
    type Output = XrayView;
    const NAME: &'static str = "xray";

    fn right(&self) -> Right {
        Right::XrayRecord
    }

    fn patient(&self) -> Option<Uuid> {
        self.patient
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<XrayView>, Failure> {
        let filter = self.patient.map_or_else(Document::new, |id| doc! { "_id": forms::uuid_bson(id) });
        let mut command = find(&desk.site.stored_in("patients"), filter, None);
        command.extend(doc! { "sort": { "_id": 1 }, "limit": 1_i64 });
        let found = desk.find_encrypted(&command).await?;
        let stored = found.first().ok_or_else(|| Code::NotFound.bare())?.clone();
        let readable: Vec<Section> = Section::OF_PATIENT.into_iter().filter(|one| desk.may_view(*one)).collect();
        let opened = desk.open_patients(found, &readable).await?.pop().ok_or_else(|| Code::NotFound.bare())??;
        let record = opened.checked.id;
        let sections = opened.opened.iter().copied().collect();
        let view = XrayView { record, rows: desk.xray(&stored, &opened)? };
        Ok(Prepared::read(view, Touched { record: Some(record), sections, count: 1, ..Touched::default() }))
    }
}

impl Desk<'_> {
    fn xray(&self, stored: &RawDocument, opened: &OpenedPatient) -> Result<Vec<XrayRow>, Failure> {
        let mut rows = Vec::new();
        for element in stored {
            let (name, value) = element.map_err(|_| Code::Damaged.bare())?;
            match (name.as_str(), value) {
                ("s", RawBsonRef::Document(sections)) => self.xray_inside("s", sections, opened, &mut rows)?,
                ("i", RawBsonRef::Document(index)) => self.xray_inside("i", index, opened, &mut rows)?,
                (name, value) => rows.push(self.xray_row(name.to_owned(), value, None)),
            }
        }
        Ok(rows)
    }

    fn xray_inside(
        &self,
        parent: &str,
        inside: &RawDocument,
        opened: &OpenedPatient,
        rows: &mut Vec<XrayRow>,
    ) -> Result<(), Failure> {
        for element in inside {
            let (name, value) = element.map_err(|_| Code::Damaged.bare())?;
            let path = format!("{parent}.{name}");
            let means = if parent == "s" { meaning(opened, name.as_str())? } else { None };
            rows.push(self.xray_row(path, value, means));
        }
        Ok(())
    }

    fn xray_row(&self, path: String, value: RawBsonRef<'_>, means: Option<String>) -> XrayRow {
        let bytes = bytes_of(value);
        let key = match value {
            RawBsonRef::Binary(value) if value.subtype == BinarySubtype::Encrypted => {
                bytes.get(1..17).and_then(|id| Uuid::from_slice(id).ok())
            }
            _ => None,
        };
        let purpose = key.and_then(|id| self.keys.ring.name_of(id)).map(ToOwned::to_owned);
        XrayRow {
            path,
            form: form_of(value).to_owned(),
            key,
            purpose,
            length: bytes.len() as u64,
            bytes: hex(&bytes),
            means,
        }
    }
}

/// What a section says, as JSON; `None` when this reader may not know.
fn meaning(opened: &OpenedPatient, code: &str) -> Result<Option<String>, Failure> {
    let Some(section) = opened.opened.iter().find(|section| section.code() == code) else { return Ok(None) };
    let Some(document) = opened.record.section_document(*section)? else { return Ok(None) };
    let document = Document::try_from(document)?;
    Ok(Some(serde_json::to_string_pretty(&document).map_err(|_| Code::Internal.bare())?))
}

/// The name of a stored form, for the screen's text.
fn form_of(value: RawBsonRef<'_>) -> &'static str {
    match value {
        RawBsonRef::Binary(value) if value.subtype == BinarySubtype::Encrypted => match value.bytes.first() {
            Some(1) => "deterministic",
            Some(14) => "equality",
            Some(15) => "range",
            Some(16) => "unindexed",
            Some(17) => "text",
            _ => "unknown",
        },
        RawBsonRef::Binary(value) if value.subtype == BinarySubtype::Generic => "sealed",
        RawBsonRef::Array(_) => "tags",
        _ => "clear",
    }
}

fn bytes_of(value: RawBsonRef<'_>) -> Vec<u8> {
    match value {
        RawBsonRef::Binary(value) => value.bytes.to_vec(),
        RawBsonRef::Document(inside) => inside.as_bytes().to_vec(),
        RawBsonRef::Array(list) => {
            list.into_iter().flatten().filter_map(RawBsonRef::as_binary).flat_map(|tag| tag.bytes.to_vec()).collect()
        }
        RawBsonRef::Int64(number) => number.to_le_bytes().to_vec(),
        RawBsonRef::DateTime(at) => at.timestamp_millis().to_le_bytes().to_vec(),
        _ => Vec::new(),
    }
}

/// The first bytes in hexadecimal, four by four.
fn hex(bytes: &[u8]) -> String {
    let mut shown = String::new();
    for (at, byte) in bytes.iter().take(SHOWN).enumerate() {
        if at > 0 && at % 4 == 0 {
            shown.push(' ');
        }
        // Writing to a string doesn't fail.
        let _always = write!(shown, "{byte:02x}");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_shown_four_by_four_and_no_more_than_fit() {
        assert_eq!(hex(&[0, 1, 2, 3, 255]), "00010203 ff");
        assert_eq!(hex(&[7; 500]).matches("07").count(), SHOWN);
    }
}
