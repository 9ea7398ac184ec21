//! What a nurse gave of an order, or why not. An order that isn't in force takes a reason, and so does a package that is
//! something else; another patient's wristband is refused; an adverse reaction is told to the doctor who ordered it.

use super::charting::{Charting, Found};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::open_items::OpenedItem;
use crate::app::perform::{Action, Prepared};
use crate::app::views::SavedItem;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::validate::{self, Invalid, Why, one_line};
use crate::record::{
    Administration, Content, IllegalStep, Item, Medication, OrderState, PackageCheck, Section, Task, TaskKind, package,
    wristband,
};
use serde::Deserialize;
use uuid::Uuid;

/// A dose that was given, or wasn't.
#[derive(Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub struct RecordAdministration {
    /// Patient id.
    pub patient: Uuid,
    /// The visit it belongs to.
    #[serde(default)]
    pub visit: Option<Uuid>,
    /// The order.
    pub medication: Uuid,
    /// Whether it was given.
    pub given: bool,
    /// When, ISO instant.
    pub at: String,
    /// How much.
    #[serde(default)]
    pub dose: Option<String>,
    /// Which way.
    #[serde(default)]
    pub route: Option<String>,
    /// How it worked.
    #[serde(default)]
    pub response: Option<String>,
    /// What it did besides.
    #[serde(default)]
    pub reaction: Option<String>,
    /// Why it wasn't given, or was although the order isn't in force.
    #[serde(default)]
    pub reason: Option<String>,
    /// What was scanned: the patient's wristband or the package.
    #[serde(default)]
    pub scanned: Option<String>,
}

/// What came of a dose, known later.
#[derive(Deserialize, ts_rs::TS)]
#[ts(optional_fields)]
pub struct NoteResponse {
    /// Patient id.
    pub patient: Uuid,
    /// The administration.
    pub item: Uuid,
    /// The revision that was read.
    pub rev: i64,
    /// How it worked.
    #[serde(default)]
    pub response: Option<String>,
    /// What it did besides.
    #[serde(default)]
    pub reaction: Option<String>,
}

/// Longest words of a field.
const WORDS: usize = 300;
/// Minutes until an adverse reaction that nobody has looked at is overdue.
const REACTION_WITHIN: i64 = 60;

impl Action for RecordAdministration {
    type Output = SavedItem;
    const NAME: &'static str = "record_administration";

    fn right(&self) -> Right {
        Right::RecordAdministration
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        let at = desk.observed("administrations.at", &self.at)?;
        let mrn = desk.patient(self.patient, &[Section::Identity]).await?.record.identity.mrn;
        let (package, band_checked) = self.scan(&mrn)?;
        let mut charting = Charting::of(desk, &[self.patient]).await?;
        let of = charting.open(self.patient, self.medication, Section::Medications).await?;
        let Content::Medication(order) = &of.item.content else { return Err(Code::NotFound.bare()) };
        self.may_be_given(&of, order)?;
        let compared = package.as_deref().map(|code| package::compare(code, &order.drug, desk.interactions));
        let why = self.reason.as_deref().unwrap_or_default().trim();
        if self.given && compared == Some(PackageCheck::Other) && why.is_empty() {
            return Err(refused("administrations.scanned", "other_package"));
        }
        let [dose, route, response, reaction, reason] = [
            ("administrations.dose", &self.dose),
            ("administrations.route", &self.route),
            ("administrations.response", &self.response),
            ("administrations.reaction", &self.reaction),
            ("administrations.reason", &self.reason),
        ]
        .map(|(field, said)| words(field, said.as_ref()));
        if self.given && dose.as_ref().is_ok_and(Option::is_none) {
            return Err(Invalid { field: "administrations.dose", why: Why::Missing }.into());
        }
        let administration = Administration {
            medication: self.medication,
            drug: order.drug.text.clone(),
            status: if self.given { "completed" } else { "not-done" }.to_owned(),
            at,
            dose: dose?,
            route: route?,
            response: response?,
            reaction: reaction?,
            reason: reason?,
            package,
            compared,
            band_checked,
        };
        let alarm = desk.reaction(&administration, Some(order));
        let saved = charting.add_during(self.patient, Content::Administration(administration), self.visit)?;
        charting.tell(self.patient, saved.item, alarm)?;
        charting.finish(SavedItem::Saved { saved })
    }
}

