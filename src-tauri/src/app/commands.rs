//! The one table of commands: name, arguments, answer, and whether the door of the gate or the front door answers.
//!
//! The dispatcher, the screen's bindings and the test that tries every command with every role all come from it. To add
//! a command: one line here, and its use case in a file of its own.

use super::attachments::{AttachFile, CopyAttachment, ShowAttachment};
use super::break_glass::BreakGlass;
use super::care::{AnswersPage, CareOverview, CareView, CohortPage, FindCohort, ReportAnswers};
use super::change_password::ChangePassword;
use super::change_users::{ChangeRole, CreateUser, ListUsers, OrderAccess, ResetPassword, SetActive, SetExtraRight};
use super::clinical::*;
use super::confirm_access::{ConfirmAccess, ListRequests};
use super::drafts::{Drafts, DropDraft, KeepDraft};
use super::error::{Code, Failure};
use super::interactions::{CheckInteractions, InteractionsView, WithholdOrder};
use super::national_id::{EnterNationalId, RevealNationalId};
use super::open_chart::OpenChart;
use super::patients::{
    CheckRegistration, ConfirmIdentity, CorrectIdentity, DecideAmendment, DecideCorrection, EditContact, EditInsurance,
    EndDirective, ExtendAmendment, FindDuplicates, FindLookAlikes, MergePatients, NoteAmendment, NoteDirective,
    PatientDetails, PatientHistory, RegisterPatient, RegisterUnknown, RemovePhoto, RestoreVersion, ScanWristband,
    SetStanding, ShowAmendments, ShowDirectives, ShowPhoto, TakePhoto, TellApart, UnmergePatients,
};
use super::perform::Action;
use super::print::{PreviewPrint, PrintPages, SavePrint};
use super::rotation::{OrderRotation, RotationView};
use super::schedule::{
    BookVisit, CancelVisit, CheckInPatient, CorrectVisit, FindFreeSlots, NoteAuthorization, NoteCoverage,
    RescheduleVisit, SendReminders, SetBalance, SetSchedule, ShowAccount, ShowMonth, ShowMyDay, ShowPublicBoard,
    ShowReminders, ShowSchedule, ShowWaitingList, StepVisit, WaitForVisit,
};
use super::search::{FindByNationalId, MatchPatients, RecentPatients, SearchPatients};
use super::show_status::ShowStatus;
use super::todays_schedule::TodaysSchedule;
use super::views::{
    AccountView, AmendmentsView, BookedView, ChangedVisit, FreeSlots, MonthView, MyDay, PublicBoard, RemindersView,
    ScheduleDays, SentReminders, SettingsView, WaitingList, WishView,
};
use super::views::{
    ApprovedView, ChangesView, ChartView, CheckedRegistration, CodesView, ConfirmedView, Done, DraftsView, GlassView,
    ItemHistoryView, ItemView, LookAlikes, NationalIdView, NewUserView, PrintView, Registered, RequestsView, SavedItem,
    SavedPrint, SavedProblem, SavedVitals, ScheduleView, SearchPage, SeatView, ShiftView, StatusView, TimelineView,
    UsersView, WorklistView, WorkstationsView, XrayView,
};
use super::views::{
    AttachedPageView, DetailsView, DirectivesView, DuplicatesPage, LookAlikesOf, PatientHistoryView, PhotoView,
    SavedDetails, ScannedView,
};
use super::window::InWindow;
use super::workstation::Workstation;
use super::workstations::{
    AnswerEnrolment, ApproveEnrolment, ListWorkstations, RefuseEnrolment, RetireWorkstation, RevokeWorkstation,
};
use super::xray::XrayRecord;
use crate::policy::Right;
use crate::secret::Password;
use crate::session::LockCause;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use ts_rs::{Config, TS, TypeVisitor};

/// No arguments.
#[derive(Deserialize, TS)]
pub struct Nothing {}

