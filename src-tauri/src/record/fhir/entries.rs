//! The stream of entries: one resource in memory at a time, whatever the size of the file.

use super::canonical::canonical;
use super::error::{Defect, ReadError};
use super::scan::Scan;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::collections::{HashMap, VecDeque};
use std::io::Read;
use uuid::Uuid;

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

impl Entry {
    /// The bytes to hash for "same content": equal for equal content, whatever the order of members and the version.
    #[must_use]
    pub fn canonical(&self) -> Vec<u8> {
        canonical(&self.resource)
    }
}

/// Reads a bundle (transaction, batch, collection, searchset), a single resource or NDJSON.
///
/// The iterator ends after the first error.
pub fn read_bundle<R: Read>(reader: R, file: &str) -> Entries<R> {
    Entries {
        json: Scan::new(reader),
        file: file.to_owned(),
        place: Place::Start,
        first: true,
        index: 0,
        seen: HashMap::new(),
        held: VecDeque::new(),
    }
}

/// The entries of one file.
pub struct Entries<R> {
    json: Scan<R>,
    file: String,
    place: Place,
    /// No member or element of the present object or array has been read.
    first: bool,
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
    pub const fn bytes_read(&self) -> u64 {
        self.json.read()
    }

    fn step(&mut self) -> Result<Option<Raw>, Defect> {
        loop {
            if let Some(held) = self.held.pop_front() {
                return Ok(Some(held));
            }
            self.json.allow_next();
            let found = match self.place {
                Place::Done => return Ok(None),
                Place::Start => self.start()?,
                Place::Between => self.next_document()?,
                Place::Bundle => self.next_member()?,
                Place::InEntries => self.next_entry()?,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn start(&mut self) -> Result<Option<Raw>, Defect> {
        self.json.skip_mark()?;
        self.json.peek()?.ok_or(Defect::NotJson)?;
        self.open_resource()
    }

    fn next_document(&mut self) -> Result<Option<Raw>, Defect> {
        if self.json.peek()?.is_some() {
            return self.open_resource();
        }
        self.place = Place::Done;
        Ok(None)
    }

    /// Opens a top-level object; what comes before its type is held back, at most one entry's worth.
    fn open_resource(&mut self) -> Result<Option<Raw>, Defect> {
        self.open(b'{', "resource")?;
        let mut copy = String::from("{");
        while self.json.step(&mut self.first, b'}')? {
            let name = self.json.name()?;
            let value = self.json.value()?;
            if name == "resourceType" && text_of(&value, "resourceType")? == "Bundle" {
                self.place = Place::Bundle;
                self.hold(&(copy.trim_end_matches(',').to_owned() + "}"))?;
                return Ok(None);
            }
            copy.extend([&Value::from(name).to_string(), ":", &value, ","]);
        }
        self.place = Place::Between;
        Ok(Some(Raw { resource: Some(copy.trim_end_matches(',').to_owned() + "}"), ..Raw::default() }))
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
        if !self.json.step(&mut self.first, b'}')? {
            self.place = Place::Between;
            return Ok(None);
        }
        match self.json.name()?.as_str() {
            "entry" => {
                self.open(b'[', "entry")?;
                self.place = Place::InEntries;
            }
            "type" => check_bundle_type(&text_of(&self.json.value()?, "type")?)?,
            _ => check_json(&self.json.value()?)?,
        }
        Ok(None)
    }

    fn next_entry(&mut self) -> Result<Option<Raw>, Defect> {
        if !self.json.step(&mut self.first, b']')? {
            self.place = Place::Bundle;
            return Ok(None);
        }
        self.open(b'{', "entry")?;
        let mut raw = Raw::default();
        while self.json.step(&mut self.first, b'}')? {
            match self.json.name()?.as_str() {
                "fullUrl" => raw.full_url = Some(text_of(&self.json.value()?, "fullUrl")?),
                "resource" => raw.resource = Some(self.json.value()?),
                "request" => raw.method = method_of(&self.json.value()?)?,
                _ => check_json(&self.json.value()?)?,
            }
        }
        Ok(Some(raw))
    }

    /// Enters an object or array.
    fn open(&mut self, bracket: u8, what: &'static str) -> Result<(), Defect> {
        if self.json.peek()? != Some(bracket) {
            return Err(Defect::WrongType(what));
        }
        self.first = true;
        self.json.take(bracket)
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

fn text_of(json: &str, member: &'static str) -> Result<String, Defect> {
    if !json.starts_with('"') {
        return check_json(json).and(Err(Defect::WrongType(member)));
    }
    serde_json::from_str(json).map_err(|_| Defect::NotJson)
}

fn check_json(json: &str) -> Result<(), Defect> {
    serde_json::from_str::<IgnoredAny>(json).map(|_| ()).map_err(|_| Defect::NotJson)
}
