//! `wardsealctl` as IT runs it: a program of its own, with a real keychain in a session of its own that touches nobody
//! else's.

use crate::import::{Folder, anna, condition};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;
use wardseal::app::Home;
use wardseal::app::sign_in::DEMO_PASSWORD;

/// What stands on the session bus.
#[derive(Clone, Copy, PartialEq)]
enum Keyring {
    Unlocked,
    /// Started, and nobody types its password.
    Locked,
    /// No bus at all.
    Absent,
}

/// Starts a keyring, waits until it answers, runs the rest of the line; the bus ends with it.
const SESSION: &str = r#"
case "$KEYRING" in
locked) eval "$(gnome-keyring-daemon --start --components=secrets 2>/dev/null)" ;;
*) eval "$(printf 'a password for tests' | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)" ;;
esac
for asked in $(seq 100); do
  dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames 2>/dev/null |
    grep -q org.freedesktop.secrets && break
  sleep 0.1
done
exec "$@"
"#;

/// A machine: a home, a keychain's folder, nothing else in common with this one.
pub struct Machine(tempfile::TempDir);

/// How a run ended.
pub struct Ran {
    pub ended_well: bool,
    pub out: String,
    pub err: String,
}

impl Machine {
    /// `None` (said aloud) where no keychain can be started.
    pub fn new() -> Option<Self> {
        let there =
            |program: &str| Command::new(program).arg("--version").output().is_ok_and(|ran| ran.status.success());
        for program in ["dbus-run-session", "gnome-keyring-daemon"] {
            if !there(program) {
                eprintln!("SKIPPED: {program} isn't installed, so wardsealctl has no keychain to be tried with.");
                return None;
            }
        }
        let place = tempfile::tempdir().unwrap();
        for folder in ["home", "data", "run"] {
            std::fs::create_dir(place.path().join(folder)).unwrap();
        }
        private(&place.path().join("run"));
        Some(Self(place))
    }

    pub fn home(&self) -> PathBuf {
        self.0.path().join("home")
    }

