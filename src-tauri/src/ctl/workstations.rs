//! `wardsealctl workstations`: the register, newcomers, tickets; shutting out and taking out of use.

use super::open::{self, ask_line};
use super::user::id_of;
use std::path::PathBuf;
use std::time::Duration;
use uuid::Uuid;
use wardseal::app::views::{EnrolmentRow, WorkstationRow, WorkstationsView};
use wardseal::app::workstations::enrol::fingerprint;
use wardseal::app::{
    AnswerEnrolment, ApproveEnrolment, ListDue, ListTickets, ListWorkstations, MakeTicket, OrderRotation,
    RefuseEnrolment, ResetPassword, RevokeWorkstation, WithdrawTicket, Workstation,
};
use wardseal::keys::{Ending, RotationKind};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Workstations, newcomers that wait, tickets.
    List(By),
    /// Let in a newcomer that asks: it shows a code, you type it; then you read it another one.
    Approve {
        #[command(flatten)]
        by: By,
        /// The newcomer's name, where several wait.
        #[arg(long)]
        name: Option<String>,
    },
    /// Send a newcomer away.
    Refuse {
        #[command(flatten)]
        by: By,
        /// The newcomer's name, where several wait.
        #[arg(long)]
        name: Option<String>,
    },
    /// Make a ticket: whoever has the file may enrol one workstation, once, without anybody there.
    Ticket {
        #[command(flatten)]
        by: By,
        /// The file to write.
        #[arg(long)]
        out: PathBuf,
        /// For how many hours.
        #[arg(long, default_value_t = 24)]
        hours: i64,
    },
    /// Take an unused ticket back.
    Withdraw {
        #[command(flatten)]
        by: By,
        /// The ticket, as `list` names it.
        ticket: Uuid,
    },
    /// Shut a workstation out (lost, stolen, in doubt) and renew the site key without it.
    Revoke {
        #[command(flatten)]
        by: By,
        /// The workstation's name or id.
        workstation: String,
        /// A user whose password may be known to the wrong person: new keys, a password for one sign-in, and rotations
        /// of all that the user held. May be given several times.
        #[arg(long = "suspect")]
        suspects: Vec<String>,
    },
    /// Take this workstation out of use: its keys are deleted, a record is printed.
    Retire(By),
}

#[derive(clap::Args)]
pub struct By {
    /// The administrator to sign in as.
    #[arg(long = "as")]
    user: String,
}

pub async fn run(command: Command) -> Result<(), String> {
    match command {
        Command::List(by) => list(&mut seat(&by).await?).await,
        Command::Approve { by, name } => approve(&mut seat(&by).await?, name.as_deref()).await,
        Command::Refuse { by, name } => {
            let mut seat = seat(&by).await?;
            let request = waiting(&mut seat, name.as_deref()).await?.request;
            done(seat.perform(RefuseEnrolment { request }).await)?;
            println!("Sent away.");
            Ok(())
        }
        Command::Ticket { by, out, hours } => ticket(&mut seat(&by).await?, &out, hours).await,
        Command::Withdraw { by, ticket } => {
            done(seat(&by).await?.perform(WithdrawTicket { ticket }).await)?;
            println!("Taken back. The file is worth nothing any more.");
            Ok(())
        }
        Command::Revoke { by, workstation, suspects } => revoke(&mut seat(&by).await?, &workstation, &suspects).await,
        Command::Retire(by) => retire(seat(&by).await?).await,
    }
}

fn done<T>(answer: Result<T, wardseal::app::Failure>) -> Result<T, String> {
    answer.map_err(|failure| open::sentence(&failure))
}

async fn seat(by: &By) -> Result<Workstation, String> {
    let mut workstation = open::workstation().await?;
    open::sign_in(&mut workstation, &by.user, None).await?;
    Ok(workstation)
}

async fn list(seat: &mut Workstation) -> Result<(), String> {
    let WorkstationsView { workstations, requests } = done(seat.perform(ListWorkstations {}).await)?;
    workstations.iter().for_each(|row| println!("{}", line(row)));
    for row in requests {
        let was = row.formerly.map_or(String::new(), |name| format!(" (was, or is a copy of, {name})"));
        println!("asks to be let in: {}{was}, since {}", row.name, open::day(row.asked));
    }
    for row in done(seat.perform(ListTickets {}).await)? {
        println!("ticket {}: {}, made {}, until {}", row.ticket, row.state, open::day(row.made), open::day(row.until));
    }
    Ok(())
}

