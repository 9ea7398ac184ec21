//! Import records: a batch of resources, each known by its source. Same content is skipped, different content is a new
//! revision, a batch is stored whole or not at all.

use super::batches::Batch;
use super::desk::Desk;
use super::error::Failure;
use super::import_batch::Import;
use super::perform::{Action, Prepared};
use super::views::ForUi;
use super::workstation::Workstation;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::Source;
use crate::record::fhir::{Imported, Mapped};
use serde::Serialize;
use std::collections::HashSet;
use std::iter::Peekable;
use std::ops::ControlFlow;
use uuid::Uuid;

/// A resource on its way in.
pub struct Incoming {
    /// What it became.
    pub imported: Imported,
    /// The bytes that say whether its content is the same as before, whatever the order and the version.
    pub canonical: Vec<u8>,
    /// Of a patient: the units whose clinicians treat her from now on.
    pub units: Vec<String>,
}

/// A batch of resources, stored in one transaction.
pub struct ImportBatch {
    /// The resources, a patient before or after what belongs to it.
    pub resources: Vec<Incoming>,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imports {
    /// Stored for the first time.
    pub new: u64,
    /// Stored as a new revision.
    pub changed: u64,
    /// There already, with the same content.
    pub unchanged: u64,
    /// Of the new and changed: kept whole, not shown.
    pub kept: u64,
    /// Of the new: patients.
    pub patients: u64,
    /// Left out: their patient is neither here nor in the store.
    pub without_patient: u64,
}

impl ForUi for Imports {}

impl Action for ImportBatch {
    type Output = Imports;
    const NAME: &'static str = "import_records";

    fn right(&self) -> Right {
        Right::ImportRecords
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Import
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Imports>, Failure> {
        Self::make(self.look_up(desk).await?).await
    }
}

impl Batch for ImportBatch {
    type LookedUp<'a> = Import<'a>;

    fn independent_of(&self, before: &Self) -> bool {
        let written: HashSet<_> = before.resources.iter().flat_map(Incoming::about).collect();
        !self.resources.iter().flat_map(Incoming::about).any(|one| written.contains(&one))
    }

    async fn look_up<'a>(&'a self, desk: &'a Desk<'a>) -> Result<Import<'a>, Failure> {
        let mut import = Import::prepare(desk, self).await?;
        import.admit_all()?;
        Ok(import)
    }

    async fn make<'a>(import: Import<'a>) -> Result<Prepared<Imports>, Failure>
    where
        Self: 'a,
    {
        import.finish().await
    }
}

impl Incoming {
    /// The resource and the patient it belongs to; of the site's own entries `None` for the site.
    fn about(&self) -> [Option<&Source>; 2] {
        let patient = matches!(self.imported.mapped, Mapped::Patient(_));
        let owner = if patient { Some(&self.imported.source) } else { self.imported.patient.as_ref() };
        [Some(&self.imported.source), owner]
    }
}

impl Imports {
    /// Counts another batch in.
    pub fn add(&mut self, other: Imports) {
        self.new += other.new;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.kept += other.kept;
        self.patients += other.patients;
        self.without_patient += other.without_patient;
    }

    /// Counts a batch in that was read before: what is there already was counted then.
    pub(super) fn add_late(&mut self, other: Imports) {
        self.add(Imports { unchanged: 0, ..other });
    }
}

/// Resources of one transaction, about: a batch ends before a patient, so that the next is about others.
pub const AT_ONCE: usize = 2_000;

fn next_batch(resources: &mut Peekable<impl Iterator<Item = Incoming>>) -> Option<ImportBatch> {
    let mut batch = Vec::with_capacity(AT_ONCE);
    let whole = |one: &Incoming| matches!(one.imported.mapped, Mapped::Patient(_));
    while let Some(one) = resources.next_if(|one| batch.len() < AT_ONCE || (batch.len() < 2 * AT_ONCE && !whole(one))) {
        batch.push(one);
    }
    (!batch.is_empty()).then_some(ImportBatch { resources: batch })
}

impl Workstation {
    /// Stores resources in batches as the signed-in import service; `told` hears of each batch and may stop.
    ///
    /// # Errors
    /// What a batch failed with; the batches before it are stored.
    pub async fn import(
        &mut self,
        resources: impl IntoIterator<Item = Incoming>,
        mut told: impl FnMut(&Imports) -> ControlFlow<()>,
    ) -> Result<Imports, Failure> {
        let mut sum = Imports::default();
        let mut resources = resources.into_iter().peekable();
        let batches = std::iter::from_fn(|| next_batch(&mut resources));
        let told = |done| {
            sum.add(done);
            told(&sum)
        };
        self.perform_batches(batches, told).await?;
        Ok(sum)
    }
}
