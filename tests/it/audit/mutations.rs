//! Every change to a stored audit is found and located; an audit nobody touched raises no alarm.
//!
//! `WARDSEAL_AUDIT_MUTATIONS` says how many random changes to try; `WARDSEAL_AUDIT_SEED` repeats a run.

use super::Desk;
use rusqlite::Connection;
use std::path::Path;
use uuid::Uuid;
use wardseal::audit::{Broken, Damage, Hash, Kind, Row, SignedHead, Verified, Witness, verify};
use wardseal::clock::Timestamp;

const ROWS: u64 = 40;
const LINK: usize = 6;

#[tokio::test]
async fn every_mutation_is_found_and_located_and_a_clean_chain_raises_no_alarm() {
    let (desk, original) = signed_audit().await;
    let seed = number_from("WARDSEAL_AUDIT_SEED").unwrap_or_else(|| getrandom::u64().unwrap());
    let mut dice = Dice(seed | 1);
    for round in 0..number_from("WARDSEAL_AUDIT_MUTATIONS").unwrap_or(200) {
        let mut copy = original.clone();
        let change = Change::at_random(&mut dice, &copy);
        change.apply(&mut copy, &mut dice);
        let found = copy.verify(&desk, original.witness(&change));
        let broken = found.expect_err(&format!("missed {change:?}, seed {seed}, round {round}"));
        assert!(change.is_located_by(broken), "{change:?} was reported as {broken:?}, seed {seed}, round {round}");
        let clean = original.first(1 + dice.below(original.rows.len()));
        clean.verify(&desk, Some(clean.newest())).expect("no alarm");
    }
}

#[tokio::test]
async fn a_disk_that_was_rolled_back_as_a_whole_is_found_by_a_witness() {
    let (desk, original) = signed_audit().await;
    let copy = original.first(20);
    assert_eq!(copy.verify(&desk, None).unwrap().rows, 20, "nothing inside the file can tell");
    let broken = copy.verify(&desk, Some(original.newest())).unwrap_err();
    assert_eq!(broken, Broken { seq: 21, what: Damage::Truncated { known: ROWS, sure: 20 } });
    assert_eq!(
        broken.to_string(),
        "row 21: it and what followed were cut off (row 40 was vouched for once, 20 rows still are)"
    );
}

#[tokio::test]
async fn a_fork_is_found_by_a_witness_even_when_the_workstation_signed_it() {
    let (desk, original) = signed_audit().await;
    let mut fork = original.clone();
    fork.rows[30].at = Timestamp(1);
    fork.rehash_from(30);
    fork.heads.retain(|head| head.seq <= 30);
    let (number, last) = (fork.heads.len() as u64 + 1, fork.newest());
    fork.heads.push(sign(&desk, number, last));
    assert_eq!(fork.verify(&desk, None).unwrap().signed_to, ROWS);
    let broken = fork.verify(&desk, Some(original.newest())).unwrap_err();
    assert!(matches!(broken.what, Damage::Rewritten { .. }), "{broken:?}");
}

#[tokio::test]
async fn a_head_signed_by_another_key_is_refused() {
    let (desk, _) = signed_audit().await;
    let stranger = ed25519_dalek::SigningKey::from_bytes(&[8; 32]);
    let broken = verify(&desk.path(), stranger.verifying_key().as_bytes(), None).unwrap_err();
    assert!(matches!(broken.what, Damage::HeadSignature { number: 1 }), "{broken:?}");
}

#[test]
fn a_file_that_is_no_audit_is_called_unreadable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.db");
    assert_eq!(verify(&path, &[0; 32], None).unwrap_err().what, Damage::Unreadable, "no file");
    std::fs::write(&path, [0x55; 9000]).unwrap();
    assert_eq!(verify(&path, &[0; 32], None).unwrap_err().what, Damage::Unreadable, "not a database");
}

/// An audit of [`ROWS`] rows with a signed head every seven or so, the last over the newest row.
async fn signed_audit() -> (Desk, Stored) {
    let desk = Desk::new();
    let log = desk.open().await;
    for rows in [7, 6, 7, 8, 7, 5] {
        desk.write_rows(&log, rows).await;
        desk.sign(&log).await;
    }
    let original = Stored::load(&desk.path());
    (desk, original)
}

/// The content of an audit file, to be changed by somebody who may write to the disk but holds no key.
#[derive(Clone)]
struct Stored {
    rows: Vec<Row>,
    heads: Vec<SignedHead>,
}

#[derive(Debug)]
struct Change {
    kind: What,
    // Index of the first row or head that isn't what it was.
    at: usize,
    other: usize,
    forged: Forged,
    rows: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Edit(usize),
    Delete { renumber: bool },
    Insert { copy: bool },
    Swap,
    Truncate { heads: bool },
    EditHead(usize),
    DeleteHead,
}

/// How far the forger recomputed hashes afterwards, which takes no key.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Forged {
    Nothing,
    TheRow,
    AllThatFollows,
}

