//! The status panel: what the workstation checked of itself just now.

use super::desk::Desk;
use super::error::Failure;
use super::perform::{Action, Prepared, Touched};
use super::sign_in::policy_version;
use super::views::{CheckView, StatusView};
use crate::audit::Purpose;
use crate::crypt::libmongocrypt_version;
use crate::policy::Right;
use crate::store::raw;
use bson::spec::BinarySubtype;
use bson::{RawBsonRef, RawDocument, RawDocumentBuf, doc};
use serde::Deserialize;
use std::sync::PoisonError;
use uuid::Uuid;

/// The self-check.
#[derive(Deserialize, ts_rs::TS)]
pub struct ShowStatus {}

impl Action for ShowStatus {
    type Output = StatusView;
    const NAME: &'static str = "status";

    fn right(&self) -> Right {
        Right::ViewStatus
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<StatusView>, Failure> {
        let checks = vec![
            desk.check_encryption().await?,
            desk.check_store().await?,
            desk.check_keychain(),
            desk.check_keys(),
            desk.check_audit().await?,
            desk.check_certificates(),
            check_memory(),
        ];
        let status = StatusView {
            checks,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            libmongocrypt: libmongocrypt_version(),
            policy: policy_version(),
        };
        Ok(Prepared::read(status, Touched::default()))
    }
}

fn line(what: &str, ok: bool, detail: String) -> CheckView {
    CheckView { what: what.to_owned(), ok, detail, notes: None }
}

/// Documents looked at by the self-check.
const SAMPLE: i64 = 200;

impl Desk<'_> {
    /// Looks at stored bytes, not at what the program believes: every section value must be ciphertext.
    async fn check_encryption(&self) -> Result<CheckView, Failure> {
        let mut looked = 0;
        let mut clear = 0;
        for collection in ["patients", "items"] {
            let command = doc! { "find": self.site.stored_in(collection), "filter": {}, "projection": { "s": 1 }, "limit": SAMPLE };
            let command = raw(&command)?;
            let command = match collection {
                "patients" => self.keys.crypt.encrypt_command(crate::store::DATABASE, &command)?,
                _ => command,
            };
            for document in crate::store::first_batch(&self.store.run(command).await?)? {
                looked += 1;
                clear += unencrypted(&document);
            }
        }
        let detail = format!(
            "AES-256-GCM in AEAD_AES_256_CBC_HMAC_SHA_256 (Queryable Encryption); {looked} documents looked at, {clear} unencrypted values"
        );
        Ok(line("encryption", clear == 0, detail))
    }

    async fn check_store(&self) -> Result<CheckView, Failure> {
        let mut counts = Vec::new();
        for collection in ["patients", "items", "key_vault"] {
            let reply = self.store.run(raw(&doc! { "count": self.site.stored_in(collection), "query": {} })?).await?;
            counts.push(format!("{collection} {}", count_of(&reply)));
        }
        let kind = match self.store.kind() {
            crate::store::StoreKind::Embedded => "embedded",
            crate::store::StoreKind::Memory => "in memory",
            crate::store::StoreKind::Atlas => "MongoDB",
        };
        let abilities = self.store.abilities();
        let version =
            abilities.map_or_else(String::new, |server| format!(" {}.{}", server.version.0, server.version.1));
        let checked = line("store", true, format!("{kind}{version}: {}", counts.join(", ")));
        Ok(CheckView { notes: abilities.map(crate::store::atlas::Abilities::notes), ..checked })
    }

    fn check_keychain(&self) -> CheckView {
        match self.site_key() {
            Ok(_) => line("keychain", true, "site key present and whole".to_owned()),
            Err(error) => line("keychain", false, error.to_string()),
        }
    }

    fn check_keys(&self) -> CheckView {
        let held: Vec<&str> = self.keys.roots.iter().map(|root| root.compartment().code()).collect();
        line("keys", true, format!("compartments open in this session: {}", held.join(", ")))
    }

    /// Until when the certificates last that this workstation met or uses itself.
    fn check_certificates(&self) -> CheckView {
        let met = self.reach.certificates.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = met.iter().filter_map(|(whose, one)| Some((whose, crate::net::ending(one.validity(self.now()))?)));
        let ends: Vec<String> = ends.map(|(whose, ends)| format!("{whose} {ends}")).collect();
        let detail = match (met.len(), ends.is_empty()) {
            (0, _) => "no certificate is used here".to_owned(),
            (count, true) => format!("{count} certificates, all good for 30 days or more"),
            _ => ends.join("; "),
        };
        line("certificates", ends.is_empty(), detail)
    }

    async fn check_audit(&self) -> Result<CheckView, Failure> {
        let newest = self.audit.newest().await?;
        let open = self.audit.unresolved().await?.len();
        Ok(line("audit", open == 0, format!("{} rows in the chain, {open} writes without an outcome", newest.seq)))
    }
}

fn check_memory() -> CheckView {
    let installed = crate::zero::installed();
    let detail = if installed { "freed memory is zeroed" } else { "freed memory is not zeroed on this system" };
    line("memory", installed || !cfg!(target_os = "linux"), detail.to_owned())
}

fn count_of(reply: &RawDocumentBuf) -> i64 {
    reply.get("n").ok().flatten().and_then(|n| n.as_i64().or(n.as_i32().map(i64::from))).unwrap_or(-1)
}

/// Section values that are neither a libmongocrypt value nor sealed to a compartment.
fn unencrypted(document: &RawDocument) -> usize {
    let Ok(values) = document.get_document("s") else { return 1 };
    let clear = |value: RawBsonRef<'_>| match value {
        RawBsonRef::Binary(value) if value.subtype == BinarySubtype::Encrypted => value.bytes.first() != Some(&16),
        RawBsonRef::Binary(value) => value.bytes.len() < 64,
        _ => true,
    };
    values.into_iter().filter(|one| one.as_ref().map_or(true, |(_, value)| clear(*value))).count()
}
