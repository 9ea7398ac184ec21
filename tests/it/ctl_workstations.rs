//! Workstations as IT enrols and ends them: several machines with a real keychain each, `wardsealctl` on all of them.

use crate::ctl::{FOUND, Machine, PASSWORDS};
use crate::import::{Folder, anna};

const ADMINISTRATOR: &str = "a long walk by the river\n";
const DOCTOR: &str = "seven green kettles sing\n";
const SERVICE: &str = "letters from the lab\n";

#[test]
fn machines_join_by_code_and_by_ticket_one_is_stolen_one_retired_one_copied() {
    let Some(first) = Machine::new() else { return };
    first.run(&FOUND, PASSWORDS).says(&["Founded Elm Street"]);
    let file = Folder::new();
    let path = file.resource("anna.json", &anna());
    first.run(&["import", "fhir", "--as", "feed", path.to_str().unwrap()], SERVICE).says(&["1 new patients"]);
    let home = first.home();
    let store = home.to_str().unwrap();

    // By code, both programs running at once.
    let second = Machine::new().unwrap();
    second
        .run(&["enrol", "--name", "reception 2"], "")
        .refused(&["there is no store. Name its folder with --store, or a server with --atlas."]);
    let mut newcomer = second.start(&["enrol", "--name", "reception 2", "--store", store]);
    newcomer.hears("Asked.");
    let mut administrator = first.start(&["workstations", "approve", "--as", "ruiz"]);
    administrator.types(ADMINISTRATOR.trim());
    let code = newcomer.hears("Read this code to the administrator:");
    administrator.types(&code);
    let code = administrator.hears("Read this code to its screen:");
    administrator.ends().says(&["reception 2 is let in"]);
    newcomer.types(&code);
    newcomer.ends().says(&["Enrolled with Elm Street as reception 2"]);
    second.run(&["grants", "list", "--as", "chen"], DOCTOR).says(&["Nobody waits"]);
    second.run(&["enrol", "--name", "again"], "").refused(&["belongs to a site already"]);
    let again = second.run(&["import", "fhir", "--as", "feed", path.to_str().unwrap()], SERVICE);
    again.says(&["1 there already"]);

    // By ticket, with nobody there.
    let third = Machine::new().unwrap();
    let ticket = third.home().with_file_name("ticket");
    let make = ["workstations", "ticket", "--as", "ruiz", "--out", ticket.to_str().unwrap()];
    first.run(&make, ADMINISTRATOR).says(&["lets one workstation in, once"]);
    let copy = std::fs::read(&ticket).unwrap();
    let join = ["enrol", "--name", "ward 3", "--store", store, "--ticket", ticket.to_str().unwrap()];
    third.run(&join, "").says(&["Enrolled with Elm Street as ward 3"]);
    assert!(!ticket.exists(), "a used ticket is deleted");
    std::fs::write(&ticket, copy).unwrap();
    let fourth = Machine::new().unwrap();
    fourth.run(&join, "").refused(&["The ticket was used already", "Nothing was changed on this machine."]);
    first.run(&["workstations", "list", "--as", "ruiz"], ADMINISTRATOR).says(&[
        "(this one)",
        "reception 2",
        "ward 3",
        "used",
    ]);

    // Stolen: out at once, and the site key is another one for all who stay.
    let revoke = ["workstations", "revoke", "--as", "ruiz", "reception 2", "--suspect", "chen"];
    first.run(&revoke, ADMINISTRATOR).says(&[
        "is shut out",
        "The site key is renewed",
        "chen has new keys",
        "rotations are ordered",
    ]);
    let out = second.run(&["grants", "list", "--as", "chen"], DOCTOR);
    out.refused(&["doesn't belong to the site any more", "enrol it anew"]);
    third.run(&["store", "check"], "").says(&["The store is whole"]);
    third.run(&["import", "fhir", "--as", "feed", path.to_str().unwrap()], SERVICE).says(&["1 there already"]);

    // Found again: it joins anew and keeps its folder.
    let mut newcomer = second.start(&["enrol", "--name", "reception 2b", "--again"]);
    newcomer.hears("Asked.");
    let mut administrator = third.start(&["workstations", "approve", "--as", "ruiz"]);
    administrator.types(ADMINISTRATOR.trim());
    administrator.types(&newcomer.hears("Read this code to the administrator:"));
    newcomer.types(&administrator.hears("Read this code to its screen:"));
    administrator.ends().says(&["reception 2b is let in"]);
    newcomer.ends().says(&["as reception 2b"]);
    second.run(&["import", "fhir", "--as", "feed", path.to_str().unwrap()], SERVICE).says(&["1 there already"]);

    // Out of use: the keys are gone, the record is printed.
    let retired = third.run(&["workstations", "retire", "--as", "ruiz"], ADMINISTRATOR);
    retired.says(&["Retired: ward 3", "signing key", "last audit", "2 keys deleted"]);
    third.run(&["grants", "list", "--as", "chen"], DOCTOR).refused(&["holds no key of the site yet"]);
    for machine in [&first, &second] {
        machine.run(&["audit", "verify"], "").says(&["The audit is whole"]);
    }
    let list = first.run(&["workstations", "list", "--as", "ruiz"], ADMINISTRATOR);
    list.says(&["(revoked)", "(retired)", "reception 2b"]);
}
