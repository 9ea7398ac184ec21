//! `wardsealctl enrol`: this machine joins a site, with an administrator at another workstation or with a ticket.

use super::open::{self, ask_line};
use super::server;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use wardseal::app::Home;
use wardseal::app::place::Place;
use wardseal::app::workstations::enrol::{Asked, EnrolFailed, Enrolled, Newcomer, Received, claimed_environment};
use wardseal::clock::SystemClock;
use wardseal::keys::{Environment, OsKeychain};
use wardseal::store::Store;
use wardseal::store::embedded::Embedded;

/// How long a newcomer waits for the administrator, in seconds.
const PATIENCE: u32 = 15 * 60;

#[derive(clap::Args)]
pub struct Arguments {
    /// What people are to call this workstation.
    #[arg(long)]
    name: String,
    /// The folder with the site's store, where it lies in files.
    #[arg(long)]
    store: Option<PathBuf>,
    /// The site's store is on a server: its connection string is asked for first.
    #[arg(long, conflicts_with = "store")]
    atlas: bool,
    #[command(flatten)]
    server: server::Way,
    /// A ticket that an administrator made: nobody has to be there.
    #[arg(long, conflicts_with = "again")]
    ticket: Option<PathBuf>,
    /// This machine was enrolled before and is a copy, was revoked, or was brought back: it keeps its data and becomes a
    /// workstation of its own.
    #[arg(long)]
    again: bool,
}

pub async fn run(arguments: Arguments) -> Result<(), String> {
    let home = Home::from_environment();
    if !arguments.again && home.enrolment().map_err(unreadable)?.is_some() {
        return Err(
            "This folder belongs to a site already. Nothing was changed; a copy is enrolled with --again.".into()
        );
    }
    home.create().map_err(unreadable)?;
    let named = arguments.atlas.then(|| arguments.server.ask()).transpose()?;
    if let Some(folder) = &arguments.store {
        home.join_store(folder).map_err(|error| format!("{}: {error}.", folder.display()))?;
        server::in_files(&home)?;
    }
    let store = match &named {
        Some(named) => named.open().await?,
        None => site_store(&home).await?,
    };
    let environment = claimed_environment(store.as_ref()).await.map_err(|failed| told(&failed))?;
    let keychain = OsKeychain::open(environment).map_err(|error| error.to_string())?;
    let place = named.map(|named| named.keep(&home, &keychain)).transpose()?;
    let clock = SystemClock::start();
    let newcomer = Newcomer {
        home: &home,
        keychain: &keychain,
        store: store.as_ref(),
        clock: &clock,
        name: arguments.name.clone(),
    };
    let enrolled = match &arguments.ticket {
        Some(ticket) => with_ticket(&newcomer, ticket).await,
        None => with_code(&newcomer, arguments.again).await,
    };
    if enrolled.is_err()
        && let Some(place) = place
    {
        server::forget(&place, &home, &keychain);
    }
    let enrolled = enrolled?;
    println!("Enrolled with {} as {} ({}).", enrolled.site, arguments.name, enrolled.workstation);
    Ok(())
}

/// The store to join, which has to be there: where policy or an earlier enrolment say, or in files.
async fn site_store(home: &Home) -> Result<Arc<dyn Store>, String> {
    if let place @ Place::Atlas(_) = Place::of(home).map_err(|failure| open::sentence(&failure))? {
        let enrolled = home.enrolment().map_err(unreadable)?;
        let environment = enrolled.map_or(Environment::Production, |enrolment| enrolment.environment);
        let keychain = OsKeychain::open(environment).map_err(|error| error.to_string())?;
        return place.open(home, &keychain).await.map_err(|failure| open::sentence(&failure));
    }
    if !home.store().exists() {
        return Err(format!(
            "{}: there is no store. Name its folder with --store, or a server with --atlas.",
            home.store().display()
        ));
    }
    let store = Embedded::open(&home.store()).map_err(|error| format!("{}.", open::capital(&error.to_string())))?;
    Ok(Arc::new(store))
}

async fn with_ticket(newcomer: &Newcomer<'_>, ticket: &Path) -> Result<Enrolled, String> {
    let line = std::fs::read(ticket).map_err(|error| format!("{}: {error}.", ticket.display()))?;
    let enrolled = newcomer.redeem(&line).await.map_err(|failed| told(&failed))?;
    if let Err(error) = std::fs::remove_file(ticket) {
        eprintln!("{}: {error}. The ticket is used up all the same.", ticket.display());
    }
    Ok(enrolled)
}

async fn with_code(newcomer: &Newcomer<'_>, again: bool) -> Result<Enrolled, String> {
    let mut asked = newcomer.ask(again).await.map_err(|failed| told(&failed))?;
    println!("Asked. An administrator at another workstation answers: wardsealctl workstations approve");
    let done = paired(newcomer, &mut asked).await;
    if done.is_err() {
        newcomer.clear_request(&asked).await;
    }
    done
}

async fn paired(newcomer: &Newcomer<'_>, asked: &mut Asked) -> Result<Enrolled, String> {
    let code = loop_until(async || newcomer.reveal(asked).await).await?;
    println!("Read this code to the administrator: {} {}", &code[..3], &code[3..]);
    let received: Received = loop_until(async || newcomer.receive(asked).await).await?;
    let typed = ask_line("Type the code that the administrator's screen shows now: ")?;
    newcomer.settle(asked, &received, &typed).await.map_err(|failed| told(&failed))
}

async fn loop_until<T>(mut look: impl AsyncFnMut() -> Result<Option<T>, EnrolFailed>) -> Result<T, String> {
    for _ in 0..PATIENCE * 2 {
        if let Some(found) = look().await.map_err(|failed| told(&failed))? {
            return Ok(found);
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(500)) => {}
            _ = tokio::signal::ctrl_c() => return Err("Stopped. Nothing was changed on this machine.".to_owned()),
        }
    }
    Err("Nobody answered. Nothing was changed on this machine; ask again.".to_owned())
}

fn told(failed: &EnrolFailed) -> String {
    match failed {
        EnrolFailed::Founding(failed) => open::founding_sentence(failed),
        EnrolFailed::WrongCode => format!("{}.", open::capital(&failed.to_string())),
        other => format!("{}. Nothing was changed on this machine.", open::capital(&other.to_string())),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn unreadable(error: std::io::Error) -> String {
    format!("The workstation's folder can't be read or made: {error}.")
}
