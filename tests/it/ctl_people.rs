//! People, shares and erasures as IT runs them: `wardsealctl` with a real keychain, from founding to a restore elsewhere.

use crate::ctl::{FOUND, Machine, PASSWORDS};
use crate::import::{Folder, anna};

const ADMINISTRATOR: &str = "a long walk by the river\n";
const DOCTOR: &str = "seven green kettles sing\n";
const OWN: &str = "three blue spoons in a row";

/// The line after one that begins so.
fn after<'o>(out: &'o str, begin: &str) -> &'o str {
    let mut lines = out.lines().skip_while(|line| !line.starts_with(begin)).skip(1);
    lines.find(|line| !line.trim().is_empty()).expect(begin).trim()
}

#[test]
fn a_clinic_hires_confirms_tries_its_shares_erases_and_comes_back_on_another_machine() {
    let Some(machine) = Machine::new() else { return };
    let pages = machine.home().with_file_name("pages");
    std::fs::create_dir(&pages).unwrap();
    let found: Vec<&str> = FOUND.iter().copied().chain(["--pages", pages.to_str().unwrap()]).collect();
    let founded = machine.run(&found, PASSWORDS).says(&["Founded Elm Street", "any 2 of 3", "share-3.svg"]);
    let shares: Vec<String> = (1..=3).map(|n| after(&founded.out, &format!("Share {n}:")).to_owned()).collect();
    let file = Folder::new();
    let path = file.resource("anna.json", &anna());
    let import = ["import", "fhir", "--as", "feed", path.to_str().unwrap()];
    machine.run(&import, "letters from the lab\n").says(&["1 new patients"]);

    let add =
        ["user", "add", "--as", "ruiz", "--user", "nora", "--name", "Nora Diaz", "--role", "nurse", "--unit", "main"];
    let added = machine.run(&add, ADMINISTRATOR).says(&["nora can sign in once", "a colleague confirms it"]);
    let once = after(&added.out, "nora can sign in once");
    machine.run(&add, ADMINISTRATOR).refused(&["user name is taken"]);
    let own = machine.run(&["user", "password", "--as", "nora"], &format!("{once}\n{OWN}\n"));
    let own = own.says(&["The password is changed", "Your access is waiting: code"]);
    let code = own.out.split("code ").nth(1).unwrap()[..7].to_owned();
    machine.run(&["grants", "list", "--as", "chen"], DOCTOR).says(&["Nora Diaz (nurse)", "front, clinical"]);
    let confirm = ["grants", "confirm", "--as", "chen", "--user", "nora", "--code"];
    let wrong = [confirm.as_slice(), &["000 000"]].concat();
    machine.run(&wrong, DOCTOR).refused(&["code isn't the one of this request"]);
    machine.run(&[confirm.as_slice(), &[&code]].concat(), DOCTOR).says(&["Nora Diaz has access now"]);
    machine.run(&["user", "list", "--as", "ruiz"], ADMINISTRATOR).says(&[
        "nora",
        "holds front, clinical",
        "last here 2",
    ]);

    let typed = |first: &str, shares: &[&String]| {
        let words: String = shares.iter().map(|share| format!("{share}\n")).collect();
        format!("{first}{words}\n")
    };
    let test = ["recovery", "test", "--as", "ruiz"];
    machine.run(&test, &typed(ADMINISTRATOR, &[&shares[0]])).refused(&["1 different shares were given; 2 are needed"]);
    machine.run(&test, &typed(ADMINISTRATOR, &[&shares[0], &shares[2]])).says(&["Shares 1 and 3 bring the site back"]);

    let copy = machine.home().with_file_name("copy");
    std::fs::create_dir(&copy).unwrap();
    for name in ["wardseal.db", "wardseal-keys.db"] {
        std::fs::copy(machine.home().join(name), copy.join(name)).unwrap();
    }
    let of_anna = |verb: &'static str, by: &'static str, more: &[&'static str]| {
        let line = ["erase", verb, "--as", by, "--find"];
        [line.as_slice(), &["smith, anna"], more].concat()
    };
    let patient = machine.run(&of_anna("request", "chen", &["--reason", "patient_request"]), DOCTOR);
    if patient.ended_well {
        let id = patient.out.split_whitespace().find(|word| word.trim_end_matches('.').len() == 36).unwrap();
        let id = id.trim_end_matches('.');
        machine.run(&["erase", "approve", "--as", "chen", "--patient", id], DOCTOR).refused(&["two different people"]);
        machine.run(&["erase", "hold", "--as", "ruiz", "--patient", id], ADMINISTRATOR).says(&["can't be erased"]);
        let approve = ["erase", "approve", "--as", "ruiz", "--patient", id];
        machine.run(&approve, ADMINISTRATOR).refused(&["legal hold stands"]);
        machine.run(&["erase", "release", "--as", "ruiz", "--patient", id], ADMINISTRATOR).says(&["Asked."]);
        machine.run(&["erase", "release", "--as", "chen", "--patient", id], DOCTOR).says(&["Released."]);
        machine.run(&approve, ADMINISTRATOR).says(&["the keys are destroyed"]);
        machine.run(&["erase", "list", "--as", "chen"], DOCTOR).says(&["done: patient_request"]);
        machine.run(&["erase", "resume"], "").says(&["Nothing that was approved is left"]);
    } else {
        panic!("{}", patient.err);
    }
    machine.run(&["audit", "verify"], "").says(&["The audit is whole"]);
    machine.run(&["store", "check"], "").says(&["The store is whole"]);

    let other = Machine::new().unwrap();
    let restore =
        ["recovery", "restore", "--from", copy.to_str().unwrap(), "--administrator", "ada", "--clinician", "wei"];
    let mut people = typed("", &[&shares[1], &shares[0]]);
    people.push_str("a boat on a calm lake\nsix yellow pencils here\n");
    other.run(&restore, &people).says(&["Restored Elm Street"]);
    other.run(&["grants", "list", "--as", "wei"], "six yellow pencils here\n").says(&["Nobody waits"]);
    other.run(&["grants", "list", "--as", "chen"], DOCTOR).says(&["Nobody waits"]);
    other.run(&restore, &people).refused(&["already belongs to a site"]);
}
