//! Which key of a key management service wraps a compartment's data keys, in MongoDB's own terms.
//!
//! Such a key is a second lock beside the compartment's root, never instead of it: decision 15 says why.

use crate::record::Compartment;
use bson::{Document, doc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A master key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "provider", rename_all = "snake_case")]
pub enum MasterKey {
    /// Amazon's service.
    Aws {
        /// The key's ARN.
        key: String,
        /// Another address than the region's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        endpoint: Option<String>,
    },
    /// Microsoft's Key Vault.
    Azure {
        /// The vault's host, perhaps with a port.
        vault: String,
        /// The key's name.
        name: String,
        /// The key's version; the newest without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
    },
    /// Google's service.
    Gcp {
        /// The project.
        project: String,
        /// The location.
        location: String,
        /// The key ring.
        ring: String,
        /// The key's name.
        name: String,
        /// The key's version; the primary one without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<String>,
        /// Another address than the service's own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        endpoint: Option<String>,
    },
    /// A server that speaks KMIP.
    Kmip {
        /// `host:port`.
        endpoint: String,
        /// The id of the key; without one, a key is made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<String>,
        /// Whether the key stays on the server, which then encrypts and decrypts.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        delegated: bool,
    },
}

/// A master key that can't be understood.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "a key is named as aws:arn:aws:kms:REGION:ACCOUNT:key/ID, azure:VAULT/NAME[/VERSION], \
     gcp:projects/…/locations/…/keyRings/…/cryptoKeys/NAME or kmip:HOST[:PORT][/ID][?delegated]"
)]
pub struct NotAMasterKey;

impl std::str::FromStr for MasterKey {
    type Err = NotAMasterKey;

    fn from_str(text: &str) -> Result<Self, NotAMasterKey> {
        let (kind, rest) = text.split_once(':').ok_or(NotAMasterKey)?;
        let key = match kind {
            "aws" => aws(rest),
            "azure" => azure(rest),
            "gcp" => gcp(rest),
            "kmip" => kmip(rest),
            _ => None,
        };
        key.filter(MasterKey::is_plain).ok_or(NotAMasterKey)
    }
}

/// A service's own address may follow the key after an `@`.
fn at(text: &str) -> (&str, Option<String>) {
    text.split_once('@').map_or((text, None), |(key, endpoint)| (key, Some(with_port(endpoint, 443))))
}

fn aws(text: &str) -> Option<MasterKey> {
    let (key, endpoint) = at(text);
    let parts: Vec<&str> = key.split(':').collect();
    let known = matches!(parts.as_slice(), ["arn", _, "kms", region, _, ..] if !region.is_empty());
    known.then(|| MasterKey::Aws { key: key.to_owned(), endpoint })
}

fn azure(text: &str) -> Option<MasterKey> {
    let text = text.strip_prefix("https://").unwrap_or(text);
    let mut parts = text.split('/').filter(|part| !part.is_empty() && *part != "keys");
    let (vault, name, version) = (parts.next()?.to_owned(), parts.next()?.to_owned(), parts.next().map(str::to_owned));
    parts.next().is_none().then_some(MasterKey::Azure { vault, name, version })
}

fn gcp(text: &str) -> Option<MasterKey> {
    let (text, endpoint) = at(text);
    let parts: Vec<&str> = text.split('/').collect();
    let (["projects", project, "locations", location, "keyRings", ring, "cryptoKeys", name], rest) =
        parts.split_at_checked(8)?
    else {
        return None;
    };
    let version = match rest {
        [] => None,
        ["cryptoKeyVersions", version] => Some((*version).to_owned()),
        _ => return None,
    };
    let [project, location, ring, name] = [project, location, ring, name].map(|part| (*part).to_owned());
    Some(MasterKey::Gcp { project, location, ring, name, version, endpoint })
}

fn kmip(text: &str) -> Option<MasterKey> {
    let (text, delegated) = text.strip_suffix("?delegated").map_or((text, false), |rest| (rest, true));
    let (host, id) = text.split_once('/').map_or((text, None), |(host, id)| (host, Some(id.to_owned())));
    (!host.is_empty()).then(|| MasterKey::Kmip { endpoint: with_port(host, 5696), id, delegated })
}

fn with_port(host: &str, port: u16) -> String {
    let has = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    if has { host.to_owned() } else { format!("{host}:{port}") }
}

