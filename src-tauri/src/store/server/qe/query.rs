//! Find payloads become lists of tags.

use super::ledger::Ledger;
use super::payload::FindPayload;
use super::schema::{Index, Queries, Schema};
use super::tokens::prf_number;
use crate::store::server::filter::{Asked, Filter, Rewrite};
use crate::store::server::refusal::{Answer, BAD_VALUE, FIRST_VERSION, refused};
use crate::store::server::tables::Block;
use std::collections::HashSet;

/// Rewrites the encrypted predicates of a filter.
pub(crate) struct Rewriter<'r, 't> {
    /// Encrypted fields; `None` for a collection without, or a command without `encryptionInformation`.
    pub(crate) schema: Option<&'r Schema>,
    /// Whether the command says how it was encrypted.
    pub(crate) informed: bool,
    /// Counters.
    pub(crate) ledger: Ledger<'t>,
}

impl Rewrite for Rewriter<'_, '_> {
    fn is_encrypted(&self, path: &str) -> bool {
        self.schema.is_some_and(|schema| schema.covers(path))
    }

    fn rewrite(&mut self, path: &str, asked: Asked, payload: &[u8]) -> Answer<Filter> {
        let schema = self.schema.filter(|_| self.informed).ok_or_else(|| {
            refused(BAD_VALUE, "an encrypted query needs an encrypted collection and encryptionInformation")
        })?;
        let queries = schema.queries(path)?;
        let payload = parse(path, asked, payload, queries)?;
        if payload.contention.is_some_and(|cm| cm != queries.contention) {
            return Err(refused(BAD_VALUE, format!("'{path}': the query's contention is not the collection's")));
        }
        if !payload.range.agrees(&queries.range) {
            return Err(refused(BAD_VALUE, format!("'{path}': the query's range is not the collection's")));
        }
        match payload.pieces {
            None => Ok(Filter::Always),
            Some(_) => tags(&payload, &mut self.ledger).map(Filter::Tags),
        }
    }
}

fn parse<'p>(path: &str, asked: Asked, bytes: &'p [u8], queries: &Queries) -> Answer<FindPayload<'p>> {
    let (Some(form), body) = (bytes.first(), bytes.get(1..).unwrap_or_default()) else {
        return Err(refused(BAD_VALUE, format!("'{path}': the payload is empty")));
    };
    match (asked, form, queries.index) {
        (Asked::Equal, 12, Index::Equality) => FindPayload::equality(body),
        (Asked::Range, 13, Index::Range) => FindPayload::range(body),
        (Asked::Text(part), 18, Index::Text) => FindPayload::text(body).and_then(|payload| {
            let fits = payload.part == Some(part);
            if fits { Ok(payload) } else { Err(refused(BAD_VALUE, "the payload is for another string operator")) }
        }),
        (_, 4..=7 | 9 | 10, _) => Err(refused(FIRST_VERSION, format!("'{path}': a payload no longer supported"))),
        _ => Err(refused(BAD_VALUE, format!("'{path}': this operator can't use this payload on this field"))),
    }
}

fn tags(payload: &FindPayload<'_>, ledger: &mut Ledger<'_>) -> Answer<HashSet<Block>> {
    let mut tags = HashSet::new();
    for piece in payload.pieces.iter().flatten() {
        for partition in 0..=payload.contention.unwrap_or(0) {
            let count = ledger.latest(&prf_number(piece.s, partition))?;
            if count > 0 {
                let twice = prf_number(&prf_number(piece.d, partition), 1);
                tags.extend((1..=count).map(|n| prf_number(&twice, n)));
            }
        }
    }
    Ok(tags)
}
