//! A compartment's root: the key of its named KMS provider, and the key pair that write-only values are sealed to.

use super::{CompartmentPublic, KeyError, OpeningKey, derive, layer, provider_name};
use crate::record::Compartment;
use crate::secret::Secret;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Form of a write-only value: this byte, the epoch in four, then what HPKE sealed.
const WRITE_ONLY_FORM: u8 = 1;
const HEADER: usize = 5;

/// 96 secret bytes and what follows from them. Only who holds a grant has it, and only while signed in.
pub struct CompartmentRoot {
    compartment: Compartment,
    epoch: i64,
    root: Secret<96>,
    opening: OpeningKey,
}

impl CompartmentRoot {
    /// A fresh root, at founding and at rotation.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn create(compartment: Compartment, epoch: i64) -> Result<Self, KeyError> {
        Self::from_root(compartment, epoch, Secret::random()?)
    }

    /// The root of these 96 bytes.
    ///
    /// # Errors
    /// Never in practice: lengths are fixed.
    pub(super) fn from_root(compartment: Compartment, epoch: i64, root: Secret<96>) -> Result<Self, KeyError> {
        let salt = format!("wardseal/compartment/1|{}|{epoch}", compartment.code());
        // EXPOSE: the pair is derived from it.
        let seed = derive::subkey(root.expose(), salt.as_bytes(), "wardseal/compartment/hpke/1")?;
        Ok(Self { compartment, epoch, root, opening: OpeningKey::from_seed(&seed)? })
    }

    /// Which compartment.
    #[must_use]
    pub const fn compartment(&self) -> Compartment {
        self.compartment
    }

    /// Which of its roots.
    #[must_use]
    pub const fn epoch(&self) -> i64 {
        self.epoch
    }

    /// The 96 bytes, for the KMS provider and for sealing grants.
    #[must_use]
    pub const fn root(&self) -> &Secret<96> {
        &self.root
    }

    /// The private half of the compartment's pair, for what is sealed to it (write-only values, audit rows).
    #[must_use]
    pub const fn opening(&self) -> &OpeningKey {
        &self.opening
    }

    /// Name of this root's provider in a session: `local:front`, after a rotation `local:front_2`.
    #[must_use]
    pub fn provider(&self) -> String {
        provider_name(self.compartment, self.epoch, None)
    }

    /// The public half, as the site record names it.
    #[must_use]
    pub const fn public(&self) -> CompartmentPublic {
        CompartmentPublic { compartment: self.compartment, epoch: self.epoch, public: self.opening.public() }
    }

    /// Covers what a key management service wrapped, so that the service alone opens nothing; `about` is the data key.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn cover(&self, about: Uuid, wrapped: &[u8]) -> Result<Vec<u8>, KeyError> {
        layer::seal(&self.cover_key()?, about.as_bytes(), wrapped)
    }

    /// Takes off what [`CompartmentRoot::cover`] put on.
    ///
    /// # Errors
    /// [`KeyError::Altered`] if it is of another root or data key.
    pub fn uncover(&self, about: Uuid, covered: &[u8]) -> Result<Vec<u8>, KeyError> {
        let opened = layer::open(&self.cover_key()?, about.as_bytes(), covered);
        opened.map(|wrapped| wrapped.to_vec()).ok_or(KeyError::Altered("data key"))
    }

    fn cover_key(&self) -> Result<Secret<32>, KeyError> {
        let salt = format!("wardseal/compartment/1|{}|{}", self.compartment.code(), self.epoch);
        // EXPOSE: the covering key is derived from it.
        derive::subkey(self.root.expose(), salt.as_bytes(), "wardseal/compartment/cover/1")
    }

    /// Opens a write-only value; `None` if it isn't one of this root or `aad` is another.
    #[must_use]
    pub fn open_sealed(&self, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (header, body) = sealed.split_first_chunk::<HEADER>()?;
        if *header != header_of(self.epoch)? {
            return None;
        }
        self.opening.open(&info(self.compartment), aad, body)
    }
}

impl CompartmentPublic {
    /// Seals a value that the writer may enter and not read.
    ///
    /// # Errors
    /// When there is no randomness or the public key is no curve point.
    pub fn seal_to(&self, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, KeyError> {
        let header = header_of(self.epoch).ok_or(KeyError::Form("compartment"))?;
        Ok([header.as_slice(), &self.public.seal(&info(self.compartment), aad, plaintext)?].concat())
    }
}

fn header_of(epoch: i64) -> Option<[u8; HEADER]> {
    let [a, b, c, d] = u32::try_from(epoch).ok()?.to_be_bytes();
    Some([WRITE_ONLY_FORM, a, b, c, d])
}

/// The epoch of the root that a write-only value is sealed to; `None` if it isn't one.
#[must_use]
pub fn sealed_epoch(sealed: &[u8]) -> Option<i64> {
    match sealed.first_chunk::<HEADER>()? {
        [WRITE_ONLY_FORM, epoch @ ..] => Some(u32::from_be_bytes(*epoch).into()),
        _ => None,
    }
}

fn info(compartment: Compartment) -> Vec<u8> {
    format!("wardseal/write-only/1|{}", compartment.code()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_front_desk_enters_only_a_holder_reads() {
        let doctor = CompartmentRoot::create(Compartment::NationalId, 1).unwrap();
        let sealed = doctor.public().seal_to(b"patient|national_id", b"123-45-6789").unwrap();
        assert_eq!(doctor.open_sealed(b"patient|national_id", &sealed).unwrap().as_slice(), b"123-45-6789");
        assert!(doctor.open_sealed(b"other|national_id", &sealed).is_none());
        let nurse = CompartmentRoot::create(Compartment::Clinical, 1).unwrap();
        assert!(nurse.open_sealed(b"patient|national_id", &sealed).is_none());
    }

    #[test]
    fn a_rotated_root_does_not_open_what_was_sealed_to_the_former_one() {
        let former = CompartmentRoot::create(Compartment::NationalId, 1).unwrap();
        let sealed = former.public().seal_to(b"aad", b"text").unwrap();
        let rotated = CompartmentRoot::from_root(Compartment::NationalId, 2, former.root().duplicate()).unwrap();
        assert!(rotated.open_sealed(b"aad", &sealed).is_none());
        assert_ne!(rotated.public().public, former.public().public);
    }

    #[test]
    fn provider_names_are_what_libmongocrypt_allows() {
        let name = |epoch| CompartmentRoot::create(Compartment::NationalId, epoch).unwrap().provider();
        assert_eq!(name(1), "local:national_id");
        assert_eq!(name(2), "local:national_id_2");
    }
}
