//! `wardsealctl store check`: the embedded store against itself.

use wardseal::app::Home;
use wardseal::store::Checked;
use wardseal::store::embedded::Embedded;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Compare tags, counters and documents; needs no key.
    Check,
}

pub async fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Check => check().await,
    }
}

async fn check() -> Result<(), String> {
    let store = Embedded::open(&Home::from_environment().store()).map_err(|error| format!("{error}."))?;
    let checked = store.check().await.map_err(|error| format!("The store is damaged: {error}."))?;
    let Checked { documents, tags, state } = checked;
    println!("The store is whole: {documents} documents, {tags} tags, {state} rows of counters.");
    Ok(())
}
