//! Search for patients: by equality on encrypted values; opens the identity of the hits, nothing clinical.

use super::desk::{Desk, OpenedPatient};
use super::error::{Code, Failure};
use super::perform::{Action, Prepared, Touched};
use super::views::{SearchPage, SearchRow};
use crate::audit::Purpose;
use crate::crypt::index::find_payload;
use crate::policy::Right;
use crate::record::{DateOrder, PartialDate, QueryError, SearchTerm, Section, fold_given, fold_name, search_terms};
use crate::store::{find, raw};
use bson::{Bson, Document, RawDocumentBuf, doc};
use serde::Deserialize;
use uuid::Uuid;

/// What is looked for, and which page of it.
#[derive(Deserialize, ts_rs::TS)]
pub struct SearchPatients {
    /// What was typed: surname, `surname, given`, birth date, MRN, phone, e-mail.
    pub query: String,
    /// Position of the first row wanted.
    pub offset: u64,
    /// How many rows; at most [`LONGEST_PAGE`].
    pub limit: u64,
}

/// Rows of one page at most.
pub const LONGEST_PAGE: u64 = 1_000;
/// Up to this many hits all are opened and sorted; beyond, pages come in the store's own stable order.
const SORTED: usize = 200;

impl Action for SearchPatients {
    type Output = SearchPage;
    const NAME: &'static str = "search_patients";

    fn right(&self) -> Right {
        Right::FindPatients
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SearchPage>, Failure> {
        let limit = usize::try_from(self.limit.clamp(1, LONGEST_PAGE)).unwrap_or(50);
        let offset = usize::try_from(self.offset).unwrap_or(usize::MAX);
        let filter = desk.filter_of(&search_terms(&self.query, DateOrder::MonthFirst).map_err(unreadable)?)?;
        let found = desk.hits(&filter, 0, SORTED + 1).await?;
        let (rows, total) = if found.len() <= SORTED {
            let mut rows = desk.rows(found).await?;
            rows.sort_by_cached_key(|row| {
                (fold_name(&row.surname), fold_name(&row.given), row.birth_date.clone(), row.patient)
            });
            let total = rows.len();
            (rows.into_iter().skip(offset).take(limit).collect(), total)
        } else {
            let total = desk.count(&filter).await?;
            let page = desk.hits(&filter, offset, limit).await?;
            (desk.rows(page).await?, total)
        };
        let rows = mark_similar(rows);
        let damaged = rows.iter().any(|row| row.damaged);
        let sections = vec![Section::Identity];
        let touched = Touched { count: rows.len() as u64, sections, damaged, ..Touched::default() };
        let page = SearchPage { rows, total: total as u64, offset: self.offset };
        Ok(Prepared::read(page, touched))
    }
}

fn unreadable(error: QueryError) -> Failure {
    let why = match error {
        QueryError::Empty => "empty",
        QueryError::TooLong => "too_long",
        QueryError::NoSuchDay => "impossible",
    };
    let mut failure = Code::Invalid.with("field", "query");
    failure.fields.insert("why", why.into());
    failure
}

impl Desk<'_> {
    fn filter_of(&self, terms: &[SearchTerm]) -> Result<Document, Failure> {
        let mut any = terms.iter().map(|term| self.filter_of_term(term)).collect::<Result<Vec<_>, _>>()?;
        match any.len() {
            1 => Ok(any.remove(0)),
            _ => Ok(doc! { "$or": any }),
        }
    }

    fn filter_of_term(&self, term: &SearchTerm) -> Result<Document, Failure> {
        let equal = |path: &str, value: Bson| -> Result<Document, Failure> {
            let payload = find_payload(&self.keys.crypt, &path.replace("i.", "index:"), &value)?;
            Ok(doc! { path: Bson::Binary(payload) })
        };
        match term {
            SearchTerm::Surname(surname) => equal("i.surname", surname.as_str().into()),
            SearchTerm::SurnameGiven { surname, given } => {
                let both = [equal("i.surname", surname.as_str().into())?, equal("i.given", fold_given(given).into())?];
                Ok(doc! { "$and": both.to_vec() })
            }
            SearchTerm::Born(date) => {
                let day = born(*date)?;
                Ok(crate::crypt::index::between(&self.keys.crypt, "i.born", day, day)?)
            }
            SearchTerm::Mrn(mrn) => equal("i.mrn", mrn.as_str().into()),
            SearchTerm::Phone(phone) => {
                let either = [equal("i.phone1", phone.as_str().into())?, equal("i.phone2", phone.as_str().into())?];
                Ok(doc! { "$or": either.to_vec() })
            }
            SearchTerm::Email(email) => equal("i.email", email.as_str().into()),
        }
    }

