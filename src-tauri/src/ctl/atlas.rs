//! `wardsealctl atlas`: what the administrator of the server needs: roles, settings, and a look at both.

use super::open::{ask, capital};
use clap::Subcommand;
use wardseal::app::place::Cluster;
use wardseal::store::atlas::observers::{self, Finding};
use wardseal::store::atlas::{Role, roles};
use zeroize::Zeroizing;

#[derive(Subcommand)]
pub enum Command {
    /// Print the roles of the accounts, for mongosh or for Atlas.
    Roles(Roles),
    /// Print what the server's configuration file says so that no command is written down.
    Settings,
    /// Ask the server, with an administrator's account, whether anything writes commands down.
    Check(Check),
}

#[derive(clap::Args)]
pub struct Roles {
    /// As lines for the Atlas command-line tool.
    #[arg(long)]
    atlas_cli: bool,
}

#[derive(clap::Args)]
pub struct Check {
    /// A PEM file of the authorities that may have signed the server's certificate.
    #[arg(long)]
    ca_file: Option<std::path::PathBuf>,
}

pub async fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Roles(arguments) => roles().iter().for_each(|role| print_role(role, arguments.atlas_cli)),
        Command::Settings => print!("{}", observers::SETTINGS),
        Command::Check(arguments) => return check(arguments).await,
    }
    Ok(())
}

fn print_role(role: &Role, atlas: bool) {
    if atlas {
        println!("# {}: for {}\n{}\n", role.name, role.whom, role.atlas_line());
    } else {
        println!("// {}: for {}\ndb.getSiblingDB(\"admin\").runCommand({})\n", role.name, role.whom, role.command());
    }
}

async fn check(arguments: Check) -> Result<(), String> {
    let typed = ask("Connection string of an administrator (it isn't kept): ")?;
    // EXPOSE: the driver takes the connection string as text.
    let uri = Zeroizing::new(typed.expose().trim().to_owned());
    let cluster = Cluster { ca_file: arguments.ca_file, ..Cluster::default() };
    let found = observers::look(&cluster.address_of(uri)).await;
    let found = found.map_err(|error| format!("{}. Nothing was changed.", capital(&error.to_string())))?;
    found.iter().for_each(|finding| println!("{}", sentence(*finding)));
    let bad = found.iter().any(|finding| finding.is_good() == Some(false));
    if bad { Err("The server may write commands down: see `wardsealctl atlas settings`.".to_owned()) } else { Ok(()) }
}

fn sentence(finding: Finding) -> String {
    match finding {
        Finding::ProfilerOff(database) => format!("The profiler of {database} is off."),
        Finding::ProfilerOn(database) => format!("The profiler of {database} is on: it writes down commands."),
        Finding::CommandsNotAudited => "The server's audit leaves successful commands out.".to_owned(),
        Finding::CommandsAudited => {
            "The server's audit writes down successful commands with what they hold.".to_owned()
        }
        Finding::LogRedacted => "The server's log leaves out what clients send.".to_owned(),
        Finding::LogNotRedacted => "The server's log may quote what clients send.".to_owned(),
        Finding::Unanswered(what) => {
            format!("The server doesn't say how {what} stands: it has no such setting, or not for this account.")
        }
    }
}
