//! `bulkWrite`: writes to several collections in one command, each the write it means alone.

use super::command::{self, Command};
use super::refusal::{Answer, BAD_VALUE, BsonAnswer as _, INVALID_OPTIONS, refused};
use super::{Done, Work, ok};
use crate::store::StoreError;
use bson::raw::cstr;
use bson::{RawArrayBuf, RawBson, RawBsonRef, RawDocument, RawDocumentBuf, rawdoc};

const NAME: &str = "bulkWrite";
const KNOWN: &[&str] =
    &[NAME, "ops", "nsInfo", "$db", "ordered", "errorsOnly", "lsid", "txnNumber", "writeConcern", "comment", "let"];

/// Whether the command is one: it names its collections further below.
pub(super) fn is(command: &RawDocument) -> bool {
    matches!(command.iter_elements().next(), Some(Ok(first)) if first.key().as_str() == NAME)
}

/// One write of the command: which kind, and the command that it is alone.
struct Write {
    inserts: bool,
    command: RawDocumentBuf,
}

impl Work<'_> {
    pub(super) fn bulk_write(&mut self, command: &RawDocument) -> Answer<Done> {
        command::only(command, NAME, KNOWN)?;
        let namespaces = documents(command, "nsInfo")?;
        let writes: Vec<Write> =
            documents(command, "ops")?.into_iter().map(|op| write(op, &namespaces)).collect::<Answer<_>>()?;
        let encrypted = namespaces.iter().any(|one| matches!(one.get("encryptionInformation"), Ok(Some(_))));
        if encrypted && writes.len() > 1 && writes.iter().any(|write| !write.inserts) {
            let why = "only insert is supported in bulkWrite with multiple operations and Queryable Encryption";
            return Err(refused(INVALID_OPTIONS, why));
        }
        let mut sum = Sum::default();
        for (nth, write) in writes.into_iter().enumerate() {
            let alone = Command::parse(&write.command)?;
            let done = match alone.name {
                "insert" => self.insert(&alone)?,
                "update" => self.update(&alone)?,
                _ => self.delete(&alone)?,
            };
            sum.add(alone.name, nth, &done);
            if sum.errors > 0 {
                break;
            }
        }
        Ok(sum.done())
    }
}

#[derive(Default)]
struct Sum {
    missed: bool,
    errors: i32,
    inserted: i32,
    matched: i32,
    modified: i32,
    deleted: i32,
    batch: RawArrayBuf,
}

impl Sum {
    /// What the nth write did; one that was refused is the last.
    fn add(&mut self, name: &str, nth: usize, done: &Done) {
        let number = |name| done.reply.get_i32(name).unwrap_or(0);
        let n = number("n");
        self.missed |= done.missed;
        match name {
            "insert" => self.inserted += n,
            "update" => {
                self.matched += n;
                self.modified += number("nModified");
            }
            _ => self.deleted += n,
        }
        let nth = i32::try_from(nth).unwrap_or(i32::MAX);
        let errors = done.reply.get_array("writeErrors").into_iter().flatten();
        let error = errors.filter_map(|one| one.ok()?.as_document()).next();
        self.batch.push(match error {
            None => rawdoc! {"ok": 1.0, "idx": nth, "n": n, "nModified": number("nModified")},
            Some(error) => {
                self.errors += 1;
                let (code, why) = (error.get_i32("code").unwrap_or(1), error.get_str("errmsg").unwrap_or(""));
                rawdoc! {"ok": 0.0, "idx": nth, "code": code, "errmsg": why, "n": 0}
            }
        });
    }

    fn done(self) -> Done {
        let cursor = rawdoc! {"id": 0_i64, "ns": "admin.$cmd.bulkWrite", "firstBatch": self.batch};
        let reply = rawdoc! {
            "cursor": cursor, "nErrors": self.errors, "nInserted": self.inserted, "nMatched": self.matched,
            "nModified": self.modified, "nUpserted": 0, "nDeleted": self.deleted,
        };
        Done { reply: ok(reply), missed: self.missed }
    }
}

fn documents<'c>(command: &'c RawDocument, name: &str) -> Answer<Vec<&'c RawDocument>> {
    let array = command.get_array(name).map_err(|_| command::missing(name))?;
    array.into_iter().map(|item| item.or_invalid()?.as_document().ok_or_else(|| command::missing(name))).collect()
}

fn write(op: &RawDocument, namespaces: &[&RawDocument]) -> Answer<Write> {
    let (kind, namespace) = op.iter().next().ok_or_else(|| command::missing("ops"))?.or_invalid()?;
    let place = super::project::number(namespace).and_then(|n| usize::try_from(n).ok());
    let place = place.filter(|place| *place < namespaces.len()).ok_or_else(|| command::missing("nsInfo"))?;
    let namespace = namespaces[place];
    let name =
        namespace.get_str("ns").ok().and_then(|name| name.split_once('.')).ok_or_else(|| command::missing("ns"))?;
    let mut command = match kind.as_str() {
        "insert" => rawdoc! {"insert": name.1, "documents": [part(op, "document")?], "ordered": true},
        "update" => {
            let update = rawdoc! {
                "q": part(op, "filter")?, "u": part(op, "updateMods")?,
                "multi": command::flag(op, "multi")?, "upsert": command::flag(op, "upsert")?,
            };
            rawdoc! {"update": name.1, "updates": [update]}
        }
        "delete" => {
            let limit = i32::from(!command::flag(op, "multi")?);
            rawdoc! {"delete": name.1, "deletes": [{"q": part(op, "filter")?, "limit": limit}]}
        }
        _ => return Err(unknown()),
    };
    if let Some(information) = namespace.get("encryptionInformation").or_invalid()? {
        command.append(cstr!("encryptionInformation"), information);
    }
    Ok(Write { inserts: kind.as_str() == "insert", command })
}

fn part(op: &RawDocument, name: &str) -> Answer<RawBson> {
    let value: Option<RawBsonRef<'_>> = op.get(name).or_invalid()?;
    value.map(RawBson::from).ok_or_else(|| command::missing(name))
}

fn unknown() -> StoreError {
    refused(BAD_VALUE, "bulkWrite knows insert, update and delete")
}
