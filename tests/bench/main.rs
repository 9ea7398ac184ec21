//! What things cost, each beside a baseline measured in the same run. Prints figures and ratios; asserts nothing.
//!
//! `cargo bench --bench wardseal -- [--patients FILE] [--json] [import] [search] [registration] [chart] [week]
//! [interactions] [sign-in] [wire] [audit]`, all of them when none is named; `search` has `registration` in it, which alone
//! puts the patients in and measures nothing else, for many of them. FILE holds one patient a line, as `./task bench` makes
//! them; without it the demo's are taken.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a benchmark fails by panicking")]

mod audit;
mod bare;
mod chart;
mod clinic;
mod figures;
mod floor;
mod import;
mod interactions;
mod registration;
mod search;
#[path = "../it/wire/mod.rs"]
mod server;
mod sign_in;
mod size;
mod week;
mod wire;

use figures::Figures;
use std::path::PathBuf;

/// What the command line asks for.
struct Wanted {
    patients: Option<PathBuf>,
    json: bool,
    names: Vec<String>,
}

impl Wanted {
    fn read() -> Self {
        let mut wanted = Self { patients: None, json: false, names: Vec::new() };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            match word.as_str() {
                "--patients" => wanted.patients = words.next().map(PathBuf::from),
                "--json" => wanted.json = true,
                // Cargo says so to every benchmark.
                "--bench" => {}
                name => wanted.names.push(name.to_owned()),
            }
        }
        wanted
    }

    fn has(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|one| one == name)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let wanted = Wanted::read();
    let mut figures = Figures::start();
    if wanted.has("import") || wanted.has("search") {
        let mut clinic = clinic::Clinic::new(clinic::CHEAP).await;
        let patients = import::run(&mut clinic, wanted.patients.as_deref(), &mut figures).await;
        if wanted.has("search") {
            search::run(&mut clinic, &mut figures).await;
            registration::run(&mut clinic, &mut figures).await;
        }
        size::tend(&mut clinic, &mut figures, patients).await;
    }
    if wanted.names.iter().any(|one| one == "registration") {
        let mut clinic = clinic::Clinic::new(clinic::CHEAP).await;
        import::fill(&mut clinic, wanted.patients.as_deref()).await;
        registration::run(&mut clinic, &mut figures).await;
    }
    if wanted.has("chart") {
        chart::run(&mut figures).await;
    }
    if wanted.has("week") {
        week::run(&mut figures).await;
    }
    if wanted.has("interactions") {
        interactions::run(&mut figures).await;
    }
    if wanted.has("sign-in") {
        sign_in::run(&mut figures).await;
    }
    if wanted.has("wire") {
        wire::run(&mut figures).await;
    }
    if wanted.has("audit") {
        audit::run(&mut figures).await;
    }
    figures.note_memory();
    figures.print(wanted.json);
}
