//! Numbers that are scanned or written down in haste: temporary record numbers and wristbands, each with a check
//! character (ISO 7064 MOD 37,36) that tells a wrong one before anybody's chart opens. And names for whom nobody knows.

/// What a wristband's code begins with.
const BAND: &str = "WB-";
/// What a temporary record number begins with.
const TEMPORARY: &str = "TMP-";
/// Words of the spelling alphabet that can't be taken for a name or a sex.
const WORDS: [&str; 23] = [
    "Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Kilo", "Lima", "November",
    "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey", "Yankee", "Zulu",
];

/// The code on the wristband of whoever has this record number.
#[must_use]
pub fn code(mrn: &str) -> String {
    let mrn = mrn.trim().to_uppercase();
    format!("{BAND}{mrn}-{}", check_character(&mrn))
}

/// The record number on a wristband; `None` for a code that isn't one or was misread.
#[must_use]
pub fn mrn_of(code: &str) -> Option<String> {
    let code = code.trim().to_uppercase();
    let (mrn, check) = code.strip_prefix(BAND)?.rsplit_once('-')?;
    let right = !mrn.is_empty() && check.chars().eq([check_character(mrn)]);
    right.then(|| mrn.to_owned())
}

/// Whether something scanned or typed means to be a wristband's code.
#[must_use]
pub fn is_band(text: &str) -> bool {
    text.trim().get(..BAND.len()).is_some_and(|start| start.eq_ignore_ascii_case(BAND))
}

/// A temporary record number of eight digits drawn by chance.
#[must_use]
pub fn temporary(drawn: u32) -> String {
    let number = format!("{TEMPORARY}{:08}", drawn % 100_000_000);
    let check = check_character(&number);
    format!("{number}{check}")
}

/// Whether a temporary record number was copied without an error; `None` for any other number.
#[must_use]
pub fn temporary_is_right(mrn: &str) -> Option<bool> {
    let mrn = mrn.trim().to_uppercase();
    let digits = mrn.strip_prefix(TEMPORARY)?;
    let (number, check) = mrn.split_at(mrn.len().checked_sub(1).filter(|at| mrn.is_char_boundary(*at))?);
    Some(digits.len() == 9 && check.chars().eq([check_character(number)]))
}

/// A name for somebody nobody knows: two different words, drawn by chance.
#[must_use]
pub fn alias(drawn: u32) -> (String, String) {
    let count = u32::try_from(WORDS.len()).unwrap_or(1);
    let (first, step) = (drawn % count, 1 + (drawn / count) % (count - 1));
    let word = |nth: u32| WORDS.get((nth % count) as usize).copied().unwrap_or_default();
    (format!("Unknown-{}", word(first)), word(first + step).to_owned())
}

/// The check character of a text; characters other than Latin letters and digits don't count.
fn check_character(text: &str) -> char {
    let product = text.chars().filter_map(|c| c.to_digit(36)).fold(36, |product, digit| {
        let sum = (product + digit) % 36;
        (if sum == 0 { 36 } else { sum }) * 2 % 37
    });
    char::from_digit((37 - product) % 36, 36).unwrap_or('0').to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_wristband_leads_back_to_its_record_number_and_a_misread_one_nowhere() {
        let band = code("MRN-4F00AA11BB22CC33");
        assert_eq!(mrn_of(&band).as_deref(), Some("MRN-4F00AA11BB22CC33"));
        assert_eq!(mrn_of(&band.to_lowercase()).as_deref(), Some("MRN-4F00AA11BB22CC33"));
        assert_eq!(mrn_of(&band.replace("4F", "F4")), None, "two characters changed places");
        assert_eq!((mrn_of("WB-"), mrn_of("MRN-4F"), is_band("wb-1")), (None, None, true));
    }

    #[test]
    fn the_check_character_is_that_of_the_standard() {
        // ISO 7064, MOD 37,36: the example of the standard.
        assert_eq!(check_character("A12425GABC1234002"), 'M');
    }

    #[test]
    fn nobody_unknown_is_called_by_the_same_word_twice() {
        for drawn in 0..2_000 {
            let (surname, given) = alias(drawn);
            assert!(surname.starts_with("Unknown-") && !surname.ends_with(&given));
        }
    }

    #[test]
    fn of_a_hundred_changes_of_neighbours_at_most_one_goes_by() {
        let swaps = (0..2_000_u32).flat_map(|nth| (4..11).map(move |at| (temporary(nth * 49_999), at)));
        let (mut tried, mut missed) = (0, 0);
        for (number, at) in swaps {
            let mut letters: Vec<char> = number.chars().collect();
            letters.swap(at, at + 1);
            let swapped: String = letters.into_iter().collect();
            tried += u32::from(swapped != number);
            missed += u32::from(swapped != number && temporary_is_right(&swapped) == Some(true));
        }
        assert!(tried > 5_000 && missed * 100 <= tried, "{missed} of {tried}");
    }

    proptest! {
        #[test]
        fn every_single_slip_is_noticed(drawn in any::<u32>(), at in 4..12_usize, digit in 0..10_u32) {
            let number = temporary(drawn);
            prop_assert_eq!(temporary_is_right(&number), Some(true));
            let mut letters: Vec<char> = number.chars().collect();
            letters[at] = char::from_digit(digit, 10).unwrap();
            let slip: String = letters.iter().collect();
            prop_assert_eq!(temporary_is_right(&slip), Some(slip == number));
        }
    }
}
