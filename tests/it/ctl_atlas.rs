//! A clinic on a server as IT sets it up: founded, joined, looked at and examined by programs, over TLS, with accounts
//! that may do what the printed roles say and no more.

use crate::ctl::{FOUND, Machine, PASSWORDS};
use crate::import::{Folder, anna};
use crate::wire::tls::Authority;
use crate::wire::users::User;
use crate::wire::{Options, Server};
use bson::{Document, doc};
use std::path::PathBuf;
use wardseal::store::atlas::roles;

const ADMINISTRATOR: &str = "a long walk by the river\n";
const SERVICE: &str = "letters from the lab\n";

/// A server with an account for each workstation, and one of its own administrator.
pub struct Hall {
    pub server: Server,
    folder: tempfile::TempDir,
    authority: Authority,
}

/// What these of the printed roles come to.
fn privileges(names: &[&str]) -> Vec<Document> {
    let of = roles().into_iter().filter(|role| names.contains(&role.name));
    let each = of.flat_map(|role| role.command().get_array("privileges").unwrap().clone());
    each.map(|one| one.as_document().unwrap().clone()).collect()
}

fn workstation() -> Vec<Document> {
    privileges(&["wardsealApplication", "wardsealKeyVault", "wardsealSetup"])
}

impl Hall {
    pub fn open() -> Self {
        Self::of_version("9.0.0")
    }

    fn of_version(version: &str) -> Self {
        let (folder, authority) = (tempfile::tempdir().unwrap(), Authority::new());
        let tls = authority.server(folder.path());
        let more = doc! { "resource": { "db": "billing", "collection": "" }, "actions": ["find", "insert"] };
        let broad = workstation().into_iter().chain([more]).collect();
        let users = vec![
            User::root("dba", "the server's own"),
            User::with("first", "one", "wardsealApplication", workstation()),
            User::with("broad", "two", "billing", broad),
            User::with("", "", "wardsealApplication", privileges(&["wardsealApplication"])).by_certificate("CN=ward3"),
        ];
        let version = version.to_owned();
        let server = Server::start(Options { tls: Some(tls), users, version, ..Options::default() });
        Self { server, folder, authority }
    }

    /// The connection string of an account, as it is typed.
    pub fn typed(&self, who: &str) -> String {
        format!("mongodb://{who}localhost:{}/?replicaSet=wire&tls=true\n", self.server.address.port())
    }

    pub fn ca(&self) -> String {
        self.folder.path().join("authority.pem").display().to_string()
    }

    fn certificate(&self, name: &str) -> PathBuf {
        self.authority.client(self.folder.path(), name)
    }
}

pub const FIRST: &str = "first:one@";

/// What `doctor` says; it ends with another code where it finds something.
fn examined(machine: &Machine) -> String {
    machine.run(&["doctor"], "").out
}

