//! "Is this person on file already?": asked before somebody is registered, with all that is known of him.
//!
//! Candidates come from the indexes only, the surest first, until [`OPENED`] are open; then names, birth date, address
//! and phone are compared as a person would compare them.

use super::OPENED;
use super::filters::all_of;
use super::find::beside;
use super::rows::{damaged_row, row_of};
use crate::app::desk::{Desk, OpenedPatient, uuid_at};
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::{LikelyPatient, LookAlikes};
use crate::audit::Purpose;
use crate::crypt::index::{any_of, between, equal, starts_with};
use crate::policy::Right;
use crate::record::query::BornBetween;
use crate::record::{DateOrder, Fit, PartialDate, Particulars, Section, fold_given, fold_name, fold_phone};
use bson::Document;
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is known of the person; every entry may be empty, but not all.
#[derive(Clone, Default, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct MatchPatients {
    /// Surname.
    pub surname: String,
    /// Given names.
    pub given: String,
    /// Birth date as typed.
    pub birth_date: String,
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// Postal code.
    pub postal_code: String,
    /// Phone.
    pub phone: String,
}

/// What is compared.
const COMPARED: &[Section] = &[Section::Identity, Section::Contact];
/// How many are shown.
const SHOWN: usize = 10;
/// Less alike than this is somebody else.
const LEAST: f64 = 0.4;
/// As alike as this is found: nobody weaker is looked for.
const SURE: f64 = 0.93;

impl Action for MatchPatients {
    type Output = LookAlikes;
    const NAME: &'static str = "match_patients";

    fn right(&self) -> Right {
        Right::FindPatients
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<LookAlikes>, Failure> {
        let asked = self.particulars();
        let mut search = Match { desk, asked, found: BTreeMap::new() };
        search.run().await?;
        let opened = search.found.len() as u64;
        let rows = search.rows();
        let (sections, damaged) = (COMPARED.to_vec(), rows.iter().any(|one| one.row.damaged));
        let touched = Touched { count: opened, sections, damaged, ..Touched::default() };
        Ok(Prepared::read(LookAlikes { rows, opened }, touched))
    }
}

impl MatchPatients {
    fn particulars(&self) -> Particulars {
        Particulars {
            surname: fold_name(&self.surname),
            given: fold_given(&self.given),
            born: PartialDate::typed(&self.birth_date, DateOrder::MonthFirst).ok(),
            street: fold_name(&self.street),
            city: fold_name(&self.city),
            postal: fold_name(&self.postal_code),
            phone: fold_phone(&self.phone),
        }
    }
}

/// One question in progress.
struct Match<'a> {
    desk: &'a Desk<'a>,
    asked: Particulars,
    /// Everybody who was opened, and how alike; `None`: damaged.
    found: BTreeMap<Uuid, Option<(f64, OpenedPatient)>>,
}

