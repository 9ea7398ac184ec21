//! Drafts: what somebody is typing and hasn't saved, kept every few seconds so that neither a lock nor a power cut
//! takes it. Sealed under the user's own park key, in files of the workstation: nobody else can read them.
//!
//! A draft is no record: nothing of it is in the audit, and nothing else refers to it.

use super::error::{Code, Failure};
use super::home::Home;
use super::views::{Done, DraftView};
use super::workstation::Workstation;
use crate::keys::{UserKeys, layer, subkey};
use crate::secret::Secret;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::path::PathBuf;
use uuid::Uuid;

/// The longest draft, in bytes.
const LONGEST: usize = 256 * 1024;
const LONGEST_NAME: usize = 120;

/// What is being typed.
#[derive(Deserialize, ts_rs::TS)]
pub struct SaveDraft {
    /// What of: a word of the screen, such as `registration` or `note:<patient>`.
    pub of: String,
    /// The text; the screen's own form.
    pub text: String,
}

/// Which draft.
#[derive(Deserialize, ts_rs::TS)]
pub struct DraftOf {
    /// As it was saved.
    pub of: String,
}

impl Workstation {
    /// Keeps a draft of whoever holds the seat, durably, in the place of the one before.
    ///
    /// # Errors
    /// Nobody is signed in; it is too long; what the disk says.
    pub async fn save_draft(&mut self, draft: SaveDraft) -> Result<Done, Failure> {
        if draft.text.len() > LONGEST || draft.of.len() > LONGEST_NAME {
            return Err(Code::Invalid.with("field", "draft"));
        }
        let place = self.draft_place(&draft.of)?;
        let sealed = layer::seal(&place.key, &place.aad, draft.text.as_bytes())?;
        self.home.keep_draft(&place.file, &sealed)?;
        Ok(Done {})
    }

    /// The draft, if there is one that opens.
    ///
    /// # Errors
    /// Nobody is signed in; what the disk says.
    pub async fn load_draft(&mut self, of: DraftOf) -> Result<DraftView, Failure> {
        let place = self.draft_place(&of.of)?;
        let sealed = match std::fs::read(self.home.draft_file(&place.file)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(DraftView { text: None }),
            other => other?,
        };
        let opened = layer::open(&place.key, &place.aad, &sealed);
        Ok(DraftView { text: opened.and_then(|text| String::from_utf8(text.to_vec()).ok()) })
    }

    /// The draft was saved for good, or thrown away.
    ///
    /// # Errors
    /// Nobody is signed in; what the disk says.
    pub async fn drop_draft(&mut self, of: DraftOf) -> Result<Done, Failure> {
        let place = self.draft_place(&of.of)?;
        match std::fs::remove_file(self.home.draft_file(&place.file)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(Done {}),
        }
    }

    fn draft_place(&mut self, of: &str) -> Result<DraftPlace, Failure> {
        self.asking()?;
        let keys = self.keys()?;
        DraftPlace::of(self.enrolment.site, keys.account.id, &keys.user, of)
    }
}

/// Where a draft lies and what it is sealed with; the file's name tells neither whose nor of what it is.
struct DraftPlace {
    file: String,
    key: Secret<32>,
    aad: Vec<u8>,
}

impl DraftPlace {
    fn of(site: Uuid, user: Uuid, keys: &UserKeys, of: &str) -> Result<Self, Failure> {
        // EXPOSE: drafts have a key of their own, derived from the user's.
        let key = subkey(keys.park().expose(), site.as_bytes(), "wardseal/draft/1")?;
        let aad = format!("wardseal/draft/1|{site}|{user}|{of}").into_bytes();
        // EXPOSE: hashed together with the name, so that names can't be guessed from the outside.
        let hash = Sha256::new().chain_update(key.expose()).chain_update(&aad).finalize();
        let file = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { file, key, aad })
    }
}

impl Home {
    fn draft_file(&self, name: &str) -> PathBuf {
        self.folder().join("drafts").join(name)
    }

    fn keep_draft(&self, name: &str, sealed: &[u8]) -> std::io::Result<()> {
        std::fs::create_dir_all(self.folder().join("drafts"))?;
        self.keep(&self.draft_file(name), sealed)
    }
}
