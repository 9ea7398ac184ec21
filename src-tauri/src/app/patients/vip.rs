//! VIPs: the record of somebody everybody knows. Who neither treats her nor keeps the register doesn't find her name.

use crate::app::desk::{Desk, OpenedPatient};
use crate::app::error::Failure;
use crate::policy::{Relationship, Right, decide};
use crate::record::Section;
use std::collections::BTreeSet;
use uuid::Uuid;

impl Desk<'_> {
    /// Those of these patients whose names this user isn't told: VIPs whom she doesn't treat. The desk that keeps the
    /// register is told everybody's.
    pub(in crate::app) async fn untold(
        &self,
        patients: impl IntoIterator<Item = &OpenedPatient>,
    ) -> Result<BTreeSet<Uuid>, Failure> {
        let vips = patients.into_iter().filter(|one| one.record.identity.vip).map(|one| one.checked.id);
        self.untold_of(vips.collect()).await
    }

    /// As [`Desk::untold`], of VIPs.
    pub(in crate::app) async fn untold_of(&self, mut vips: BTreeSet<Uuid>) -> Result<BTreeSet<Uuid>, Failure> {
        let register = decide(self.asking.standing(), Right::Edit(Section::Identity), Relationship::None);
        if vips.is_empty() || register.is_allowed() {
            return Ok(BTreeSet::new());
        }
        let ties = self.relationships_with(&vips).await?;
        vips.retain(|one| ties.get(one).is_none_or(|tie| *tie == Relationship::None));
        Ok(vips)
    }
}
