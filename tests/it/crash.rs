//! A harness for sudden ends: a child that acknowledges its writes is killed, and optionally loses what it never
//! synced. To use it: write a test that does the work when [`folder`] answers, calling [`acknowledge`] after each
//! durable step, and drive it from another test with [`Child`].
//!
//! ```ignore
//! #[test]
//! fn child_that_imports() {
//!     let Some(folder) = crash::folder() else { return };
//!     loop { import_one(&folder); crash::acknowledge(&step); }
//! }
//! // in the driving test
//! let acknowledged = Child::of("my_tests::child_that_imports").forgetting(&shim).kill_at_random(&folder);
//! ```

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child as Process, Command, Stdio};
use std::time::Duration;

const FOLDER: &str = "WARDSEAL_CRASH_FOLDER";
const ACKNOWLEDGED: &str = "ACKNOWLEDGED ";
/// A child is killed before it acknowledged more steps than this.
const STEPS: u64 = 60;

/// How many kills a test does: `WARDSEAL_KILLS`, else `few`.
pub fn kills(few: usize) -> usize {
    std::env::var("WARDSEAL_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(few)
}

/// In a child: the folder to work in. `None` in an ordinary test run.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// In a child: says that a step is done for good.
pub fn acknowledge(step: &dyn std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n{ACKNOWLEDGED}{step}").unwrap();
    out.flush().unwrap();
}

/// A random number below `end`.
pub fn below(end: u64) -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    u64::from_le_bytes(bytes) % end.max(1)
}

/// A test of this binary, run in a process of its own.
pub struct Child {
    command: Command,
    notes: Option<PathBuf>,
    steps: u64,
    pause: u64,
}

impl Child {
    /// The test with this full name.
    pub fn of(test: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([test, "--exact", "--nocapture", "--test-threads=1"]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        Self { command, notes: None, steps: STEPS, pause: 4_000 }
    }

    /// Lets the child work on a disk that loses what was not synced.
    pub fn forgetting(mut self, shim: &Shim, folder: &Path) -> Self {
        let notes = folder.with_extension("notes");
        drop(fs::remove_dir_all(&notes));
        fs::create_dir_all(&notes).unwrap();
        self.command.env("LD_PRELOAD", &shim.library);
        self.command.env("UNSYNCED_FOLDER", folder.canonicalize().unwrap()).env("UNSYNCED_NOTES", &notes);
        self.notes = Some(notes);
        self
    }

    /// Lets the child work on a disk with room for so many written bytes.
    pub fn with_room(mut self, shim: &Shim, folder: &Path, bytes: u64) -> Self {
        self.command.env("LD_PRELOAD", &shim.library);
        self.command.env("UNSYNCED_FOLDER", folder.canonicalize().unwrap());
        self.command.env("UNSYNCED_BYTES", bytes.to_string());
        self
    }

    /// Runs the child as another user.
    pub fn under(mut self, uid: u32) -> Self {
        std::os::unix::process::CommandExt::uid(&mut self.command, uid);
        self
    }

    /// How many steps it may acknowledge before it is killed, and how many microseconds a step may take.
    pub fn within(mut self, steps: u64, pause: u64) -> Self {
        (self.steps, self.pause) = (steps, pause);
        self
    }

    /// Kills the child at a random point, takes back what it never synced, answers what it acknowledged.
    pub fn kill_at_random(mut self, folder: &Path) -> Vec<String> {
        let mut process = self.command.env(FOLDER, folder).spawn().unwrap();
        let last = 1 + below(self.steps);
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut acknowledged = vec![];
        while (acknowledged.len() as u64) < last {
            let Some(line) = lines.next() else { break };
            acknowledged.extend(step_of(&line.unwrap()));
        }
        std::thread::sleep(Duration::from_micros(below(self.pause)));
        kill(&mut process);
        acknowledged.extend(lines.map_while(Result::ok).filter_map(|line| step_of(&line)));
        if let Some(notes) = &self.notes {
            take_back(notes);
        }
        acknowledged
    }

    /// Lets the child run to its end, answers what it acknowledged; `None` if it couldn't be started.
    pub fn run(mut self, folder: &Path) -> Option<Vec<String>> {
        let output = self.command.env(FOLDER, folder).output().ok()?;
        let lines = String::from_utf8_lossy(&output.stdout).into_owned();
        Some(lines.lines().filter_map(step_of).collect())
    }

    /// As [`Child::run`], and then takes back what was never synced.
    pub fn run_and_forget(self, folder: &Path) -> Option<Vec<String>> {
        let notes = self.notes.clone();
        let acknowledged = self.run(folder);
        notes.iter().for_each(|notes| take_back(notes));
        acknowledged
    }
}

fn kill(process: &mut Process) {
    process.kill().unwrap();
    process.wait().unwrap();
}

fn step_of(line: &str) -> Option<String> {
    line.strip_prefix(ACKNOWLEDGED).map(str::to_owned)
}

/// The library that makes a disk forget.
pub struct Shim {
    library: PathBuf,
}

impl Shim {
    /// Compiles it; `None` (said aloud) without a C compiler or on another system than Linux.
    pub fn build() -> Option<Self> {
        // Each its own: the tests of one process drop theirs at different times.
        let name = format!("unsynced-{}-{}.so", std::process::id(), below(u64::MAX));
        let library = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shim/unsynced.c");
        let compiled =
            Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl").status();
        if cfg!(target_os = "linux") && compiled.is_ok_and(|status| status.success()) {
            return Some(Self { library });
        }
        eprintln!("NOT RUN: losing un-synced writes needs Linux and a C compiler");
        None
    }
}

impl Drop for Shim {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.library));
    }
}

