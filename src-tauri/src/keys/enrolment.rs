//! The pairing of a newcomer with its site over a store that nobody trusts: commit, answer, reveal, compare.
//!
//! 1. The newcomer puts a commitment to its keys and a random number into the store.
//! 2. The administrator's side answers with a random number of its own and the administrator's signing key.
//! 3. The newcomer reveals its keys and its number.
//!
//! Both sides hash all of it. Six digits of the hash are read from the newcomer's screen and typed at the
//! administrator's; six others are then read from the administrator's and typed at the newcomer's. Whoever sits in
//! between has to fix his part towards either side before he learns that side's random number, so both hashes are out
//! of his hands, and the codes agree once in a million; a wrong code ends the request.

use super::{KeyError, SealingKey, VerifyKey, WorkstationKey, forms};
use crate::clock::Timestamp;
use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// The newcomer's first word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The request.
    #[serde(rename = "_id", with = "forms::uuid4")]
    pub request: Uuid,
    /// The id the workstation has given itself.
    #[serde(with = "forms::uuid4")]
    pub workstation: Uuid,
    /// What people are to call it.
    pub name: String,
    /// The workstation that it was, or is a copy of, when it is enrolled anew.
    #[serde(default, with = "forms::uuid4_or_null", skip_serializing_if = "Option::is_none")]
    pub formerly: Option<Uuid>,
    /// SHA-256 over what the newcomer will reveal.
    #[serde(with = "forms::bytes")]
    pub commitment: [u8; 32],
    /// When.
    #[serde(with = "forms::date")]
    pub at: Timestamp,
}

/// The administrator's side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The site.
    #[serde(with = "forms::uuid4")]
    pub site: Uuid,
    /// The administrator.
    #[serde(with = "forms::uuid4")]
    pub by: Uuid,
    /// The administrator's signing key: the handover will be signed with it.
    pub verify: VerifyKey,
    /// A random number, made after the commitment was seen.
    #[serde(with = "forms::bytes")]
    pub number: [u8; 32],
}

/// What the newcomer has committed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reveal {
    /// The workstation's signing key.
    pub verify: VerifyKey,
    /// What site keys are sealed to for it.
    pub sealing: SealingKey,
    /// A random number.
    #[serde(with = "forms::bytes")]
    pub number: [u8; 32],
}

impl Reveal {
    /// What a new workstation will reveal.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn create(key: &WorkstationKey) -> Result<Self, KeyError> {
        let number = Secret::<32>::random()?;
        // EXPOSE: it is secret until it is revealed, and public then.
        Ok(Self { verify: key.public(), sealing: key.opening()?.public(), number: *number.expose() })
    }

    fn commitment(&self, request: Uuid, workstation: Uuid) -> [u8; 32] {
        let parts: [&[u8]; 5] =
            [request.as_bytes(), workstation.as_bytes(), self.verify.as_bytes(), self.sealing.as_bytes(), &self.number];
        hash("wardseal/enrolment-commitment/1", &parts)
    }
}

impl Hello {
    /// The request of a workstation that will reveal this.
    #[must_use]
    pub fn new(workstation: Uuid, name: &str, formerly: Option<Uuid>, reveal: &Reveal, at: Timestamp) -> Self {
        let request = Uuid::new_v4();
        let commitment = reveal.commitment(request, workstation);
        Self { request, workstation, name: name.to_owned(), formerly, commitment, at }
    }
}

/// All three parts: what both sides compare.
pub struct Pairing {
    hash: [u8; 32],
}

impl Pairing {
    /// The pairing, if the newcomer reveals what it committed to.
    ///
    /// # Errors
    /// [`KeyError::Altered`] if it doesn't.
    pub fn new(hello: &Hello, answer: &Answer, reveal: &Reveal) -> Result<Self, KeyError> {
        if reveal.commitment(hello.request, hello.workstation) != hello.commitment {
            return Err(KeyError::Altered("enrolment"));
        }
        let formerly = hello.formerly.unwrap_or_default();
        let parts: [&[u8]; 10] = [
            hello.request.as_bytes(),
            hello.workstation.as_bytes(),
            hello.name.as_bytes(),
            formerly.as_bytes(),
            &hello.commitment,
            answer.site.as_bytes(),
            answer.by.as_bytes(),
            answer.verify.as_bytes(),
            &answer.number,
            &reveal.number,
        ];
        Ok(Self { hash: hash("wardseal/enrolment/1", &parts) })
    }

    /// What the newcomer shows and the administrator types.
    #[must_use]
    pub fn newcomers_code(&self) -> String {
        self.code("wardseal/enrolment-code/newcomer/1")
    }

