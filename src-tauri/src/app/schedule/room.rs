//! Another room for a visit that is under way: claimed for its time as at the booking, and the one before given up.

use super::super::desk::Desk;
use super::super::error::{Code, Failure};
use super::claims::Claims;
use super::visits::OpenVisit;
use crate::record::schedule::{Appointment, Clash};
use uuid::Uuid;

/// What a change of room asks of the store.
#[derive(Default)]
pub(super) struct RoomChange {
    /// Slots to claim.
    pub claimed: Vec<Uuid>,
    /// Claims to give up: those of the room before, and those no visit holds any more.
    pub released: Claims,
}

impl Desk<'_> {
    /// What is claimed and given up when a visit goes on as `next`. One that was put where another stands claims nothing.
    pub(super) async fn another_room(&self, old: &OpenVisit, next: &Appointment) -> Result<RoomChange, Failure> {
        if next.room == old.visit.room || next.overbooked.is_some() {
            return Ok(RoomChange::default());
        }
        let patient = old.patient();
        let without = Appointment { room: None, ..next.clone() };
        let kept = self.slots_of(patient, &without)?;
        let mut claimed = self.slots_of(patient, next)?;
        claimed.retain(|slot| !kept.contains(slot));
        let mut released = self.claims_of(&[(patient, &old.visit)]).await?;
        for held in self.claims_of(&[(patient, &without)]).await?.keys() {
            released.remove(held);
        }
        let ground = self.ground(patient, std::slice::from_ref(next), Some(old.id()), &released).await?;
        if self.clashes_of(patient, next, &ground.taken).contains(&Clash::RoomTaken) {
            let mut failure = Code::Invalid.with("field", "room");
            failure.fields.insert("why", "room_taken".into());
            return Err(failure);
        }
        released.extend(ground.orphans.into_iter().filter(|(slot, _)| claimed.contains(slot)));
        Ok(RoomChange { claimed, released })
    }
}
