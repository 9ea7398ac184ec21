//! `wardsealctl audit verify`: the chain, by anyone who has the file and the workstation's public key.

use super::open;
use wardseal::app::Home;
use wardseal::audit::{Verified, verify};

#[derive(clap::Subcommand)]
pub enum Command {
    /// Check every row, the chain and the signed heads; name the first row that is broken.
    Verify,
}

pub async fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Verify => verify_chain().await,
    }
}

async fn verify_chain() -> Result<(), String> {
    let home = Home::from_environment();
    let public = open::workstation_key(&home)?;
    match verify(&home.audit(), &public, None) {
        Ok(verified) => {
            let Verified { rows, heads, signed_to, .. } = verified;
            println!("The audit is whole: {rows} rows, {heads} signed heads, signed up to row {signed_to}.");
            Ok(())
        }
        Err(broken) => Err(format!("The audit is broken at row {}: {}.", broken.seq, broken.what)),
    }
}
