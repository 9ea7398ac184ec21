//! What stands against a booking: closed hours, holidays, absences, other visits of provider, room or patient.

use super::site::{CELL, Open, SiteSchedule, is_a_length};
use super::zone::{Millis, Zone};
use serde::Serialize;

/// A visit as it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a, P> {
    /// Who sees the patient.
    pub provider: &'a str,
    /// The room, if it takes one.
    pub room: Option<&'a str>,
    /// The devices it takes.
    pub devices: &'a [String],
    /// Whose visit.
    pub patient: P,
    /// Start.
    pub start: Millis,
    /// Length.
    pub minutes: u32,
}

/// A visit that takes up its time.
#[derive(Clone, Debug)]
pub struct Taken<P> {
    /// Who sees the patient.
    pub provider: String,
    /// The room.
    pub room: Option<String>,
    /// The devices.
    pub devices: Vec<String>,
    /// Whose visit.
    pub patient: P,
    /// From when.
    pub from: Millis,
    /// Until when.
    pub until: Millis,
}

/// What stands against a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Clash {
    /// The clocks are put forward over this time.
    NoSuchTime,
    /// It doesn't begin at a quarter of an hour, or isn't as long as some quarters.
    OffGrid,
    /// It lies in the past.
    Past,
    /// Nobody of this name sees patients here.
    NoSuchProvider,
    /// The clinic has no room of this name.
    NoSuchRoom,
    /// The clinic has no device of this name.
    NoSuchDevice,
    /// Closed on this day of the week, or at this time.
    Closed,
    /// A holiday.
    Holiday,
    /// The provider is away.
    Away,
    /// The provider has another visit then.
    ProviderTaken,
    /// The room is taken then.
    RoomTaken,
    /// A device is taken then.
    DeviceTaken,
    /// The patient has another visit then.
    PatientTaken,
}

impl Clash {
    /// Whether a reason lifts it: two visits at once are a decision, a closed clinic isn't.
    #[must_use]
    pub const fn yields_to_a_reason(self) -> bool {
        matches!(self, Self::ProviderTaken | Self::RoomTaken | Self::DeviceTaken | Self::PatientTaken)
    }
}

/// What stands against a visit, in the order of [`Clash`].
#[must_use]
pub fn clashes<P: PartialEq + Copy>(
    wanted: &Wanted<'_, P>,
    (site, zone): (&SiteSchedule, &Zone),
    taken: &[Taken<P>],
    now: Millis,
) -> Vec<Clash> {
    let mut found = against_the_site(wanted, site, zone, now);
    let until = wanted.start + i64::from(wanted.minutes) * 60_000;
    for other in taken.iter().filter(|other| other.from < until && wanted.start < other.until) {
        let same_room = wanted.room.is_some() && other.room.as_deref() == wanted.room;
        found.extend((other.provider == wanted.provider).then_some(Clash::ProviderTaken));
        let same_device = wanted.devices.iter().any(|device| other.devices.contains(device));
        found.extend(same_room.then_some(Clash::RoomTaken));
        found.extend(same_device.then_some(Clash::DeviceTaken));
        found.extend((other.patient == wanted.patient).then_some(Clash::PatientTaken));
    }
    found.sort();
    found.dedup();
    found
}

