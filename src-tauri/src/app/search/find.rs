//! Asking the store, and opening what it finds.

use super::rows::{damaged_row, mark_similar, row_of};
use crate::app::desk::{Desk, OpenedPatient, uuid_at};
use crate::app::error::{Code, Failure};
use crate::app::views::SearchRow;
use crate::keys::forms;
use crate::record::query::{Query, Who};
use crate::record::{Fit, Section, fold_name, rank};
use crate::store::{find, raw};
use bson::{Bson, Document, RawDocumentBuf, doc};
use uuid::Uuid;

/// What a row shows, and what it takes to sort.
pub(super) const ROW: &[Section] = &[Section::Identity];

/// A patient who was found, opened as far as it takes to sort.
pub(super) struct Hit {
    /// Who.
    pub patient: Uuid,
    /// How well she fits, and by which reading.
    pub fit: (Fit, usize),
    /// `None`: the stored record is damaged.
    pub opened: Option<OpenedPatient>,
}

impl Hit {
    /// The order of the answers: how well they fit, then by name, birth date and id; damaged ones last.
    pub fn order(&self) -> impl Ord + use<> {
        let identity = self.opened.as_ref().map(|opened| &opened.record.identity);
        let names = identity.map(|one| (fold_name(&one.name.surname), fold_name(&one.name.given_joined())));
        let born = identity.and_then(|one| one.birth_date);
        (identity.is_none(), self.fit, names, born, self.patient)
    }
}

/// What a filter finds beside those who are known already.
pub(super) fn beside(filter: &Document, known: Vec<Uuid>) -> Document {
    if known.is_empty() {
        return filter.clone();
    }
    let known: Vec<Bson> = known.into_iter().map(forms::uuid_bson).collect();
    doc! { "$and": [filter.clone(), { "_id": { "$nin": known } }] }
}

/// What one filter finds and the other doesn't.
pub(super) fn without(wide: &Document, narrow: &Document) -> Document {
    doc! { "$and": [wide.clone(), { "$nor": [narrow.clone()] }] }
}

impl Desk<'_> {
    /// Documents that match, with these sections of them, in the store's own order.
    pub(in crate::app) async fn hits(
        &self,
        filter: &Document,
        sections: &[Section],
        (skip, limit): (usize, usize),
    ) -> Result<Vec<RawDocumentBuf>, Failure> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let wanted = sections.iter().map(|section| (format!("s.{}", section.code()), Bson::Int32(1)));
        let mut projection = doc! { "rev": 1, "head": 1 };
        projection.extend(wanted);
        let mut command = find(&self.site.stored_in("patients"), filter.clone(), Some(projection));
        let clamp = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        command.extend(doc! { "skip": clamp(skip), "limit": clamp(limit) });
        self.find_encrypted(&command).await
    }

    /// How many documents match, at most `most`.
    pub(in crate::app) async fn count(&self, filter: &Document, most: usize) -> Result<usize, Failure> {
        let limit = i64::try_from(most).unwrap_or(i64::MAX);
        let command = doc! { "count": self.site.stored_in("patients"), "query": filter.clone(), "limit": limit };
        let command = self.keys.crypt.encrypt_command(crate::store::DATABASE, &raw(&command)?)?;
        let reply = self.store.run(command).await?;
        let n = reply.get("n").ok().flatten().and_then(|n| n.as_i64().or(n.as_i32().map(i64::from)));
        n.and_then(|n| usize::try_from(n).ok()).ok_or_else(|| Code::Damaged.bare())
    }

    /// Opens what was found, as far as it takes to tell how well it fits. What doesn't is a mere start.
    pub(super) async fn opened(&self, query: &Query, found: Vec<RawDocumentBuf>) -> Result<Vec<Hit>, Failure> {
        let ids: Vec<Uuid> = found.iter().map(|raw| uuid_at(raw, "_id")).collect::<Result<_, _>>()?;
        let opened = self.open_patients(found, ROW).await?;
        let untold = self.untold(opened.iter().flatten()).await?;
        let hit = |(patient, opened): (Uuid, Result<OpenedPatient, Failure>)| {
            let opened = opened.ok();
            let fit = opened.as_ref().and_then(|opened| rank(query, &opened.record));
            Hit { patient, fit: fit.unwrap_or((Fit::Start, usize::MAX)), opened }
        };
        let mut hits: Vec<Hit> = ids.into_iter().zip(opened).map(hit).collect();
        // Who asks by the record number has it from a wristband or a letter: nothing may be in the way of an emergency.
        let by_number = |hit: &Hit| {
            let reading = query.readings.get(hit.fit.1);
            reading.is_some_and(|reading| matches!(reading.who, Some(Who::Mrn(_))))
        };
        hits.retain(|hit| !untold.contains(&hit.patient) || by_number(hit));
        Ok(hits)
    }

    /// As [`Desk::opened`]; those who don't fit, or less well than `least`, are left out.
    pub(super) async fn fitting(
        &self,
        query: &Query,
        found: Vec<RawDocumentBuf>,
        least: Fit,
    ) -> Result<Vec<Hit>, Failure> {
        let mut hits = self.opened(query, found).await?;
        hits.retain(|hit| hit.opened.is_none() || (hit.fit.1 != usize::MAX && hit.fit.0 <= least));
        Ok(hits)
    }

    /// The rows of hits.
    pub(super) fn rows(&self, hits: impl IntoIterator<Item = Hit>) -> Vec<SearchRow> {
        let today = self.today();
        let row = |hit: Hit| match hit.opened {
            Some(opened) => row_of(hit.patient, &opened, hit.fit.0, today),
            None => damaged_row(hit.patient),
        };
        mark_similar(hits.into_iter().map(row).collect())
    }
}
