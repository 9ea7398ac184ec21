//! The table. One row a right, one column a role; what isn't here is forbidden.

use super::right::Right::{self, Edit, View};
use super::role::Role;
use crate::record::Section as S;

/// Raised by hand whenever a row changes; a test holds it against the table's fingerprint.
pub const VERSION: &str = "13";

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// No.
    Never,
    /// Yes, for every patient (or where no patient is involved).
    Always,
    /// Yes, for patients this user has a treatment relationship with.
    OnCareTeam,
    /// As [`Grant::OnCareTeam`], for whom an administrator gave the extra right for sensitive items, by name.
    WithExtraRight,
}

/// One row: a right and what each role gets of it.
#[derive(Debug)]
pub struct Row {
    /// Name in decisions and audit rows.
    pub name: &'static str,
    /// The right.
    pub right: Right,
    /// The right in words, for `docs/PERMISSIONS.md`.
    pub words: &'static str,
    cells: [Grant; 6],
}

impl Row {
    /// The cell of a role.
    #[must_use]
    pub fn grant(&self, role: Role) -> Grant {
        self.cells.get(role.column()).copied().unwrap_or(Grant::Never)
    }
}

const fn row(name: &'static str, right: Right, cells: [Grant; 6], words: &'static str) -> Row {
    Row { name, right, words, cells }
}

const O: Grant = Grant::Never;
const A: Grant = Grant::Always;
const T: Grant = Grant::OnCareTeam;
const E: Grant = Grant::WithExtraRight;

