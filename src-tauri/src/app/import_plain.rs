//! Plaintext into the store: rows of CSV or JSON become patients by a mapping file that says which column is what.
//!
//! Rows come in as imported resources do: the same row twice is one patient, so a stopped run is simply run again. A row
//! that can't be understood stops the whole file before anything is stored, named by its number and column.

use super::demo_clinic::resources;
use super::desk::Desk;
use super::error::{Code, Failure};
use super::import_records::Imports;
use super::perform::{Action, Prepared, Touched};
use super::views::ForUi;
use super::workstation::Workstation;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::{
    Address, Content, Coverage, Identity, Item, PatientRecord, PersonName, Phone, Problem, Section, Source,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;
use uuid::Uuid;

/// What can be mapped, in the mapping file's words.
pub const FIELDS: [&str; 19] = [
    "surname",
    "given",
    "middle",
    "birth_date",
    "sex",
    "mrn",
    "phone",
    "phone2",
    "email",
    "street",
    "city",
    "state",
    "postal_code",
    "country",
    "ssn",
    "carrier",
    "policy",
    "language",
    "problems",
];

/// Which column or path of a row is what.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Name of the sending system: rows of the same system and id are the same patient.
    pub system: String,
    /// The column that identifies a row for ever.
    pub id: String,
    /// What is found where: a name of [`FIELDS`] and a column, in JSON with dots for nested objects.
    pub fields: BTreeMap<String, String>,
    /// How dates are written: `YYYY-MM-DD` (also partial) if absent, `MM/DD/YYYY` or `DD.MM.YYYY`.
    #[serde(default)]
    pub dates: Option<String>,
    /// What separates several problems of one row.
    #[serde(default = "semicolon")]
    pub separator: String,
    /// What separates columns of CSV.
    #[serde(default = "comma")]
    pub delimiter: char,
}

fn semicolon() -> String {
    ";".to_owned()
}

const fn comma() -> char {
    ','
}

/// A row that became a patient.
pub struct PlainRow {
    system: String,
    id: String,
    record: PatientRecord,
    items: Vec<Item>,
}

/// Why a file isn't taken in; nothing of it was. Names rows and columns, no value.
#[derive(Debug, thiserror::Error)]
pub enum PlainError {
    /// The mapping file.
    #[error("the mapping can't be read: {0}")]
    Mapping(String),
    /// The file.
    #[error("it can't be read: {0}")]
    Io(#[from] std::io::Error),
    /// Neither CSV with a header nor JSON objects.
    #[error("row {0} is neither CSV nor a JSON object")]
    Form(usize),
    /// A column that the mapping names isn't there.
    #[error("row {row} has no {column}")]
    Missing {
        /// From 1.
        row: usize,
        /// By the mapping.
        column: String,
    },
    /// A value that isn't what its field takes.
    #[error("row {row}: {column} isn't a {what}")]
    Value {
        /// From 1.
        row: usize,
        /// By the mapping.
        column: String,
        /// What was expected.
        what: &'static str,
    },
    /// Two rows with one id.
    #[error("row {0} has the id of an earlier row")]
    Twice(usize),
}

type Cells = BTreeMap<String, String>;

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// [`PlainError::Mapping`].
    pub fn read(json: &[u8]) -> Result<Self, PlainError> {
        let mapping: Self = serde_json::from_slice(json).map_err(|error| PlainError::Mapping(error.to_string()))?;
        let unknown = mapping.fields.keys().find(|field| !FIELDS.contains(&field.as_str()));
        match unknown {
            Some(field) => {
                Err(PlainError::Mapping(format!("there is no field {field}; there are {}", FIELDS.join(", "))))
            }
            None if !mapping.fields.contains_key("surname") => {
                Err(PlainError::Mapping("it doesn't say where the surname is".to_owned()))
            }
            None if !mapping.delimiter.is_ascii() => {
                Err(PlainError::Mapping("the delimiter is one ASCII letter".to_owned()))
            }
            None => Ok(mapping),
        }
    }

    /// Reads all rows of a file; the first that isn't understood is named.
    ///
    /// # Errors
    /// [`PlainError`].
    pub fn rows(&self, file: &Path) -> Result<Vec<PlainRow>, PlainError> {
        let text = std::fs::read(file)?;
        let start = text.iter().copied().find(|byte| !byte.is_ascii_whitespace());
        let cells = if matches!(start, Some(b'[' | b'{')) { json_rows(&text)? } else { self.csv_rows(&text)? };
        let (mut rows, mut ids) = (Vec::new(), BTreeSet::new());
        for (nth, cells) in cells.iter().enumerate() {
            let row = self.row(nth + 1, cells)?;
            if !ids.insert(row.id.clone()) {
                return Err(PlainError::Twice(nth + 1));
            }
            rows.push(row);
        }
        Ok(rows)
    }

