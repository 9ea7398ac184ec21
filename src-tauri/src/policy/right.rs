//! The rights: what an action asks for before it runs.

use crate::record::Section;
use std::fmt;

/// One thing somebody may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// See directory rows: name, birth date, sex, MRN, last four digits of the phone.
    FindPatients,
    /// Open a new record.
    RegisterPatients,
    /// Let one record go on in another's place, and take that back.
    MergePatients,
    /// Read a section of a patient.
    View(Section),
    /// Write a section of a patient.
    Edit(Section),
    /// Enter a social security number, without seeing the one on file.
    EnterNationalId,
    /// See that a social security number is on file.
    SeeNationalIdOnFile,
    /// See its last four digits.
    LastFourOfNationalId,
    /// See all of it, with a reason.
    RevealNationalId,
    /// Find a patient by the social security number. While no role has it, none is indexed.
    FindByNationalId,
    /// Record that a medication was given.
    RecordAdministration,
    /// Write down an order given by word of mouth, after reading it back.
    RecordVerbalOrders,
    /// Ask for a refill, and say that the pharmacy has it.
    RequestRefills,
    /// Sign off results.
    SignResults,
    /// See what is to be done for the patients one treats.
    ViewWorklist,
    /// Run the interaction check for a patient.
    CheckInteractions,
    /// Look through one's own patients for those to whom something applies.
    FindCohorts,
    /// See the day's schedule.
    ViewSchedule,
    /// Book, move and cancel appointments.
    BookAppointments,
    /// Check a patient in.
    CheckIn,
    /// Set opening hours, holidays, visit types, rooms, providers and their absences.
    SetSchedule,
    /// Send reminders of visits.
    SendReminders,
    /// Search the knowledge base.
    SearchKnowledge,
    /// Edit the knowledge base.
    CurateKnowledge,
    /// Open a chart in an emergency, without being on the care team.
    BreakGlass,
    /// Disclose what is restricted to another clinician, for emergency treatment.
    OverrideRestriction,
    /// Read every audit row.
    ReadAudit,
    /// Read the audit rows about the patients one treats.
    ReadPanelAudit,
    /// Read the audit rows about one's own acts.
    ReadOwnAudit,
    /// Create users, change roles, order grants, manage workstations.
    AdministerUsers,
    /// Confirm an ordered grant of a compartment one holds, after comparing the code.
    ConfirmGrants,
    /// Choose another password for oneself.
    ChangeOwnPassword,
    /// Keep what one types and hasn't saved, on this workstation, for oneself alone.
    KeepDrafts,
    /// Make, try and use recovery shares.
    UseRecovery,
    /// Ask for the erasure of a record, or approve what another has asked for.
    EraseRecords,
    /// Set a legal hold, or lift one together with another.
    HoldRecords,
    /// Archive records whose time is over.
    ArchiveRecords,
    /// Import records as a service.
    ImportRecords,
    /// Compact the counters behind the encrypted fields.
    TendStore,
    /// Check the whole store for damage; shows ids and what is wrong, no value.
    CheckStore,
    /// Order that keys be replaced, stop and resume it; and replace the site key, which opens no record.
    OrderRotation,
    /// Carry out an ordered rotation of compartments one holds.
    RotateKeys,
    /// See the status panel.
    ViewStatus,
    /// See the stored bytes of one record.
    XrayRecord,
}

impl Right {
    /// The rights that don't name a section.
    pub const SPECIAL: [Right; 42] = [
        Right::FindPatients,
        Right::RegisterPatients,
        Right::MergePatients,
        Right::EnterNationalId,
        Right::SeeNationalIdOnFile,
        Right::LastFourOfNationalId,
        Right::RevealNationalId,
        Right::FindByNationalId,
        Right::RecordAdministration,
        Right::RecordVerbalOrders,
        Right::RequestRefills,
        Right::SignResults,
        Right::ViewWorklist,
        Right::CheckInteractions,
        Right::FindCohorts,
        Right::ViewSchedule,
        Right::BookAppointments,
        Right::CheckIn,
        Right::SetSchedule,
        Right::SendReminders,
        Right::SearchKnowledge,
        Right::CurateKnowledge,
        Right::BreakGlass,
        Right::OverrideRestriction,
        Right::ReadAudit,
        Right::ReadPanelAudit,
        Right::ReadOwnAudit,
        Right::AdministerUsers,
        Right::ConfirmGrants,
        Right::ChangeOwnPassword,
        Right::KeepDrafts,
        Right::UseRecovery,
        Right::EraseRecords,
        Right::HoldRecords,
        Right::ArchiveRecords,
        Right::ImportRecords,
        Right::TendStore,
        Right::CheckStore,
        Right::OrderRotation,
        Right::RotateKeys,
        Right::ViewStatus,
        Right::XrayRecord,
    ];

    /// Every right there is.
    pub fn all() -> impl Iterator<Item = Right> {
        let sections = Section::ALL.into_iter().flat_map(|s| [Right::View(s), Right::Edit(s)]);
        Right::SPECIAL.into_iter().chain(sections)
    }

    fn word(self) -> &'static str {
        match self {
            Right::FindPatients => "find_patients",
            Right::RegisterPatients => "register_patients",
            Right::MergePatients => "merge_patients",
            Right::View(_) => "view",
            Right::Edit(_) => "edit",
            Right::EnterNationalId => "enter_national_id",
            Right::SeeNationalIdOnFile => "see_national_id_on_file",
            Right::LastFourOfNationalId => "last_four_of_national_id",
            Right::RevealNationalId => "reveal_national_id",
            Right::FindByNationalId => "find_by_national_id",
            Right::RecordAdministration => "record_administration",
            Right::RecordVerbalOrders => "record_verbal_orders",
            Right::RequestRefills => "request_refills",
            Right::SignResults => "sign_results",
            Right::ViewWorklist => "view_worklist",
            Right::CheckInteractions => "check_interactions",
            Right::FindCohorts => "find_cohorts",
            Right::ViewSchedule => "view_schedule",
            Right::BookAppointments => "book_appointments",
            Right::CheckIn => "check_in",
            Right::SetSchedule => "set_schedule",
            Right::SendReminders => "send_reminders",
            Right::SearchKnowledge => "search_knowledge",
            Right::CurateKnowledge => "curate_knowledge",
            Right::BreakGlass => "break_glass",
            Right::OverrideRestriction => "override_restriction",
            Right::ReadAudit => "read_audit",
            Right::ReadPanelAudit => "read_panel_audit",
            Right::ReadOwnAudit => "read_own_audit",
            Right::AdministerUsers => "administer_users",
            Right::ConfirmGrants => "confirm_grants",
            Right::ChangeOwnPassword => "change_own_password",
            Right::KeepDrafts => "keep_drafts",
            Right::UseRecovery => "use_recovery",
            Right::EraseRecords => "erase_records",
            Right::HoldRecords => "hold_records",
            Right::ArchiveRecords => "archive_records",
            Right::ImportRecords => "import_records",
            Right::TendStore => "tend_store",
            Right::CheckStore => "check_store",
            Right::OrderRotation => "order_rotation",
            Right::RotateKeys => "rotate_keys",
            Right::ViewStatus => "view_status",
            Right::XrayRecord => "xray_record",
        }
    }
}

/// The code in audit rows and in the table's fingerprint: `find_patients`, `view:problems`.
impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Right::View(section) | Right::Edit(section) => write!(f, "{}:{}", self.word(), section.code()),
            special => f.write_str(special.word()),
        }
    }
}
