//! Verifying an audit with nothing secret: the file, the workstation's public key and, if there is one, a witness.
//!
//! Rows after the newest signed head are chained but not yet vouched for; [`Verified::signed_to`] says where that begins.

use super::AuditError;
use super::chain::{Hash, Row, SignedHead, genesis};
use super::read::{COLUMNS, fixed, open, stored, unsigned};
use crate::clock::Timestamp;
use ed25519_dalek::{Signature, VerifyingKey};
use rusqlite::Connection;
use std::path::Path;
use thiserror::Error;
use uuid::Uuid;

/// A row that somebody outside has noted: another workstation, a printed page, an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The row's number.
    pub seq: u64,
    /// Its hash.
    pub hash: Hash,
}

/// What a whole audit amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many rows.
    pub rows: u64,
    /// How many signed heads.
    pub heads: u64,
    /// The newest row under a signature; 0 for none.
    pub signed_to: u64,
    /// Hash of the newest row, to be noted as the next witness.
    pub newest: Hash,
}

/// The first row that isn't what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("row {seq}: {what}")]
pub struct Broken {
    /// Its number.
    pub seq: u64,
    /// What is wrong.
    pub what: Damage,
}

/// What is wrong with a row or a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Damage {
    /// The row's content isn't what its hash says.
    #[error("its content isn't what its hash says")]
    Edited,
    /// The row's hash is right, but its neighbours were chained to another one.
    #[error("it was replaced by another row")]
    Replaced,
    /// The row is gone and others follow.
    #[error("it was deleted")]
    Missing,
    /// The row doesn't belong there.
    #[error("it was inserted later")]
    Inserted,
    /// The rows from here on are gone, though a signature or a witness knows of them.
    #[error("it and what followed were cut off (row {known} was vouched for once, {sure} rows still are)")]
    Truncated {
        /// The newest row that was ever vouched for.
        known: u64,
        /// The newest row that is there and vouched for; those after it may have been rewritten before the cut.
        sure: u64,
    },
    /// From here on, some or all rows were rewritten as a whole.
    #[error("it or a later row was rewritten (row {known} isn't the one that was vouched for)")]
    Rewritten {
        /// The row whose hash was vouched for.
        known: u64,
    },
    /// A signed head over this row is missing.
    #[error("signed head {number} is missing")]
    HeadMissing {
        /// The head's number.
        number: u64,
    },
    /// The signature of a head over this row is wrong.
    #[error("signed head {number} isn't signed by this workstation")]
    HeadSignature {
        /// The head's number.
        number: u64,
    },
    /// The file can't be read here.
    #[error("the file can't be read")]
    Unreadable,
}

/// Walks the whole audit.
///
/// # Errors
/// [`Broken`] with the number of the first row that isn't what it was.
pub fn verify(path: &Path, workstation: &[u8; 32], witness: Option<Witness>) -> Result<Verified, Broken> {
    let unreadable = |_| Broken { seq: 1, what: Damage::Unreadable };
    let file = open(path).map_err(unreadable)?;
    file.execute_batch("BEGIN").map_err(AuditError::from).map_err(unreadable)?;
    let site = first_workstation(&file).map_err(unreadable)?;
    let heads = stored_heads(&file).map_err(unreadable)?;
    if let (None, Some(known)) = (site, heads.iter().flatten().map(|head| head.seq).max()) {
        return Err(Broken { seq: 1, what: Damage::Truncated { known, sure: 0 } });
    }
    let site = site.unwrap_or_default();
    let (good, fault) = check_heads(&heads, site, workstation);
    let mut known: Vec<Witness> = good.iter().map(|head| Witness { seq: head.seq, hash: head.hash }).collect();
    known.extend(witness);
    known.sort_by_key(|witness| witness.seq);
    let last = walk(&file, site, &known)?;
    match fault {
        Some(fault) => Err(fault),
        None => Ok(Verified {
            rows: last.seq,
            heads: good.len() as u64,
            signed_to: good.last().map_or(0, |head| head.seq),
            newest: last.hash,
        }),
    }
}

/// The heads that hold, and the first that doesn't.
fn check_heads(heads: &[Option<SignedHead>], site: Uuid, workstation: &[u8; 32]) -> (Vec<SignedHead>, Option<Broken>) {
    let (mut good, mut fault, mut expected) = (Vec::new(), None, 1);
    for head in heads {
        let signed = head.as_ref().filter(|head| is_signed(head, site, workstation));
        let seq = head.as_ref().map_or(0, |head| head.seq).max(1);
        let wrong = match signed {
            Some(head) if head.number == expected => None,
            Some(_) => Some(Damage::HeadMissing { number: expected }),
            None => Some(Damage::HeadSignature { number: expected }),
        };
        fault = fault.or(wrong.map(|what| Broken { seq, what }));
        expected = head.as_ref().map_or(expected, |head| head.number).saturating_add(1);
        good.extend(signed.cloned());
    }
    (good, fault)
}

fn is_signed(head: &SignedHead, site: Uuid, workstation: &[u8; 32]) -> bool {
    let message = SignedHead::message(site, head.number, head.seq, &head.hash, head.at);
    VerifyingKey::from_bytes(workstation)
        .is_ok_and(|key| key.verify_strict(&message, &Signature::from_bytes(&head.signature)).is_ok())
}

