//! Shutting a workstation out, and taking this one out of use.

use super::approve::listed_mut;
use super::enrol::fingerprint;
use super::{LEASES, WORKSTATIONS, by_administrators};
use crate::app::desk::Desk;
use crate::app::error::{Code, Failure};
use crate::app::people::PeopleWriting;
use crate::app::perform::{Prepared, Touched};
use crate::app::views::{Done, RetiredView, SeatView};
use crate::app::workstation::Workstation;
use crate::clock::Timestamp;
use crate::keys::{Admission, Ending, SiteKey, VerifyKey, WorkstationEnd, WorkstationKey, forms};
use crate::store::raw;
use bson::{Document, doc};
use serde::Deserialize;
use uuid::Uuid;

/// Shuts another workstation out: lost, stolen, in doubt. The site key is to be renewed after it.
#[derive(Deserialize, ts_rs::TS)]
pub struct RevokeWorkstation {
    /// Which.
    pub workstation: Uuid,
}

/// Takes this workstation out of the register; [`Workstation::retire`] does the rest.
#[derive(Deserialize, ts_rs::TS)]
pub struct RetireWorkstation {}

by_administrators! {
    RevokeWorkstation => Done, "revoke_workstation", revoke;
    RetireWorkstation => Done, "retire_workstation", retire;
}

async fn revoke(asked: &RevokeWorkstation, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    if asked.workstation == desk.workstation {
        return Err(Code::Invalid.with("field", "workstation"));
    }
    end(desk, asked.workstation, Ending::Revoked).await
}

/// The last workstation holds the only site key outside the recovery shares: it isn't retired.
async fn retire(_: &RetireWorkstation, desk: &Desk<'_>) -> Result<Prepared<Done>, Failure> {
    let others = desk.trusted_workstations().await?.iter().filter(|one| one.id != desk.workstation).count();
    if others == 0 {
        return Err(Code::LastWorkstation.bare());
    }
    end(desk, desk.workstation, Ending::Retired).await
}

/// The register says so from now on, and so does an administrator's signature.
async fn end(desk: &Desk<'_>, id: Uuid, how: Ending) -> Result<Prepared<Done>, Failure> {
    let (people, admissions) = (desk.people().await?, desk.admissions().await?);
    let mut writing = PeopleWriting::new(desk, &people);
    let listed = listed_mut(&mut writing.record, id)?;
    listed.ended = Some(WorkstationEnd { how, at: desk.now() });
    let before = admissions.get(&id).map_or(0, |admission| admission.version);
    let admission = Admission::of(desk.site.site, listed, before + 1);
    writing.drop_where(WORKSTATIONS, doc! { "_id": forms::uuid_bson(id) })?;
    writing.signed(WORKSTATIONS, admission, false)?;
    writing.drop_where(LEASES, doc! { "_id": forms::uuid_bson(id) })?;
    writing.prepared(Done {}, vec![Touched { record: Some(id), count: 1, ..Touched::default() }])
}

/// What is printed when a workstation was taken out of use.
pub struct Retired {
    /// The site's name.
    pub site: String,
    /// The workstation's name.
    pub name: String,
    /// Its id.
    pub workstation: Uuid,
    /// The public key that its audit is verified with.
    pub key: VerifyKey,
    /// The last row of its audit, and that row's hash.
    pub audit: (u64, [u8; 32]),
    /// When.
    pub at: Timestamp,
    /// Entries that left the keychain.
    pub deleted: usize,
}

impl Workstation {
    /// Takes this workstation out of use: out of the register, then its keys out of the keychain. Its audit stays.
    ///
    /// # Errors
    /// [`Code::LastWorkstation`]; what the gate or the keychain say. Once out of the register it may be done again.
    pub async fn retire(&mut self) -> Result<Retired, Failure> {
        let key = WorkstationKey::load(self.keychain.as_ref(), self.enrolment.workstation)?.public();
        let name = self.record.workstation(self.enrolment.workstation).map(|one| one.name.clone()).unwrap_or_default();
        self.perform(RetireWorkstation {}).await?;
        self.sign_out().await?;
        let newest = self.audit.newest().await?;
        let retired = Retired {
            site: self.record.name.clone(),
            name,
            workstation: self.enrolment.workstation,
            key,
            audit: (newest.seq, newest.hash),
            at: self.clock.wall(),
            deleted: self.delete_keys()?,
        };
        self.home.retire()?;
        Ok(retired)
    }

    /// As [`Workstation::retire`], for the screen: what is kept is on it until the program ends.
    ///
    /// # Errors
    /// As [`Workstation::retire`].
    pub async fn retire_workstation(&mut self, _: RetireWorkstation) -> Result<SeatView, Failure> {
        let record = self.retire().await?;
        let hash = record.audit.1.iter().map(|byte| format!("{byte:02x}")).collect();
        self.retired = Some(RetiredView {
            key: fingerprint(&record.key),
            site: record.site,
            name: record.name,
            workstation: record.workstation,
            audit_row: record.audit.0,
            audit_hash: hash,
            at: record.at.0,
            deleted: record.deleted,
        });
        Ok(self.seat_view())
    }

    /// The site's keys, then the workstation's, so that whoever is stopped in between can go on.
    fn delete_keys(&self) -> Result<usize, Failure> {
        let site = (1..=self.record.site_key).map(|epoch| SiteKey::entry_name_of(self.record.site, epoch));
        let mut deleted = 0;
        for name in site.chain([WorkstationKey::entry_name(self.enrolment.workstation)]) {
            if self.keychain.get(&name)?.is_some() {
                self.keychain.delete(&name)?;
                deleted += 1;
            }
        }
        Ok(deleted)
    }
}

impl PeopleWriting<'_> {
    /// Removes what matches, before anything else of its collection is written.
    pub(super) fn drop_where(&mut self, collection: &str, filter: Document) -> Result<(), Failure> {
        self.also(raw(&doc! { "delete": collection, "deletes": [doc! { "q": filter, "limit": 0 }] })?);
        Ok(())
    }
}
