//! "Is this person on file already?": asked before somebody is registered, with all that is known of him.
//!
//! Candidates come from the indexes only, the surest first, until [`OPENED`] are open; then names, birth date, sex,
//! address and phone are graded and weighed.

use super::OPENED;
use super::filters::all_of;
use super::find::beside;
use super::rows::{damaged_row, row_of};
use crate::app::desk::{Desk, OpenedPatient, uuid_at};
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::{Difference, LikelyPatient, LookAlikes};
use crate::audit::Purpose;
use crate::crypt::index::{any_of, between, equal, starts_with};
use crate::policy::Right;
use crate::record::entered::Entered;
use crate::record::query::BornBetween;
use crate::record::{Fit, Grade, PartialDate, Particulars, PatientRecord, Section, Weights};
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
/// Less like one person than this is somebody else.
const LEAST: f64 = -4.0;
/// As like one person as this is found: nobody weaker is looked for.
const SURE: f64 = 12.0;

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
        let matched = desk.matches(&self.entered().record(), Thorough::Yes).await?;
        let touched = matched.touched();
        Ok(Prepared::read(LookAlikes { opened: matched.opened, rows: matched.rows }, touched))
    }
}

impl MatchPatients {
    fn entered(&self) -> Entered {
        let mut entered = Entered::default();
        (entered.identity.surname, entered.identity.given) = (self.surname.clone(), self.given.clone());
        entered.identity.birth_date.clone_from(&self.birth_date);
        entered.contact.street.clone_from(&self.street);
        (entered.contact.city, entered.contact.postal_code) = (self.city.clone(), self.postal_code.clone());
        entered.contact.phones = vec![self.phone.clone()];
        entered
    }
}

/// How far to look.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::app) enum Thorough {
    /// As far as it takes.
    Yes,
    /// Only what is quick and sure, while somebody types.
    No,
}

/// Who was found.
pub(in crate::app) struct Matched {
    /// The likeliest first.
    pub rows: Vec<LikelyPatient>,
    /// How many records were opened.
    pub opened: u64,
}

impl Matched {
    /// What was opened, for the audit.
    pub fn touched(&self) -> Touched {
        let damaged = self.rows.iter().any(|one| one.row.damaged);
        Touched { count: self.opened, sections: COMPARED.to_vec(), damaged, ..Touched::default() }
    }
}

impl Desk<'_> {
    /// Who on file may be this person. A record in whose place another goes on isn't among them.
    pub(in crate::app) async fn matches(&self, asked: &PatientRecord, thorough: Thorough) -> Result<Matched, Failure> {
        let mut search = Match::of(self, asked, None);
        search.run(thorough).await?;
        let opened = search.found.len() as u64;
        Ok(Matched { rows: search.rows(|like| like.sum >= LEAST), opened })
    }

    /// Whom the rule holds for the same person as this patient: candidates as for [`Desk::matches`], without herself.
    pub(in crate::app) async fn others_like(&self, patient: Uuid, record: &PatientRecord) -> Result<Matched, Failure> {
        let mut search = Match::of(self, record, Some(patient));
        if search.steps()?.is_empty() {
            return Ok(Matched { rows: Vec::new(), opened: 0 });
        }
        search.run(Thorough::Yes).await?;
        let opened = search.found.len() as u64;
        Ok(Matched { rows: search.rows(|like| like.same), opened })
    }
}

/// One question in progress.
struct Match<'a> {
    desk: &'a Desk<'a>,
    asked: Particulars,
    record: &'a PatientRecord,
    /// Who asks for the likes of himself isn't looked for.
    without: Option<Uuid>,
    /// Everybody who was opened, and how alike; `None`: damaged.
    found: BTreeMap<Uuid, Option<(Likeness, OpenedPatient)>>,
}

/// How alike somebody is.
#[derive(Clone, Copy)]
struct Likeness {
    sum: f64,
    same: bool,
    stops: bool,
}

impl<'a> Match<'a> {
    fn of(desk: &'a Desk<'a>, record: &'a PatientRecord, without: Option<Uuid>) -> Self {
        Self { desk, asked: Particulars::of(record), record, without, found: BTreeMap::new() }
    }

    async fn run(&mut self, thorough: Thorough) -> Result<(), Failure> {
        let steps = self.steps()?;
        if steps.is_empty() && thorough == Thorough::Yes {
            let mut failure = Code::Invalid.with("field", "surname");
            failure.fields.insert("why", "empty".into());
            return Err(failure);
        }
        for (sure, filter) in steps {
            let room = OPENED - self.found.len();
            if room == 0 || (!sure && (thorough == Thorough::No || self.best() >= SURE)) {
                break;
            }
            let known = self.found.keys().copied().chain(self.without).collect();
            let found = self.desk.hits(&beside(&filter, known), COMPARED, (0, room)).await?;
            let ids: Vec<Uuid> = found.iter().map(|raw| uuid_at(raw, "_id")).collect::<Result<_, _>>()?;
            let opened = self.desk.open_patients(found, COMPARED).await?;
            let untold = self.desk.untold(opened.iter().flatten()).await?;
            for (id, opened) in ids.into_iter().zip(opened).filter(|(id, _)| !untold.contains(id)) {
                let graded = opened.ok().map(|one| (self.likeness(&one.record), one));
                self.found.insert(id, graded);
            }
        }
        Ok(())
    }

