//! Carry out the next step of a rotation, as whoever holds its keys; and the loop that carries out all of them.

use super::job::{Job, RotationView};
use super::steps::Step;
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, HeadLeft, Prepared};
use crate::app::workstation::Workstation;
use crate::audit::Purpose;
use crate::keys::{CompartmentRoot, DataKey, RotationKind, SiteRecord, forms};
use crate::policy::{Relationship, Right};
use crate::record::Compartment;
use crate::session::Seat;
use crate::store::{find_documents, raw, update};
use bson::{Bson, Document, RawDocumentBuf, doc};
use serde::Deserialize;
use std::ops::ControlFlow;
use std::time::Duration;
use uuid::Uuid;

/// How often in a row a step may meet somebody else's writes.
const CONFLICTS: usize = 100;

/// The next step of a rotation.
#[derive(Clone, Copy, Deserialize, ts_rs::TS)]
pub struct AdvanceRotation {
    /// Which.
    pub job: Uuid,
}

/// What a step writes.
#[derive(Default)]
pub(in crate::app) struct Work {
    pub commands: Vec<RawDocumentBuf>,
    pub heads: Vec<HeadLeft>,
}

impl Action for AdvanceRotation {
    type Output = RotationView;
    const NAME: &'static str = "rotate_keys";

    fn right(&self) -> Right {
        Right::RotateKeys
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<RotationView>, Failure> {
        let job = desk.job(self.job).await?;
        if job.paused {
            return Err(Code::Cancelled.bare());
        }
        let Some(step) = job.progress.next(job.steps()) else {
            return Ok(Prepared::read(job.view(desk), crate::app::perform::Touched::default()));
        };
        desk.may_advance(&job)?;
        match step {
            Step::Walk(collection) => desk.walk(job, collection).await,
            Step::Switch if job.order.kind == RotationKind::Index => {
                let (work, count, done) = desk.cut_over(&job).await?;
                let progress = if done { job.progress.stepped() } else { job.progress };
                desk.step(job, progress, count, work)
            }
            _ => {
                let work = desk.work(&job, step).await?;
                let progress = job.progress.stepped();
                desk.step(job, progress, 1, work)
            }
        }
    }
}

impl Desk<'_> {
    async fn work(&self, job: &Job, step: Step) -> Result<Work, Failure> {
        match (job.order.kind, step) {
            (RotationKind::Master, Step::Prepare) => self.new_root(job).await,
            (RotationKind::Master, Step::Switch) => self.rewrap(job).await,
            (RotationKind::Master, Step::Retire) => self.retire_root(job).await,
            (RotationKind::Data, Step::Prepare) => self.new_data_keys(job).await,
            (RotationKind::Index, Step::Prepare) => self.new_data_keys(job).await,
            (RotationKind::Index, Step::Make) => self.new_collection(job),
            (RotationKind::Data | RotationKind::Index, Step::Retire) => self.retire_data_keys(job),
            (RotationKind::Site, Step::Prepare) => self.new_site_key(job),
            (RotationKind::Site, Step::Switch) => self.switch_site_key(job).await,
            (RotationKind::Site, Step::Retire) => self.retire_site_key(job),
            (RotationKind::Site, Step::Forget) => self.forget_site_key(job),
            _ => Err(Code::Internal.bare()),
        }
    }

    /// Whether the session holds what the job needs; who doesn't is told so and nothing happens.
    pub(in crate::app) fn may_advance(&self, job: &Job) -> Result<(), Failure> {
        let needed: &[Compartment] = match job.order.kind {
            RotationKind::Master | RotationKind::Data => &[job.compartment()?],
            // Searchable values are made from the sections that hold their truth.
            RotationKind::Index => {
                &[Compartment::Front, Compartment::Insurance, Compartment::NationalId, Compartment::Clinical]
            }
            RotationKind::Site if self.may(Right::OrderRotation) => &[],
            RotationKind::Site => return Err(Code::NoRight.bare()),
        };
        if needed.iter().all(|one| self.keys.holds(*one)) { Ok(()) } else { Err(Code::NoRight.bare()) }
    }

    /// The root of an epoch, if the session holds it.
    pub(in crate::app) fn root_of(&self, compartment: Compartment, epoch: i64) -> Result<&CompartmentRoot, Failure> {
        let mut roots = self.keys.roots.iter();
        let root = roots.find(|root| (root.compartment(), root.epoch()) == (compartment, epoch));
        root.ok_or_else(|| Code::NoRight.bare())
    }

