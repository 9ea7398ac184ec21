//! `wardsealctl demo`: a clinic to look at.

use super::found::ProfileArgument;
use super::import::Progress;
use super::open;
use std::ops::ControlFlow;
use wardseal::app::Home;
use wardseal::app::Workstation;
use wardseal::app::demo_clinic::{demo_resources, demo_schedule, found_demo_as};
use wardseal::app::found_site::make_way;
use wardseal::app::import_records::Imports;
use wardseal::app::schedule::SetSchedule;
use wardseal::app::sign_in::{DEMO_PASSWORD, DEMO_USERS};
use wardseal::clock::{Clock, SystemClock};
use wardseal::crypt::Profile;
use wardseal::keys::{Environment, OsKeychain, SlotCost};
use wardseal::secret::Password;
use wardseal::store::embedded::Embedded;

/// Adds invented patients to the demo clinic of this machine, and founds it first if there is none.
#[derive(clap::Args)]
pub struct Arguments {
    /// How many patients.
    #[arg(long, default_value_t = 200)]
    patients: usize,
    /// The same seed makes the same clinic.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How searchable values are stored, if the clinic is founded now.
    #[arg(long, value_enum, default_value_t)]
    profile: ProfileArgument,
}

pub async fn run(arguments: Arguments) -> Result<(), String> {
    let home = Home::from_environment();
    let clock = SystemClock::start();
    let enrolment = home.enrolment().map_err(|error| format!("The workstation's folder can't be read: {error}."))?;
    match enrolment {
        Some(enrolment) if enrolment.environment != Environment::Demo => {
            return Err("This store isn't a demo. Demo patients are refused here; nothing was changed.".to_owned());
        }
        Some(_) => {}
        None => found(&home, &clock, arguments.profile.into()).await?,
    }
    let mut workstation = open::workstation().await?;
    let mut progress = Progress::start("demo");
    open::sign_in(&mut workstation, "import", Some(Password::new(DEMO_PASSWORD.to_owned()))).await?;
    let told = |sum: &Imports| {
        progress.tell(sum);
        ControlFlow::Continue(())
    };
    let resources = demo_resources(arguments.patients, arguments.seed, &clock);
    let stored = workstation.import(resources, told).await;
    let sum = stored.map_err(|failure| open::sentence(&failure))?;
    workstation.sign_out().await.map_err(|failure| open::sentence(&failure))?;
    progress.end(&sum);
    set_schedule(&mut workstation, &clock).await?;
    println!("Sign in with the password \"{DEMO_PASSWORD}\" as:");
    for (username, role) in DEMO_USERS {
        println!("  {username:<8} {}", role.words());
    }
    Ok(())
}

/// The clinic's hours, unless somebody has set them already.
async fn set_schedule(workstation: &mut Workstation, clock: &dyn Clock) -> Result<(), String> {
    open::sign_in(workstation, "adams", Some(Password::new(DEMO_PASSWORD.to_owned()))).await?;
    let sentence = |failure| open::sentence(&failure);
    let set = workstation.perform(SetSchedule { version: 0, schedule: None }).await.map_err(sentence)?;
    if set.version == 0 {
        let schedule = SetSchedule { version: 0, schedule: Some(demo_schedule(clock)) };
        workstation.perform(schedule).await.map_err(sentence)?;
    }
    workstation.sign_out().await.map(|_| ()).map_err(sentence)
}

async fn found(home: &Home, clock: &dyn Clock, profile: Profile) -> Result<(), String> {
    let keychain = OsKeychain::open(Environment::Demo).map_err(|error| error.to_string())?;
    make_way(home, &keychain).map_err(|failed| open::founding_sentence(&failed))?;
    home.create().map_err(|error| format!("The folder can't be made: {error}."))?;
    let store = Embedded::open(&home.store()).map_err(|error| format!("The store can't be made: {error}."))?;
    found_demo_as(profile, home, &keychain, &store, clock, SlotCost::FULL)
        .await
        .map_err(|failed| open::founding_sentence(&failed))
}