/// A sign-in.
#[derive(Deserialize, TS)]
pub struct SignIn {
    /// User name.
    pub username: String,
    /// Password.
    #[ts(type = "string")]
    pub password: Password,
}

/// The holder's password.
#[derive(Deserialize, TS)]
pub struct Unlock {
    /// Password.
    #[ts(type = "string")]
    pub password: Password,
}

/// One row of the table, for tests and the permission matrix.
pub struct CommandRow {
    /// The command's name.
    pub name: &'static str,
    /// Whether it goes through the gate, as an action or as one with something left to do at the seat; the others only ask or change who holds the seat.
    pub gated: bool,
    /// Whether it is a write that must come from the window of the patient it is for.
    pub bound: bool,
}

macro_rules! commands {
    ($($kind:ident $name:ident: $args:ty => $answer:ty;)+) => {
        /// Every command there is.
        pub const COMMANDS: &[CommandRow] =
            &[$(CommandRow { name: stringify!($name), gated: commands!(@gated $kind), bound: commands!(@bound $kind) }),+];

        impl Workstation {
            /// Answers a command of the screen.
            ///
            /// # Errors
            /// What the person is told; [`Code::Internal`] for a name or arguments that no screen sends.
            pub async fn dispatch(&mut self, name: &str, args: Value) -> Result<Value, Failure> {
                self.on_watch();
                match name {
                    $(stringify!($name) => {
                        let answer: $answer = commands!(@answer $kind self, $name, $args, args)?;
                        serde_json::to_value(answer).map_err(|_| Code::Internal.bare())
                    })+
                    _ => Err(Code::Internal.bare()),
                }
            }
        }

        /// The right that a command asks for, given its arguments; `None` for the front door.
        ///
        /// # Errors
        /// [`Code::Internal`] when no such command takes these arguments.
        pub fn right_of(name: &str, args: Value) -> Result<Option<Right>, Failure> {
            match name {
                $(stringify!($name) => { let args: $args = parse(args)?; Ok(commands!(@right $kind args)) })+
                _ => Err(Code::Internal.bare()),
            }
        }

        /// The bindings of the screen, in TypeScript.
        #[must_use]
        pub fn bindings() -> String {
            let mut found = Found::default();
            found.visit::<Failure>();
            found.visit::<InWindow>();
            $(found.visit::<$args>(); found.visit::<$answer>();)+
            let rows = [$(format!(
                "  {}: {{ args: {}; answer: {} }};\n",
                stringify!($name), commands!(@typed $kind <$args as TS>::name(&found.config)), <$answer as TS>::name(&found.config),
            )),+];
            found.print(&rows.concat())
        }
    };
    (@gated gate) => { true };
    (@gated bound) => { true };
    (@gated paced) => { true };
    (@gated own) => { true };
    (@gated bound_own) => { true };
    (@gated door) => { false };
    (@bound bound) => { true };
    (@bound bound_own) => { true };
    (@bound $other:ident) => { false };
    (@typed bound $name:expr) => { format!("InWindow & {}", $name) };
    (@typed bound_own $name:expr) => { commands!(@typed bound $name) };
    (@typed $other:ident $name:expr) => { $name };
    (@answer gate $self:ident, $name:ident, $type:ty, $args:ident) => { Box::pin($self.perform(parse::<$type>($args)?)).await };
    (@answer paced $self:ident, $name:ident, $type:ty, $args:ident) => { Box::pin($self.search(parse::<$type>($args)?)).await };
    (@answer bound $self:ident, $name:ident, $type:ty, $args:ident) => {{
        let from: InWindow = parse($args.clone())?;
        Box::pin($self.perform_in(from.window, parse::<$type>($args)?)).await
    }};
    (@answer bound_own $self:ident, $name:ident, $type:ty, $args:ident) => {{
        let from: InWindow = parse($args.clone())?;
        Box::pin($self.$name(from.window, parse::<$type>($args)?)).await
    }};
    (@answer own $self:ident, $name:ident, $type:ty, $args:ident) => { Box::pin($self.$name(parse::<$type>($args)?)).await };
    (@answer door $self:ident, $name:ident, $type:ty, $args:ident) => {
        front_door::$name($self, parse::<$type>($args)?).await
    };
    (@right bound $args:ident) => { Some(Action::right(&$args)) };
    (@right gate $args:ident) => { Some(Action::right(&$args)) };
    (@right bound_own $args:ident) => { Some(Action::right(&$args)) };
    (@right paced $args:ident) => { Some(Action::right(&$args)) };
    (@right own $args:ident) => { Some(Action::right(&$args)) };
    (@right door $args:ident) => {{
        let _ = $args;
        None
    }};
}

