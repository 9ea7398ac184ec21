//! What a password must be (NIST SP 800-63B-4): long, not a common one, not made of the context; nothing else.

use super::KeyError;
use crate::secret::Password;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Bytes of the longest password that is read at all.
pub const LONGEST: usize = 1024;

/// Whole passwords that are tried first, folded: all long enough to pass the length rule of one account or the other.
const COMMON: &[&str] = &[
    "administrator",
    "changemechangeme",
    "changemeplease",
    "correct horse battery staple",
    "correcthorsebatterystaple",
    "iloveyouiloveyou",
    "letmeinletmein",
    "mynameisnobody",
    "onetwothreefour",
    "passwordpassword",
    "passwortpasswort",
    "qwertyuiopasdfghjkl",
    "thisismypassword",
    "thequickbrownfox",
    "trustnotrustno1",
    "welcometothejungle",
    "baseball",
    "football",
    "iloveyou",
    "letmein1",
    "passw0rd",
    "princess",
    "starwars",
    "sunshine",
    "superman",
    "trustno1",
    "welcome1",
];

/// Rows that fingers walk along.
const RUNS: &[&str] = &[
    "01234567890123456789012345678901234567890",
    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
];

/// Why a password was refused, for the person choosing it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PasswordRefused {
    /// Fewer characters than needed.
    #[error("the password has {found} characters; at least {needed} are needed")]
    TooShort {
        /// Characters it has.
        found: usize,
        /// Characters needed.
        needed: usize,
    },
    /// More bytes than are read.
    #[error("the password is longer than {LONGEST} bytes")]
    TooLong,
    /// One of the passwords everybody tries first.
    #[error("this password is one of those that are tried first")]
    Common,
    /// One character or a short piece over and over, or a row of the keyboard.
    #[error("this password repeats a short piece or follows a row of keys")]
    Pattern,
    /// Nothing but words an attacker knows: the user's name, the site's, the program's.
    #[error("this password is made of the name of the user, the site or the program")]
    Context,
}

/// How long a password has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordPolicy {
    least: usize,
}

impl PasswordPolicy {
    /// The password is the only secret: 15 characters.
    pub const ALONE: Self = Self { least: 15 };
    /// There is a second factor: 8 characters.
    pub const WITH_SECOND_FACTOR: Self = Self { least: 8 };

    /// Accepts or refuses, saying why. `context` are words an attacker knows: user name, names, site.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(self, password: &Password, context: &[&str]) -> Result<(), PasswordRefused> {
        let text = normalised(password).ok_or(PasswordRefused::TooLong)?;
        let found = text.chars().count();
        if found < self.least {
            return Err(PasswordRefused::TooShort { found, needed: self.least });
        }
        let folded = Zeroizing::new(text.to_lowercase());
        if COMMON.contains(&folded.as_str()) {
            return Err(PasswordRefused::Common);
        }
        if is_pattern(&folded) {
            return Err(PasswordRefused::Pattern);
        }
        if is_context(&folded, context) { Err(PasswordRefused::Context) } else { Ok(()) }
    }
}

/// Words of a password that is good for one sign-in.
const ONE_TIME_WORDS: usize = 6;

/// Six words at random, to be told to one person and changed by that person: 66 bits.
///
/// # Errors
/// When there is no randomness.
pub fn one_time_password() -> Result<Zeroizing<String>, KeyError> {
    let mut random = Zeroizing::new([0_u8; 2 * ONE_TIME_WORDS]);
    getrandom::fill(random.as_mut_slice())?;
    let list = bip39::Language::English.word_list();
    let mut words = Zeroizing::new(String::with_capacity(ONE_TIME_WORDS * 9));
    for pair in random.chunks_exact(2) {
        let number = pair.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(list[number % list.len()]);
    }
    Ok(words)
}

