//! A job as it is stored: the signed order, and clear beside it how far it is.

use super::steps::{Progress, Step, steps};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Prepared, Touched};
use crate::app::views::ForUi;
use crate::keys::{RotationKind, RotationOrder, Signed, forms, mac, mac_matches, ordered};
use crate::record::{Compartment, Section};
use crate::store::{find_documents, raw, update};
use bson::{Bson, Document, RawDocumentBuf, doc};
use serde::Serialize;
use uuid::Uuid;

/// Where jobs are stored.
pub(in crate::app) const COLLECTION: &str = "rotations";

const LABEL: &str = "wardseal/rotation-place/1";

/// An ordered operation.
pub(in crate::app) struct Job {
    pub signed: Signed<RotationOrder>,
    pub order: RotationOrder,
    pub progress: Progress,
    pub rev: i64,
    pub paused: bool,
    pub ended: Option<bson::DateTime>,
}

/// A job as a person sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct RotationView {
    /// Its id.
    pub job: Uuid,
    /// What is replaced.
    pub kind: RotationKind,
    /// The compartment's code, where it is about one.
    pub compartment: Option<String>,
    /// The epoch or generation that is replaced.
    #[ts(type = "number")]
    pub from: i64,
    /// When it was ordered, in milliseconds since 1970.
    #[ts(type = "number")]
    pub ordered: i64,
    /// How far, in thousandths.
    #[ts(type = "number")]
    pub per_mille: i64,
    /// Documents brought under the new keys so far.
    #[ts(type = "number")]
    pub documents: i64,
    /// Somebody stopped it for the time being.
    pub paused: bool,
    /// It can't go on: documents are damaged.
    pub stuck: bool,
    /// All steps are done.
    pub ended: bool,
    /// Whether this user holds what its next step needs.
    pub mine: bool,
}

impl ForUi for RotationView {}
impl ForUi for Vec<RotationView> {}

impl Job {
    /// The job an order becomes.
    pub fn new(signed: Signed<RotationOrder>) -> Self {
        let order = signed.claimed().clone();
        Self { signed, order, progress: Progress::default(), rev: 1, paused: false, ended: None }
    }

    fn read(document: &Document, desk: &Desk<'_>) -> Result<Self, Failure> {
        let signed = Signed::<RotationOrder>::from_document(document)?;
        let order = ordered(&signed, &desk.keys.directory)?.clone();
        let damaged = |_| Code::KeysDamaged.bare();
        let progress = document.get_document("progress").map_err(damaged)?.clone();
        let progress = bson::deserialize_from_document(progress).map_err(|_| Code::KeysDamaged.bare())?;
        let (rev, paused) = (document.get_i64("rev").map_err(damaged)?, document.get_bool("paused").map_err(damaged)?);
        let job = Self { signed, order, progress, rev, paused, ended: document.get_datetime("ended").ok().copied() };
        // An altered place could end old keys before their time. What has ended does nothing more, and its site key
        // may be gone.
        if job.is_open() && !job.is_placed(document, desk) {
            return Err(Code::KeysDamaged.bare());
        }
        Ok(job)
    }

    /// Whether a holder of the site's key, present or just replaced, has put it where it stands.
    fn is_placed(&self, document: &Document, desk: &Desk<'_>) -> bool {
        let Ok(tag) = document.get_binary_generic("mac") else { return false };
        let mut keys = std::iter::once(&desk.keys.heads).chain(&desk.keys.former_heads);
        keys.any(|key| mac_matches(key, LABEL, &[&self.place(self.rev)], tag))
    }

    /// What the MAC is over in this revision.
    fn place(&self, rev: i64) -> Vec<u8> {
        let Progress { step, place, of, touched, damaged, done } = self.progress;
        let ended = self.ended.map_or(0, bson::DateTime::timestamp_millis);
        let numbers = [rev, step, place, of, touched, damaged, done, i64::from(self.paused), ended];
        let numbers = numbers.iter().flat_map(|number| number.to_le_bytes());
        self.order.id.as_bytes().iter().copied().chain(numbers).collect()
    }

    fn tag(&self, rev: i64, desk: &Desk<'_>) -> Bson {
        Bson::Binary(forms::binary(&mac(&desk.keys.heads, LABEL, &[&self.place(rev)])))
    }

