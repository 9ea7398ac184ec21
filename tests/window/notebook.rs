//! What each step of a day took, and what its screens looked like.

use crate::clinic::morning_clinic;
use crate::seat::Seat;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::Instant;

pub const DESK: &str = "front desk";
pub const NURSES: &str = "nurse";
pub const DOCTORS: &str = "doctor";

/// One step as it went.
struct Step {
    who: &'static str,
    what: &'static str,
    keys: usize,
    clicks: usize,
    time: Duration,
    paced: bool,
    rows: i64,
}

/// The steps so far.
#[derive(Default)]
pub struct Notebook {
    steps: Vec<Step>,
    seen: Vec<String>,
    look: &'static str,
    counts: bool,
}

impl Notebook {
    /// Whether notebook and pictures go into the repository.
    pub fn is_kept(&self) -> bool {
        std::env::var_os("WARDSEAL_SCREENS").is_some()
    }

    /// From now on the screens have this look; times count in one look only.
    pub fn turns_to(&mut self, look: &'static str, counts: bool) {
        (self.look, self.counts) = (look, counts);
    }

    /// Somebody does something; what it took is noted.
    pub async fn step(&mut self, seat: &Seat, (who, what): (&'static str, &'static str), act: impl AsyncFnOnce(&Seat)) {
        let (keys, clicks, rows, began) = (seat.keys(), seat.clicks(), audited(), Instant::now());
        act(seat).await;
        let (keys, clicks, time) = (seat.keys() - keys, seat.clicks() - clicks, began.elapsed());
        let rows = audited() - rows;
        assert!(rows > 0, "{who}: {what} is in the audit");
        if self.counts {
            self.steps.push(Step { who, what, keys, clicks, time, paced: !seat.pace.is_zero(), rows });
        }
    }

    /// Looks at a screen the first time it comes: no barrier of WCAG 2.2 AA, and a picture if they are being taken.
    pub async fn looks(&mut self, seat: &Seat, screen: &str) {
        let name = format!("day-{screen}-{}", self.look);
        if self.seen.contains(&name) {
            return;
        }
        let barriers = seat.barriers().await;
        assert!(barriers.is_empty(), "{name}: {barriers:#?}");
        if let Some(folder) = std::env::var_os("WARDSEAL_SCREENS") {
            let picture = seat.client.screenshot().await.unwrap();
            std::fs::write(PathBuf::from(folder).join(format!("{name}.png")), picture).unwrap();
        }
        self.seen.push(name);
    }

    /// One line for each kind of step.
    fn table(&self) -> String {
        let mut lines = String::from(
            "| who | step | times | keys | clicks | seconds, typing apart | seconds at a typist's pace | audit rows |\n\
             |---|---|---:|---:|---:|---:|---:|---:|\n",
        );
        let mut told: Vec<(&str, &str)> = Vec::new();
        for step in &self.steps {
            if !told.contains(&(step.who, step.what)) {
                told.push((step.who, step.what));
                lines.push_str(&self.line(step.who, step.what));
            }
        }
        lines
    }

    fn line(&self, who: &str, what: &str) -> String {
        let mut same: Vec<&Step> = self.steps.iter().filter(|one| (one.who, one.what) == (who, what)).collect();
        same.sort_by_key(|one| one.time);
        let quick: Vec<&&Step> = same.iter().filter(|one| !one.paced).collect();
        let middle = quick.get(quick.len() / 2).map_or("–".into(), |one| format!("{:.1}", one.time.as_secs_f64()));
        let paced =
            same.iter().find(|one| one.paced).map_or("–".into(), |one| format!("{:.1}", one.time.as_secs_f64()));
        let Step { keys, clicks, rows, .. } = same[same.len() / 2];
        let mut line = String::new();
        writeln!(line, "| {who} | {what} | {} | {keys} | {clicks} | {middle} | {paced} | {rows} |", same.len())
            .unwrap();
        line
    }

    /// Says it, and keeps it when the pictures are kept.
    pub fn keep(&self) {
        println!("{}", self.table());
        if self.is_kept() {
            let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/DAY.md");
            std::fs::write(page, format!("{HEAD}{}", self.table())).unwrap();
        }
    }
}

/// How many rows the audit of the morning's clinic has.
fn audited() -> i64 {
    let audit = rusqlite::Connection::open(morning_clinic().0.join("audit.db")).unwrap();
    audit.query_row("SELECT count(*) FROM rows", [], |row| row.get(0)).unwrap()
}

const HEAD: &str = "# A day in the real window

Played by `./task day`: forty patients come, three people share one seat, and a program presses the keys and looks at each
screen (docs/screens/day-*.png; no barrier that axe knows). The keys and clicks are what a person would press. Seconds, typing
apart: the middle one of the steps, with a program's fingers, so they are the product's own share on the machine that played.
Seconds at a typist's pace: the first patient's step with 0.28 s before each key (Card, Moran and Newell 1983), as a clerk
would do it; a click has no pause. Audit rows: what the step of the middle left in the audit; none leaves nothing.

";