/// The password in normal form NFKC, as it is hashed; `None` if it is longer than [`LONGEST`].
pub(super) fn normalised(password: &Password) -> Option<Zeroizing<String>> {
    // EXPOSE: it is normalised here and hashed by the slot.
    let typed = password.expose();
    if typed.len() > LONGEST {
        return None;
    }
    // Room for the longest expansion, so that no copy stays behind in a grown buffer.
    let mut text = Zeroizing::new(String::with_capacity(typed.len() * 12));
    text.extend(typed.nfkc());
    Some(text)
}

fn is_pattern(folded: &str) -> bool {
    let chars: Zeroizing<Vec<char>> = Zeroizing::new(folded.chars().collect());
    let repeats = |piece: usize| chars.iter().zip(chars.iter().skip(piece)).all(|(a, b)| a == b);
    let backwards = Zeroizing::new(chars.iter().rev().collect::<String>());
    (1..=4).any(repeats) || RUNS.iter().any(|run| run.contains(folded) || run.contains(backwards.as_str()))
}

/// Whether nothing is left but digits and marks once the known words are taken out.
fn is_context(folded: &str, context: &[&str]) -> bool {
    let mut rest = Zeroizing::new(folded.to_owned());
    let words = context.iter().flat_map(|phrase| phrase.split_whitespace().chain([*phrase]));
    let mut words: Vec<String> = words.map(str::to_lowercase).filter(|word| word.chars().count() >= 3).collect();
    words.extend(["wardseal".to_owned(), "password".to_owned()]);
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    for word in &words {
        rest = Zeroizing::new(rest.replace(word.as_str(), ""));
    }
    !rest.chars().any(char::is_alphabetic) && rest.len() < folded.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str) -> Result<(), PasswordRefused> {
        PasswordPolicy::ALONE.check(&Password::new(typed.to_owned()), &["asmith", "Ann Smith", "Hill Street Clinic"])
    }

    #[test]
    fn a_long_sentence_of_any_characters_is_accepted() {
        assert_eq!(check("three blue kettles"), Ok(()));
        assert_eq!(check("каждый охотник желает"), Ok(()));
        assert_eq!(check(&"long words ".repeat(20).replace("words", "w0rds and more")), Ok(()));
    }

    #[test]
    fn a_short_one_is_refused_with_both_lengths() {
        assert_eq!(check("fourteen chars"), Err(PasswordRefused::TooShort { found: 14, needed: 15 }));
        let with_factor = PasswordPolicy::WITH_SECOND_FACTOR;
        assert_eq!(with_factor.check(&Password::new("kettle42".into()), &[]), Ok(()));
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(check("éééééé"), Err(PasswordRefused::TooShort { found: 6, needed: 15 }));
    }

    #[test]
    fn common_ones_patterns_and_known_names_are_refused_each_with_its_reason() {
        assert_eq!(check("PasswordPassword"), Err(PasswordRefused::Common));
        assert_eq!(check("aaaaaaaaaaaaaaaaa"), Err(PasswordRefused::Pattern));
        assert_eq!(check("xyzxyzxyzxyzxyzx"), Err(PasswordRefused::Pattern));
        assert_eq!(check("123456789012345"), Err(PasswordRefused::Pattern));
        assert_eq!(check("lkjhgfdsapoiuytrewq"), Err(PasswordRefused::Pattern));
        assert_eq!(check("AnnSmith-2024-2024"), Err(PasswordRefused::Context));
        assert_eq!(check("hillstreetclinic1"), Err(PasswordRefused::Context));
        assert_eq!(check("wardsealwardseal1!"), Err(PasswordRefused::Context));
    }

    #[test]
    fn up_to_1024_bytes_are_read_and_no_more() {
        let text = "three blue kettles and a spoon ".repeat(40);
        assert_eq!(check(&text[..1024]), Ok(()));
        assert_eq!(check(&text[..1025]), Err(PasswordRefused::TooLong));
    }

    #[test]
    fn two_ways_of_typing_the_same_letters_are_one_password() {
        let composed = normalised(&Password::new("caf\u{e9}".into())).unwrap();
        let decomposed = normalised(&Password::new("cafe\u{301}".into())).unwrap();
        assert_eq!(composed, decomposed);
    }
}