commands! {
    door seat: Nothing => SeatView;
    door sign_in: SignIn => SeatView;
    door unlock: Unlock => SeatView;
    door lock: Nothing => SeatView;
    door sign_out: Nothing => SeatView;
    door touch: Nothing => SeatView;
    door changes: Nothing => ChangesView;
    paced search_patients: SearchPatients => SearchPage;
    paced find_by_national_id: FindByNationalId => SearchPage;
    gate recent_patients: RecentPatients => SearchPage;
    paced match_patients: MatchPatients => LookAlikes;
    gate check_registration: CheckRegistration => CheckedRegistration;
    gate register_patient: RegisterPatient => Registered;
    gate register_unknown: RegisterUnknown => Registered;
    gate confirm_identity: ConfirmIdentity => Done;
    gate scan_wristband: ScanWristband => ScannedView;
    gate find_look_alikes: FindLookAlikes => LookAlikesOf;
    own patient_details: PatientDetails => DetailsView;
    bound edit_contact: EditContact => SavedDetails;
    bound edit_insurance: EditInsurance => SavedDetails;
    bound set_standing: SetStanding => SavedDetails;
    bound correct_identity: CorrectIdentity => SavedDetails;
    bound decide_correction: DecideCorrection => SavedDetails;
    gate patient_history: PatientHistory => PatientHistoryView;
    bound restore_version: RestoreVersion => SavedDetails;
    bound merge_patients: MergePatients => Done;
    bound unmerge_patients: UnmergePatients => Done;
    gate find_duplicates: FindDuplicates => DuplicatesPage;
    gate tell_apart: TellApart => Done;
    gate amendments: ShowAmendments => AmendmentsView;
    bound note_amendment: NoteAmendment => AmendmentsView;
    bound extend_amendment: ExtendAmendment => AmendmentsView;
    bound decide_amendment: DecideAmendment => AmendmentsView;
    gate directives: ShowDirectives => DirectivesView;
    bound note_directive: NoteDirective => DirectivesView;
    bound end_directive: EndDirective => DirectivesView;
    gate show_photo: ShowPhoto => PhotoView;
    bound_own take_photo: TakePhoto => PhotoView;
    bound remove_photo: RemovePhoto => PhotoView;
    gate todays_schedule: TodaysSchedule => ScheduleView;
    gate schedule: ShowSchedule => ScheduleDays;
    gate schedule_month: ShowMonth => MonthView;
    gate free_slots: FindFreeSlots => FreeSlots;
    gate book_visit: BookVisit => BookedView;
    gate reschedule_visit: RescheduleVisit => BookedView;
    gate cancel_visit: CancelVisit => ChangedVisit;
    gate correct_visit: CorrectVisit => ChangedVisit;
    gate step_visit: StepVisit => ChangedVisit;
    gate check_in: CheckInPatient => ChangedVisit;
    gate wait_for_visit: WaitForVisit => WishView;
    gate waiting_list: ShowWaitingList => WaitingList;
    gate public_board: ShowPublicBoard => PublicBoard;
    gate set_schedule: SetSchedule => SettingsView;
    gate my_day: ShowMyDay => MyDay;
    own show_account: ShowAccount => AccountView;
    bound note_coverage: NoteCoverage => AccountView;
    bound note_authorization: NoteAuthorization => AccountView;
    bound set_balance: SetBalance => AccountView;
    gate reminders: ShowReminders => RemindersView;
    own send_reminders: SendReminders => SentReminders;
    own open_chart: OpenChart => ChartView;
    own break_glass: BreakGlass => GlassView;
    gate suggest_codes: SuggestCodes => CodesView;
    bound add_problem: AddProblem => SavedProblem;
    bound edit_problem: EditProblem => SavedProblem;
    bound mark_in_error: MarkInError => SavedItem;
    bound move_item: MoveItem => SavedItem;
    bound set_label: SetLabel => SavedItem;
    gate item_history: ItemHistory => ItemHistoryView;
    gate check_interactions: CheckInteractions => InteractionsView;
    own keep_draft: KeepDraft => Done;
    own drafts: Drafts => DraftsView;
    own drop_draft: DropDraft => Done;
    gate withhold_order: WithholdOrder => Done;
    gate care_overview: CareOverview => CareView;
    gate find_cohort: FindCohort => CohortPage;
    gate report_interaction_answers: ReportAnswers => AnswersPage;
    bound add_allergy: AddAllergy => SavedItem;
    bound edit_allergy: EditAllergy => SavedItem;
    bound confirm_no_allergies: ConfirmNoAllergies => Done;
    bound add_immunization: AddImmunization => SavedItem;
    bound edit_immunization: EditImmunization => SavedItem;
    bound add_procedure: AddProcedure => SavedItem;
    bound edit_procedure: EditProcedure => SavedItem;
    bound add_report: AddReport => SavedItem;
    bound edit_report: EditReport => SavedItem;
    bound add_imaging: AddImaging => SavedItem;
    bound edit_imaging: EditImaging => SavedItem;
    bound add_referral: AddReferral => SavedItem;
    bound edit_referral: EditReferral => SavedItem;
    bound ready_letter: ReadyLetter => SavedItem;
    bound add_care_plan: AddCarePlan => SavedItem;
    bound edit_care_plan: EditCarePlan => SavedItem;
    bound add_encounter: AddEncounter => SavedItem;
    bound edit_encounter: EditEncounter => SavedItem;
    bound step_encounter: StepEncounter => SavedItem;
    bound record_administration: RecordAdministration => SavedItem;
    bound note_response: NoteResponse => SavedItem;
    bound record_vitals: RecordVitals => SavedVitals;
    bound record_result: RecordResult => SavedItem;
    bound sign_result: SignResult => SavedItem;
    bound order_medication: OrderMedication => SavedItem;
    bound record_verbal_order: RecordVerbalOrder => SavedItem;
    bound step_order: StepOrder => SavedItem;
    bound reconcile_medications: ReconcileMedications => Done;
    bound request_refill: RequestRefill => SavedItem;
    bound decide_refill: DecideRefill => SavedItem;
    bound complete_refill: CompleteRefill => SavedItem;
    bound write_note: WriteNote => SavedItem;
    bound edit_note: EditNote => SavedItem;
    bound sign_note: SignNote => SavedItem;
    bound cosign_note: CosignNote => SavedItem;
    bound add_addendum: AddAddendum => SavedItem;
    bound add_task: AddTask => SavedItem;
    bound change_task: ChangeTask => SavedItem;
    bound_own attach_file: AttachFile => SavedItem;
    gate show_attachment: ShowAttachment => AttachedPageView;
    own copy_attachment: CopyAttachment => SavedPrint;
    gate read_item: ReadItem => ItemView;
    gate read_timeline: ReadTimeline => TimelineView;
    gate read_worklist: ReadWorklist => WorklistView;
    gate read_shift: ReadShift => ShiftView;
    bound enter_national_id: EnterNationalId => Done;
    gate reveal_national_id: RevealNationalId => NationalIdView;
    gate status: ShowStatus => StatusView;
    gate xray: XrayRecord => XrayView;
    gate preview_print: PreviewPrint => PrintView;
    gate print: PrintPages => PrintView;
    own save_print: SavePrint => SavedPrint;
    own change_password: ChangePassword => SeatView;
    gate list_requests: ListRequests => RequestsView;
    gate confirm_access: ConfirmAccess => ConfirmedView;
    gate list_users: ListUsers => UsersView;
    gate create_user: CreateUser => NewUserView;
    gate change_role: ChangeRole => Done;
    gate set_active: SetActive => Done;
    gate set_extra_right: SetExtraRight => Done;
    gate order_access: OrderAccess => Done;
    gate reset_password: ResetPassword => NewUserView;
    gate list_workstations: ListWorkstations => WorkstationsView;
    gate answer_enrolment: AnswerEnrolment => Done;
    gate approve_enrolment: ApproveEnrolment => ApprovedView;
    gate refuse_enrolment: RefuseEnrolment => Done;
    gate revoke_workstation: RevokeWorkstation => Done;
    own retire_workstation: RetireWorkstation => SeatView;
    gate order_rotation: OrderRotation => RotationView;
}

