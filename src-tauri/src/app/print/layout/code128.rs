//! Code 128 (ISO/IEC 15417): the bars of a number, with the check symbol that lets a scanner refuse a misread one.

/// Widths of bars and spaces in turn, in modules, for each symbol value; starts are 103–105.
const WIDTHS: [&str; 106] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213", "221312",
    "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132", "221231", "213212",
    "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211", "212123", "212321", "232121",
    "111323", "131123", "131321", "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331",
    "132131", "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131", "311123",
    "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111", "111224", "111422", "121124",
    "121421", "141122", "141221", "112214", "112412", "122114", "122411", "142112", "142211", "241211", "221114",
    "413111", "241112", "134111", "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112",
    "421211", "212141", "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232",
];
const STOP: &str = "2331112";
const START_B: u32 = 104;
const START_C: u32 = 105;
/// Blank on either side, in modules.
pub const QUIET: u32 = 10;

/// The widths of bars and spaces in turn, beginning with a bar; nothing for what Code 128 B can't say.
pub fn bars(text: &str) -> Option<Vec<u32>> {
    let symbols = symbols(text)?;
    let check = check_of(&symbols);
    let patterns = symbols.iter().chain([&check]).map(|value| WIDTHS.get(*value as usize).copied());
    let patterns: Option<Vec<&str>> = patterns.chain([Some(STOP)]).collect();
    Some(patterns?.concat().chars().filter_map(|digit| digit.to_digit(10)).collect())
}

/// Start and characters: two digits a symbol where there is nothing else, one character a symbol otherwise.
fn symbols(text: &str) -> Option<Vec<u32>> {
    if text.is_empty() || !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return None;
    }
    if text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let pairs =
            text.as_bytes().chunks(2).map(|pair| pair.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')));
        return Some(std::iter::once(START_C).chain(pairs).collect());
    }
    Some(std::iter::once(START_B).chain(text.bytes().map(|byte| u32::from(byte) - 32)).collect())
}

/// The start and every character by its place, modulo 103.
fn check_of(symbols: &[u32]) -> u32 {
    let weighted = symbols.iter().zip(0_u32..).map(|(value, place)| value * place.max(1));
    weighted.sum::<u32>() % 103
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_symbol_is_eleven_modules_wide_and_like_no_other() {
        for widths in WIDTHS {
            let digits: Vec<u32> = widths.chars().map(|digit| digit.to_digit(10).unwrap()).collect();
            assert_eq!(digits.iter().sum::<u32>(), 11, "{widths}");
            assert_eq!((digits[0] + digits[2] + digits[4]) % 2, 0, "{widths}: its bars are even together");
        }
        assert_eq!(BTreeSet::from(WIDTHS).len(), WIDTHS.len());
    }

    #[test]
    fn a_misread_character_or_two_in_the_wrong_order_have_another_check() {
        let check = |text: &str| check_of(&symbols(text).unwrap());
        assert_eq!(check("Wikipedia"), 88);
        assert_ne!(check("MRN-40071"), check("MRN-40011"));
        assert_ne!(check("MRN-40071"), check("MRN-40017"));
    }

    #[test]
    fn digits_in_pairs_take_half_the_room_and_what_has_no_bars_gets_none() {
        assert_eq!(symbols("123456"), Some(vec![105, 12, 34, 56]));
        assert_eq!(bars("123456").unwrap().iter().sum::<u32>(), 11 * 5 + 13);
        assert!(bars("李").is_none() && bars("").is_none());
    }
}
