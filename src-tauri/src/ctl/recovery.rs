//! `wardsealctl recovery`: the shares that bring a site back: show, try, renew, use.

use super::open::{self, ask, ask_line};
use super::user::id_of;
use std::path::{Path, PathBuf};
use wardseal::app::restore_site::{Restore, RestoreFailed, restore};
use wardseal::app::{
    ConfirmByRecovery, Home, NewRecovery, NoteKeepers, RenewRecovery, TestRecovery, Workstation, initials,
};
use wardseal::clock::SystemClock;
use wardseal::keys::{Environment, NewUser, OsKeychain, RecoveryShare, SlotCost};
use wardseal::policy::{Role, compartments_of};

/// Shares are asked for, one a line: their 25 words, or what a QR reader types. An empty line ends them.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Try shares as a restore would use them; changes nothing but the note that it was done.
    Test {
        /// The administrator to sign in as.
        #[arg(long = "as")]
        by: String,
    },
    /// Make new shares. The old ones are worth nothing afterwards.
    Renew(Renew),
    /// Note who keeps which share, in the order of their numbers.
    Keepers {
        /// The administrator to sign in as.
        #[arg(long = "as")]
        by: String,
        /// Names.
        #[arg(required = true)]
        keepers: Vec<String>,
    },
    /// Confirm a user's access when no colleague holds it.
    Confirm {
        /// The administrator to sign in as.
        #[arg(long = "as")]
        by: String,
        /// The user whose access waits.
        #[arg(long)]
        user: String,
        /// The code that the user reads out.
        #[arg(long)]
        code: String,
    },
    /// Bring a site back on a clean machine, from copies of its two files and the shares.
    Restore(RestoreArguments),
}

#[derive(clap::Args)]
pub struct Renew {
    /// The administrator to sign in as.
    #[arg(long = "as")]
    by: String,
    /// Shares needed to bring the site back: 2 or more.
    #[arg(long, default_value_t = 2)]
    needed: u8,
    /// Shares made: 7 at most.
    #[arg(long, default_value_t = 3)]
    shares: u8,
    /// Who keeps each, in the order of their numbers.
    #[arg(long = "keeper")]
    keepers: Vec<String>,
    /// Also write a page to print for each share into this folder.
    #[arg(long)]
    pages: Option<PathBuf>,
    /// The old shares may be in wrong hands: everything they opened is to be rotated.
    #[arg(long)]
    compromised: bool,
}

#[derive(clap::Args)]
pub struct RestoreArguments {
    /// The folder with the copies of wardseal.db and wardseal-keys.db.
    #[arg(long)]
    from: PathBuf,
    /// A new administrator's user name; everybody of before can sign in as before.
    #[arg(long)]
    administrator: Option<String>,
    /// The administrator's name as shown.
    #[arg(long, default_value = "Administrator")]
    administrator_name: String,
    /// A new doctor's user name.
    #[arg(long, requires = "administrator")]
    clinician: Option<String>,
    /// The doctor's name as shown.
    #[arg(long, default_value = "Doctor")]
    clinician_name: String,
    /// What people call this workstation.
    #[arg(long, default_value = "restored workstation")]
    workstation: String,
    /// The site is a demo.
    #[arg(long)]
    demo: bool,
}

pub async fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Test { by } => {
            let mut seat = seat(&by).await?;
            let shares = ask_shares()?;
            let done = seat.perform(TestRecovery { shares }).await.map_err(|failure| open::sentence(&failure))?;
            let numbers: Vec<String> = done.shares.iter().map(u8::to_string).collect();
            println!("Shares {} bring the site back: {}.", numbers.join(" and "), done.compartments.join(", "));
            println!("Nothing was changed; the day is noted.");
        }
        Command::Renew(renew) => renew_shares(renew).await?,
        Command::Keepers { by, keepers } => {
            let mut seat = seat(&by).await?;
            seat.perform(NoteKeepers { keepers }).await.map_err(|failure| open::sentence(&failure))?;
            println!("Noted.");
        }
        Command::Confirm { by, user, code } => {
            let mut seat = seat(&by).await?;
            let user = id_of(&mut seat, &user).await?;
            let confirm = ConfirmByRecovery { shares: ask_shares()?, user, code };
            let done = seat.perform(confirm).await.map_err(|failure| open::sentence(&failure))?;
            println!("Confirmed: {}.", done.compartments.join(", "));
        }
        Command::Restore(arguments) => restore_site(arguments).await?,
    }
    Ok(())
}

async fn seat(by: &str) -> Result<Workstation, String> {
    let mut workstation = open::workstation().await?;
    open::sign_in(&mut workstation, by, None).await?;
    Ok(workstation)
}