    async fn hits(&self, filter: &Document, skip: usize, limit: usize) -> Result<Vec<RawDocumentBuf>, Failure> {
        let projection = doc! { "rev": 1, "head": 1, "s.identity": 1 };
        let mut command = find(&self.site.stored_in("patients"), filter.clone(), Some(projection));
        let clamp = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        command.extend(doc! { "sort": { "_id": 1 }, "skip": clamp(skip), "limit": clamp(limit) });
        self.find_encrypted(&command).await
    }

    async fn count(&self, filter: &Document) -> Result<usize, Failure> {
        let command = doc! { "count": self.site.stored_in("patients"), "query": filter.clone() };
        let command = self.keys.crypt.encrypt_command(crate::store::DATABASE, &raw(&command)?)?;
        let reply = self.store.run(command).await?;
        let n = reply.get("n").ok().flatten().and_then(|n| n.as_i64().or(n.as_i32().map(i64::from)));
        n.and_then(|n| usize::try_from(n).ok()).ok_or_else(|| Code::Damaged.bare())
    }

    async fn rows(&self, found: Vec<RawDocumentBuf>) -> Result<Vec<SearchRow>, Failure> {
        let ids: Vec<Uuid> = found.iter().map(|raw| super::desk::uuid_at(raw, "_id")).collect::<Result<_, _>>()?;
        let opened = self.open_patients(found, &[Section::Identity]).await?;
        let today = self.today();
        let row = |(id, opened): (Uuid, Result<OpenedPatient, Failure>)| match opened {
            Ok(patient) => row_of(id, &patient, today),
            Err(_) => damaged_row(id),
        };
        Ok(ids.into_iter().zip(opened).map(row).collect())
    }
}

fn born(date: PartialDate) -> Result<i32, Failure> {
    date.index_value().ok_or_else(|| unreadable(QueryError::NoSuchDay))
}

fn row_of(patient: Uuid, opened: &OpenedPatient, today: Option<PartialDate>) -> SearchRow {
    let identity = &opened.record.identity;
    SearchRow {
        patient,
        surname: identity.name.surname.clone(),
        given: identity.name.given_joined(),
        birth_date: identity.birth_date.map(|date| date.to_string()),
        age: identity.birth_date.zip(today).and_then(|(born, today)| born.age_on(today)),
        sex: identity.sex.clone(),
        mrn: identity.mrn.clone(),
        phone_last4: identity.phone_last4.clone(),
        deceased: identity.deceased,
        similar_name: false,
        damaged: false,
    }
}

fn damaged_row(patient: Uuid) -> SearchRow {
    SearchRow {
        patient,
        surname: String::new(),
        given: String::new(),
        birth_date: None,
        age: None,
        sex: String::new(),
        mrn: String::new(),
        phone_last4: None,
        deceased: false,
        similar_name: false,
        damaged: true,
    }
}

/// Marks rows whose name another row of the page shares but for one letter.
fn mark_similar(mut rows: Vec<SearchRow>) -> Vec<SearchRow> {
    let letters = |text: String| text.chars().collect::<Vec<char>>();
    let names: Vec<(Vec<char>, Vec<char>)> =
        rows.iter().map(|row| (letters(fold_name(&row.surname)), letters(fold_given(&row.given)))).collect();
    for (at, row) in rows.iter_mut().enumerate() {
        let (own_surname, own_given) = &names[at];
        let alike = |(other, (surname, given)): (usize, &(Vec<char>, Vec<char>))| {
            other != at && one_letter_apart(own_given, given) && one_letter_apart(own_surname, surname)
        };
        row.similar_name = !row.damaged && names.iter().enumerate().any(alike);
    }
    rows
}

/// Equal, or equal after one letter is changed, left out or put in.
fn one_letter_apart(a: &[char], b: &[char]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let rest = short.get(same + usize::from(short.len() == long.len())..).unwrap_or_default();
    rest == long.get(same + 1..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_letter_apart(a: &str, b: &str) -> bool {
        super::one_letter_apart(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
    }

    #[test]
    fn anna_and_anne_look_alike_and_anna_and_maria_do_not() {
        assert!(one_letter_apart("anna", "anne"));
        assert!(one_letter_apart("anna", "ana"));
        assert!(one_letter_apart("anna", "anna"));
        assert!(!one_letter_apart("anna", "maria"));
        assert!(!one_letter_apart("an", "anna"));
        assert!(!one_letter_apart("anna", "nana"));
    }
}
