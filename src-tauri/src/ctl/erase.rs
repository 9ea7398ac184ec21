//! `wardsealctl erase`: erase a patient by two people, or keep a record from being erased.

use super::open;
use uuid::Uuid;
use wardseal::app::{
    Action, ApproveErasure, LiftHold, ListErasures, RequestErasure, SearchPatients, SetHold, WithdrawErasure,
    Workstation,
};
use wardseal::keys::ErasureReason;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Ask for an erasure.
    Request {
        #[command(flatten)]
        of: Of,
        /// patient_request, entered_in_error, retention_ended or court_order.
        #[arg(long, value_parser = reason)]
        reason: ErasureReason,
    },
    /// Approve what another has asked for. Nothing brings the record back afterwards.
    Approve(Of),
    /// Take a request back.
    Withdraw(Of),
    /// Set a legal hold: the record can't be erased.
    Hold(Of),
    /// Release a legal hold: the first person asks, another releases it.
    Release(Of),
    /// Requests, erased records and holds.
    List {
        /// The user to sign in as.
        #[arg(long = "as")]
        by: String,
    },
    /// Finish what was approved and stopped in between; starting Wardseal does it too.
    Resume,
}

#[derive(clap::Args)]
pub struct Of {
    /// The user to sign in as.
    #[arg(long = "as")]
    by: String,
    /// The patient's id.
    #[arg(long, conflicts_with = "find", required_unless_present = "find")]
    patient: Option<Uuid>,
    /// What finds exactly this patient, such as the MRN, for those who may search.
    #[arg(long)]
    find: Option<String>,
}

fn reason(code: &str) -> Result<ErasureReason, String> {
    ErasureReason::from_code(code).ok_or_else(|| "there is no such reason".to_owned())
}

pub async fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Request { of, reason } => {
            let (mut seat, patient) = found(&of).await?;
            perform(&mut seat, RequestErasure { patient, reason }).await?;
            println!("Asked for the erasure of {patient}. Somebody else approves it.");
        }
        Command::Approve(of) => {
            let (mut seat, patient) = found(&of).await?;
            seat.erase(ApproveErasure { patient }).await.map_err(|failure| open::sentence(&failure))?;
            println!("Erased {patient}: the keys are destroyed, the record is gone.");
        }
        Command::Withdraw(of) => {
            let (mut seat, patient) = found(&of).await?;
            perform(&mut seat, WithdrawErasure { patient }).await?;
            println!("Taken back.");
        }
        Command::Hold(of) => {
            let (mut seat, patient) = found(&of).await?;
            perform(&mut seat, SetHold { patient }).await?;
            println!("The record of {patient} can't be erased before two people release it.");
        }
        Command::Release(of) => {
            let (mut seat, patient) = found(&of).await?;
            perform(&mut seat, LiftHold { patient }).await?;
            let held = perform(&mut seat, ListErasures {}).await?.held.contains(&patient);
            println!("{}", if held { "Asked. Somebody else releases the hold." } else { "Released." });
        }
        Command::List { by } => list(&by).await?,
        Command::Resume => {
            let workstation = open::workstation().await?;
            workstation.finish_erasures().await.map_err(|failure| open::sentence(&failure))?;
            println!("Nothing that was approved is left to be erased.");
        }
    }
    Ok(())
}

async fn perform<A: Action>(workstation: &mut Workstation, action: A) -> Result<A::Output, String> {
    workstation.perform(action).await.map_err(|failure| open::sentence(&failure))
}

async fn found(of: &Of) -> Result<(Workstation, Uuid), String> {
    let mut seat = open::workstation().await?;
    open::sign_in(&mut seat, &of.by, None).await?;
    if let Some(patient) = of.patient {
        return Ok((seat, patient));
    }
    let query = of.find.clone().unwrap_or_default();
    let search: SearchPatients = serde_json::from_value(serde_json::json!({ "query": query, "offset": 0, "limit": 2 }))
        .map_err(|_| "This can't be searched for.".to_owned())?;
    let page = perform(&mut seat, search).await?;
    match page.rows.as_slice() {
        [only] => Ok((seat, only.patient)),
        rows => Err(format!("{} patients are found; nothing was done.", rows.len())),
    }
}

async fn list(by: &str) -> Result<(), String> {
    let mut seat = open::workstation().await?;
    open::sign_in(&mut seat, by, None).await?;
    let view = perform(&mut seat, ListErasures {}).await?;
    for row in &view.erasures {
        let approved = row.approved_by.as_ref().map(|by| format!(", approved by {by}")).unwrap_or_default();
        let done = row.done.map(|at| format!(", done {}", open::day(at))).unwrap_or_default();
        let (patient, state, reason) = (row.patient, &row.state, &row.reason);
        println!(
            "{patient} {state}: {reason}, asked for by {} {}{approved}{done}",
            row.requested_by,
            open::day(row.requested)
        );
    }
    for patient in &view.held {
        println!("{patient} legal hold");
    }
    if view.erasures.is_empty() && view.held.is_empty() {
        println!("No erasure was asked for, and no legal hold stands.");
    }
    Ok(())
}
