//! `delete`: the document goes with its tags; counters stay, so no count is ever used twice.

use super::catalog::Collection;
use super::command::{self, Command};
use super::filter::Filter;
use super::refusal::{Answer, SINGLE_DELETE, refused};
use super::tables::Seq;
use super::{Done, Work, documents, ok, plan};
use bson::{RawDocument, RawDocumentBuf, rawdoc};

impl Work<'_> {
    pub(super) fn delete(&mut self, command: &Command<'_>) -> Answer<Done> {
        command.only(&["deletes"])?;
        let deletes = command.documents("deletes")?;
        let Some(coll) = self.catalog.find(self.tables, command.collection)? else {
            return Ok(Done { reply: ok(rawdoc! {"n": 0}), missed: false });
        };
        let informed = command.informed(&coll, self.catalog)?;
        let (mut n, mut missed) = (0, false);
        for delete in &deletes {
            command::only(delete, "deletes", &["q", "limit", "hint"])?;
            let all = command::whole(delete, "limit")?.unwrap_or(0) == 0;
            if coll.schema.is_some() && (all || deletes.len() > 1) {
                return Err(refused(SINGLE_DELETE, "only single document deletes are permitted"));
            }
            let filter = self.filter(&coll, informed, command::document(delete, "q")?)?;
            let found = self.matching(&coll, &filter, all)?;
            missed |= found.is_empty() && filter.names("rev");
            n += i32::try_from(found.len()).unwrap_or(i32::MAX);
            for (seq, old) in found {
                documents::delete(self.tables, &coll, seq, &old)?;
            }
        }
        Ok(Done { reply: ok(rawdoc! {"n": n}), missed })
    }

    /// The first matching document, or all.
    pub(super) fn matching(
        &mut self,
        coll: &Collection,
        filter: &Filter,
        all: bool,
    ) -> Answer<Vec<(Seq, RawDocumentBuf)>> {
        let mut found = vec![];
        plan::each(self.tables, coll, filter, &mut |seq, doc: &RawDocument| {
            found.push((seq, doc.to_owned()));
            Ok(all)
        })?;
        Ok(found)
    }
}
