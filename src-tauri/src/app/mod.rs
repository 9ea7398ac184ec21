//! Use cases, one file each, named by its verb, and the one door to them: [`Workstation::perform`].
//!
//! Must never match on the text of an error. To add a use case: see [`perform`]; a command also needs a line in
//! [`commands`].

mod alarm;
mod attachments;
mod batches;
mod break_glass;
pub mod care;
mod change_password;
mod change_users;
mod chart_views;
pub mod check_store;
mod clinical;
mod code;
pub mod commands;
mod confirm_access;
pub mod demo_clinic;
mod desk;
mod disclose;
mod drafts;
mod erase_patient;
pub mod error;
mod follow_keys;
pub mod found_site;
pub mod home;
mod import_batch;
pub mod import_files;
pub mod import_plain;
pub mod import_records;
mod instants;
pub mod interactions;
pub mod inventory;
mod keys_at_hand;
pub mod migrate;
mod national_id;
mod observation_views;
mod of_a_patient;
mod open_chart;
mod open_items;
mod origins;
mod pace;
mod parallel;
mod patient_keys;
pub mod patients;
mod people;
pub mod perform;
pub mod place;
mod policy_file;
mod print;
pub mod restore_site;
mod rotation;
pub mod schedule;
mod sealing;
mod search;
mod session_vault;
mod show_status;
pub mod sign_in;
pub mod tend_store;
mod todays_schedule;
mod use_recovery;
pub mod views;
mod watch;
mod window;
mod workstation;
pub mod workstations;
mod xray;

pub use alarm::{Alarm, Asked};
pub use break_glass::{BreakGlass, GlassReason};
pub use care::{CareOverview, FindCohort, ReportAnswers};
pub use change_password::ChangePassword;
pub use change_users::{
    ChangeRole, CreateUser, ListUsers, OrderAccess, ResetPassword, SetActive, SetExtraRight, initials,
};
pub use check_store::CheckStore;
pub use clinical::*;
pub use confirm_access::{ConfirmAccess, ListRequests};
pub use desk::Desk;
pub use drafts::{DraftPlace, Drafts, DropDraft, KEPT_FOR, KeepDraft};
pub use erase_patient::{ApproveErasure, LiftHold, ListErasures, RequestErasure, SetHold, WithdrawErasure};
pub use error::{Code, Failure};
pub use home::Home;
pub use interactions::{Answered, CheckInteractions, Meant, WithholdOrder};
pub use keys_at_hand::KeysAtHand;
pub use national_id::{EnterNationalId, RevealNationalId};
pub use open_chart::OpenChart;
pub use perform::Action;
pub use policy_file::{FrontPolicy, PolicyFault, PolicyFile};
pub use print::{
    PreviewPrint, PrintDocument, PrintFile, PrintOrder, PrintPages, PrintPaper, PrintPurpose, SavePlaces, SavePrint,
};
pub use rotation::{
    AdvanceRotation, KeyStatusView, KeysStatus, ListDue, ListRotations, MoveRoot, OrderRotation, PauseRotation,
    RotationView,
};
pub use search::{
    FindByNationalId, LONGEST_PAGE, MatchPatients, NumberNeeded, OPENED, RecentPatients, SearchPatients, Searches,
};
pub use show_status::ShowStatus;
pub use tend_store::TendStore;
pub use todays_schedule::TodaysSchedule;
pub use use_recovery::{ConfirmByRecovery, NewRecovery, NoteKeepers, RenewRecovery, TestRecovery};
pub use window::{InWindow, Window};
pub use workstation::Workstation;
pub use workstations::{
    AnswerEnrolment, ApproveEnrolment, ListTickets, ListWorkstations, MakeTicket, RefuseEnrolment, RetireWorkstation,
    Retired, RevokeWorkstation, WithdrawTicket,
};
pub use xray::XrayRecord;
