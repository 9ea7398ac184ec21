//! From a filter to documents: by `_id`, by tags, by a secondary index, or by looking at all.

use super::catalog::{Collection, Index};
use super::compare::{encode, encoded};
use super::filter::{Filter, Test};
use super::qe::tags::Tags;
use super::refusal::Answer;
use super::tables::{Seq, Tables, Visitor};
use bson::RawBson;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};

// More combinations of values than this are not looked up one by one.
const MAX_LOOKUPS: usize = 10_000;

/// Looking at a document costs about as much as looking up so many tags.
const WORTH: usize = 5;

/// Where to look, and what is left to check there.
pub(crate) struct Plan {
    /// Candidates in natural order; `None` means all documents.
    pub(crate) candidates: Option<BTreeSet<Seq>>,
    /// What a candidate must still match.
    pub(crate) rest: Filter,
}

/// Shows matching documents in natural order until the visitor has enough.
pub(crate) fn each(
    tables: &mut dyn Tables,
    coll: &Collection,
    filter: &Filter,
    visitor: &mut Visitor<'_>,
) -> Answer<()> {
    let Plan { candidates, rest } = plan(tables, coll, filter)?;
    let mut checked = |seq: Seq, doc: &bson::RawDocument| if rest.matches(doc)? { visitor(seq, doc) } else { Ok(true) };
    let Some(candidates) = candidates else { return tables.scan(coll.id, &mut checked) };
    for seq in candidates {
        if !tables.visit(seq, &mut checked)? {
            break;
        }
    }
    Ok(())
}

/// Shows the first matching documents: where tags tell, no more of them are looked up than it takes, and the order is
/// theirs, which is as stable as the natural one.
pub(crate) fn first(
    tables: &mut dyn Tables,
    coll: &Collection,
    filter: &Filter,
    visitor: &mut Visitor<'_>,
) -> Answer<()> {
    let Some(tags) = only_tags(filter) else { return each(tables, coll, filter, visitor) };
    one_by_one(tables, coll, &tags, &mut |tables, seq| tables.visit(seq, visitor))
}

// The tags of which a document must carry one, where a filter says nothing else.
fn only_tags(filter: &Filter) -> Option<Vec<&Tags>> {
    match filter {
        Filter::Tags(tags) => Some(vec![tags]),
        Filter::Any(any) => any.iter().map(only_tags).collect::<Option<Vec<_>>>().map(|all| all.concat()),
        _ => None,
    }
}

// Every document that carries one, once, until `found` has enough.
fn one_by_one(
    tables: &mut dyn Tables,
    coll: &Collection,
    tags: &[&Tags],
    found: &mut dyn FnMut(&mut dyn Tables, Seq) -> Answer<bool>,
) -> Answer<()> {
    let mut seen = HashSet::new();
    for tag in tags.iter().flat_map(|tags| tags.each()) {
        if let Some(seq) = tables.tag(coll.id, &tag)?
            && seen.insert(seq)
            && !found(tables, seq)?
        {
            break;
        }
    }
    Ok(())
}

/// Chooses how to find the documents.
pub(crate) fn plan(tables: &mut dyn Tables, coll: &Collection, filter: &Filter) -> Answer<Plan> {
    let found = match filter {
        Filter::All(all) => conjunction(tables, coll, all)?,
        single => direct(tables, coll, single)?.map(|seqs| (seqs, Filter::Always)),
    };
    Ok(match found {
        Some((seqs, rest)) => Plan { candidates: Some(seqs), rest },
        None => Plan { candidates: None, rest: filter.clone() },
    })
}

fn conjunction(tables: &mut dyn Tables, coll: &Collection, all: &[Filter]) -> Answer<Option<(BTreeSet<Seq>, Filter)>> {
    let without = |used: &[usize]| {
        Filter::All(all.iter().enumerate().filter(|(n, _)| !used.contains(n)).map(|(_, f)| f.clone()).collect())
    };
    let by_rank = |rank: fn(&Filter) -> bool| all.iter().position(rank);
    let ids = by_rank(|filter| matches!(filter, Filter::Field { path, test: Test::In(_) } if path == "_id"));
    if let Some(place) = ids {
        return Ok(direct(tables, coll, &all[place])?.map(|seqs| (seqs, without(&[place]))));
    }
    if let Some((seqs, rest)) = by_tags(tables, coll, all)? {
        return Ok(Some((seqs, Filter::All(rest))));
    }
    if let Some((index, used)) = best_index(coll, all) {
        let values: Vec<&[RawBson]> = used.iter().filter_map(|place| wanted(&all[*place])).map(|(_, v)| v).collect();
        return Ok(Some((look_up(tables, index, &values)?, without(&used))));
    }
    if let Some(seqs) = between(tables, coll, all)? {
        return Ok(Some((seqs, without(&[]))));
    }
    for (place, filter) in all.iter().enumerate() {
        if let Some(seqs) = direct(tables, coll, filter)? {
            return Ok(Some((seqs, without(&[place]))));
        }
    }
    Ok(None)
}

