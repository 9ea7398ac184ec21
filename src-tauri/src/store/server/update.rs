//! `update` and `findAndModify`: modifiers or a replacement, tags following the values.

use super::catalog::Collection;
use super::command::{self, Command};
use super::filter::{Filter, Rewrite, SAFE_CONTENT, Test};
use super::insert::tag_array;
use super::modify::{self, Change, What};
use super::path::{plain, within};
use super::project::{Projection, Sort};
use super::qe::query::Rewriter;
use super::qe::seal::{Added, Sealer};
use super::qe::stored;
use super::refusal::{
    self, Answer, BsonAnswer as _, FAILED_TO_PARSE, IMMUTABLE_FIELD, MULTI_UPDATE, NO_FIELDS, NO_NEW, NO_PIPELINE,
    SINGLE_UPDATE, TOO_MANY_TAGS, UPDATE_OR_REMOVE, refused,
};
use super::tables::{Block, Seq};
use super::{Done, Work, documents, id_of, ok, plan};
use crate::store::StoreError;
use bson::raw::cstr;
use bson::{Bson, Document, RawArrayBuf, RawBson, RawBsonRef, RawDocument, RawDocumentBuf, rawdoc};
use std::collections::HashSet;

/// What an update asks for.
enum Update<'u> {
    Modifiers(&'u RawDocument),
    Replacement(&'u RawDocument),
}

impl Work<'_> {
    pub(super) fn update(&mut self, command: &Command<'_>) -> Answer<Done> {
        command.only(&["updates", "bypassDocumentValidation"])?;
        let updates = command.documents("updates")?;
        let coll = self.catalog.find_or_create(self.tables, command.collection)?;
        let informed = command.informed(&coll, self.catalog)?;
        if coll.schema.is_some() && updates.len() > 1 {
            return Err(refused(SINGLE_UPDATE, "only single document updates are permitted"));
        }
        let mut sum = Sum::default();
        for update in updates {
            self.update_one(&coll, informed, update, &mut sum)?;
        }
        Ok(sum.done())
    }

    pub(super) fn find_and_modify(&mut self, command: &Command<'_>) -> Answer<Done> {
        command.only(&["query", "sort", "remove", "update", "upsert", "new", "fields", "bypassDocumentValidation"])?;
        let coll = self.catalog.find_or_create(self.tables, command.collection)?;
        let informed = command.informed(&coll, self.catalog)?;
        let remove = command.flag("remove")?;
        let update = command.get("update")?.map(Update::parse).transpose()?;
        if remove == update.is_some() {
            return Err(refused(UPDATE_OR_REMOVE, "must specify either update or remove to findAndModify, not both"));
        }
        if command.flag("new")? || command.flag("upsert")? {
            return Err(refused(NO_NEW, "findAndModify answers the old document only and inserts none"));
        }
        let projection = command.document("fields")?;
        if coll.schema.is_some() && projection.is_some_and(|fields| !fields.is_empty()) {
            return Err(refused(NO_FIELDS, "findAndModify fields must be empty"));
        }
        let filter = self.filter(&coll, informed, command.document("query")?)?;
        let found = self.first(&coll, &filter, command.document("sort")?)?;
        let Some((seq, old)) = found else { return Ok(nothing_modified(&filter)) };
        match update {
            Some(update) => drop(self.change(&coll, informed, seq, &old, &update)?),
            None => documents::delete(self.tables, &coll, seq, &old)?,
        }
        let mut reply = rawdoc! {"lastErrorObject": {"n": 1, "updatedExisting": !remove}};
        reply.append(cstr!("value"), Projection::parse(projection)?.apply(&old)?);
        Ok(Done::plain(ok(reply)))
    }

    fn update_one(&mut self, coll: &Collection, informed: bool, update: &RawDocument, sum: &mut Sum) -> Answer<()> {
        command::only(update, "updates", &["q", "u", "multi", "upsert", "hint"])?;
        let change = Update::parse(update.get("u").or_invalid()?.ok_or_else(|| command::missing("updates.u"))?)?;
        let multi = command::flag(update, "multi")?;
        if multi && (coll.schema.is_some() || matches!(change, Update::Replacement(_))) {
            return Err(refused(MULTI_UPDATE, "updates of many documents are not allowed here"));
        }
        let query = command::document(update, "q")?;
        let filter = self.filter(coll, informed, query)?;
        let upsert = command::flag(update, "upsert")?;
        if upsert && filter.scans() {
            return Err(refused(TOO_MANY_TAGS, "an upsert can't look at every document"));
        }
        let found = self.matching(coll, &filter, multi)?;
        if found.is_empty() && upsert {
            return self.upsert(coll, informed, &filter, &change, sum);
        }
        sum.missed |= found.is_empty() && filter.names("rev");
        for (seq, old) in found {
            sum.n += 1;
            sum.modified += i32::from(self.change(coll, informed, seq, &old, &change)?);
        }
        Ok(())
    }

    /// Changes one document; answers whether it differs now.
    fn change(
        &mut self,
        coll: &Collection,
        informed: bool,
        seq: Seq,
        old: &RawDocument,
        change: &Update<'_>,
    ) -> Answer<bool> {
        let (new, added) = match change {
            Update::Modifiers(update) => self.modified(coll, informed, old, update)?,
            Update::Replacement(new) => self.replaced(coll, informed, old, new)?,
        };
        let new = settle_tags(coll, old, new, &added.tags)?;
        if *new == *old {
            return Ok(false);
        }
        documents::replace(self.tables, coll, seq, old, &new)?;
        self.note_pending(coll, &added)?;
        Ok(true)
    }

    fn modified(
        &mut self,
        coll: &Collection,
        informed: bool,
        old: &RawDocument,
        update: &RawDocument,
    ) -> Answer<(RawDocumentBuf, Added)> {
        let set = command::document(update, "$set")?.map_or_else(RawDocumentBuf::new, ToOwned::to_owned);
        let (set, added) = self.seal(coll, informed, &set)?;
        let mut sealed = RawDocumentBuf::new();
        for modifier in update {
            let (name, fields) = modifier.or_invalid()?;
            if name.as_str() == "$set" {
                sealed.append(name, set.clone());
            } else {
                self.refuse_payloads(coll, fields)?;
                sealed.append(name, fields);
            }
        }
        let most_tags = self.most_tags;
        let mut rewriter = Rewriter { schema: coll.schema.as_ref(), informed, most_tags, ledger: self.ledger(coll) };
        let changes = modify::parse(&sealed, &mut rewriter)?;
        refuse_safe_content(coll, &changes)?;
        refuse_clear_changes(&rewriter, &changes)?;
        let mut new = Document::try_from(old).or_damaged()?;
        modify::apply(&mut new, changes)?;
        Ok((RawDocumentBuf::try_from(&new).or_invalid()?, added))
    }

    fn replaced(
        &mut self,
        coll: &Collection,
        informed: bool,
        old: &RawDocument,
        new: &RawDocument,
    ) -> Answer<(RawDocumentBuf, Added)> {
        let (sealed, added) = self.seal(coll, informed, new)?;
        let id = id_of(old)?;
        if sealed.get("_id").or_invalid()?.is_some_and(|new| new != id) {
            return Err(refused(IMMUTABLE_FIELD, "'_id' can't be changed"));
        }
        let mut new = rawdoc! {};
        new.append(cstr!("_id"), id);
        for field in &sealed {
            let (key, value) = field.or_invalid()?;
            if key.as_str() != "_id" {
                new.append(key, value);
            }
        }
        Ok((new, added))
    }

    // Only `$set` may bring encrypted values; anywhere else the walk itself refuses them.
    fn refuse_payloads(&mut self, coll: &Collection, fields: RawBsonRef<'_>) -> Answer<()> {
        let fields = fields.as_document().ok_or_else(|| refused(FAILED_TO_PARSE, "a modifier needs a document"))?;
        Sealer::new(None, coll.schema.is_some(), self.ledger(coll)).document(fields).map(drop)
    }

    fn upsert(
        &mut self,
        coll: &Collection,
        informed: bool,
        filter: &Filter,
        change: &Update<'_>,
        sum: &mut Sum,
    ) -> Answer<()> {
        let seed = seed(filter)?;
        let (new, added) = match change {
            Update::Modifiers(update) => self.modified(coll, informed, &seed, update)?,
            Update::Replacement(new) => {
                let (sealed, added) = self.seal(coll, informed, new)?;
                let mut new = seed.get("_id").or_invalid()?.map_or_else(RawDocumentBuf::new, |id| rawdoc! {"_id": id});
                for field in &sealed {
                    let (key, value) = field.or_invalid()?;
                    new.append(key, value);
                }
                (new, added)
            }
        };
        let mut new = super::insert::with_id(&new)?;
        if !added.tags.is_empty() {
            new.append(cstr!("__safeContent__"), tag_array(&added.tags));
        }
        let id = id_of(&new)?;
        let key = super::compare::encoded(id);
        sum.note_upsert(id);
        if !documents::insert(self.tables, coll, &key, &new)? {
            return Err(StoreError::Conflict);
        }
        self.note_pending(coll, &added)
    }

    fn first(
        &mut self,
        coll: &Collection,
        filter: &Filter,
        sort: Option<&RawDocument>,
    ) -> Answer<Option<(Seq, RawDocumentBuf)>> {
        let is_encrypted = |path: &str| coll.schema.as_ref().is_some_and(|schema| schema.covers(path));
        let Some(sort) = Sort::parse(sort, &is_encrypted)? else {
            return Ok(self.matching(coll, filter, false)?.into_iter().next());
        };
        let mut best: Option<(Vec<RawBson>, Seq, RawDocumentBuf)> = None;
        plan::each(self.tables, coll, filter, &mut |seq, doc| {
            let key = sort.key(doc)?;
            if best.as_ref().is_none_or(|(best, ..)| sort.order(&key, best).is_lt()) {
                best = Some((key, seq, doc.to_owned()));
            }
            Ok(true)
        })?;
        Ok(best.map(|(_, seq, doc)| (seq, doc)))
    }
}

