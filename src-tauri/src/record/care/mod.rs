//! Care gaps, alerts, score and tier of a patient, each with what it rests on; and who belongs to a cohort. Pure.
//!
//! Days count as calendar days: "older than 180 days" is true from the 181st on, "in 30 days" up to and including the
//! 30th.

mod cohort;
mod facts;
mod rules;

pub use cohort::{CohortQuery, LabOverdue, Member};
pub use facts::{CareFacts, Dated, Pressure, TaskFact};
pub use rules::{Assessment, CareRule, Evidence, Level, Met, Tier, assess};
