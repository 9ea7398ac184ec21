//! The server's half of SCRAM-SHA-256 (RFC 5802, RFC 7677).

use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::digest;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// Few, so that tests don't wait; a driver takes 4,096 and more.
const ITERATIONS: u32 = 4_096;

/// What a server keeps of a password.
#[derive(Clone)]
pub struct Credential {
    salt: [u8; 16],
    stored_key: [u8; 32],
    server_key: [u8; 32],
}

impl Credential {
    pub fn of(password: &str) -> Self {
        let salt = *Uuid::new_v4().as_bytes();
        let mut salted = [0; 32];
        let rounds = std::num::NonZeroU32::new(ITERATIONS).unwrap();
        ring::pbkdf2::derive(ring::pbkdf2::PBKDF2_HMAC_SHA256, rounds, &salt, password.as_bytes(), &mut salted);
        let stored_key = Sha256::digest(mac(&salted, b"Client Key")).into();
        Self { salt, stored_key, server_key: mac(&salted, b"Server Key") }
    }
}

/// A conversation that waits for the client's proof.
pub struct Conversation {
    credential: Credential,
    /// Who wants in.
    pub user: String,
    nonce: String,
    before_proof: String,
}

impl Conversation {
    /// Answers the client's first message; `None` when it is no such message or nobody has that name.
    pub fn start(first: &str, find: impl FnOnce(&str) -> Option<Credential>) -> Option<(Self, String)> {
        let bare = first.strip_prefix("n,,")?;
        let (user, nonce) = bare.strip_prefix("n=")?.split_once(",r=")?;
        let user = user.replace("=2C", ",").replace("=3D", "=");
        let credential = find(&user)?;
        let nonce = format!("{nonce}{}", Uuid::new_v4().simple());
        let answer = format!("r={nonce},s={},i={ITERATIONS}", base64(&credential.salt));
        let before_proof = format!("{bare},{answer}");
        Some((Self { credential, user, nonce, before_proof }, answer))
    }

    /// Checks the proof and answers with the server's own.
    pub fn finish(&self, last: &str) -> Option<String> {
        let (without_proof, proof) = last.rsplit_once(",p=")?;
        if without_proof != format!("c=biws,r={}", self.nonce) {
            return None;
        }
        let message = format!("{},{without_proof}", self.before_proof);
        let signature = mac(&self.credential.stored_key, message.as_bytes());
        let proof = from_base64(proof)?;
        let client_key: Vec<u8> = proof.iter().zip(signature).map(|(one, other)| one ^ other).collect();
        let known = digest::digest(&digest::SHA256, &client_key).as_ref() == self.credential.stored_key;
        known.then(|| format!("v={}", base64(&mac(&self.credential.server_key, message.as_bytes()))))
    }
}

fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().into()
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Standard alphabet, padded.
pub fn base64(bytes: &[u8]) -> String {
    let letter = |value: u32, place: u32| char::from(ALPHABET[(value >> (18 - 6 * place)) as usize & 63]);
    let group = |group: &[u8]| -> String {
        let value = (0..3).fold(0, |value, at| value << 8 | u32::from(group.get(at).copied().unwrap_or(0)));
        (0..4).map(|place| if place as usize <= group.len() { letter(value, place) } else { '=' }).collect()
    };
    bytes.chunks(3).map(group).collect()
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    let kept = text.trim_end_matches('=');
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in kept.bytes() {
        held = held << 6 | ALPHABET.iter().position(|known| *known == letter)? as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn base64_goes_there_and_back() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(super::base64(bytes.as_bytes()), text);
            assert_eq!(super::from_base64(text).unwrap(), bytes.as_bytes());
        }
        assert!(super::from_base64("*").is_none());
    }
}
