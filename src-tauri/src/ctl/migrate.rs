//! `wardsealctl migrate`: a site to another store, or plaintext into the store; safe to stop, kill and run again.

use super::import::stop_at_ctrl_c;
use super::{open, server};
use std::io::{IsTerminal, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use wardseal::app::import_plain::{Mapping, wipe};
use wardseal::app::migrate::{MoveSoFar, SideBySide, Target};
use wardseal::app::{Home, Workstation};
use wardseal::clock::SystemClock;
use wardseal::crypt::Profile;
use wardseal::store::Store;
use wardseal::store::embedded::Embedded;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Copy the site to another store; with --confirm close this one and work with the other.
    Store(ToStore),
    /// Work with the store that the site was moved to.
    Follow {
        #[command(flatten)]
        to: To,
    },
    /// Take in plaintext, CSV or JSON, by a mapping file; with --confirm wipe it afterwards.
    Plain(Plain),
}

#[derive(clap::Args)]
pub struct ToStore {
    /// The service user who copies.
    #[arg(long = "as", default_value = "import")]
    user: String,
    #[command(flatten)]
    to: To,
    /// How searchable values are stored there; as here if absent.
    #[arg(long, value_enum)]
    profile: Option<super::found::ProfileArgument>,
    /// How many patients are opened in both stores and compared.
    #[arg(long, default_value_t = 100)]
    sample: usize,
    /// Close this store, copy what has changed, compare, and work with the other one.
    #[arg(long, requires = "admin")]
    confirm: bool,
    /// The administrator who confirms.
    #[arg(long)]
    admin: Option<String>,
}

/// Another store.
#[derive(clap::Args)]
pub struct To {
    /// The folder of the other store; made if it doesn't exist.
    #[arg(long, required_unless_present = "to_atlas", conflicts_with = "to_atlas")]
    to: Option<PathBuf>,
    /// The other store is on a server: its connection string is asked for first.
    #[arg(long)]
    to_atlas: bool,
    #[command(flatten)]
    server: server::Way,
}

/// Where the other store is.
enum There {
    Folder(PathBuf),
    Server(server::Named),
}

#[derive(clap::Args)]
pub struct Plain {
    /// CSV with a header line, a JSON array of objects, or a JSON object a line.
    file: PathBuf,
    /// Which column or path is what: see docs/WORKSTATIONS.md.
    #[arg(long)]
    mapping: PathBuf,
    /// The service user who imports.
    #[arg(long = "as", default_value = "import")]
    user: String,
    /// The unit whose clinicians treat the new patients.
    #[arg(long, default_value = wardseal::app::demo_clinic::MAIN_UNIT)]
    unit: String,
    /// How many patients are opened and compared with the file.
    #[arg(long, default_value_t = 100)]
    sample: usize,
    /// Overwrite and delete the file once everything in it was found in the store.
    #[arg(long)]
    confirm: bool,
}

pub async fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Store(arguments) => to_store(arguments).await,
        Command::Follow { to } => follow(to.ask()?).await,
        Command::Plain(arguments) => plain(arguments).await,
    }
}

fn done<T>(answer: Result<T, wardseal::app::Failure>) -> Result<T, String> {
    answer.map_err(|failure| open::sentence(&failure))
}

impl To {
    /// Asks for what isn't said on a command line.
    fn ask(self) -> Result<There, String> {
        match self.to {
            Some(folder) => Ok(There::Folder(folder)),
            None => self.server.ask().map(There::Server),
        }
    }
}

impl There {
    async fn open(&self, wanted: Option<Profile>, here: Profile) -> Result<Target, String> {
        match self {
            Self::Folder(folder) => {
                Ok(Target { store: Arc::new(other_store(folder)?), profile: wanted.unwrap_or(here) })
            }
            Self::Server(named) => {
                let store: Arc<dyn Store> = named.open().await?;
                let profile = server::profile(wanted, store.as_ref())?;
                Ok(Target { store, profile })
            }
        }
    }

    /// This workstation works with it from now on; answers what it is called.
    fn settle(self, home: &Home) -> Result<String, String> {
        match self {
            Self::Folder(folder) => {
                home.join_store(&folder).map_err(|error| format!("{}: {error}.", folder.display()))?;
                server::in_files(home)?;
                Ok(folder.display().to_string())
            }
            Self::Server(named) => {
                named.keep(home, open::keychain(home)?.as_ref())?;
                Ok("the server".to_owned())
            }
        }
    }
}

fn other_store(folder: &Path) -> Result<Embedded, String> {
    let home = Home::at(folder);
    home.create().map_err(|error| format!("{}: {error}.", folder.display()))?;
    Embedded::open(&home.store()).map_err(|error| format!("{}.", open::capital(&error.to_string())))
}

