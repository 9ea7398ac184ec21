//! The policy file: what IT sets for this workstation and nobody types: where services are, whom to trust beside the
//! platform. It holds no secret.
//!
//! `WARDSEAL_POLICY` names it; else it is `policy.json` in the workstation's folder; else `/etc/wardseal/policy.json`.
//! What isn't known in it is passed over.

use super::home::Home;
use super::place::Place;
use crate::crypt::kms::{Reach, Surroundings};
use crate::keys::MasterKey;
use crate::net::Limits;
use crate::policy::Role;
use crate::record::Compartment;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use thiserror::Error;

const OF_MACHINE: &str = "/etc/wardseal/policy.json";

/// What the policy file says of the network and of key management services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PolicyFile {
    /// Where the store is, instead of where founding or enrolment say.
    pub store: Option<Place>,
    /// A PEM file of authorities that are trusted beside the platform's.
    pub ca_file: Option<PathBuf>,
    /// Who is expected to sign the certificates of servers, by name; anyone else inspects the connection.
    pub expected_signers: Vec<String>,
    /// Servers that a workstation of this site has to reach, `host:port`.
    pub servers: Vec<String>,
    /// Names under which servers are found by DNS SRV, such as `cluster0.example.net`.
    pub clusters: Vec<String>,
    /// Which key of which service wraps a compartment's data keys, for the founding.
    pub kms: BTreeMap<Compartment, String>,
    /// A PEM file with client certificate and key for KMIP, where the keychain has none.
    pub kmip_identity_file: Option<PathBuf>,
    /// What is asked of patients at this workstation.
    pub front: FrontPolicy,
}

/// What is asked of patients at a workstation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct FrontPolicy {
    /// Fields without which nobody is registered, beside the name; by their path, such as `contact.phones`.
    pub required: Vec<String>,
    /// Roles that compare two identifiers with the patient before a chart opens.
    pub ask_identity: BTreeSet<Role>,
}

impl Default for FrontPolicy {
    fn default() -> Self {
        let required = ["identity.birth_date", "identity.sex"].map(str::to_owned).into();
        Self { required, ask_identity: BTreeSet::new() }
    }
}

/// Why the policy file can't be used.
#[derive(Debug, Error)]
pub enum PolicyFault {
    /// It can't be read.
    #[error("the policy file {0} can't be read")]
    Unreadable(PathBuf),
    /// It isn't of its form.
    #[error("the policy file {0} isn't of its form: {1}")]
    Form(PathBuf, serde_json::Error),
    /// A key in it isn't named as keys are.
    #[error("the policy file names a key for {0} that isn't one: {1}")]
    Key(&'static str, crate::keys::NotAMasterKey),
}

impl PolicyFile {
    /// The policy of this workstation; without a file, an empty one.
    ///
    /// # Errors
    /// When there is a file and it can't be used: it isn't passed over.
    pub fn of(home: &Home) -> Result<Self, PolicyFault> {
        let named = std::env::var_os("WARDSEAL_POLICY").map(PathBuf::from);
        let own = home.folder().join("policy.json");
        match named {
            Some(path) => Self::read(&path),
            None if own.exists() => Self::read(&own),
            None if Path::new(OF_MACHINE).exists() => Self::read(Path::new(OF_MACHINE)),
            None => Ok(Self::default()),
        }
    }

    fn read(path: &Path) -> Result<Self, PolicyFault> {
        let bytes = std::fs::read(path).map_err(|_| PolicyFault::Unreadable(path.to_owned()))?;
        serde_json::from_slice(&bytes).map_err(|error| PolicyFault::Form(path.to_owned(), error))
    }

    /// How services are reached.
    #[must_use]
    pub fn reach(&self) -> Reach {
        let (ca_file, identity_file) = (self.ca_file.clone(), self.kmip_identity_file.clone());
        Reach {
            ca_file,
            identity_file,
            limits: Limits::default(),
            surroundings: Surroundings::of_process(),
            ..Reach::default()
        }
    }

    /// The master keys it names.
    ///
    /// # Errors
    /// [`PolicyFault::Key`].
    pub fn masters(&self) -> Result<BTreeMap<Compartment, MasterKey>, PolicyFault> {
        let read = |(of, text): (&Compartment, &String)| {
            let key = text.parse().map_err(|fault| PolicyFault::Key(of.code(), fault))?;
            Ok((*of, key))
        };
        self.kms.iter().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_keys_by_compartment_and_passes_over_what_others_need() {
        let text = r#"{"kms": {"clinical": "kmip:kms.ward.example"}, "ca_file": "/ca.pem", "somebody_elses": 1}"#;
        let file: PolicyFile = serde_json::from_str(text).unwrap();
        let masters = file.masters().unwrap();
        assert_eq!(masters[&Compartment::Clinical].address(), "kms.ward.example:5696");
        assert_eq!(file.reach().ca_file.as_deref(), Some(Path::new("/ca.pem")));
        let wrong: PolicyFile = serde_json::from_str(r#"{"kms": {"clinical": "here"}}"#).unwrap();
        assert!(wrong.masters().is_err());
    }
}
