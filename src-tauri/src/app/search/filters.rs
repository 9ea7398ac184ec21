//! From a query to encrypted filters: exactly so, starting so, sounding so.

use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::crypt::index::{Search, any_of, between, equal, path_of, starts_with};
use crate::record::query::{BornBetween, Names, Query, Reading, Who};
use crate::record::{kin_asked, metaphones, nysiis, whole_name};
use bson::{Document, doc};

/// The filters of a query, each wider than the one before.
pub(super) struct Ways {
    /// Whole names as they were typed.
    pub exact: Document,
    /// Names that start so, or once did. Longer starts than the index knows are cut.
    pub strict: Document,
    /// Names that sound so as well, short forms, days and months in each other's place.
    pub loose: Option<Document>,
}

/// The filters of one part of a query.
struct Part {
    exact: Document,
    strict: Document,
    /// `None`: no wider than strict.
    loose: Option<Document>,
}

impl Part {
    fn only(exact: Document) -> Self {
        Self { strict: exact.clone(), exact, loose: None }
    }

    fn widest(&self) -> &Document {
        self.loose.as_ref().unwrap_or(&self.strict)
    }
}

impl Desk<'_> {
    /// The filters of a query.
    pub(super) fn ways(&self, query: &Query) -> Result<Ways, Failure> {
        let parts = query.readings.iter().map(|one| self.reading(one)).collect::<Result<Vec<_>, _>>()?;
        let any = |filter: fn(&Part) -> &Document| any_of(parts.iter().map(|part| filter(part).clone()).collect());
        let loose = parts.iter().any(|part| part.loose.is_some()).then(|| any(Part::widest));
        Ok(Ways { exact: any(|part| &part.exact), strict: any(|part| &part.strict), loose })
    }

    fn reading(&self, reading: &Reading) -> Result<Part, Failure> {
        let who = reading.who.as_ref().map(|who| self.who(who)).transpose()?;
        let born = reading.born.as_ref().map(|born| self.born(born)).transpose()?;
        Ok(both(who.into_iter().chain(born).collect()))
    }

    fn born(&self, born: &BornBetween) -> Result<Part, Failure> {
        let exact = between(&self.keys.crypt, "i.born", born.low, born.high)?;
        let swapped = born.swapped().and_then(|day| day.index_value());
        let swapped = swapped.map(|day| between(&self.keys.crypt, "i.born", day, day)).transpose()?;
        let loose = swapped.map(|swapped| any_of(vec![exact.clone(), swapped]));
        Ok(Part { loose, ..Part::only(exact) })
    }

    fn who(&self, who: &Who) -> Result<Part, Failure> {
        match who {
            Who::Names(names) => self.names(names),
            Who::Mrn(mrn) => self.same(&["i.mrn"], mrn),
            Who::Phone(phone) => self.same(&["i.phone1", "i.phone2"], phone),
            Who::PhoneEnd(end) => self.same(&["i.phone1_end", "i.phone2_end"], end),
            Who::Email(email) => self.same(&["i.email"], email),
            Who::NationalId(_) => Err(Code::NoRight.bare()),
        }
    }

    fn same(&self, paths: &[&str], text: &str) -> Result<Part, Failure> {
        let any = paths.iter().map(|path| equal(&self.keys.crypt, path, text)).collect::<Result<Vec<_>, _>>()?;
        Ok(Part::only(any_of(any)))
    }

    fn names(&self, names: &Names) -> Result<Part, Failure> {
        let mut parts = Vec::new();
        if !names.surname.is_empty() {
            parts.push(if names.whole {
                self.same(&["i.surname"], &names.surname)?
            } else {
                self.surname(&names.surname)?
            });
        }
        // One letter of a given name beside a surname is left to be looked for among those opened.
        if names.whole && !names.given.is_empty() {
            parts.push(self.same(&["i.given"], &names.given)?);
        } else if names.given.chars().count() > usize::from(!parts.is_empty()) {
            parts.push(self.given(&names.given, names.guessed)?);
        }
        Ok(both(parts))
    }

    /// A surname, today's or a former one. One of a single letter has no start to be asked for.
    pub(super) fn surname_starts(&self, surname: &str) -> Result<Document, Failure> {
        let crypt = &self.keys.crypt;
        let long = surname.chars().count() > 1;
        let today =
            if long { starts_with(crypt, "i.surname_start", surname) } else { equal(crypt, "i.surname", surname) };
        let former = if long { surname.to_owned() } else { whole_name(surname) };
        let former = ["i.former1", "i.former2"].map(|path| starts_with(crypt, path, &former));
        let all = std::iter::once(today).chain(former).collect::<Result<Vec<_>, _>>()?;
        Ok(any_of(all))
    }

    fn surname(&self, surname: &str) -> Result<Part, Failure> {
        let strict = self.surname_starts(surname)?;
        let mut loose = self.surname_sounds(surname)?;
        loose.push(strict.clone());
        Ok(Part { exact: equal(&self.keys.crypt, "i.surname", surname)?, strict, loose: Some(any_of(loose)) })
    }

    /// Surnames that sound so.
    pub(in crate::app) fn surname_sounds(&self, surname: &str) -> Result<Vec<Document>, Failure> {
        self.sounds(
            "i.surname_metaphone",
            metaphones(surname),
            "i.surname_nysiis",
            nysiis(surname).into_iter().collect(),
        )
    }

    /// A word that may as well be a surname is only looked for cut when little else was found: all Johns don't answer
    /// to Johnson.
    fn given(&self, given: &str, guessed: bool) -> Result<Part, Failure> {
        let crypt = &self.keys.crypt;
        let exact = equal(crypt, "i.given", given)?;
        let long = given.chars().count() > 1;
        let starts = if long { starts_with(crypt, "i.given_start", given)? } else { exact.clone() };
        let mut loose = self.given_sounds(given)?;
        loose.push(starts.clone());
        let strict = if guessed && is_cut("i.given_start", given) { exact.clone() } else { starts };
        Ok(Part { exact, strict, loose: Some(any_of(loose)) })
    }

    /// Given names that sound so, or are short for the same one.
    pub(super) fn given_sounds(&self, given: &str) -> Result<Vec<Document>, Failure> {
        self.sounds("i.given_metaphone", metaphones(given), "i.given_kin", kin_asked(given).into_iter().collect())
    }

    fn sounds(
        &self,
        path: &str,
        keys: Vec<String>,
        other: &str,
        others: Vec<String>,
    ) -> Result<Vec<Document>, Failure> {
        let keys = keys.into_iter().map(|key| (path, key)).chain(others.into_iter().map(|key| (other, key)));
        keys.map(|(path, key)| Ok(equal(&self.keys.crypt, path, &key)?)).collect()
    }
}

/// Whether a name is longer than the starts the index knows.
pub(super) fn is_cut(path: &str, name: &str) -> bool {
    let search = path_of(path).map(|path| path.search);
    matches!(search, Some(Search::Prefix(_, most)) if name.chars().count() > usize::from(most))
}

/// What fits all parts.
fn both(parts: Vec<Part>) -> Part {
    let all = |filter: fn(&Part) -> &Document| all_of(parts.iter().map(|part| filter(part).clone()).collect());
    let loose = parts.iter().any(|part| part.loose.is_some()).then(|| all(Part::widest));
    Part { exact: all(|part| &part.exact), strict: all(|part| &part.strict), loose }
}

/// Finds what all of the filters find.
pub(super) fn all_of(mut filters: Vec<Document>) -> Document {
    match filters.len() {
        1 => filters.remove(0),
        _ => doc! { "$and": filters },
    }
}
