//! Reading visits: those of some days or one by its id, opened many at once, with the names of whom they are.

use super::super::desk::{Desk, uuid_at};
use super::super::error::{Code, Failure};
use super::super::open_items::OpenedItem;
use super::super::patient_keys::PatientKeys;
use super::super::search::similar_names;
use super::super::views::VisitView;
use crate::keys::forms;
use crate::policy::Right;
use crate::record::schedule::{Appointment, LONGEST_VISIT, Millis, Taken, Zone, instant_of};
use crate::record::{Compartment, Content, Identity, Item, PersonName, Section};
use crate::store::{find, find_documents};
use bson::{Bson, RawDocumentBuf, doc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A visit that opened.
pub(in crate::app) struct OpenVisit {
    pub opened: OpenedItem,
    pub visit: Appointment,
}

/// Visits of some days.
#[derive(Default)]
pub(in crate::app) struct Visits {
    pub visits: Vec<OpenVisit>,
    /// How many of those days don't open.
    pub damaged: u64,
    /// What those days are stored under, and every record that stands there with its revision.
    pub days: Vec<Bson>,
    pub stored: Vec<(Uuid, i64)>,
}

impl OpenVisit {
    pub fn id(&self) -> Uuid {
        self.opened.checked.id
    }

    pub fn patient(&self) -> Uuid {
        self.opened.checked.patient
    }

    /// What it takes up.
    pub fn taken(&self) -> Option<Taken<Uuid>> {
        let (from, until) = self.visit.span().filter(|_| self.visit.holds_its_slot())?;
        let Appointment { provider, room, devices, .. } = self.visit.clone();
        Some(Taken { provider, room, devices, patient: self.patient(), from, until })
    }

    /// The item with a changed visit.
    pub fn changed(&self, visit: Appointment) -> Item {
        Item { content: Content::Appointment(visit), ..self.opened.item.clone() }
    }
}

impl Desk<'_> {
    /// Visits that overlap an interval, and those whose time can't be read but whose text begins with its days.
    pub(in crate::app) async fn visits_between(&self, from: Millis, until: Millis) -> Result<Visits, Failure> {
        let earlier = from - i64::from(LONGEST_VISIT) * 60_000;
        let mut found = self.visits_under(self.days_between(earlier, until)?).await?;
        found
            .visits
            .retain(|one| one.visit.span().is_none_or(|(start, end)| start < until && from < end.max(start + 1)));
        Ok(found)
    }

    /// Everybody who waits.
    pub(in crate::app) async fn wishes(&self) -> Result<Visits, Failure> {
        self.visits_under(self.days_of_wishes()?).await
    }

    async fn visits_under(&self, days: Vec<Bson>) -> Result<Visits, Failure> {
        let found = find_documents(self.store, "items", doc! { "day": { "$in": days.clone() } }, None).await?;
        let stored =
            found.iter().filter_map(|raw| Some((uuid_at(raw, "_id").ok()?, raw.get_i64("rev").ok()?))).collect();
        let patients: BTreeSet<Uuid> = found.iter().filter_map(|raw| uuid_at(raw, "patient").ok()).collect();
        let keys = self.patient_keys(&patients, &BTreeSet::from([Compartment::Front])).await?;
        let (mut visits, damaged) = self.opened_visits(found, &keys)?;
        // What was entered in error takes up no time and is on no list.
        visits.retain(|one| one.opened.item.counts());
        Ok(Visits { visits, damaged, days, stored })
    }

    pub(super) fn opened_visits(
        &self,
        found: Vec<RawDocumentBuf>,
        keys: &PatientKeys,
    ) -> Result<(Vec<OpenVisit>, u64), Failure> {
        let (opened, damaged) = self.open_items_of(None, found, keys)?;
        let visits = opened.into_iter().filter_map(|opened| {
            let Content::Appointment(visit) = &opened.item.content else { return None };
            Some(OpenVisit { visit: visit.clone(), opened })
        });
        Ok((visits.collect(), damaged))
    }

    /// One visit of a patient, in the revision that was read, with the keys to write it.
    pub(in crate::app) async fn visit(
        &self,
        patient: Uuid,
        item: Uuid,
        rev: i64,
    ) -> Result<(OpenVisit, PatientKeys), Failure> {
        let filter = doc! { "_id": forms::uuid_bson(item), "patient": forms::uuid_bson(patient) };
        let found = find_documents(self.store, "items", filter, None).await?;
        let missing = if found.is_empty() { Code::NotFound } else { Code::Damaged };
        let keys = self.patient_keys(&BTreeSet::from([patient]), &BTreeSet::from([Compartment::Front])).await?;
        let (mut visits, _) = self.opened_visits(found, &keys)?;
        let visit = visits.pop().ok_or_else(|| missing.bare())?;
        if visit.opened.checked.content_rev() != rev || !visit.opened.item.counts() {
            return Err(Code::Conflict.bare());
        }
        Ok((visit, keys))
    }

    /// Who these patients are. One that is damaged has no name.
    pub(in crate::app) async fn identities(
        &self,
        patients: BTreeSet<Uuid>,
    ) -> Result<BTreeMap<Uuid, Identity>, Failure> {
        if patients.is_empty() {
            return Ok(BTreeMap::new());
        }
        let ids: Vec<Bson> = patients.into_iter().map(forms::uuid_bson).collect();
        let projection = doc! { "rev": 1, "head": 1, "s.identity": 1 };
        let command = find(&self.site.stored_in("patients"), doc! { "_id": { "$in": ids } }, Some(projection));
        let opened = self.open_patients(self.find_encrypted(&command).await?, &[Section::Identity]).await?;
        Ok(opened.into_iter().flatten().map(|one| (one.checked.id, one.record.identity)).collect())
    }

    /// Visits as the screen shows them, in order of time.
    pub(in crate::app) async fn shown(&self, visits: &[OpenVisit]) -> Result<Vec<VisitView>, Failure> {
        let mut who = self.identities(visits.iter().map(OpenVisit::patient).collect()).await?;
        let vips = who.iter().filter(|(_, one)| one.vip).map(|(id, _)| *id).collect();
        for untold in self.untold_of(vips).await? {
            // A place on the day's list, without whose it is.
            let nobody = PersonName { surname: "VIP".to_owned(), ..PersonName::default() };
            who.insert(untold, Identity { name: nobody, ..Identity::default() });
        }
        let zone = self.zone();
        let mut shown: Vec<VisitView> = visits
            .iter()
            .map(|one| {
                let rev = one.opened.checked.content_rev();
                self.visit_view((one.id(), one.patient(), rev), &one.visit, who.get(&one.patient()), &zone)
            })
            .collect();
        let alike = similar_on_a_list(shown.iter().map(|one| (one.patient, one.name.as_str())));
        shown.iter_mut().for_each(|one| one.similar_name = alike.contains(&one.patient));
        shown.sort_by_cached_key(|one| (instant_of(&one.start), one.start.clone(), one.name.clone()));
        Ok(shown)
    }

    pub(in crate::app) fn visit_view(
        &self,
        (item, patient, rev): (Uuid, Uuid, i64),
        visit: &Appointment,
        who: Option<&Identity>,
        zone: &Zone,
    ) -> VisitView {
        let (at, asked) = (instant_of(&visit.start), visit.check_in.as_ref());
        let name = who.map(|one| format!("{}, {}", one.name.surname.to_uppercase(), one.name.given_joined()));
        VisitView {
            item,
            patient,
            rev,
            name: name.unwrap_or_default(),
            birth_date: who.and_then(|one| one.birth_date).map(|date| date.to_string()),
            similar_name: false,
            day: at.map_or_else(|| visit.start.chars().take(10).collect(), |at| zone.day_of(at).to_string()),
            minute: at.map_or(0, |at| zone.minute_of(at)),
            start: visit.start.clone(),
            minutes: visit.minutes,
            provider: visit.provider.clone(),
            mine: self.keys.schedule.names_of(&self.keys.account.username).any(|name| name == visit.provider),
            visit_type: visit.visit_type.clone(),
            status: visit.state().map_or_else(|| visit.status.clone(), |state| word(&state)),
            room: visit.room.clone(),
            devices: Some(visit.devices.clone()).filter(|devices| !devices.is_empty()),
            times: visit.times.clone(),
            token: visit.token.clone(),
            unit: visit.unit.clone(),
            insurance: asked.map(|asked| asked.insurance.clone()).filter(|_| self.may(Right::View(Section::Insurance))),
            forms: asked.map(|asked| asked.forms.clone()).filter(|forms| !forms.is_empty()),
            reason: visit.reason.clone(),
            overbooked: visit.overbooked.clone(),
            letter: visit.letter.clone(),
            series: visit.series.clone(),
        }
    }
}

/// Who on a list could be taken for another on it, by names such as `SMITH, Anna`.
pub(super) fn similar_on_a_list<'a>(names: impl Iterator<Item = (Uuid, &'a str)>) -> BTreeSet<Uuid> {
    similar_names(names.filter_map(|(patient, name)| name.split_once(", ").map(|(first, last)| (patient, first, last))))
}

/// A state as the screen knows it.
fn word(state: &impl serde::Serialize) -> String {
    serde_json::to_value(state).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}