    fn likeness(&self, record: &PatientRecord) -> Likeness {
        let other = Particulars::of(record);
        let grades = self.asked.grades(&other);
        let same = Weights::FITTED.same(&grades);
        let namesake = self.asked.same_name(&other) && self.same_age(record);
        Likeness {
            sum: Weights::FITTED.sum(&grades),
            same,
            stops: same || namesake || self.asked.may_be_taken_for(&other),
        }
    }

    /// The case of a new patient who is checked in as another of the same name and age.
    fn same_age(&self, record: &PatientRecord) -> bool {
        let years =
            [self.record.identity.birth_date, record.identity.birth_date].map(|born| born.map(PartialDate::year));
        let [Some(mine), Some(theirs)] = years else { return false };
        mine.abs_diff(theirs) <= 1
    }

    fn best(&self) -> f64 {
        self.found.values().flatten().map(|(like, _)| like.sum).fold(f64::NEG_INFINITY, f64::max)
    }

    /// What is asked, the surest first; what is marked sure is asked even when somebody very alike was found.
    fn steps(&self) -> Result<Vec<(bool, Document)>, Failure> {
        let desk = self.desk;
        let crypt = &desk.keys.crypt;
        let (surname, given) = (self.asked.surname(), self.asked.given());
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
        let date = self.asked.born();
        let on = date.and_then(BornBetween::on);
        let day = born(on.filter(|_| date.is_some_and(PartialDate::is_whole)))?;
        let swapped = born(on.and_then(|one| one.swapped()).and_then(BornBetween::on))?;
        let month = date.and_then(|date| PartialDate::of_month(date.year(), date.month()?).ok());
        let month = born(month.and_then(BornBetween::on))?;
        let year = born(date.and_then(|date| PartialDate::of_year(date.year()).ok()).and_then(BornBetween::on))?;
        let (exact_surname, exact_given) = (exact(surname)?, exact(given)?);
        let (wide_surname, wide_given) = (wide(surname, 4)?, wide(given, 4)?);
        let start = any(vec![wide(surname, 2)?, wide(given, 2)?]);
        let either = any(vec![wide_surname.clone(), wide_given.clone()]);
        let phones = self.asked.phones().iter().flat_map(|phone| ["i.phone1", "i.phone2"].map(|path| (path, phone)));
        let phones = phones.map(|(path, phone)| equal(crypt, path, phone)).collect::<Result<Vec<_>, _>>()?;
        let steps = [
            (true, day),
            (true, swapped),
            (true, (!phones.is_empty()).then(|| any_of(phones))),
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

    fn rows(self, counts: impl Fn(&Likeness) -> bool) -> Vec<LikelyPatient> {
        let today = self.desk.today();
        let mut rows = Vec::new();
        for (id, found) in &self.found {
            match found {
                Some((like, opened)) if counts(like) && opened.record.identity.merged_into.is_none() => {
                    rows.push(LikelyPatient {
                        row: row_of(*id, opened, Fit::Sound, today),
                        likeness: percent(like.sum),
                        stops: like.stops,
                        differs: self.desk.differences(self.record, &opened.record),
                    });
                }
                Some(_) => {}
                None => {
                    let (row, differs) = (damaged_row(*id), Vec::new());
                    rows.push(LikelyPatient { row, likeness: 0, stops: false, differs });
                }
            }
        }
        rows.sort_by_key(|one| (!one.stops, std::cmp::Reverse(one.likeness), one.row.patient));
        rows.truncate(SHOWN);
        rows
    }
}

impl Desk<'_> {
    /// What is known of both and differs. How somebody else is reached is told only to who may see that of everybody.
    pub(in crate::app) fn differences(&self, this: &PatientRecord, other: &PatientRecord) -> Vec<Difference> {
        let grades = Particulars::of(this).grades(&Particulars::of(other));
        let contact = self.may(Right::View(Section::Contact));
        let shown = |what: &'static str, grade: usize, text: fn(&PatientRecord) -> String| {
            let known = grades.get(grade).is_some_and(|grade| !matches!(grade, Grade::Unknown | Grade::Same));
            let told = contact || !matches!(what, "address" | "phone");
            let text = |record: &PatientRecord| Some(text(record)).filter(|text| told && !text.is_empty());
            known.then(|| Difference { what, this: text(this), other: text(other) })
        };
        let name = |record: &PatientRecord| {
            let name = &record.identity.name;
            format!("{}, {}", name.surname.to_uppercase(), name.given_joined())
        };
        let born = |record: &PatientRecord| record.identity.birth_date.map(|date| date.to_string()).unwrap_or_default();
        let address = |record: &PatientRecord| {
            record.contact.addresses.first().map(crate::record::Address::one_line).unwrap_or_default()
        };
        let phone = |record: &PatientRecord| {
            record.contact.phones.first().map(|phone| phone.number.clone()).unwrap_or_default()
        };
        use crate::record::Part;
        let names = [Part::Surname, Part::Given].into_iter().find_map(|part| shown("name", part as usize, name));
        let street = [Part::House, Part::Street, Part::City, Part::Postal];
        let address = street.into_iter().find_map(|part| shown("address", part as usize, address));
        let rest = [
            names,
            shown("birth_date", Part::Born as usize, born),
            shown("sex", Part::Sex as usize, |record| record.identity.sex.clone()),
            address,
            shown("phone", Part::Phone as usize, phone),
        ];
        rest.into_iter().flatten().collect()
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a likeness lies between 0 and 1")]
fn percent(sum: f64) -> u32 {
    let odds = (Weights::FITTED.least - sum).exp();
    (1_000.0 / (1.0 + odds)).round() as u32
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