impl<'u> Update<'u> {
    fn parse(update: RawBsonRef<'u>) -> Answer<Self> {
        let doc = match update {
            RawBsonRef::Document(doc) => doc,
            RawBsonRef::Array(_) => return Err(refused(NO_PIPELINE, "an update is modifiers or a replacement")),
            _ => return Err(command::missing("u")),
        };
        let (mut modifiers, mut fields) = (false, false);
        for element in doc.iter_elements() {
            let modifier = element.or_invalid()?.key().as_str().starts_with('$');
            modifiers |= modifier;
            fields |= !modifier;
        }
        match (modifiers, fields) {
            (true, true) => Err(refused(FAILED_TO_PARSE, "an update is modifiers or a replacement, not both")),
            (true, false) => Ok(Self::Modifiers(doc)),
            (false, _) => Ok(Self::Replacement(doc)),
        }
    }
}

/// What an update command did so far.
#[derive(Default)]
struct Sum {
    n: i32,
    modified: i32,
    missed: bool,
    upserted: RawArrayBuf,
}

impl Sum {
    fn note_upsert(&mut self, id: RawBsonRef<'_>) {
        let mut entry = rawdoc! {"index": self.n};
        entry.append(cstr!("_id"), id);
        self.upserted.push(entry);
        self.n += 1;
    }

