//! Key and password types: zeroized on drop, without `Debug` or `Serialize`.
//!
//! Leaving one of these types takes the word `expose` and, at the call, an `// EXPOSE:` comment that says why.
//! To add a secret: use [`Secret`] with its length, never a bare array or `Vec`.

use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

/// `N` secret bytes on the heap, wiped when dropped.
pub struct Secret<const N: usize>(Box<Zeroizing<[u8; N]>>);

impl<const N: usize> Secret<N> {
    /// Fresh bytes from the operating system's generator.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut secret = Self::zeroed();
        getrandom::fill(secret.0.as_mut_slice())?;
        Ok(secret)
    }

    /// Takes exactly `N` bytes; `None` for any other length.
    #[must_use]
    pub fn copy_from(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != N {
            return None;
        }
        let mut secret = Self::zeroed();
        secret.0.copy_from_slice(bytes);
        Some(secret)
    }

    /// Builds the secret in place, so that no copy is left on the stack.
    pub fn fill_with<E>(fill: impl FnOnce(&mut [u8; N]) -> Result<(), E>) -> Result<Self, E> {
        let mut secret = Self::zeroed();
        fill(&mut secret.0)?;
        Ok(secret)
    }

    /// The bytes themselves; every call says why in an `// EXPOSE:` comment.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }

    /// A second owner of the same bytes.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        let mut copy = Self::zeroed();
        copy.0.copy_from_slice(self.0.as_slice());
        copy
    }

    fn zeroed() -> Self {
        Self(Box::new(Zeroizing::new([0; N])))
    }
}

/// A password or passphrase as a person typed it.
#[derive(Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// Wraps what was typed.
    #[must_use]
    pub fn new(typed: String) -> Self {
        Self(typed)
    }

    /// Whether both are the same text.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.0.as_bytes(), other.0.as_bytes()).into()
    }

    /// The text itself; every call says why in an `// EXPOSE:` comment.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Drop for Password {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}
