//! Order a rotation, and stop or resume one. The administrator does that and holds no key of it.

use super::job::{COLLECTION, Job, RotationView};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::perform::{Action, Prepared, Touched};
use crate::app::views::ForUi;
use crate::app::workstation::Workstation;
use crate::audit::Purpose;
use crate::keys::{Author, MasterKey, RotationKind, RotationOrder, Signed};
use crate::policy::Right;
use crate::record::Compartment;
use crate::store::{find_documents, insert, raw};
use bson::{RawDocumentBuf, doc};
use serde::Deserialize;
use uuid::Uuid;

/// Where it is noted that a compartment is due.
pub(super) const DUE: &str = "rotations_due";

/// The order of a rotation. One that is open already is answered instead of a second.
#[derive(Clone, Copy, Deserialize, ts_rs::TS)]
pub struct OrderRotation {
    /// What is to be replaced.
    pub kind: RotationKind,
    /// Of which compartment: for a root or its data keys.
    #[ts(type = "string | null")]
    pub compartment: Option<Compartment>,
}

/// Stops a rotation for the time being, or lets it go on.
#[derive(Clone, Copy, Deserialize, ts_rs::TS)]
pub struct PauseRotation {
    /// Which.
    pub job: Uuid,
    /// Whether it is to rest.
    pub paused: bool,
}

impl Action for OrderRotation {
    type Output = RotationView;
    const NAME: &'static str = "order_rotation";

    fn right(&self) -> Right {
        Right::OrderRotation
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<RotationView>, Failure> {
        let of = self.checked()?;
        // Where nothing else is said, a root keeps its service.
        let present = of.filter(|_| self.kind == RotationKind::Master).and_then(|of| desk.site.current(of));
        let master = present.and_then(|one| desk.site.master(one.compartment, one.epoch)).cloned();
        desk.order(self.kind, of, master).await
    }
}

/// The order that another key management service, or none, wraps a compartment's data keys from now on.
#[derive(Clone, Deserialize)]
pub struct MoveRoot {
    /// Of which compartment.
    pub compartment: Compartment,
    /// Which key wraps them; none: the compartment's root alone.
    pub to: Option<MasterKey>,
}

impl Action for MoveRoot {
    type Output = RotationView;
    const NAME: &'static str = "move_root";

    fn right(&self) -> Right {
        Right::OrderRotation
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<RotationView>, Failure> {
        // The audit's root wraps no data key.
        if self.compartment == Compartment::Audit {
            return Err(Code::Invalid.with("field", "compartment"));
        }
        desk.order(RotationKind::Master, Some(self.compartment), self.to.clone()).await
    }
}

impl Desk<'_> {
    /// Orders a rotation. One of the same that is open already is answered instead; another master key isn't the same.
    async fn order(
        &self,
        kind: RotationKind,
        of: Option<Compartment>,
        master: Option<MasterKey>,
    ) -> Result<Prepared<RotationView>, Failure> {
        let desk = self;
        let open = desk.jobs().await?.into_iter().filter(Job::is_open);
        if let Some(job) = { open }.find(|job| (job.order.kind, job.order.compartment) == (kind, of)) {
            if job.order.master != master {
                return Err(Code::Invalid.with("field", "compartment"));
            }
            let touched = Touched { record: Some(job.order.id), ..Touched::default() };
            return Ok(Prepared::read(job.view(desk), touched));
        }
        let author = Author::new(desk.keys.account.id, &desk.keys.user);
        let adopted = desk.keys.manifest.adopt(author, desk.now())?;
        let manifest = desk.keys.manifest.version() + i64::from(adopted.is_some());
        let (id, at, from) = (Uuid::new_v4(), desk.now(), desk.present(kind, of)?);
        let order = RotationOrder { id, kind, compartment: of, from, manifest, master, at };
        let job = Job::new(Signed::sign(order, author.id, author.signer)?);
        let mut writes = Vec::new();
        if let Some(adopted) = adopted {
            writes.push(desk.manifest_update(adopted)?);
            writes.push(desk.site_update(|_| ())?);
        }
        writes.push(raw(&insert(COLLECTION, vec![job.to_document(desk)?]))?);
        let touched = vec![Touched { record: Some(id), count: 1, ..Touched::default() }];
        Ok(Prepared { output: job.view(desk), touched, writes, heads: Vec::new() })
    }
}

impl OrderRotation {
    /// The compartment, where there has to be one and there is something to replace.
    fn checked(&self) -> Result<Option<Compartment>, Failure> {
        let invalid = || Code::Invalid.with("field", "compartment");
        match (self.kind, self.compartment) {
            (RotationKind::Index | RotationKind::Site, None) => Ok(None),
            (RotationKind::Data, Some(Compartment::Audit)) => Err(invalid()),
            (RotationKind::Master | RotationKind::Data, Some(compartment)) => Ok(Some(compartment)),
            _ => Err(invalid()),
        }
    }
}

impl Action for PauseRotation {
    type Output = RotationView;
    const NAME: &'static str = "pause_rotation";