    fn done(self) -> Done {
        let mut reply = rawdoc! {"n": self.n, "nModified": self.modified};
        if !self.upserted.is_empty() {
            reply.append(cstr!("upserted"), self.upserted);
        }
        Done { reply: ok(reply), missed: self.missed }
    }
}

fn nothing_modified(filter: &Filter) -> Done {
    let reply = rawdoc! {"lastErrorObject": {"n": 0, "updatedExisting": false}, "value": RawBson::Null};
    Done { reply: ok(reply), missed: filter.names("rev") }
}

fn refuse_safe_content(coll: &Collection, changes: &[Change]) -> Answer<()> {
    if coll.schema.is_some() && changes.iter().any(|change| within(&change.path, SAFE_CONTENT)) {
        return Err(refused(refusal::SAFE_CONTENT, "__safeContent__ is the server's"));
    }
    Ok(())
}

// What is not `$set` or `$unset` of the whole value would work on ciphertext.
fn refuse_clear_changes(rewriter: &Rewriter<'_, '_>, changes: &[Change]) -> Answer<()> {
    let works_inside = |what: &What| !matches!(what, What::Set(_) | What::Unset);
    match changes.iter().find(|change| works_inside(&change.what) && rewriter.is_encrypted(&change.path)) {
        Some(change) => Err(refused(FAILED_TO_PARSE, format!("'{}' is encrypted: $set or $unset it", change.path))),
        None => Ok(()),
    }
}