/// Who holds the seat: asks and changes that need no right.
mod front_door {
    use super::{ChangesView, Failure, LockCause, Nothing, SeatView, SignIn, Unlock, Workstation};

    pub(super) async fn seat(workstation: &mut Workstation, _: Nothing) -> Result<SeatView, Failure> {
        workstation.tick().await?;
        workstation.look_for_access().await?;
        if let Err(failure) = workstation.rotate_when_quiet().await {
            tracing::error!(%failure, "a rotation doesn't go on");
        }
        Ok(workstation.seat_view())
    }

    pub(super) async fn sign_in(workstation: &mut Workstation, args: SignIn) -> Result<SeatView, Failure> {
        workstation.sign_in(&args.username, &args.password).await
    }

    pub(super) async fn unlock(workstation: &mut Workstation, args: Unlock) -> Result<SeatView, Failure> {
        workstation.unlock(&args.password).await
    }

    pub(super) async fn lock(workstation: &mut Workstation, _: Nothing) -> Result<SeatView, Failure> {
        workstation.lock(LockCause::Manual).await
    }

    pub(super) async fn sign_out(workstation: &mut Workstation, _: Nothing) -> Result<SeatView, Failure> {
        workstation.sign_out().await
    }

    /// Ids only, and of nothing but what this session has opened itself.
    pub(super) async fn changes(workstation: &mut Workstation, _: Nothing) -> Result<ChangesView, Failure> {
        let (chart, schedule) = (workstation.look_for_changes().await?, workstation.schedule_changed());
        Ok(ChangesView { chart, schedule })
    }

