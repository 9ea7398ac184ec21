//! Care gaps and risk of one patient, cohorts of one's own patients, and what was answered to interactions.

mod answers;
mod cohort;
mod overview;
mod own;
mod view;

pub use answers::ReportAnswers;
pub use cohort::FindCohort;
pub use overview::CareOverview;
pub use view::{AnswersPage, CareView, CohortPage, MemberView, RuleAnswers, SliceView};
