//! Long random sessions: whatever is done to the embedded store, a plain model in memory answers the same.
//!
//! Payloads are libmongocrypt's. Three fields of each kind; contention 0, 4 and 8; compaction and cleanup in between.

use crate::client::{Client, Field, fields_of};
use crate::vectors::{Fixed, local_crypt, raw, zero_root};
use bson::spec::BinarySubtype;
use bson::{Binary, Bson, DateTime, Document, RawDocumentBuf, bson, doc};
use std::collections::BTreeMap;
use wardseal::crypt::{Crypt, id_of};
use wardseal::store::Store as _;
use wardseal::store::embedded::{Embedded, Limits};

/// How many steps, over all three contentions.
const STEPS: &str = "WARDSEAL_STEPS";
/// The kinds of field, three of each.
const NAMES: [&str; 9] = ["e1", "e2", "e3", "r1", "r2", "r3", "prefix", "suffix", "substring"];

/// A small generator: the same seed is the same session.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn word(&mut self, least: u64) -> String {
        let letters = ['a', 'b', 'B', 'é', 'E', 'ü', 'U', 'c'];
        let len = least + self.roll(7);
        (0..len).map(|_| letters[self.roll(8) as usize]).collect()
    }

    fn value(&mut self, name: &str) -> Bson {
        match name {
            "e1" => format!("word {}", self.roll(9)).into(),
            "e2" => Bson::Int64(self.roll(7) as i64 - 3),
            "e3" => Bson::DateTime(DateTime::from_millis(self.roll(5) as i64 * 86_400_000)),
            "r1" => Bson::Int32(self.roll(301) as i32),
            "r2" => Bson::DateTime(DateTime::from_millis(self.roll(4_000) as i64)),
            // Quarters: libmongocrypt cuts after the second digit, and 0.29 is a little less than 29 hundredths.
            "r3" => Bson::Double(self.roll(81) as f64 / 4.0),
            _ => self.word(2).into(),
        }
    }
}

fn encrypted_fields(key: impl Fn(usize) -> Bson, contention: i64) -> Document {
    let range = |min: Bson, max: Bson, precision: Option<i32>| {
        let mut query = doc! { "queryType": "range", "contention": contention, "min": min, "max": max, "sparsity": 2_i64, "trimFactor": 4 };
        precision.into_iter().for_each(|precision| drop(query.insert("precision", precision)));
        query
    };
    let text = |kind: &str| {
        let mut query = doc! {
            "queryType": kind, "contention": contention, "caseSensitive": false, "diacriticSensitive": false,
            "strMinQueryLength": 2, "strMaxQueryLength": 4,
        };
        if kind == "substring" {
            query.insert("strMaxLength", 10);
        }
        query
    };
    let equality = || doc! { "queryType": "equality", "contention": contention };
    let of = |name: &str| match name {
        "e1" => ("string", equality()),
        "e2" => ("long", equality()),
        "e3" => ("date", equality()),
        "r1" => ("int", range(0.into(), 300.into(), None)),
        "r2" => ("date", range(DateTime::from_millis(0).into(), DateTime::from_millis(3_999).into(), None)),
        "r3" => ("double", range(Bson::Double(0.0), Bson::Double(20.0), Some(2))),
        kind => ("string", text(kind)),
    };
    let field = |(place, name): (usize, &&str)| {
        let (bson_type, query) = of(name);
        bson!({ "path": path(name), "bsonType": bson_type, "keyId": key(place), "queries": query })
    };
    doc! { "fields": NAMES.iter().enumerate().map(field).collect::<Vec<Bson>>() }
}

/// Some fields lie in a sub-document, as a record's do.
fn path(name: &str) -> String {
    if name.ends_with('2') { format!("i.{name}") } else { name.to_owned() }
}

/// A session: the store, and what a person with pen and paper knows.
struct Session {
    store: Embedded,
    crypt: Crypt,
    fields: Vec<Field>,
    model: BTreeMap<i32, BTreeMap<String, Bson>>,
    dice: Dice,
    next: i32,
    counts: BTreeMap<&'static str, usize>,
}