    /// The document that begins it.
    pub fn to_document(&self, desk: &Desk<'_>) -> Result<Document, Failure> {
        let mut document = self.signed.to_document()?;
        let progress = bson::serialize_to_document(&self.progress).map_err(|_| Code::Internal.bare())?;
        document.extend(doc! { "rev": self.rev, "paused": self.paused, "progress": progress, "ended": Bson::Null });
        document.insert("mac", self.tag(self.rev, desk));
        Ok(document)
    }

    /// The steps it consists of.
    pub fn steps(&self) -> &'static [Step] {
        steps(self.order.kind, self.order.compartment)
    }

    /// The compartment it is about.
    pub fn compartment(&self) -> Result<Compartment, Failure> {
        self.order.compartment.ok_or_else(|| Code::KeysDamaged.bare())
    }

    /// Whether it has something left to do.
    pub const fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// For a person.
    pub fn view(&self, desk: &Desk<'_>) -> RotationView {
        RotationView {
            job: self.order.id,
            kind: self.order.kind,
            compartment: self.order.compartment.map(|one| one.code().to_owned()),
            from: self.order.from,
            ordered: self.order.at.0,
            per_mille: self.progress.per_mille(self.steps()),
            documents: self.progress.done,
            paused: self.paused,
            stuck: self.progress.is_stuck(),
            ended: !self.is_open(),
            mine: desk.may_advance(self).is_ok(),
        }
    }

    /// The audit's line about a step: which job, how many documents, which sections.
    fn touched(&self, count: usize) -> Touched {
        let about = |section: &Section| Some(section.compartment()) == self.order.compartment;
        let sections = Section::ALL.into_iter().filter(about).collect();
        Touched { record: Some(self.order.id), sections, count: count as u64, ..Touched::default() }
    }
}

impl Desk<'_> {
    /// All jobs, the oldest first; one whose order nobody signed who may is passed over.
    pub(in crate::app) async fn jobs(&self) -> Result<Vec<Job>, Failure> {
        let mut jobs = Vec::new();
        for stored in find_documents(self.store, COLLECTION, doc! {}, None).await? {
            match Job::read(&Document::try_from(stored)?, self) {
                Ok(job) => jobs.push(job),
                Err(refused) => tracing::error!(%refused, "a rotation order is refused"),
            }
        }
        jobs.sort_by_key(|job| (job.order.at.0, job.order.from, job.order.kind as u8));
        Ok(jobs)
    }

    pub(in crate::app) async fn job(&self, id: Uuid) -> Result<Job, Failure> {
        let found = find_documents(self.store, COLLECTION, doc! { "_id": forms::uuid_bson(id) }, None).await?;
        let stored = found.into_iter().next().ok_or_else(|| Code::NotFound.bare())?;
        Job::read(&Document::try_from(stored)?, self)
    }

    /// A step's writes and the job's new place, in one transaction.
    pub(in crate::app) fn step(
        &self,
        mut job: Job,
        progress: Progress,
        count: usize,
        mut work: super::advance::Work,
    ) -> Result<Prepared<RotationView>, Failure> {
        let touched = vec![job.touched(count)];
        job.progress = progress;
        if progress.next(job.steps()).is_none() {
            job.ended = Some(bson::DateTime::from_millis(self.now().0));
        }
        work.commands.push(self.job_update(&job)?);
        Ok(Prepared { output: job.view(self), touched, writes: work.commands, heads: work.heads })
    }

    /// The update that moves a job on, and only from where it was read.
    pub(in crate::app) fn job_update(&self, job: &Job) -> Result<RawDocumentBuf, Failure> {
        let progress = bson::serialize_to_document(&job.progress).map_err(|_| Code::Internal.bare())?;
        let filter = doc! { "_id": forms::uuid_bson(job.order.id), "rev": job.rev };
        let ended = job.ended.map_or(Bson::Null, Bson::DateTime);
        let mut change = doc! { "rev": job.rev + 1, "progress": progress, "paused": job.paused, "ended": ended };
        change.insert("mac", job.tag(job.rev + 1, self));
        Ok(raw(&update(COLLECTION, filter, doc! { "$set": change }))?)
    }
}
