//! `wardsealctl schedule`, `board` and `remind`: the clinic's hours and days, the screen in the waiting room, reminders.

use super::open;
use super::user::By;
use serde_json::json;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;
use wardseal::app::Workstation;
use wardseal::app::schedule::{SendReminders, SetSchedule, ShowPublicBoard};
use wardseal::app::views::{PublicBoard, SettingsView};
use wardseal::record::schedule::{Absence, Holiday, Hours, Provider, SiteSchedule, VisitType};

#[derive(clap::Subcommand)]
pub enum Command {
    /// What is set now.
    Show(By),
    /// The clinic's time zone, by its IANA name.
    Zone {
        /// Such as America/New_York.
        zone: String,
        #[command(flatten)]
        by: By,
    },
    /// Opening hours of a weekday; none closes it.
    Hours {
        /// mon, tue, wed, thu, fri, sat or sun.
        weekday: String,
        /// Such as 8:00-12:00 13:00-17:00.
        hours: Vec<String>,
        #[command(flatten)]
        by: By,
    },
    /// A day on which the clinic is closed.
    Holiday {
        /// YYYY-MM-DD.
        day: String,
        /// Its name; without one the day is open again.
        name: Option<String>,
        #[command(flatten)]
        by: By,
    },
    /// Days on which a provider is away.
    Away {
        /// Name as in the schedule.
        provider: String,
        /// First day.
        from: String,
        /// Last day.
        until: String,
        /// Take the absence back.
        #[arg(long)]
        not: bool,
        #[command(flatten)]
        by: By,
    },
    /// A kind of visit.
    VisitType {
        /// Its name, and no clinical word in it: the front desk reads it.
        name: String,
        /// Its usual length, a multiple of 15; without one the kind is taken away.
        minutes: Option<u32>,
        #[command(flatten)]
        by: By,
    },
    /// A device that one visit at a time takes, in whatever room.
    Device {
        /// Its name, and no clinical word in it: the front desk reads it.
        name: String,
        /// Take it away.
        #[arg(long)]
        not: bool,
        #[command(flatten)]
        by: By,
    },
    /// A room that one visit at a time takes.
    Room {
        /// Its name.
        name: String,
        /// Take it away.
        #[arg(long)]
        not: bool,
        #[command(flatten)]
        by: By,
    },
    /// Somebody who sees patients.
    Provider {
        /// Name as displayed.
        name: String,
        /// User name of the account.
        #[arg(long)]
        user: Option<String>,
        /// Unit where patients are checked in.
        #[arg(long)]
        unit: Option<String>,
        /// Take the provider away.
        #[arg(long)]
        not: bool,
        #[command(flatten)]
        by: By,
    },
    /// Whether reminders say the time of day.
    ReminderTime {
        /// yes or no.
        told: String,
        #[command(flatten)]
        by: By,
    },
}

#[derive(clap::Args)]
pub struct Board {
    /// The page that a browser in the waiting room shows; written anew every three seconds.
    #[arg(long)]
    to: PathBuf,
    /// Write it once and end.
    #[arg(long)]
    once: bool,
    #[command(flatten)]
    by: By,
}

pub async fn run(command: Command) -> Result<(), String> {
    match command {
        Command::Show(by) => {
            let mut seat = seat(&by).await?;
            print(&settings(&mut seat).await?);
            Ok(())
        }
        Command::Zone { zone, by } => {
            change(&by, |set| {
                set.zone = Some(zone);
                Ok(())
            })
            .await
        }
        Command::Hours { weekday, hours, by } => {
            let hours = hours.iter().map(|one| read_hours(one)).collect::<Result<Vec<_>, _>>()?;
            let day = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().position(|one| *one == weekday);
            let day = day.ok_or("A weekday is mon, tue, wed, thu, fri, sat or sun.")?;
            change(&by, |set| {
                set.hours[day] = hours;
                Ok(())
            })
            .await
        }
        Command::Holiday { day, name, by } => {
            change(&by, |set| {
                set.holidays.retain(|one| one.day != day);
                set.holidays.extend(name.map(|name| Holiday { day, name }));
                set.holidays.sort_by(|a, b| a.day.cmp(&b.day));
                Ok(())
            })
            .await
        }
        Command::Away { provider, from, until, not, by } => {
            change(&by, |set| {
                let absence = Absence { provider: known(set, provider)?, from, until };
                set.absences.retain(|one| *one != absence);
                set.absences.extend((!not).then_some(absence));
                Ok(())
            })
            .await
        }
        Command::VisitType { name, minutes, by } => {
            change(&by, |set| {
                set.visit_types.retain(|one| one.name != name);
                set.visit_types.extend(minutes.map(|minutes| VisitType { name, minutes }));
                Ok(())
            })
            .await
        }
        Command::Room { name, not, by } => {
            change(&by, |set| {
                set.rooms.retain(|one| *one != name);
                set.rooms.extend((!not).then_some(name));
                Ok(())
            })
            .await
        }
        Command::Device { name, not, by } => {
            change(&by, |set| {
                set.devices.retain(|one| *one != name);
                set.devices.extend((!not).then_some(name));
                Ok(())
            })
            .await
        }
        Command::Provider { name, user, unit, not, by } => {
            change(&by, |set| {
                set.providers.retain(|one| one.name != name);
                set.providers.extend((!not).then_some(Provider { name, user, unit }));
                Ok(())
            })
            .await
        }
        Command::ReminderTime { told, by } => {
            change(&by, |set| {
                set.reminders_tell_time = told == "yes";
                Ok(())
            })
            .await
        }
    }
}

