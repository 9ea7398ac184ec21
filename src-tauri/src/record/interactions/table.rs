//! The table as read from its text: names resolved to places, classes to sets.

use super::set::{Id, Set};
use super::text::{
    AllergyText, ClassText, ConditionRule, DrugConditionText, DuplicateText, PairText, ReactionRule, Rule, Text,
    WashoutText,
};
use std::collections::{BTreeMap, HashMap};

/// Why a text is no table.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TableError {
    /// It doesn't have the form.
    #[error("the interaction table doesn't have the form this program reads")]
    Form,
    /// A rule names something that isn't there.
    #[error("the interaction table names {0}, which it doesn't hold")]
    Unknown(String),
    /// Two entries have one name.
    #[error("the interaction table names {0} twice")]
    Twice(String),
}

/// Two sides that don't go together.
pub(super) struct Pair {
    pub rule: Rule,
    pub a: Set,
    pub b: Set,
    pub onc: Option<u8>,
    /// Of a group only the first that fits speaks.
    pub group: Option<String>,
    /// Only with this condition.
    pub given: Option<String>,
}

/// What an allergy warns of.
pub(super) struct Cross {
    pub rule: Rule,
    pub to: Set,
    pub warn: Set,
    pub reactions: Vec<String>,
}

/// A drug that a condition forbids.
pub(super) struct Forbidden {
    pub rule: Rule,
    pub drugs: Set,
    pub condition: String,
}

/// A class of which one drug is enough.
pub(super) struct Duplicate {
    pub id: String,
    pub words: String,
    pub of: Set,
}

/// The interaction table, ready to be asked.
pub struct Table {
    version: String,
    read: String,
    reviewer: Option<String>,
    sources: BTreeMap<String, String>,
    pub(super) substances: Vec<String>,
    pub(super) phrases: HashMap<String, Set>,
    pub(super) allergens: HashMap<String, Set>,
    pub(super) unrelated: Vec<String>,
    pub(super) pairs: Vec<Pair>,
    pub(super) crosses: Vec<Cross>,
    pub(super) conditions: Vec<ConditionRule>,
    pub(super) forbidden: Vec<Forbidden>,
    pub(super) duplicates: Vec<Duplicate>,
    pub(super) washouts: Vec<(Set, u32)>,
    pub(super) reactions: Vec<ReactionRule>,
    pub(super) ignored: Vec<String>,
    egfr: Vec<String>,
}

impl Table {
    /// Reads a table whose signature was checked.
    ///
    /// # Errors
    /// When the text isn't a table that holds everything it names.
    pub fn read(text: &str) -> Result<Self, TableError> {
        let text: Text = serde_json::from_str(text).map_err(|_| TableError::Form)?;
        if text.form != 1 {
            return Err(TableError::Form);
        }
        Names::of(&text)?.table(text)
    }

    /// Its version, as the audit and every answer name it.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The day on which its sources were read.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.read
    }

    /// The pharmacist who has reviewed it, if one has.
    #[must_use]
    pub fn reviewer(&self) -> Option<&str> {
        self.reviewer.as_deref()
    }

    /// How many substances and rules it holds.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.substances.len(), self.pairs.len() + self.crosses.len() + self.forbidden.len() + self.duplicates.len())
    }

    /// Every rule on a line: its level, what it is about, why and where from.
    #[must_use]
    pub fn rules(&self) -> Vec<String> {
        let names = |set: &Set| set.ids().map(|id| self.name(id)).collect::<Vec<_>>().join(", ");
        let line = |rule: &Rule, about: String| {
            format!(
                "{:?} [{}] {about}: {} ({}, read {})",
                rule.severity,
                rule.id,
                rule.reason,
                rule.source.join(", "),
                rule.read
            )
        };
        let pairs = self.pairs.iter().map(|one| line(&one.rule, format!("{} × {}", names(&one.a), names(&one.b))));
        let crosses = self
            .crosses
            .iter()
            .map(|one| line(&one.rule, format!("allergy to {} × {}", names(&one.to), names(&one.warn))));
        let forbidden = self
            .forbidden
            .iter()
            .map(|one| line(&one.rule, format!("{} in {}", names(&one.drugs), self.condition_words(&one.condition))));
        let duplicates = self.duplicates.iter().map(|one| format!("Moderate [{}] two of: {}", one.id, names(&one.of)));
        pairs.chain(crosses).chain(forbidden).chain(duplicates).collect()
    }

    /// A source in full.
    #[must_use]
    pub fn source(&self, code: &str) -> Option<&str> {
        self.sources.get(code).map(String::as_str)
    }

    /// Codes (LOINC) under which the filtration rate is reported.
    #[must_use]
    pub fn egfr_codes(&self) -> &[String] {
        &self.egfr
    }

    /// The name of a substance.
    pub(super) fn name(&self, id: Id) -> &str {
        self.substances.get(usize::from(id)).map_or("", String::as_str)
    }

    /// The substance of this name in the table.
    pub(super) fn id(&self, name: &str) -> Option<Id> {
        self.substances.iter().position(|one| one == name).and_then(|at| Id::try_from(at).ok())
    }
}

/// Names while the table is built: substances, allergens and classes share one space.
struct Names {
    substances: Vec<String>,
    sets: HashMap<String, Set>,
}

