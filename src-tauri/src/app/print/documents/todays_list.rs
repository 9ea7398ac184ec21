//! Today's appointments for the desk: names, numbers to tell people apart, and nothing clinical.

use super::parts::{column, table};
use crate::app::print::layout::Block;
use crate::app::print::words::{day, time_of, words};
use crate::app::views::AppointmentView;
use crate::record::schedule::Zone;

/// An appointment with what tells its patient from others.
pub struct Listed {
    pub appointment: AppointmentView,
    /// Birth date, possibly partial.
    pub born: Option<String>,
    /// Last four digits of the first phone.
    pub phone_last4: Option<String>,
    /// Deceased, test, another of that name on this list.
    pub marks: Vec<&'static str>,
}

/// The rows in order of time.
pub fn todays_list(on: &str, listed: &[Listed], zone: &Zone) -> Vec<Block> {
    let row = |one: &Listed| {
        let appointment = &one.appointment;
        let marks = one.marks.join(" · ");
        vec![
            time_of(&appointment.start, zone),
            format!("{}\n{marks}", appointment.name),
            one.born.as_deref().map(|born| day(born, zone)).unwrap_or_default(),
            one.phone_last4.as_ref().map(|last4| format!("…{last4}")).unwrap_or_default(),
            appointment.visit_type.clone(),
            appointment.provider.clone(),
            words(&appointment.status),
        ]
    };
    let columns = vec![
        column("Time", 1.0),
        column("Patient", 3.6),
        column("Born", 1.8),
        column("Phone", 1.0),
        column("Visit", 2.2),
        column("With", 2.2),
        column("Status", 1.3),
    ];
    let title = format!("Appointments of {}", day(on, zone));
    table(&title, columns, listed.iter().map(row).collect(), "Nobody is booked today.")
}
