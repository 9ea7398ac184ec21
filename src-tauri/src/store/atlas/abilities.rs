//! What the connected server is and can do, asked once when it is opened. The screen has one sentence for each note.

use super::{Server, Unfit};
use crate::store::StoreError;
use bson::{RawDocument, RawDocumentBuf, rawdoc};
use serde::Serialize;

/// The oldest server that is accepted, for clinics whose searchable values are deterministic.
pub const OLDEST: (i32, i32) = (6, 0);

/// What a server is and can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Version, major and minor first.
    pub version: (i32, i32),
    /// Whether it routes to several replica sets.
    pub sharded: bool,
    /// How it answers questions for a whole encrypted value.
    pub whole: Support,
    /// For encrypted numbers between two.
    pub ranges: Support,
    /// For the start of an encrypted text.
    pub starts: Support,
    /// Whether it tells of changes by itself.
    pub streams: bool,
}

/// How far a server's ability goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Support {
    /// It doesn't have it.
    None,
    /// It has a preview, which isn't for production: used as if it weren't there.
    Preview,
    /// It has it.
    Full,
}

/// One thing to say about the connected server. Closed: a new one needs a sentence in `text.ts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// A replica set.
    ReplicaSet,
    /// A sharded cluster.
    Sharded,
    /// Every question can be asked of Queryable Encryption.
    AllQueries,
    /// The start of a text only in a preview, so deterministic values are used instead.
    StartsPreview,
    /// The start of a text not at all, so deterministic values are used instead.
    NoStarts,
    /// Neither ranges nor the start of a text.
    NoRanges,
    /// No Queryable Encryption.
    NoQueries,
    /// It tells of other workstations' changes.
    ChangesTold,
    /// It's asked for other workstations' changes every second.
    ChangesAsked,
}

impl Abilities {
    /// Whether a clinic can use Queryable Encryption there: every kind of question it asks is ready for production.
    #[must_use]
    pub fn queryable(&self) -> bool {
        [self.whole, self.ranges, self.starts].iter().all(|support| *support == Support::Full)
    }

    /// What there is to say about it, one sentence each.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let place = if self.sharded { Note::Sharded } else { Note::ReplicaSet };
        let queries = match (self.whole, self.ranges, self.starts) {
            (Support::Full, Support::Full, Support::Full) => Note::AllQueries,
            (Support::Full, Support::Full, Support::Preview) => Note::StartsPreview,
            (Support::Full, Support::Full, Support::None) => Note::NoStarts,
            (Support::Full, ..) => Note::NoRanges,
            _ => Note::NoQueries,
        };
        vec![place, queries, if self.streams { Note::ChangesTold } else { Note::ChangesAsked }]
    }

    /// From the answers to `hello` and `buildInfo`.
    ///
    /// # Errors
    /// [`Unfit::Standalone`], [`Unfit::TooOld`].
    pub fn of(hello: &RawDocument, build: &RawDocument) -> Result<Self, Unfit> {
        let sharded = hello.get_str("msg").is_ok_and(|msg| msg == "isdbgrid");
        if !sharded && hello.get_str("setName").is_err() {
            return Err(Unfit::Standalone);
        }
        let version = version_of(build).ok_or(Unfit::TooOld)?;
        if version < OLDEST {
            return Err(Unfit::TooOld);
        }
        let since = |first: (i32, i32)| if version >= first { Support::Full } else { Support::None };
        let starts = if version >= (9, 0) {
            Support::Full
        } else if version >= (8, 2) {
            Support::Preview
        } else {
            Support::None
        };
        Ok(Self { version, sharded, whole: since((7, 0)), ranges: since((8, 0)), starts, streams: true })
    }
}

impl Server {
    pub(super) async fn abilities(&self) -> Result<Abilities, StoreError> {
        let ask = |command: RawDocumentBuf| async move {
            self.again(self.patience.read, || self.send("admin", command.clone())).await
        };
        let (hello, build) = (ask(rawdoc! {"hello": 1}).await?, ask(rawdoc! {"buildInfo": 1}).await?);
        Ok(Abilities::of(&hello, &build)?)
    }
}

fn version_of(build: &RawDocument) -> Option<(i32, i32)> {
    let mut parts = build.get_str("version").ok()?.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(version: &str) -> Result<Abilities, Unfit> {
        Abilities::of(&rawdoc! {"setName": "rs"}, &rawdoc! {"version": version})
    }

    #[test]
    fn every_line_of_servers_falls_back_to_what_it_can_do() {
        let queries = |version: &str| (of(version).unwrap().notes()[1], of(version).unwrap().queryable());
        assert_eq!(queries("6.0.14"), (Note::NoQueries, false));
        assert_eq!(queries("7.0.5"), (Note::NoRanges, false));
        assert_eq!(queries("8.0.0"), (Note::NoStarts, false));
        assert_eq!(queries("8.2.11"), (Note::StartsPreview, false));
        assert_eq!(queries("9.0.1"), (Note::AllQueries, true));
        assert_eq!(queries("10.1.0-rc0"), (Note::AllQueries, true));
    }

    #[test]
    fn a_standalone_or_an_old_server_is_refused() {
        let version = rawdoc! {"version": "9.0.0"};
        assert_eq!(Abilities::of(&rawdoc! {}, &version), Err(Unfit::Standalone));
        assert_eq!(of("5.0.9"), Err(Unfit::TooOld));
        assert!(Abilities::of(&rawdoc! {"msg": "isdbgrid"}, &version).unwrap().sharded);
    }
}