    /// What the administrator is shown once that was right, and the newcomer is told.
    #[must_use]
    pub fn sites_code(&self) -> String {
        self.code("wardseal/enrolment-code/site/1")
    }

    fn code(&self, label: &str) -> String {
        let digest = hash(label, &[&self.hash]);
        let start = digest.first_chunk::<8>().map_or(0, |bytes| u64::from_be_bytes(*bytes));
        format!("{:06}", start % 1_000_000)
    }
}

/// Whether somebody typed this code, with any spaces.
#[must_use]
pub fn is_code(code: &str, typed: &str) -> bool {
    let digits: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    code.as_bytes().ct_eq(digits.as_bytes()).into()
}

/// SHA-256 over a label and the parts, each with its length in front.
fn hash(label: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut state = Sha256::new();
    for part in std::iter::once(&label.as_bytes()).chain(parts) {
        state.update((part.len() as u64).to_be_bytes());
        state.update(part);
    }
    state.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Signer;

    fn reveal() -> Reveal {
        Reveal::create(&WorkstationKey::create(Uuid::new_v4()).unwrap()).unwrap()
    }

    fn answer(number: u8) -> Answer {
        let verify = Signer::from_seed(Secret::copy_from(&[9; 32]).unwrap()).public();
        Answer { site: Uuid::from_u128(7), by: Uuid::from_u128(8), verify, number: [number; 32] }
    }

    #[test]
    fn both_sides_come_to_the_same_two_different_codes() {
        let reveal = reveal();
        let hello = Hello::new(Uuid::from_u128(1), "reception 2", None, &reveal, Timestamp(5));
        let of = || Pairing::new(&hello, &answer(1), &reveal).unwrap();
        assert_eq!(of().newcomers_code(), of().newcomers_code());
        assert_ne!(of().newcomers_code(), of().sites_code());
        assert!(is_code("012345", " 012 345\n") && !is_code("012345", "12345"));
    }

    #[test]
    fn every_part_is_in_the_codes() {
        let mine = reveal();
        let hello = Hello::new(Uuid::from_u128(1), "reception 2", None, &mine, Timestamp(5));
        let code = |hello: &Hello, answer: &Answer| Pairing::new(hello, answer, &mine).unwrap().hash;
        let as_it_is = code(&hello, &answer(1));
        assert_ne!(as_it_is, code(&hello, &answer(2)));
        assert_ne!(as_it_is, code(&hello, &Answer { site: Uuid::from_u128(6), ..answer(1) }));
        assert_ne!(as_it_is, code(&hello, &Answer { by: Uuid::from_u128(6), ..answer(1) }));
        let other = Answer { verify: VerifyKey::from_bytes([1; 32]), ..answer(1) };
        assert_ne!(as_it_is, code(&hello, &other));
        assert_ne!(as_it_is, code(&Hello { name: "reception 3".into(), ..hello.clone() }, &answer(1)));
        assert_ne!(as_it_is, code(&Hello { formerly: Some(Uuid::from_u128(4)), ..hello.clone() }, &answer(1)));
    }

    #[test]
    fn whoever_reveals_something_else_than_committed_is_refused() {
        let (mine, other) = (reveal(), reveal());
        let hello = Hello::new(Uuid::from_u128(1), "reception 2", None, &mine, Timestamp(5));
        assert!(Pairing::new(&hello, &answer(1), &other).is_err());
        let swapped = Reveal { sealing: other.sealing, ..mine.clone() };
        assert!(Pairing::new(&hello, &answer(1), &swapped).is_err());
        assert!(Pairing::new(&Hello { workstation: Uuid::from_u128(2), ..hello }, &answer(1), &mine).is_err());
    }

    /// Somebody between the two, with all the time in the world before the number is known and none after.
    #[test]
    fn a_man_in_the_middle_has_one_guess() {
        let rounds = 2000;
        let agrees = |_: &u32| {
            let (honest, forged) = (reveal(), reveal());
            let hello = Hello::new(Uuid::new_v4(), "reception 2", None, &honest, Timestamp(5));
            let his = Hello::new(hello.workstation, "reception 2", None, &forged, Timestamp(5));
            let real = Answer { number: rand_number(), ..answer(0) };
            let faked = Answer { number: rand_number(), ..answer(0) };
            let towards_site = Pairing::new(&his, &real, &forged).unwrap();
            let towards_newcomer = Pairing::new(&hello, &faked, &honest).unwrap();
            towards_site.newcomers_code() == towards_newcomer.newcomers_code()
        };
        assert!((0..rounds).filter(agrees).count() <= 1);
    }

    fn rand_number() -> [u8; 32] {
        *Secret::<32>::random().unwrap().expose()
    }
}