    fn command(&self, keyring: Keyring, before: &[&str], arguments: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_wardsealctl");
        let mut line: Vec<&str> = vec![];
        if keyring != Keyring::Absent {
            line.extend(["dbus-run-session", "--", "bash", "-c", SESSION, "session"]);
        }
        line.extend(before);
        line.push(program);
        line.extend(arguments);
        let mut command = Command::new(line[0]);
        command.args(&line[1..]);
        for gone in ["DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "WARDSEAL_PASSWORD", "RUST_LOG"] {
            command.env_remove(gone);
        }
        let folder = |name: &str| self.0.path().join(name);
        command.env("WARDSEAL_HOME", self.home()).env("HOME", self.0.path());
        command.env("XDG_DATA_HOME", folder("data")).env("XDG_RUNTIME_DIR", folder("run"));
        command.env("KEYRING", if keyring == Keyring::Locked { "locked" } else { "unlocked" });
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run_with(&self, keyring: Keyring, arguments: &[&str], typed: &str) -> Ran {
        ended(self.command(keyring, &["timeout", "-s", "KILL", "120"], arguments), typed)
    }

    pub fn run(&self, arguments: &[&str], typed: &str) -> Ran {
        self.run_with(Keyring::Unlocked, arguments, typed)
    }

    /// Runs where nobody has typed the keychain's password.
    pub fn run_locked(&self, arguments: &[&str]) -> Ran {
        self.run_with(Keyring::Locked, arguments, "")
    }

    /// Somebody chose no password for the keychain: then it keeps everything in clear.
    pub fn choose_no_password(&self) {
        let folder = self.0.path().join("data/keyrings");
        std::fs::create_dir_all(&folder).unwrap();
        let clear = "[keyring]\ndisplay-name=Login\nctime=0\nmtime=0\nlock-on-idle=false\nlock-after=false\n";
        std::fs::write(folder.join("login.keyring"), clear).unwrap();
    }

    /// Starts it, for a conversation.
    pub fn start(&self, arguments: &[&str]) -> Talk {
        let mut process =
            self.command(Keyring::Unlocked, &["timeout", "-s", "KILL", "120"], arguments).spawn().unwrap();
        let said = std::io::BufReader::new(process.stdout.take().unwrap());
        Talk { process, said, heard: String::new() }
    }

    /// Kills the program after so long.
    pub fn kill_after(&self, time: Duration, arguments: &[&str], typed: &str) -> Ran {
        let seconds = format!("{:.3}", time.as_secs_f64());
        ended(self.command(Keyring::Unlocked, &["timeout", "-s", "KILL", &seconds], arguments), typed)
    }

    /// Kills the program at the moment when `reached` says so; whether it was still at work then.
    pub fn kill_when(&self, reached: impl Fn() -> bool, arguments: &[&str], typed: &str) -> (bool, Ran) {
        let note = self.0.path().join("running");
        drop(std::fs::remove_file(&note));
        let named = format!("echo $$ >'{0}.new'; mv '{0}.new' '{0}'; exec \"$@\"", note.display());
        let mut process = self.command(Keyring::Unlocked, &["bash", "-c", &named, "run"], arguments).spawn().unwrap();
        drop(process.stdin.take().unwrap().write_all(typed.as_bytes()));
        let mut killed = false;
        while process.try_wait().unwrap().is_none() {
            if let Some(id) = std::fs::read_to_string(&note).ok().filter(|_| !killed && reached()) {
                killed = Command::new("kill").args(["-9", id.trim()]).output().unwrap().status.success();
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let ran = heard(process);
        (killed && !ran.ended_well, ran)
    }
}

/// A program that is spoken with while it runs.
pub struct Talk {
    process: std::process::Child,
    said: std::io::BufReader<std::process::ChildStdout>,
    heard: String,
}

impl Talk {
    /// Types a line.
    pub fn types(&mut self, line: &str) {
        writeln!(self.process.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Listens until these words were said, and answers the rest of their line.
    #[track_caller]
    pub fn hears(&mut self, words: &str) -> String {
        use std::io::BufRead as _;
        loop {
            let mut line = String::new();
            assert!(self.said.read_line(&mut line).unwrap() > 0, "{words} was never said: {}", self.heard);
            self.heard.push_str(&line);
            if let Some((_, rest)) = line.split_once(words) {
                return rest.trim().to_owned();
            }
        }
    }

    /// Waits for its end.
    pub fn ends(mut self) -> Ran {
        use std::io::Read as _;
        drop(self.process.stdin.take());
        self.said.read_to_string(&mut self.heard).unwrap();
        let output = self.process.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        Ran { ended_well: output.status.success(), out: self.heard, err }
    }
}

fn ended(mut command: Command, typed: &str) -> Ran {
    let mut process = command.spawn().unwrap();
    // Who is refused before being asked doesn't read what was typed.
    drop(process.stdin.take().unwrap().write_all(typed.as_bytes()));
    heard(process)
}

fn heard(process: std::process::Child) -> Ran {
    let output = process.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { ended_well: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) }
}

fn private(folder: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
}

impl Ran {
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Self {
        assert!(self.ended_well, "{}", self.err);
        words.iter().for_each(|word| assert!(self.out.contains(word), "{word}: {}", self.out));
        self
    }

    #[track_caller]
    pub fn refused(self, words: &[&str]) {
        assert!(!self.ended_well, "{}", self.out);
        words.iter().for_each(|word| assert!(self.err.contains(word), "{word}: {}", self.err));
        assert!(!self.err.contains("panicked") && !self.err.contains(".."), "{}", self.err);
    }
}

const DEMO: [&str; 3] = ["demo", "--patients", "20"];
pub const FOUND: [&str; 13] = [
    "found",
    "--site",
    "Elm Street",
    "--administrator",
    "ruiz",
    "--administrator-name",
    "Ana Ruiz",
    "--clinician",
    "chen",
    "--clinician-name",
    "Wei Chen",
    "--import-service",
    "feed",
];
pub const PASSWORDS: &str = "a long walk by the river\nseven green kettles sing\nletters from the lab\n";

#[test]
fn a_demo_is_made_once_takes_records_and_can_be_checked() {
    let Some(machine) = Machine::new() else { return };
    machine.run(&DEMO, "").says(&["20 new patients", "osei", DEMO_PASSWORD]);
    machine.run(&DEMO, "").says(&["(0 new, 0 changed,", "0 new patients"]);
    machine.run(&["audit", "verify"], "").says(&["The audit is whole"]);
    machine.run(&["store", "check"], "").says(&["The store is whole"]);

    let folder = Folder::new();
    folder.resource("1-condition.json", &condition("anna", "c1", "Hypertension"));
    folder.resource("2-anna.json", &anna());
    let path = folder.0.path().to_str().unwrap();
    let password = format!("{DEMO_PASSWORD}\n");
    machine.run(&["import", "fhir", path], "not the password\n").refused(&["user name or the password is wrong"]);
    machine.run(&["import", "fhir", "--as", "osei", path], &password).refused(&["role doesn't allow that"]);
    machine.run(&["import", "fhir", path], &password).says(&["2 resources (2 new, 0 changed", "1 new patients"]);
    folder.put("3-broken.json", "{\"resourceType\":\"Patient\",\"name\":\"Canary");
    let again = machine.run(&["import", "fhir", path], &password);
    assert!(
        again.out.contains("(0 new, 0 changed, 2 there already)") && !again.err.contains("Canary"),
        "{}",
        again.err
    );
    again.refused(&["3-broken.json, entry 0", "1 of 3 files were refused; nothing of them was stored."]);
    machine.run(&["import", "fhir", "/no/such/folder"], &password).refused(&["there is no such file or folder"]);
}

/// Nothing is known to have been written for eleven years: the time is no secret, and no part of what is sealed.
fn written_long_ago(machine: &Machine) {
    let file = rusqlite::Connection::open(Home::at(machine.home()).store()).unwrap();
    let mut read = file.prepare("SELECT seq, body FROM documents").unwrap();
    let rows = read.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))).unwrap();
    for (seq, body) in rows.map(Result::unwrap).collect::<Vec<_>>() {
        let mut document = bson::Document::from_reader(body.as_slice()).unwrap();
        let Ok(written) = document.get_datetime("upd") else { continue };
        let then = written.timestamp_millis() - 11 * 366 * 86_400_000;
        document.insert("upd", bson::DateTime::from_millis(then));
        let changed = bson::serialize_to_vec(&document).unwrap();
        file.execute("UPDATE documents SET body = ?1 WHERE seq = ?2", (changed, seq)).unwrap();
    }
}

#[test]
fn records_whose_time_is_over_are_named_and_archived_and_a_legal_hold_keeps_one() {
    let Some(machine) = Machine::new() else { return };
    machine.run(&["demo", "--patients", "12"], "").says(&["12 new patients"]);
    let password = format!("{DEMO_PASSWORD}\n");
    let retention = |what: &str, by: &str| machine.run(&["retention", what, "--as", by], &password);
    retention("due", "lopez").says(&["0 records due; 0 kept by a legal hold."]);
    retention("due", "park").refused(&["role doesn't allow that"]);
    retention("archive", "park").refused(&["role doesn't allow that"]);
    machine.run(&["retention", "due", "--as", "lopez"], "not the password\n").refused(&["password is wrong"]);

    written_long_ago(&machine);
    let due = |ran: &Ran| -> Vec<String> {
        ran.out.lines().filter_map(|line| line.strip_suffix(" is due").map(str::to_owned)).collect()
    };
    let named = due(&retention("due", "lopez").says(&["0 kept by a legal hold."]));
    assert!(named.len() > 1, "grown-up patients of the demo");
    assert_eq!(due(&retention("due", "lopez")), named, "looking changes nothing");
    machine.run(&["erase", "hold", "--as", "adams", "--patient", &named[0]], &password).says(&[]);
    let held = format!("{} is due, and a legal hold keeps it", named[0]);
    let archived = format!("{} records archived; 1 kept by a legal hold.", named.len() - 1);
    retention("archive", "lopez").says(&[&held, &archived]);
    retention("due", "lopez").says(&[&held, "0 records due; 1 kept by a legal hold."]);
    machine.run(&["store", "check"], "").says(&["The store is whole"]);
    machine.run(&["audit", "verify"], "").says(&["The audit is whole"]);
}

#[test]
fn an_edited_audit_row_is_named() {
    let Some(machine) = Machine::new() else { return };
    machine.run(&["demo", "--patients", "2"], "").says(&["2 new patients"]);
    let file = rusqlite::Connection::open(machine.home().join("audit.db")).unwrap();
    file.execute_batch("DROP TRIGGER rows_stay; UPDATE rows SET at = at + 1 WHERE seq = 3").unwrap();
    drop(file);
    machine.run(&["audit", "verify"], "").refused(&["The audit is broken at row 3"]);
}

#[test]
fn a_real_clinic_gets_three_shares_no_default_account_and_no_demo_patients() {
    let Some(machine) = Machine::new() else { return };
    let weak = PASSWORDS.replace("a long walk by the river", "short");
    machine.run(&FOUND, &weak).refused(&["password of user 1", "at least 15"]);
    let common = PASSWORDS.replace("seven green kettles sing", "passwordpassword");
    machine.run(&FOUND, &common).refused(&["password of user 2", "tried first"]);

    let ran = machine.run(&FOUND, PASSWORDS).says(&["Founded Elm Street", "Share 1:", "Share 2:", "Share 3:"]);
    assert!(!PASSWORDS.lines().any(|password| ran.out.contains(password)));
    machine.run(&FOUND, PASSWORDS).refused(&["already belongs to a site; nothing was changed."]);
    machine.run(&DEMO, "").refused(&["isn't a demo", "nothing was changed"]);

    let folder = Folder::new();
    let file = folder.resource("anna.json", &anna());
    let path = file.to_str().unwrap();
    for nobody in ["osei", "import", "admin"] {
        let refused = machine.run(&["import", "fhir", "--as", nobody, path], &format!("{DEMO_PASSWORD}\n"));
        refused.refused(&["user name or the password is wrong"]);
    }
    machine.run(&["import", "fhir", "--as", "feed", path], "letters from the lab\n").says(&["1 new patients"]);
    machine.run(&["audit", "verify"], "").says(&["The audit is whole"]);
}

#[test]
fn a_founding_that_is_killed_anywhere_is_begun_anew() {
    let Some(machine) = Machine::new() else { return };
    let mut stopped = 0;
    for milliseconds in (20..).step_by(40).take(60) {
        let ran = machine.kill_after(Duration::from_millis(milliseconds), &["demo", "--patients", "1"], "");
        stopped += usize::from(!ran.ended_well);
        if machine.home().join("workstation.json").exists() {
            break;
        }
    }
    machine.run(&["demo", "--patients", "1"], "").says(&["osei"]);
    machine.run(&["audit", "verify"], "").says(&["The audit is whole"]);
    machine.run(&["store", "check"], "").says(&["The store is whole"]);
    assert!(!machine.home().join("workstation.new").exists());
    eprintln!("killed {stopped} times before the clinic was founded");
}

#[test]
fn a_compaction_that_is_killed_anywhere_leaves_a_whole_store_and_is_gone_on_with() {
    let Some(machine) = Machine::new() else { return };
    machine.run(&["demo", "--patients", "60"], "").says(&["osei"]);
    let typed = format!("{}\n", wardseal::app::sign_in::DEMO_PASSWORD);
    let compact = ["store", "compact", "--as", "import", "--slice", "5"];
    let mut killed = 0;
    for kill in 0..crate::crash::kills(6) {
        let time = Duration::from_millis(250 + crate::crash::below(100 + 150 * kill as u64));
        killed += usize::from(!machine.kill_after(time, &compact, &typed).ended_well);
        machine.run(&["store", "check"], "").says(&["The store is whole"]);
    }
    machine.run(&compact, &typed).says(&["Worked off"]);
    machine.run(&["store", "check", "--as", "osei"], &typed).says(&["The store is whole"]);
    machine.run(&["audit", "verify"], "").says(&["The audit is whole"]);
    eprintln!("killed {killed} times while it compacted");
}

#[test]
fn five_things_that_can_be_wrong_with_the_keychain_are_told_apart() {
    let Some(machine) = Machine::new() else { return };
    let folder = Folder::new();
    let file = folder.resource("anna.json", &anna());
    let import = ["import", "fhir", file.to_str().unwrap()];
    let password = format!("{DEMO_PASSWORD}\n");
    machine.run(&import, &password).refused(&["holds no key of the site yet"]);
    machine.run_with(Keyring::Absent, &FOUND, PASSWORDS).refused(&["No keychain was found."]);
    let another = Machine::new().unwrap();
    let keyrings = another.0.path().join("data/keyrings");
    std::fs::create_dir(&keyrings).unwrap();
    // What gnome-keyring writes for an empty password; it opens without any.
    let plain = "[keyring]\ndisplay-name=Login\nctime=0\nmtime=0\nlock-on-idle=false\nlock-after=false\n";
    std::fs::write(keyrings.join("login.keyring"), plain).unwrap();
    let empty = another.run_with(Keyring::Locked, &FOUND, PASSWORDS);
    empty.refused(&["keychain has an empty password", "Nothing was changed."]);
    assert!(!another.home().join("workstation.json").exists());

    machine.run(&["demo", "--patients", "1"], "").says(&["1 new patients"]);
    machine.run_with(Keyring::Absent, &import, &password).refused(&["No keychain was found."]);
    machine.run_with(Keyring::Locked, &import, &password).refused(&["The keychain is locked."]);
    machine.run(&import, &password).says(&["1 new patients"]);

    // The keychain of another clinic, under this clinic's name.
    let other = Machine::new().unwrap();
    other.run(&["demo", "--patients", "1"], "").says(&["1 new patients"]);
    let (mine, theirs) = (machine.home(), other.home());
    for name in ["wardseal.db", "wardseal-keys.db", "audit.db", "witness.db"] {
        std::fs::copy(theirs.join(name), mine.join(name)).unwrap();
    }
    machine.run(&import, &password).refused(&["The keychain's key isn't this site's."]);
}

#[test]
fn keys_are_looked_at_and_replaced_from_the_command_line() {
    let Some(machine) = Machine::new() else { return };
    machine.run(&["demo", "--patients", "60"], "").says(&["60 new patients"]);
    let (one, two) = (format!("{DEMO_PASSWORD}\n"), format!("{DEMO_PASSWORD}\n{DEMO_PASSWORD}\n"));
    let fine = ["environment: demo", "local:clinical", "unencrypted: 0 of", "running: 0", "last restore test: never"];
    machine.run(&["keys", "status", "--as", "adams"], &one).says(&fine);
    machine.run(&["keys", "status", "--as", "import"], &one).refused(&["role doesn't allow that"]);

    let rotate = ["keys", "rotate", "master", "clinical", "--admin", "adams", "--holder", "osei"];
    machine.run(&rotate, &two).says(&["ordered:", "done:", "master clinical 1→2: 100 %"]);
    let not_his = ["keys", "rotate", "data", "front", "--admin", "osei", "--holder", "osei"];
    machine.run(&not_his, &two).refused(&["role doesn't allow that"]);
    machine
        .run(&["keys", "rotate", "data", "front", "--admin", "adams"], &one)
        .says(&["ordered:", "data front 1→2: 0 %"]);
    machine.run(&["keys", "status", "--as", "adams"], &one).says(&["local:clinical_2", "running: 1"]);
    machine.run(&["keys", "resume", "--as", "park"], &one).refused(&["1 rotations wait"]);
    let killed =
        machine.command(Keyring::Unlocked, &["timeout", "-s", "KILL", "0.9"], &["keys", "resume", "--as", "lopez"]);
    drop(ended(killed, &one));
    machine.run(&["keys", "resume", "--as", "lopez"], &one);
    machine.run(&["keys", "rotate", "site", "--admin", "adams"], &one).says(&["site 1→2: 100 %"]);
    machine.run(&["keys", "rotate", "index", "--admin", "adams", "--holder", "osei"], &two).says(&["index 1→2: 100 %"]);
    machine.run(&["keys", "loss", "insurance", "--admin", "adams"], &one).says(&["master insurance", "data insurance"]);
    machine.run(&["keys", "resume", "--as", "lopez"], &one).says(&["done:"]);
    let after = ["site                         number 2", "index:surname", "unencrypted: 0 of", "running: 0"];
    machine.run(&["keys", "status", "--as", "adams"], &one).says(&after);
    machine.run(&["audit", "verify"], "").says(&["The audit is whole"]);
    machine.run(&["store", "check"], "").says(&["The store is whole"]);
}