fn walk(file: &Connection, site: Uuid, known: &[Witness]) -> Result<Witness, Broken> {
    let start = Witness { seq: 0, hash: genesis(site) };
    let mut steps = Walk { before: start, last: start, sure: 0, known };
    let lost = |seq: u64| move |_| Broken { seq, what: Damage::Unreadable };
    let mut query = file.prepare(&format!("{COLUMNS} ORDER BY seq")).map_err(lost(1))?;
    let mut rows = query.query([]).map_err(lost(1))?;
    while let Some(row) = rows.next().map_err(lost(steps.last.seq + 1))? {
        let row = stored(row).ok_or(Broken { seq: steps.last.seq + 1, what: Damage::Edited })?;
        if let Err(doubt) = steps.step(&row) {
            let next = rows.next().ok().flatten().and_then(stored);
            return Err(steps.blame(doubt, &row, next.as_ref()));
        }
    }
    steps.end()
}

/// How far the walk is.
struct Walk<'a> {
    before: Witness,
    last: Witness,
    // The newest row a signature or witness has confirmed.
    sure: u64,
    known: &'a [Witness],
}

/// A step that failed: certain, or two neighbours that contradict each other.
enum Doubt {
    Certain(Broken),
    Neighbours,
}

impl Walk<'_> {
    fn step(&mut self, row: &Row) -> Result<(), Doubt> {
        let expected = self.last.seq + 1;
        if row.seq != expected {
            let (seq, what) =
                if row.seq > expected { (expected, Damage::Missing) } else { (row.seq, Damage::Inserted) };
            return Err(Doubt::Certain(Broken { seq, what }));
        }
        if row.prev != self.last.hash {
            return Err(Doubt::Neighbours);
        }
        if row.computed_hash() != row.hash {
            return Err(Doubt::Certain(Broken { seq: row.seq, what: Damage::Edited }));
        }
        self.before = std::mem::replace(&mut self.last, Witness { seq: row.seq, hash: row.hash });
        self.confirm()
    }

    fn confirm(&mut self) -> Result<(), Doubt> {
        let from = self.known.partition_point(|known| known.seq < self.last.seq);
        for known in self.known.iter().skip(from).take_while(|known| known.seq == self.last.seq) {
            if known.hash != self.last.hash {
                let what = Damage::Rewritten { known: known.seq };
                return Err(Doubt::Certain(Broken { seq: self.sure + 1, what }));
            }
            self.sure = known.seq;
        }
        Ok(())
    }

    /// Which of two neighbours that contradict each other is the wrong one?
    fn blame(&self, doubt: Doubt, row: &Row, next: Option<&Row>) -> Broken {
        if let Doubt::Certain(broken) = doubt {
            return broken;
        }
        let (last, this) = (self.last.seq, row.seq);
        let honest = row.computed_hash() == row.hash;
        let was_one_earlier = Row { seq: last, ..row.clone() }.computed_hash() == row.hash;
        let confirmed = last == 0 || self.sure == last;
        if !honest && was_one_earlier && row.prev == self.before.hash && row.hash != self.last.hash && !confirmed {
            return Broken { seq: last, what: Damage::Inserted };
        }
        if !honest {
            return Broken { seq: this, what: Damage::Edited };
        }
        let disowned = match next {
            Some(next) => next.prev != row.hash,
            None => {
                self.known.last().is_some_and(|known| known.seq > this || known.seq == this && known.hash != row.hash)
            }
        };
        let seq = if confirmed || disowned { this } else { last };
        Broken { seq, what: Damage::Replaced }
    }

    fn end(&self) -> Result<Witness, Broken> {
        match self.known.last() {
            Some(known) if known.seq > self.last.seq => {
                Err(Broken { seq: self.last.seq + 1, what: Damage::Truncated { known: known.seq, sure: self.sure } })
            }
            _ => Ok(self.last),
        }
    }
}

fn first_workstation(file: &Connection) -> Result<Option<Uuid>, AuditError> {
    let mut query = file.prepare("SELECT workstation FROM rows ORDER BY seq LIMIT 1")?;
    let mut rows = query.query([])?;
    Ok(rows.next()?.map(|row| fixed(row, 0).map_or(Uuid::nil(), Uuid::from_bytes)))
}

fn stored_heads(file: &Connection) -> Result<Vec<Option<SignedHead>>, AuditError> {
    let mut query = file.prepare("SELECT number, seq, hash, at, signature FROM heads ORDER BY number")?;
    let mut rows = query.query([])?;
    let mut heads = Vec::new();
    while let Some(row) = rows.next()? {
        heads.push(stored_head(row));
    }
    Ok(heads)
}

fn stored_head(row: &rusqlite::Row<'_>) -> Option<SignedHead> {
    Some(SignedHead {
        number: unsigned(row, 0)?,
        seq: unsigned(row, 1)?,
        hash: fixed(row, 2)?,
        at: Timestamp(row.get(3).ok()?),
        signature: fixed(row, 4)?,
    })
}
