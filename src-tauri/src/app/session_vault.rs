//! The key vault as a session uses it: what a key management service wraps is opened once and wrapped under the
//! compartment's root alone, in memory; and back, when keys are stored.

use super::desk::Desk;
use super::error::Failure;
use super::workstation::Workstation;
use crate::crypt::kms::{Locked, Reach};
use crate::crypt::{CryptError, commitment, id_of, provider_of};
use crate::keys::{CompartmentRoot, MasterKey, TrustedManifest, session_name};
use bson::RawDocumentBuf;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Opened key documents by the hash of the stored ones: while a session goes on, the service isn't asked again.
pub(super) type Opened = BTreeMap<[u8; 32], RawDocumentBuf>;

impl Workstation {
    /// The stored documents, those of services opened where the session holds the root. All or none.
    pub(super) async fn session_vault(
        &self,
        roots: &[CompartmentRoot],
        manifest: &TrustedManifest,
        stored: &[RawDocumentBuf],
    ) -> Result<(Vec<RawDocumentBuf>, Opened), Failure> {
        let mut vault = stored.to_vec();
        let mut opened = Opened::new();
        for root in roots {
            let Some(master) = self.record.master(root.compartment(), root.epoch()) else { continue };
            let provider = self.record.provider(root.compartment(), root.epoch());
            let lock = Locked { provider: &provider, master, root };
            for (at, document) in self.opened(lock, manifest, &vault).await? {
                opened.insert(hash(&stored[at]), document.clone());
                vault[at] = document;
            }
        }
        Ok((vault, opened))
    }

    /// The documents of one root, each with its place.
    async fn opened(
        &self,
        lock: Locked<'_>,
        manifest: &TrustedManifest,
        vault: &[RawDocumentBuf],
    ) -> Result<Vec<(usize, RawDocumentBuf)>, Failure> {
        let before = self.keys.as_ref().map(|keys| &keys.opened);
        let (mut done, mut asked) = (Vec::new(), Vec::new());
        for key in manifest.keys().iter().filter(|key| key.provider == lock.provider) {
            // One that is missing is told by whoever checks the whole vault.
            let Some(at) = vault.iter().position(|document| id_of(document) == Some(key.key)) else { continue };
            if provider_of(&vault[at]) != Some(lock.provider) {
                return Err(CryptError::ForeignKey(key.key).into());
            }
            match before.and_then(|before| before.get(&hash(&vault[at]))) {
                Some(known) => done.push((at, known.clone())),
                None => asked.push(at),
            }
        }
        let stored: Vec<RawDocumentBuf> = asked.iter().map(|at| vault[*at].clone()).collect();
        let opened = self.reach.open_keys(self.keychain.as_ref(), lock, &stored).await?;
        for document in &opened {
            let key = id_of(document).and_then(|id| manifest.key(id));
            let same = commitment(document, lock.root.root())
                .is_ok_and(|found| key.is_some_and(|key| key.commitment == found));
            if !same {
                return Err(Reach::wrong_key(lock).into());
            }
        }
        done.extend(asked.into_iter().zip(opened));
        Ok(done)
    }
}

impl Desk<'_> {
    /// A session's key documents as they are stored under a root: as they are, or wrapped by its service too.
    pub(super) async fn stored_keys_of(
        &self,
        root: &CompartmentRoot,
        master: Option<&MasterKey>,
        session: Vec<RawDocumentBuf>,
    ) -> Result<Vec<RawDocumentBuf>, Failure> {
        let Some(master) = master else { return Ok(session) };
        let provider = crate::keys::provider_name(root.compartment(), root.epoch(), Some(master));
        let lock = Locked { provider: &provider, master, root };
        Ok(self.reach.close_keys(self.keychain, lock, &session).await?)
    }

    /// The session's root behind a provider of the manifest.
    pub(super) fn root_behind(&self, provider: &str) -> Option<&CompartmentRoot> {
        let local = session_name(provider);
        self.keys.roots.iter().find(|root| root.provider() == local)
    }
}

fn hash(document: &RawDocumentBuf) -> [u8; 32] {
    Sha256::digest(document.as_bytes()).into()
}
