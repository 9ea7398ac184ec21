//! Find payloads become lists of tags.

use super::ledger::Ledger;
use super::payload::FindPayload;
use super::schema::{Index, Queries, Schema};
use super::stored::zeros_key;
use super::tags::Tags;
use super::tokens::prf_number;
use crate::store::server::filter::{Asked, Filter, Rewrite};
use crate::store::server::refusal::{Answer, BAD_VALUE, FIRST_VERSION, refused};
use crate::store::server::tables::Block;

/// Rewrites the encrypted predicates of a filter.
pub(crate) struct Rewriter<'r, 't> {
    /// Encrypted fields; `None` for a collection without, or a command without `encryptionInformation`.
    pub(crate) schema: Option<&'r Schema>,
    /// Whether the command says how it was encrypted.
    pub(crate) informed: bool,
    /// Counters.
    pub(crate) ledger: Ledger<'t>,
    /// More tags than this aren't looked up one by one: every document is looked at instead.
    pub(crate) most_tags: u64,
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
            Some(_) => self.documents(path, &payload),
        }
    }
}

impl Rewriter<'_, '_> {
    fn documents(&mut self, path: &str, payload: &FindPayload<'_>) -> Answer<Filter> {
        let counts = counts(payload, &mut self.ledger)?;
        if counts.iter().fold(0_u64, |sum, (_, count)| sum.saturating_add(*count)) <= self.most_tags {
            return Ok(Filter::Tags(Tags::counted(&counts)));
        }
        let keys = payload.pieces.iter().flatten().map(|piece| zeros_key(piece.l)).collect();
        Ok(Filter::Zeros { path: path.into(), keys, part: payload.part })
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

// How often each token was used in each partition.
fn counts(payload: &FindPayload<'_>, ledger: &mut Ledger<'_>) -> Answer<Vec<(Block, u64)>> {
    let mut counts = vec![];
    for piece in payload.pieces.iter().flatten() {
        for partition in 0..=payload.contention.unwrap_or(0) {
            match ledger.latest(&prf_number(piece.s, partition))? {
                0 => {}
                count => counts.push((prf_number(piece.d, partition), count)),
            }
        }
    }
    Ok(counts)
}
