//! `wardsealctl import fhir`: bundles and single resources, a file at a time, safe to stop and to run again.

use super::open;
use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use wardseal::app::demo_clinic::MAIN_UNIT;
use wardseal::app::import_files::{FhirFiles, FilesImported, Told};
use wardseal::app::import_records::Imports;
use wardseal::clock::{Clock, Moment, SystemClock};

#[derive(clap::Subcommand)]
pub enum Command {
    /// FHIR R4: transaction bundles, other bundles, single resources, in files or folders.
    Fhir(Fhir),
}

#[derive(clap::Args)]
pub struct Fhir {
    /// Files, or folders with `.json` files.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The service user to sign in as.
    #[arg(long = "as", default_value = "import")]
    user: String,
    /// The unit whose clinicians treat the new patients.
    #[arg(long, default_value = MAIN_UNIT)]
    unit: String,
    /// The name of the sending system; resources of the same system, type and id are the same resource.
    #[arg(long, default_value = "fhir")]
    source: String,
}

pub async fn run(command: Command) -> Result<(), String> {
    let Command::Fhir(arguments) = command;
    let files = files(&arguments.paths)?;
    let mut workstation = open::workstation().await?;
    open::sign_in(&mut workstation, &arguments.user, None).await?;
    let stop = stop_at_ctrl_c();
    let mut progress = Progress::start("import");
    let told = |told: Told<'_>| {
        match told {
            Told::Stored(sum) => progress.tell(sum),
            Told::Refused(why) => eprintln!("{why}."),
        }
        if stop.load(Ordering::SeqCst) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let what = FhirFiles { files: &files, system: &arguments.source, unit: &arguments.unit };
    let done = workstation.import_files(&what, told).await.map_err(|failure| open::sentence(&failure))?;
    workstation.sign_out().await.map_err(|failure| open::sentence(&failure))?;
    progress.end(&done.sum);
    match done {
        FilesImported { stopped: true, .. } => {
            Err("Stopped. What was stored so far stays; run it again to go on.".to_owned())
        }
        FilesImported { refused: 0, .. } => Ok(()),
        FilesImported { refused, .. } => {
            Err(format!("{refused} of {} files were refused; nothing of them was stored.", files.len()))
        }
    }
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in paths {
        let unreadable = |error: std::io::Error| format!("{}: {error}.", path.display());
        if path.is_dir() {
            for entry in std::fs::read_dir(path).map_err(unreadable)? {
                let entry = entry.map_err(unreadable)?.path();
                files.extend(Some(entry).filter(|entry| entry.extension().is_some_and(|ending| ending == "json")));
            }
        } else if path.exists() {
            files.push(path.clone());
        } else {
            return Err(format!("{}: there is no such file or folder.", path.display()));
        }
    }
    files.sort();
    Ok(files)
}

/// Ctrl+C lets the batch in hand finish.
pub fn stop_at_ctrl_c() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let heard = Arc::clone(&stop);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            heard.store(true, Ordering::SeqCst);
        }
    });
    stop
}

/// A line that says how far it is and how fast.
pub struct Progress {
    what: &'static str,
    clock: SystemClock,
    start: Moment,
    live: bool,
}

impl Progress {
    /// Starts counting time.
    pub fn start(what: &'static str) -> Self {
        let clock = SystemClock::start();
        let start = clock.moment();
        Self { what, clock, start, live: std::io::stderr().is_terminal() }
    }

    /// Says how far it is; only on a terminal.
    pub fn tell(&mut self, sum: &Imports) {
        if self.live {
            eprint!("\r{}: {}", self.what, self.line(sum));
            // The count is a courtesy: where standard error is gone there is nobody to tell.
            _ = std::io::stderr().flush();
        }
    }

    /// The last word, on standard output.
    pub fn end(&mut self, sum: &Imports) {
        if self.live {
            eprintln!();
        }
        println!("{}: {}", self.what, self.line(sum));
    }

    fn line(&self, sum: &Imports) -> String {
        let seconds = self.clock.moment().since(self.start).max(Duration::from_millis(1)).as_secs_f64();
        let all = sum.new + sum.changed + sum.unchanged;
        let mut line = format!(
            "{all} resources ({} new, {} changed, {} there already), {} new patients, {:.0}/s",
            sum.new,
            sum.changed,
            sum.unchanged,
            sum.patients,
            f64::from(u32::try_from(all).unwrap_or(u32::MAX)) / seconds,
        );
        if sum.kept > 0 {
            line += &format!("; {} kept, not shown", sum.kept);
        }
        if sum.without_patient > 0 {
            line += &format!("; {} left out: their patient is unknown", sum.without_patient);
        }
        line
    }
}