    /// The update that makes the site record's next version: everybody at work follows it.
    pub(in crate::app) fn site_update(&self, change: impl FnOnce(&mut SiteRecord)) -> Result<RawDocumentBuf, Failure> {
        self.site_update_under(&self.site_key()?, change)
    }

    /// As [`Desk::site_update`], under this site key.
    pub(in crate::app) fn site_update_under(
        &self,
        key: &crate::keys::SiteKey,
        change: impl FnOnce(&mut SiteRecord),
    ) -> Result<RawDocumentBuf, Failure> {
        let mut record = self.site.clone();
        change(&mut record);
        (record.version, record.at) = (self.site.version + 1, self.now());
        let mut stored = record.to_document(key)?;
        stored.remove("_id");
        self.signed_update("site", record.site, self.site.version, stored)
    }

    /// The update of the key manifest to `next`.
    pub(in crate::app) fn manifest_update(&self, mut next: Document) -> Result<RawDocumentBuf, Failure> {
        next.remove("_id");
        let id = crate::keys::Manifest::id_of(self.site.site);
        self.signed_update("site", id, self.keys.manifest.version(), next)
    }

    /// The manifest with other keys, signed by this session's user under the job's order.
    pub(in crate::app) fn manifest_changed(&self, job: &Job, keys: Vec<DataKey>) -> Result<RawDocumentBuf, Failure> {
        let by = crate::keys::Author::new(self.keys.account.id, &self.keys.user);
        self.manifest_update(self.keys.manifest.change(keys, &job.signed, by, self.now())?)
    }

    /// The update of a signed document from one version.
    pub(in crate::app) fn signed_update(
        &self,
        collection: &str,
        id: Uuid,
        version: i64,
        set: Document,
    ) -> Result<RawDocumentBuf, Failure> {
        // Naming `rev`, which these documents don't have, is what makes a miss a conflict.
        let filter = doc! { "_id": forms::uuid_bson(id), "v": version, "rev": { "$exists": false } };
        Ok(raw(&update(collection, filter, doc! { "$set": Bson::Document(set) }))?)
    }
}

impl Workstation {
    /// Carries out a rotation to its end as the signed-in user; `told` hears of each step and may stop, to go on later.
    ///
    /// # Errors
    /// What a step failed with; those before it stay done. [`Code::Damaged`] when damaged documents keep the old key.
    pub async fn rotate(
        &mut self,
        job: Uuid,
        mut told: impl FnMut(&RotationView) -> ControlFlow<()>,
    ) -> Result<RotationView, Failure> {
        let mut conflicts = 0;
        loop {
            // Someone at work on keys is no empty chair.
            self.touch().await?;
            let view = match self.perform(AdvanceRotation { job }).await {
                // Others wrote the same documents meanwhile: the share is read again.
                Err(failure) if failure.code == Code::Conflict && conflicts < CONFLICTS => {
                    conflicts += 1;
                    continue;
                }
                done => done?,
            };
            conflicts = 0;
            if view.stuck {
                return Err(Code::Damaged.bare());
            }
            if told(&view).is_break() || view.ended {
                return Ok(view);
            }
        }
    }
}

/// Nobody has touched anything for so long.
const QUIET: Duration = Duration::from_secs(20);

impl Workstation {
    /// A step of an open rotation, if somebody's session holds its keys and nobody is using it just now. Called as often
    /// as the screen asks who holds the seat. Whether there was one.
    ///
    /// # Errors
    /// As [`Workstation::perform`].
    pub async fn rotate_when_quiet(&mut self) -> Result<bool, Failure> {
        let quiet = matches!(&self.seat, Seat::Open(session) if session.idle(self.now()) >= QUIET);
        if !quiet || self.keys.is_none() {
            return Ok(false);
        }
        let open = doc! { "ended": Bson::Null, "paused": false };
        if find_documents(self.store(), super::job::COLLECTION, open, Some(doc! { "_id": 1 })).await?.is_empty() {
            return Ok(false);
        }
        let asking = self.asking()?;
        let desk = self.desk(&asking, Relationship::None)?;
        let jobs = desk.jobs().await?;
        let mine =
            |job: &&Job| job.is_open() && !job.paused && !job.progress.is_stuck() && desk.may_advance(job).is_ok();
        let Some(job) = jobs.iter().find(mine).map(|job| job.order.id) else { return Ok(false) };
        match self.perform(AdvanceRotation { job }).await {
            Err(failure) if failure.code != Code::Conflict => Err(failure),
            _ => Ok(true),
        }
    }
}
