//! One line of a keychain entry: `<kind> <64 hex digits> <8 check digits>`.
//!
//! Text, because some Secret Service providers keep text only; check digits, so that a cut or mistyped key is named.

use super::EntryFault;
use crate::secret::Secret;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use zeroize::Zeroizing;

const HEX: usize = 64;

/// The entry of `secret`, of this kind, which holds no space.
pub(super) fn write(kind: &str, secret: &Secret<32>) -> Zeroizing<Vec<u8>> {
    let mut line = Zeroizing::new(String::with_capacity(kind.len() + HEX + 10));
    line.push_str(kind);
    line.push(' ');
    // EXPOSE: the keychain is where this key lives.
    hex(&mut line, secret.expose());
    let check = check(line.as_bytes());
    line.push(' ');
    hex(&mut line, &check);
    Zeroizing::new(line.as_bytes().to_vec())
}

/// The kind and the secret of an entry.
pub(super) fn read(entry: &[u8]) -> Result<(String, Secret<32>), EntryFault> {
    let line = std::str::from_utf8(entry).map_err(|_| EntryFault::Format)?;
    let mut words = line.split(' ');
    let kind = words.next().filter(|kind| kind.starts_with("wardseal-")).ok_or(EntryFault::Format)?;
    let digits = words.next().unwrap_or_default();
    if digits.len() != HEX {
        return Err(EntryFault::Length { found: digits.len(), expected: HEX });
    }
    let mut expected = String::with_capacity(8);
    hex(&mut expected, &check(&entry[..kind.len() + 1 + HEX]));
    if words.next() != Some(expected.as_str()) || words.next().is_some() {
        return Err(EntryFault::CheckDigits);
    }
    Ok((kind.to_owned(), unhex(digits).ok_or(EntryFault::Format)?))
}

fn check(line: &[u8]) -> [u8; 4] {
    let digest = Sha256::digest(line);
    [digest[0], digest[1], digest[2], digest[3]]
}

fn hex(line: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // Writing to a String can't fail.
        let _ = write!(line, "{byte:02x}");
    }
}

fn unhex(digits: &str) -> Option<Secret<32>> {
    let digits = digits.as_bytes();
    Secret::fill_with(|out| {
        for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| ())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| ())?;
        }
        Ok::<(), ()>(())
    })
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Vec<u8> {
        write("wardseal-site/1:demo", &Secret::copy_from(&[0xab; 32]).unwrap()).to_vec()
    }

    #[test]
    fn the_form_of_an_entry_is_fixed() {
        let key = "ab".repeat(32);
        assert_eq!(String::from_utf8(line()).unwrap(), format!("wardseal-site/1:demo {key} b0642228"));
    }

    #[test]
    fn an_entry_is_read_back() {
        let (kind, secret) = read(&line()).unwrap();
        assert_eq!(kind, "wardseal-site/1:demo");
        assert_eq!(secret.expose(), &[0xab; 32]);
    }

    #[test]
    fn a_truncated_entry_is_named_at_every_length() {
        for end in 0..line().len() {
            assert!(read(&line()[..end]).is_err(), "{end}");
        }
        let fault = read(&line()[..60]).err().unwrap();
        assert_eq!(fault, EntryFault::Length { found: 39, expected: 64 });
    }

    #[test]
    fn any_changed_character_is_found() {
        for at in 0..line().len() {
            let mut other = line();
            other[at] ^= 1;
            assert!(read(&other).is_err(), "{at}");
        }
    }
}
