//! Tending the store: compaction and cleanup of the counters behind the encrypted fields.
//!
//! Each slice is one action and one transaction: it can be stopped or killed anywhere, and the next one goes on. While
//! somebody works, slices run only when nobody has touched anything for a while.

use super::error::Failure;
use super::perform::{Action, Prepared, Touched};
use super::views::ForUi;
use super::workstation::Workstation;
use crate::app::desk::Desk;
use crate::audit::Purpose;
use crate::policy::Right;
use crate::session::Seat;
use crate::store::{DATABASE, raw};
use bson::raw::cstr;
use bson::{RawDocument, RawDocumentBuf, doc};
use serde::Serialize;
use std::ops::ControlFlow;
use std::time::Duration;
use uuid::Uuid;

/// Entries of this many patients are worked off in one slice while somebody may come back any moment.
const SLICE: u32 = 250;
/// Below so many it isn't worth an audit row.
const WORTH: u64 = 500;
/// Nobody has touched anything for so long.
const QUIET: Duration = Duration::from_secs(20);

/// One slice.
pub struct TendStore {
    /// Whether anchors are merged too.
    pub cleanup: bool,
    /// Entries of how many patients; all of them when absent.
    pub most: Option<u32>,
}

/// What was to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Tended {
    /// Patients whose entries were waiting before the slice.
    pub waiting: u64,
    /// Rows of counters before the slice.
    pub rows: u64,
}

impl ForUi for Tended {}

impl Action for TendStore {
    type Output = Tended;
    const NAME: &'static str = "tend_store";

    fn right(&self) -> Right {
        Right::TendStore
    }

    fn patient(&self) -> Option<Uuid> {
        None
    }

    fn purpose(&self) -> Purpose {
        Purpose::Administration
    }

    async fn run(&self, desk: &Desk<'_>) -> Result<Prepared<Tended>, Failure> {
        let tended = desk.waiting().await?;
        let touched = Touched { count: tended.waiting, ..Touched::default() };
        if tended.waiting == 0 && (!self.cleanup || tended.rows == 0) {
            return Ok(Prepared::read(tended, touched));
        }
        let name = if self.cleanup { "cleanupStructuredEncryptionData" } else { "compactStructuredEncryptionData" };
        let command = raw(&doc! { name: desk.site.stored_in("patients") })?;
        let mut command = desk.keys.crypt.encrypt_command(DATABASE, &command)?;
        if let Some(most) = self.most {
            command.append(cstr!("limit"), i64::from(most));
        }
        Ok(Prepared { output: tended, touched: vec![touched], writes: vec![command], heads: Vec::new() })
    }
}

impl Desk<'_> {
    async fn waiting(&self) -> Result<Tended, Failure> {
        let name = self.site.stored_in("patients");
        let waiting = self.count_of(&format!("enxcol_.{name}.ecoc")).await?;
        Ok(Tended { waiting, rows: self.count_of(&format!("enxcol_.{name}.esc")).await? })
    }

    async fn count_of(&self, collection: &str) -> Result<u64, Failure> {
        Ok(count(&self.store.run(raw(&doc! { "count": collection, "query": {} })?).await?))
    }
}

impl Workstation {
    /// Compacts (or cleans up) everything, slice by slice; `watch` is told before each and may stop between two.
    ///
    /// # Errors
    /// As [`Workstation::perform`]; what earlier slices did stays.
    pub async fn tend(
        &mut self,
        cleanup: bool,
        slice: Option<u32>,
        mut watch: impl FnMut(Tended) -> ControlFlow<()>,
    ) -> Result<Tended, Failure> {
        loop {
            let tended = self.perform(TendStore { cleanup, most: slice }).await?;
            let last = tended.waiting <= slice.map_or(u64::MAX, u64::from);
            if watch(tended).is_break() || last {
                return Ok(tended);
            }
        }
    }

    /// A slice of compaction if there is enough to do, somebody's keys are at hand and nobody is using them. Called by
    /// the shell's timer.
    ///
    /// # Errors
    /// As [`Workstation::perform`].
    pub async fn tend_when_quiet(&mut self) -> Result<bool, Failure> {
        let quiet = matches!(&self.seat, Seat::Open(session) if session.idle(self.now()) >= QUIET);
        if !quiet || self.keys.is_none() || !self.worth_tending().await? {
            return Ok(false);
        }
        self.perform(TendStore { cleanup: false, most: Some(SLICE) }).await.map(|_| true)
    }

    async fn worth_tending(&mut self) -> Result<bool, Failure> {
        let asking = self.asking()?;
        if !crate::policy::decide(asking.standing(), Right::TendStore, crate::policy::Relationship::None).is_allowed() {
            return Ok(false);
        }
        if !self.keys()?.holds_all_indexes() {
            return Ok(false);
        }
        let name = format!("enxcol_.{}.ecoc", self.record.stored_in("patients"));
        let reply = self.store().run(raw(&doc! { "count": name, "query": {} })?).await?;
        Ok(count(&reply) >= WORTH)
    }
}

fn count(reply: &RawDocumentBuf) -> u64 {
    let n = |reply: &RawDocument| reply.get("n").ok().flatten().and_then(|n| n.as_i64().or(n.as_i32().map(i64::from)));
    n(reply).map_or(0, i64::unsigned_abs)
}
