//! Sealing events to their readers' public keys without a curve operation a row.
//!
//! A [`Sealer`] lives as long as a session: one HPKE set-up for each reader, whose exported secret wraps the rows'
//! own keys. It can't open what it has sealed once it is dropped. Form of a body (all lengths fixed but the last):
//! `1 | n | n × (enc 32 | wrapped key 48) | nonce 12 | AES-256-GCM(padded JSON)`.

use super::AuditError;
use super::chain::{Row, clear_bytes};
use super::event::{Event, Kind};
use crate::secret::Secret;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, setup_receiver, setup_sender};
use std::collections::HashMap;
use zeroize::Zeroizing;

const INFO: &[u8] = b"wardseal/audit/session/1";
const EXPORT: &[u8] = b"wardseal/audit/wrap/1";
const KEY_AAD: &[u8] = b"wardseal/audit/key/1";
const VERSION: u8 = 1;
const SLOT: usize = 32 + 48;
/// Holds every event but one with many record heads.
const BLOCK: usize = 768;

type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;
type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
type Enc = <X25519HkdfSha256 as Kem>::EncappedKey;

/// Seals rows to a fixed set of readers for the length of a session.
pub struct Sealer {
    slots: Vec<([u8; 32], Aes256Gcm)>,
}

impl Sealer {
    /// Seals to these X25519 public keys: the auditors' and, while somebody is signed in, the actor's own.
    ///
    /// # Errors
    /// Without a reader or with more than 255, or when a key is malformed.
    pub fn to(readers: &[[u8; 32]]) -> Result<Self, AuditError> {
        if readers.is_empty() || readers.len() > 255 {
            return Err(AuditError::Recipients);
        }
        Ok(Self { slots: readers.iter().map(slot_for).collect::<Result<_, _>>()? })
    }

    /// The sealed body of a row.
    pub(super) fn seal(&self, kind: Kind, refers_to: Option<u64>, event: &Event) -> Result<Vec<u8>, AuditError> {
        // EXPOSE: the row's own key is used once, here.
        let key = Secret::<32>::random().map_err(|_| AuditError::Sealing)?;
        let mut nonce = [0; 12];
        getrandom::fill(&mut nonce).map_err(|_| AuditError::Sealing)?;
        let mut body = vec![VERSION, u8::try_from(self.slots.len()).map_err(|_| AuditError::Recipients)?];
        for (enc, wrap) in &self.slots {
            body.extend_from_slice(enc);
            body.extend_from_slice(&gcm(wrap, &nonce, key.expose(), KEY_AAD)?);
        }
        body.extend_from_slice(&nonce);
        let aad = clear_bytes(event.at, event.workstation, kind, refers_to);
        body.extend_from_slice(&gcm(&Aes256Gcm::new(key.expose().into()), &nonce, &padded(event)?, &aad)?);
        Ok(body)
    }
}

/// Opens rows with one reader's private key; remembers the sessions it has already unwrapped.
pub struct Opener {
    private: PrivateKey,
    sessions: HashMap<[u8; 32], Aes256Gcm>,
}

impl Opener {
    /// With an X25519 private key.
    ///
    /// # Errors
    /// When the key is malformed.
    pub fn new(private: &Secret<32>) -> Result<Self, AuditError> {
        // EXPOSE: the key moves into hpke's own zeroizing type.
        let private = PrivateKey::from_bytes(private.expose()).map_err(|_| AuditError::Key)?;
        Ok(Self { private, sessions: HashMap::new() })
    }

    /// The event, if this reader is one of those it was sealed to and nothing was changed.
    #[must_use]
    pub fn open(&mut self, row: &Row) -> Option<Event> {
        let (slots, nonce, sealed) = parts(&row.body)?;
        let aad = clear_bytes(row.at, row.workstation, row.kind, row.refers_to);
        slots.chunks_exact(SLOT).find_map(|slot| {
            let (enc, wrapped) = slot.split_at_checked(32)?;
            let key = self.unwrap(enc.try_into().ok()?, nonce, wrapped)?;
            let cipher = Aes256Gcm::new_from_slice(&key).ok()?;
            let clear = open_gcm(&cipher, nonce, sealed, &aad)?;
            serde_json::from_slice(unpadded(&clear)?).ok()
        })
    }

    fn unwrap(&mut self, enc: [u8; 32], nonce: &[u8; 12], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if let Some(wrap) = self.sessions.get(&enc) {
            return open_gcm(wrap, nonce, wrapped, KEY_AAD);
        }
        let encapped = Enc::from_bytes(&enc).ok()?;
        let context =
            setup_receiver::<AesGcm256, HkdfSha256, X25519HkdfSha256>(&OpModeR::Base, &self.private, &encapped, INFO)
                .ok()?;
        let wrap = wrapping(|out| context.export(EXPORT, out)).ok()?;
        let key = open_gcm(&wrap, nonce, wrapped, KEY_AAD);
        self.sessions.insert(enc, wrap);
        key
    }
}