// Surviving old tags first, then the new ones; tags of values that went or changed are pulled.
fn settle_tags(coll: &Collection, old: &RawDocument, new: RawDocumentBuf, added: &[Block]) -> Answer<RawDocumentBuf> {
    let Some(schema) = &coll.schema else { return Ok(new) };
    let mut removed: HashSet<Block> = HashSet::new();
    for field in schema.fields.iter().filter(|field| field.queries.is_some()) {
        let (before, after) = (plain(old, &field.path)?, plain(&new, &field.path)?);
        if let Some(RawBsonRef::Binary(value)) = before.filter(|before| Some(*before) != after) {
            removed.extend(stored::tags(value.bytes).ok_or_else(damaged)?);
        }
    }
    let kept = old_tags(&new)?.into_iter().filter(|tag| !removed.contains(tag));
    let tags: Vec<Block> = kept.chain(added.iter().copied()).collect();
    let mut settled = RawDocumentBuf::new();
    let (mut had, tags) = (false, tag_array(&tags));
    for field in &new {
        let (key, value) = field.or_invalid()?;
        if key.as_str() == SAFE_CONTENT {
            had = true;
            settled.append(key, tags.clone());
        } else {
            settled.append(key, value);
        }
    }
    if !had && !added.is_empty() {
        settled.append(cstr!("__safeContent__"), tags);
    }
    Ok(settled)
}

fn old_tags(doc: &RawDocument) -> Answer<Vec<Block>> {
    match doc.get(SAFE_CONTENT).or_damaged()? {
        None => Ok(vec![]),
        Some(RawBsonRef::Array(items)) => items
            .into_iter()
            .map(|item| item.or_damaged()?.as_binary().and_then(|tag| tag.bytes.try_into().ok()).ok_or_else(damaged))
            .collect(),
        Some(_) => Err(damaged()),
    }
}

fn damaged() -> StoreError {
    StoreError::Damaged("a document's tags can't be read".into())
}

// What an upserted document starts from: the fields its filter wants equal to one value.
fn seed(filter: &Filter) -> Answer<RawDocumentBuf> {
    let mut seed = Document::new();
    let all = match filter {
        Filter::All(all) => all.as_slice(),
        single => std::slice::from_ref(single),
    };
    for filter in all {
        if let Filter::Field { path, test: Test::In(values) } = filter
            && let [value] = values.as_slice()
        {
            let value = Bson::try_from(value.clone()).or_invalid()?;
            if path == "_id" {
                seed.insert("_id", value);
            } else {
                modify::apply(&mut seed, vec![Change { path: path.clone(), what: What::Set(value) }])?;
            }
        }
    }
    RawDocumentBuf::try_from(&seed).or_invalid()
}
