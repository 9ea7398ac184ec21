//! Rows of a search, look-alikes and the day's schedule.

use crate::record::Fit;
use serde::Serialize;
use ts_rs::TS;
use uuid::Uuid;

/// One page of search results.
#[derive(Serialize, TS)]
pub struct SearchPage {
    /// The rows, ranked.
    pub rows: Vec<SearchRow>,
    /// How many patients match in all.
    pub total: u64,
    /// Position of the first row.
    pub offset: u64,
    /// More may match than `total` says: what was typed is too little to tell.
    pub more: bool,
}

/// Patients who may be the person that was asked for, the likeliest first.
#[derive(Serialize, TS)]
pub struct LookAlikes {
    /// The rows.
    pub rows: Vec<LikelyPatient>,
    /// How many records were opened to find them.
    pub opened: u64,
}

/// One of them.
#[derive(Serialize, TS)]
pub struct LikelyPatient {
    /// Who.
    pub row: SearchRow,
    /// How alike, from 0 to 1000.
    pub likeness: u32,
    /// The rule holds them for one person, or somebody in a hurry would take one for the other.
    pub stops: bool,
    /// What is known of both and differs.
    pub differs: Vec<super::Difference>,
}

/// A patient in a list: directory fields only, no clinical one (AZ-14).
#[derive(Serialize, TS)]
#[ts(optional_fields)]
pub struct SearchRow {
    /// Patient id.
    pub patient: Uuid,
    /// Surname as written.
    pub surname: String,
    /// Given names as written.
    pub given: String,
    /// Birth date, possibly partial; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<String>,
    /// Age in whole years, when the birth date allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<u32>,
    /// `female`, `male`, `other`, `unknown`.
    pub sex: String,
    /// Medical record number.
    pub mrn: String,
    /// Last four digits of the first phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_last4: Option<String>,
    /// Deceased.
    pub deceased: bool,
    /// Made up, for tests or training.
    pub test: bool,
    /// The record isn't used any more.
    pub inactive: bool,
    /// Another record goes on in this one's place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<Uuid>,
    /// Another row on this page has the same or a very similar name.
    pub similar_name: bool,
    /// How it fits what was searched for.
    pub fit: Fit,
    /// The stored record failed its integrity check: nothing of it is shown.
    pub damaged: bool,
}

/// An appointment.
#[derive(Serialize, TS)]
pub struct AppointmentView {
    /// Item id.
    pub item: Uuid,
    /// Patient id.
    pub patient: Uuid,
    /// Patient's name as in lists, `SURNAME, Given`.
    pub name: String,
    /// Start, ISO instant with offset.
    pub start: String,
    /// Length in minutes.
    pub minutes: u32,
    /// Provider's name.
    pub provider: String,
    /// Visit type in words.
    pub visit_type: String,
    /// `booked`, `arrived`, `fulfilled`, `cancelled`, `noshow`.
    pub status: String,
}

/// Today's appointments.
#[derive(Serialize, TS)]
pub struct ScheduleView {
    /// The day, ISO date.
    pub day: String,
    /// In order of time.
    pub appointments: Vec<AppointmentView>,
}