fn slot_for(reader: &[u8; 32]) -> Result<([u8; 32], Aes256Gcm), AuditError> {
    let public = PublicKey::from_bytes(reader).map_err(|_| AuditError::Key)?;
    let (enc, context) = setup_sender::<AesGcm256, HkdfSha256, X25519HkdfSha256>(&OpModeS::Base, &public, INFO)
        .map_err(|_| AuditError::Key)?;
    Ok((enc.to_bytes().into(), wrapping(|out| context.export(EXPORT, out))?))
}

fn wrapping(export: impl FnOnce(&mut [u8]) -> Result<(), hpke::HpkeError>) -> Result<Aes256Gcm, AuditError> {
    let secret = Secret::<32>::fill_with(|out| export(out)).map_err(|_| AuditError::Sealing)?;
    // EXPOSE: the exported secret becomes the cipher's key schedule, which wipes itself.
    Ok(Aes256Gcm::new(secret.expose().into()))
}

fn gcm(cipher: &Aes256Gcm, nonce: &[u8; 12], msg: &[u8], aad: &[u8]) -> Result<Vec<u8>, AuditError> {
    cipher.encrypt(&Nonce::from(*nonce), Payload { msg, aad }).map_err(|_| AuditError::Sealing)
}

fn open_gcm(cipher: &Aes256Gcm, nonce: &[u8; 12], msg: &[u8], aad: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    cipher.decrypt(&Nonce::from(*nonce), Payload { msg, aad }).ok().map(Zeroizing::new)
}

fn padded(event: &Event) -> Result<Zeroizing<Vec<u8>>, AuditError> {
    let mut clear = Zeroizing::new(Vec::with_capacity(2 * BLOCK));
    serde_json::to_writer(&mut *clear, event).map_err(|_| AuditError::Sealing)?;
    clear.push(0x80);
    let size = clear.len().next_multiple_of(BLOCK);
    clear.resize(size, 0);
    Ok(clear)
}

fn unpadded(clear: &[u8]) -> Option<&[u8]> {
    let end = clear.iter().rposition(|byte| *byte != 0)?;
    (clear.get(end) == Some(&0x80)).then(|| clear.get(..end)).flatten()
}

fn parts(body: &[u8]) -> Option<(&[u8], &[u8; 12], &[u8])> {
    let (&[version, readers], rest) = body.split_first_chunk::<2>()?;
    let (slots, rest) = rest.split_at_checked(usize::from(readers) * SLOT)?;
    let (nonce, sealed) = rest.split_first_chunk::<12>()?;
    (version == VERSION).then_some((slots, nonce, sealed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Code, Outcome};
    use crate::clock::Timestamp;
    use uuid::Uuid;

    fn person() -> (Opener, [u8; 32]) {
        let (private, public) = X25519HkdfSha256::gen_keypair();
        let secret = Secret::copy_from(&private.to_bytes()).unwrap();
        (Opener::new(&secret).unwrap(), public.to_bytes().into())
    }

    fn row(sealer: &Sealer) -> (Row, Event) {
        let event = Event {
            actor: Some(Uuid::from_u128(4)),
            outcome: Outcome::Allowed,
            heads: vec![[0xab; 32]],
            ..Event::new(Code::of("open_chart"), Uuid::from_u128(1), Uuid::from_u128(2), Timestamp(3))
        };
        let body = sealer.seal(Kind::Decision, None, &event).unwrap();
        let (at, workstation) = (event.at, event.workstation);
        let row =
            Row { seq: 1, at, workstation, kind: Kind::Decision, refers_to: None, body, prev: [0; 32], hash: [0; 32] };
        (row, event)
    }

    #[test]
    fn auditor_and_actor_can_read_a_row_and_a_colleague_cannot() {
        let ((mut auditor, a), (mut actor, b), (mut colleague, _)) = (person(), person(), person());
        let (row, event) = row(&Sealer::to(&[a, b]).unwrap());
        assert_eq!(auditor.open(&row).unwrap(), event);
        assert_eq!(actor.open(&row).unwrap(), event);
        assert!(colleague.open(&row).is_none());
    }

    #[test]
    fn a_body_does_not_open_under_other_clear_columns() {
        let (mut auditor, a) = person();
        let (mut row, _) = row(&Sealer::to(&[a]).unwrap());
        row.refers_to = Some(1);
        assert!(auditor.open(&row).is_none());
    }

    #[test]
    fn the_length_of_a_body_does_not_tell_what_happened() {
        let (_, a) = person();
        let sealer = Sealer::to(&[a]).unwrap();
        let (_, mut event) = row(&sealer);
        let long = sealer.seal(Kind::Decision, None, &event).unwrap().len();
        event.actor = None;
        event.heads.clear();
        assert_eq!(sealer.seal(Kind::Decision, None, &event).unwrap().len(), long);
    }

    #[test]
    fn a_row_needs_a_reader() {
        assert!(matches!(Sealer::to(&[]), Err(AuditError::Recipients)));
    }
}
