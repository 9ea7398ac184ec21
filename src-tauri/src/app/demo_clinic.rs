//! Make a demo clinic: users with published passwords, believable patients. Refused on a store that isn't a demo.

use super::found_site::{FoundingFailed, found};
use super::home::Home;
use super::import_records::Incoming;
use super::sign_in::{DEMO_PASSWORD, DEMO_USERS};
use crate::clock::Clock;
use crate::crypt::Profile;
use crate::keys::{Environment, Founding, Keychain, NewUser, SlotCost};
use crate::policy::{Role, compartments_of};
use crate::record::demo::{PROVIDERS, demo_clinic};
use crate::record::fhir::{Imported, Mapped};
use crate::record::schedule::{Provider, SiteSchedule};
use crate::record::{Item, PatientRecord, Source};
use crate::secret::Password;
use crate::store::Store;
use time::{OffsetDateTime, UtcOffset};

/// The demo clinic's name.
pub const DEMO_SITE: &str = "Riverside Clinic";
/// The unit that treats every demo and imported patient unless another is named.
pub const MAIN_UNIT: &str = "main";
/// Recovery shares needed, and made.
pub const RECOVERY: (u8, u8) = (2, 3);

/// Founds the demo site: keys in the keychain, users that anybody may sign in as.
///
/// # Errors
/// As [`found`].
pub async fn found_demo(
    home: &Home,
    keychain: &dyn Keychain,
    store: &dyn Store,
    clock: &dyn Clock,
    cost: SlotCost,
) -> Result<(), FoundingFailed> {
    found_demo_as(Profile::Queryable, home, keychain, store, clock, cost).await
}

/// As [`found_demo`], with searchable values of this profile.
///
/// # Errors
/// As [`found`].
pub async fn found_demo_as(
    profile: Profile,
    home: &Home,
    keychain: &dyn Keychain,
    store: &dyn Store,
    clock: &dyn Clock,
    cost: SlotCost,
) -> Result<(), FoundingFailed> {
    found(home, keychain, store, &demo_plan(profile, clock, cost)).await.map(|_| ())
}

/// What the demo site is founded with.
#[must_use]
pub fn demo_plan(profile: Profile, clock: &dyn Clock, cost: SlotCost) -> Founding {
    let mut users: Vec<NewUser> = DEMO_USERS.iter().map(|(username, role)| demo_user(username, *role)).collect();
    let at = users.iter().position(|user| user.role == Role::Administrator.code()).unwrap_or_default();
    let founder = users.remove(at);
    Founding {
        site_name: DEMO_SITE.to_owned(),
        environment: Environment::Demo,
        founder,
        others: users,
        recovery: RECOVERY,
        workstation: "demo".to_owned(),
        profile,
        cost,
        at: clock.wall(),
    }
}

fn demo_user(username: &str, role: Role) -> NewUser {
    let (name, initials) = match role {
        Role::Doctor => ("Dr. R. Osei", "R.O."),
        Role::Nurse => ("N. Kim", "N.K."),
        Role::FrontDesk => ("M. Lopez", "M.L."),
        Role::Administrator => ("C. Adams", "C.A."),
        Role::Auditor => ("J. Park", "J.P."),
        Role::Import => ("Import service", "IS"),
    };
    NewUser {
        username: username.to_owned(),
        name: name.to_owned(),
        initials: initials.to_owned(),
        role: role.code().to_owned(),
        unit: Some(MAIN_UNIT.to_owned()),
        holds: compartments_of(role),
        password: Password::new(DEMO_PASSWORD.to_owned()),
        temporary: false,
    }
}

/// When the demo clinic is open, every day of the week so that there is always a day to look at, and who sees patients.
#[must_use]
pub fn demo_schedule(clock: &dyn Clock) -> SiteSchedule {
    let usual = SiteSchedule::default();
    let day = usual.hours.first().cloned().unwrap_or_default();
    let provider = |(nth, name): (usize, &&str)| Provider {
        name: (*name).to_owned(),
        user: (nth == 0).then(|| "osei".to_owned()),
        unit: Some(MAIN_UNIT.to_owned()),
    };
    SiteSchedule {
        zone: clock.zone().iana_name().map(str::to_owned),
        hours: vec![day; 7],
        rooms: (1..=4).map(|nth| format!("Room {nth}")).collect(),
        devices: ["Ultrasound 1", "Spirometer"].map(str::to_owned).into(),
        providers: PROVIDERS.iter().enumerate().map(provider).collect(),
        ..usual
    }
}

/// The demo's patients with their charts, as resources of a source of their own.
pub fn demo_resources(patients: usize, seed: u64, clock: &dyn Clock) -> impl Iterator<Item = Incoming> + use<> {
    let now = clock.wall();
    let ahead = UtcOffset::from_whole_seconds(clock.ahead_of_utc(now)).unwrap_or(UtcOffset::UTC);
    let now = OffsetDateTime::from_unix_timestamp(now.0 / 1_000).unwrap_or(OffsetDateTime::UNIX_EPOCH).to_offset(ahead);
    let system = format!("demo-{seed}");
    demo_clinic(patients, seed, now).enumerate().flat_map(move |(nth, patient)| {
        resources(&system, &nth.to_string(), patient.record, patient.items, &patient.units)
    })
}

/// A patient and the items of her chart as resources.
#[must_use]
pub fn resources(system: &str, id: &str, record: PatientRecord, items: Vec<Item>, units: &[&str]) -> Vec<Incoming> {
    let source = |kind: &str, id: String| Source { system: system.to_owned(), kind: kind.to_owned(), id };
    let patient = source("Patient", id.to_owned());
    let units = units.iter().map(|unit| (*unit).to_owned()).collect();
    let mapped = Mapped::Patient(Box::new(record));
    let imported = Imported { source: patient.clone(), patient: None, mapped };
    // Made-up patients never change under the same name, so the name says it all.
    let canonical = |id: &str| id.as_bytes().to_vec();
    let mut all = vec![Incoming { canonical: canonical(id), imported, units }];
    for (nth, item) in items.into_iter().enumerate() {
        let id = format!("{id}-{nth}");
        let imported = Imported {
            source: source("Item", id.clone()),
            patient: Some(patient.clone()),
            mapped: Mapped::Item(Box::new(item)),
        };
        all.push(Incoming { canonical: canonical(&id), imported, units: Vec::new() });
    }
    all
}