impl RecordAdministration {
    /// The package's code, and whether the wristband was compared.
    fn scan(&self, mrn: &str) -> Result<(Option<String>, bool), Failure> {
        let scanned = words("administrations.scanned", self.scanned.as_ref())?;
        match scanned {
            Some(code) if wristband::is_band(&code) => {
                let hers = wristband::mrn_of(&code).is_some_and(|one| one.eq_ignore_ascii_case(mrn.trim()));
                if hers { Ok((None, true)) } else { Err(refused("administrations.scanned", "other_wristband")) }
            }
            package => Ok((package, false)),
        }
    }

    /// Refuses what was never in force; what is interrupted or over, and what wasn't given, takes a reason.
    fn may_be_given(&self, of: &OpenedItem, order: &Medication) -> Result<(), Failure> {
        let state = OrderState::of(order);
        if !of.item.counts() || matches!(state, OrderState::Draft | OrderState::Cancelled) {
            return Err(IllegalStep { what: "order", from: state.status(), step: "given" }.into());
        }
        let in_force = matches!(state, OrderState::Active | OrderState::Unsigned);
        let reason = self.reason.as_deref().unwrap_or_default();
        if in_force && self.given {
            return Ok(());
        }
        if !in_force && reason.trim().is_empty() {
            return Err(refused("administrations.reason", "not_in_force"));
        }
        validate::reason(reason).map_err(|one| Invalid { field: "administrations.reason", ..one }.into())
    }
}

impl Action for NoteResponse {
    type Output = SavedItem;
    const NAME: &'static str = "note_response";

    fn right(&self) -> Right {
        Right::RecordAdministration
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Treatment
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SavedItem>, Failure> {
        let response = words("administrations.response", self.response.as_ref())?;
        let reaction = words("administrations.reaction", self.reaction.as_ref())?;
        let mut charting = Charting::of(desk, &[self.patient]).await?;
        let old = match charting.at(self.patient, (self.item, self.rev), Section::Administrations).await? {
            Found::Newer(current) => return charting.conflict(self.patient, Section::Administrations, *current),
            Found::Same(old) => old,
        };
        let Content::Administration(before) = &old.item.content else { return Err(Code::NotFound.bare()) };
        let noted = Administration { response, reaction, ..before.clone() };
        let alarm = if noted.reaction == before.reaction { None } else { desk.reaction(&noted, None) };
        // Who gave it stays its author.
        let saved = charting.rewrite(&old, Item { content: Content::Administration(noted), ..old.item.clone() })?;
        charting.tell(self.patient, self.item, alarm)?;
        charting.finish(SavedItem::Saved { saved })
    }
}

impl Charting<'_> {
    fn tell(&mut self, patient: Uuid, about: Uuid, task: Option<Task>) -> Result<(), Failure> {
        if let Some(task) = task {
            self.add(patient, Content::Task(Task { focus: Some(about), ..task }))?;
        }
        Ok(())
    }
}

impl Desk<'_> {
    /// Somebody has to look at an adverse reaction: whoever signed the order, where that is known.
    fn reaction(&self, one: &Administration, order: Option<&Medication>) -> Option<Task> {
        let reaction = one.reaction.as_ref()?;
        let signed = order.and_then(|order| order.order.as_ref()?.signed.clone());
        let (owner, owner_name) = signed.map(|one| (one.by_id, one.by)).unzip();
        let (priority, due) = ("urgent".to_owned(), Some(self.minutes_ahead(REACTION_WITHIN)));
        let task = self.task(TaskKind::Todo, format!("Adverse reaction to {}: {reaction}", one.drug));
        Some(Task { owner, owner_name, priority, due, ..task })
    }
}

/// What was typed, trimmed; nothing where it is empty.
fn words(field: &'static str, said: Option<&String>) -> Result<Option<String>, Failure> {
    let said = said.map(|said| said.trim()).filter(|said| !said.is_empty());
    said.map_or(Ok(()), |said| one_line(field, said, WORDS))?;
    Ok(said.map(str::to_owned))
}

fn refused(field: &'static str, why: &'static str) -> Failure {
    let mut failure = Code::Invalid.with("field", field);
    failure.fields.insert("why", why.into());
    failure
}
