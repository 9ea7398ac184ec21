//! Keys under which names that sound alike are one: Double Metaphone and NYSIIS, of folded names in Latin letters.
//!
//! Indexes hold these keys: another version of an algorithm needs the indexes to be built again.

use rphonetic::{DoubleMetaphone, Encoder, Nysiis};

/// Longest Double Metaphone key; the usual four throw too many names together in a large clinic.
const METAPHONE: usize = 6;
/// Letters of a name that are looked at; names are shorter, and the algorithms aren't made for texts.
const LETTERS: usize = 40;

/// The main Double Metaphone key; `None` for a name without Latin letters.
#[must_use]
pub fn metaphone(folded: &str) -> Option<String> {
    metaphones(folded).into_iter().next()
}

/// Both Double Metaphone keys, the main one first; none for a name without Latin letters, one when both are equal.
#[must_use]
pub fn metaphones(folded: &str) -> Vec<String> {
    let Some(letters) = latin(folded) else { return Vec::new() };
    let keys = DoubleMetaphone::new(Some(METAPHONE)).double_metaphone(&letters);
    let mut keys = vec![keys.primary(), keys.alternate()];
    keys.dedup();
    keys.retain(|key| !key.is_empty());
    keys
}

/// The NYSIIS key; `None` for a name without Latin letters.
#[must_use]
pub fn nysiis(folded: &str) -> Option<String> {
    let key = Nysiis::new(false).encode(&latin(folded)?);
    (!key.is_empty()).then_some(key)
}

/// The Latin letters of a folded name; `None` when it has none, or is written in another script.
fn latin(folded: &str) -> Option<String> {
    let foreign = folded.chars().any(|c| c.is_alphabetic() && !c.is_ascii());
    let letters: String = folded.chars().filter(char::is_ascii_alphabetic).take(LETTERS).collect();
    (!foreign && !letters.is_empty()).then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::fold_name;
    use proptest::prelude::*;

    #[test]
    fn smyth_sounds_like_smith_and_jones_does_not() {
        assert_eq!(metaphone("smyth"), metaphone("smith"));
        assert_eq!(nysiis("smithe"), nysiis("smith"));
        assert_ne!(metaphone("jones"), metaphone("smith"));
        assert_eq!(metaphone("catherine"), metaphone("kathryn"));
        assert_eq!(nysiis("mackenzie"), nysiis("mckenzie"));
    }

    #[test]
    fn a_name_in_another_script_or_without_letters_has_no_sound() {
        for name in ["李", "", "123", "Οδυσσεύς"] {
            assert!(metaphone(name).is_none() && nysiis(name).is_none() && metaphones(name).is_empty());
        }
        assert_eq!(metaphone("abernathy524"), metaphone("abernathy"));
    }

    proptest! {
        #[test]
        fn no_name_breaks_the_algorithms(name in any::<String>(), latin in "[a-z]{0,60}") {
            for folded in [fold_name(&name), latin] {
                let _ = (metaphones(&folded), nysiis(&folded));
            }
        }
    }
}