/// O never · A always · T on the care team · E so with the extra right. Columns: Doctor, Nurse, Front desk, Administrator, aUditor, Import.
///
/// Clinicians check in on the care team only: being checked in is itself a relationship, nobody makes it for
/// himself. Import may write everything and read nothing: what it holds keys for stands in [`super::compartments_of`].
#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    //                                                                   D  N  F  A  U  I
    row("find",                 Right::FindPatients,                    [A, A, A, O, O, O], "Find patients: name, birth date, sex, MRN, last four of the phone"),
    row("register",             Right::RegisterPatients,                [A, A, A, O, O, O], "Register a new patient"),
    row("merge",                Right::MergePatients,                   [O, O, A, O, O, O], "Merge two records of one person, and take that back"),
    row("identity.view",        View(S::Identity),                      [A, A, A, O, O, O], "View identity"),
    row("identity.edit",        Edit(S::Identity),                      [T, T, A, O, O, A], "Edit identity"),
    row("contact.view",         View(S::Contact),                       [T, T, A, O, O, O], "View phones, e-mail, addresses, emergency contact"),
    row("contact.edit",         Edit(S::Contact),                       [T, T, A, O, O, A], "Edit phones, e-mail, addresses, emergency contact"),
    row("photo.view",           View(S::Photo),                         [T, T, A, O, O, O], "View a patient's photo"),
    row("photo.edit",           Edit(S::Photo),                         [T, T, A, O, O, A], "Take a patient's photo, take it away again"),
    row("front_docs.view",      View(S::FrontDocuments),                [T, T, A, O, O, O], "View attached insurance cards, identity documents and forms"),
    row("front_docs.edit",      Edit(S::FrontDocuments),                [T, T, A, O, O, A], "Attach insurance cards, identity documents and forms"),
    row("front_pages.view",     View(S::FrontDocumentPages),            [T, T, A, O, O, O], "View the pages of these"),
    row("front_pages.edit",     Edit(S::FrontDocumentPages),            [T, T, A, O, O, A], "Write the pages of these, once, as they are attached"),
    row("insurance.view",       View(S::Insurance),                     [T, O, A, O, O, O], "View insurance"),
    row("insurance.edit",       Edit(S::Insurance),                     [T, O, A, O, O, A], "Edit insurance"),
    row("national_id.view",     View(S::NationalId),                    [T, O, O, O, O, O], "Open the section with the social security number"),
    row("national_id.edit",     Edit(S::NationalId),                    [T, O, O, O, O, A], "Change a social security number that is on file"),
    row("national_id.enter",    Right::EnterNationalId,                 [T, O, A, O, O, O], "Enter a social security number"),
    row("national_id.on_file",  Right::SeeNationalIdOnFile,             [T, O, A, O, O, O], "See that a social security number is on file"),
    row("national_id.last4",    Right::LastFourOfNationalId,            [T, O, O, O, O, O], "See its last four digits"),
    row("national_id.reveal",   Right::RevealNationalId,                [T, O, O, O, O, O], "Reveal it, with a reason"),
    row("national_id.find",     Right::FindByNationalId,                [A, O, O, O, O, O], "Find a patient by the social security number, for a purpose that is asked (the need: payers and agencies ask by nothing else; with no role here none is indexed)"),
    row("summary.view",         View(S::Summary),                       [T, T, O, O, O, O], "View the clinical summary"),
    row("summary.edit",         Edit(S::Summary),                       [T, T, O, O, O, A], "Edit the clinical summary"),
    row("problems.view",        View(S::Problems),                      [T, T, O, O, O, O], "View problems (diagnoses)"),
    row("problems.edit",        Edit(S::Problems),                      [T, O, O, O, O, A], "Add and edit problems (diagnoses)"),
    row("medications.view",     View(S::Medications),                   [T, T, O, O, O, O], "View medications"),
    row("medications.edit",     Edit(S::Medications),                   [T, O, O, O, O, A], "Order medications"),
    row("medications.give",     Right::RecordAdministration,            [O, T, O, O, O, O], "Record that a medication was given"),
    row("administrations.view", View(S::Administrations),               [T, T, O, O, O, O], "View what was given"),
    row("administrations.edit", Edit(S::Administrations),               [O, T, O, O, O, A], "Mark what was recorded as given as an error, or as another patient's"),
    row("medications.verbal",   Right::RecordVerbalOrders,              [O, T, O, O, O, O], "Write down an order given by word of mouth, after reading it back; a doctor signs it"),
    row("refills.request",      Right::RequestRefills,                  [T, T, O, O, O, O], "Ask for a refill, and say that the pharmacy has it; a doctor decides"),
    row("interactions",         Right::CheckInteractions,               [T, T, O, O, O, O], "Check drug interactions"),
    row("allergies.view",       View(S::Allergies),                     [T, T, O, O, O, O], "View allergies"),
    row("allergies.edit",       Edit(S::Allergies),                     [T, T, O, O, O, A], "Record allergies"),
    row("observations.view",    View(S::Observations),                  [T, T, O, O, O, O], "View vital signs and results"),
    row("observations.edit",    Edit(S::Observations),                  [T, T, O, O, O, A], "Record vital signs and results"),
    row("results.sign",         Right::SignResults,                     [T, O, O, O, O, O], "Sign off results"),
    row("tasks.view",           View(S::Tasks),                         [T, T, O, O, O, O], "View open tasks"),
    row("tasks.edit",           Edit(S::Tasks),                         [T, T, O, O, O, A], "Make tasks, hand them on, end them"),
    row("worklist",             Right::ViewWorklist,                    [A, A, O, O, O, O], "See what is to be done, for the patients one treats"),
    row("notes.view",           View(S::Notes),                         [T, T, O, O, O, O], "View notes"),
    row("notes.edit",           Edit(S::Notes),                         [T, T, O, O, O, A], "Write one's own notes"),
    row("encounters.view",      View(S::Encounters),                    [T, T, O, O, O, O], "View visits"),
    row("encounters.edit",      Edit(S::Encounters),                    [T, T, O, O, O, A], "Record visits"),
    row("immunizations.view",   View(S::Immunizations),                 [T, T, O, O, O, O], "View vaccinations"),
    row("immunizations.edit",   Edit(S::Immunizations),                 [T, T, O, O, O, A], "Record vaccinations"),
    row("procedures.view",      View(S::Procedures),                    [T, T, O, O, O, O], "View procedures"),
    row("procedures.edit",      Edit(S::Procedures),                    [T, O, O, O, O, A], "Record procedures"),
    row("reports.view",         View(S::Reports),                       [T, T, O, O, O, O], "View diagnostic reports and imaging"),
    row("reports.edit",         Edit(S::Reports),                       [T, O, O, O, O, A], "Write diagnostic reports; order and report imaging"),
    row("referrals.view",       View(S::Referrals),                     [T, T, O, O, O, O], "View referrals"),
    row("referrals.edit",       Edit(S::Referrals),                     [T, O, O, O, O, A], "Refer a patient to somebody else"),
    row("documents.view",       View(S::Documents),                     [T, T, O, O, O, O], "View attached letters and reports"),
    row("documents.edit",       Edit(S::Documents),                     [T, T, O, O, O, A], "Attach letters and reports"),
    row("document_pages.view",  View(S::DocumentPages),                 [T, T, O, O, O, O], "View the pages of these"),
    row("document_pages.edit",  Edit(S::DocumentPages),                 [T, T, O, O, O, A], "Write the pages of these, once, as they are attached"),
    row("care_plans.view",      View(S::CarePlans),                     [T, T, O, O, O, O], "View care plans"),
    row("care_plans.edit",      Edit(S::CarePlans),                     [T, T, O, O, O, A], "Edit care plans"),
    row("kept.view",            View(S::Kept),                          [T, T, O, O, O, O], "View imported resources that have no screen yet"),
    row("kept.edit",            Edit(S::Kept),                          [O, O, O, O, O, A], "Keep imported resources that have no screen yet"),
    row("restricted.view",      View(S::Restricted),                    [E, E, O, O, O, O], "View items labelled sensitive"),
    row("restricted.edit",      Edit(S::Restricted),                    [E, E, O, O, O, A], "Write items labelled sensitive, set and lift labels (the import seals them so that it can't read them back)"),
    row("hidden.view",          View(S::HiddenIngredients),             [T, T, O, O, O, O], "Have the interaction check count what restricted items hold; it is shown to nobody"),
    row("hidden.edit",          Edit(S::HiddenIngredients),             [O, O, O, O, O, A], "Write what restricted items lend to the interaction check"),
    row("break_glass",          Right::BreakGlass,                      [A, A, O, O, O, O], "Break glass: emergency access, with a reason, reviewed afterwards"),
    row("restriction_override", Right::OverrideRestriction,             [T, T, O, O, O, O], "Disclose what the patient has restricted to another clinician, for emergency treatment, with a reason"),
    row("cohorts",              Right::FindCohorts,                     [A, O, O, O, O, O], "Look through one's own patients (the care team's, checked one by one) for those to whom something applies"),
    row("schedule.view",        Right::ViewSchedule,                    [A, A, A, O, O, O], "View the day's schedule"),
    row("appointments.view",    View(S::Appointments),                  [T, T, A, O, O, O], "View a patient's appointments"),
    row("appointments.edit",    Edit(S::Appointments),                  [T, O, A, O, O, A], "Edit a patient's appointments"),
    row("appointments.book",    Right::BookAppointments,                [T, O, A, O, O, O], "Book appointments"),
    row("appointments.checkin", Right::CheckIn,                         [T, T, A, O, O, O], "Check a patient in"),
    row("schedule.set",         Right::SetSchedule,                     [O, O, O, A, O, O], "Set opening hours, holidays, visit types, rooms, providers and their absences"),
    row("schedule.remind",      Right::SendReminders,                   [O, O, A, O, O, O], "Send reminders of visits, which name nobody"),
    row("directory.view",       View(S::Directory),                     [A, A, A, O, O, O], "View practitioners and organizations"),
    row("directory.edit",       Edit(S::Directory),                     [O, O, O, O, O, A], "Edit practitioners and organizations"),
    row("knowledge.search",     Right::SearchKnowledge,                 [A, A, O, O, O, O], "Search the knowledge base"),
    row("knowledge.curate",     Right::CurateKnowledge,                 [O, O, O, A, O, O], "Edit the knowledge base"),
    row("audit.all",            Right::ReadAudit,                       [O, O, O, O, A, O], "Read all of the audit"),
    row("audit.panel",          Right::ReadPanelAudit,                  [T, O, O, O, O, O], "Read the audit of the patients one treats"),
    row("audit.own",            Right::ReadOwnAudit,                    [A, A, A, A, A, O], "Read the audit of one's own acts"),
    row("users",                Right::AdministerUsers,                 [O, O, O, A, O, O], "Administer users, roles, sessions, workstations; order grants"),
    row("grants.confirm",       Right::ConfirmGrants,                   [A, A, A, O, A, O], "Confirm a grant of a compartment one holds"),
    row("password.own",         Right::ChangeOwnPassword,               [A, A, A, A, A, A], "Choose another password for oneself"),
    row("drafts.own",           Right::KeepDrafts,                      [A, A, A, A, A, O], "Keep what one types and hasn't saved, for oneself alone"),
    row("recovery",             Right::UseRecovery,                     [O, O, O, A, O, O], "Try, renew and use recovery shares, together with those who keep them"),
    row("erase",                Right::EraseRecords,                    [A, O, O, A, A, O], "Ask for the erasure of a record, or approve it: two people"),
    row("hold",                 Right::HoldRecords,                     [A, O, O, A, A, O], "Set a legal hold; lift it: two people"),
    row("archive",              Right::ArchiveRecords,                  [O, O, A, O, O, O], "Archive records that nobody has written into for the time their tag says"),
    row("import",               Right::ImportRecords,                   [O, O, O, O, O, A], "Import records"),
    row("store.tend",           Right::TendStore,                       [A, O, O, O, O, A], "Compact the counters behind the encrypted fields (takes the keys of all of them)"),
    row("store.check",          Right::CheckStore,                      [A, O, O, A, A, O], "Check the whole store for damage (ids and findings, no values)"),
    row("keys.order",           Right::OrderRotation,                   [O, O, O, A, O, O], "Order that keys be replaced; replace the site key"),
    row("keys.rotate",          Right::RotateKeys,                      [A, A, A, A, A, A], "Carry out an ordered rotation, of compartments one holds"),
    row("status",               Right::ViewStatus,                      [A, A, A, A, A, O], "View the status panel"),
    row("xray",                 Right::XrayRecord,                      [T, O, O, A, O, O], "See the stored bytes of one record; what they mean only with the right to view the section"),
];