impl Change {
    fn at_random(dice: &mut Dice, stored: &Stored) -> Self {
        let kind = match dice.below(14) {
            0..=4 => What::Edit(dice.below(7)),
            5 | 6 => What::Delete { renumber: dice.below(2) == 0 },
            7 | 8 => What::Insert { copy: dice.below(2) == 0 },
            9 | 10 => What::Swap,
            11 => What::Truncate { heads: dice.below(2) == 0 },
            12 => What::EditHead(dice.below(5)),
            _ => What::DeleteHead,
        };
        let mut forged = [Forged::Nothing, Forged::TheRow, Forged::AllThatFollows][dice.below(3)];
        if kind == What::Edit(LINK) && forged == Forged::AllThatFollows {
            forged = Forged::TheRow; // linking everything anew would restore the link
        }
        let rows = stored.rows.len();
        let (at, other) = match kind {
            What::EditHead(_) => (dice.below(stored.heads.len()), 0),
            What::DeleteHead => (dice.below(stored.heads.len() - 1), 0),
            What::Swap => (dice.below(rows - 1), 0),
            _ => (dice.below(rows), 0),
        };
        let other = if kind == What::Swap { at + 1 + dice.below(rows - at - 1) } else { other };
        Self { kind, at, other, forged, rows }
    }

    fn apply(&self, stored: &mut Stored, dice: &mut Dice) {
        match self.kind {
            What::Edit(column) => {
                edit(&mut stored.rows[self.at], column, dice);
                self.forge(stored, &[self.at]);
            }
            What::Delete { renumber } => {
                stored.rows.remove(self.at);
                if renumber || self.forged == Forged::AllThatFollows {
                    stored.renumber();
                    self.forge(stored, &[self.at]);
                }
            }
            What::Insert { copy } => {
                let mut row = stored.rows[if copy { dice.below(self.rows) } else { self.at }].clone();
                row.prev = if self.at == 0 { stored.rows[0].prev } else { stored.rows[self.at - 1].hash };
                row.at = Timestamp(row.at.0 + 1);
                stored.rows.insert(self.at, row);
                stored.renumber();
                self.forge(stored, &[self.at]);
            }
            What::Swap => {
                stored.rows.swap(self.at, self.other);
                stored.renumber();
                self.forge(stored, &[self.at, self.other]);
            }
            What::Truncate { heads } => {
                stored.rows.truncate(self.at);
                stored.heads.retain(|head| !heads || head.seq <= self.at as u64);
            }
            What::EditHead(column) => edit_head(&mut stored.heads[self.at], column, dice),
            What::DeleteHead => drop(stored.heads.remove(self.at)),
        }
    }

    fn forge(&self, stored: &mut Stored, touched: &[usize]) {
        match self.forged {
            Forged::Nothing => {}
            Forged::TheRow => {
                for (at, row) in stored.rows.iter_mut().enumerate() {
                    if touched.contains(&at) {
                        row.hash = row.computed_hash();
                    }
                }
            }
            Forged::AllThatFollows => stored.rehash_from(self.at),
        }
    }

    /// The number of the first touched row lies where the report says: exactly, or in the stretch that was rewritten.
    fn is_located_by(&self, broken: Broken) -> bool {
        let seq = self.at as u64 + 1;
        match (self.kind, broken.what) {
            (
                What::EditHead(_) | What::DeleteHead,
                Damage::HeadMissing { number } | Damage::HeadSignature { number },
            ) => number == seq,
            (What::EditHead(_) | What::DeleteHead, _) => false,
            (_, Damage::Rewritten { known }) => broken.seq <= seq && seq <= known,
            (What::Truncate { .. }, _) => broken.seq == seq,
            (_, Damage::Truncated { sure, .. }) if self.forged == Forged::AllThatFollows => {
                sure < seq && seq <= broken.seq
            }
            _ => broken.seq == seq,
        }
    }
}

fn edit(row: &mut Row, column: usize, dice: &mut Dice) {
    match column {
        0 => row.seq += 1 + dice.below(5) as u64 * ROWS,
        1 => row.at = Timestamp(row.at.0 ^ (1 << dice.below(40))),
        2 => row.workstation = Uuid::from_u128(row.workstation.as_u128() ^ (1 << dice.below(128))),
        3 => row.kind = if row.kind == Kind::Decision { Kind::System } else { Kind::Decision },
        4 => row.refers_to = Some(row.refers_to.map_or(0, |to| to + 1)),
        5 => flip(&mut row.body, dice),
        _ => flip(&mut row.prev, dice),
    }
}

fn edit_head(head: &mut SignedHead, column: usize, dice: &mut Dice) {
    match column {
        0 => head.number += 100,
        1 => head.seq ^= 1 << dice.below(5),
        2 => flip(&mut head.hash, dice),
        3 => head.at = Timestamp(head.at.0 ^ 1),
        _ => flip(&mut head.signature, dice),
    }
}

fn flip(bytes: &mut [u8], dice: &mut Dice) {
    bytes[dice.below(bytes.len())] ^= 1 << dice.below(8);
}

