//! `explain`: how a `find` or a `count` would be answered, by indexes or by looking at every document. Nothing of the
//! answer is told.

use super::command::{self, Command};
use super::refusal::{Answer, BAD_VALUE, refused};
use super::{Work, ok, plan};
use bson::{RawDocument, RawDocumentBuf, rawdoc};

/// Whether a command is an `explain`: it names no collection of its own.
pub(super) fn is(command: &RawDocument) -> bool {
    command.iter().next().is_some_and(|first| first.is_ok_and(|(name, _)| name.as_str() == "explain"))
}

impl Work<'_> {
    pub(super) fn explain(&mut self, document: &RawDocument) -> Answer<RawDocumentBuf> {
        command::only(document, "explain", &["explain", "verbosity", "$db", "lsid", "comment", "maxTimeMS"])?;
        let inner = command::document(document, "explain")?.ok_or_else(|| command::missing("explain"))?;
        let command = Command::parse(inner)?;
        let filter = match command.name {
            "find" => command.document("filter")?,
            "count" => command.document("query")?,
            _ => return Err(refused(BAD_VALUE, "only a find or a count is explained")),
        };
        let stage = match self.catalog.find(self.tables, command.collection)? {
            None => "EOF",
            Some(coll) => {
                let informed = command.informed(&coll, self.catalog)?;
                let filter = self.filter(&coll, informed, filter)?;
                let plan = plan::plan(self.tables, &coll, &filter)?;
                if plan.candidates.is_some() { "IXSCAN" } else { "COLLSCAN" }
            }
        };
        Ok(ok(rawdoc! { "queryPlanner": { "winningPlan": { "stage": stage } } }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_explain_is_one() {
        assert!(is(&rawdoc! { "explain": { "find": "patients" } }));
        assert!(!is(&rawdoc! { "find": "explain" }));
        assert!(!is(&RawDocumentBuf::new()));
    }
}
