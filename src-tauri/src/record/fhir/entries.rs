//! The stream of entries: one resource in memory at a time, whatever the size of the file.

use super::error::{Defect, ReadError};
use super::meter::{Meter, Metered};
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::io::Read;
use struson::reader::{JsonReader, JsonStreamReader, ReaderError, ReaderSettings, TransferError, ValueType};
use struson::writer::{JsonStreamWriter, JsonWriter};
use uuid::Uuid;

/// How deep a file may nest.
pub(super) const DEPTH: u32 = 64;

/// One resource of a file.
#[derive(Clone, PartialEq)]
pub struct Entry {
    /// Its index in the file, from 0.
    pub index: usize,
    /// FHIR resource type.
    pub resource_type: String,
    /// Its id, or the UUID of its `fullUrl`.
    pub id: String,
    /// The address other entries use for it.
    pub full_url: Option<String>,
    /// The resource as received, without insignificant white space.
    pub json: String,
    /// The same, parsed.
    pub resource: Value,
}

/// Reads a bundle (transaction, batch, collection, searchset), a single resource or NDJSON.
///
/// The iterator ends after the first error.
pub fn read_bundle<R: Read>(reader: R, file: &str) -> Entries<R> {
    let meter = Meter::default();
    meter.allow_next();
    let settings = ReaderSettings {
        allow_multiple_top_level: true,
        track_path: false,
        max_nesting_depth: Some(DEPTH),
        ..ReaderSettings::default()
    };
    let json = JsonStreamReader::new_custom(Metered::new(reader, meter.clone()), settings);
    Entries {
        json,
        meter,
        file: file.to_owned(),
        place: Place::Start,
        index: 0,
        seen: HashMap::new(),
        held: VecDeque::new(),
    }
}

/// The entries of one file.
pub struct Entries<R: Read> {
    json: JsonStreamReader<Metered<R>>,
    meter: Meter,
    file: String,
    place: Place,
    index: usize,
    /// Which entry had which (type, id), hashed: a few bytes an entry.
    seen: HashMap<Uuid, usize>,
    /// Entries that stood before the bundle said what it is.
    held: VecDeque<Raw>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Between,
    Bundle,
    InEntries,
    Done,
}

/// The members of a bundle's entry that matter.
#[derive(Default)]
struct Raw {
    full_url: Option<String>,
    method: Option<String>,
    resource: Option<String>,
}

impl<R: Read> Iterator for Entries<R> {
    type Item = Result<Entry, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.step().and_then(|raw| raw.map(|raw| self.finish(raw)).transpose()).transpose()?;
        if next.is_err() {
            self.place = Place::Done;
        }
        let entry = self.index;
        self.index += 1;
        Some(next.map_err(|defect| ReadError { file: self.file.clone(), entry, defect }))
    }
}