    fn csv_rows(&self, text: &[u8]) -> Result<Vec<Cells>, PlainError> {
        let delimiter = u8::try_from(self.delimiter).unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text);
        let head: Vec<String> = reader
            .headers()
            .map_err(|_| PlainError::Form(0))?
            .iter()
            .map(|one| one.trim_start_matches('\u{feff}').to_owned())
            .collect();
        let mut rows = Vec::new();
        for (nth, record) in reader.records().enumerate() {
            let record = record.map_err(|_| PlainError::Form(nth + 1))?;
            rows.push(head.iter().cloned().zip(record.iter().map(str::to_owned)).collect());
        }
        Ok(rows)
    }

    fn row(&self, nth: usize, cells: &Cells) -> Result<PlainRow, PlainError> {
        let missing = || PlainError::Missing { row: nth, column: self.id.clone() };
        let id = cells.get(&self.id).filter(|id| !id.is_empty()).ok_or_else(missing)?.clone();
        let of = |field: &str| {
            let column = self.fields.get(field)?;
            cells.get(column).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let surname =
            of("surname").ok_or_else(|| PlainError::Missing { row: nth, column: self.fields["surname"].clone() })?;
        let mut record = PatientRecord { identity: self.identity(nth, surname, &of)?, ..PatientRecord::default() };
        for field in ["phone", "phone2"] {
            record.contact.phones.extend(of(field).map(|number| Phone { number, usage: None }));
        }
        record.contact.email = of("email");
        record.contact.language = of("language");
        let address = Address {
            lines: of("street").into_iter().collect(),
            city: of("city"),
            state: of("state"),
            postal_code: of("postal_code"),
            country: of("country"),
            usage: None,
        };
        record.contact.addresses.extend(Some(address).filter(|one| *one != Address::default()));
        record.national_id.ssn = of("ssn");
        if let Some(carrier) = of("carrier") {
            let policy = of("policy").unwrap_or_default();
            record.insurance.coverages.push(Coverage { carrier, policy, ..Coverage::default() });
        }
        record.copy_to_identity();
        let problems = of("problems").unwrap_or_default();
        let problems = problems.split(&self.separator).map(str::trim).filter(|text| !text.is_empty());
        let items = problems.map(|text| Item::new(Content::Problem(active(text)))).collect();
        Ok(PlainRow { system: self.system.clone(), id, record, items })
    }

    fn identity(
        &self,
        nth: usize,
        surname: String,
        of: &impl Fn(&str) -> Option<String>,
    ) -> Result<Identity, PlainError> {
        let wrong = |field: &str, what| PlainError::Value { row: nth, column: self.fields[field].clone(), what };
        let birth_date = of("birth_date").map(|typed| self.date(&typed).ok_or_else(|| wrong("birth_date", "date")));
        let birth_date = birth_date.transpose()?;
        let sex = match of("sex").unwrap_or_default().to_lowercase().as_str() {
            "" | "u" | "unknown" => "unknown",
            "f" | "female" => "female",
            "m" | "male" => "male",
            "o" | "other" | "x" => "other",
            _ => return Err(wrong("sex", "sex: female, male, other or unknown")),
        };
        let given = ["given", "middle"].iter().filter_map(|field| of(field)).collect();
        let name = PersonName { surname, given, ..PersonName::default() };
        let mrn = of("mrn").unwrap_or_default();
        Ok(Identity { name, birth_date, sex: sex.to_owned(), mrn, ..Identity::default() })
    }

    fn date(&self, typed: &str) -> Option<crate::record::PartialDate> {
        let parts = |separator| typed.split(separator).map(str::to_owned).collect::<Vec<_>>();
        let iso = match self.dates.as_deref() {
            Some("MM/DD/YYYY") => {
                let [month, day, year] = <[String; 3]>::try_from(parts('/')).ok()?;
                format!("{year}-{month:0>2}-{day:0>2}")
            }
            Some("DD.MM.YYYY") => {
                let [day, month, year] = <[String; 3]>::try_from(parts('.')).ok()?;
                format!("{year}-{month:0>2}-{day:0>2}")
            }
            _ => typed.to_owned(),
        };
        iso.parse().ok()
    }
}

fn active(text: &str) -> Problem {
    Problem {
        text: text.to_owned(),
        code: None,
        system: None,
        clinical_status: "active".to_owned(),
        verification: "confirmed".to_owned(),
        onset: None,
        abatement: None,
        note: None,
    }
}

/// An array of objects, or an object a line.
fn json_rows(text: &[u8]) -> Result<Vec<Cells>, PlainError> {
    let values: Vec<Value> = if text.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice(text).map_err(|_| PlainError::Form(0))?
    } else {
        let read = serde_json::Deserializer::from_slice(text).into_iter::<Value>().enumerate();
        read.map(|(nth, one)| one.map_err(|_| PlainError::Form(nth + 1))).collect::<Result<_, _>>()?
    };
    let row = |(nth, value): (usize, Value)| {
        let Value::Object(_) = value else { return Err(PlainError::Form(nth + 1)) };
        let mut cells = Cells::new();
        flatten("", &value, &mut cells);
        Ok(cells)
    };
    values.into_iter().enumerate().map(row).collect()
}

