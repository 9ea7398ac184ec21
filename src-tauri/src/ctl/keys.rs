//! `wardsealctl keys`: how the keys are, and replacing them. An administrator orders, a holder carries out.

use super::import::stop_at_ctrl_c;
use super::kms;
use super::open;
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use uuid::Uuid;
use wardseal::app::{
    Code, KeyStatusView, KeysStatus, ListDue, ListRotations, MoveRoot, OrderRotation, PauseRotation, RotationView,
    Workstation,
};
use wardseal::keys::{MasterKey, RotationKind};
use wardseal::record::Compartment;

/// Exit code of `keys status` when something is to be done.
const ATTENTION: u8 = 3;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Ages, epochs, what is overdue (exit code 3), running rotations, shares, unencrypted values.
    Status {
        /// The user to sign in as.
        #[arg(long = "as")]
        user: String,
    },
    /// Keep credentials for a compartment's key management service in the keychain, from standard input.
    Credentials(kms::Credentials),
    /// Replace keys while people work.
    #[command(subcommand)]
    Rotate(Rotate),
    /// Order new roots and data keys for what somebody held who has left or changed roles.
    Loss {
        /// Compartments: front, insurance, national_id, clinical, restricted, audit. Without any: those that are due.
        #[arg(value_parser = compartment)]
        compartments: Vec<Compartment>,
        /// The administrator who orders.
        #[arg(long)]
        admin: String,
    },
    /// Carry out open rotations that this user holds the keys for, from where they stopped.
    Resume {
        /// A user who holds the compartments; for the site key an administrator.
        #[arg(long = "as")]
        user: String,
    },
    /// Let a rotation rest.
    Pause(Which),
    /// Let a resting rotation go on.
    Continue(Which),
}

#[derive(clap::Args)]
pub struct Which {
    /// The rotation, as `keys status` names it.
    job: Uuid,
    /// The administrator.
    #[arg(long)]
    admin: String,
}

#[derive(clap::Subcommand)]
pub enum Rotate {
    /// The root of a compartment: its data keys are wrapped anew.
    Master(OfRoot),
    /// The data keys of a compartment: every value is encrypted anew.
    Data(OfCompartment),
    /// The keys of the search indexes: patients move to a new collection.
    Index(By),
    /// The site key in the keychain.
    Site {
        /// The administrator who orders it and carries it out.
        #[arg(long)]
        admin: String,
    },
}

#[derive(clap::Args)]
pub struct OfCompartment {
    /// front, insurance, national_id, clinical, restricted or audit.
    #[arg(value_parser = compartment)]
    compartment: Compartment,
    #[command(flatten)]
    by: By,
}

#[derive(clap::Args)]
pub struct OfRoot {
    #[command(flatten)]
    of: OfCompartment,
    /// From now on this key of a service wraps the data keys too: kmip:HOST, aws:ARN, azure:VAULT/NAME, gcp:projects/…
    #[arg(long, value_parser = kms::master)]
    kms: Option<MasterKey>,
    /// From now on no service wraps them.
    #[arg(long, conflicts_with = "kms")]
    local: bool,
}

#[derive(clap::Args)]
pub struct By {
    /// The administrator who orders it.
    #[arg(long)]
    admin: String,
    /// A user who holds the keys and carries it out; without one it waits for `keys resume`.
    #[arg(long)]
    holder: Option<String>,
}

pub fn compartment(code: &str) -> Result<Compartment, String> {
    let found = Compartment::ALL.into_iter().find(|one| one.code() == code);
    found.ok_or_else(|| "there is no such compartment".to_owned())
}

pub async fn run(command: Command) -> Result<ExitCode, String> {
    let command = match command {
        Command::Credentials(arguments) => return kms::keep(arguments).await.map(|()| ExitCode::SUCCESS),
        other => other,
    };
    let mut workstation = open::workstation().await?;
    match command {
        Command::Credentials(_) => Ok(ExitCode::SUCCESS),
        Command::Status { user } => status(&mut workstation, &user).await,
        Command::Rotate(rotate) => rotate_keys(&mut workstation, rotate).await.map(|()| ExitCode::SUCCESS),
        Command::Loss { compartments, admin } => {
            open::sign_in(&mut workstation, &admin, None).await?;
            let compartments = if compartments.is_empty() {
                workstation.perform(ListDue {}).await.map_err(|failure| open::sentence(&failure))?
            } else {
                compartments
            };
            let ordered =
                workstation.rotate_after_loss(&compartments).await.map_err(|failure| open::sentence(&failure))?;
            ordered.iter().for_each(|job| println!("ordered: {}", line(job)));
            Ok(ExitCode::SUCCESS)
        }
        Command::Resume { user } => resume(&mut workstation, &user).await.map(|()| ExitCode::SUCCESS),
        Command::Pause(which) => pause(&mut workstation, which, true).await,
        Command::Continue(which) => pause(&mut workstation, which, false).await,
    }
}

