//! Import records: a batch of resources, each known by its source. Same content is skipped, different content is a new
//! revision, a batch is stored whole or not at all.

use super::desk::Desk;
use super::error::Failure;
use super::import_batch::Import;
use super::perform::{Action, Prepared};
use super::views::ForUi;
use super::workstation::Workstation;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::record::fhir::Imported;
use serde::Serialize;
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
        let mut import = Import::prepare(desk, self).await?;
        import.admit_all()?;
        import.finish()
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

/// Resources of one transaction.
pub const AT_ONCE: usize = 2_000;

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
        while resources.peek().is_some() {
            let batch = ImportBatch { resources: resources.by_ref().take(AT_ONCE).collect() };
            // A service at work is no empty chair.
            self.touch().await?;
            sum.add(self.perform(batch).await?);
            if told(&sum).is_break() {
                break;
            }
        }
        Ok(sum)
    }
}