#[test]
fn a_clinic_is_founded_on_a_server_others_join_it_and_one_is_shut_out() {
    let Some(first) = Machine::new() else { return };
    let hall = Hall::open();
    let ca = hall.ca();
    let found = [&FOUND[..], &["--store", "atlas", "--ca-file", &ca]].concat();
    let broad = format!("{}{PASSWORDS}", hall.typed("broad:two@"));
    first.run(&found, &broad).refused(&["may do more than a workstation needs: find, insert"]);
    let typed = format!("{}{PASSWORDS}", hall.typed(FIRST));
    first.run(&found, &typed).says(&["Founded Elm Street"]);
    assert!(!first.home().join("wardseal.db").exists(), "nothing of the records lies here");
    let note = std::fs::read_to_string(first.home().join("store.json")).unwrap();
    assert!(note.contains("keychain_entry") && !note.contains("mongodb"), "{note}");
    let file = Folder::new();
    let path = file.resource("anna.json", &anna());
    let import = ["import", "fhir", "--as", "feed", path.to_str().unwrap()];
    first.run(&import, SERVICE).says(&["1 new patients"]);
    assert!(examined(&first).contains("answers, and the account may do what it needs and no more"));

    // A second one, by ticket and with a certificate instead of a password.
    let second = Machine::new().unwrap();
    let ticket = second.home().with_file_name("ticket");
    let ticket = ticket.to_str().unwrap();
    first.run(&["workstations", "ticket", "--as", "ruiz", "--out", ticket], ADMINISTRATOR).says(&["once"]);
    let certificate = hall.certificate("ward3");
    let join = ["enrol", "--name", "ward 3", "--ticket", ticket, "--atlas", "--ca-file", &ca];
    second.run(&join, &hall.typed("first:wrong@")).refused(&["refused"]);
    assert!(!second.home().join("store.json").exists(), "nothing is kept of what failed");
    let join = [&join[..], &["--certificate-file", certificate.to_str().unwrap()]].concat();
    let typed = hall.typed("").replace("?", "?authMechanism=MONGODB-X509&authSource=%24external&");
    second.run(&join, &typed).says(&["Enrolled with Elm Street as ward 3"]);
    second.run(&import, SERVICE).says(&["1 there already"]);
    assert!(examined(&second).contains("answers, and the account may do what it needs and no more"));

    // Shut out: by the clinic, and by the server at once.
    first.run(&["workstations", "revoke", "--as", "ruiz", "ward 3"], ADMINISTRATOR).says(&["is shut out"]);
    second.run(&import, SERVICE).refused(&["doesn't belong to the site any more"]);
    assert!(hall.server.state.users.remove("$external", "CN=ward3"));
    second.run(&import, SERVICE).refused(&["The server"]);
    first.run(&import, SERVICE).says(&["1 there already"]);
}

#[test]
fn the_servers_administrator_is_told_what_writes_commands_down() {
    let Some(machine) = Machine::new() else { return };
    let hall = Hall::open();
    let ca = hall.ca();
    let check = ["atlas", "check", "--ca-file", &ca];
    machine.run(&check, &hall.typed("dba:the%20server%27s%20own@")).says(&["The profiler of wardseal is off."]);
    machine.run(&check, &hall.typed("dba:another@")).refused(&["Nothing was changed."]);
    machine.run(&["atlas", "check"], &hall.typed("dba:x@")).refused(&["can't be reached"]);
    machine.run(&["atlas", "roles"], "").says(&["wardsealApplication", "leases"]);
}

#[test]
fn the_doctor_names_what_is_wrong_with_keychain_account_and_server() {
    let Some(machine) = Machine::new() else { return };
    let (demo, other) = (Machine::new().unwrap(), Machine::new().unwrap());
    demo.run(&["demo", "--patients", "1"], "").says(&["1 new patients"]);
    assert!(examined(&demo).contains("fine   keychain"), "{}", examined(&demo));
    let locked = demo.run_locked(&["doctor"]).out;
    assert!(locked.contains("FAULT  keychain:") && locked.contains("locked"), "{locked}");
    assert!(locked.contains("start and unlock the system keychain"), "{locked}");
    other.choose_no_password();
    let empty = examined(&other);
    assert!(empty.contains("FAULT  keychain: The keychain has an empty password"), "{empty}");

    let policy = |hall: &Hall, who: &str| {
        let connection = hall.folder.path().join(format!("connection-{}", who.len()));
        let written = std::fs::write(&connection, hall.typed(who).trim());
        written.and_then(|()| std::fs::set_permissions(&connection, private())).unwrap();
        let store = serde_json::json!({ "kind": "atlas", "connection_file": connection });
        let policy = serde_json::json!({ "ca_file": hall.ca(), "store": store });
        std::fs::write(machine.home().join("policy.json"), policy.to_string()).unwrap();
    };
    let hall = Hall::open();
    policy(&hall, "broad:two@");
    let told = examined(&machine);
    assert!(told.contains("may do more than a workstation needs: find, insert"), "{told}");
    assert!(told.contains("give the account the roles of `wardsealctl atlas roles` and no others"), "{told}");
    policy(&hall, "first:forgotten@");
    let told = examined(&machine);
    assert!(told.contains("FAULT  the store's server: The server refused the account"), "{told}");
    let old = Hall::of_version("5.0.9");
    policy(&old, FIRST);
    let told = examined(&machine);
    assert!(told.contains("older than MongoDB 6.0") && told.contains("update the server"), "{told}");
}

fn private() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::Permissions::from_mode(0o600)
}
