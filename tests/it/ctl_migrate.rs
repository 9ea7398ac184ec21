//! A clinic moves from a machine's files to a server and back, by the program IT runs, killed again and again on the way.

use crate::ctl::{Machine, Ran};
use crate::ctl_atlas::{FIRST, Hall};
use crate::import::{Folder, condition};
use serde_json::json;
use std::time::Duration;
use wardseal::app::sign_in::DEMO_PASSWORD;
use wardseal::clock::{Clock as _, SystemClock};

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

/// Moves with `--confirm`, killed so many times at different points before it may come to its end. How often it really
/// was killed before its end.
fn moves(machine: &Machine, to: &[&str], typed: &str, kills: u64) -> (u64, Ran) {
    let (service, all) = (format!("{DEMO_PASSWORD}\n"), (RICH + number("WARDSEAL_PATIENTS", 40)).to_string());
    let copy = [&["migrate", "store", "--sample", "0"][..], to].concat();
    let confirm = [&["migrate", "store", "--confirm", "--admin", "adams", "--sample", &all][..], to].concat();
    // One run to its end says how long the way is.
    let clock = SystemClock::start();
    let begun = clock.moment();
    let mut typing = format!("{typed}{service}");
    let first = machine.kill_after(NEVER, &copy, &typing);
    first.says(&["This store is as it was."]);
    let whole = clock.moment().since(begun);
    typing = format!("{typed}{}", service.repeat(5));
    let mut killed = 0;
    for nth in 0..kills {
        // What is there already isn't copied again, so the way gets shorter.
        let share = 0.3 * f64::from(u32::try_from(nth % 10 + 1).unwrap()) / 10.0;
        let ran = machine.kill_after(whole.mul_f64(share), &confirm, &typing);
        if ran.ended_well {
            return (killed, ran);
        }
        let said: Vec<&str> = ran.err.lines().filter(|line| !line.starts_with("dbus-daemon")).collect();
        assert!(said.is_empty(), "it was killed, and had nothing to say: {said:?}");
        killed += 1;
    }
    (killed, machine.kill_after(NEVER, &confirm, &typing))
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
    let (there, ran) = moves(&machine, &atlas, &hall.typed(FIRST), kills.div_ceil(2));
    ran.says(&["Moved. This workstation works with the server now"]);
    machine.run(&["store", "check"], "").refused(&["The store is on a server"]);
    machine.kill_after(NEVER, &import, &password).says(&[&all_there]);
    let folder = ["--to", back.to_str().unwrap()];
    let (home, ran) = moves(&machine, &folder, "", kills / 2);
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
}