async fn rotate_keys(workstation: &mut Workstation, rotate: Rotate) -> Result<(), String> {
    let mut moved = None;
    let (kind, compartment, admin, holder) = match rotate {
        Rotate::Master(OfRoot { of, kms, local }) => {
            moved = (local || kms.is_some()).then_some(MoveRoot { compartment: of.compartment, to: kms });
            (RotationKind::Master, Some(of.compartment), of.by.admin, of.by.holder)
        }
        Rotate::Data(of) => (RotationKind::Data, Some(of.compartment), of.by.admin, of.by.holder),
        Rotate::Index(by) => (RotationKind::Index, None, by.admin, by.holder),
        Rotate::Site { admin } => (RotationKind::Site, None, admin.clone(), Some(admin)),
    };
    open::sign_in(workstation, &admin, None).await?;
    let ordered = match moved {
        Some(moved) => workstation.perform(moved).await,
        None => workstation.perform(OrderRotation { kind, compartment }).await,
    };
    let ordered = ordered.map_err(|failure| open::sentence(&failure))?;
    println!("ordered: {}", line(&ordered));
    let Some(holder) = holder else { return Ok(()) };
    if holder != admin {
        open::sign_in(workstation, &holder, None).await?;
    }
    carry_out(workstation, ordered.job).await
}

async fn carry_out(workstation: &mut Workstation, job: Uuid) -> Result<(), String> {
    let (stop, live) = (stop_at_ctrl_c(), std::io::stderr().is_terminal());
    let told = |view: &RotationView| {
        if live {
            eprint!("\r{}", line(view));
            // Progress is a courtesy: where standard error is gone there is nobody to tell.
            _ = std::io::stderr().flush();
        }
        if stop.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let done = workstation.rotate(job, told).await.map_err(|failure| open::sentence(&failure))?;
    if live {
        eprintln!();
    }
    println!("{}: {}", if done.ended { "done" } else { "stopped" }, line(&done));
    if done.ended { Ok(()) } else { Err("Stopped. What was done stays; `keys resume` goes on from here.".to_owned()) }
}

async fn resume(workstation: &mut Workstation, user: &str) -> Result<(), String> {
    open::sign_in(workstation, user, None).await?;
    let jobs = workstation.perform(ListRotations {}).await.map_err(|failure| open::sentence(&failure))?;
    let mut waiting = 0;
    for job in jobs.iter().filter(|job| !job.ended) {
        if job.paused || !job.mine {
            waiting += 1;
            println!("waits: {}", line(job));
            continue;
        }
        carry_out(workstation, job.job).await?;
    }
    if waiting == 0 {
        Ok(())
    } else {
        Err(format!("{waiting} rotations wait: for another user, or because they rest."))
    }
}

async fn pause(workstation: &mut Workstation, which: Which, paused: bool) -> Result<ExitCode, String> {
    open::sign_in(workstation, &which.admin, None).await?;
    let done = workstation.perform(PauseRotation { job: which.job, paused }).await;
    let done = done.map_err(|failure| match failure.code {
        Code::NotFound => "There is no such rotation.".to_owned(),
        _ => open::sentence(&failure),
    })?;
    println!("{}", line(&done));
    Ok(ExitCode::SUCCESS)
}

async fn status(workstation: &mut Workstation, user: &str) -> Result<ExitCode, String> {
    open::sign_in(workstation, user, None).await?;
    let status = workstation.perform(KeysStatus {}).await.map_err(|failure| open::sentence(&failure))?;
    print_status(&status);
    let fine = status.unencrypted == 0
        && status.due.is_empty()
        && !status.keys.iter().any(|key| key.overdue)
        && !status.running.iter().any(|job| job.stuck);
    Ok(if fine { ExitCode::SUCCESS } else { ExitCode::from(ATTENTION) })
}

fn print_status(status: &KeyStatusView) {
    println!("environment: {}", status.environment);
    for key in &status.keys {
        let holders = key.holders.map(|holders| format!(", {holders} holders")).unwrap_or_default();
        let overdue = if key.overdue { ", OVERDUE" } else { "" };
        let service = key.service.as_ref().map(|address| format!(", at {address}")).unwrap_or_default();
        println!("{:<28} number {}, {} days old{holders}{service}{overdue}", key.name, key.number, key.days);
    }
    println!("key vault: {} data keys", status.vault);
    println!("unencrypted: {} of {} values", status.unencrypted, status.values);
    let (needed, shares) = status.shares;
    let places = if status.shares_at.is_empty() {
        "nobody noted where they are".to_owned()
    } else {
        status.shares_at.join(", ")
    };
    println!("recovery: {needed} of {shares} shares; {places}");
    match status.restored_days {
        Some(days) => println!("last restore test: {days} days ago"),
        None => println!("last restore test: never"),
    }
    if !status.due.is_empty() {
        println!("due after a loss, order with `keys loss`: {}", status.due.join(", "));
    }
    println!("running: {}", status.running.len());
    status.running.iter().for_each(|job| println!("  {}", line(job)));
}

fn line(job: &RotationView) -> String {
    let kind = match job.kind {
        RotationKind::Master => "master",
        RotationKind::Data => "data",
        RotationKind::Index => "index",
        RotationKind::Site => "site",
    };
    let of = job.compartment.as_deref().map(|code| format!(" {code}")).unwrap_or_default();
    let state = match job {
        RotationView { stuck: true, .. } => ", stopped by damaged documents",
        RotationView { paused: true, .. } => ", resting",
        _ => "",
    };
    let percent = job.per_mille / 10;
    format!("{} {kind}{of} {}→{}: {percent} %, {} documents{state}", job.job, job.from, job.from + 1, job.documents)
}
