//! Grading one part at a time: names, texts, dates, numbers.

use super::Grade;
use crate::record::{PartialDate, fold_name, kin, kin_asked, metaphone, nysiis};
use std::collections::BTreeSet;
use strsim::osa_distance;

/// A folded name with the keys it is compared by.
#[derive(Clone, Default)]
pub(super) struct Name {
    pub folded: String,
    length: usize,
    sounds: [Option<String>; 2],
    kin: Option<String>,
    asked: BTreeSet<String>,
}

impl Name {
    pub fn of(folded: String) -> Self {
        if folded.is_empty() {
            return Self::default();
        }
        let (length, sounds) = (folded.chars().count(), [metaphone(&folded), nysiis(&folded)]);
        let (kin, asked) = (kin(&folded), kin_asked(&folded));
        Self { folded, length, sounds, kin, asked }
    }

    pub fn grade(&self, other: &Self) -> Grade {
        if self.folded.is_empty() || other.folded.is_empty() {
            return Grade::Unknown;
        }
        if self.folded == other.folded {
            return Grade::Same;
        }
        let (longest, apart) = (self.length.max(other.length), osa_distance(&self.folded, &other.folded));
        if (apart == 1 && longest >= 3) || (apart == 2 && longest >= 7) {
            return Grade::Near;
        }
        if self.sounds_like(other) {
            return Grade::Alike;
        }
        if self.holds(other) || other.holds(self) || apart * 3 <= longest { Grade::Far } else { Grade::Other }
    }

    fn sounds_like(&self, other: &Self) -> bool {
        let sound = self.sounds.iter().zip(&other.sounds).any(|(a, b)| a.is_some() && a == b);
        sound || other.kin.as_ref().is_some_and(|kin| self.asked.contains(kin))
    }

    fn holds(&self, other: &Self) -> bool {
        other.length >= 3 && self.folded.contains(&other.folded)
    }
}

/// A folded text with its pairs of neighbouring letters, sorted: parts of it may change places.
#[derive(Clone, Default)]
pub(super) struct Text {
    pub folded: String,
    pairs: Vec<(char, char)>,
}

impl Text {
    pub fn of(text: &str) -> Self {
        let folded = fold_name(text);
        let letters: Vec<char> = folded.chars().collect();
        let mut pairs: Vec<(char, char)> = letters.iter().copied().zip(letters.iter().copied().skip(1)).collect();
        pairs.sort_unstable();
        Self { folded, pairs }
    }

    pub fn grade(&self, other: &Self) -> Grade {
        if self.folded.is_empty() || other.folded.is_empty() {
            return Grade::Unknown;
        }
        let all = self.pairs.len() + other.pairs.len();
        match 2 * self.shared(other) * 100 {
            _ if self.folded == other.folded => Grade::Same,
            shared if shared >= 75 * all => Grade::Near,
            shared if shared >= 50 * all => Grade::Alike,
            shared if shared >= 30 * all => Grade::Far,
            _ => Grade::Other,
        }
    }

    fn shared(&self, other: &Self) -> usize {
        let (mut mine, mut theirs, mut shared) = (self.pairs.iter().peekable(), other.pairs.iter().peekable(), 0);
        while let (Some(a), Some(b)) = (mine.peek(), theirs.peek()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => drop(mine.next()),
                std::cmp::Ordering::Greater => drop(theirs.next()),
                std::cmp::Ordering::Equal => {
                    shared += 1;
                    mine.next();
                    theirs.next();
                }
            }
        }
        shared
    }
}

pub(super) fn births(mine: Option<PartialDate>, theirs: Option<PartialDate>) -> Grade {
    let (Some(mine), Some(theirs)) = (mine, theirs) else { return Grade::Unknown };
    if mine == theirs {
        return Grade::Same;
    }
    let parts =
        |date: PartialDate| [u32::from(date.year()), date.month().unwrap_or(0).into(), date.day().unwrap_or(0).into()];
    let ([y, m, d], [y2, m2, d2]) = (parts(mine), parts(theirs));
    let digits = |[y, m, d]: [u32; 3]| format!("{y:04}{m:02}{d:02}");
    let apart = osa_distance(&digits([y, m, d]), &digits([y2, m2, d2]));
    match [y == y2, m == m2, d == d2].into_iter().filter(|same| *same).count() {
        _ if apart == 1 || (y == y2 && m == d2 && d == m2) => Grade::Near,
        2.. => Grade::Alike,
        _ if apart == 2 => Grade::Far,
        _ => Grade::Other,
    }
}

pub(super) fn sexes(mine: &str, theirs: &str) -> Grade {
    let told = |sex: &str| !sex.is_empty() && sex != "unknown";
    match (told(mine) && told(theirs), mine == theirs) {
        (false, _) => Grade::Unknown,
        (true, true) => Grade::Same,
        (true, false) => Grade::Other,
    }
}

pub(super) fn numbers(mine: &str, theirs: &str) -> Grade {
    if mine.is_empty() || theirs.is_empty() {
        return Grade::Unknown;
    }
    let longest = mine.chars().count().max(theirs.chars().count());
    match osa_distance(mine, theirs) {
        0 => Grade::Same,
        1 if longest >= 2 => Grade::Near,
        2 if longest >= 4 => Grade::Near,
        _ => Grade::Other,
    }
}

/// The first word that begins with a digit, folded, and all the others.
pub(super) fn house_and_street(lines: &[String]) -> (String, String) {
    let text = lines.join(" ");
    let house = text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let mut street: Vec<&str> = text.split_whitespace().collect();
    if let Some(at) = street.iter().position(|word| Some(*word) == house) {
        street.remove(at);
    }
    (house.map(fold_name).unwrap_or_default(), street.join(" "))
}