async fn seat(by: &By) -> Result<Workstation, String> {
    let mut workstation = open::workstation().await?;
    open::sign_in(&mut workstation, &by.by, None).await?;
    Ok(workstation)
}

async fn settings(seat: &mut Workstation) -> Result<SettingsView, String> {
    seat.perform(SetSchedule { version: 0, schedule: None }).await.map_err(|failure| open::sentence(&failure))
}

async fn change(by: &By, change: impl FnOnce(&mut SiteSchedule) -> Result<(), String>) -> Result<(), String> {
    let mut seat = seat(by).await?;
    let SettingsView { version, mut schedule } = settings(&mut seat).await?;
    change(&mut schedule)?;
    let set = SetSchedule { version, schedule: Some(schedule) };
    let done = seat.perform(set).await.map_err(|failure| match failure.fields.get("field") {
        Some(field) => format!("{} ({field})", open::sentence(&failure)),
        None => open::sentence(&failure),
    })?;
    print(&done);
    Ok(())
}

fn known(set: &SiteSchedule, provider: String) -> Result<String, String> {
    let there = set.provider(&provider).is_some();
    if there { Ok(provider) } else { Err(format!("Nobody of the name {provider} sees patients here.")) }
}

fn read_hours(text: &str) -> Result<Hours, String> {
    let minute = |time: &str| {
        let (hour, minute) = time.split_once(':')?;
        Some(hour.parse::<u16>().ok()? * 60 + minute.parse::<u16>().ok()?)
    };
    let read =
        text.split_once('-').and_then(|(from, until)| Some(Hours { from: minute(from)?, until: minute(until)? }));
    read.ok_or_else(|| format!("{text} isn't of the form 8:00-12:00."))
}

fn print(view: &SettingsView) {
    println!("{}", serde_json::to_string_pretty(&json!(view)).unwrap_or_default());
}

/// Sends the reminders that are due.
pub async fn remind(by: By) -> Result<(), String> {
    let mut seat = seat(&by).await?;
    let sum = seat.send_reminders(SendReminders {}).await.map_err(|failure| open::sentence(&failure))?;
    println!("{} sent, {} failed, {} without an address.", sum.sent, sum.failed, sum.without_address);
    Ok(())
}

/// Keeps the page of the waiting room's screen as it should be, until the session's longest time is over.
pub async fn board(arguments: Board) -> Result<(), String> {
    let mut seat = seat(&arguments.by).await?;
    loop {
        // Nobody types here; the board is at work all the same.
        seat.touch().await.map_err(|failure| open::sentence(&failure))?;
        let board = seat.perform(ShowPublicBoard {}).await.map_err(|failure| open::sentence(&failure))?;
        let draft = arguments.to.with_extension("part");
        let written = std::fs::write(&draft, page(&board)).and_then(|()| std::fs::rename(&draft, &arguments.to));
        written.map_err(|error| format!("The page can't be written: {error}."))?;
        if arguments.once {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
}

fn page(board: &PublicBoard) -> String {
    let plain = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut rows = String::new();
    for row in &board.rows {
        let told = match (&row.room, row.called) {
            (Some(room), true) => format!("please come: {}", plain(room)),
            (None, true) => "please come".to_owned(),
            (_, false) => "please wait".to_owned(),
        };
        _ = write!(
            rows,
            "<li{}><b>{}</b> {told}</li>",
            if row.called { " class=called" } else { "" },
            plain(&row.token)
        );
    }
    let head = "<!doctype html><meta charset=utf-8><meta http-equiv=refresh content=3><title>Waiting room</title>";
    let style = "<style>body{font:32px sans-serif;margin:2em}li{list-style:none;margin:.5em 0}b{font-size:2em}.called{background:#e2f3e7}</style>";
    format!("{head}{style}<h1>{}</h1><ul>{rows}</ul>", plain(&board.clinic))
}