impl<R: Read> Entries<R> {
    /// Bytes read so far, for progress.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.meter.read()
    }

    fn step(&mut self) -> Result<Option<Raw>, Defect> {
        loop {
            if let Some(held) = self.held.pop_front() {
                return Ok(Some(held));
            }
            self.meter.allow_next();
            let found = match self.place {
                Place::Done => return Ok(None),
                Place::Start => self.open_resource()?,
                Place::Between => self.next_document()?,
                Place::Bundle => self.next_member()?,
                Place::InEntries => self.next_entry()?,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn next_document(&mut self) -> Result<Option<Raw>, Defect> {
        if self.json.has_next()? {
            return self.open_resource();
        }
        self.place = Place::Done;
        Ok(None)
    }

    /// Opens a top-level object; what comes before its type is held back, at most one entry's worth.
    fn open_resource(&mut self) -> Result<Option<Raw>, Defect> {
        expect(&mut self.json, ValueType::Object, "resource")?;
        self.json.begin_object()?;
        let mut copy = JsonStreamWriter::new(Vec::new());
        copy.begin_object().map_err(|_| Defect::NotJson)?;
        let mut is_bundle = false;
        while !is_bundle && self.json.has_next()? {
            let name = self.json.next_name_owned()?;
            copy.name(&name).map_err(|_| Defect::NotJson)?;
            if name == "resourceType" {
                let kind = self.string("resourceType")?;
                is_bundle = kind == "Bundle";
                copy.string_value(&kind).map_err(|_| Defect::NotJson)?;
            } else {
                self.json.transfer_to(&mut copy)?;
            }
        }
        copy.end_object().map_err(|_| Defect::NotJson)?;
        let text = finished(copy)?;
        if is_bundle {
            self.place = Place::Bundle;
            return self.hold(&text).map(|()| None);
        }
        self.json.end_object()?;
        self.place = Place::Between;
        Ok(Some(Raw { resource: Some(text), ..Raw::default() }))
    }

    /// Takes what a bundle said before its type.
    fn hold(&mut self, text: &str) -> Result<(), Defect> {
        let early: Value = serde_json::from_str(text).map_err(|_| Defect::NotJson)?;
        if let Some(kind) = early.get("type") {
            check_bundle_type(kind.as_str().ok_or(Defect::WrongType("type"))?)?;
        }
        let Some(entries) = early.get("entry") else { return Ok(()) };
        for entry in entries.as_array().ok_or(Defect::WrongType("entry"))? {
            self.held.push_back(Raw::of(entry)?);
        }
        Ok(())
    }

    fn next_member(&mut self) -> Result<Option<Raw>, Defect> {
        if !self.json.has_next()? {
            self.json.end_object()?;
            self.place = Place::Between;
            return Ok(None);
        }
        match self.json.next_name()? {
            "entry" => {
                expect(&mut self.json, ValueType::Array, "entry")?;
                self.json.begin_array()?;
                self.place = Place::InEntries;
            }
            "type" => check_bundle_type(&self.string("type")?)?,
            _ => self.json.skip_value()?,
        }
        Ok(None)
    }

    fn next_entry(&mut self) -> Result<Option<Raw>, Defect> {
        if !self.json.has_next()? {
            self.json.end_array()?;
            self.place = Place::Bundle;
            return Ok(None);
        }
        expect(&mut self.json, ValueType::Object, "entry")?;
        self.json.begin_object()?;
        let mut raw = Raw::default();
        while self.json.has_next()? {
            match self.json.next_name()? {
                "fullUrl" => raw.full_url = Some(self.string("fullUrl")?),
                "resource" => raw.resource = Some(self.copy()?),
                "request" => raw.method = method_of(&self.copy()?)?,
                _ => self.json.skip_value()?,
            }
        }
        self.json.end_object()?;
        Ok(Some(raw))
    }

    fn string(&mut self, member: &'static str) -> Result<String, Defect> {
        expect(&mut self.json, ValueType::String, member)?;
        Ok(self.json.next_string()?)
    }

    fn copy(&mut self) -> Result<String, Defect> {
        let mut copy = JsonStreamWriter::new(Vec::new());
        self.json.transfer_to(&mut copy)?;
        finished(copy)
    }

    fn finish(&mut self, raw: Raw) -> Result<Entry, Defect> {
        if !matches!(raw.method.as_deref(), None | Some("POST" | "PUT")) {
            return Err(Defect::Method);
        }
        let json = raw.resource.ok_or(Defect::NoResource)?;
        let resource: Value = serde_json::from_str(&json).map_err(|_| Defect::NotJson)?;
        let resource_type = type_of(&resource)?;
        let id = id_of(&resource, raw.full_url.as_deref())?;
        self.note_once(&resource_type, &id)?;
        Ok(Entry { index: self.index, resource_type, id, full_url: raw.full_url, json, resource })
    }

    fn note_once(&mut self, resource_type: &str, id: &str) -> Result<(), Defect> {
        let key = Uuid::new_v5(&Uuid::NAMESPACE_URL, format!("{resource_type}/{id}").as_bytes());
        match self.seen.insert(key, self.index) {
            Some(earlier) => Err(Defect::Repeated(earlier)),
            None => Ok(()),
        }
    }
}

impl Raw {
    fn of(entry: &Value) -> Result<Self, Defect> {
        let members = entry.as_object().ok_or(Defect::WrongType("entry"))?;
        let full_url = match members.get("fullUrl") {
            Some(url) => Some(url.as_str().ok_or(Defect::WrongType("fullUrl"))?.to_owned()),
            None => None,
        };
        let method = members.get("request").map(|request| method_of(&request.to_string())).transpose()?.flatten();
        Ok(Self { full_url, method, resource: members.get("resource").map(Value::to_string) })
    }
}

fn method_of(request: &str) -> Result<Option<String>, Defect> {
    let request: Value = serde_json::from_str(request).map_err(|_| Defect::NotJson)?;
    match request.as_object().ok_or(Defect::WrongType("request"))?.get("method") {
        Some(Value::String(method)) => Ok(Some(method.clone())),
        Some(_) => Err(Defect::WrongType("method")),
        None => Ok(None),
    }
}

fn type_of(resource: &Value) -> Result<String, Defect> {
    let members = resource.as_object().ok_or(Defect::WrongType("resource"))?;
    let kind = members.get("resourceType").ok_or(Defect::NoType)?;
    let kind = kind.as_str().ok_or(Defect::WrongType("resourceType"))?;
    let plain = (1..=64).contains(&kind.len()) && kind.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain { Ok(kind.to_owned()) } else { Err(Defect::NoType) }
}

fn id_of(resource: &Value, full_url: Option<&str>) -> Result<String, Defect> {
    let id = match resource.get("id") {
        Some(id) => id.as_str().ok_or(Defect::WrongType("id"))?,
        None => full_url.and_then(|url| url.rsplit([':', '/']).next()).ok_or(Defect::NoId)?,
    };
    let usable = (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    if usable { Ok(id.to_owned()) } else { Err(Defect::NoId) }
}

fn check_bundle_type(kind: &str) -> Result<(), Defect> {
    let known = matches!(kind, "transaction" | "batch" | "collection" | "searchset");
    if known { Ok(()) } else { Err(Defect::BundleType) }
}

fn expect<R: Read>(json: &mut JsonStreamReader<R>, wanted: ValueType, member: &'static str) -> Result<(), Defect> {
    if json.peek()? == wanted { Ok(()) } else { Err(Defect::WrongType(member)) }
}

fn finished(copy: JsonStreamWriter<Vec<u8>>) -> Result<String, Defect> {
    let bytes = copy.finish_document().map_err(|_| Defect::NotJson)?;
    String::from_utf8(bytes).map_err(|_| Defect::NotJson)
}

// The inner errors may quote the file, so only their kind goes on.
impl From<ReaderError> for Defect {
    fn from(error: ReaderError) -> Self {
        match error {
            ReaderError::IoError { error, .. } if error.kind() == std::io::ErrorKind::FileTooLarge => Defect::TooLarge,
            ReaderError::IoError { error, .. } if error.kind() == std::io::ErrorKind::InvalidData => Defect::NotJson,
            ReaderError::IoError { error, .. } => Defect::Io(error.kind()),
            ReaderError::MaxNestingDepthExceeded { .. } => Defect::TooDeep,
            _ => Defect::NotJson,
        }
    }
}

impl From<TransferError> for Defect {
    fn from(error: TransferError) -> Self {
        match error {
            TransferError::ReaderError(error) => error.into(),
            TransferError::WriterError(_) => Defect::NotJson,
        }
    }
}