impl Session {
    async fn begin(file: &std::path::Path, contention: i64, tags: u64) -> Self {
        let maker = local_crypt(&zero_root(), vec![], None, Fixed::default());
        let keys: Vec<RawDocumentBuf> = NAMES.iter().map(|_| maker.create_data_key("local", &[]).unwrap()).collect();
        let id = |place: usize| {
            let id = id_of(&keys[place]).unwrap();
            Bson::Binary(Binary { subtype: BinarySubtype::Uuid, bytes: id.as_bytes().to_vec() })
        };
        let described = encrypted_fields(id, contention);
        let map = doc! { "wardseal.people": described.clone() };
        let crypt = local_crypt(&zero_root(), keys, Some(&map), Fixed::default());
        let store = Embedded::open_with(file, &Limits { tags, ..Limits::default() }).unwrap();
        store.run(raw(&doc! { "create": "people", "encryptedFields": described.clone() })).await.unwrap();
        let (fields, dice) = (fields_of(&described), Dice(contention as u64 + 1));
        Self { store, crypt, fields, model: BTreeMap::new(), dice, next: 0, counts: BTreeMap::new() }
    }

    fn client(&self) -> Client<'_> {
        Client { crypt: &self.crypt, fields: &self.fields }
    }

    async fn ask(&self, command: Document) -> Document {
        let command = self.crypt.encrypt_command("wardseal", &raw(&command)).unwrap();
        Document::try_from(self.store.run(command).await.unwrap()).unwrap()
    }

    fn made_up(&mut self, chance: u64) -> BTreeMap<String, Bson> {
        let names: Vec<&str> = NAMES.into_iter().filter(|_| self.dice.roll(100) < chance).collect();
        names.into_iter().map(|name| (name.to_owned(), self.dice.value(name))).collect()
    }

    fn somebody(&mut self) -> Option<i32> {
        let count = self.model.len() as u64;
        let nth = if count == 0 { return None } else { self.dice.roll(count) };
        self.model.keys().nth(nth as usize).copied()
    }

    async fn step(&mut self) {
        let crowded = self.model.len() > 120;
        let what = match self.dice.roll(100) {
            0..=27 if !crowded => "insert",
            0..=44 => "update",
            45..=49 => "replace",
            50..=54 => "find and modify",
            55..=57 => "unset",
            58..=67 => "delete",
            68 => "compact",
            69 => "cleanup",
            _ => "find",
        };
        *self.counts.entry(what).or_default() += 1;
        match what {
            "insert" => self.insert().await,
            "compact" => drop(self.ask(doc! { "compactStructuredEncryptionData": "people" }).await),
            "cleanup" => drop(self.ask(doc! { "cleanupStructuredEncryptionData": "people" }).await),
            "find" => self.find().await,
            "delete" => self.delete().await,
            what => self.change(what).await,
        }
    }

    async fn insert(&mut self) {
        let (id, values) = (self.next, self.made_up(80));
        self.next += 1;
        let mut person = doc! { "_id": id, "rev": 1_i64 };
        person.extend(self.client().document(&nested(&values)).unwrap());
        self.ask(doc! { "insert": "people", "documents": [person] }).await;
        self.model.insert(id, values);
    }

    async fn delete(&mut self) {
        let Some(id) = self.somebody() else { return };
        let reply = self.ask(doc! { "delete": "people", "deletes": [{ "q": { "_id": id }, "limit": 1 }] }).await;
        assert_eq!(reply.get_i32("n").unwrap(), 1);
        self.model.remove(&id);
    }

    async fn change(&mut self, what: &str) {
        let Some(id) = self.somebody() else { return };
        let values = self.made_up(if what == "replace" { 80 } else { 25 });
        let dotted: Document = values.iter().map(|(name, value)| (path(name), value.clone())).collect();
        let mut set = self.client().document(&dotted).unwrap();
        let update = match what {
            "replace" => self.client().document(&nested(&values)).unwrap(),
            "unset" => {
                doc! { "$unset": dotted.keys().map(|path| (path.clone(), Bson::from(""))).collect::<Document>() }
            }
            _ => {
                set.insert("touched", true);
                doc! { "$set": set }
            }
        };
        let update = if what == "unset" && values.is_empty() {
            doc! { "$set": { "touched": true } }
        } else {
            update
        };
        match what {
            "find and modify" => {
                let reply =
                    self.ask(doc! { "findAndModify": "people", "query": { "_id": id }, "update": update }).await;
                let old = self.open(reply.get_document("value").unwrap());
                assert_eq!(old, self.model[&id], "findAndModify answers the old document");
            }
            _ => {
                let reply =
                    self.ask(doc! { "update": "people", "updates": [{ "q": { "_id": id }, "u": update }] }).await;
                assert_eq!(reply.get_i32("n").unwrap(), 1);
            }
        }
        let known = self.model.get_mut(&id).unwrap();
        match what {
            "replace" => *known = values,
            "unset" => known.retain(|name, _| !values.contains_key(name)),
            _ => known.extend(values),
        }
    }

    fn open(&self, stored: &Document) -> BTreeMap<String, Bson> {
        let opened = Document::try_from(self.crypt.decrypt(&raw(stored)).unwrap()).unwrap();
        let inside = opened.get_document("i").cloned().unwrap_or_default();
        let all = opened.iter().chain(inside.iter());
        all.filter(|(name, _)| NAMES.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    async fn find(&mut self) {
        let question = Question::roll(&mut self.dice, 2);
        let filter = self.client().filter(&question.filter()).unwrap();
        let found = self.ask(doc! { "find": "people", "filter": filter, "sort": { "_id": 1 } }).await;
        let found = found.get_document("cursor").unwrap().get_array("firstBatch").unwrap().clone();
        let ids = found.iter().map(|one| one.as_document().unwrap().get_i32("_id").unwrap());
        let expected = self.model.iter().filter(|(_, known)| question.asks(known)).map(|(id, _)| *id);
        assert_eq!(ids.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "{:?}", question.filter());
        for one in found.iter().take(3) {
            let one = one.as_document().unwrap();
            assert_eq!(
                self.open(one),
                self.model[&one.get_i32("_id").unwrap()],
                "what is stored opens as it was written"
            );
        }
    }
}

fn nested(values: &BTreeMap<String, Bson>) -> Document {
    let (mut outer, mut inner) = (Document::new(), Document::new());
    for (name, value) in values {
        if name.ends_with('2') {
            inner.insert(name, value.clone())
        } else {
            outer.insert(name, value.clone())
        };
    }
    if !inner.is_empty() {
        outer.insert("i", inner);
    }
    outer
}

/// One side of a range, and whether it belongs to it.
type Bound = Option<Box<(bool, Bson)>>;

/// What is asked, for the store and for the model.
enum Question {
    Equal(String, Vec<Bson>),
    Between(String, Bound, Bound),
    Text(String, String),
    Not(Box<Question>),
    Both(bool, Box<[Question; 2]>),
}

impl Question {
    fn roll(dice: &mut Dice, depth: u64) -> Self {
        if depth > 0 {
            match dice.roll(10) {
                0 => return Self::Not(Box::new(Self::roll(dice, depth - 1))),
                1 | 2 => {
                    let (all, two) = (dice.roll(2) == 0, [Self::roll(dice, depth - 1), Self::roll(dice, depth - 1)]);
                    return Self::Both(all, Box::new(two));
                }
                _ => {}
            }
        }
        let name = NAMES[dice.roll(9) as usize];
        match name.as_bytes()[0] {
            b'e' => {
                let count = 1 + dice.roll(3);
                Self::Equal(name.into(), (0..count).map(|_| dice.value(name)).collect())
            }
            b'r' => {
                let mut bounds = [dice.value(name), dice.value(name)];
                bounds.sort_by(|a, b| number(a).total_cmp(&number(b)));
                let [low, high] = bounds;
                let closed = dice.roll(2) == 0;
                match dice.roll(4) {
                    0 if number(&low) > 0.0 || closed => {
                        Self::Between(name.into(), side(closed || number(&low) == 0.0, low), None)
                    }
                    1 => Self::Between(name.into(), None, side(true, high)),
                    2 => Self::Equal(name.into(), vec![low]),
                    _ if number(&low) == number(&high) => Self::Between(name.into(), side(true, low), side(true, high)),
                    _ => Self::Between(name.into(), side(true, low), side(closed, high)),
                }
            }
            _ => Self::Text(name.into(), dice.word(2).chars().take(4).collect()),
        }
    }

    fn filter(&self) -> Document {
        match self {
            Self::Equal(name, values) if values.len() == 1 => doc! { path(name): values[0].clone() },
            Self::Equal(name, values) => doc! { path(name): { "$in": values.clone() } },
            Self::Between(name, low, high) => {
                let mut bounds = Document::new();
                low.iter()
                    .map(|low| &**low)
                    .for_each(|(with, low)| drop(bounds.insert(if *with { "$gte" } else { "$gt" }, low.clone())));
                high.iter()
                    .map(|high| &**high)
                    .for_each(|(with, high)| drop(bounds.insert(if *with { "$lte" } else { "$lt" }, high.clone())));
                doc! { path(name): bounds }
            }
            Self::Text(name, word) => {
                let operator = match name.as_str() {
                    "prefix" => "$encStrStartsWith",
                    "suffix" => "$encStrEndsWith",
                    _ => "$encStrContains",
                };
                doc! { "$expr": { operator: { "input": format!("${name}"), name: word } } }
            }
            Self::Not(inner) => doc! { "$nor": [inner.filter()] },
            Self::Both(all, two) => doc! { if *all { "$and" } else { "$or" }: [two[0].filter(), two[1].filter()] },
        }
    }

    fn asks(&self, known: &BTreeMap<String, Bson>) -> bool {
        match self {
            Self::Equal(name, values) => known.get(name).is_some_and(|value| values.contains(value)),
            Self::Between(name, low, high) => known.get(name).map(number).is_some_and(|value| {
                low.as_deref().is_none_or(|(with, low)| value > number(low) || (*with && value == number(low)))
                    && high
                        .as_deref()
                        .is_none_or(|(with, high)| value < number(high) || (*with && value == number(high)))
            }),
            Self::Text(name, word) => known.get(name).and_then(Bson::as_str).is_some_and(|text| {
                let (text, word) = (folded(text), folded(word));
                match name.as_str() {
                    "prefix" => text.starts_with(&word),
                    "suffix" => text.ends_with(&word),
                    _ => text.contains(&word),
                }
            }),
            Self::Not(inner) => !inner.asks(known),
            Self::Both(true, two) => two.iter().all(|one| one.asks(known)),
            Self::Both(false, two) => two.iter().any(|one| one.asks(known)),
        }
    }
}

fn side(with: bool, bound: Bson) -> Bound {
    Some(Box::new((with, bound)))
}

fn number(value: &Bson) -> f64 {
    match value {
        Bson::Int32(n) => f64::from(*n),
        Bson::DateTime(at) => at.timestamp_millis() as f64,
        Bson::Double(n) => *n,
        other => panic!("no number: {other:?}"),
    }
}

fn folded(text: &str) -> String {
    text.to_lowercase().replace('é', "e").replace('ü', "u")
}

#[tokio::test]
async fn after_any_session_the_store_answers_as_a_plain_model_does() {
    let steps: usize = std::env::var(STEPS).ok().and_then(|steps| steps.parse().ok()).unwrap_or(240);
    // The middle one looks up so few tags that most questions look at every document.
    for (contention, tags) in [(0, u64::MAX), (4, 40), (8, u64::MAX)] {
        let place = tempfile::tempdir().unwrap();
        let mut session = Session::begin(&place.path().join("records.db"), contention, tags).await;
        for step in 0..steps.div_ceil(3) {
            session.step().await;
            if step % 500 == 499 {
                session.store.check().await.unwrap();
            }
        }
        let checked = session.store.check().await.unwrap();
        assert_eq!(checked.documents, session.model.len() as u64);
        println!("contention {contention}: {:?}, in the end {checked:?}", session.counts);
    }
}
