//! Who may connect, and what they may do.

use super::refusal::Refusal;
use super::scram::Credential;
use bson::{Bson, Document, doc};
use std::collections::BTreeMap;
use std::sync::Mutex;

#[derive(Clone)]
pub struct User {
    pub name: String,
    /// `admin`, or `$external` for those whose certificate says who they are.
    pub db: String,
    pub credential: Option<Credential>,
    pub roles: Vec<Document>,
    /// What the roles come to; `None` means everything.
    pub privileges: Option<Vec<Document>>,
}

impl User {
    /// Somebody who may do everything.
    pub fn root(name: &str, password: &str) -> Self {
        Self {
            name: name.to_owned(),
            db: "admin".to_owned(),
            credential: Some(Credential::of(password)),
            roles: vec![doc! { "role": "root", "db": "admin" }],
            privileges: None,
        }
    }

    /// Somebody who may do this and no more.
    pub fn with(name: &str, password: &str, role: &str, privileges: Vec<Document>) -> Self {
        let roles = vec![doc! { "role": role, "db": "admin" }];
        Self { roles, privileges: Some(privileges), ..Self::root(name, password) }
    }

    /// The same person, known by a certificate.
    #[must_use]
    pub fn by_certificate(self, subject: &str) -> Self {
        Self { name: subject.to_owned(), db: "$external".to_owned(), credential: None, ..self }
    }
}

/// All users; a server without any lets everybody do everything.
#[derive(Default)]
pub struct Users(Mutex<BTreeMap<(String, String), User>>);

impl Users {
    pub fn of(users: Vec<User>) -> Self {
        let key = |user: &User| (user.db.clone(), user.name.clone());
        Self(Mutex::new(users.into_iter().map(|user| (key(&user), user)).collect()))
    }

    pub fn are_asked(&self) -> bool {
        !self.0.lock().unwrap().is_empty()
    }

    pub fn find(&self, db: &str, name: &str) -> Option<User> {
        self.0.lock().unwrap().get(&(db.to_owned(), name.to_owned())).cloned()
    }

    pub fn add(&self, user: User) {
        self.0.lock().unwrap().insert((user.db.clone(), user.name.clone()), user);
    }

    /// Takes somebody's access away at once.
    pub fn remove(&self, db: &str, name: &str) -> bool {
        self.0.lock().unwrap().remove(&(db.to_owned(), name.to_owned())).is_some()
    }

    /// Refuses what the user's privileges don't cover.
    pub fn permit(
        &self,
        who: Option<&(String, String)>,
        name: &str,
        db: &str,
        collection: &str,
    ) -> Result<(), Refusal> {
        if !self.are_asked() || super::faults::GREETINGS.contains(&name) || name == "getnonce" || name == "logout" {
            return Ok(());
        }
        let user = who.and_then(|(db, name)| self.find(db, name));
        let user = user.ok_or_else(|| Refusal::new(13, format!("command {name} requires authentication")))?;
        let Some(privileges) = &user.privileges else { return Ok(()) };
        let needed = actions(name);
        let covers = |action: &&str| privileges.iter().any(|one| covers(one, db, collection, action));
        if needed.iter().all(covers) { Ok(()) } else { Err(Refusal::new(13, format!("not authorized to run {name}"))) }
    }

    /// `connectionStatus` about whoever asks.
    pub fn status(&self, who: Option<&(String, String)>, privileges: bool) -> Document {
        let user = who.and_then(|(db, name)| self.find(db, name));
        let users: Vec<Bson> = user.iter().map(|one| doc! { "user": &one.name, "db": &one.db }.into()).collect();
        let roles: Vec<Document> = user.iter().flat_map(|one| one.roles.clone()).collect();
        let mut info = doc! { "authenticatedUsers": users, "authenticatedUserRoles": roles };
        if privileges {
            let everything = doc! { "resource": { "anyResource": true }, "actions": ["anyAction"] };
            let all = user.map_or_else(Vec::new, |user| user.privileges.unwrap_or_else(|| vec![everything]));
            info.insert("authenticatedUserPrivileges", all);
        }
        doc! { "authInfo": info, "ok": 1.0 }
    }

    /// `usersInfo`: everybody, or one.
    pub fn info(&self, command: &Document) -> Document {
        let wanted = match command.get("usersInfo") {
            Some(Bson::String(name)) => Some(name.clone()),
            Some(Bson::Document(one)) => one.get_str("user").ok().map(str::to_owned),
            _ => None,
        };
        let all = self.0.lock().unwrap();
        let shown = all.values().filter(|user| wanted.as_ref().is_none_or(|name| *name == user.name));
        let one = |user: &User| {
            Bson::from(doc! {
                "_id": format!("{}.{}", user.db, user.name), "user": &user.name, "db": &user.db,
                "roles": user.roles.clone(), "mechanisms": ["SCRAM-SHA-256"],
            })
        };
        doc! { "users": shown.map(one).collect::<Vec<_>>(), "ok": 1.0 }
    }
}

fn covers(privilege: &Document, db: &str, collection: &str, action: &str) -> bool {
    let Ok(resource) = privilege.get_document("resource") else { return false };
    let any = |name| resource.get_bool(name).unwrap_or(false);
    let fits = |name: &str, value: &str| resource.get_str(name).is_ok_and(|told| told.is_empty() || told == value);
    let here = any("anyResource") || any("cluster") || fits("db", db) && fits("collection", collection);
    let actions = privilege.get_array("actions").map_or(&[][..], |actions| actions.as_slice());
    here && actions.iter().any(|one| one.as_str() == Some(action) || one.as_str() == Some("anyAction"))
}

fn actions(command: &str) -> &'static [&'static str] {
    match command {
        "find" | "aggregate" | "count" | "distinct" => &["find"],
        "insert" => &["insert"],
        "update" => &["update"],
        "delete" => &["remove"],
        "findAndModify" => &["find", "update"],
        "create" => &["createCollection"],
        "createIndexes" => &["createIndex"],
        "dropIndexes" => &["dropIndex"],
        "listIndexes" => &["listIndexes"],
        "drop" => &["dropCollection"],
        "dropDatabase" => &["dropDatabase"],
        "collMod" => &["collMod"],
        "createUser" => &["createUser"],
        "updateUser" => &["changePassword"],
        "dropUser" => &["dropUser"],
        "profile" => &["enableProfiler"],
        "compactStructuredEncryptionData" => &["compactStructuredEncryptionData"],
        "cleanupStructuredEncryptionData" => &["cleanupStructuredEncryptionData"],
        _ => &[],
    }
}
