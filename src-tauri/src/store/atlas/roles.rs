//! What an account on the server may do: the roles IT makes, and the check that a workstation's account has no more.
//!
//! To let the product send another kind of command: a row here, and IT runs the printed commands again.

use super::{KEYS_DATABASE, Server, Unfit};
use crate::store::{DATABASE, StoreError};
use bson::{Bson, Document, RawDocument, RawDocumentBuf, doc, rawdoc};
use std::collections::BTreeSet;

/// The database the audit's rows are shipped to.
pub const AUDIT_DATABASE: &str = "wardseal_audit";

/// Generations of the patients' collection that the roles name; a renewed index makes the next one.
const GENERATIONS: u8 = 9;

const READ: &[&str] = &["find"];
const WRITE: &[&str] = &["find", "insert", "update", "remove"];
const DEFINE: &[&str] = &["createCollection", "createIndex", "dropCollection", "collMod"];
const LOOK: &[&str] = &["find", "changeStream", "listCollections", "listIndexes"];
const COMPACT: &[&str] = &["compactStructuredEncryptionData", "cleanupStructuredEncryptionData"];

/// Collections a workstation writes to, beside those of patients and keys.
const WRITTEN: &[&str] = &[
    "items",
    "versions",
    "care_team",
    "grants",
    "accounts",
    "origins",
    "site",
    "sign_ins",
    "rotations",
    "rotations_due",
    "workstations",
    "enrolments",
    "handovers",
    "tickets",
    "leases",
];

/// A role on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: &'static str,
    /// Who gets it.
    pub whom: &'static str,
    /// What it allows.
    pub privileges: Vec<Privilege>,
}

/// Actions on a collection; on every one of its database when it's empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privilege {
    /// Database.
    pub database: &'static str,
    /// Collection.
    pub collection: String,
    /// MongoDB's names of the actions.
    pub actions: &'static [&'static str],
}

/// Every role there is.
#[must_use]
pub fn roles() -> Vec<Role> {
    vec![
        Role { name: "wardsealApplication", whom: "every workstation", privileges: application() },
        Role { name: "wardsealKeyVault", whom: "workstations that replace keys", privileges: key_vault() },
        Role {
            name: "wardsealSetup",
            whom: "the account that founds the site, or renews an index",
            privileges: setup(),
        },
        Role { name: "wardsealAudit", whom: "the account that ships the audit", privileges: audit() },
        Role { name: "wardsealBackup", whom: "the backup, which leaves the patients' keys out", privileges: backup() },
    ]
}

