//! `wardsealctl`: what IT does from a command line. Whatever touches patient data signs in as a named user.

mod atlas;
mod audit;
mod demo;
mod doctor;
mod enrol;
mod erase;
mod found;
mod import;
mod interactions;
mod inventory;
mod keys;
mod kms;
mod migrate;
mod open;
mod recovery;
mod retention;
mod schedule;
mod server;
mod store;
mod user;
mod workstations;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Set up and look after a Wardseal workstation.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Found a clinic on this machine: first administrator, first clinician, recovery shares.
    Found(found::Arguments),
    /// Make a demo clinic with invented patients.
    Demo(demo::Arguments),
    /// Join a site with this machine.
    Enrol(enrol::Arguments),
    /// Workstations of the site: let in, shut out, take out of use.
    #[command(subcommand)]
    Workstations(workstations::Command),
    /// Name what stands between this machine and its servers, with a line for whoever can mend it.
    Doctor(doctor::Arguments),
    /// Move the site to another store, or plaintext into the store.
    #[command(subcommand)]
    Migrate(migrate::Command),
    /// Import records as a named service user.
    #[command(subcommand)]
    Import(import::Command),
    /// Print every stored field: class, compartment, encryption, index, what it leaks, who reads it.
    Inventory(inventory::Arguments),
    /// The interaction table: show it, check its signature, sign another.
    #[command(subcommand)]
    Interactions(interactions::Command),
    /// See how the keys are, and replace them while people work.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Users: add, list, change roles, lock out, reset passwords.
    #[command(subcommand)]
    User(user::Command),
    /// Access that was ordered and waits for a colleague's confirmation.
    #[command(subcommand)]
    Grants(user::Grants),
    /// Recovery shares: try, renew, use, restore a site with them.
    #[command(subcommand)]
    Recovery(recovery::Command),
    /// Erase a patient's record by two people; legal holds.
    #[command(subcommand)]
    Erase(erase::Command),
    /// Records that are due to be archived: say which, archive them.
    #[command(subcommand)]
    Retention(retention::Command),
    /// The clinic's hours, holidays, visit types, rooms, providers and their absences.
    #[command(subcommand)]
    Schedule(schedule::Command),
    /// Keep the page that the waiting room's screen shows: tokens, no names.
    Board(schedule::Board),
    /// Send the reminders that are due.
    Remind(user::By),
    /// Look at the audit.
    #[command(subcommand)]
    Audit(audit::Command),
    /// What the administrator of a MongoDB server or Atlas cluster needs.
    #[command(subcommand)]
    Atlas(atlas::Command),
    /// Look at the embedded store.
    #[command(subcommand)]
    Store(store::Command),
}

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_env("WARDSEAL_LOG");
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    wardseal::quiet::tell_only_where();
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments.command)),
        Err(error) => Err(format!("The program can't start: {error}.")),
    };
    match done {
        Ok(code) => code,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode, String> {
    let done = match command {
        Command::Found(arguments) => found::run(arguments).await,
        Command::Demo(arguments) => demo::run(arguments).await,
        Command::Enrol(arguments) => enrol::run(arguments).await,
        Command::Workstations(command) => workstations::run(command).await,
        Command::Doctor(arguments) => return doctor::run(arguments).await,
        Command::Migrate(command) => migrate::run(command).await,
        Command::Import(command) => import::run(command).await,
        Command::Inventory(arguments) => inventory::run(&arguments),
        Command::Interactions(command) => interactions::run(command).await,
        Command::Keys(command) => return keys::run(command).await,
        Command::User(command) => user::run(command).await,
        Command::Grants(command) => user::grants(command).await,
        Command::Recovery(command) => recovery::run(command).await,
        Command::Erase(command) => erase::run(command).await,
        Command::Retention(command) => retention::run(command).await,
        Command::Schedule(command) => schedule::run(command).await,
        Command::Board(arguments) => schedule::board(arguments).await,
        Command::Remind(by) => schedule::remind(by).await,
        Command::Audit(command) => audit::run(command).await,
        Command::Atlas(command) => atlas::run(command).await,
        Command::Store(command) => store::run(command).await,
    };
    done.map(|()| ExitCode::SUCCESS)
}
