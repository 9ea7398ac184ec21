//! `wardsealctl inventory`: what is stored, how, and who reads it. Needs no key and no clinic.

use wardseal::app::inventory::{inventory, inventory_markdown};

#[derive(clap::Args)]
pub struct Arguments {
    /// One JSON object a field, a line each.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments) -> Result<(), String> {
    if !arguments.json {
        print!("{}", inventory_markdown());
        return Ok(());
    }
    for row in inventory() {
        println!(
            "{}",
            serde_json::to_string(&row).map_err(|error| format!("The inventory can't be printed: {error}."))?
        );
    }
    Ok(())
}