fn line(row: &WorkstationRow) -> String {
    let state = match row.ended {
        Some(Ending::Revoked) => " (revoked)",
        Some(Ending::Retired) => " (retired)",
        None if row.here => " (this one)",
        None => "",
    };
    let seen = row.last_seen.map_or_else(|| "never".to_owned(), open::day);
    let program = row.program.as_ref().map_or(String::new(), |version| format!(" with {version}"));
    let vouched = if row.vouched { "" } else { "; no administrator vouches for it, so it gets no renewed site key" };
    format!("{:<20} {}{state}: since {}, last here {seen}{program}{vouched}", row.name, row.id, open::day(row.enrolled))
}

async fn waiting(seat: &mut Workstation, name: Option<&str>) -> Result<EnrolmentRow, String> {
    let mut requests = done(seat.perform(ListWorkstations {}).await)?.requests;
    requests.retain(|row| name.is_none_or(|name| row.name == name));
    match requests.len() {
        1 => Ok(requests.remove(0)),
        0 => Err("Nobody asks to be let in. Start `wardsealctl enrol` on the newcomer first.".to_owned()),
        _ => Err("Several ask to be let in. Name the one with --name.".to_owned()),
    }
}

async fn approve(seat: &mut Workstation, name: Option<&str>) -> Result<(), String> {
    let EnrolmentRow { request, name, .. } = waiting(seat, name).await?;
    done(seat.perform(AnswerEnrolment { request }).await)?;
    println!("Answered {name}. Its screen shows a code.");
    while !is_ready(seat, request).await? {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let code = ask_line("Type the code that the newcomer's screen shows: ")?;
    let view = done(seat.perform(ApproveEnrolment { request, code }).await)?;
    println!("{} is let in. Read this code to its screen: {} {}", view.name, &view.code[..3], &view.code[3..]);
    Ok(())
}

async fn is_ready(seat: &mut Workstation, request: Uuid) -> Result<bool, String> {
    let rows = done(seat.perform(ListWorkstations {}).await)?.requests;
    let row = rows.into_iter().find(|row| row.request == request);
    row.map(|row| row.ready).ok_or_else(|| "The newcomer has gone away. Nothing was changed.".to_owned())
}

async fn ticket(seat: &mut Workstation, out: &std::path::Path, hours: i64) -> Result<(), String> {
    let view = done(seat.perform(MakeTicket { hours }).await)?;
    open::write_private(out, view.line.as_bytes()).map_err(|error| format!("{}: {error}.", out.display()))?;
    println!("{} lets one workstation in, once, until {}.", out.display(), open::day(view.until));
    println!("It is as good as a key: keep it like a password. Ticket {}.", view.ticket);
    Ok(())
}

/// The register first, then the site key, then what suspects held: whoever is stopped in between runs it again.
async fn revoke(seat: &mut Workstation, which: &str, suspects: &[String]) -> Result<(), String> {
    let rows = done(seat.perform(ListWorkstations {}).await)?.workstations;
    let mut found = rows.iter().filter(|row| row.name == which || row.id.to_string() == which);
    let row = found.next().ok_or_else(|| "There is no such workstation.".to_owned())?;
    if found.next().is_some() {
        return Err("Several workstations have this name. Give the id.".to_owned());
    }
    if row.ended.is_none() {
        done(seat.perform(RevokeWorkstation { workstation: row.id }).await)?;
        println!("{} is shut out: nothing it signs counts any more.", row.name);
    }
    let ordered = done(seat.perform(OrderRotation { kind: RotationKind::Site, compartment: None }).await)?;
    done(seat.rotate(ordered.job, |_| std::ops::ControlFlow::Continue(())).await)?;
    println!("The site key is renewed: every slot, every record; the other workstations take it by themselves.");
    for name in suspects {
        let user = id_of(seat, name).await?;
        let made = done(seat.perform(ResetPassword { user, compromised: true }).await)?;
        println!("{name} has new keys and this password for one sign-in: {}", made.password);
    }
    if !suspects.is_empty() {
        let due = done(seat.perform(ListDue {}).await)?;
        let jobs = done(seat.rotate_after_loss(&due).await)?;
        println!("{} rotations are ordered; the next holders' sessions carry them out.", jobs.len());
    }
    Ok(())
}

async fn retire(mut seat: Workstation) -> Result<(), String> {
    let record = done(seat.retire().await)?;
    println!("Retired: {} ({}) of {}", record.name, record.workstation, record.site);
    println!("  on            {}", open::day(record.at));
    println!("  signing key   {}", fingerprint(&record.key));
    println!("  last audit    row {}, {}", record.audit.0, hex(&record.audit.1));
    println!("  keychain      {} keys deleted", record.deleted);
    println!("Its audit stays in the folder: keep it as long as the law says.");
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