/// The row of a right, if the table has one.
#[must_use]
pub fn row_of(right: Right) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.right == right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_right_has_exactly_one_row_and_every_row_its_own_name() {
        for right in Right::all() {
            assert_eq!(TABLE.iter().filter(|row| row.right == right).count(), 1, "{right}");
        }
        assert_eq!(TABLE.len(), Right::all().count());
        let names: BTreeSet<_> = TABLE.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), TABLE.len());
    }

    #[test]
    fn the_administrator_has_no_right_over_patient_data() {
        let held: Vec<_> = TABLE.iter().filter(|row| row.grant(Role::Administrator) != O).map(|row| row.name).collect();
        let his = "schedule.set knowledge.curate audit.own users password.own drafts.own recovery erase hold store.check keys.order keys.rotate status xray";
        assert_eq!(held, his.split(' ').collect::<Vec<_>>());
    }

    #[test]
    fn the_import_service_writes_every_section_and_views_none() {
        for section in S::ALL {
            assert_eq!(row_of(Edit(section)).unwrap().grant(Role::Import), A, "{}", section.code());
            assert_eq!(row_of(View(section)).unwrap().grant(Role::Import), O, "{}", section.code());
        }
        assert_eq!(row_of(Right::FindPatients).unwrap().grant(Role::Import), O);
    }
}
