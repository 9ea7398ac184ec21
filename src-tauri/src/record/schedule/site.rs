//! [`SiteSchedule`]: when the clinic is open, who sees patients there, which visits it offers, which rooms and
//! devices it has.

use super::zone::{Day, Zone, day_from};
use crate::record::validate::{Invalid, Why};
use serde::{Deserialize, Serialize};

/// What an administrator sets for the whole site. It names nobody but staff and says nothing of why one is away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct SiteSchedule {
    /// IANA name of the time zone; the workstation's own while none is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub zone: Option<String>,
    /// Opening hours, Monday first; seven lists.
    pub hours: Vec<Vec<Hours>>,
    /// Days on which the clinic is closed whatever the weekday.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
    /// When providers are away.
    #[serde(default)]
    pub absences: Vec<Absence>,
    /// What can be booked.
    pub visit_types: Vec<VisitType>,
    /// Rooms that one visit at a time takes.
    #[serde(default)]
    pub rooms: Vec<String>,
    /// Devices that one visit at a time takes, in whatever room.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>", optional)]
    pub devices: Vec<String>,
    /// Who sees patients.
    #[serde(default)]
    pub providers: Vec<Provider>,
    /// Whether reminders say the time of day beside `today` or `tomorrow`.
    #[serde(default)]
    pub reminders_tell_time: bool,
}

/// From a minute of the day until another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
pub struct Hours {
    /// First minute after midnight.
    pub from: u16,
    /// The minute after the last.
    pub until: u16,
}

/// A day on which the clinic is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Holiday {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Its name.
    pub name: String,
}

/// Days on which a provider is away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Absence {
    /// Name as in [`Provider`].
    pub provider: String,
    /// First day, `YYYY-MM-DD`.
    pub from: String,
    /// Last day.
    pub until: String,
}

/// A kind of visit with its usual length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct VisitType {
    /// In words, and not clinical ones: receptionists read it aloud.
    pub name: String,
    /// Minutes, a multiple of [`CELL`].
    pub minutes: u32,
}

/// Somebody who sees patients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Provider {
    /// Name as displayed; appointments name it.
    pub name: String,
    /// User name of the account, where there is one: the patients of today's appointments are theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user: Option<String>,
    /// The unit where patients are checked in for this provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub unit: Option<String>,
}

/// Visits begin at multiples of so many minutes and are as long as some.
pub const CELL: u32 = 15;
/// The longest visit.
pub const LONGEST_VISIT: u32 = 480;
const LONGEST_NAME: usize = 80;
const MOST: usize = 2_000;

/// Whether the clinic is open on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Open {
    /// At these hours.
    At(Vec<Hours>),
    /// Not on this day of the week.
    NotThisWeekday,
    /// A holiday, by its name.
    Holiday(String),
}

impl Default for SiteSchedule {
    fn default() -> Self {
        let day = vec![Hours { from: 8 * 60, until: 12 * 60 }, Hours { from: 13 * 60, until: 17 * 60 }];
        let visit = |(name, minutes): (&str, u32)| VisitType { name: name.to_owned(), minutes };
        Self {
            zone: None,
            hours: (0..7).map(|weekday| if weekday < 5 { day.clone() } else { Vec::new() }).collect(),
            holidays: Vec::new(),
            absences: Vec::new(),
            visit_types: VISIT_TYPES.map(visit).into(),
            rooms: Vec::new(),
            devices: Vec::new(),
            providers: Vec::new(),
            reminders_tell_time: false,
        }
    }
}

/// The visits that a site offers until it says otherwise.
const VISIT_TYPES: [(&str, u32); 5] =
    [("New patient", 60), ("Follow-up", 30), ("Annual visit", 45), ("Nurse visit", 15), ("Same-day visit", 30)];

impl SiteSchedule {
    /// The zone it names; `None` where it names none or one that isn't known on this machine.
    #[must_use]
    pub fn zone(&self) -> Option<Zone> {
        Zone::named(self.zone.as_deref()?)
    }

    /// Whether the clinic is open on a day.
    #[must_use]
    pub fn open_on(&self, day: Day) -> Open {
        let written = day.to_string();
        if let Some(holiday) = self.holidays.iter().find(|holiday| holiday.day == written) {
            return Open::Holiday(holiday.name.clone());
        }
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default();
        match self.hours.get(weekday) {
            Some(hours) if !hours.is_empty() => Open::At(hours.clone()),
            _ => Open::NotThisWeekday,
        }
    }

    /// Whether a provider is away on a day.
    #[must_use]
    pub fn is_away(&self, provider: &str, day: Day) -> bool {
        let covers = |absence: &&Absence| {
            let from = day_from(&absence.from).is_some_and(|from| from <= day);
            from && day_from(&absence.until).is_some_and(|until| day <= until)
        };
        self.absences.iter().filter(|absence| absence.provider == provider).any(|absence| covers(&absence))
    }

