//! `wardsealctl store`: the embedded store checked against itself, and its counters tended.

use super::open;
use std::ops::ControlFlow;
use std::time::Duration;
use wardseal::app::check_store::StoreCheck;
use wardseal::app::place::Place;
use wardseal::app::{CheckStore, Home, Workstation};
use wardseal::store::Checked;
use wardseal::store::embedded::Embedded;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Compare tags, counters and documents; as a user also heads, sections, searches and keys.
    Check {
        /// Sign in as this user, to check with their keys what can't be seen without.
        #[arg(long = "as")]
        user: Option<String>,
    },
    /// Shrink the counters behind the encrypted fields; searches stay the same.
    Compact(Tend),
    /// As compact, and merge what earlier compactions left.
    Cleanup(Tend),
}

#[derive(clap::Args)]
pub struct Tend {
    /// Sign in as this user.
    #[arg(long = "as", default_value = "import")]
    user: String,
    /// Work in slices of so many patients, so that others who work wait less; without it all is one transaction.
    #[arg(long)]
    slice: Option<u32>,
}

pub async fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Check { user: None } => check().await,
        Command::Check { user: Some(user) } => check_as(&user).await,
        Command::Compact(tend) => tend_as(&tend, false).await,
        Command::Cleanup(tend) => tend_as(&tend, true).await,
    }
}

async fn check() -> Result<(), String> {
    let home = Home::from_environment();
    if !Place::of(&home).map_err(|failure| open::sentence(&failure))?.is_embedded() {
        return Err(
            "The store is on a server, which checks its own pages. Records, searches and keys: --as USER.".into()
        );
    }
    let store = Embedded::open(&home.store()).map_err(|error| format!("{error}."))?;
    let checked = store.check().await.map_err(|error| format!("The store is damaged: {error}."))?;
    let Checked { documents, tags, state } = checked;
    println!("The store is whole: {documents} documents, {tags} tags, {state} rows of counters.");
    println!("Records, searches and keys are checked with `--as USER`.");
    Ok(())
}

async fn signed_in(user: &str) -> Result<Workstation, String> {
    let mut workstation = open::workstation().await?;
    open::sign_in(&mut workstation, user, None).await?;
    Ok(workstation)
}

async fn check_as(user: &str) -> Result<(), String> {
    let mut workstation = signed_in(user).await?;
    let checked = workstation.perform(CheckStore {}).await;
    workstation.sign_out().await.map_err(|failure| open::sentence(&failure))?;
    report(&checked.map_err(|failure| open::sentence(&failure))?)
}

fn report(check: &StoreCheck) -> Result<(), String> {
    let StoreCheck { documents, patients, items, searches, closed, findings } = check;
    println!("{documents} documents; {patients} patients and {items} items opened; {searches} searches made.");
    if !closed.is_empty() {
        println!("Not looked into, as this user has no keys for it: {}.", closed.join(", "));
    }
    for finding in findings {
        let record = finding.record.map_or(String::new(), |record| format!(" {record}"));
        println!("{}{record}: {}", finding.collection, finding.what);
    }
    match findings.len() {
        0 => {
            println!("The store is whole.");
            Ok(())
        }
        count => Err(format!("The store is damaged: {count} findings.")),
    }
}

async fn tend_as(tend: &Tend, cleanup: bool) -> Result<(), String> {
    let mut workstation = signed_in(&tend.user).await?;
    let progress = workstation.store().progress();
    let watched = progress.clone();
    let watch = tokio::spawn(async move {
        let Some(progress) = watched else { return };
        loop {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => progress.stop(),
                () = tokio::time::sleep(Duration::from_secs(2)) => {
                    let (done, of) = progress.now();
                    eprintln!("{done} of {of} values");
                }
            }
        }
    });
    let mut before = None;
    let tended = workstation.tend(cleanup, tend.slice, |tended| {
        before.get_or_insert(tended);
        ControlFlow::Continue(())
    });
    let tended = tended.await;
    watch.abort();
    workstation.sign_out().await.map_err(|failure| open::sentence(&failure))?;
    tended.map_err(|failure| open::sentence(&failure))?;
    if let Some(before) = before {
        println!("Worked off the entries of {} patients; there were {} rows of counters.", before.waiting, before.rows);
    }
    Ok(())
}