impl Names {
    fn of(text: &Text) -> Result<Self, TableError> {
        let own = text.substances.iter().map(|one| &one.id).chain(text.allergens.iter().map(|one| &one.id));
        let mut names = Self { substances: own.cloned().collect(), sets: HashMap::new() };
        for (name, id) in names.substances.clone().into_iter().zip(0..) {
            names.put(name, Set::from_iter([id]))?;
        }
        for class in &text.classes {
            let of = names.set(&class.of)?;
            names.put(class.id.clone(), of)?;
        }
        Ok(names)
    }

    fn put(&mut self, name: String, set: Set) -> Result<(), TableError> {
        match self.sets.insert(name.clone(), set) {
            None => Ok(()),
            Some(_) => Err(TableError::Twice(name)),
        }
    }

    fn one(&self, name: &str) -> Result<&Set, TableError> {
        self.sets.get(name).ok_or_else(|| TableError::Unknown(name.to_owned()))
    }

    fn set(&self, names: &[String]) -> Result<Set, TableError> {
        let mut set = Set::default();
        for name in names {
            set.join(self.one(name)?);
        }
        Ok(set)
    }

    fn phrases(&self, text: &Text) -> Result<HashMap<String, Set>, TableError> {
        let mut phrases = HashMap::new();
        let mut put = |name: &str, set: Set| match phrases.insert(super::plain(name), set) {
            None => Ok(()),
            Some(_) => Err(TableError::Twice(name.to_owned())),
        };
        for one in &text.substances {
            let of = self.one(&one.id)?;
            put(&one.id, of.clone())?;
            one.names.iter().chain(&one.brands).try_for_each(|name| put(name, of.clone()))?;
        }
        text.products.iter().try_for_each(|one| put(&one.name, self.set(&one.of)?))?;
        Ok(phrases)
    }

    fn allergens(&self, text: &Text) -> Result<HashMap<String, Set>, TableError> {
        let mut allergens = HashMap::new();
        for group in &text.groups {
            allergens.insert(super::plain(&group.name), self.one(&group.class)?.clone());
        }
        for class in &text.classes {
            allergens.entry(super::plain(&class.words)).or_insert_with(|| self.sets[&class.id].clone());
        }
        for one in &text.allergens {
            for name in one.names.iter().chain([&one.id]) {
                allergens.insert(super::plain(name), self.one(&one.id)?.clone());
            }
        }
        Ok(allergens)
    }

    fn pair(&self, one: PairText) -> Result<Pair, TableError> {
        let (a, b) = (self.set(&one.a)?, self.set(&one.b)?);
        Ok(Pair { rule: one.rule, a, b, onc: one.onc, group: one.group, given: one.given })
    }

    fn cross(&self, one: AllergyText) -> Result<Cross, TableError> {
        let (to, warn) = (self.set(&one.to)?, self.set(&one.warn)?);
        Ok(Cross { rule: one.rule, to, warn, reactions: one.reactions })
    }

    fn duplicate(&self, one: &DuplicateText, classes: &[ClassText]) -> Result<Duplicate, TableError> {
        let class = classes.iter().find(|class| class.id == one.class);
        let words = class.ok_or_else(|| TableError::Unknown(one.class.clone()))?.words.clone();
        Ok(Duplicate { id: one.id.clone(), words, of: self.one(&one.class)?.clone() })
    }

    fn table(self, text: Text) -> Result<Table, TableError> {
        let (phrases, allergens) = (self.phrases(&text)?, self.allergens(&text)?);
        let known = |id: &String| match text.conditions.iter().any(|one| one.id == *id) {
            true => Ok(()),
            false => Err(TableError::Unknown(id.clone())),
        };
        text.pairs.iter().filter_map(|one| one.given.as_ref()).try_for_each(known)?;
        text.drug_conditions.iter().map(|one| &one.condition).try_for_each(known)?;
        let forbidden = |one: DrugConditionText| {
            Ok(Forbidden { drugs: self.set(&one.drugs)?, rule: one.rule, condition: one.condition })
        };
        let duplicate = |one: &DuplicateText| self.duplicate(one, &text.classes);
        let washout = |one: &WashoutText| Ok((self.one(&one.of)?.clone(), one.days));
        Ok(Table {
            version: text.version,
            read: text.read,
            reviewer: text.reviewer,
            sources: text.sources,
            phrases,
            allergens,
            unrelated: text.unrelated.iter().map(|one| super::plain(one)).collect(),
            duplicates: text.duplicates.iter().map(duplicate).collect::<Result<_, _>>()?,
            washouts: text.washouts.iter().map(washout).collect::<Result<_, TableError>>()?,
            pairs: text.pairs.into_iter().map(|one| self.pair(one)).collect::<Result<_, _>>()?,
            crosses: text.allergies.into_iter().map(|one| self.cross(one)).collect::<Result<_, _>>()?,
            forbidden: text.drug_conditions.into_iter().map(forbidden).collect::<Result<_, TableError>>()?,
            substances: self.substances,
            conditions: text.conditions,
            reactions: text.reactions,
            ignored: text.ignored,
            egfr: text.egfr,
        })
    }
}
