//! The audit keeps what was written, tells who may know, and names the first row that somebody touched.

mod appending;
mod mutations;
mod survivors;

use ed25519_dalek::{Signer, SigningKey};
use hpke::kem::X25519HkdfSha256;
use hpke::{Kem, Serializable};
use std::path::PathBuf;
use tempfile::TempDir;
use uuid::Uuid;
use wardseal::audit::{AuditLog, Broken, Code, Event, Kind, Opener, Sealer, Verified, Witness, verify};
use wardseal::clock::Timestamp;
use wardseal::secret::Secret;

const WORKSTATION: Uuid = Uuid::from_u128(0x5741_5244);

/// A workstation with its audit, an auditor and a nurse.
struct Desk {
    folder: TempDir,
    key: SigningKey,
    auditor: Secret<32>,
    nurse: Secret<32>,
    sealer: Sealer,
}

impl Desk {
    fn new() -> Self {
        let ((auditor, a), (nurse, b)) = (key_pair(), key_pair());
        let folder = tempfile::tempdir().unwrap();
        let key = SigningKey::from_bytes(&[7; 32]);
        Self { folder, key, auditor, nurse, sealer: Sealer::to(&[a, b]).unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("audit.db")
    }

    async fn open(&self) -> AuditLog {
        AuditLog::open(&self.path(), WORKSTATION).await.unwrap()
    }

    async fn sign(&self, log: &AuditLog) -> u64 {
        log.sign_head(Timestamp(99), |message| self.key.sign(message).to_bytes()).await.unwrap().seq
    }

    async fn write_rows(&self, log: &AuditLog, rows: u64) {
        for number in 0..rows {
            log.append(Kind::Decision, None, &opened_chart(number), &self.sealer).await.unwrap();
        }
    }

    fn verify(&self, witness: Option<Witness>) -> Result<Verified, Broken> {
        verify(&self.path(), self.key.verifying_key().as_bytes(), witness)
    }

    fn auditor(&self) -> Opener {
        Opener::new(&self.auditor).unwrap()
    }

    fn nurse(&self) -> Opener {
        Opener::new(&self.nurse).unwrap()
    }
}

fn key_pair() -> (Secret<32>, [u8; 32]) {
    let (private, public) = X25519HkdfSha256::gen_keypair();
    (Secret::copy_from(&private.to_bytes()).unwrap(), public.to_bytes().into())
}

fn opened_chart(number: u64) -> Event {
    let at = Timestamp(1_790_000_000_000 + i64::try_from(number).unwrap());
    let mut event = Event::new(Code::of("open_chart"), WORKSTATION, Uuid::from_u128(number.into()), at);
    event.patient = Some(Uuid::from_u128(u128::from(number) << 64));
    event.count = 1;
    event
}
