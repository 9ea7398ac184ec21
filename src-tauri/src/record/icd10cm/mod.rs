//! ICD-10-CM by words: the official titles and inclusion terms, and everyday words for what primary care codes most.
//!
//! Suggests, never decides. To take over a newer list: replace `codes.txt`, raise [`VERSION`]; a test says which of our own
//! codes are gone.

use super::fold::fold_name;
use std::cmp::Reverse;
use std::sync::OnceLock;

/// The list that is shipped.
pub const VERSION: &str = "ICD-10-CM, April 2026";
/// As problems name the system.
pub const SYSTEM: &str = "ICD-10-CM";

/// So many are suggested.
const SHOWN: usize = 7;
/// Fewer letters say nothing.
const SHORTEST: usize = 2;
/// More words than anybody means.
const WORDS: usize = 12;

const CODES: &str = include_str!("codes.txt");
const COMMON: &str = include_str!("common.txt");

/// A code that may be meant, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// E.g. `E11.9`.
    pub code: &'static str,
    /// Its official title.
    pub title: &'static str,
    /// The words that were found, as they were typed.
    pub matched: Vec<String>,
    /// Where they stand, when it isn't the title: an inclusion term or everyday words.
    pub also: Option<&'static str>,
}

/// One code, ready to be searched: words in lower case, a space before and after each.
struct Row {
    code: &'static str,
    title: &'static str,
    everyday: Option<(usize, &'static str)>,
    terms: &'static str,
    bare: String,
    in_title: String,
    in_others: String,
}

/// The codes in whose title, terms or everyday words every word stands, at least its beginning, in any order; or whose
/// code begins so. The most usual first.
#[must_use]
pub fn suggest(text: &str) -> Vec<Suggestion> {
    let words: Vec<String> = split(text).take(WORDS).collect();
    if words.iter().map(|word| word.chars().count()).sum::<usize>() < SHORTEST {
        return Vec::new();
    }
    let bare = words.concat();
    let mut found: Vec<(Rank, &Row)> = rows().iter().filter_map(|row| Some((row.rank(&words, &bare)?, row))).collect();
    found.sort_by_key(|(rank, _)| *rank);
    found.into_iter().take(SHOWN).map(|(_, row)| row.suggestion(&words, &bare)).collect()
}

/// Exact code, then words found whole, then how usual, then how short.
type Rank = (bool, Reverse<usize>, usize, usize, &'static str);

impl Row {
    fn rank(&self, words: &[String], bare: &str) -> Option<Rank> {
        let by_code = self.bare.starts_with(bare);
        if !by_code && !words.iter().all(|word| self.begins(word)) {
            return None;
        }
        let whole = words.iter().filter(|word| self.has(&format!(" {word} "))).count();
        let usual = self.everyday.map_or(usize::MAX, |(nth, _)| nth);
        Some((self.bare != bare, Reverse(whole), usual, self.title.len(), self.code))
    }

    fn begins(&self, word: &str) -> bool {
        self.has(&format!(" {word}"))
    }

    fn has(&self, piece: &str) -> bool {
        self.in_title.contains(piece) || self.in_others.contains(piece)
    }

    fn suggestion(&self, words: &[String], bare: &str) -> Suggestion {
        let Row { code, title, .. } = *self;
        if self.bare.starts_with(bare) {
            return Suggestion { code, title, matched: vec![self.code.to_owned()], also: None };
        }
        let missing: Vec<String> = words.iter().map(|word| format!(" {word}")).collect();
        let missing = || missing.iter().filter(|piece| !self.in_title.contains(piece.as_str()));
        let has_all = |text: &&'static str| missing().all(|piece| folded(text).contains(piece.as_str()));
        let has_one = |text: &&'static str| missing().any(|piece| folded(text).contains(piece.as_str()));
        let others = || self.terms.split('|').chain(self.everyday.map(|(_, words)| words));
        let also =
            if missing().next().is_some() { others().find(has_all).or_else(|| others().find(has_one)) } else { None };
        Suggestion { code, title, matched: words.to_vec(), also }
    }
}

fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let lines = |file: &'static str| file.lines().filter(|line| !line.starts_with('#'));
        let common = lines(COMMON)
            .enumerate()
            .filter_map(|(nth, line)| line.split_once('\t').map(|(code, it)| (code, (nth, it))));
        let common: std::collections::HashMap<&str, (usize, &'static str)> = common.collect();
        lines(CODES).filter_map(|line| row(line, &common)).collect()
    })
}