    pub(super) async fn touch(workstation: &mut Workstation, _: Nothing) -> Result<SeatView, Failure> {
        workstation.touch().await
    }
}

/// The reason stays inside: serde's message may quote what was typed.
fn parse<T: DeserializeOwned>(args: Value) -> Result<T, Failure> {
    serde_json::from_value(args).map_err(|_| Code::Internal.with("field", "args"))
}

/// The types a binding names, each once, by name.
struct Found {
    config: Config,
    declared: BTreeMap<String, String>,
}

impl Default for Found {
    fn default() -> Self {
        Self { config: Config::new().with_large_int("number"), declared: BTreeMap::new() }
    }
}

impl Found {
    fn print(&self, rows: &str) -> String {
        let head = "// Generated from src-tauri/src/app by `./task bindings`. Don't edit by hand.\n\n";
        let types: String = self.declared.values().map(|one| format!("export {one}\n\n")).collect();
        format!("{head}{types}export interface Commands {{\n{rows}}}\n")
    }
}

impl TypeVisitor for Found {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only own types are declared; the others are TypeScript's.
        if T::output_path().is_some() {
            let name = T::ident(&self.config);
            if self.declared.contains_key(&name) {
                return;
            }
            self.declared.insert(name, T::decl(&self.config));
        }
        T::visit_dependencies(self);
    }
}