fn sign(desk: &Desk, number: u64, last: Witness) -> SignedHead {
    use ed25519_dalek::Signer;
    let at = Timestamp(5);
    let message = SignedHead::message(super::WORKSTATION, number, last.seq, &last.hash, at);
    SignedHead { number, seq: last.seq, hash: last.hash, at, signature: desk.key.sign(&message).to_bytes() }
}

impl Stored {
    fn load(path: &Path) -> Self {
        let file = Connection::open(path).unwrap();
        let mut query = file.prepare("SELECT * FROM rows ORDER BY seq").unwrap();
        let rows = query.query_map([], |row| Ok(load_row(row))).unwrap().map(Result::unwrap).collect();
        let mut query = file.prepare("SELECT * FROM heads ORDER BY number").unwrap();
        let heads = query.query_map([], |row| Ok(load_head(row))).unwrap().map(Result::unwrap).collect();
        Self { rows, heads }
    }

    /// The audit as it was after so many rows.
    fn first(&self, rows: usize) -> Self {
        let heads = self.heads.iter().filter(|head| head.seq <= rows as u64).cloned().collect();
        Self { rows: self.rows[..rows].to_vec(), heads }
    }

    fn newest(&self) -> Witness {
        self.rows.last().map(|row| Witness { seq: row.seq, hash: row.hash }).unwrap()
    }

    /// Cut-off heads need a witness; everything else must be found without.
    fn witness(&self, change: &Change) -> Option<Witness> {
        matches!(change.kind, What::Truncate { heads: true }).then(|| self.newest())
    }

    fn renumber(&mut self) {
        for (row, seq) in self.rows.iter_mut().zip(1..) {
            row.seq = seq;
        }
    }

    fn rehash_from(&mut self, from: usize) {
        let mut last: Option<Hash> = from.checked_sub(1).map(|before| self.rows[before].hash);
        for row in self.rows.iter_mut().skip(from) {
            row.prev = last.unwrap_or(row.prev);
            row.hash = row.computed_hash();
            last = Some(row.hash);
        }
    }

    /// Verifies these rows and heads as a file. The forger's file has no triggers and no keys.
    fn verify(&self, desk: &Desk, witness: Option<Witness>) -> Result<Verified, Broken> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.db");
        let mut file = Connection::open(&path).unwrap();
        file.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;").unwrap();
        let all = file.transaction().unwrap();
        all.execute_batch("CREATE TABLE rows (seq, at, workstation, kind, refers_to, body, prev, hash)").unwrap();
        all.execute_batch("CREATE TABLE heads (number, seq, hash, at, signature)").unwrap();
        self.rows.iter().for_each(|row| save_row(&all, row));
        self.heads.iter().for_each(|head| save_head(&all, head));
        all.commit().unwrap();
        drop(file);
        verify(&path, desk.key.verifying_key().as_bytes(), witness)
    }
}

fn load_row(row: &rusqlite::Row<'_>) -> Row {
    Row {
        seq: row.get::<_, i64>("seq").unwrap().cast_unsigned(),
        at: Timestamp(row.get("at").unwrap()),
        workstation: Uuid::from_bytes(row.get("workstation").unwrap()),
        kind: Kind::from_code(&row.get::<_, String>("kind").unwrap()).unwrap(),
        refers_to: row.get::<_, Option<i64>>("refers_to").unwrap().map(i64::cast_unsigned),
        body: row.get("body").unwrap(),
        prev: row.get("prev").unwrap(),
        hash: row.get("hash").unwrap(),
    }
}

fn load_head(row: &rusqlite::Row<'_>) -> SignedHead {
    SignedHead {
        number: row.get::<_, i64>("number").unwrap().cast_unsigned(),
        seq: row.get::<_, i64>("seq").unwrap().cast_unsigned(),
        hash: row.get("hash").unwrap(),
        at: Timestamp(row.get("at").unwrap()),
        signature: row.get("signature").unwrap(),
    }
}

fn save_row(file: &Connection, row: &Row) {
    let mut insert = file.prepare_cached("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?)").unwrap();
    let (seq, refers_to) = (row.seq.cast_signed(), row.refers_to.map(u64::cast_signed));
    let (workstation, prev, hash) = (row.workstation.as_bytes().as_slice(), row.prev.as_slice(), row.hash.as_slice());
    insert.execute((seq, row.at.0, workstation, row.kind.code(), refers_to, &row.body, prev, hash)).unwrap();
}

fn save_head(file: &Connection, head: &SignedHead) {
    let mut insert = file.prepare_cached("INSERT INTO heads VALUES (?, ?, ?, ?, ?)").unwrap();
    let (number, seq) = (head.number.cast_signed(), head.seq.cast_signed());
    insert.execute((number, seq, head.hash.as_slice(), head.at.0, head.signature.as_slice())).unwrap();
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().expect("a number"))
}

/// xorshift64*: enough for choosing what to break, and repeatable.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let roll = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(roll).unwrap() % sides
    }
}