// Of every file a random number of the newest un-synced writes is lost, all of them half of the time.
fn take_back(notes: &Path) {
    for entry in fs::read_dir(notes).unwrap() {
        let all = read_notes(&fs::read(entry.unwrap().path()).unwrap());
        let lost = if below(2) == 0 { all.len() } else { below(all.len() as u64 + 1) as usize };
        for note in all.iter().rev().take(lost) {
            note.undo();
        }
    }
    fs::remove_dir_all(notes).unwrap();
    fs::create_dir_all(notes).unwrap();
}

struct Note {
    path: PathBuf,
    offset: u64,
    size: u64,
    old: Vec<u8>,
}

impl Note {
    fn undo(&self) {
        let Ok(file) = fs::OpenOptions::new().write(true).open(&self.path) else { return };
        file.set_len(self.size).unwrap();
        file.write_all_at(&self.old, self.offset).unwrap();
    }
}

// A note that was cut belongs to a write that never happened.
fn read_notes(mut bytes: &[u8]) -> Vec<Note> {
    let mut notes = vec![];
    while let Some((head, rest)) = bytes.split_at_checked(40) {
        let number = |at: usize| u64::from_ne_bytes(head[at * 8..at * 8 + 8].try_into().unwrap());
        let (old, path) = (number(3) as usize, number(4) as usize);
        let Some((body, rest)) = rest.split_at_checked(path + old) else { break };
        let path = PathBuf::from(String::from_utf8(body[..path].to_vec()).unwrap());
        notes.push(Note { offset: number(0), size: number(2), old: body[body.len() - old..].to_vec(), path });
        bytes = rest;
    }
    notes
}

#[test]
fn child_that_syncs_one_file_only() {
    let Some(folder) = folder() else { return };
    for (name, sync) in [("synced", true), ("unsynced", false)] {
        let mut file = fs::File::create(folder.join(name)).unwrap();
        file.write_all(b"kept").unwrap();
        file.sync_all().unwrap();
        file.write_all(b" and more").unwrap();
        if sync {
            file.sync_all().unwrap();
        }
    }
    acknowledge(&"both");
}

#[test]
fn the_harness_itself_loses_what_was_not_synced() {
    let Some(shim) = Shim::build() else { return };
    let place = tempfile::tempdir().unwrap();
    let mut lost = 0;
    for _ in 0..20 {
        let child = Child::of("crash::child_that_syncs_one_file_only").forgetting(&shim, place.path());
        assert_eq!(child.run_and_forget(place.path()).unwrap(), ["both"]);
        assert_eq!(fs::read(place.path().join("synced")).unwrap(), b"kept and more");
        lost += usize::from(fs::read(place.path().join("unsynced")).unwrap() == b"kept");
    }
    assert!(lost > 0);
    drop(fs::remove_dir_all(place.path().with_extension("notes")));
}