fn flatten(path: &str, value: &Value, cells: &mut Cells) {
    let under = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| flatten(&under(name), value, cells)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| flatten(&under(&at.to_string()), value, cells));
        }
        Value::String(text) => drop(cells.insert(path.to_owned(), text.clone())),
        Value::Null => {}
        other => drop(cells.insert(path.to_owned(), other.to_string())),
    }
}

/// What was found again of a file's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RowsFound {
    /// Rows whose patient is in the store.
    pub found: usize,
    /// Patients of the sample that were opened.
    pub opened: usize,
    /// Of these, those that aren't as the row says.
    pub different: usize,
}

impl ForUi for RowsFound {}

struct VerifyRows<'r> {
    rows: &'r [PlainRow],
    sample: usize,
}

impl Action for VerifyRows<'_> {
    type Output = RowsFound;
    const NAME: &'static str = "verify_rows";

    fn right(&self) -> Right {
        Right::ImportRecords
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<RowsFound>, Failure> {
        let step = (self.rows.len() / self.sample.max(1)).max(1);
        let (mut sum, mut opened_of) = (RowsFound::default(), BTreeMap::new());
        for (nth, row) in self.rows.iter().enumerate() {
            let source = Source { system: row.system.clone(), kind: "Patient".to_owned(), id: row.id.clone() };
            let origin = desk.origin_of(&source);
            let known = desk.origins(&BTreeSet::from([origin])).await?;
            let Some(known) = known.get(&origin) else { continue };
            sum.found += 1;
            if nth % step == 0 {
                opened_of.insert(known.record, row);
            }
        }
        let found = desk.by_ids("patients", opened_of.keys().copied().collect()).await?;
        for opened in desk.open_patients(found, &Section::OF_PATIENT).await? {
            let opened = opened?;
            sum.opened += 1;
            let same = opened_of.get(&opened.checked.id).is_some_and(|row| is_same(&opened.record, row));
            sum.different += usize::from(!same);
        }
        let touched =
            Touched { count: sum.opened as u64, sections: Section::OF_PATIENT.to_vec(), ..Touched::default() };
        Ok(Prepared::read(sum, touched))
    }
}

/// The store's copies and a number it gave itself aren't the file's.
fn is_same(stored: &PatientRecord, row: &PlainRow) -> bool {
    let mut expected = row.record.clone();
    if expected.identity.mrn.is_empty() {
        expected.identity.mrn.clone_from(&stored.identity.mrn);
    }
    expected == *stored
}

impl Workstation {
    /// Stores rows as the signed-in import service; `told` hears of each batch and may stop.
    ///
    /// # Errors
    /// When the store, the audit or the session is at fault; what was stored before stays.
    pub async fn import_rows(
        &mut self,
        rows: &[PlainRow],
        unit: &str,
        told: impl FnMut(&Imports) -> ControlFlow<()>,
    ) -> Result<Imports, Failure> {
        let mut incoming = Vec::new();
        for row in rows {
            let content = content_of(row)?;
            let mut of_row = resources(&row.system, &row.id, row.record.clone(), row.items.clone(), &[unit]);
            // Another value in the same row is a change of the same patient.
            of_row.iter_mut().for_each(|one| one.canonical.extend(&content));
            incoming.extend(of_row);
        }
        self.import(incoming, told).await
    }

    /// Looks each row up by where it came from, and opens a sample.
    ///
    /// # Errors
    /// As [`Workstation::perform`].
    pub async fn verify_rows(&mut self, rows: &[PlainRow], sample: usize) -> Result<RowsFound, Failure> {
        self.perform(VerifyRows { rows, sample }).await
    }
}

fn content_of(row: &PlainRow) -> Result<Vec<u8>, Failure> {
    let mut content = Vec::new();
    for section in Section::OF_PATIENT {
        content.extend(row.record.section_document(section)?.unwrap_or_default().as_bytes());
    }
    for item in &row.items {
        content.extend(item.to_document().map_err(|_| Code::Internal.bare())?.as_bytes());
    }
    Ok(content)
}

/// Overwrites a file and deletes it. On a solid-state disk blocks set aside keep what they held.
///
/// # Errors
/// What the operating system says.
pub fn wipe(file: &Path) -> std::io::Result<()> {
    let length = std::fs::metadata(file)?.len();
    let mut open = std::fs::OpenOptions::new().write(true).open(file)?;
    let zeros = [0; 8192];
    let mut left = length;
    while left > 0 {
        let now = left.min(zeros.len() as u64);
        open.write_all(&zeros[..usize::try_from(now).unwrap_or(zeros.len())])?;
        left -= now;
    }
    open.sync_all()?;
    drop(open);
    std::fs::remove_file(file)
}
