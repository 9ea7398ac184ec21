//! From what is written about a drug or a substance to ingredients: brand, salt, combination, case, accents.

use super::set::{Id, Set};
use super::table::Table;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words of the longest name.
const LONGEST: usize = 5;
/// Letters a word needs before one that looks like it is suggested.
const SUGGESTED_FROM: usize = 5;
/// Words around the substance of an allergy.
const AROUND: [&str; 18] = [
    "allergy",
    "allergies",
    "allergic",
    "to",
    "hypersensitivity",
    "intolerance",
    "adverse",
    "reaction",
    "drug",
    "antibiotic",
    "antibiotics",
    "products",
    "containing",
    "medication",
    "disorder",
    "finding",
    "substance",
    "class",
];

/// What was read from the name of a drug.
#[derive(Clone, Default)]
pub struct Reading {
    /// Its ingredients.
    pub(super) of: Set,
    /// Words that are nothing the table knows.
    pub rest: Vec<String>,
    /// What they may have been meant for; taken only when a person says so.
    pub suggestions: Vec<String>,
}

/// What was read from the substance of an allergy.
#[derive(Clone, Default)]
pub(super) struct Allergen {
    /// Each substance or group that is named, as a set of its own.
    pub named: Vec<Set>,
    /// Something is named that has nothing to do with drugs.
    pub unrelated: bool,
    /// Words that are nothing the table knows.
    pub rest: Vec<String>,
}

/// Lower case, without accents and signs, words apart by one space.
#[must_use]
pub fn plain(text: &str) -> String {
    let folded = text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase);
    let spaced: String = folded.map(|letter| if letter.is_alphanumeric() { letter } else { ' ' }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Reading {
    /// Whether at least one ingredient was found.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.of.ids().next().is_some()
    }
}

impl Table {
    /// Whether two texts name the same ingredients; nothing where one of them names none that is known.
    #[must_use]
    pub fn same_ingredients(&self, one: &str, other: &str) -> Option<bool> {
        let (one, other) = (self.drug(one), self.drug(other));
        (one.is_known() && other.is_known()).then(|| one.of == other.of)
    }

    /// Reads the name of a drug.
    #[must_use]
    pub fn drug(&self, text: &str) -> Reading {
        let text = plain(text);
        let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        let (mut reading, mut at) = (Reading::default(), 0);
        while let Some(word) = words.get(at) {
            match longest(&words[at..], |phrase| self.phrases.get(phrase)) {
                Some((length, set)) => {
                    reading.of.join(set);
                    at += length;
                }
                None => {
                    if !self.ignores(word) {
                        reading.rest.push((*word).to_owned());
                    }
                    at += 1;
                }
            }
        }
        reading.suggestions = reading.rest.iter().filter_map(|word| self.like(word)).collect();
        reading
    }

    /// The names of a drug's ingredients.
    #[must_use]
    pub fn ingredients(&self, reading: &Reading) -> Vec<&str> {
        reading.of.ids().map(|id| self.name(id)).collect()
    }

    /// Reads the substance of an allergy: a substance, a group of them, or something no drug holds.
    pub(super) fn allergen(&self, text: &str) -> Allergen {
        let text = plain(text);
        let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        let (mut found, mut at) = (Allergen::default(), 0);
        while let Some(word) = words.get(at) {
            let group = longest(&words[at..], |phrase| self.allergens.get(phrase));
            let drug = longest(&words[at..], |phrase| self.phrases.get(phrase));
            let other = longest(&words[at..], |phrase| self.unrelated.iter().find(|one| *one == phrase));
            let lengths = (group.map_or(0, |one| one.0), drug.map_or(0, |one| one.0), other.map_or(0, |one| one.0));
            at += match lengths {
                (0, 0, 0) => {
                    if !AROUND.contains(word) && !self.ignores(word) {
                        found.rest.push((*word).to_owned());
                    }
                    1
                }
                (group_words, drug_words, other_words) if other_words > group_words.max(drug_words) => {
                    found.unrelated = true;
                    other_words
                }
                (group_words, drug_words, _) if group_words >= drug_words => {
                    found.named.extend(group.map(|(_, set)| set.clone()));
                    group_words
                }
                (_, drug_words, _) => {
                    // Each ingredient of a product may have been the one.
                    let each = drug.into_iter().flat_map(|(_, set)| set.ids());
                    found.named.extend(each.map(|id| Set::from_iter([id])));
                    drug_words
                }
            };
        }
        found
    }

    /// A salt, a form, a strength.
    fn ignores(&self, word: &str) -> bool {
        let number = word.starts_with(|letter: char| letter.is_ascii_digit());
        let application = word.strip_prefix("nda").is_some_and(|rest| rest.chars().all(|one| one.is_ascii_digit()));
        number || application || self.ignored.iter().any(|one| one == word)
    }

    /// A known name that differs by a letter or two.
    fn like(&self, word: &str) -> Option<String> {
        let length = word.chars().count();
        if length < SUGGESTED_FROM {
            return None;
        }
        let allowed = if length < 8 { 1 } else { 2 };
        let near = |name: &&String| strsim::osa_distance(name, word) <= allowed;
        let mut found: Vec<&String> = self.phrases.keys().filter(near).collect();
        found.sort_by_key(|name| (strsim::osa_distance(name, word), (*name).clone()));
        found.first().map(|name| (*name).clone())
    }

    pub(super) fn ids(&self, names: &[String]) -> Set {
        names.iter().filter_map(|name| self.id(name)).collect::<Vec<Id>>().into_iter().collect()
    }
}

fn longest<'t, T>(words: &[&str], known: impl Fn(&str) -> Option<&'t T>) -> Option<(usize, &'t T)> {
    (1..=LONGEST.min(words.len())).rev().find_map(|length| Some((length, known(&words[..length].join(" "))?)))
}