/// The new shares are shown before they count: whoever is stopped in between still has the old ones.
async fn renew_shares(renew: Renew) -> Result<(), String> {
    let mut seat = seat(&renew.by).await?;
    let shares = ask_shares()?;
    let made = NewRecovery::make(seat.site().site, renew.needed, renew.shares);
    let (next, dealt) = made.map_err(|error| open::capital(&error.to_string()))?;
    println!("The new shares. They don't count yet; the old ones do.");
    show(&dealt, (renew.needed, renew.shares), &seat.site().name.clone(), renew.pages.as_deref())?;
    let typed = ask_line("Type `renew` once every share is on paper: ")?;
    if typed.trim() != "renew" {
        return Err("Stopped. Nothing was changed: the old shares count, the new ones don't.".to_owned());
    }
    let action = RenewRecovery { shares, next, keepers: renew.keepers, compromised: renew.compromised };
    seat.perform(action).await.map_err(|failure| open::sentence(&failure))?;
    println!("Renewed. The old shares are worth nothing any more: destroy them.");
    Ok(())
}

async fn restore_site(arguments: RestoreArguments) -> Result<(), String> {
    let environment = if arguments.demo { Environment::Demo } else { Environment::Production };
    let keychain = OsKeychain::open(environment).map_err(|error| error.to_string())?;
    let shares = ask_shares()?;
    let mut people = Vec::new();
    for (username, name, role) in [
        (&arguments.administrator, &arguments.administrator_name, Role::Administrator),
        (&arguments.clinician, &arguments.clinician_name, Role::Doctor),
    ] {
        people.extend(username.as_ref().map(|username| person(username, name, role)).transpose()?);
    }
    let plan = Restore {
        from: &arguments.from,
        shares: &shares,
        people,
        workstation: arguments.workstation,
        cost: SlotCost::FULL,
    };
    let home = Home::from_environment();
    let restored = restore(&home, &keychain, &SystemClock::start(), &plan).await.map_err(|failed| told(&failed))?;
    println!(
        "Restored {}: {} active accounts. Its key is in the keychain of this machine.",
        restored.site, restored.accounts
    );
    println!("If the old machine may be in wrong hands, renew the site key now: wardsealctl keys rotate site.");
    Ok(())
}

fn told(failed: &RestoreFailed) -> String {
    match failed {
        RestoreFailed::Founding(failed) => open::founding_sentence(failed),
        other => format!("{}. Nothing was changed.", open::capital(&other.to_string()).trim_end_matches('.')),
    }
}

fn person(username: &str, name: &str, role: Role) -> Result<NewUser, String> {
    Ok(NewUser {
        username: username.trim().to_lowercase(),
        name: name.to_owned(),
        initials: initials(name),
        role: role.code().to_owned(),
        unit: Some(wardseal::app::demo_clinic::MAIN_UNIT.to_owned()),
        holds: compartments_of(role),
        password: ask(&format!("Password for {username} (15 characters or more): "))?,
        temporary: false,
    })
}

/// Shares one a line, until an empty one; the first that is wrong is named.
fn ask_shares() -> Result<Vec<RecoveryShare>, String> {
    let mut shares = Vec::new();
    loop {
        let typed = ask(&format!("Share ({} so far, empty to end): ", shares.len()))?;
        // EXPOSE: it is read here and nowhere kept.
        let words = typed.expose();
        if words.trim().is_empty() {
            return Ok(shares);
        }
        let share = RecoveryShare::parse(words).map_err(|error| format!("{}.", open::capital(&error.to_string())))?;
        shares.push(share);
    }
}

/// Shows shares once: words, code, and pages where somebody wants them.
pub fn show(shares: &[RecoveryShare], plan: (u8, u8), site: &str, pages: Option<&Path>) -> Result<(), String> {
    println!("\nRecovery shares: any {} of {} bring the site back. They are shown this once.", plan.0, plan.1);
    println!("Write each on paper of its own and give them to different people.\n");
    for share in shares {
        let words = share.words().map_err(|error| error.to_string())?;
        println!("Share {}:\n  {}\n", share.number(), words.as_str());
        let code = share.terminal_code().map_err(|error| error.to_string())?;
        println!("{}\n", code.as_str());
    }
    let Some(folder) = pages else { return Ok(()) };
    for share in shares {
        let page = share.page(site, plan.0.into(), plan.1.into()).map_err(|error| error.to_string())?;
        let path = folder.join(format!("share-{}.svg", share.number()));
        open::write_private(&path, page.as_bytes()).map_err(|error| format!("{}: {error}.", path.display()))?;
        println!("{} is a page to print. Delete it afterwards.", path.display());
    }
    Ok(())
}