// Candidates for an interval of `_id`; the filters themselves are still to be checked.
fn between(tables: &mut dyn Tables, coll: &Collection, all: &[Filter]) -> Answer<Option<BTreeSet<Seq>>> {
    let bound = |side: Ordering| {
        let bounds = all.iter().filter_map(move |filter| match filter {
            Filter::Field { path, test: Test::Beside(at, _, bound) } if path == "_id" && *at == side => Some(bound),
            _ => None,
        });
        bounds.map(|bound| encoded(bound.as_raw_bson_ref())).next()
    };
    match (bound(Ordering::Greater), bound(Ordering::Less)) {
        (Some(first), Some(last)) => Ok(Some(tables.ids_between(coll.id, &first, &last)?.into_iter().collect())),
        _ => Ok(None),
    }
}

// The lightest part that tags tell, narrowed by the others as far as that costs less than looking at what is left; and
// what is still to be checked.
fn by_tags(tables: &mut dyn Tables, coll: &Collection, all: &[Filter]) -> Answer<Option<(BTreeSet<Seq>, Vec<Filter>)>> {
    let weighed = all.iter().enumerate().filter_map(|(place, filter)| Some((weight(filter)?, place)));
    let mut weighed: Vec<(usize, usize)> = weighed.collect();
    weighed.sort_unstable();
    let Some(&(_, lightest)) = weighed.first() else { return Ok(None) };
    let Some(mut seqs) = direct(tables, coll, &all[lightest])? else { return Ok(None) };
    let mut used = BTreeSet::from([lightest]);
    for (weight, place) in weighed.into_iter().skip(1) {
        if weight <= seqs.len().saturating_mul(WORTH)
            && let Some(also) = direct(tables, coll, &all[place])?
        {
            seqs.retain(|seq| also.contains(seq));
            used.insert(place);
        }
    }
    for (place, filter) in all.iter().enumerate() {
        let Filter::Not(inner) = filter else { continue };
        if weight(inner).is_some_and(|weight| weight <= seqs.len().saturating_mul(WORTH))
            && let Some(not) = direct(tables, coll, inner)?
        {
            seqs.retain(|seq| !not.contains(seq));
            used.insert(place);
        }
    }
    let rest = all.iter().enumerate().filter(|(place, filter)| !used.contains(place) && **filter != Filter::Always);
    Ok(Some((seqs, rest.map(|(_, filter)| filter.clone()).collect())))
}

// What all parts match, where none is told by tags.
fn every(tables: &mut dyn Tables, coll: &Collection, all: &[Filter]) -> Answer<Option<BTreeSet<Seq>>> {
    let mut both: Option<BTreeSet<Seq>> = None;
    for filter in all {
        let Some(these) = direct(tables, coll, filter)? else { return Ok(None) };
        both = Some(both.map_or_else(|| these.clone(), |both| both.intersection(&these).copied().collect()));
    }
    Ok(both)
}

// How many tags are looked up to find what a filter matches; `None` when tags don't tell.
fn weight(filter: &Filter) -> Option<usize> {
    match filter {
        Filter::Tags(tags) => Some(tags.len()),
        Filter::Any(any) => any.iter().map(weight).sum(),
        Filter::All(all) => all.iter().filter_map(weight).min(),
        Filter::Always | Filter::Not(_) | Filter::Zeros { .. } | Filter::Field { .. } => None,
    }
}