fn row(line: &'static str, common: &std::collections::HashMap<&str, (usize, &'static str)>) -> Option<Row> {
    let mut parts = line.split('\t');
    let (code, title, terms) = (parts.next()?, parts.next()?, parts.next().unwrap_or_default());
    let everyday = common.get(code).copied();
    let others = format!("{terms} {}", everyday.map_or("", |(_, words)| words));
    let (in_title, in_others) = (folded(title), folded(&others));
    Some(Row { code, title, everyday, terms, bare: split(code).collect(), in_title, in_others })
}

/// The words with a space before and after each.
fn folded(text: &str) -> String {
    split(text).fold(" ".to_owned(), |all, word| all + &word + " ")
}

fn split(text: &str) -> impl Iterator<Item = String> {
    let plain = |word: &str| if word.is_ascii() { word.to_ascii_lowercase() } else { fold_name(word) };
    text.split(|c: char| !c.is_alphanumeric()).map(plain).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> &'static str {
        suggest(text).first().map_or("", |one| one.code)
    }

    #[test]
    fn words_in_any_order_and_their_beginnings_find_the_usual_code_first() {
        for text in ["diabetes type 2", "type 2 diabetes", "2 type diab", "Type-2 DIABÉTES", "t2dm"] {
            assert_eq!(first(text), "E11.9", "{text}");
        }
        let everyday = [
            ("high blood pressure", "I10"),
            ("htn", "I10"),
            ("heart attack", "I21.9"),
            ("uti", "N39.0"),
            ("low back pain", "M54.50"),
            ("crohn's", "K50.90"),
            ("cold", "J06.9"),
            ("sprain right ankle", "S93.401A"),
            ("mi", "I21.9"),
        ];
        for (text, code) in everyday {
            assert_eq!(first(text), code, "{text}");
        }
    }

    #[test]
    fn a_suggestion_says_which_words_were_found_and_where() {
        let found = suggest("high blood pres");
        assert_eq!((found[0].code, found[0].also), ("I10", Some("high blood pressure")));
        assert_eq!(found[0].matched, ["high", "blood", "pres"]);
        assert_eq!(suggest("essential hypertension")[0].also, None, "the title has both");
    }

    #[test]
    fn a_code_is_found_by_its_beginning_with_or_without_its_point_and_a_whole_one_comes_first() {
        assert!(suggest("e11.").iter().all(|one| one.code.starts_with("E11")));
        for row in rows().iter().step_by(997) {
            assert_eq!((first(row.code), first(&row.code.replace('.', ""))), (row.code, row.code));
        }
    }

    #[test]
    fn there_are_never_more_than_seven_and_none_for_what_is_no_diagnosis_or_too_short() {
        assert_eq!(suggest("pain").len(), SHOWN);
        for text in ["", " ", "d", "zzyxol", "diabetes zzyxol", "\u{0}"] {
            assert!(suggest(text).is_empty(), "{text:?}");
        }
    }

    #[test]
    fn every_code_of_our_own_list_is_in_the_official_one_and_no_code_stands_twice() {
        let ours = COMMON.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(rows().iter().filter(|row| row.everyday.is_some()).count(), ours);
        let codes: std::collections::HashSet<_> = rows().iter().map(|row| row.code).collect();
        assert_eq!(codes.len(), rows().len());
    }
}