impl MasterKey {
    /// Its service, as libmongocrypt calls it.
    #[must_use]
    pub const fn service(&self) -> &'static str {
        match self {
            MasterKey::Aws { .. } => "aws",
            MasterKey::Azure { .. } => "azure",
            MasterKey::Gcp { .. } => "gcp",
            MasterKey::Kmip { .. } => "kmip",
        }
    }

    /// The address that is spoken with, `host:port`.
    #[must_use]
    pub fn address(&self) -> String {
        match self {
            MasterKey::Kmip { endpoint, .. }
            | MasterKey::Aws { endpoint: Some(endpoint), .. }
            | MasterKey::Gcp { endpoint: Some(endpoint), .. } => endpoint.clone(),
            MasterKey::Aws { key, .. } => format!("kms.{}.amazonaws.com:443", region(key)),
            MasterKey::Gcp { .. } => "cloudkms.googleapis.com:443".to_owned(),
            MasterKey::Azure { vault, .. } => with_port(vault, 443),
        }
    }

    /// The `masterKey` of a key document under the provider `name`.
    #[must_use]
    pub fn to_document(&self, name: &str) -> Document {
        let mut document = doc! { "provider": name };
        let mut put = |field: &str, value: Option<&String>| {
            if let Some(value) = value {
                document.insert(field, value);
            }
        };
        match self {
            MasterKey::Aws { key, endpoint } => {
                put("region", Some(&region(key).to_owned()));
                put("key", Some(key));
                put("endpoint", endpoint.as_ref());
            }
            MasterKey::Azure { vault, name, version } => {
                put("keyVaultEndpoint", Some(vault));
                put("keyName", Some(name));
                put("keyVersion", version.as_ref());
            }
            MasterKey::Gcp { project, location, ring, name, version, endpoint } => {
                put("projectId", Some(project));
                put("location", Some(location));
                put("keyRing", Some(ring));
                put("keyName", Some(name));
                put("keyVersion", version.as_ref());
                put("endpoint", endpoint.as_ref());
            }
            MasterKey::Kmip { endpoint, id, delegated } => {
                put("endpoint", Some(endpoint));
                put("keyId", id.as_ref());
                if *delegated {
                    document.insert("delegated", true);
                }
            }
        }
        document
    }

    /// The same key, now that its id is known.
    #[must_use]
    pub fn with_id(self, made: String) -> Self {
        match self {
            MasterKey::Kmip { endpoint, delegated, .. } => MasterKey::Kmip { endpoint, id: Some(made), delegated },
            other => other,
        }
    }

    /// Whether the key has yet to be made.
    #[must_use]
    pub const fn is_to_be_made(&self) -> bool {
        matches!(self, MasterKey::Kmip { id: None, .. })
    }

    /// Names go into requests' lines: nothing but letters, digits and a few signs.
    fn is_plain(&self) -> bool {
        let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/[]".contains(c));
        self.to_document("").values().all(|value| value.as_str().is_none_or(plain))
    }
}

fn region(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap_or_default()
}

/// The name of a compartment's provider: `local:front`, after a rotation `local:front_2`, or `kmip:front`.
#[must_use]
pub fn provider_name(compartment: Compartment, epoch: i64, master: Option<&MasterKey>) -> String {
    let service = master.map_or("local", MasterKey::service);
    if epoch == 1 {
        format!("{service}:{}", compartment.code())
    } else {
        format!("{service}:{}_{epoch}", compartment.code())
    }
}

/// The name under which a session's libmongocrypt knows the root behind a provider: always a local one.
#[must_use]
pub fn session_name(provider: &str) -> String {
    provider.split_once(':').map_or_else(|| provider.to_owned(), |(_, of)| format!("local:{of}"))
}

/// The master key of one root of a compartment, as the site record lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompartmentMaster {
    /// Which compartment.
    pub compartment: Compartment,
    /// Which of its roots.
    pub epoch: i64,
    /// What wraps the data keys.
    pub master: MasterKey,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<MasterKey> {
        text.parse().ok()
    }

    #[test]
    fn each_service_is_named_as_its_own_console_names_it() {
        let arn = "arn:aws:kms:eu-central-1:123456789012:key/5b3c";
        let key = read(&format!("aws:{arn}")).unwrap();
        assert_eq!(
            key.to_document("aws:front"),
            doc! { "provider": "aws:front", "region": "eu-central-1", "key": arn }
        );
        assert_eq!(key.address(), "kms.eu-central-1.amazonaws.com:443");
        assert_eq!(read(&format!("aws:{arn}@localhost:5000")).unwrap().address(), "localhost:5000");
        let azure = read("azure:https://ward.vault.azure.net/keys/clinical/1a2b").unwrap();
        assert_eq!(azure, read("azure:ward.vault.azure.net/clinical/1a2b").unwrap());
        assert_eq!(azure.address(), "ward.vault.azure.net:443");
        let gcp = read("gcp:projects/p/locations/global/keyRings/r/cryptoKeys/k").unwrap();
        assert_eq!(gcp.to_document("gcp:x").get_str("keyRing").ok(), Some("r"));
        let kmip = read("kmip:kms.ward.example").unwrap();
        assert_eq!((kmip.address().as_str(), kmip.is_to_be_made()), ("kms.ward.example:5696", true));
        let kmip = read("kmip:kms.ward.example:5697/12?delegated").unwrap();
        assert_eq!(
            kmip.to_document("kmip:a"),
            doc! { "provider": "kmip:a", "endpoint": "kms.ward.example:5697", "keyId": "12", "delegated": true }
        );
    }

    #[test]
    fn what_names_no_key_is_refused() {
        let wrong =
            ["", "kmip:", "aws:alias/ward", "azure:vault", "gcp:projects/p", "local:x", "kmip:a b", "kmip:a\r\nX: y"];
        assert!(wrong.into_iter().all(|text| read(text).is_none()));
    }

    #[test]
    fn a_session_knows_every_root_by_a_local_name() {
        let master = read("kmip:host").unwrap();
        let name = provider_name(Compartment::Clinical, 2, Some(&master));
        assert_eq!(name, "kmip:clinical_2");
        assert_eq!(session_name(&name), provider_name(Compartment::Clinical, 2, None));
    }
}