// Those of the candidates that match.
fn matching(tables: &mut dyn Tables, seqs: BTreeSet<Seq>, rest: Vec<Filter>) -> Answer<BTreeSet<Seq>> {
    if rest.is_empty() {
        return Ok(seqs);
    }
    let (rest, mut kept) = (Filter::All(rest), BTreeSet::new());
    for seq in seqs {
        tables.visit(seq, &mut |seq, doc| {
            if rest.matches(doc)? {
                kept.insert(seq);
            }
            Ok(true)
        })?;
    }
    Ok(kept)
}

/// How many documents match, at most `most`, where that can be told without looking at any.
pub(crate) fn counted(
    tables: &mut dyn Tables,
    coll: &Collection,
    filter: &Filter,
    most: usize,
) -> Answer<Option<usize>> {
    if let Some(tags) = only_tags(filter) {
        let mut count = 0;
        one_by_one(tables, coll, &tags, &mut |_, _| {
            count += 1;
            Ok(count < most)
        })?;
        return Ok(Some(count));
    }
    if weight(filter).is_none() {
        return Ok(None);
    }
    Ok(direct(tables, coll, filter)?.map(|seqs| seqs.len().min(most)))
}

// The documents a filter matches exactly, if that can be found out without looking at them.
fn direct(tables: &mut dyn Tables, coll: &Collection, filter: &Filter) -> Answer<Option<BTreeSet<Seq>>> {
    match filter {
        Filter::Tags(tags) => {
            let mut seqs = BTreeSet::new();
            for tag in tags.all() {
                seqs.extend(tables.tag(coll.id, tag)?);
            }
            Ok(Some(seqs))
        }
        Filter::Field { path, test: Test::In(values) } if path == "_id" => {
            let mut seqs = BTreeSet::new();
            for value in values {
                seqs.extend(tables.find_id(coll.id, &encoded(value.as_raw_bson_ref()))?);
            }
            Ok(Some(seqs))
        }
        Filter::Any(any) => {
            let mut seqs = BTreeSet::new();
            for filter in any {
                match direct(tables, coll, filter)? {
                    Some(more) => seqs.extend(more),
                    None => return Ok(None),
                }
            }
            Ok(Some(seqs))
        }
        Filter::Field { .. } => match best_index(coll, std::slice::from_ref(filter)) {
            Some((index, _)) => {
                let values: Vec<&[RawBson]> = wanted(filter).map(|(_, values)| values).into_iter().collect();
                look_up(tables, index, &values).map(Some)
            }
            None => Ok(None),
        },
        Filter::All(all) => match by_tags(tables, coll, all)? {
            Some((seqs, rest)) => matching(tables, seqs, rest).map(Some),
            None => every(tables, coll, all),
        },
        Filter::Always | Filter::Not(_) | Filter::Zeros { .. } => Ok(None),
    }
}

// The index whose leading paths are all asked for equality, longest first; and which filters it answers.
fn best_index<'c>(coll: &'c Collection, all: &[Filter]) -> Option<(&'c Index, Vec<usize>)> {
    let covered = |index: &'c Index| {
        let mut lookups = 1_usize;
        let places = index.paths.iter().map_while(|path| {
            let place = all.iter().position(|filter| wanted(filter).is_some_and(|(wanted, _)| wanted == path))?;
            lookups = lookups.saturating_mul(wanted(&all[place])?.1.len());
            (lookups <= MAX_LOOKUPS).then_some(place)
        });
        let places: Vec<usize> = places.collect();
        (index, places)
    };
    coll.indexes.iter().map(covered).filter(|(_, used)| !used.is_empty()).max_by_key(|(_, used)| used.len())
}

fn wanted(filter: &Filter) -> Option<(&str, &[RawBson])> {
    match filter {
        Filter::Field { path, test: Test::In(values) } => Some((path, values)),
        _ => None,
    }
}

fn look_up(tables: &mut dyn Tables, index: &Index, values: &[&[RawBson]]) -> Answer<BTreeSet<Seq>> {
    let mut prefixes: Vec<Vec<u8>> = vec![vec![]];
    for alternatives in values {
        let longer = prefixes.iter().flat_map(|prefix| {
            alternatives.iter().map(|value| {
                let mut key = prefix.clone();
                encode(value.as_raw_bson_ref(), &mut key);
                key
            })
        });
        prefixes = longer.collect();
    }
    let mut seqs = BTreeSet::new();
    for prefix in prefixes {
        seqs.extend(tables.entries(index.id, &prefix)?);
    }
    Ok(seqs)
}
