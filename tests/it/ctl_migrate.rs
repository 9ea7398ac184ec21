//! A clinic moves from a machine's files to a server and back, by the program IT runs, killed again and again on the way.

use crate::ctl::{Machine, Ran};
use crate::ctl_atlas::{FIRST, Hall};
use crate::import::{Folder, condition};
use crate::wire::Server;
use serde_json::json;
use std::time::Duration;
use wardseal::app::sign_in::DEMO_PASSWORD;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

/// However long it takes.
const NEVER: Duration = Duration::from_secs(4 * 3_600);

/// Patients of the demo, who have a bit of everything.
const RICH: u64 = 20;

/// So many more with a problem each, as another system hands them over.
fn others(patients: u64) -> (Folder, String) {
    let folder = Folder::new();
    for (nth, ids) in (0..patients).collect::<Vec<_>>().chunks(500).enumerate() {
        let person = |id: &u64| {
            json!({ "resourceType": "Patient", "id": format!("p{id}"), "gender": "female", "birthDate": "1980-02-03",
                "name": [{ "family": format!("Family{id}"), "given": ["Maria"] }] })
        };
        let problem = |id: &u64| condition(&format!("p{id}"), &format!("c{id}"), "Asthma");
        let entries: Vec<_> =
            ids.iter().flat_map(|id| [person(id), problem(id)]).map(|one| json!({ "resource": one })).collect();
        let bundle = json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
        folder.resource(&format!("{nth}.json"), &bundle);
    }
    let path = folder.0.path().display().to_string();
    (folder, path)
}

/// A move that is killed again and again: the machine, and the server that one end of it lies on.
struct Way<'m> {
    machine: &'m Machine,
    server: &'m Server,
    /// Where to.
    to: &'m [&'m str],
    /// What is typed first.
    typed: &'m str,
    patients: u64,
}

impl Way<'_> {
    fn said(&self, ran: &Ran) {
        let said: Vec<&str> = ran.err.lines().filter(|line| !line.starts_with("dbus-daemon")).collect();
        assert!(said.is_empty(), "it was killed, and had nothing to say: {said:?}");
    }

    /// Runs until the server has heard so many commands of it, then kills it; whether it was at work then.
    fn killed_at(&self, commands: u64, confirm: bool) -> bool {
        let from = self.server.state.heard.trips();
        let reached = || self.server.state.heard.trips() >= from + commands;
        let arguments = self.arguments(confirm);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let (killed, ran) = self.machine.kill_when(reached, &arguments, &self.typing());
        if killed {
            self.said(&ran);
        } else {
            ran.says(&["This store is as it was."]);
            assert!(!confirm, "it came to its end before it was killed");
        }
        killed
    }

    fn arguments(&self, confirm: bool) -> Vec<String> {
        let sample = if confirm { RICH + self.patients } else { 0 }.to_string();
        let confirm: &[&str] = if confirm { &["--confirm", "--admin", "adams"] } else { &[] };
        [&["migrate", "store", "--sample", &sample], confirm, self.to].concat().into_iter().map(str::to_owned).collect()
    }

    fn typing(&self) -> String {
        format!("{}{}", self.typed, format!("{DEMO_PASSWORD}\n").repeat(5))
    }

    fn whole(&self, confirm: bool) -> (u64, Ran) {
        let from = self.server.state.heard.trips();
        let arguments = self.arguments(confirm);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = self.machine.kill_after(NEVER, &arguments, &self.typing());
        (self.server.state.heard.trips() - from, ran)
    }

    /// Killed so often, at points spread over the copying and over the move itself; then moved.
    fn moves(&self, kills: u64) -> (u64, Ran) {
        let (mut killed, early) = (0, kills / 2);
        for nth in 0..early {
            let commands = 20 + (nth + 1) * (self.patients + 40) / (early + 1);
            killed += u64::from(self.killed_at(commands, false));
        }
        self.whole(false).1.says(&["This store is as it was."]);
        // Where everything is there already, the move goes this way twice, and then compares.
        let (once, ran) = self.whole(false);
        ran.says(&["This store is as it was."]);
        let late = kills - killed;
        for nth in 0..late {
            killed += u64::from(self.killed_at(1 + nth * 2 * once / late, true));
        }
        (killed, self.whole(true).1)
    }
}

#[test]
fn a_clinic_moves_to_a_server_and_back_however_often_it_is_killed_and_every_record_is_the_same() {
    let Some(machine) = Machine::new() else { return };
    let (hall, place) = (Hall::open(), tempfile::tempdir().unwrap());
    let (patients, kills) = (number("WARDSEAL_PATIENTS", 40), number("WARDSEAL_KILLS", 3));
    let ((_folder, path), password) = (others(patients), format!("{DEMO_PASSWORD}\n"));
    let import = ["import", "fhir", &path];
    machine.run(&["demo", "--patients", &RICH.to_string()], "").says(&["20 new patients"]);
    machine.kill_after(NEVER, &import, &password).says(&[&format!("{patients} new patients")]);
    let all_there = format!("(0 new, 0 changed, {} there already)", patients * 2);
    let (ca, back) = (hall.ca(), place.path().join("back"));
    let atlas = ["--to-atlas", "--ca-file", &ca];
    let way = |to, typed| Way { machine: &machine, server: &hall.server, to, typed, patients };
    let typed = hall.typed(FIRST);
    let (there, ran) = way(&atlas, &typed).moves(kills.div_ceil(2));
    ran.says(&["Moved. This workstation works with the server now"]);
    machine.run(&["store", "check"], "").refused(&["The store is on a server"]);
    machine.kill_after(NEVER, &import, &password).says(&[&all_there]);
    let folder = ["--to", back.to_str().unwrap()];
    let (home, ran) = way(&folder, "").moves(kills / 2);
    ran.says(&["Moved. This workstation works with"]);
    machine.kill_after(NEVER, &import, &password).says(&[&all_there]);
    machine.kill_after(NEVER, &["store", "check"], "").says(&["The store is whole"]);
    // What was there at the beginning lies in the first store still, closed. Copied over it, hardly anything differs,
    // and every patient is opened in both.
    let (first, all) = (place.path().join("first"), (RICH + patients).to_string());
    std::fs::create_dir(&first).unwrap();
    for file in ["wardseal.db", "wardseal-keys.db"] {
        std::fs::copy(machine.home().join(file), first.join(file)).unwrap();
    }
    let compare = ["migrate", "store", "--to", first.to_str().unwrap(), "--sample", &all];
    let ran = machine.kill_after(NEVER, &compare, &password);
    println!("{there} kills there, {home} back, {all} patients: {}", ran.out.replace('\n', " "));
    let ran = ran.says(&[&format!("{all} patients opened in both; all the same")]);
    let copied = ran.out.split(" documents: ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    assert!(copied.parse::<u64>().unwrap() < 20, "{}", ran.out);
    assert_eq!(there + home, kills, "each kill hit a program at work");
}