    /// The provider of this name.
    #[must_use]
    pub fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.name == name)
    }

    /// The names under which a user sees patients.
    pub fn names_of<'a>(&'a self, username: &'a str) -> impl Iterator<Item = &'a str> {
        let own = move |provider: &&Provider| provider.user.as_deref() == Some(username);
        self.providers.iter().filter(own).map(|provider| provider.name.as_str())
    }

    /// The usual length of a kind of visit.
    #[must_use]
    pub fn minutes_of(&self, visit_type: &str) -> Option<u32> {
        self.visit_types.iter().find(|kind| kind.name == visit_type).map(|kind| kind.minutes)
    }

    /// Checks what an administrator has entered.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), Invalid> {
        let invalid = |field, why| Err(Invalid { field, why });
        if self.zone.is_some() && self.zone().is_none() {
            return invalid("schedule.zone", Why::NotListed);
        }
        if self.hours.len() != 7 || !self.hours.iter().all(|day| is_in_order(day)) {
            return invalid("schedule.hours", Why::Form);
        }
        let days = self.holidays.iter().map(|holiday| &holiday.day);
        if !days.chain(self.absences.iter().flat_map(|one| [&one.from, &one.until])).all(|day| day_from(day).is_some())
        {
            return invalid("schedule.day", Why::NoSuchDay);
        }
        if self.absences.iter().any(|absence| absence.until < absence.from) {
            return invalid("schedule.until", Why::Form);
        }
        if self.visit_types.iter().any(|kind| !is_a_length(kind.minutes)) || self.visit_types.is_empty() {
            return invalid("schedule.minutes", Why::Form);
        }
        self.check_names()
    }

    fn check_names(&self) -> Result<(), Invalid> {
        let lists: [Vec<&str>; 5] = [
            self.visit_types.iter().map(|kind| kind.name.as_str()).collect(),
            self.rooms.iter().map(String::as_str).collect(),
            self.devices.iter().map(String::as_str).collect(),
            self.providers.iter().map(|provider| provider.name.as_str()).collect(),
            self.holidays.iter().map(|holiday| holiday.day.as_str()).collect(),
        ];
        let named = |name: &&str| name.trim() == *name && !name.is_empty() && name.chars().count() <= LONGEST_NAME;
        for names in &lists {
            let different: std::collections::BTreeSet<_> = names.iter().collect();
            if names.len() > MOST || different.len() != names.len() || !names.iter().all(named) {
                return Err(Invalid { field: "schedule.name", why: Why::Form });
            }
        }
        Ok(())
    }
}

/// Whether a visit may be so long.
#[must_use]
pub const fn is_a_length(minutes: u32) -> bool {
    minutes > 0 && minutes <= LONGEST_VISIT && minutes.is_multiple_of(CELL)
}

fn is_in_order(day: &[Hours]) -> bool {
    let each = day.iter().all(|hours| hours.from < hours.until && hours.until <= 24 * 60);
    each && day.windows(2).all(|two| two[0].until <= two[1].from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_holiday_closes_a_weekday_and_a_sunday_is_closed_anyway() {
        let mut site = SiteSchedule::default();
        assert!(matches!(site.open_on(date(2026, 11, 26)), Open::At(hours) if hours.len() == 2));
        site.holidays.push(Holiday { day: "2026-11-26".into(), name: "Thanksgiving".into() });
        assert_eq!(site.open_on(date(2026, 11, 26)), Open::Holiday("Thanksgiving".into()));
        assert_eq!(site.open_on(date(2026, 11, 22)), Open::NotThisWeekday);
    }

    #[test]
    fn an_absence_covers_its_first_and_its_last_day_and_nobody_else() {
        let mut site = SiteSchedule::default();
        let away = Absence { provider: "A".into(), from: "2026-12-01".into(), until: "2026-12-03".into() };
        site.absences.push(away);
        let days = [30, 1, 3, 4].map(|day| date(2026, if day == 30 { 11 } else { 12 }, day));
        assert_eq!(days.map(|day| site.is_away("A", day)), [false, true, true, false]);
        assert!(!site.is_away("B", days[1]));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        assert_eq!(SiteSchedule::default().check(), Ok(()));
        type Spoil = fn(&mut SiteSchedule);
        let wrong: [(&str, Spoil); 9] = [
            ("schedule.zone", |site| site.zone = Some("Mars/Olympus".into())),
            ("schedule.hours", |site| site.hours.truncate(6)),
            ("schedule.hours", |site| site.hours[0][0].until = 0),
            ("schedule.day", |site| site.holidays.push(Holiday { day: "2026-02-30".into(), name: "x".into() })),
            ("schedule.until", |site| {
                let (from, until) = ("2026-12-03".into(), "2026-12-01".into());
                site.absences.push(Absence { provider: "A".into(), from, until });
            }),
            ("schedule.minutes", |site| site.visit_types[0].minutes = 20),
            ("schedule.name", |site| site.rooms = vec!["Room 1".into(), "Room 1".into()]),
            ("schedule.name", |site| site.rooms = vec![" ".into()]),
            ("schedule.name", |site| site.devices = vec!["Scanner".into(), "Scanner".into()]),
        ];
        for (field, change) in wrong {
            let mut site = SiteSchedule::default();
            change(&mut site);
            assert_eq!(site.check().map_err(|invalid| invalid.field), Err(field));
        }
    }
}
