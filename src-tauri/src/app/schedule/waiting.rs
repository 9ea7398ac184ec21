//! The waiting list: who would take an earlier time, since when, and when.

use super::super::desk::Desk;
use super::super::error::{Code, Failure};
use super::super::patient_keys::Part;
use super::super::perform::{Action, Prepared, Touched};
use super::super::sealing::Writing;
use super::super::views::{WaitingList, WishView};
use super::book::{finish, invalid, listed};
use super::visits::{OpenVisit, Visits};
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::schedule::{Appointment, Wish, day_from, instant_of, is_a_length};
use crate::record::{Compartment, Content, Item, Section};
use serde::Deserialize;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Puts a patient on the waiting list.
#[derive(Deserialize, ts_rs::TS)]
pub struct WaitForVisit {
    /// Whose wish.
    pub patient: Uuid,
    /// The kind of visit.
    pub visit_type: String,
    /// With whom; with anybody otherwise.
    #[ts(optional = nullable)]
    pub provider: Option<String>,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day.
    pub until: String,
    /// `morning`, `afternoon`, or both.
    #[ts(optional = nullable)]
    pub part: Option<String>,
}

/// Everybody who waits.
#[derive(Deserialize, ts_rs::TS)]
pub struct ShowWaitingList {}

impl Action for WaitForVisit {
    type Output = WishView;
    const NAME: &'static str = "wait_for_visit";

    fn right(&self) -> Right {
        Right::BookAppointments
    }

    fn patient(&self) -> Option<Uuid> {
        Some(self.patient)
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<WishView>, Failure> {
        let visit = desk.wished(self)?;
        desk.refuse_waiting(self.patient, &visit).await?;
        let who = desk.patient(self.patient, &[Section::Identity]).await?.record.identity;
        let mut writing = Writing::default();
        let mut keys =
            desk.patient_keys(&BTreeSet::from([self.patient]), &BTreeSet::from([Compartment::Front])).await?;
        desk.key_to_write(&mut writing, &mut keys, self.patient, (Compartment::Front, Part::Items))?;
        let id = Uuid::new_v4();
        let mut item = Item::new(Content::Appointment(visit.clone()));
        item.recorded = Some(desk.written_now());
        item.author = Some(desk.keys.account.name.clone());
        writing.record(desk.new_item(&keys, self.patient, id, &item)?);
        let view = wish_view(desk.visit_view((id, self.patient, 1), &visit, Some(&who), &desk.zone()), &visit);
        let sections = vec![Section::Appointments];
        finish(desk, writing, Vec::new(), view, Touched { record: Some(id), sections, count: 1, ..Touched::default() })
    }
}

impl Action for ShowWaitingList {
    type Output = WaitingList;
    const NAME: &'static str = "waiting_list";

    fn right(&self) -> Right {
        Right::ViewSchedule
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Operations
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<WaitingList>, Failure> {
        let Visits { visits: wishes, damaged, days, stored: shown } = desk.wishes().await?;
        let wishes = desk.shown_wishes(&wishes).await?;
        let sections = vec![Section::Appointments, Section::Identity];
        let touched =
            Touched { sections, count: wishes.len() as u64, damaged: damaged > 0, days, shown, ..Touched::default() };
        Ok(Prepared::read(WaitingList { wishes, damaged }, touched))
    }
}

impl Desk<'_> {
    fn wished(&self, asked: &WaitForVisit) -> Result<Appointment, Failure> {
        let site = &self.keys.schedule;
        let minutes = site.minutes_of(&asked.visit_type).filter(|minutes| is_a_length(*minutes));
        let minutes = minutes.ok_or_else(|| invalid("visit_type"))?;
        let provider = asked.provider.clone().unwrap_or_default();
        if !provider.is_empty() && site.provider(&provider).is_none() {
            return Err(invalid("provider"));
        }
        let (from, until) = (day_from(&asked.from), day_from(&asked.until));
        let days = from.zip(until).filter(|(from, until)| from <= until && *until >= self.zone().day_of(self.now().0));
        days.ok_or_else(|| invalid("until"))?;
        if let Some(part) = &asked.part {
            listed("part", part, &["morning", "afternoon"])?;
        }
        let (from, until, part) = (asked.from.clone(), asked.until.clone(), asked.part.clone());
        Ok(Appointment {
            minutes,
            provider,
            visit_type: asked.visit_type.clone(),
            status: "waitlist".to_owned(),
            wish: Some(Wish { from, until, part, since: self.written_now() }),
            ..Appointment::default()
        })
    }

    /// Whoever waits for such a visit within the same days waits already.
    async fn refuse_waiting(&self, patient: Uuid, wanted: &Appointment) -> Result<(), Failure> {
        let waits = |one: &OpenVisit| {
            let same = one.visit.visit_type == wanted.visit_type && one.visit.provider == wanted.provider;
            let days = one.visit.wish.as_ref().zip(wanted.wish.as_ref());
            one.patient() == patient && same && days.is_some_and(|(old, new)| old.meets(new))
        };
        if !self.wishes().await?.visits.iter().any(waits) {
            return Ok(());
        }
        let mut failure = Code::Invalid.with("field", "visit_type");
        failure.fields.insert("why", "waits_already".into());
        Err(failure)
    }

    /// Wishes as the screen shows them, longest waiting first.
    pub(super) async fn shown_wishes(&self, wishes: &[OpenVisit]) -> Result<Vec<WishView>, Failure> {
        let views = self.shown(wishes).await?;
        let of = |item: Uuid| wishes.iter().find(|one| one.id() == item).map(|one| &one.visit);
        let mut shown: Vec<WishView> =
            views.into_iter().filter_map(|view| of(view.item).map(|visit| wish_view(view, visit))).collect();
        shown.sort_by_cached_key(|one| (instant_of(&one.since), one.visit.item));
        Ok(shown)
    }
}

fn wish_view(visit: super::super::views::VisitView, of: &Appointment) -> WishView {
    let wish = of.wish.clone().unwrap_or_default();
    WishView { visit, from: wish.from, until: wish.until, part: wish.part, since: wish.since }
}
