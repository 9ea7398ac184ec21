//! `wardsealctl retention`: which records are due to be archived, and archiving them.

use super::open;
use wardseal::app::patients::{ArchiveRecord, FindOldRecords, Retained};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Say which records are due, and which a legal hold keeps.
    Due(By),
    /// Archive the records that are due; those under a legal hold stay in use.
    Archive(By),
}

#[derive(clap::Args)]
pub struct By {
    /// The user to sign in as.
    #[arg(long = "as")]
    by: String,
}

pub async fn run(command: Command) -> Result<(), String> {
    let (by, look) = match command {
        Command::Due(by) => (by, true),
        Command::Archive(by) => (by, false),
    };
    let mut seat = open::workstation().await?;
    open::sign_in(&mut seat, &by.by, None).await?;
    let old = seat.perform(FindOldRecords {}).await.map_err(|failure| open::sentence(&failure))?;
    let (mut done, mut held) = (0, 0);
    for patient in old.patients {
        match seat.perform(ArchiveRecord { patient, look }).await {
            Ok(Retained::Archived) => done += 1,
            Ok(Retained::Due) => {
                println!("{patient} is due");
                done += 1;
            }
            Ok(Retained::Held) => {
                println!("{patient} is due, and a legal hold keeps it");
                held += 1;
            }
            Ok(Retained::Kept(_) | Retained::OutOfUse) => {}
            Err(failure) => eprintln!("{patient}: {}", open::sentence(&failure)),
        }
    }
    let what = if look { "due" } else { "archived" };
    println!("{done} records {what}; {held} kept by a legal hold.");
    Ok(())
}
