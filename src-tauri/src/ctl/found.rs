//! `wardsealctl found`: a real clinic, with no default account.

use super::open::{self, ask};
use super::{kms, recovery, server};
use std::sync::Arc;
use wardseal::app::demo_clinic::{MAIN_UNIT, RECOVERY};
use wardseal::app::place::Place;
use wardseal::app::{Home, found_site};
use wardseal::clock::{Clock, SystemClock};
use wardseal::crypt::Profile;
use wardseal::keys::{Environment, Founding, MasterKey, NewUser, OsKeychain, SlotCost};
use wardseal::policy::{Role, compartments_of};
use wardseal::record::Compartment;

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
    /// Where the records are kept. The connection string of a server is asked for before the passwords.
    #[arg(long, value_enum, default_value_t)]
    store: StoreArgument,
    #[command(flatten)]
    server: server::Way,
    /// How searchable values are stored; without it as the store allows: `deterministic` for servers without Queryable
    /// Encryption.
    #[arg(long, value_enum)]
    profile: Option<ProfileArgument>,
    /// Recovery shares needed to bring the site back: 2 or more.
    #[arg(long, default_value_t = RECOVERY.0)]
    shares_needed: u8,
    /// Recovery shares made: 7 at most.
    #[arg(long, default_value_t = RECOVERY.1)]
    shares: u8,
    /// Also write a page to print for each share into this folder.
    #[arg(long)]
    pages: Option<std::path::PathBuf>,
    /// Have a key management service wrap a compartment's data keys, such as clinical=kmip:HOST; can be given again.
    #[arg(long = "kms", value_name = "COMPARTMENT=KEY", value_parser = kms::named)]
    kms: Vec<(Compartment, MasterKey)>,
    /// What people call this workstation.
    #[arg(long, default_value = "first workstation")]
    workstation: String,
}

/// Where the records are kept.
#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum StoreArgument {
    /// In files of this machine.
    #[default]
    Embedded,
    /// On a MongoDB replica set or Atlas cluster.
    Atlas,
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
    let services = kms::services(&home, &arguments.kms)?;
    let on_server = arguments.store == StoreArgument::Atlas;
    let named = on_server.then(|| arguments.server.ask()).transpose()?;
    let pages = arguments.pages.clone();
    let wanted = arguments.profile.map(Profile::from);
    let mut plan = plan(arguments)?;
    found_site::make_way(&home, &keychain).map_err(|failed| open::founding_sentence(&failed))?;
    home.create().map_err(|error| format!("The folder can't be made: {error}."))?;
    let place = match named {
        Some(named) => named.keep(&home, &keychain)?,
        None => {
            // The note of a founding on a server that was stopped in the middle.
            server::in_files(&home)?;
            Place::Embedded
        }
    };
    let founded = async {
        let store = place.open(&home, &keychain).await.map_err(|failure| open::sentence(&failure))?;
        plan.profile = server::profile(wanted, store.as_ref())?;
        let founded = found_site::found_with(&home, &keychain, store.as_ref(), &plan, &services).await;
        founded.map_err(|failed| open::founding_sentence(&failed))
    };
    let shares = match founded.await {
        Ok(shares) => shares,
        Err(sentence) => {
            server::forget(&place, &home, &keychain);
            return Err(sentence);
        }
    };
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
        profile: Profile::default(),
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
