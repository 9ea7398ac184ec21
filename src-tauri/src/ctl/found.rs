//! `wardsealctl found`: a real clinic, with no default account.

use super::open::{self, ask};
use super::recovery;
use std::sync::Arc;
use wardseal::app::demo_clinic::{MAIN_UNIT, RECOVERY};
use wardseal::app::{Home, found_site};
use wardseal::clock::{Clock, SystemClock};
use wardseal::crypt::Profile;
use wardseal::keys::{Environment, Founding, NewUser, OsKeychain, SlotCost};
use wardseal::policy::{Role, compartments_of};
use wardseal::store::embedded::Embedded;

/// Passwords are asked for; without a terminal they are read from standard input, a line each, in the order
/// administrator, clinician, import service.
#[derive(clap::Args)]
pub struct Arguments {
    /// The clinic's name.
    #[arg(long)]
    site: String,
    /// The first administrator's user name.
    #[arg(long)]
    administrator: String,
    /// The administrator's name as shown.
    #[arg(long)]
    administrator_name: String,
    /// The first doctor's user name.
    #[arg(long)]
    clinician: String,
    /// The doctor's name as shown.
    #[arg(long)]
    clinician_name: String,
    /// Also make a service user of this name for imports.
    #[arg(long)]
    import_service: Option<String>,
    /// How searchable values are stored; `deterministic` for servers without Queryable Encryption.
    #[arg(long, value_enum, default_value_t)]
    profile: ProfileArgument,
    /// Recovery shares needed to bring the site back: 2 or more.
    #[arg(long, default_value_t = RECOVERY.0)]
    shares_needed: u8,
    /// Recovery shares made: 7 at most.
    #[arg(long, default_value_t = RECOVERY.1)]
    shares: u8,
    /// Also write a page to print for each share into this folder.
    #[arg(long)]
    pages: Option<std::path::PathBuf>,
    /// What people call this workstation.
    #[arg(long, default_value = "first workstation")]
    workstation: String,
}

/// How searchable values are stored.
#[derive(Clone, Copy, Default, clap::ValueEnum)]
pub enum ProfileArgument {
    /// Queryable Encryption.
    #[default]
    Queryable,
    /// Client-side deterministic encryption.
    Deterministic,
}

impl From<ProfileArgument> for Profile {
    fn from(argument: ProfileArgument) -> Self {
        match argument {
            ProfileArgument::Queryable => Self::Queryable,
            ProfileArgument::Deterministic => Self::Deterministic,
        }
    }
}

pub async fn run(arguments: Arguments) -> Result<(), String> {
    let home = Home::from_environment();
    found_site::refuse_founded(&home).map_err(|failed| open::founding_sentence(&failed))?;
    let keychain = OsKeychain::open(Environment::Production).map_err(|error| error.to_string())?;
    let (pages, plan) = (arguments.pages.clone(), plan(arguments)?);
    found_site::make_way(&home, &keychain).map_err(|failed| open::founding_sentence(&failed))?;
    home.create().map_err(|error| format!("The folder can't be made: {error}."))?;
    let store = Embedded::open(&home.store()).map_err(|error| format!("The store can't be made: {error}."))?;
    let shares =
        found_site::found(&home, &keychain, &store, &plan).await.map_err(|failed| open::founding_sentence(&failed))?;
    println!("Founded {}. Its keys are in the keychain of this machine.", plan.site_name);
    recovery::show(&shares, plan.recovery, &plan.site_name, pages.as_deref())?;
    Ok(())
}

fn plan(arguments: Arguments) -> Result<Founding, String> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let founder = user(&arguments.administrator, &arguments.administrator_name, Role::Administrator)?;
    let mut others = vec![user(&arguments.clinician, &arguments.clinician_name, Role::Doctor)?];
    if let Some(service) = &arguments.import_service {
        others.push(user(service, "Import service", Role::Import)?);
    }
    Ok(Founding {
        site_name: arguments.site,
        environment: Environment::Production,
        founder,
        others,
        recovery: (arguments.shares_needed, arguments.shares),
        workstation: arguments.workstation,
        profile: arguments.profile.into(),
        cost: SlotCost::FULL,
        at: clock.wall(),
    })
}

fn user(username: &str, name: &str, role: Role) -> Result<NewUser, String> {
    let initials: String =
        name.split_whitespace().filter_map(|word| word.chars().next()).flat_map(|c| [c, '.']).collect();
    Ok(NewUser {
        username: username.trim().to_lowercase(),
        name: name.to_owned(),
        initials,
        role: role.code().to_owned(),
        unit: Some(MAIN_UNIT.to_owned()),
        holds: compartments_of(role),
        password: ask(&format!("Password for {username} (15 characters or more): "))?,
        temporary: false,
    })
}