impl Match<'_> {
    async fn run(&mut self) -> Result<(), Failure> {
        let steps = self.steps()?;
        if steps.is_empty() {
            let mut failure = Code::Invalid.with("field", "surname");
            failure.fields.insert("why", "empty".into());
            return Err(failure);
        }
        for (sure, filter) in steps {
            let room = OPENED - self.found.len();
            if room == 0 || (!sure && self.best() >= SURE) {
                break;
            }
            let known = self.found.keys().copied().collect();
            let found = self.desk.hits(&beside(&filter, known), COMPARED, (0, room)).await?;
            let ids: Vec<Uuid> = found.iter().map(|raw| uuid_at(raw, "_id")).collect::<Result<_, _>>()?;
            let opened = self.desk.open_patients(found, COMPARED).await?;
            for (id, opened) in ids.into_iter().zip(opened) {
                let scored = opened.ok().map(|one| (self.asked.likeness(&Particulars::of(&one.record)), one));
                self.found.insert(id, scored);
            }
        }
        Ok(())
    }

    fn best(&self) -> f64 {
        self.found.values().flatten().map(|(like, _)| *like).fold(0.0, f64::max)
    }

    /// What is asked, the surest first; what is marked sure is asked even when somebody very alike was found.
    fn steps(&self) -> Result<Vec<(bool, Document)>, Failure> {
        let desk = self.desk;
        let crypt = &desk.keys.crypt;
        let (surname, given) = (self.asked.surname.as_str(), self.asked.given.as_str());
        // Either name may stand in the other's place.
        let exact = |name: &str| -> Result<Option<Document>, Failure> {
            if name.is_empty() {
                return Ok(None);
            }
            Ok(Some(any_of(vec![equal(crypt, "i.surname", name)?, equal(crypt, "i.given", name)?])))
        };
        let wide = |name: &str, letters: usize| -> Result<Option<Document>, Failure> {
            let Some(exact) = exact(name)? else { return Ok(None) };
            let mut any = vec![exact];
            any.extend(desk.surname_sounds(name)?);
            any.extend(desk.given_sounds(name)?);
            let start: String = name.chars().take(letters).collect();
            if start.chars().count() > 1 {
                any.extend([
                    starts_with(crypt, "i.surname_start", &start)?,
                    starts_with(crypt, "i.given_start", &start)?,
                ]);
            }
            Ok(Some(any_of(any)))
        };
        let born = |born: Option<BornBetween>| born.map(|one| between(crypt, "i.born", one.low, one.high)).transpose();
        let on = self.asked.born.and_then(BornBetween::on);
        let day = born(on)?;
        let swapped = born(on.and_then(|one| one.swapped()).and_then(BornBetween::on))?;
        let part = |month: Option<u8>| {
            let date = self.asked.born?;
            let of = month
                .map_or_else(|| PartialDate::of_year(date.year()), |month| PartialDate::of_month(date.year(), month));
            of.ok().and_then(BornBetween::on)
        };
        let month = born(self.asked.born.and_then(PartialDate::month).and_then(|month| part(Some(month))))?;
        let year = born(part(None))?;
        let (exact_surname, exact_given) = (exact(surname)?, exact(given)?);
        let (wide_surname, wide_given) = (wide(surname, 4)?, wide(given, 4)?);
        let start = any(vec![wide(surname, 2)?, wide(given, 2)?]);
        let either = any(vec![wide_surname.clone(), wide_given.clone()]);
        let phone = (!self.asked.phone.is_empty()).then(|| -> Result<Document, Failure> {
            let phone = &self.asked.phone;
            Ok(any_of(vec![equal(crypt, "i.phone1", phone)?, equal(crypt, "i.phone2", phone)?]))
        });
        let steps = [
            (true, day),
            (true, swapped),
            (true, phone.transpose()?),
            (true, all(vec![exact_surname.clone(), exact_given.clone()])),
            (true, all(vec![wide_surname.clone(), wide_given.clone()])),
            (false, all(vec![start, month.clone()])),
            (false, all(vec![either, year])),
            (false, exact_surname),
            (false, wide_surname),
            (false, exact_given),
            (false, month),
            (false, wide_given),
        ];
        Ok(steps.into_iter().filter_map(|(sure, filter)| Some((sure, filter?))).collect())
    }

    fn rows(self) -> Vec<LikelyPatient> {
        let today = self.desk.today();
        let mut rows = Vec::new();
        for (id, found) in self.found {
            match found {
                Some((like, opened)) if like >= LEAST => {
                    rows.push(LikelyPatient { row: row_of(id, &opened, Fit::Sound, today), likeness: percent(like) });
                }
                Some(_) => {}
                None => rows.push(LikelyPatient { row: damaged_row(id), likeness: 0 }),
            }
        }
        rows.sort_by_key(|one| (std::cmp::Reverse(one.likeness), one.row.patient));
        rows.truncate(SHOWN);
        rows
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a likeness lies between 0 and 1")]
fn percent(like: f64) -> u32 {
    (like.clamp(0.0, 1.0) * 1_000.0).round() as u32
}

/// What all of them find; `None` when one isn't known.
fn all(filters: Vec<Option<Document>>) -> Option<Document> {
    filters.into_iter().collect::<Option<Vec<_>>>().map(all_of)
}

/// What any of those known finds.
fn any(filters: Vec<Option<Document>>) -> Option<Document> {
    let known: Vec<Document> = filters.into_iter().flatten().collect();
    (!known.is_empty()).then(|| any_of(known))
}