    fn right(&self) -> Right {
        Right::OrderRotation
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<RotationView>, Failure> {
        let mut job = desk.job(self.job).await?;
        job.paused = self.paused;
        let touched = vec![Touched { record: Some(self.job), count: 1, ..Touched::default() }];
        Ok(Prepared { writes: vec![desk.job_update(&job)?], output: job.view(desk), touched, heads: Vec::new() })
    }
}

/// The compartments that somebody lost who held them.
#[derive(Clone, Copy, Deserialize, ts_rs::TS)]
pub struct ListDue {}

impl ForUi for Vec<Compartment> {}

impl Action for ListDue {
    type Output = Vec<Compartment>;
    const NAME: &'static str = "list_due_rotations";

    fn right(&self) -> Right {
        Right::OrderRotation
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Vec<Compartment>>, Failure> {
        Ok(Prepared::read(desk.compartments_due().await?, Touched::default()))
    }
}

/// The rotations that were ordered, open and ended.
#[derive(Clone, Copy, Deserialize, ts_rs::TS)]
pub struct ListRotations {}

impl Action for ListRotations {
    type Output = Vec<RotationView>;
    const NAME: &'static str = "list_rotations";

    fn right(&self) -> Right {
        Right::RotateKeys
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Vec<RotationView>>, Failure> {
        let views = desk.jobs().await?.iter().map(|job| job.view(desk)).collect();
        Ok(Prepared::read(views, Touched::default()))
    }
}

impl Desk<'_> {
    /// Compartments that are due, because somebody who held them no longer should. Whatever else such a note says, all
    /// that it can bring about is a rotation too many.
    pub(super) async fn compartments_due(&self) -> Result<Vec<Compartment>, Failure> {
        let found = find_documents(self.store, DUE, doc! {}, Some(doc! { "body.compartment": 1 })).await?;
        let code = |raw: &RawDocumentBuf| Some(raw.get_document("body").ok()?.get_str("compartment").ok()?.to_owned());
        let codes: Vec<String> = found.iter().filter_map(code).collect();
        Ok(Compartment::ALL.into_iter().filter(|one| codes.iter().any(|code| code == one.code())).collect())
    }

    /// The epoch or generation that is in use now.
    fn present(&self, kind: RotationKind, of: Option<Compartment>) -> Result<i64, Failure> {
        let damaged = || Code::KeysDamaged.bare();
        let of = || of.ok_or_else(damaged);
        match kind {
            RotationKind::Master => Ok(self.site.current(of()?).ok_or_else(damaged)?.epoch),
            RotationKind::Data => {
                let purpose = crate::crypt::section::data_key_name(of()?);
                Ok(self.keys.manifest.current(&purpose, self.site.index).ok_or_else(damaged)?.generation)
            }
            RotationKind::Index => Ok(self.site.index),
            RotationKind::Site => Ok(self.site.site_key),
        }
    }
}

impl Workstation {
    /// Orders what a loss makes necessary: for each compartment that somebody held who may no longer, a new root and
    /// then new data keys, as who kept the old root and a copy of the key vault has those too. The next holders carry
    /// it out.
    ///
    /// # Errors
    /// As [`Workstation::perform`]; those ordered before stay ordered.
    pub async fn rotate_after_loss(&mut self, compartments: &[Compartment]) -> Result<Vec<RotationView>, Failure> {
        let mut ordered = Vec::new();
        for &compartment in compartments {
            for kind in [RotationKind::Master, RotationKind::Data] {
                if kind == RotationKind::Master || compartment != Compartment::Audit {
                    ordered.push(self.perform(OrderRotation { kind, compartment: Some(compartment) }).await?);
                }
            }
        }
        Ok(ordered)
    }
}