async fn to_store(arguments: ToStore) -> Result<(), String> {
    let there = arguments.to.ask()?;
    let mut seat = open::workstation().await?;
    let target = there.open(arguments.profile.map(Into::into), seat.site().profile).await?;
    if seat.site().moved && works(&target).await.is_ok() {
        // An earlier run was ended after the move was complete.
        return moved(there);
    }
    open::sign_in(&mut seat, &arguments.user, None).await?;
    copy(&mut seat, &target).await?;
    let Some(admin) = arguments.admin.filter(|_| arguments.confirm) else {
        compare(&mut seat, &target, arguments.sample).await?;
        println!("This store is as it was. Run it again with --confirm --admin NAME to work with the other one.");
        return Ok(());
    };
    open::sign_in(&mut seat, &admin, None).await?;
    done(seat.close_store(true).await)?;
    let finished = finish(&mut seat, &target, &arguments.user, arguments.sample).await;
    if let Err(sentence) = finished {
        open::sign_in(&mut seat, &admin, None).await?;
        done(seat.close_store(false).await)?;
        return Err(format!("{sentence} This store is open again."));
    }
    moved(there)
}

fn moved(there: There) -> Result<(), String> {
    let name = there.settle(&Home::from_environment())?;
    println!("Moved. This workstation works with {name} now; the others: wardsealctl migrate follow.");
    println!("The old store is closed. Keep it until the new one has been backed up, then delete its files.");
    Ok(())
}

async fn finish(seat: &mut Workstation, target: &Target, user: &str, sample: usize) -> Result<(), String> {
    open::sign_in(seat, user, None).await?;
    copy(seat, target).await?;
    compare(seat, target, sample).await?;
    done(seat.open_target(target).await)
}

async fn copy(seat: &mut Workstation, target: &Target) -> Result<(), String> {
    let (stop, live) = (stop_at_ctrl_c(), std::io::stderr().is_terminal());
    let told = |so_far: &MoveSoFar| {
        if live {
            let (at, of) = so_far.collection;
            eprint!("\rcollection {at} of {of}: {} documents, {} written", so_far.looked, so_far.written);
            // Progress is a courtesy: where standard error is gone there is nobody to tell.
            _ = std::io::stderr().flush();
        }
        if stop.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let so_far = done(seat.copy_store(target, told).await)?;
    if live {
        eprintln!();
    }
    println!("{} documents: {} copied, {} removed there.", so_far.looked, so_far.written, so_far.removed);
    Ok(())
}

async fn compare(seat: &mut Workstation, target: &Target, sample: usize) -> Result<(), String> {
    let compared: SideBySide = done(seat.verify_move(target, sample).await)?;
    for (collection, here, there) in compared.counts.iter().filter(|(_, here, there)| here != there) {
        eprintln!("{collection}: {here} here, {there} there");
    }
    if !compared.is_same() {
        return Err(format!("{} of {} patients differ, or counts do.", compared.different, compared.opened));
    }
    let documents: i64 = compared.counts.iter().map(|(_, here, _)| here).sum();
    println!("Compared: {documents} documents counted, {} patients opened in both; all the same.", compared.opened);
    Ok(())
}

async fn follow(there: There) -> Result<(), String> {
    let target = there.open(None, Profile::Deterministic).await?;
    works(&target).await.map_err(|sentence| format!("{sentence} This workstation works with the store it had."))?;
    println!("This workstation works with {} now.", there.settle(&Home::from_environment())?);
    Ok(())
}

/// The other store has to be opened with this workstation's own key before the folder points to it.
async fn works(target: &Target) -> Result<(), String> {
    let home = Home::from_environment();
    let (keychain, store) = (open::keychain(&home)?, target.store.clone());
    let opened = Workstation::open_on(home, keychain, Arc::new(SystemClock::start()), |_| Ok(store)).await;
    let seat = opened.map_err(|failure| open::sentence(&failure))?;
    if seat.site().moved { Err("This store is closed too.".to_owned()) } else { Ok(()) }
}

async fn plain(arguments: Plain) -> Result<(), String> {
    let unreadable = |path: &Path, error: &dyn std::fmt::Display| format!("{}: {error}.", path.display());
    let mapping = std::fs::read(&arguments.mapping).map_err(|error| unreadable(&arguments.mapping, &error))?;
    let mapping = Mapping::read(&mapping).map_err(|error| unreadable(&arguments.mapping, &error))?;
    let rows = mapping.rows(&arguments.file).map_err(|error| unreadable(&arguments.file, &error))?;
    let mut seat = open::workstation().await?;
    open::sign_in(&mut seat, &arguments.user, None).await?;
    let stop = stop_at_ctrl_c();
    let told = |_: &_| if stop.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let (all, sum) = (rows.len(), done(seat.import_rows(&rows, &arguments.unit, told).await)?);
    println!("{all} rows: {} new, {} changed, {} there already.", sum.new, sum.changed, sum.unchanged);
    if stop.load(Ordering::SeqCst) {
        return Err("Stopped. What was stored so far stays; run it again to go on.".to_owned());
    }
    let checked = done(seat.verify_rows(&rows, arguments.sample).await)?;
    println!(
        "Compared: {} of {all} rows found, {} patients opened, {} differ.",
        checked.found, checked.opened, checked.different
    );
    if checked.found != all || checked.different > 0 {
        return Err("The store doesn't hold what the file says. The file was left as it is.".to_owned());
    }
    if !arguments.confirm {
        println!("The file was left as it is. Run it again with --confirm to wipe it.");
        return Ok(());
    }
    wipe(&arguments.file).map_err(|error| unreadable(&arguments.file, &error))?;
    println!("{} is overwritten and deleted. Copies and backups of it are yours to find.", arguments.file.display());
    Ok(())
}