fn on(database: &'static str, collection: impl Into<String>, actions: &'static [&'static str]) -> Privilege {
    Privilege { database, collection: collection.into(), actions }
}

fn application() -> Vec<Privilege> {
    let mut all =
        vec![on(DATABASE, "", LOOK), on(KEYS_DATABASE, "", WRITE), on(KEYS_DATABASE, "", &["listCollections"])];
    all.extend(WRITTEN.iter().map(|name| on(DATABASE, *name, WRITE)));
    for nth in 1..=GENERATIONS {
        let name = if nth == 1 { "patients".to_owned() } else { format!("patients_{nth}") };
        // The server keeps its counters in the account's name.
        all.extend([".esc", ".ecoc", ".ecoc.compact"].map(|end| on(DATABASE, format!("enxcol_.{name}{end}"), WRITE)));
        all.push(on(DATABASE, name.clone(), WRITE));
        all.push(on(DATABASE, name, COMPACT));
    }
    all
}

fn key_vault() -> Vec<Privilege> {
    vec![on(DATABASE, "key_vault", WRITE)]
}

fn setup() -> Vec<Privilege> {
    vec![on(DATABASE, "", DEFINE), on(KEYS_DATABASE, "", DEFINE)]
}

fn audit() -> Vec<Privilege> {
    vec![on(AUDIT_DATABASE, "events", &["insert"])]
}

fn backup() -> Vec<Privilege> {
    vec![on(DATABASE, "", READ), on(DATABASE, "", &["listCollections", "listIndexes", "collStats"])]
}

impl Role {
    /// The command that makes it on a server of one's own.
    #[must_use]
    pub fn command(&self) -> Document {
        let privilege = |one: &Privilege| {
            let actions: Vec<Bson> = one.actions.iter().map(|action| (*action).into()).collect();
            doc! {"resource": {"db": one.database, "collection": &one.collection}, "actions": actions}
        };
        let privileges: Vec<Document> = self.privileges.iter().map(privilege).collect();
        doc! {"createRole": self.name, "privileges": privileges, "roles": []}
    }

    /// The line that makes it on Atlas, by its command-line tool.
    #[must_use]
    pub fn atlas_line(&self) -> String {
        let privileges = self.privileges.iter().flat_map(|one| {
            one.actions.iter().map(move |action| match one.collection.as_str() {
                "" => format!("{}@{}", upper(action), one.database),
                collection => format!("{}@{}.{collection}", upper(action), one.database),
            })
        });
        format!("atlas customDbRoles create {} --privilege {}", self.name, privileges.collect::<Vec<_>>().join(","))
    }
}

/// `createIndex` as Atlas writes it: `CREATE_INDEX`.
fn upper(action: &str) -> String {
    let mut word = String::new();
    for letter in action.chars() {
        if letter.is_ascii_uppercase() {
            word.push('_');
        }
        word.push(letter.to_ascii_uppercase());
    }
    word
}

/// The roles a workstation's account may have.
const OF_WORKSTATIONS: &[&str] = &["wardsealApplication", "wardsealKeyVault", "wardsealSetup"];

impl Server {
    /// Refuses an account that may do more than a workstation needs.
    pub(super) async fn refuse_broader(&self) -> Result<(), StoreError> {
        let ask = rawdoc! {"connectionStatus": 1, "showPrivileges": true};
        let status = self.again(self.patience.read, || self.send("admin", ask.clone())).await?;
        let excess = excess(&status);
        if excess.is_empty() { Ok(()) } else { Err(Unfit::TooBroad(excess).into()) }
    }
}

/// What an account may do beyond a workstation's roles: names of actions or, where the server tells no actions, of roles.
#[must_use]
pub fn excess(status: &RawDocument) -> Vec<String> {
    let Ok(info) = status.get_document("authInfo") else { return vec!["an unknown account".to_owned()] };
    let privileges = info.get_array("authenticatedUserPrivileges").map(documents).unwrap_or_default();
    let found: BTreeSet<String> = match privileges.is_empty() {
        false => privileges.iter().flat_map(|one| beyond(one)).collect(),
        // Not every server tells them.
        true => {
            let roles = info.get_array("authenticatedUserRoles").map(documents).unwrap_or_default();
            let names = roles.iter().filter_map(|role| Some(role.get_str("role").ok()?.to_owned()));
            names.filter(|name| !OF_WORKSTATIONS.contains(&name.as_str())).collect()
        }
    };
    found.into_iter().take(12).collect()
}

fn documents(array: &bson::RawArray) -> Vec<RawDocumentBuf> {
    array.into_iter().filter_map(|one| Some(one.ok()?.as_document()?.to_owned())).collect()
}

/// The actions of a privilege that no role of a workstation gives.
fn beyond(privilege: &RawDocument) -> Vec<String> {
    let actions = privilege.get_array("actions").into_iter().flatten().filter_map(Result::ok);
    let actions: Vec<String> = actions.filter_map(|action| action.as_str().map(str::to_owned)).collect();
    let resource = privilege.get_document("resource").ok();
    let part = |name| resource.and_then(|one| one.get_str(name).ok());
    let (Some(database), Some(collection)) = (part("db"), part("collection")) else { return actions };
    let given =
        roles().into_iter().filter(|role| OF_WORKSTATIONS.contains(&role.name)).flat_map(|role| role.privileges);
    let covering: Vec<Privilege> = given
        .filter(|one| one.database == database && (one.collection.is_empty() || one.collection == collection))
        .collect();
    let allowed = |action: &String| covering.iter().any(|one| one.actions.contains(&action.as_str()));
    actions.into_iter().filter(|action| !allowed(action)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(role: &Role) -> RawDocumentBuf {
        let privileges = role.command().get_array("privileges").unwrap().clone();
        let status = doc! {"authInfo": {"authenticatedUserPrivileges": privileges, "authenticatedUserRoles": []}};
        RawDocumentBuf::try_from(&status).unwrap()
    }

    #[test]
    fn a_workstations_roles_are_no_excess_and_every_other_is() {
        for role in roles() {
            let mine = OF_WORKSTATIONS.contains(&role.name) || role.name == "wardsealBackup";
            let more = excess(&status(&role));
            let only_figures = more.iter().all(|action| action == "collStats");
            assert_eq!(mine, only_figures, "{}: {more:?}", role.name);
        }
    }

    #[test]
    fn an_account_for_everything_is_an_excess_by_actions_or_by_its_roles_name() {
        let of = |info: Document| excess(&RawDocumentBuf::try_from(&doc! {"authInfo": info}).unwrap());
        let any = doc! {"resource": {"anyResource": true}, "actions": ["anyAction"]};
        assert_eq!(of(doc! {"authenticatedUserPrivileges": [any]}), ["anyAction"]);
        let other = doc! {"resource": {"db": "billing", "collection": ""}, "actions": ["find"]};
        assert_eq!(of(doc! {"authenticatedUserPrivileges": [other]}), ["find"]);
        let all = doc! {"resource": {"db": "", "collection": ""}, "actions": ["find"]};
        assert_eq!(of(doc! {"authenticatedUserPrivileges": [all]}), ["find"]);
        let vault = doc! {"resource": {"db": "wardseal", "collection": ""}, "actions": ["find", "insert"]};
        assert_eq!(of(doc! {"authenticatedUserPrivileges": [vault]}), ["insert"]);
        assert_eq!(of(doc! {"authenticatedUserRoles": [{"role": "readWrite", "db": "wardseal"}]}), ["readWrite"]);
        assert!(of(doc! {"authenticatedUserRoles": [{"role": "wardsealApplication", "db": "admin"}]}).is_empty());
        assert!(!excess(&rawdoc! {}).is_empty());
    }

    #[test]
    fn atlas_is_told_the_same_in_its_own_words() {
        let audit = roles().into_iter().find(|role| role.name == "wardsealAudit").unwrap();
        assert_eq!(
            audit.atlas_line(),
            "atlas customDbRoles create wardsealAudit --privilege INSERT@wardseal_audit.events"
        );
        assert_eq!(upper("compactStructuredEncryptionData"), "COMPACT_STRUCTURED_ENCRYPTION_DATA");
    }
}
