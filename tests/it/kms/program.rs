//! IT founds a clinic under KMIP from the command line, moves its keys and asks how they are.

use super::peers::Kmip;
use crate::ctl::{FOUND, Machine, PASSWORDS};

#[test]
fn a_clinic_is_founded_moved_and_looked_at_from_the_command_line() {
    let (Some(kmip), Some(machine)) = (Kmip::start(), Machine::new()) else { return };
    let policy = serde_json::json!({ "ca_file": kmip.authority.file() }).to_string();
    std::fs::write(machine.home().join("policy.json"), policy).unwrap();
    let named = format!("clinical=kmip:{}", kmip.address());
    let founding: Vec<&str> = FOUND.into_iter().chain(["--kms", &named]).collect();
    machine.run(&founding, PASSWORDS).refused(&["kmip:clinical", "no credentials", "client certificate"]);
    machine.run(&["keys", "credentials", "clinical"], "not a certificate").refused(&["Nothing was changed"]);
    let identity = kmip.authority.client().pem();
    machine.run(&["keys", "credentials", "clinical"], &identity).says(&["holds the credentials for clinical"]);
    machine.run(&founding, PASSWORDS).says(&["Founded Elm Street"]);
    let passwords: Vec<&str> = PASSWORDS.lines().collect();
    let status = || machine.run(&["keys", "status", "--as", "ruiz"], passwords[0]);
    status().says(&["kmip:clinical ", &format!("at {}", kmip.address()), "local:front "]);
    let both = format!("{}\n{}\n", passwords[0], passwords[1]);
    let rotate = ["keys", "rotate", "master", "clinical", "--admin", "ruiz", "--holder", "chen"];
    let there = format!("kmip:{}", kmip.address());
    let again: Vec<&str> = rotate.into_iter().chain(["--kms", &there]).collect();
    machine.run(&again, &both).says(&["done: ", "100 %"]);
    status().says(&["kmip:clinical_2 "]);
    machine.run(&[&rotate[..], &["--local"]].concat(), &both).says(&["done: "]);
    status().says(&["local:clinical_3 "]);
    let credentials = ["keys", "credentials", "clinical", "--remove"];
    machine.run(&credentials, "").refused(&["--admin"]);
    machine.run(&[&credentials[..], &["--admin", "ruiz"]].concat(), passwords[0]).says(&["no credentials"]);
}
