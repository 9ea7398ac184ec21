//! The clinic's hours, holidays, visit types, rooms, providers and absences: set by an administrator, followed by everybody.

use super::super::desk::Desk;
use super::super::error::{Code, Failure};
use super::super::people::PeopleWriting;
use super::super::perform::{Action, Prepared, Touched};
use super::super::views::SettingsView;
use super::super::workstation::Workstation;
use crate::audit::Purpose;
use crate::keys::{Directory, ScheduleSettings, Signed, forms};
use crate::policy::{Right, Role};
use crate::record::schedule::{Provider, SiteSchedule};
use crate::store::find_documents;
use crate::store::witness::Seen;
use bson::{Document, doc};
use serde::Deserialize;
use uuid::Uuid;

/// The settings, as they are; or new ones in their place.
#[derive(Deserialize, ts_rs::TS)]
pub struct SetSchedule {
    /// The version that was read; another one is a conflict.
    pub version: i64,
    /// What is set from now on; without it nothing changes.
    #[ts(optional = nullable)]
    pub schedule: Option<SiteSchedule>,
}

impl Action for SetSchedule {
    type Output = SettingsView;
    const NAME: &'static str = "set_schedule";

    fn right(&self) -> Right {
        Right::SetSchedule
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<SettingsView>, Failure> {
        let people = desk.people().await?;
        let stored = desk.stored_settings().await?;
        let version = stored.as_ref().map_or(0, |stored| stored.claimed().version);
        let Some(schedule) = &self.schedule else {
            let schedule = (*desk.keys.schedule).clone();
            return Ok(Prepared::read(SettingsView { version, schedule }, Touched::default()));
        };
        if version != self.version {
            return Err(Code::Conflict.bare());
        }
        schedule.check()?;
        let id = ScheduleSettings::id_of(desk.site.site);
        let next = ScheduleSettings { id, schedule: schedule.clone(), at: desk.now(), version: version + 1 };
        let view = SettingsView { version: next.version, schedule: schedule.clone() };
        let mut writing = PeopleWriting::new(desk, &people);
        writing.signed("site", next, stored.is_some())?;
        writing.prepared(view, vec![Touched { count: 1, ..Touched::default() }])
    }
}

impl Desk<'_> {
    async fn stored_settings(&self) -> Result<Option<Signed<ScheduleSettings>>, Failure> {
        let stored = self.of_site(ScheduleSettings::id_of(self.site.site)).await?;
        Ok(stored.map(|stored| Signed::from_document(&stored)).transpose()?)
    }

    /// The settings signed by whoever holds the seat, if somebody signed them who is leaving.
    pub(in crate::app) async fn settings_taken_over(
        &self,
        leaving: Uuid,
        directory: &Directory,
    ) -> Result<Option<Document>, Failure> {
        let Some(signed) = self.stored_settings().await?.filter(|signed| signed.by() == leaving) else {
            return Ok(None);
        };
        let settings = directory.signed_by_author(&signed)?;
        let next = ScheduleSettings { version: settings.version + 1, at: self.now(), ..settings.clone() };
        let by = self.author();
        Ok(Some(Signed::sign(next, by.id, by.signer)?.to_document()?))
    }
}

impl Workstation {
    /// The settings as an administrator signed them. Ones that nobody may have signed, or older ones than were seen,
    /// aren't followed: what holds then is what holds without any.
    pub(in crate::app) async fn schedule_settings(&self, directory: &Directory) -> Result<SiteSchedule, Failure> {
        let id = ScheduleSettings::id_of(self.record.site);
        let found = find_documents(self.store(), "site", doc! { "_id": forms::uuid_bson(id) }, None).await?;
        let mut schedule = match found.into_iter().next() {
            None => SiteSchedule::default(),
            Some(stored) => self.trusted(&Document::try_from(stored)?, directory).unwrap_or_else(|refused| {
                tracing::error!(%refused, "the schedule settings are refused");
                SiteSchedule::default()
            }),
        };
        if schedule.providers.is_empty() {
            schedule.providers = doctors(directory);
        }
        Ok(schedule)
    }

    fn trusted(&self, stored: &Document, directory: &Directory) -> Result<SiteSchedule, Failure> {
        let signed = Signed::<ScheduleSettings>::from_document(stored)?;
        let settings = directory.signed_by_authority(&signed)?;
        let seen = self.witness.seen(settings.id)?.map_or(0, |seen| seen.counter);
        if settings.version < seen || settings.id != ScheduleSettings::id_of(self.record.site) {
            return Err(Code::KeysDamaged.bare());
        }
        self.witness.note(&[(settings.id, Seen { counter: settings.version, hash: [0; 32] })])?;
        Ok(settings.schedule.clone())
    }
}

/// While nobody has said who sees patients, every doctor does.
fn doctors(directory: &Directory) -> Vec<Provider> {
    let doctors = directory.accounts().filter(|account| account.active && account.role == Role::Doctor.code());
    let provider = |account: &crate::keys::Account| Provider {
        name: account.name.clone(),
        user: Some(account.username.clone()),
        unit: account.unit.clone(),
    };
    doctors.map(provider).collect()
}