fn against_the_site<P>(wanted: &Wanted<'_, P>, site: &SiteSchedule, zone: &Zone, now: Millis) -> Vec<Clash> {
    let mut found = Vec::new();
    let (day, begins) = (zone.day_of(wanted.start), u32::from(zone.minute_of(wanted.start)));
    let on_grid = begins.is_multiple_of(CELL) && wanted.start % 60_000 == 0 && is_a_length(wanted.minutes);
    found.extend((!on_grid).then_some(Clash::OffGrid));
    // Somebody who stands at the desk may be booked for the quarter that has just begun.
    let cell = i64::from(CELL) * 60_000;
    found.extend((wanted.start + cell <= now).then_some(Clash::Past));
    found.extend(site.provider(wanted.provider).is_none().then_some(Clash::NoSuchProvider));
    let known = wanted.room.is_none_or(|room| site.rooms.iter().any(|one| one == room));
    found.extend((!known).then_some(Clash::NoSuchRoom));
    let known = wanted.devices.iter().all(|device| site.devices.contains(device));
    found.extend((!known).then_some(Clash::NoSuchDevice));
    match site.open_on(day) {
        Open::Holiday(_) => found.push(Clash::Holiday),
        Open::NotThisWeekday => found.push(Clash::Closed),
        Open::At(hours) => {
            let ends = begins + wanted.minutes;
            let open = hours.iter().any(|open| u32::from(open.from) <= begins && ends <= u32::from(open.until));
            found.extend((!open).then_some(Clash::Closed));
        }
    }
    found.extend(site.is_away(wanted.provider, day).then_some(Clash::Away));
    found
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::site::{Absence, Holiday, Provider};
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    pub fn clinic() -> (SiteSchedule, Zone) {
        let provider = |name: &str| Provider { name: name.into(), user: None, unit: None };
        let site = SiteSchedule {
            providers: vec![provider("Osei"), provider("Kowalska")],
            rooms: vec!["Room 1".into()],
            devices: vec!["Ultrasound".into(), "Scale".into()],
            holidays: vec![Holiday { day: "2026-11-26".into(), name: "Thanksgiving".into() }],
            absences: vec![Absence { provider: "Osei".into(), from: "2026-11-25".into(), until: "2026-11-25".into() }],
            ..SiteSchedule::default()
        };
        (site, Zone::named("America/New_York").unwrap())
    }

    fn at(day: i8, minute: u16) -> Millis {
        clinic().1.instant(date(2026, 11, day), minute).unwrap()
    }

    fn wanted(start: Millis, minutes: u32) -> Wanted<'static, u8> {
        Wanted { provider: "Osei", room: None, devices: &[], patient: 1, start, minutes }
    }

    fn taken(provider: &str, patient: u8, from: Millis, minutes: i64) -> Taken<u8> {
        let room = Some("Room 1".to_owned());
        let until = from + minutes * 60_000;
        Taken { provider: provider.into(), room, devices: vec!["Ultrasound".into()], patient, from, until }
    }

    fn told(wanted: &Wanted<'_, u8>, taken: &[Taken<u8>]) -> Vec<Clash> {
        let (site, zone) = clinic();
        clashes(wanted, (&site, &zone), taken, at(23, 8 * 60))
    }

    #[test]
    fn the_clinic_says_why_a_time_does_not_suit() {
        assert_eq!(told(&wanted(at(23, 9 * 60), 30), &[]), []);
        assert_eq!(told(&wanted(at(23, 7 * 60 + 45), 15), &[]), [Clash::Past, Clash::Closed]);
        assert_eq!(told(&wanted(at(23, 11 * 60 + 45), 30), &[]), [Clash::Closed], "over lunch");
        assert_eq!(told(&wanted(at(28, 9 * 60), 30), &[]), [Clash::Closed], "on a Saturday");
        assert_eq!(told(&wanted(at(26, 9 * 60), 30), &[]), [Clash::Holiday]);
        assert_eq!(told(&wanted(at(25, 9 * 60), 30), &[]), [Clash::Away]);
        assert_eq!(told(&wanted(at(23, 9 * 60 + 5), 30), &[]), [Clash::OffGrid]);
        assert_eq!(told(&wanted(at(23, 9 * 60), 20), &[]), [Clash::OffGrid]);
        let unknown = ["Telescope".to_owned()];
        let stranger =
            Wanted { provider: "Nobody", room: Some("Room 9"), devices: &unknown, ..wanted(at(23, 9 * 60), 30) };
        assert_eq!(told(&stranger, &[]), [Clash::NoSuchProvider, Clash::NoSuchRoom, Clash::NoSuchDevice]);
    }

    #[test]
    fn visits_that_only_touch_do_not_clash_and_those_that_overlap_say_in_what() {
        let nine = at(23, 9 * 60);
        let one = wanted(nine, 30);
        let before = taken("Osei", 1, nine - 1_800_000, 30);
        let after = taken("Osei", 1, nine + 1_800_000, 30);
        assert_eq!(told(&one, &[before, after]), []);
        assert_eq!(told(&one, &[taken("Osei", 2, nine + 900_000, 60)]), [Clash::ProviderTaken]);
        assert_eq!(told(&one, &[taken("Kowalska", 1, nine, 15)]), [Clash::PatientTaken]);
        let in_room = Wanted { room: Some("Room 1"), ..one };
        assert_eq!(told(&in_room, &[taken("Kowalska", 2, nine, 15)]), [Clash::RoomTaken]);
        assert_eq!(told(&one, &[taken("Kowalska", 2, nine, 15)]), [], "a visit without a room takes none");
        let (devices, other) = (["Scale".to_owned(), "Ultrasound".to_owned()], ["Scale".to_owned()]);
        let with = |devices| Wanted { devices, ..one };
        assert_eq!(told(&with(&devices), &[taken("Kowalska", 2, nine, 15)]), [Clash::DeviceTaken]);
        assert_eq!(told(&with(&other), &[taken("Kowalska", 2, nine, 15)]), [], "another device is free");
    }

    #[test]
    fn only_another_visit_yields_to_a_reason() {
        let yielding = [Clash::ProviderTaken, Clash::RoomTaken, Clash::DeviceTaken, Clash::PatientTaken];
        assert!(yielding.into_iter().all(Clash::yields_to_a_reason));
        let others = [Clash::Past, Clash::Closed, Clash::Holiday, Clash::Away, Clash::OffGrid, Clash::NoSuchTime];
        assert!(!others.into_iter().any(Clash::yields_to_a_reason));
    }

    proptest! {
        #[test]
        fn two_visits_clash_exactly_when_some_minute_lies_in_both(
            first in 0_i64..200, length in 1_i64..200, other in 0_i64..200, other_length in 1_i64..200,
        ) {
            let nine = at(23, 9 * 60);
            let one = Wanted { minutes: u32::try_from(length).unwrap(), ..wanted(nine + first * 60_000, 0) };
            let there = taken("Osei", 2, nine + other * 60_000, other_length);
            let shared = (first..first + length).any(|minute| (other..other + other_length).contains(&minute));
            prop_assert_eq!(told(&one, &[there]).contains(&Clash::ProviderTaken), shared);
        }
    }
}
