// Generated from src-tauri/src/app by `./task bindings`. Don't edit by hand.

export type Absence = { 
/**
 * Name as in [`Provider`].
 */
provider: string, 
/**
 * First day, `YYYY-MM-DD`.
 */
from: string, 
/**
 * Last day.
 */
until: string, };

export type AccountView = { 
/**
 * What writes from this window name; nil where it wasn't opened to write.
 */
handle: string, 
/**
 * Today at the clinic, `YYYY-MM-DD`.
 */
today: string, 
/**
 * Carriers on file, primary first.
 */
carriers: Array<string>, 
/**
 * What they answered, the newest first.
 */
checks: Array<CoverageCheck>, 
/**
 * What they were asked to authorize, the newest first.
 */
authorizations: Array<Authorization>, 
/**
 * What is owed, if anybody has noted it.
 */
balance?: Balance, 
/**
 * What to ask the carriers about.
 */
warnings: Array<CoverageWarning>, };

export type AddAddendum = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * Text.
 */
text: string, };

export type AddAllergy = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The visit it belongs to.
 */
visit?: string, 
/**
 * Content.
 */
entry: Allergy, };

export type AddCarePlan = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The visit it belongs to.
 */
visit?: string, 
/**
 * Content.
 */
entry: CarePlan, };

export type AddEncounter = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The visit it belongs to.
 */
visit?: string, 
/**
 * Content.
 */
entry: Encounter, };

export type AddImaging = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The visit it belongs to.
 */
visit?: string, 
/**
 * Content.
 */
entry: Imaging, };

export type AddImmunization = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The visit it belongs to.
 */
visit?: string, 
/**
 * Content.
 */
entry: Immunization, };

export type AddProblem = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Content.
 */
problem: Problem, };

export type AddProcedure = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The visit it belongs to.
 */
visit?: string, 
/**
 * Content.
 */
entry: Procedure, };

export type AddReferral = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The visit it belongs to.
 */
visit?: string, 
/**
 * Content.
 */
entry: Referral, };

export type AddReport = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The visit it belongs to.
 */
visit?: string, 
/**
 * Content.
 */
entry: Report, };

export type AddTask = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * In words.
 */
text: string, 
/**
 * `routine`, `urgent`, `asap`, `stat`.
 */
priority: string, 
/**
 * To be done until, ISO day.
 */
due?: string, 
/**
 * User name of whoever is to do it; nobody in particular when absent.
 */
owner?: string, 
/**
 * The item it is about.
 */
focus?: string, };

export type Addendum = { 
/**
 * Text.
 */
text: string, 
/**
 * By whom, when.
 */
signed: Signature, };

export type Administration = { 
/**
 * The order.
 */
medication: string, 
/**
 * Its drug in words, as it was when given.
 */
drug: string, 
/**
 * `completed`, `not-done`.
 */
status: string, 
/**
 * Given when, ISO instant.
 */
at: string, 
/**
 * How much.
 */
dose?: string | null, 
/**
 * Which way.
 */
route?: string | null, 
/**
 * How it worked.
 */
response?: string | null, 
/**
 * What it did besides.
 */
reaction?: string | null, 
/**
 * Why it wasn't given, or was although the order isn't in force.
 */
reason?: string | null, 
/**
 * The barcode of the package, as scanned.
 */
package?: string | null, 
/**
 * What came of comparing it with the order.
 */
compared?: PackageCheck | null, 
/**
 * The patient's wristband was scanned and is hers.
 */
band_checked?: boolean, };

export type AdministrationView = { 
/**
 * Item id.
 */
item: string, 
/**
 * Revision that was read.
 */
rev: number, 
/**
 * The order.
 */
medication: string, 
/**
 * Drug in words.
 */
drug: string, 
/**
 * Given, rather than not.
 */
given: boolean, 
/**
 * When, ISO instant.
 */
at: string, 
/**
 * By whom.
 */
by: string, 
/**
 * How much.
 */
dose?: string, 
/**
 * Which way.
 */
route?: string, 
/**
 * How it worked.
 */
response?: string, 
/**
 * What it did besides.
 */
reaction?: string, 
/**
 * Why it wasn't given, or was although the order isn't in force.
 */
reason?: string, 
/**
 * The patient's wristband was compared.
 */
band_checked: boolean, 
/**
 * What came of comparing the package with the order; absent where no package was scanned.
 */
compared?: PackageCheck, };

export type AllergiesAsked = "recorded" | "none_known" | "not_asked";

export type Allergy = { 
/**
 * Substance.
 */
substance: Coded, 
/**
 * `allergy` or `intolerance`; an unsaid kind counts as allergy.
 */
kind: string, 
/**
 * `food`, `medication`, `environment`, `biologic`.
 */
categories?: Array<string>, 
/**
 * `high`, `low`, `unable-to-assess`; absent when not said.
 */
criticality?: string | null, 
/**
 * Reactions in words.
 */
reaction?: string | null, 
/**
 * Worst recorded reaction: `mild`, `moderate`, `severe`.
 */
severity?: string | null, 
/**
 * `active`, `inactive`, `resolved`.
 */
status: string, 
/**
 * `unconfirmed`, `confirmed`, `refuted`, `entered-in-error`.
 */
verification?: string | null, 
/**
 * Onset date, possibly partial.
 */
onset?: string | null, };

export type AllergyBanner = { "is": "recorded", 
/**
 * Substances with high criticality.
 */
severe: Array<string>, 
/**
 * Other allergies.
 */
mild: Array<string>, 
/**
 * Intolerances.
 */
intolerances: Array<string>, } | { "is": "none_known", 
/**
 * Confirmed when.
 */
confirmed: string | null, 
/**
 * By whom.
 */
by: string | null, } | { "is": "not_recorded" };

export type AllergyView = { 
/**
 * Item id.
 */
item: string, 
/**
 * Substance.
 */
substance: string, 
/**
 * `allergy` or `intolerance`.
 */
kind: string, 
/**
 * `high`, `low`, `unable-to-assess`; absent when not said.
 */
criticality?: string, 
/**
 * Reaction in words.
 */
reaction?: string, 
/**
 * `active`, `inactive`, `resolved`.
 */
status: string, 
/**
 * Revision that was read.
 */
rev: number, };

export type Amendment = { 
/**
 * Tells it from the patient's others.
 */
id: string, 
/**
 * Received on, `YYYY-MM-DD`.
 */
received: string, 
/**
 * One of [`AMENDMENT_WAYS`].
 */
way: string, 
/**
 * One of [`AMENDED_PARTS`].
 */
about: string, 
/**
 * The one extension there may be.
 */
extended?: AmendmentStep, 
/**
 * What was decided.
 */
decided?: AmendmentDecision, 
/**
 * Written down when, ISO instant.
 */
at: string, 
/**
 * By whom.
 */
by: string, };

export type AmendmentDecision = { 
/**
 * Accepted, rather than denied.
 */
accepted: boolean, 
/**
 * One of [`ACCEPTED_HOW`] or of [`DENIAL_GROUNDS`].
 */
reason: string, 
/**
 * The entry of the chart that it is attached to, and where that stands. The entry keeps all its versions.
 */
entry?: [Section, string], 
/**
 * When, ISO instant.
 */
at: string, 
/**
 * By whom.
 */
by: string, };

export type AmendmentStep = { 
/**
 * One of [`EXTENSION_REASONS`].
 */
reason: string, 
/**
 * When, ISO instant.
 */
at: string, 
/**
 * By whom.
 */
by: string, };

export type AmendmentToDo = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * `SURNAME, Given`.
 */
name: string, 
/**
 * Received on, `YYYY-MM-DD`.
 */
received: string, 
/**
 * The last day to decide on.
 */
due: string, 
/**
 * In so many days; below nothing when it is over.
 */
days: number, 
/**
 * Only of whom another on the page could be taken for.
 */
birth_date?: string, };

export type AmendmentView = { 
/**
 * The request.
 */
request: Amendment, 
/**
 * The last day to decide on, `YYYY-MM-DD`.
 */
due: string, 
/**
 * In so many days; below nothing when it is over.
 */
days: number, 
/**
 * Whether its time may be extended.
 */
may_be_extended: boolean, 
/**
 * Whether the decision is attached to an entry of the chart.
 */
attached: boolean, };

export type AmendmentsView = { 
/**
 * Today at the clinic, `YYYY-MM-DD`.
 */
today: string, 
/**
 * The newest first.
 */
requests: Array<AmendmentView>, 
/**
 * Whether the reader may write one down.
 */
may_note: boolean, 
/**
 * Whether the reader may decide.
 */
may_decide: boolean, };

export type AnswerEnrolment = { 
/**
 * Which.
 */
request: string, };

export type Answered = { 
/**
 * The finding's rule.
 */
rule: string, 
/**
 * `benefit`, `tolerated_before`, `dose_adapted`, `monitored`, `short_course`, `not_applicable`, `other`.
 */
reason: string, 
/**
 * In words.
 */
text: string, };

export type Answers = { 
/**
 * Drugs that were recognised by somebody, not by the table.
 */
meant: Array<Meant>, 
/**
 * Why the order goes ahead, for each finding that interrupts.
 */
answers: Array<Answered>, };

export type AnswersPage = { 
/**
 * By rule.
 */
rules: Array<RuleAnswers>, 
/**
 * How far it has come.
 */
slice: SliceView, };

export type AppointmentView = { 
/**
 * Item id.
 */
item: string, 
/**
 * Patient id.
 */
patient: string, 
/**
 * Patient's name as in lists, `SURNAME, Given`.
 */
name: string, 
/**
 * Start, ISO instant with offset.
 */
start: string, 
/**
 * Length in minutes.
 */
minutes: number, 
/**
 * Provider's name.
 */
provider: string, 
/**
 * Visit type in words.
 */
visit_type: string, 
/**
 * `booked`, `arrived`, `fulfilled`, `cancelled`, `noshow`.
 */
status: string, };

export type ApproveEnrolment = { 
/**
 * Which.
 */
request: string, 
/**
 * The code that the newcomer's screen shows.
 */
code: string, };

export type ApprovedView = { 
/**
 * The code to read to the newcomer's screen.
 */
code: string, 
/**
 * Its name.
 */
name: string, };

export type At = { 
/**
 * `YYYY-MM-DD`, at the clinic.
 */
day: string, 
/**
 * Minutes since midnight.
 */
minute: number, };

export type AttachFile = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * What it is, in words.
 */
title: string, 
/**
 * What kind of paper it is: decides who may see it.
 */
class: AttachmentClass, 
/**
 * The day it is from.
 */
day?: string, 
/**
 * Why it is sensitive, if it is; absent otherwise. It takes the extra right.
 */
label?: Sensitivity, };

export type AttachedPageView = { 
/**
 * Which, from 0.
 */
page: number, 
/**
 * How many there are.
 */
pages: number, 
/**
 * A JPEG that was made here, as a `data:` address.
 */
image: string, };

export type Attachment = { 
/**
 * What it is, in words.
 */
title: string, 
/**
 * What kind of paper it is.
 */
class: AttachmentClass, 
/**
 * The day it is from; absent when nobody said.
 */
day?: string, 
/**
 * What the file was.
 */
form: FileForm, 
/**
 * How many pages it has.
 */
pages: number, 
/**
 * Something on a page couldn't be drawn as the file says: whoever reads is told.
 */
incomplete: boolean, 
/**
 * What its pages are found by.
 */
file: string, };

export type AttachmentClass = "insurance_card" | "identity_document" | "form" | "letter" | "report";

export type Authorization = { 
/**
 * Tells it from the patient's others.
 */
id: string, 
/**
 * Which carrier.
 */
carrier: string, 
/**
 * The carrier's number; there is none while it's only asked for.
 */
number?: string, 
/**
 * One of [`AUTHORIZED_SERVICES`].
 */
service: string, 
/**
 * One of [`AUTHORIZATION_STATES`].
 */
status: string, 
/**
 * First day, `YYYY-MM-DD`.
 */
from?: string, 
/**
 * Last day, `YYYY-MM-DD`.
 */
until?: string, 
/**
 * So many visits or units.
 */
units?: number, 
/**
 * So many of them are used.
 */
used: number, 
/**
 * When it was written last, ISO instant.
 */
at: string, 
/**
 * By whom.
 */
by: string, };

export type Balance = { 
/**
 * In hundredths; below nothing where the clinic owes.
 */
cents: number, 
/**
 * One of [`BALANCE_STATES`].
 */
state: string, 
/**
 * When it is due, `YYYY-MM-DD`.
 */
due?: string, 
/**
 * When it was noted, ISO instant.
 */
as_of: string, };

export type Banner = { 
/**
 * Surname as written.
 */
surname: string, 
/**
 * Given names as written.
 */
given: string, 
/**
 * Birth date, possibly partial.
 */
birth_date?: string, 
/**
 * Age in whole years.
 */
age?: number, 
/**
 * `female`, `male`, `other`, `unknown`.
 */
sex: string, 
/**
 * Medical record number.
 */
mrn: string, 
/**
 * Deceased.
 */
deceased: boolean, 
/**
 * Test patient.
 */
test: boolean, 
/**
 * A VIP: nobody's name to tell.
 */
vip: boolean, 
/**
 * Why the record isn't used any more.
 */
inactive?: string, 
/**
 * Registered in haste.
 */
provisional?: ProvisionalView, 
/**
 * The record that goes on in this one's place.
 */
merged_into?: string, 
/**
 * How many records this one goes on for.
 */
absorbed: number, 
/**
 * Allergies in words; absent for roles that may not see them.
 */
allergies?: AllergyBanner, };

export type BoardRow = { 
/**
 * Today's token.
 */
token: string, 
/**
 * Whether the patient is asked to come.
 */
called: boolean, 
/**
 * Where to.
 */
room?: string, 
/**
 * Since the check-in.
 */
waiting_minutes: number, };

export type BookVisit = { 
/**
 * Whose.
 */
patient: string, 
/**
 * What.
 */
plan: Plan, 
/**
 * For a series.
 */
repeat?: Repeat | null, 
/**
 * The wish on the waiting list that it fulfils, and its revision.
 */
wish?: [string, number] | null, };

export type BookedView = { "is": "booked", 
/**
 * All of a series.
 */
visits: Array<VisitView>, } | { "is": "not_free", 
/**
 * What stands against it.
 */
obstacles: Array<NotFree>, };

export type BreakGlass = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Why; the audit names it.
 */
reason: GlassReason, 
/**
 * The holder's password once more.
 */
password: string, };

export type CancelVisit = { 
/**
 * Whose.
 */
patient: string, 
/**
 * Which.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * Why: one of [`CANCEL_REASONS`].
 */
reason: string, };

export type CareOverview = { 
/**
 * Patient id.
 */
patient: string, };

export type CarePlan = { 
/**
 * Title or category in words.
 */
title: string, 
/**
 * `active`, `completed`, `revoked` …
 */
status: string, 
/**
 * Start.
 */
start?: string | null, 
/**
 * End.
 */
end?: string | null, 
/**
 * Activities in words.
 */
activities?: Array<string>, };

export type CareRule = "a1c_overdue" | "pressure_overdue" | "visit_overdue" | "review_overdue" | "no_appointment" | "pressure_crisis" | "severe_allergy" | "allergy_match" | "many_medications";

export type CareView = { 
/**
 * How much attention she needs.
 */
tier: Tier, 
/**
 * Points behind the tier.
 */
score: number, 
/**
 * What is missing.
 */
gaps: Array<Met>, 
/**
 * What is alarming.
 */
alerts: Array<Met>, 
/**
 * Open tasks.
 */
open_tasks: number, 
/**
 * Those of them that are overdue.
 */
overdue_tasks: number, 
/**
 * Whether drugs could be held against allergies.
 */
allergies_matched: boolean, };

export type ChangePassword = { 
/**
 * The one in use.
 */
current: string, 
/**
 * The one to come.
 */
new: string, };

export type ChangeRole = { 
/**
 * The user.
 */
user: string, 
/**
 * The role's code.
 */
role: string, };

export type ChangeTask = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * What it becomes; stays when absent.
 */
status?: TaskStatus, 
/**
 * User name of whom it is handed to.
 */
owner?: string, 
/**
 * What is to be said about it: needed to end a critical value's.
 */
outcome?: string, };

export type ChangeView = { 
/**
 * Its path in the content, e.g. `onset` or `drug.text`.
 */
field: string, 
/**
 * What it was.
 */
old?: string, 
/**
 * What it became.
 */
new?: string, };

export type ChangedView = { 
/**
 * Whose chart.
 */
patient: string, 
/**
 * Which records are new, changed or gone; the patient's own id for the banner and its sections.
 */
records: Array<string>, };

export type ChangedVisit = { 
/**
 * The visit.
 */
visit: VisitView, 
/**
 * Of the waiting list, longest waiting first.
 */
offers: Array<WishView>, };

export type ChangesView = { 
/**
 * Of the chart that was opened last.
 */
chart: ChangedView | null, 
/**
 * Whether the days of the schedule that were shown last are others now.
 */
schedule: boolean, };

export type ChartRights = { 
/**
 * Add and edit problems.
 */
edit_problems: boolean, 
/**
 * The sections this user may write.
 */
edit: Array<Section>, 
/**
 * Write down orders given by word of mouth.
 */
verbal_orders: boolean, 
/**
 * Ask for refills.
 */
request_refills: boolean, 
/**
 * Record what was given.
 */
give: boolean, 
/**
 * Sign off results.
 */
sign_results: boolean, 
/**
 * Enter a social security number.
 */
enter_national_id: boolean, 
/**
 * Reveal the social security number, with a reason.
 */
reveal_national_id: boolean, };

export type ChartView = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * What writes from this window carry: it stands for the patient.
 */
handle: string, 
/**
 * The banner.
 */
banner: Banner, 
/**
 * The patient has restricted who may be told, now or from a later day on.
 */
restriction_on_file: boolean, 
/**
 * What this user may change here.
 */
may: ChartRights, 
/**
 * Phones, e-mail, addresses.
 */
contact?: ContactView, 
/**
 * Coverage.
 */
insurance?: Array<CoverageView>, 
/**
 * Social security number, masked.
 */
national_id?: NationalIdView, 
/**
 * Appointments, next first.
 */
appointments?: Array<AppointmentView>, 
/**
 * Problem list.
 */
problems?: Array<ProblemView>, 
/**
 * Medication list.
 */
medications?: Array<MedicationView>, 
/**
 * What was given of them, newest first.
 */
administrations?: Array<AdministrationView>, 
/**
 * Allergies.
 */
allergies?: Array<AllergyView>, 
/**
 * Vital signs and results as series, one for each code, newest value first in `points`.
 */
observations?: Array<SeriesView>, 
/**
 * Notes.
 */
notes?: Array<NoteView>, 
/**
 * Visits, newest first.
 */
encounters?: Array<EncounterView>, 
/**
 * Refill requests, newest first.
 */
refills?: Array<RefillView>, 
/**
 * Open tasks.
 */
tasks?: Array<TaskView>, 
/**
 * Who may be given something to do, for those who give it.
 */
colleagues: Array<ColleagueView>, 
/**
 * Immunizations, procedures, reports, imaging, referrals and care plans: what and when.
 */
other?: Array<EntryView>, 
/**
 * What was attached, newest first, as far as this role may see it.
 */
documents?: Array<DocumentView>, 
/**
 * Why items are sensitive, by their ids; for who may see them.
 */
labels?: { [key in string]: Label }, 
/**
 * How many imported resources are kept and not shown.
 */
kept?: number, 
/**
 * Items that failed their integrity check: refused, reported, never shown.
 */
damaged_items: number, };

export type ChartWindow = { 
/**
 * What opening the record has yielded.
 */
handle: string, 
/**
 * The patient whose banner the window shows.
 */
patient: string, };

export type CheckInPatient = { 
/**
 * Whose.
 */
patient: string, 
/**
 * Which.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * The birth date as the patient says it, `YYYY-MM-DD`.
 */
birth_date?: string | null, 
/**
 * For whoever has no whole birth date on file: the name, or the alias on the wristband.
 */
name?: string | null, 
/**
 * What the patient says besides.
 */
second: Said, 
/**
 * One of [`INSURANCE_ANSWERS`].
 */
insurance: string, 
/**
 * Forms that are signed: some of [`FORMS`].
 */
forms: Array<string>, };

export type CheckInteractions = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Drugs as they would be ordered; then only what concerns them is told.
 */
proposed: Array<string>, 
/**
 * What a person says that unknown names mean.
 */
meant: Array<Meant>, };

export type CheckRegistration = { 
/**
 * What was typed.
 */
entered: Entered, };

export type CheckView = { 
/**
 * `encryption`, `store`, `keychain`, `audit`, `keys`.
 */
what: string, 
/**
 * Passed.
 */
ok: boolean, 
/**
 * Figures and names, never patient data.
 */
detail: string, 
/**
 * What the connected server can do and what is done instead, one sentence of the screen's each.
 */
notes?: Array<Note>, };

export type CheckedRegistration = { 
/**
 * Everything that is wrong, in the order of the form.
 */
invalid: Array<Invalid>, 
/**
 * Who may be the same person, the likeliest first.
 */
alike: Array<LikelyPatient>, 
/**
 * How many records were opened to find them.
 */
opened: number, };

export type Circle = "owner" | "care_team" | "alarm";

export type Clash = "no_such_time" | "off_grid" | "past" | "no_such_provider" | "no_such_room" | "no_such_device" | "closed" | "holiday" | "away" | "provider_taken" | "room_taken" | "device_taken" | "patient_taken";

export type ClinicalNote = { 
/**
 * Title.
 */
title: string, 
/**
 * Written when, ISO.
 */
at: string, 
/**
 * Text.
 */
text: string, 
/**
 * How it was signed here; absent for what was imported.
 */
signing?: Signing | null, };

export type Code = "not_signed_in" | "locked" | "wrong_sign_in" | "wait" | "no_right" | "not_on_care_team" | "not_found" | "invalid" | "illegal_step" | "wrong_patient" | "too_many_searches" | "conflict" | "damaged" | "disk_full" | "read_only" | "store_busy" | "store_cant_open" | "store_version" | "store_unreachable" | "outcome_unknown" | "store_refused" | "store_unfit" | "audit_unwritable" | "keychain_absent" | "keychain_locked" | "keychain_wrong_key" | "other_environment" | "keychain_empty_password" | "keychain_first_run" | "keys_damaged" | "choose_password" | "wrong_code" | "not_held" | "same_person" | "held" | "kms" | "policy_file" | "workstation_ended" | "workstation_copied" | "last_workstation" | "store_moved" | "merged_already" | "identity_wanted" | "identity_differs" | "shares" | "cancelled" | "timed_out" | "no_relay" | "not_this_person" | "restricted_disclosure" | "internal";

export type CodeSuggestion = { 
/**
 * E.g. `E11.9`.
 */
code: string, 
/**
 * Its official title.
 */
title: string, 
/**
 * The words that were found.
 */
matched: Array<string>, 
/**
 * Where they stand, when it isn't the title: another name of the same.
 */
also?: string, };

export type Coded = { 
/**
 * In words.
 */
text: string, 
/**
 * Code.
 */
code?: string | null, 
/**
 * Code system, e.g. `LOINC`, or a URL.
 */
system?: string | null, };

export type CodesView = { 
/**
 * As a problem names the system.
 */
system: string, 
/**
 * Which list.
 */
version: string, 
/**
 * Most likely first, at most seven.
 */
suggestions: Array<CodeSuggestion>, };

export type CohortPage = { 
/**
 * Who belongs.
 */
members: Array<MemberView>, 
/**
 * How far it has come.
 */
slice: SliceView, };

export type CohortQuery = { 
/**
 * An active problem: `diabetes`, `hypertension`, a code's beginning, or words.
 */
condition?: string, 
/**
 * An active medication: an ingredient, brand or words.
 */
medication?: string, 
/**
 * A value not measured in so many days.
 */
overdue?: LabOverdue, };

export type ColleagueView = { 
/**
 * User name.
 */
username: string, 
/**
 * As displayed.
 */
name: string, 
/**
 * Role code.
 */
role: string, };

export type CompleteRefill = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The request.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, };

export type Component = { 
/**
 * What was observed.
 */
code: Coded, 
/**
 * The value.
 */
value?: ObservedValue | null, 
/**
 * Why there is no value, in words.
 */
absent?: string | null, 
/**
 * Normal range.
 */
range?: ReferenceRange | null, };

export type ConfirmAccess = { 
/**
 * The colleague.
 */
user: string, 
/**
 * Six digits, with any spaces.
 */
code: string, };

export type ConfirmIdentity = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Birth date as typed.
 */
birth_date: string, 
/**
 * Record number, or the last four digits of the phone.
 */
second: string, };

export type ConfirmNoAllergies = { 
/**
 * Patient id.
 */
patient: string, };

export type ConfirmedView = { 
/**
 * Compartments.
 */
compartments: Array<string>, 
/**
 * How many still wait for somebody who holds them.
 */
left: number, };

export type ContactView = { 
/**
 * Phones as written, in order.
 */
phones: Array<string>, 
/**
 * E-mail address.
 */
email?: string, 
/**
 * Addresses on one line each.
 */
addresses: Array<string>, 
/**
 * Emergency contact on one line.
 */
emergency?: string, 
/**
 * Language of communication.
 */
language?: string, };

export type CopyAttachment = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The section it stands in.
 */
section: Section, 
/**
 * What for.
 */
purpose: PrintPurpose, 
/**
 * Who gets it.
 */
for_whom: Recipient, 
/**
 * That another clinician needs it in an emergency, whatever was restricted.
 */
emergency?: EmergencyReason | null, };

export type CorrectIdentity = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The revision of identity that was read.
 */
rev: number, 
/**
 * As it shall be.
 */
identity: EnteredIdentity, 
/**
 * Which document was seen: one of a list.
 */
document: string, 
/**
 * Why; needed when name and birth date change together.
 */
note?: string, };

export type CorrectVisit = { 
/**
 * In whose record it stands.
 */
patient: string, 
/**
 * Which.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * How it came to that: one of [`MISBOOKED`].
 */
reason: string, 
/**
 * Whose it is; nobody's when absent.
 */
to?: string | null, };

export type CorrectionView = { 
/**
 * The name.
 */
name: string, 
/**
 * The birth date.
 */
birth_date: string, 
/**
 * Which document was seen.
 */
document: string, 
/**
 * Why.
 */
note: string, 
/**
 * Who asks.
 */
by: string, 
/**
 * Since when, ISO instant.
 */
at: string, 
/**
 * Asked by who reads this: somebody else carries it out.
 */
own: boolean, };

export type CosignNote = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, };

export type CoverageCheck = { 
/**
 * Which carrier.
 */
carrier: string, 
/**
 * One of [`COVERAGE_ANSWERS`].
 */
answer: string, 
/**
 * How it was asked: one of [`COVERAGE_WAYS`]. Older answers don't say.
 */
way?: string, 
/**
 * The carrier's number of the answer.
 */
reference?: string, 
/**
 * Until when the answer holds, `YYYY-MM-DD`.
 */
valid_until?: string, 
/**
 * When it was asked, ISO instant.
 */
at: string, 
/**
 * Who asked.
 */
by: string, };

export type CoverageToDo = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * `SURNAME, Given`.
 */
name: string, 
/**
 * When the visit begins.
 */
start: string, 
/**
 * What about.
 */
warnings: Array<CoverageWarning>, 
/**
 * Only of whom another on the page could be taken for.
 */
birth_date?: string, };

export type CoverageView = { 
/**
 * Carrier.
 */
carrier: string, 
/**
 * Policy number.
 */
policy: string, 
/**
 * Group number.
 */
group?: string, };

export type CoverageWarning = { "of": "not_verified", 
/**
 * Which carrier.
 */
carrier: string, 
/**
 * Days since it last said so.
 */
days?: number, } | { "of": "not_active", 
/**
 * Which carrier.
 */
carrier: string, 
/**
 * What it said.
 */
answer: string, } | { "of": "coverage_ends", 
/**
 * Which carrier.
 */
carrier: string, 
/**
 * In so many days; below nothing when it has.
 */
days: number, } | { "of": "authorization_ends", 
/**
 * For what.
 */
service: string, 
/**
 * In so many days; below nothing when it has.
 */
days: number, } | { "of": "units_used_up", 
/**
 * For what.
 */
service: string, };

export type CreateUser = { 
/**
 * What is typed at sign-in.
 */
username: string, 
/**
 * What is shown.
 */
name: string, 
/**
 * The role's code.
 */
role: string, 
/**
 * The unit, if any.
 */
unit: string | null, };

export type DayView = { 
/**
 * `YYYY-MM-DD`.
 */
day: string, 
/**
 * Opening hours; empty when closed.
 */
open: Array<Hours>, 
/**
 * The holiday's name, if it is one.
 */
holiday?: string, 
/**
 * Providers who are away.
 */
away: Array<string>, };

export type DecideAmendment = { 
/**
 * Whose.
 */
patient: string, 
/**
 * Which request.
 */
id: string, 
/**
 * Accepted, rather than denied.
 */
accepted: boolean, 
/**
 * One of [`ACCEPTED_HOW`] or of [`DENIAL_GROUNDS`].
 */
reason: string, 
/**
 * The entry of the chart that it is attached to, and where that stands.
 */
entry?: [Section, string] | null, };

export type DecideCorrection = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Carried out; else thrown away.
 */
approve: boolean, };

export type DecideRefill = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The request.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * Granted.
 */
approve: boolean, 
/**
 * Why not: needed to deny.
 */
note?: string, };

export type DemoUser = { 
/**
 * User name to type.
 */
username: string, 
/**
 * Role in words, e.g. `doctor`.
 */
role: string, 
/**
 * The published password.
 */
password: string, };

export type DeskLists = { 
/**
 * Who came today and has signed nothing.
 */
forms: Array<ToDoView>, 
/**
 * Who is to be called: missed today, or to be reminded without an e-mail address.
 */
calls: Array<ToDoView>, 
/**
 * Whose record was made today.
 */
new: Array<ToDoView>, 
/**
 * About whose coverage a carrier is to be asked before the visit of today.
 */
coverage: Array<CoverageToDo>, };

export type DetailRights = { 
/**
 * Name, birth date, sex, marks.
 */
edit_identity: boolean, 
/**
 * How to be reached.
 */
edit_contact: boolean, 
/**
 * Who pays.
 */
edit_insurance: boolean, 
/**
 * Merge with another record.
 */
merge: boolean, };

export type DetailsView = { 
/**
 * What writes from this window name; nil where it wasn't opened to write.
 */
handle: string, 
/**
 * Patient id.
 */
patient: string, 
/**
 * Record number.
 */
mrn: string, 
/**
 * What a scanner reads from the wristband.
 */
wristband: string, 
/**
 * Name, birth date, sex.
 */
identity: EnteredIdentity, 
/**
 * The revision an edit of it must name.
 */
identity_rev: number, 
/**
 * Former names.
 */
former: Array<string>, 
/**
 * How to be reached.
 */
contact?: EnteredContact, 
/**
 * The revision an edit of it must name.
 */
contact_rev: number, 
/**
 * Former addresses on one line each.
 */
old_addresses: Array<string>, 
/**
 * Who pays.
 */
insurance?: EnteredInsurance, 
/**
 * The revision an edit of it must name.
 */
insurance_rev: number, 
/**
 * What the record is on file as.
 */
standing: Standing, 
/**
 * Why the patient was registered although another entry looked alike.
 */
despite?: string, 
/**
 * A correction that waits for a second person.
 */
correction?: CorrectionView, 
/**
 * Records that this one goes on for, or that goes on for this one.
 */
merged: Array<MergedView>, 
/**
 * What this user may change.
 */
may: DetailRights, };

export type Difference = { 
/**
 * `name`, `birth_date`, `sex`, `address`, `phone`, `mrn`.
 */
what: string, 
/**
 * Of the one that is asked about or shown.
 */
this?: string, 
/**
 * Of the other.
 */
other?: string, };

export type Directive = { 
/**
 * Tells it from the patient's others.
 */
id: string, 
/**
 * What it says.
 */
terms: DirectiveTerms, 
/**
 * Noted when, ISO instant.
 */
at: string, 
/**
 * By whom.
 */
by: string, 
/**
 * How it ended, before its last day.
 */
ended?: DirectiveEnd, };

export type DirectiveEnd = { 
/**
 * Why.
 */
reason: DirectiveEndReason, 
/**
 * When, ISO instant.
 */
at: string, 
/**
 * By whom.
 */
by: string, };

export type DirectiveEndReason = "patient_wrote" | "patient_said" | "noted_by_mistake";

export type DirectiveKind = "restriction" | "authorization";

export type DirectivePurpose = "any" | "treatment" | "payment" | "operations";

export type DirectiveReason = "paid_in_full" | "agreed" | "required_by_law";

export type DirectiveStanding = "not_yet" | "in_force" | "over" | "ended";

export type DirectiveTerms = { 
/**
 * Forbids or permits.
 */
kind: DirectiveKind, 
/**
 * Whom it names.
 */
to: DirectiveTo, 
/**
 * For what.
 */
purpose: DirectivePurpose, 
/**
 * Which part of the record.
 */
part: RecordPart, 
/**
 * The first day, `YYYY-MM-DD`.
 */
from: string, 
/**
 * The last day; without one it goes on.
 */
until?: string | null, 
/**
 * Why the clinic follows it.
 */
why: DirectiveReason, 
/**
 * How it came.
 */
way: DirectiveWay, };

export type DirectiveTo = "health_plan" | "another_clinician" | "family" | "employer" | "legal" | "research" | "anyone";

export type DirectiveView = { 
/**
 * The directive.
 */
directive: Directive, 
/**
 * Where it stands.
 */
standing: DirectiveStanding, 
/**
 * The record it was noted in, when that is another one of the same person. It is ended there.
 */
elsewhere?: string, };

export type DirectiveWay = "paper_signed" | "in_person" | "portal";

export type DirectivesView = { 
/**
 * Today at the clinic, `YYYY-MM-DD`.
 */
today: string, 
/**
 * The newest first, with those that hold no more.
 */
list: Array<DirectiveView>, 
/**
 * Whether the reader may note and end them.
 */
may_note: boolean, };

export type DocumentView = { 
/**
 * Item id.
 */
item: string, 
/**
 * Revision that was read.
 */
rev: number, 
/**
 * The section it stands in.
 */
section: Section, 
/**
 * What kind of paper it is.
 */
class: AttachmentClass, 
/**
 * The day it is from, or when it was attached.
 */
at: string, 
/**
 * What it is.
 */
title: string, 
/**
 * How many pages it has.
 */
pages: number, 
/**
 * Something on a page couldn't be drawn.
 */
incomplete: boolean, 
/**
 * Who attached it.
 */
by: string, };

export type Done = Record<symbol, never>;

export type Doubt = "impossible" | "unlikely" | "decimal_point" | "other_unit" | "far_from_last" | "swapped" | "half";

export type Doubted = { 
/**
 * Field of [`Vitals`].
 */
field: string, 
/**
 * Why.
 */
why: Doubt, 
/**
 * The value that may have been meant, in the unit that may have been meant.
 */
meant?: number, };

export type DraftPlace = { 
/**
 * The form, by the screen's own name for it, e.g. `problem`.
 */
form: string, 
/**
 * The patient, where the form is about one.
 */
patient?: string, 
/**
 * The entry that is being changed; none for a new one.
 */
item?: string, };

export type DraftView = { 
/**
 * Where it was typed.
 */
place: DraftPlace, 
/**
 * What it is, as the form said.
 */
title: string, 
/**
 * Typed last, ISO instant.
 */
at: string, 
/**
 * The fields, when one draft was asked for.
 */
typed?: string, 
/**
 * Its form lay open when this seat was locked: it opens again.
 */
open: boolean, };

export type Drafts = { 
/**
 * Of one form, with its text; of all, without.
 */
place?: DraftPlace, };

export type DraftsView = { 
/**
 * The drafts.
 */
drafts: Array<DraftView>, };

export type DropDraft = { 
/**
 * Where it was typed.
 */
place: DraftPlace, };

export type DueReminder = { 
/**
 * The visit's item.
 */
item: string, 
/**
 * Which.
 */
kind: ReminderKind, 
/**
 * The visit's start.
 */
start: string, 
/**
 * How often it was tried.
 */
tries: number, 
/**
 * Whether the patient has an e-mail address on file.
 */
has_address: boolean, };

export type DuplicatesPage = { 
/**
 * What was found; a pair may come once from either side.
 */
pairs: Array<LikelyPair>, 
/**
 * So many patients have been looked at.
 */
done: number, 
/**
 * Of so many.
 */
of: number, 
/**
 * The patient after whom to go on; none at the end.
 */
next: string | null, 
/**
 * Records that failed their integrity check and were left out.
 */
damaged: number, };

export type EditAllergy = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * New content.
 */
entry: Allergy, };

export type EditCarePlan = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * New content.
 */
entry: CarePlan, };

export type EditContact = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * As it shall be.
 */
contact: EnteredContact, };

export type EditEncounter = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * New content.
 */
entry: Encounter, };

export type EditImaging = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * New content.
 */
entry: Imaging, };

export type EditImmunization = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * New content.
 */
entry: Immunization, };

export type EditInsurance = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * As it shall be.
 */
insurance: EnteredInsurance, };

export type EditNote = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * Its words.
 */
note: NoteText, };

export type EditProblem = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * New content.
 */
problem: Problem, };

export type EditProcedure = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * New content.
 */
entry: Procedure, };

export type EditReferral = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * New content.
 */
entry: Referral, };

export type EditReport = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * New content.
 */
entry: Report, };

export type EmergencyReason = "life_threatening" | "cannot_be_asked" | "emergency_transfer";

export type Encounter = { 
/**
 * `planned`, `arrived`, `in-progress`, `finished`, `cancelled` …
 */
status: string, 
/**
 * Class code, e.g. `AMB`, `EMER`, `IMP`.
 */
class: string, 
/**
 * Type in words.
 */
kind: Coded, 
/**
 * Start.
 */
start?: string | null, 
/**
 * End.
 */
end?: string | null, 
/**
 * Reason in words.
 */
reason?: string | null, 
/**
 * Where, in words.
 */
location?: string | null, };

export type EncounterStatus = "planned" | "arrived" | "triaged" | "in-progress" | "onleave" | "finished" | "cancelled";

export type EncounterView = { 
/**
 * Item id.
 */
item: string, 
/**
 * Start, ISO.
 */
start: string, 
/**
 * End, ISO.
 */
end?: string, 
/**
 * Class or type in words.
 */
kind: string, 
/**
 * Reason in words.
 */
reason?: string, 
/**
 * `planned`, `in-progress`, `finished`, …
 */
status: string, 
/**
 * Revision that was read.
 */
rev: number, };

export type EndDirective = { 
/**
 * Whose.
 */
patient: string, 
/**
 * Which.
 */
id: string, 
/**
 * Why.
 */
reason: DirectiveEndReason, };

export type Ending = "revoked" | "retired";

export type EnrolmentRow = { 
/**
 * Which.
 */
request: string, 
/**
 * What the newcomer calls itself.
 */
name: string, 
/**
 * The workstation it was or is a copy of, when it is enrolled anew.
 */
formerly?: string, 
/**
 * When it asked.
 */
asked: Timestamp, 
/**
 * Somebody has answered.
 */
answered: boolean, 
/**
 * This session has answered and the newcomer shows its code.
 */
ready: boolean, };

export type EnterNationalId = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * `NNN-NN-NNNN`.
 */
ssn: string, };

export type Entered = { 
/**
 * Who.
 */
identity: EnteredIdentity, 
/**
 * How to be reached.
 */
contact: EnteredContact, 
/**
 * Who pays.
 */
insurance: EnteredInsurance, 
/**
 * Social security number.
 */
ssn: string, };

export type EnteredContact = { 
/**
 * Phones, the preferred one first.
 */
phones: Array<string>, 
/**
 * E-mail address.
 */
email: string, 
/**
 * Street and number.
 */
street: string, 
/**
 * City.
 */
city: string, 
/**
 * State or province.
 */
state: string, 
/**
 * Postal code.
 */
postal_code: string, 
/**
 * Country.
 */
country: string, 
/**
 * Language of communication.
 */
language: string, 
/**
 * Primary doctor.
 */
general_practitioner: string, 
/**
 * Whom to call, the first first.
 */
emergency: Array<EnteredPerson>, };

export type EnteredCoverage = { 
/**
 * Carrier.
 */
carrier: string, 
/**
 * Policy number.
 */
policy: string, 
/**
 * Group number.
 */
group: string, 
/**
 * Whose policy it is.
 */
subscriber: string, 
/**
 * What the subscriber is to the patient.
 */
relationship: string, 
/**
 * First day.
 */
from: string, 
/**
 * Last day.
 */
until: string, 
/**
 * Deductible.
 */
deductible: string, };

export type EnteredIdentity = { 
/**
 * Surname.
 */
surname: string, 
/**
 * Given names, separated by spaces.
 */
given: string, 
/**
 * For example `Dr.`.
 */
prefix: string, 
/**
 * For example `Jr.`.
 */
suffix: string, 
/**
 * As typed.
 */
birth_date: string, 
/**
 * One of [`SEXES`].
 */
sex: string, 
/**
 * In the patient's words.
 */
gender_identity: string, 
/**
 * A former surname.
 */
former_surname: string, 
/**
 * A name of one letter is right as it is.
 */
one_letter: boolean, };

export type EnteredInsurance = { 
/**
 * Primary first.
 */
coverages: Array<EnteredCoverage>, 
/**
 * Who answers for the rest.
 */
guarantor: EnteredPerson, };

export type EnteredPerson = { 
/**
 * Name.
 */
name: string, 
/**
 * What that person is to the patient.
 */
relationship: string, 
/**
 * Phone.
 */
phone: string, };

export type EntryContent = { "kind": "problem", "value": Problem } | { "kind": "medication", "value": Medication } | { "kind": "administration", "value": Administration } | { "kind": "allergy", "value": Allergy } | { "kind": "observation", "value": Observation } | { "kind": "note", "value": ClinicalNote } | { "kind": "encounter", "value": Encounter } | { "kind": "immunization", "value": Immunization } | { "kind": "procedure", "value": Procedure } | { "kind": "report", "value": Report } | { "kind": "imaging", "value": Imaging } | { "kind": "referral", "value": Referral } | { "kind": "care_plan", "value": CarePlan } | { "kind": "refill", "value": Refill } | { "kind": "task", "value": Task } | { "kind": "attachment", "value": Attachment };

export type EntryView = { 
/**
 * Item id.
 */
item: string, 
/**
 * `immunization`, `procedure`, `report`, `imaging`, `referral`, `care_plan`.
 */
kind: string, 
/**
 * What.
 */
text: string, 
/**
 * When, ISO.
 */
at?: string, 
/**
 * Status word.
 */
status: string, 
/**
 * Revision that was read.
 */
rev: number, };

export type Evidence = { 
/**
 * What, as it is written in the chart; empty where it is an absence.
 */
text: string, 
/**
 * When.
 */
at?: string, 
/**
 * A value or a number.
 */
value?: string, 
/**
 * The item.
 */
item?: string, };

export type ExtendAmendment = { 
/**
 * Whose.
 */
patient: string, 
/**
 * Which request.
 */
id: string, 
/**
 * One of [`EXTENSION_REASONS`].
 */
reason: string, };

export type Failure = { 
/**
 * Which.
 */
code: Code, 
/**
 * Figures and field names.
 */
fields?: Record<string, unknown>, };

export type Figure = { 
/**
 * Of what.
 */
of: FigureOf, 
/**
 * How many.
 */
count: number, };

export type FigureOf = "visits_today" | "still_to_come" | "waiting" | "in_rooms" | "to_check_out" | "vitals_due" | "missed" | "on_waiting_list" | "reminders_due" | "new_patients" | "forms_to_sign" | "calls_to_make" | "coverage_to_check" | "amendments_to_decide";

export type FileForm = "picture" | "pdf";

export type FindByNationalId = { 
/**
 * `NNN-NN-NNNN`.
 */
ssn: string, 
/**
 * Why.
 */
purpose: NumberNeeded, };

export type FindCohort = { 
/**
 * What must hold.
 */
query: CohortQuery, 
/**
 * The patient after whom to go on; none at the beginning.
 */
after: string | null, };

export type FindDuplicates = { 
/**
 * The patient after whom to go on; none at the beginning.
 */
after: string | null, };

export type FindFreeSlots = { 
/**
 * For whom: the patient's own visits are in the way as well.
 */
patient?: string | null, 
/**
 * How long.
 */
minutes: number, 
/**
 * With whom; with anybody otherwise.
 */
provider?: string | null, 
/**
 * First day; today without one.
 */
from?: string | null, 
/**
 * How many days; two weeks otherwise.
 */
days?: number | null, };

export type FindLookAlikes = { 
/**
 * Patient id.
 */
patient: string, };

export type FindingView = { 
/**
 * The rule; `restricted` where a side may not be named.
 */
rule: string, 
/**
 * What meets what.
 */
kind: Kind, 
/**
 * How bad.
 */
severity: Severity, 
/**
 * Between what.
 */
subjects: Array<SubjectView>, 
/**
 * Why; empty where it may not be said.
 */
reason: string, 
/**
 * What else to know.
 */
caution?: string, 
/**
 * Sources in full.
 */
sources: Array<string>, 
/**
 * When they were read.
 */
read: string, 
/**
 * Its number on the list of high-priority interactions.
 */
listed?: number, };

export type Fit = "exact" | "start" | "former" | "sound" | "swapped";

export type FreeSlotView = { 
/**
 * `YYYY-MM-DD`.
 */
day: string, 
/**
 * Minutes since midnight.
 */
minute: number, 
/**
 * With whom.
 */
provider: string, };

export type FreeSlots = { 
/**
 * In order of time.
 */
slots: Array<FreeSlotView>, 
/**
 * There are more.
 */
more: boolean, };

export type GlassReason = "acute" | "covering" | "telephone" | "other";

export type GlassView = { 
/**
 * Until when, ISO instant.
 */
until: string, };

export type Holiday = { 
/**
 * `YYYY-MM-DD`.
 */
day: string, 
/**
 * Its name.
 */
name: string, };

export type Hours = { 
/**
 * First minute after midnight.
 */
from: number, 
/**
 * The minute after the last.
 */
until: number, };

export type Imaging = { 
/**
 * What is looked at, in words, such as `Chest X-ray`.
 */
code: Coded, 
/**
 * DICOM modality: one of [`super::value_sets::MODALITIES`]; an imported one may be another.
 */
modality: string, 
/**
 * Where on the body.
 */
body_site?: string | null, 
/**
 * `registered` (ordered), `available` (done), `cancelled`.
 */
status: string, 
/**
 * Started when; of an order, wanted when.
 */
at?: string | null, 
/**
 * Why, in words.
 */
reason?: string | null, 
/**
 * What was seen, the report's text.
 */
report?: string | null, 
/**
 * What that means.
 */
conclusion?: string | null, };

export type Immunization = { 
/**
 * Vaccine.
 */
vaccine: Coded, 
/**
 * `completed`, `not-done`, `entered-in-error`.
 */
status: string, 
/**
 * Given when.
 */
at?: string | null, 
/**
 * Lot number.
 */
lot?: string | null, };

export type InError = { 
/**
 * Marked when, ISO instant.
 */
at: string, 
/**
 * By whom, as displayed.
 */
by: string, 
/**
 * Why, in words.
 */
reason: string, 
/**
 * It belonged to another patient and stands in that chart now.
 */
moved?: boolean, };

export type InWindow = { 
/**
 * Where it comes from.
 */
window: ChartWindow, };

export type InteractionsView = { 
/**
 * The table that was used; absent when none could be trusted: then nothing was checked.
 */
table?: TableView, 
/**
 * What was found, worst first.
 */
findings: Array<FindingView>, 
/**
 * What wasn't checked, wholly or in part.
 */
not_checked: Array<NotCheckedView>, 
/**
 * Drugs that were checked.
 */
drugs: number, 
/**
 * What is known about allergies.
 */
allergies: AllergiesAsked, };

export type Invalid = { 
/**
 * Path in `FIELDS`.
 */
field: string, 
/**
 * What is wrong.
 */
why: Why, };

export type ItemHistory = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The section it stands in.
 */
section: Section, };

export type ItemHistoryView = { 
/**
 * Newest first.
 */
versions: Array<VersionView>, 
/**
 * Versions that failed their integrity check: refused, reported, never shown.
 */
damaged: number, };

export type ItemView = { 
/**
 * Item id.
 */
item: string, 
/**
 * Revision that was read.
 */
rev: number, 
/**
 * Content.
 */
content: EntryContent, 
/**
 * Last changed, ISO instant.
 */
changed: string, 
/**
 * By whom.
 */
by: string, 
/**
 * Entered in error: when, by whom, why.
 */
in_error?: InError, 
/**
 * It stood in another chart first.
 */
moved?: Moved, 
/**
 * Why it is sensitive, for who may see that.
 */
label?: Label, };

export type KeepDraft = { 
/**
 * Where it is typed.
 */
place: DraftPlace, 
/**
 * What it is, for its writer to recognise it by: the form and the patient's name.
 */
title: string, 
/**
 * The fields, as the screen wants them back.
 */
typed: string, };

export type Kind = "drugs" | "allergy" | "condition" | "duplicate";

export type LabOverdue = { 
/**
 * LOINC code.
 */
code: string, 
/**
 * Not in so many days.
 */
days: number, };

export type Label = { 
/**
 * Why it is sensitive; absent once the label was lifted.
 */
kind?: Sensitivity, 
/**
 * Decided when, ISO instant; absent when its source said so.
 */
at?: string, 
/**
 * By whom, as displayed.
 */
by?: string, 
/**
 * Why, in words.
 */
reason?: string, 
/**
 * The item it goes with: what is known of that one could be read off this one.
 */
goes_with?: string, };

export type Level = "high" | "medium" | "low";

export type LikelyPair = { 
/**
 * The one.
 */
patient: SearchRow, 
/**
 * The other, and what differs.
 */
other: LikelyPatient, };

export type LikelyPatient = { 
/**
 * Who.
 */
row: SearchRow, 
/**
 * How alike, from 0 to 1000.
 */
likeness: number, 
/**
 * The rule holds them for one person, or somebody in a hurry would take one for the other.
 */
stops: boolean, 
/**
 * What is known of both and differs.
 */
differs: Array<Difference>, };

export type ListRequests = Record<symbol, never>;

export type ListUsers = Record<symbol, never>;

export type ListWorkstations = Record<symbol, never>;

export type LockCause = "idle" | "manual" | "cap" | "system";

export type LookAlike = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Surname as written.
 */
surname: string, 
/**
 * Given names as written.
 */
given: string, 
/**
 * Birth date.
 */
birth_date?: string, 
/**
 * Record number.
 */
mrn: string, 
/**
 * Nearly the same birth date as well.
 */
near: boolean, 
/**
 * Only what differs.
 */
differs: Array<Difference>, };

export type LookAlikes = { 
/**
 * The rows.
 */
rows: Array<LikelyPatient>, 
/**
 * How many records were opened to find them.
 */
opened: number, };

export type LookAlikesOf = { 
/**
 * The nearest first.
 */
alike: Array<LookAlike>, 
/**
 * There are more.
 */
more: boolean, };

export type MarkInError = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * The section it stands in: whoever may write there may mark it.
 */
section: Section, 
/**
 * Why, in a few words.
 */
reason: string, };

export type MatchPatients = { 
/**
 * Surname.
 */
surname: string, 
/**
 * Given names.
 */
given: string, 
/**
 * Birth date as typed.
 */
birth_date: string, 
/**
 * Street and number.
 */
street: string, 
/**
 * City.
 */
city: string, 
/**
 * Postal code.
 */
postal_code: string, 
/**
 * Phone.
 */
phone: string, };

export type Meant = { 
/**
 * As it is written.
 */
written: string, 
/**
 * As it is to be checked.
 */
meant: string, };

export type Medication = { 
/**
 * Drug.
 */
drug: Coded, 
/**
 * Dose, route and frequency in words.
 */
dosage?: string | null, 
/**
 * `active`, `on-hold`, `cancelled`, `completed`, `entered-in-error`, `stopped`, `draft`, `unknown`.
 */
status: string, 
/**
 * `order`, `plan`, `proposal` …
 */
intent?: string | null, 
/**
 * Ordered when.
 */
ordered?: string | null, 
/**
 * Taken until, once it is stopped or completed; absent where nobody wrote the day down.
 */
ended?: string | null, 
/**
 * Why, in words.
 */
reason?: string | null, 
/**
 * How it was ordered here; absent for what was imported.
 */
order?: Order | null, };

export type MedicationView = { 
/**
 * Item id.
 */
item: string, 
/**
 * Drug in words.
 */
text: string, 
/**
 * Dose, route and frequency in words.
 */
dosage?: string, 
/**
 * `active`, `stopped`, `completed`, `on-hold`, `cancelled`, `draft`, `unknown`.
 */
status: string, 
/**
 * Ordered when.
 */
ordered?: string, 
/**
 * Revision that was read.
 */
rev: number, 
/**
 * Where the order stands.
 */
state: OrderState, 
/**
 * How it was ordered here.
 */
order?: Order, };

export type MemberView = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * `SURNAME, given names`.
 */
name: string, 
/**
 * Birth date, possibly partial.
 */
birth_date?: string, 
/**
 * Medical record number.
 */
mrn: string, 
/**
 * Why: one piece for each thing that was asked.
 */
evidence: Array<Evidence>, };

export type MergePatients = { 
/**
 * The record that goes on.
 */
patient: string, 
/**
 * The record that ends in it.
 */
merged: string, 
/**
 * Why they are one person's.
 */
reason: string, };

export type MergedView = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Name on one line.
 */
name: string, 
/**
 * Record number.
 */
mrn: string, 
/**
 * That one ended in this one; else this one in that.
 */
absorbed: boolean, 
/**
 * By whom.
 */
by: string, 
/**
 * When, ISO instant.
 */
at: string, 
/**
 * Why.
 */
reason: string, };

export type Met = { 
/**
 * Which.
 */
rule: CareRule, 
/**
 * How much it weighs.
 */
level: Level, 
/**
 * Why.
 */
evidence: Array<Evidence>, };

export type MonthDay = { 
/**
 * `YYYY-MM-DD`.
 */
day: string, 
/**
 * Whether the clinic is open.
 */
is_open: boolean, 
/**
 * The holiday's name, if it is one.
 */
holiday?: string, 
/**
 * Providers who are away.
 */
away: Array<string>, 
/**
 * How many visits each provider has.
 */
visits: Record<string, number>, };

export type MonthView = { 
/**
 * Today at the clinic.
 */
today: string, 
/**
 * Every day of the month.
 */
days: Array<MonthDay>, 
/**
 * Who sees patients.
 */
providers: Array<Provider>, 
/**
 * Visits that failed their integrity check and aren't counted.
 */
damaged: number, };

export type MoveItem = { 
/**
 * The patient in whose chart it stands.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * The section it stands in.
 */
section: Section, 
/**
 * The patient it belongs to; the user must have the right there too.
 */
to: string, 
/**
 * Why, in a few words.
 */
reason: string, };

export type Moved = { 
/**
 * Moved when, ISO instant.
 */
at: string, 
/**
 * By whom, as displayed.
 */
by: string, 
/**
 * Why, in words.
 */
reason: string, };

export type MyDay = { 
/**
 * Today at the clinic.
 */
day: string, 
/**
 * Counted just now.
 */
figures: Array<Figure>, 
/**
 * Whoever is here or comes next.
 */
next: Array<VisitView>, 
/**
 * Requests to amend a record that aren't decided, the most pressing first; for desk and doctors.
 */
amendments: Array<AmendmentToDo>, 
/**
 * What the desk's figures are made of; for the front desk.
 */
desk?: DeskLists, };

export type NationalIdView = { 
/**
 * One is on file.
 */
on_file: boolean, 
/**
 * Last four digits, for roles that may see them.
 */
last4?: string, 
/**
 * The whole number, only in the answer to a reveal.
 */
revealed?: string, };

export type NewUserView = { 
/**
 * The user.
 */
user: string, 
/**
 * What is typed at sign-in.
 */
username: string, 
/**
 * Good for one sign-in; to be told to that person and to nobody else.
 */
password: string, };

export type NotCheckedView = { 
/**
 * `drug`, `allergy`, `restricted`.
 */
kind: string, 
/**
 * As written; empty for a restricted item.
 */
text: string, 
/**
 * Nothing of it is in the table; else only `words` aren't.
 */
whole: boolean, 
/**
 * Words that aren't in the table.
 */
words: Array<string>, 
/**
 * What they may mean, to be confirmed by a person.
 */
suggestions: Array<string>, };

export type NotFree = { 
/**
 * `YYYY-MM-DD`.
 */
day: string, 
/**
 * Minutes since midnight.
 */
minute: number, 
/**
 * What stands against it.
 */
clashes: Array<Clash>, };

export type Note = "replica_set" | "sharded" | "all_queries" | "starts_preview" | "no_starts" | "no_ranges" | "no_queries" | "changes_told" | "changes_asked";

export type NoteAmendment = { 
/**
 * Whose.
 */
patient: string, 
/**
 * Received on, `YYYY-MM-DD`.
 */
received: string, 
/**
 * One of [`AMENDMENT_WAYS`].
 */
way: string, 
/**
 * One of [`AMENDED_PARTS`].
 */
about: string, };

export type NoteAuthorization = { 
/**
 * Whose.
 */
patient: string, 
/**
 * The authorization that is changed; a new one without.
 */
id?: string | null, 
/**
 * One of the carriers on file.
 */
carrier: string, 
/**
 * The carrier's number: letters, digits, hyphens.
 */
number?: string | null, 
/**
 * One of [`AUTHORIZED_SERVICES`].
 */
service: string, 
/**
 * One of [`AUTHORIZATION_STATES`].
 */
status: string, 
/**
 * First day, `YYYY-MM-DD`.
 */
from?: string | null, 
/**
 * Last day, `YYYY-MM-DD`.
 */
until?: string | null, 
/**
 * So many visits or units.
 */
units?: number | null, 
/**
 * So many of them are used.
 */
used: number, };

export type NoteCoverage = { 
/**
 * Whose.
 */
patient: string, 
/**
 * One of the carriers on file.
 */
carrier: string, 
/**
 * One of [`COVERAGE_ANSWERS`].
 */
answer: string, 
/**
 * How it was asked: one of [`COVERAGE_WAYS`].
 */
way: string, 
/**
 * The carrier's number of the answer: letters, digits, hyphens.
 */
reference?: string | null, 
/**
 * Until when it holds, `YYYY-MM-DD`.
 */
valid_until?: string | null, };

export type NoteDirective = { 
/**
 * Whose.
 */
patient: string, 
/**
 * What it says.
 */
terms: DirectiveTerms, };

export type NoteResponse = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The administration.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * How it worked.
 */
response?: string, 
/**
 * What it did besides.
 */
reaction?: string, };

export type NoteState = "unsigned" | "signed" | "awaits_cosign" | "cosigned";

export type NoteText = { 
/**
 * Title.
 */
title: string, 
/**
 * `soap`, `nursing`, `phone`, `free`.
 */
template: string, 
/**
 * Text.
 */
text: string, };

export type NoteView = { 
/**
 * Item id.
 */
item: string, 
/**
 * Title.
 */
title: string, 
/**
 * Written when, ISO.
 */
at: string, 
/**
 * By whom.
 */
author: string, 
/**
 * Text.
 */
text: string, 
/**
 * Revision that was read.
 */
rev: number, 
/**
 * Where it stands.
 */
state: NoteState, 
/**
 * The reader's own.
 */
mine: boolean, 
/**
 * How it was signed here.
 */
signing?: Signing, };

export type Nothing = Record<symbol, never>;

export type NumberNeeded = "treatment" | "payment" | "operations";

export type Observation = { 
/**
 * What was observed.
 */
code: Coded, 
/**
 * `vital-signs`, `laboratory`, `survey` or `other`.
 */
category: string, 
/**
 * `final`, `preliminary`, `amended`, `entered-in-error` …
 */
status: string, 
/**
 * Observed when (start, for a period).
 */
at?: string | null, 
/**
 * The value; absent when there are only components or a reason why not.
 */
value?: ObservedValue | null, 
/**
 * Why there is no value, in words.
 */
absent?: string | null, 
/**
 * Normal range.
 */
range?: ReferenceRange | null, 
/**
 * Interpretation code as sent, e.g. `H`, `LL`.
 */
interpretation?: string | null, 
/**
 * Parts, e.g. systolic and diastolic pressure.
 */
components?: Array<Component>, 
/**
 * Remarks.
 */
note?: string | null, 
/**
 * Looked at and signed off.
 */
signed?: Signature | null, };

export type ObservedValue = { "is": "quantity", 
/**
 * Number.
 */
value: number, 
/**
 * Unit as recorded; absent for a pure number.
 */
unit?: string | null, 
/**
 * `<`, `<=`, `>=`, `>`, when the true value lies beyond.
 */
comparator?: string | null, } | { "is": "text", 
/**
 * As written.
 */
text: string, } | { "is": "coded", 
/**
 * The answer.
 */
answer: Coded, } | { "is": "flag", 
/**
 * The answer.
 */
flag: boolean, };

export type OpenChart = { 
/**
 * Patient id.
 */
patient: string, };

export type Order = { 
/**
 * E.g. `10 mg`.
 */
dose?: string | null, 
/**
 * E.g. `by mouth`.
 */
route?: string | null, 
/**
 * E.g. `once a day`.
 */
frequency?: string | null, 
/**
 * First day.
 */
start?: string | null, 
/**
 * Last day.
 */
stop?: string | null, 
/**
 * How often it may be filled again.
 */
refills: number, 
/**
 * Signed by a doctor.
 */
signed?: Signature | null, 
/**
 * Given by word of mouth.
 */
verbal?: Verbal | null, 
/**
 * Why it was signed although the check interrupts: an answer to each finding.
 */
overrides?: Array<Override>, 
/**
 * Gone through with the patient last.
 */
reviewed?: Signature | null, 
/**
 * Why it was held, stopped or cancelled.
 */
ended_for?: string | null, };

export type OrderAccess = { 
/**
 * The user.
 */
user: string, };

export type OrderMedication = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The visit it belongs to.
 */
visit?: string, 
/**
 * What.
 */
ordered: Ordered, 
/**
 * What is said to the check.
 */
said?: Answers, };

export type OrderRotation = { 
/**
 * What is to be replaced.
 */
kind: RotationKind, 
/**
 * Of which compartment: for a root or its data keys.
 */
compartment: string | null, };

export type OrderState = "draft" | "unsigned" | "active" | "on_hold" | "stopped" | "completed" | "cancelled";

export type OrderStep = "sign" | "hold" | "resume" | "stop" | "complete" | "cancel";

export type Ordered = { 
/**
 * Drug.
 */
drug: Coded, 
/**
 * E.g. `10 mg`.
 */
dose?: string, 
/**
 * E.g. `by mouth`.
 */
route?: string, 
/**
 * E.g. `once a day`.
 */
frequency?: string, 
/**
 * First day.
 */
start?: string, 
/**
 * Last day.
 */
stop?: string, 
/**
 * How often it may be filled again.
 */
refills?: number, 
/**
 * Why, in words.
 */
reason?: string, };

export type Override = { 
/**
 * The finding's rule.
 */
rule: string, 
/**
 * The reason's code.
 */
reason: string, 
/**
 * In words.
 */
text: string, 
/**
 * By whom, when.
 */
signed: Signature, };

export type PackageCheck = "same" | "other" | "not_compared";

export type PatientChange = { 
/**
 * Which section.
 */
section: Section, 
/**
 * The revision it made.
 */
version: number, 
/**
 * When, ISO instant.
 */
at: string, 
/**
 * By whom; empty for the first.
 */
by: string, 
/**
 * What was and what became.
 */
changes: Array<ChangeView>, 
/**
 * It stands now.
 */
now: boolean, };

export type PatientDetails = { 
/**
 * Patient id.
 */
patient: string, };

export type PatientHistory = { 
/**
 * Patient id.
 */
patient: string, };

export type PatientHistoryView = { 
/**
 * Newest first.
 */
changes: Array<PatientChange>, 
/**
 * Versions that failed their integrity check: refused, reported, never shown.
 */
damaged: number, };

export type PhotoView = { 
/**
 * Its revision; 0 before the first photo.
 */
rev: number, 
/**
 * A small JPEG, as a `data:` address.
 */
image?: string, 
/**
 * When it was taken over, ISO instant.
 */
taken?: string, 
/**
 * By whom.
 */
by?: string, 
/**
 * Whether the reader may take another, or take it away.
 */
may_edit: boolean, };

export type Plan = { 
/**
 * When.
 */
at: At, 
/**
 * Who sees the patient.
 */
provider: string, 
/**
 * The kind of visit.
 */
visit_type: string, 
/**
 * How long; its kind says it otherwise.
 */
minutes?: number | null, 
/**
 * A room.
 */
room?: string | null, 
/**
 * Devices.
 */
devices?: Array<string>, 
/**
 * Why it is put where another visit stands.
 */
overbook?: string | null, };

export type PointView = { 
/**
 * Observed when, ISO.
 */
at: string, 
/**
 * Number, when it is one.
 */
value?: number, 
/**
 * Words, when it isn't a number.
 */
text?: string, 
/**
 * `low`, `high`, `critical`, when outside the band.
 */
flag?: string, 
/**
 * Item id.
 */
item: string, 
/**
 * Revision that was read.
 */
rev: number, 
/**
 * A result nobody has signed off yet.
 */
unsigned: boolean, };

export type PreviewPrint = PrintOrder;

export type PrintDocument = "visit_summary" | "medication_list" | "referral_letter" | "patient_copy" | "label" | "wristband" | "todays_list";

export type PrintMark = { "is": "text", 
/**
 * Where they begin.
 */
x: number, 
/**
 * Their base line.
 */
y: number, 
/**
 * Size of the letters.
 */
size: number, 
/**
 * Semibold.
 */
bold: boolean, 
/**
 * The words.
 */
text: string, } | { "is": "bar", 
/**
 * Left.
 */
x: number, 
/**
 * Top.
 */
y: number, 
/**
 * Width.
 */
width: number, 
/**
 * Height.
 */
height: number, } | { "is": "frame", 
/**
 * Left.
 */
x: number, 
/**
 * Top.
 */
y: number, 
/**
 * Width.
 */
width: number, 
/**
 * Height.
 */
height: number, };

export type PrintOrder = { 
/**
 * Which.
 */
document: PrintDocument, 
/**
 * About whom; nobody alone, for today's list.
 */
patient: string | null, 
/**
 * Of a visit summary: which visit; of a referral letter: which referral. The last one when it isn't said.
 */
visit: string | null, 
/**
 * What for.
 */
purpose: PrintPurpose, 
/**
 * Who gets it. Labels, wristbands and today's list are the clinic's own.
 */
for_whom: Recipient, 
/**
 * That another clinician needs it in an emergency, whatever was restricted.
 */
emergency?: EmergencyReason | null, 
/**
 * On which paper.
 */
paper: PrintPaper, };

export type PrintPage = { 
/**
 * Width.
 */
width: number, 
/**
 * Height.
 */
height: number, 
/**
 * What stands on it, in the order of reading.
 */
marks: Array<PrintMark>, };

export type PrintPages = PrintOrder;

export type PrintPaper = "letter" | "a4";

export type PrintPurpose = "treatment" | "patient_request" | "payment" | "operations";

export type PrintView = { 
/**
 * What it is, e.g. `Medication list`.
 */
title: string, 
/**
 * The pages.
 */
pages: Array<PrintPage>, 
/**
 * Letters that the font of a saved file doesn't have: there each stands as an empty box.
 */
missing: number, 
/**
 * Entries that failed their integrity check and aren't printed.
 */
damaged: number, 
/**
 * Of a visit summary: the visits there are, the newest first.
 */
visits: Array<PrintVisit>, };

export type PrintVisit = { 
/**
 * Item id.
 */
item: string, 
/**
 * When it began, ISO date or instant.
 */
start: string, 
/**
 * What kind of visit.
 */
kind: string, };

export type Problem = { 
/**
 * Words, 1–300 characters.
 */
text: string, 
/**
 * Code, e.g. `E11.9`.
 */
code?: string | null, 
/**
 * Code system, e.g. `ICD-10-CM` or `SNOMED CT`.
 */
system?: string | null, 
/**
 * `active`, `recurrence`, `relapse`, `inactive`, `remission`, `resolved`.
 */
clinical_status: string, 
/**
 * `unconfirmed`, `provisional`, `differential`, `confirmed`, `refuted`, `entered-in-error`.
 */
verification: string, 
/**
 * Onset date, possibly partial.
 */
onset?: string | null, 
/**
 * Resolved or in remission since, possibly partial.
 */
abatement?: string | null, 
/**
 * Free text, up to 10,000 characters.
 */
note?: string | null, };

export type ProblemView = { 
/**
 * Item id.
 */
item: string, 
/**
 * Revision that was read.
 */
rev: number, 
/**
 * Content.
 */
problem: Problem, 
/**
 * Last changed, ISO instant.
 */
changed: string, 
/**
 * By whom.
 */
by: string, };

export type Procedure = { 
/**
 * What was done.
 */
code: Coded, 
/**
 * `completed`, `in-progress`, `not-done` …
 */
status: string, 
/**
 * Start.
 */
at?: string | null, 
/**
 * End.
 */
until?: string | null, 
/**
 * Why, in words.
 */
reason?: string | null, };

export type Provider = { 
/**
 * Name as displayed; appointments name it.
 */
name: string, 
/**
 * User name of the account, where there is one: the patients of today's appointments are theirs.
 */
user?: string, 
/**
 * The unit where patients are checked in for this provider.
 */
unit?: string, };

export type ProvisionalView = { 
/**
 * `unknown` or `newborn`.
 */
kind: string, 
/**
 * Age in years as somebody judged it.
 */
estimated_age?: number, 
/**
 * The first, second … of several born together.
 */
birth_order?: number, 
/**
 * Record number of the mother.
 */
mother?: string, };

export type PublicBoard = { 
/**
 * The clinic's name.
 */
clinic: string, 
/**
 * Now, ISO instant.
 */
now: string, 
/**
 * Those who were called first, then by waiting time.
 */
rows: Array<BoardRow>, };

export type ReadItem = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The section it stands in.
 */
section: Section, };

export type ReadShift = { 
/**
 * How many, up to [`LONGEST`].
 */
hours: number, };

export type ReadTimeline = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Kinds to show; all when empty.
 */
kinds: Array<string>, 
/**
 * From this ISO day on.
 */
from?: string, 
/**
 * Until this ISO day, with it.
 */
until?: string, 
/**
 * With what was entered in error, struck through.
 */
in_error: boolean, 
/**
 * Rows to skip.
 */
offset: number, 
/**
 * Rows to show, at most 200.
 */
limit: number, };

export type ReadWorklist = { 
/**
 * Everybody's, not only one's own and what is overdue: for a hand-off.
 */
all: boolean, };

export type ReadyLetter = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The referral.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, };

export type RecentPatients = Record<symbol, never>;

export type Recipient = "patient" | "health_plan" | "another_clinician" | "family" | "employer" | "legal" | "research" | "clinic";

export type ReconcileMedications = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Still taken: item id and the revision that was read.
 */
taken: Array<[string, number]>, 
/**
 * Not taken any more.
 */
stopped: Array<[string, number]>, };

export type RecordAdministration = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The visit it belongs to.
 */
visit?: string, 
/**
 * The order.
 */
medication: string, 
/**
 * Whether it was given.
 */
given: boolean, 
/**
 * When, ISO instant.
 */
at: string, 
/**
 * How much.
 */
dose?: string, 
/**
 * Which way.
 */
route?: string, 
/**
 * How it worked.
 */
response?: string, 
/**
 * What it did besides.
 */
reaction?: string, 
/**
 * Why it wasn't given, or was although the order isn't in force.
 */
reason?: string, 
/**
 * What was scanned: the patient's wristband or the package.
 */
scanned?: string, };

export type RecordPart = "whole_record" | "visits" | "drug_list" | "referral_letters" | "attachments";

export type RecordResult = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The visit it belongs to.
 */
visit?: string, 
/**
 * LOINC code of the table of tests.
 */
code: string, 
/**
 * The value, in that test's unit.
 */
value: number, 
/**
 * Observed when, ISO instant.
 */
at: string, 
/**
 * Remarks.
 */
note?: string, 
/**
 * User name of the doctor who is to sign it off; the care team's when absent.
 */
doctor?: string, };

export type RecordVerbalOrder = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The visit it belongs to.
 */
visit?: string, 
/**
 * What.
 */
ordered: Ordered, 
/**
 * `verbal` or `telephone`.
 */
how: string, 
/**
 * User name of the doctor who gave it.
 */
doctor: string, 
/**
 * It was read back and confirmed.
 */
read_back: boolean, 
/**
 * What the doctor said to the check's findings.
 */
said?: Answers, };

export type RecordVitals = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The visit it belongs to.
 */
visit?: string, 
/**
 * Observed when, ISO instant; the time of entry is kept beside it.
 */
at: string, 
/**
 * The values.
 */
vitals: Vitals, 
/**
 * Fields whose doubtful value was looked at again and is right.
 */
confirmed: Array<string>, };

export type ReferenceRange = { 
/**
 * Lower end.
 */
low?: number | null, 
/**
 * Upper end.
 */
high?: number | null, 
/**
 * In words, when that is all there is.
 */
text?: string | null, };

export type Referral = { 
/**
 * To whom: a person, a practice, a department.
 */
to: string, 
/**
 * The specialty, where it isn't plain from the name.
 */
specialty?: string | null, 
/**
 * Why.
 */
reason: string, 
/**
 * FHIR request-priority: `routine`, `urgent`, `asap`, `stat`.
 */
priority: string, 
/**
 * [`ReferralStatus::word`]; an imported one may have another.
 */
status: string, 
/**
 * Written on this day.
 */
at?: string | null, 
/**
 * What the letter says beside the reason.
 */
letter?: string | null, 
/**
 * What came back.
 */
answer?: string | null, 
/**
 * The letter lies ready for the patient: who said so, and when.
 */
ready?: Signature | null, };

export type Refill = { 
/**
 * The prescription.
 */
medication: string, 
/**
 * Its drug in words, as it was when asked.
 */
drug: string, 
/**
 * Where it stands.
 */
status: RefillStatus, 
/**
 * The patient is about to run out.
 */
urgent: boolean, 
/**
 * Asked when, by whom.
 */
asked: Signature, 
/**
 * Decided when, by whom.
 */
decided?: Signature | null, 
/**
 * What the one who asked or decided wants to say.
 */
note?: string | null, };

export type RefillStatus = "pending" | "approved" | "denied" | "completed";

export type RefillView = { 
/**
 * Item id.
 */
item: string, 
/**
 * Revision that was read.
 */
rev: number, 
/**
 * Content.
 */
refill: Refill, };

export type RefuseEnrolment = { 
/**
 * Which.
 */
request: string, };

export type RegisterPatient = { 
/**
 * What was typed.
 */
entered: Entered, 
/**
 * Why it is somebody else than whoever looks the same.
 */
despite?: string, };

export type RegisterUnknown = { 
/**
 * The mother, of a newborn; without one it is somebody nobody knows.
 */
mother?: string, 
/**
 * Born today; so even without a known mother.
 */
newborn: boolean, 
/**
 * `female`, `male`, `other`, `unknown`.
 */
sex: string, 
/**
 * As somebody judges it, in years.
 */
estimated_age?: number, 
/**
 * The first, second … of several born together.
 */
birth_order?: number, };

export type Registered = { "is": "registered", 
/**
 * Patient id.
 */
patient: string, 
/**
 * Record number.
 */
mrn: string, 
/**
 * What a scanner reads from the wristband.
 */
wristband: string, } | { "is": "stopped", 
/**
 * Who, the likeliest first.
 */
alike: Array<LikelyPatient>, };

export type ReminderKind = "day_before" | "same_day" | "missed";

export type RemindersView = { 
/**
 * Each.
 */
due: Array<DueReminder>, };

export type RemovePhoto = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The revision that was read.
 */
rev: number, };

export type Repeat = { 
/**
 * Weeks between two.
 */
weeks: number, 
/**
 * How many in all.
 */
times: number, };

export type Report = { 
/**
 * What it is about.
 */
code: Coded, 
/**
 * `final`, `preliminary` …
 */
status: string, 
/**
 * About when.
 */
at?: string | null, 
/**
 * Conclusion in words.
 */
conclusion?: string | null, 
/**
 * The observations it rests on, as their source names them.
 */
results?: Array<string>, };

export type ReportAnswers = { 
/**
 * The patient after whom to go on; none at the beginning.
 */
after: string | null, };

export type RequestRefill = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The prescription.
 */
medication: string, 
/**
 * The patient is about to run out.
 */
urgent: boolean, 
/**
 * What is to be said about it.
 */
note?: string, };

export type RequestRow = { 
/**
 * The colleague.
 */
user: string, 
/**
 * Display name.
 */
name: string, 
/**
 * User name.
 */
username: string, 
/**
 * The role's code.
 */
role: string, 
/**
 * Compartments that wait.
 */
compartments: Array<string>, 
/**
 * Those of them that this user holds and can give.
 */
yours: Array<string>, 
/**
 * The administrator who ordered it.
 */
ordered_by: string, 
/**
 * When.
 */
at: Timestamp, };

export type RequestsView = { 
/**
 * Oldest first.
 */
requests: Array<RequestRow>, };

export type RescheduleVisit = { 
/**
 * Whose.
 */
patient: string, 
/**
 * Which visit.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * Why: one of [`CANCEL_REASONS`].
 */
reason: string, 
/**
 * What is booked instead.
 */
plan: Plan, };

export type ResetPassword = { 
/**
 * The user.
 */
user: string, 
/**
 * Somebody else may know the old one: what the user held is to be rotated too.
 */
compromised: boolean, };

export type RestoreVersion = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Which section.
 */
section: Section, 
/**
 * The revision of it that is to be again.
 */
version: number, 
/**
 * The revision that stands now, as it was read.
 */
rev: number, };

export type RetireWorkstation = Record<symbol, never>;

export type RetiredView = { 
/**
 * The clinic's name.
 */
site: string, 
/**
 * The workstation's name.
 */
name: string, 
/**
 * Its id.
 */
workstation: string, 
/**
 * The public key that its audit is verified with.
 */
key: string, 
/**
 * The last row of its audit.
 */
audit_row: number, 
/**
 * That row's hash.
 */
audit_hash: string, 
/**
 * When, in milliseconds.
 */
at: number, 
/**
 * How many keys left the keychain.
 */
deleted: number, };

export type RevealNationalId = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Why, in a few words.
 */
reason: string, };

export type RevokeWorkstation = { 
/**
 * Which.
 */
workstation: string, };

export type RotationKind = "master" | "data" | "index" | "site";

export type RotationView = { 
/**
 * Its id.
 */
job: string, 
/**
 * What is replaced.
 */
kind: RotationKind, 
/**
 * The compartment's code, where it is about one.
 */
compartment: string | null, 
/**
 * The epoch or generation that is replaced.
 */
from: number, 
/**
 * When it was ordered, in milliseconds since 1970.
 */
ordered: number, 
/**
 * How far, in thousandths.
 */
per_mille: number, 
/**
 * Documents brought under the new keys so far.
 */
documents: number, 
/**
 * Somebody stopped it for the time being.
 */
paused: boolean, 
/**
 * It can't go on: documents are damaged.
 */
stuck: boolean, 
/**
 * All steps are done.
 */
ended: boolean, 
/**
 * Whether this user holds what its next step needs.
 */
mine: boolean, };

export type RuleAnswers = { 
/**
 * The rule; `restricted` where it may not be named.
 */
rule: string, 
/**
 * Orders signed in spite of it.
 */
signed: number, 
/**
 * Orders withheld because of it.
 */
withheld: number, 
/**
 * How often for which coded reason.
 */
reasons: { [key in string]: number }, };

export type Said = { "kind": "phone", "value": string } | { "kind": "mrn", "value": string } | { "kind": "postal_code", "value": string } | { "kind": "wristband", "value": string };

export type SavePrint = PrintOrder;

export type SavedDetails = { "is": "saved", } | { "is": "waiting", } | { "is": "conflict", 
/**
 * What is stored now.
 */
current: DetailsView, };

export type SavedItem = { "is": "saved", 
/**
 * As it now stands.
 */
saved: ItemView, } | { "is": "conflict", 
/**
 * What is stored now.
 */
current: ItemView, };

export type SavedPrint = { 
/**
 * How many pages it has.
 */
pages: number, };

export type SavedProblem = { "is": "saved", 
/**
 * As it now stands.
 */
saved: ProblemView, } | { "is": "conflict", 
/**
 * What is stored now.
 */
current: ProblemView, };

export type SavedVitals = { "is": "saved", 
/**
 * As they now stand.
 */
saved: Array<ItemView>, 
/**
 * The critical values among them, in words: whoever treats the patient is told.
 */
critical: Array<string>, } | { "is": "doubted", 
/**
 * Which, and why.
 */
doubts: Array<Doubted>, };

export type ScanWristband = { 
/**
 * The code.
 */
code: string, };

export type ScannedView = { 
/**
 * Patient id.
 */
patient: string, };

export type ScheduleDays = { 
/**
 * Today at the clinic, `YYYY-MM-DD`.
 */
today: string, 
/**
 * Now, by the clinic's clock, ISO instant with offset.
 */
now: string, 
/**
 * Now in minutes since midnight.
 */
minute: number, 
/**
 * The days.
 */
days: Array<DayView>, 
/**
 * Who sees patients.
 */
providers: Array<Provider>, 
/**
 * What can be booked.
 */
visit_types: Array<VisitType>, 
/**
 * Rooms.
 */
rooms: Array<string>, 
/**
 * Devices.
 */
devices: Array<string>, 
/**
 * In order of time.
 */
visits: Array<VisitView>, 
/**
 * What may be done.
 */
may: ScheduleRights, 
/**
 * Visits that failed their integrity check and aren't shown.
 */
damaged: number, };

export type ScheduleRights = { 
/**
 * Book, move and cancel for anybody.
 */
book: boolean, 
/**
 * Check anybody in.
 */
check_in: boolean, 
/**
 * See who pays.
 */
insurance: boolean, };

export type ScheduleView = { 
/**
 * The day, ISO date.
 */
day: string, 
/**
 * In order of time.
 */
appointments: Array<AppointmentView>, };

export type SearchPage = { 
/**
 * The rows, ranked.
 */
rows: Array<SearchRow>, 
/**
 * How many patients match in all.
 */
total: number, 
/**
 * Position of the first row.
 */
offset: number, 
/**
 * More may match than `total` says: what was typed is too little to tell.
 */
more: boolean, };

export type SearchPatients = { 
/**
 * What was typed: names, `surname, given`, birth date or range or age, MRN, phone or its last four, e-mail.
 */
query: string, 
/**
 * Position of the first row wanted.
 */
offset: number, 
/**
 * How many rows; at most [`LONGEST_PAGE`].
 */
limit: number, 
/**
 * Only patients of this sex: `female`, `male`, `other`, `unknown`.
 */
sex?: string, 
/**
 * Grows with every question of a window: one that a newer question has overtaken isn't answered.
 */
ticket?: number, };

export type SearchRow = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Surname as written.
 */
surname: string, 
/**
 * Given names as written.
 */
given: string, 
/**
 * Birth date, possibly partial; absent when unknown.
 */
birth_date?: string, 
/**
 * Age in whole years, when the birth date allows.
 */
age?: number, 
/**
 * `female`, `male`, `other`, `unknown`.
 */
sex: string, 
/**
 * Medical record number.
 */
mrn: string, 
/**
 * Last four digits of the first phone.
 */
phone_last4?: string, 
/**
 * Deceased.
 */
deceased: boolean, 
/**
 * Made up, for tests or training.
 */
test: boolean, 
/**
 * The record isn't used any more.
 */
inactive: boolean, 
/**
 * Another record goes on in this one's place.
 */
merged_into?: string, 
/**
 * Another row on this page has the same or a very similar name.
 */
similar_name: boolean, 
/**
 * How it fits what was searched for.
 */
fit: Fit, 
/**
 * The stored record failed its integrity check: nothing of it is shown.
 */
damaged: boolean, };

export type SeatState = { "is": "vacant" } | { "is": "retired", 
/**
 * What is kept of it.
 */
record: RetiredView, } | { "is": "open", 
/**
 * Who.
 */
user: UserView, 
/**
 * Milliseconds of idleness until the details blur.
 */
blur_in_ms: number, 
/**
 * Milliseconds until the warning bar shows.
 */
warn_in_ms: number, 
/**
 * Milliseconds until the lock.
 */
lock_in_ms: number, 
/**
 * The password was given by somebody else: nothing but choosing an own one is possible.
 */
choose_password: boolean, 
/**
 * Access that was ordered and not confirmed yet.
 */
waiting: Array<WaitingView>, } | { "is": "locked", 
/**
 * Initials of the holder, e.g. `R.O.`.
 */
initials: string, 
/**
 * Role in words.
 */
role: string, 
/**
 * Why.
 */
cause: LockCause, 
/**
 * Since when.
 */
since: Timestamp, 
/**
 * The idle time that led to the lock, in seconds, when `cause` is idle.
 */
idle_s: number | null, };

export type SeatView = { 
/**
 * Vacant, open or locked.
 */
state: SeatState, 
/**
 * The clinic's name.
 */
site: string, 
/**
 * True for a demo clinic: the banner says so on every screen.
 */
demo: boolean, 
/**
 * Demo sign-ins to show on the sign-in screen; empty outside a demo.
 */
demo_users: Array<DemoUser>, 
/**
 * Which store answers.
 */
store: StoreKind, 
/**
 * Version of the role table.
 */
policy: string, 
/**
 * Product version.
 */
version: string, };

export type Section = "identity" | "contact" | "insurance" | "national_id" | "summary" | "appointments" | "directory" | "problems" | "medications" | "administrations" | "allergies" | "observations" | "notes" | "encounters" | "immunizations" | "procedures" | "reports" | "referrals" | "care_plans" | "tasks" | "kept" | "restricted" | "hidden_ingredients" | "photo" | "documents" | "document_pages" | "front_documents" | "front_document_pages";

export type SendReminders = Record<symbol, never>;

export type Sensitivity = "psychiatric" | "hiv" | "substance_use" | "reproductive" | "other";

export type SentReminders = { 
/**
 * Taken by the relay.
 */
sent: number, 
/**
 * Not taken; tried again later.
 */
failed: number, 
/**
 * Nowhere to send them to.
 */
without_address: number, };

export type SeriesView = { 
/**
 * Code, e.g. LOINC `8480-6`.
 */
code: string, 
/**
 * Name in words.
 */
name: string, 
/**
 * `vital-signs`, `laboratory`, `survey`, `other`.
 */
category: string, 
/**
 * Unit as recorded; empty when there is none.
 */
unit: string, 
/**
 * Values, newest first, at most 200.
 */
points: Array<PointView>, 
/**
 * How many values there are in all.
 */
count: number, 
/**
 * Reference band, when one is recorded.
 */
low?: number, 
/**
 * Upper end of the band.
 */
high?: number, };

export type SetActive = { 
/**
 * The user.
 */
user: string, 
/**
 * Whether.
 */
active: boolean, };

export type SetBalance = { 
/**
 * Whose.
 */
patient: string, 
/**
 * In hundredths.
 */
cents: number, 
/**
 * One of [`BALANCE_STATES`].
 */
state: string, 
/**
 * When it is due, `YYYY-MM-DD`.
 */
due?: string | null, };

export type SetExtraRight = { 
/**
 * The user.
 */
user: string, 
/**
 * Whether the user may see and label sensitive items.
 */
sensitive: boolean, };

export type SetLabel = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * The section its kind belongs to: whoever may write there and has the extra right may label it.
 */
section: Section, 
/**
 * Why it is sensitive; absent to lift the label.
 */
label?: Sensitivity, 
/**
 * Why that is decided, in a few words.
 */
reason: string, };

export type SetSchedule = { 
/**
 * The version that was read; another one is a conflict.
 */
version: number, 
/**
 * What is set from now on; without it nothing changes.
 */
schedule?: SiteSchedule | null, };

export type SetStanding = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The revision of identity that was read.
 */
rev: number, 
/**
 * As it shall be.
 */
standing: Standing, };

export type SettingsView = { 
/**
 * Which version; 0 while nobody has set anything.
 */
version: number, 
/**
 * What holds.
 */
schedule: SiteSchedule, };

export type Severity = "major" | "moderate" | "minor";

export type ShiftKind = "result" | "vital" | "given" | "not_given" | "order_signed" | "order_verbal" | "note" | "note_signed";

export type ShiftRow = { 
/**
 * Whose.
 */
patient: string, 
/**
 * `SURNAME, Given`.
 */
name: string, 
/**
 * Item id.
 */
item: string, 
/**
 * Revision that was read.
 */
rev: number, 
/**
 * The section it stands in.
 */
section: Section, 
/**
 * What kind.
 */
kind: ShiftKind, 
/**
 * When it was written, ISO instant.
 */
at: string, 
/**
 * What.
 */
text: string, 
/**
 * By whom.
 */
by: string, 
/**
 * It stands out: out of range, not given, a reaction, not signed yet.
 */
flagged: boolean, };

export type ShiftView = { 
/**
 * Since when, ISO instant.
 */
since: string, 
/**
 * What happened.
 */
rows: Array<ShiftRow>, 
/**
 * Items that failed their integrity check: refused, reported, never shown.
 */
damaged: number, };

export type ShowAccount = { 
/**
 * Whose.
 */
patient: string, };

export type ShowAmendments = { 
/**
 * Whose.
 */
patient: string, };

export type ShowAttachment = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The section it stands in.
 */
section: Section, 
/**
 * Which page, from 0.
 */
page: number, };

export type ShowDirectives = { 
/**
 * Whose.
 */
patient: string, };

export type ShowMonth = { 
/**
 * Any day of it; this month without one.
 */
day?: string | null, };

export type ShowMyDay = Record<symbol, never>;

export type ShowPhoto = { 
/**
 * Patient id.
 */
patient: string, };

export type ShowPublicBoard = Record<symbol, never>;

export type ShowReminders = Record<symbol, never>;

export type ShowSchedule = { 
/**
 * First day, `YYYY-MM-DD`; today without one.
 */
from?: string | null, 
/**
 * How many days, up to seven.
 */
days: number, };

export type ShowStatus = Record<symbol, never>;

export type ShowWaitingList = Record<symbol, never>;

export type SignIn = { 
/**
 * User name.
 */
username: string, 
/**
 * Password.
 */
password: string, };

export type SignNote = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * User name of the doctor who is to sign as well.
 */
cosigner?: string, };

export type SignResult = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, };

export type Signature = { 
/**
 * As displayed.
 */
by: string, 
/**
 * The user.
 */
by_id: string, 
/**
 * ISO instant.
 */
at: string, };

export type Signing = { 
/**
 * `soap`, `nursing`, `phone`, `free`.
 */
template: string, 
/**
 * Signed by its author.
 */
signed?: Signature | null, 
/**
 * A doctor was asked to sign as well.
 */
cosign_wanted: boolean, 
/**
 * Signed by that doctor.
 */
cosigned?: Signature | null, 
/**
 * What was added below the signed text.
 */
addenda?: Array<Addendum>, };

export type SiteSchedule = { 
/**
 * IANA name of the time zone; the workstation's own while none is set.
 */
zone?: string, 
/**
 * Opening hours, Monday first; seven lists.
 */
hours: Array<Array<Hours>>, 
/**
 * Days on which the clinic is closed whatever the weekday.
 */
holidays: Array<Holiday>, 
/**
 * When providers are away.
 */
absences: Array<Absence>, 
/**
 * What can be booked.
 */
visit_types: Array<VisitType>, 
/**
 * Rooms that one visit at a time takes.
 */
rooms: Array<string>, 
/**
 * Devices that one visit at a time takes, in whatever room.
 */
devices?: Array<string>, 
/**
 * Who sees patients.
 */
providers: Array<Provider>, 
/**
 * Whether reminders say the time of day beside `today` or `tomorrow`.
 */
reminders_tell_time: boolean, };

export type SliceView = { 
/**
 * Patients looked at so far.
 */
done: number, 
/**
 * Of how many.
 */
of: number, 
/**
 * Where to go on; absent at the end.
 */
next?: string, 
/**
 * Patients of this slice that couldn't be read.
 */
damaged: number, };

export type Standing = { 
/**
 * The patient has died.
 */
deceased: boolean, 
/**
 * ISO date of death; empty when unknown.
 */
deceased_on: string, 
/**
 * Made up, for tests or training.
 */
test: boolean, 
/**
 * Why the record isn't used any more; empty for one that is.
 */
inactive: string, 
/**
 * How long it is kept: `long`, `permanent`; empty for the usual time.
 */
retention: string, 
/**
 * A VIP: found by the desk and by those who treat her, by nobody else.
 */
vip: boolean, };

export type StatusView = { 
/**
 * One line for each thing checked.
 */
checks: Array<CheckView>, 
/**
 * Product version.
 */
version: string, 
/**
 * libmongocrypt version.
 */
libmongocrypt: string, 
/**
 * Version of the role table and the first bytes of its hash.
 */
policy: string, };

export type StepEncounter = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * What it becomes.
 */
status: EncounterStatus, };

export type StepOrder = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * Item id.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * Which.
 */
step: OrderStep, 
/**
 * Why: needed to hold, stop or cancel.
 */
reason?: string, 
/**
 * What is said to the check, to sign.
 */
said?: Answers, };

export type StepVisit = { 
/**
 * Whose.
 */
patient: string, 
/**
 * Which.
 */
item: string, 
/**
 * The revision that was read.
 */
rev: number, 
/**
 * `room`, `see`, `check_out` or `miss`.
 */
step: VisitStep, 
/**
 * The room the patient is brought to.
 */
room?: string | null, };

export type StoreKind = "memory" | "embedded" | "atlas";

export type SubjectView = { "is": "drug", 
/**
 * As written.
 */
text: string, 
/**
 * The ingredients meant.
 */
ingredients: Array<string>, 
/**
 * Its item, when it's in the chart.
 */
item?: string, 
/**
 * Not taken any more.
 */
stopped: boolean, 
/**
 * Since so many days, when that is known.
 */
days?: number, } | { "is": "allergy", 
/**
 * As written.
 */
text: string, 
/**
 * Its item.
 */
item: string, 
/**
 * An intolerance.
 */
intolerance: boolean, } | { "is": "condition", 
/**
 * Words.
 */
text: string, } | { "is": "restricted" };

export type SuggestCodes = { 
/**
 * In any order, each perhaps unfinished.
 */
text: string, 
/**
 * The same for all questions of one search, while somebody types: the audit has one row of it, and no word.
 */
search: string, };

export type TableView = { 
/**
 * Version.
 */
version: string, 
/**
 * The day its sources were read.
 */
date: string, 
/**
 * The pharmacist who reviewed it; absent while none has.
 */
reviewer?: string, };

export type TakePhoto = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The revision that was read; 0 before the first.
 */
rev: number, };

export type Task = { 
/**
 * What it asks for.
 */
kind: TaskKind, 
/**
 * In words.
 */
text: string, 
/**
 * Where it stands.
 */
status: TaskStatus, 
/**
 * FHIR request-priority: `routine`, `urgent`, `asap`, `stat`.
 */
priority: string, 
/**
 * The item it is about.
 */
focus?: string | null, 
/**
 * Whose it is; nobody's in particular while it is absent.
 */
owner?: string | null, 
/**
 * The owner's name as displayed.
 */
owner_name?: string | null, 
/**
 * Made when, ISO instant.
 */
made: string, 
/**
 * To be done until, ISO day or instant.
 */
due?: string | null, 
/**
 * What was said when it ended.
 */
outcome?: string | null, };

export type TaskKind = "todo" | "sign_order" | "decide_refill" | "sign_result" | "acknowledge_critical" | "sign_note" | "cosign_note";

export type TaskStatus = "draft" | "requested" | "received" | "accepted" | "rejected" | "ready" | "cancelled" | "in-progress" | "on-hold" | "failed" | "completed" | "entered-in-error";

export type TaskView = { 
/**
 * Item id.
 */
item: string, 
/**
 * Revision that was read.
 */
rev: number, 
/**
 * Whose.
 */
patient: string, 
/**
 * `SURNAME, Given`; empty within the patient's own chart.
 */
name: string, 
/**
 * The patient's, ISO, maybe partial; absent within the patient's own chart.
 */
birth_date?: string, 
/**
 * What it asks for.
 */
kind: TaskKind, 
/**
 * In words.
 */
text: string, 
/**
 * Where it stands.
 */
status: TaskStatus, 
/**
 * `routine`, `urgent`, `asap`, `stat`.
 */
priority: string, 
/**
 * The item it is about.
 */
focus?: string, 
/**
 * Whose to do.
 */
owner_name?: string, 
/**
 * The reader's own.
 */
mine: boolean, 
/**
 * On the reader's list: own, nobody's, or told to everybody by now.
 */
told: boolean, 
/**
 * Who is told of it by now.
 */
circle: Circle, 
/**
 * Made when, ISO instant.
 */
made: string, 
/**
 * To be done until, ISO day or instant.
 */
due?: string, 
/**
 * That time is over.
 */
overdue: boolean, };

export type TellApart = { 
/**
 * The one.
 */
patient: string, 
/**
 * The other.
 */
other: string, };

export type Tier = "high" | "medium" | "low";

export type TimelineRow = { 
/**
 * Item id.
 */
item: string, 
/**
 * Revision that was read.
 */
rev: number, 
/**
 * The section it stands in.
 */
section: Section, 
/**
 * `problem`, `medication`, `vital`, `result`, `note` …
 */
kind: string, 
/**
 * When, ISO, possibly partial.
 */
at: string, 
/**
 * What.
 */
text: string, 
/**
 * Status word.
 */
status: string, 
/**
 * By whom.
 */
by: string, 
/**
 * Entered in error: when, by whom, why.
 */
in_error?: InError, 
/**
 * It stood in another chart first.
 */
moved: boolean, 
/**
 * Why it is sensitive, for who may see that.
 */
label?: Label, };

export type TimelineView = { 
/**
 * Rows.
 */
rows: Array<TimelineRow>, 
/**
 * How many rows there are in all.
 */
total: number, 
/**
 * How many of each kind, between the chosen days.
 */
kinds: Record<string, number>, 
/**
 * Items that failed their integrity check: refused, reported, never shown.
 */
damaged: number, };

export type Times = { 
/**
 * At the desk.
 */
arrived?: string, 
/**
 * In a room.
 */
roomed?: string, 
/**
 * Seen by the provider.
 */
seen?: string, 
/**
 * Out.
 */
out?: string, };

export type Timestamp = number;

export type ToDoView = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * `SURNAME, Given`.
 */
name: string, 
/**
 * When the visit begins, or record number.
 */
about: string, 
/**
 * `unsigned`, `missed`, `no_address` or `registered`.
 */
why: string, 
/**
 * Only of whom another on the page could be taken for.
 */
birth_date?: string, };

export type TodaysSchedule = Record<symbol, never>;

export type Unlock = { 
/**
 * Password.
 */
password: string, };

export type UnmergePatients = { 
/**
 * The record that went on.
 */
patient: string, 
/**
 * The record that had ended in it.
 */
merged: string, };

export type UserRow = { 
/**
 * The user.
 */
user: string, 
/**
 * What is typed at sign-in.
 */
username: string, 
/**
 * What is shown.
 */
name: string, 
/**
 * The role's code.
 */
role: string, 
/**
 * The unit, if any.
 */
unit?: string, 
/**
 * Whether the user may sign in.
 */
active: boolean, 
/**
 * Whether the user has the extra right for items labelled sensitive.
 */
sensitive: boolean, 
/**
 * Compartments held.
 */
holds: Array<string>, 
/**
 * Compartments ordered and not confirmed yet.
 */
waits_for: Array<string>, 
/**
 * When the user last signed in, as the user's own signature says.
 */
last_sign_in?: Timestamp, };

export type UserView = { 
/**
 * Display name, e.g. `Dr. R. Osei`.
 */
name: string, 
/**
 * Initials.
 */
initials: string, 
/**
 * Role code: `doctor`, `nurse`, `front_desk`, `administrator`, `auditor`.
 */
role: string, };

export type UsersView = { 
/**
 * By user name.
 */
users: Array<UserRow>, };

export type Verbal = { 
/**
 * `verbal` or `telephone`.
 */
how: string, 
/**
 * The doctor who gave it, by user name.
 */
from: string, 
/**
 * The doctor, where the user is known.
 */
from_id?: string | null, 
/**
 * Who wrote it down and read it back, and when.
 */
read_back: Signature, };

export type VersionView = { 
/**
 * Revision.
 */
rev: number, 
/**
 * Written when, ISO.
 */
at: string, 
/**
 * By whom.
 */
by: string, 
/**
 * What it changed of the version before; everything, for the first.
 */
changes: Array<ChangeView>, 
/**
 * Entered in error: when, by whom, why.
 */
in_error?: InError, 
/**
 * It stood in another chart first.
 */
moved?: Moved, 
/**
 * What was decided about its label, for who may see that.
 */
label?: Label, };

export type VisitStep = "book" | "arrive" | "room" | "see" | "check_out" | "cancel" | "miss" | "reschedule";

export type VisitType = { 
/**
 * In words, and not clinical ones: receptionists read it aloud.
 */
name: string, 
/**
 * Minutes, a multiple of [`CELL`].
 */
minutes: number, };

export type VisitView = { 
/**
 * Item id.
 */
item: string, 
/**
 * Patient id.
 */
patient: string, 
/**
 * Revision of what is shown.
 */
rev: number, 
/**
 * `SURNAME, Given`; empty for a patient whose record is damaged.
 */
name: string, 
/**
 * ISO date, possibly partial.
 */
birth_date?: string, 
/**
 * Another patient on the list has this name, but for one letter.
 */
similar_name: boolean, 
/**
 * The day at the clinic, `YYYY-MM-DD`; empty for a wish.
 */
day: string, 
/**
 * Minutes since midnight, by the clinic's clock.
 */
minute: number, 
/**
 * Start, ISO instant with offset.
 */
start: string, 
/**
 * Length in minutes.
 */
minutes: number, 
/**
 * Provider's name; empty for a wish that takes anybody.
 */
provider: string, 
/**
 * Whether the reader is that provider.
 */
mine: boolean, 
/**
 * Visit type in words.
 */
visit_type: string, 
/**
 * `waitlist`, `booked`, `arrived`, `roomed`, `seen`, `out`, `cancelled`, `noshow`, `rescheduled`; an imported visit
 * may have another word.
 */
status: string, 
/**
 * Room.
 */
room?: string, 
/**
 * Devices.
 */
devices?: Array<string>, 
/**
 * When it came to each state.
 */
times: Times, 
/**
 * What the public board calls the patient.
 */
token?: string, 
/**
 * Where the patient is checked in.
 */
unit?: string, 
/**
 * What was said of the insurance at the check-in, as a code; for those who see who pays.
 */
insurance?: string, 
/**
 * Forms that were signed at the check-in, as codes.
 */
forms?: Array<string>, 
/**
 * Why it was cancelled or moved, as a code.
 */
reason?: string, 
/**
 * Why it stands where another stands, as a code.
 */
overbooked?: string, 
/**
 * Who has a letter ready for the patient to take along.
 */
letter?: string, 
/**
 * The same for all visits of a series.
 */
series?: string, };

export type Vitals = { 
/**
 * mmHg.
 */
systolic?: number, 
/**
 * mmHg.
 */
diastolic?: number, 
/**
 * Beats a minute.
 */
heart_rate?: number, 
/**
 * Breaths a minute.
 */
respiratory_rate?: number, 
/**
 * Percent.
 */
spo2?: number, 
/**
 * Degrees in `temperature_unit`.
 */
temperature?: number, 
/**
 * `Cel` or `[degF]`.
 */
temperature_unit?: string, 
/**
 * In `weight_unit`.
 */
weight?: number, 
/**
 * `kg` or `[lb_av]`.
 */
weight_unit?: string, 
/**
 * 0–10.
 */
pain?: number, };

export type WaitForVisit = { 
/**
 * Whose wish.
 */
patient: string, 
/**
 * The kind of visit.
 */
visit_type: string, 
/**
 * With whom; with anybody otherwise.
 */
provider?: string | null, 
/**
 * First day, `YYYY-MM-DD`.
 */
from: string, 
/**
 * Last day.
 */
until: string, 
/**
 * `morning`, `afternoon`, or both.
 */
part?: string | null, };

export type WaitingList = { 
/**
 * Longest waiting first.
 */
wishes: Array<WishView>, 
/**
 * Wishes that failed their integrity check.
 */
damaged: number, };

export type WaitingView = { 
/**
 * To be read out to a colleague; absent when the orders name other keys than this user's.
 */
code?: string, 
/**
 * Compartments that wait.
 */
compartments: Array<string>, };

export type Why = "empty" | "one_letter" | "too_long" | "characters" | "too_short" | "form" | "digits" | "date" | "impossible" | "future" | "before_start" | "too_long_ago" | "never_issued" | "too_large" | "not_a_picture" | "not_a_document" | "too_many_pages" | "locked" | "not_listed";

export type WishView = { 
/**
 * Who, for what and with whom.
 */
visit: VisitView, 
/**
 * First day.
 */
from: string, 
/**
 * Last day.
 */
until: string, 
/**
 * `morning`, `afternoon` or absent.
 */
part?: string, 
/**
 * Since when, ISO instant.
 */
since: string, };

export type WithholdOrder = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The drug as it was typed.
 */
drug: string, };

export type WorklistView = { 
/**
 * Open tasks.
 */
tasks: Array<TaskView>, 
/**
 * Who may be given something to do.
 */
colleagues: Array<ColleagueView>, 
/**
 * Items that failed their integrity check: refused, reported, never shown.
 */
damaged: number, };

export type WorkstationRow = { 
/**
 * Its id.
 */
id: string, 
/**
 * What people call it.
 */
name: string, 
/**
 * Since when.
 */
enrolled: Timestamp, 
/**
 * How its time ended, if it did.
 */
ended?: Ending, 
/**
 * When it ended.
 */
ended_at?: Timestamp, 
/**
 * This one.
 */
here: boolean, 
/**
 * An administrator's signature stands behind the entry; without one it gets no renewed site key.
 */
vouched: boolean, 
/**
 * When it was opened or somebody signed in last, as its own signature says.
 */
last_seen?: Timestamp, 
/**
 * The version of the program it ran then.
 */
program?: string, };

export type WorkstationsView = { 
/**
 * In the order of their enrolment.
 */
workstations: Array<WorkstationRow>, 
/**
 * Oldest first.
 */
requests: Array<EnrolmentRow>, };

export type WriteNote = { 
/**
 * Patient id.
 */
patient: string, 
/**
 * The visit it belongs to.
 */
visit?: string, 
/**
 * Its words.
 */
note: NoteText, };

export type XrayRecord = { 
/**
 * The patient whose chart is open.
 */
patient: string | null, };

export type XrayRow = { 
/**
 * Dotted path in the stored document.
 */
path: string, 
/**
 * `unindexed`, `equality`, `range`, `text`, `deterministic`, `sealed`, `tags` or `clear`.
 */
form: string, 
/**
 * The data key it is encrypted under.
 */
key?: string, 
/**
 * What that key is for; only of keys this session holds.
 */
purpose?: string, 
/**
 * How many bytes are stored.
 */
length: number, 
/**
 * The first of them, in hexadecimal.
 */
bytes: string, 
/**
 * What they say, as JSON; absent for whoever may not read it.
 */
means?: string, };

export type XrayView = { 
/**
 * Its random id.
 */
record: string, 
/**
 * Every stored value, in stored order.
 */
rows: Array<XrayRow>, };

export interface Commands {
  seat: { args: Nothing; answer: SeatView };
  sign_in: { args: SignIn; answer: SeatView };
  unlock: { args: Unlock; answer: SeatView };
  lock: { args: Nothing; answer: SeatView };
  sign_out: { args: Nothing; answer: SeatView };
  touch: { args: Nothing; answer: SeatView };
  changes: { args: Nothing; answer: ChangesView };
  search_patients: { args: SearchPatients; answer: SearchPage };
  find_by_national_id: { args: FindByNationalId; answer: SearchPage };
  recent_patients: { args: RecentPatients; answer: SearchPage };
  match_patients: { args: MatchPatients; answer: LookAlikes };
  check_registration: { args: CheckRegistration; answer: CheckedRegistration };
  register_patient: { args: RegisterPatient; answer: Registered };
  register_unknown: { args: RegisterUnknown; answer: Registered };
  confirm_identity: { args: ConfirmIdentity; answer: Done };
  scan_wristband: { args: ScanWristband; answer: ScannedView };
  find_look_alikes: { args: FindLookAlikes; answer: LookAlikesOf };
  patient_details: { args: PatientDetails; answer: DetailsView };
  edit_contact: { args: InWindow & EditContact; answer: SavedDetails };
  edit_insurance: { args: InWindow & EditInsurance; answer: SavedDetails };
  set_standing: { args: InWindow & SetStanding; answer: SavedDetails };
  correct_identity: { args: InWindow & CorrectIdentity; answer: SavedDetails };
  decide_correction: { args: InWindow & DecideCorrection; answer: SavedDetails };
  patient_history: { args: PatientHistory; answer: PatientHistoryView };
  restore_version: { args: InWindow & RestoreVersion; answer: SavedDetails };
  merge_patients: { args: InWindow & MergePatients; answer: Done };
  unmerge_patients: { args: InWindow & UnmergePatients; answer: Done };
  find_duplicates: { args: FindDuplicates; answer: DuplicatesPage };
  tell_apart: { args: TellApart; answer: Done };
  amendments: { args: ShowAmendments; answer: AmendmentsView };
  note_amendment: { args: InWindow & NoteAmendment; answer: AmendmentsView };
  extend_amendment: { args: InWindow & ExtendAmendment; answer: AmendmentsView };
  decide_amendment: { args: InWindow & DecideAmendment; answer: AmendmentsView };
  directives: { args: ShowDirectives; answer: DirectivesView };
  note_directive: { args: InWindow & NoteDirective; answer: DirectivesView };
  end_directive: { args: InWindow & EndDirective; answer: DirectivesView };
  show_photo: { args: ShowPhoto; answer: PhotoView };
  take_photo: { args: InWindow & TakePhoto; answer: PhotoView };
  remove_photo: { args: InWindow & RemovePhoto; answer: PhotoView };
  todays_schedule: { args: TodaysSchedule; answer: ScheduleView };
  schedule: { args: ShowSchedule; answer: ScheduleDays };
  schedule_month: { args: ShowMonth; answer: MonthView };
  free_slots: { args: FindFreeSlots; answer: FreeSlots };
  book_visit: { args: BookVisit; answer: BookedView };
  reschedule_visit: { args: RescheduleVisit; answer: BookedView };
  cancel_visit: { args: CancelVisit; answer: ChangedVisit };
  correct_visit: { args: CorrectVisit; answer: ChangedVisit };
  step_visit: { args: StepVisit; answer: ChangedVisit };
  check_in: { args: CheckInPatient; answer: ChangedVisit };
  wait_for_visit: { args: WaitForVisit; answer: WishView };
  waiting_list: { args: ShowWaitingList; answer: WaitingList };
  public_board: { args: ShowPublicBoard; answer: PublicBoard };
  set_schedule: { args: SetSchedule; answer: SettingsView };
  my_day: { args: ShowMyDay; answer: MyDay };
  show_account: { args: ShowAccount; answer: AccountView };
  note_coverage: { args: InWindow & NoteCoverage; answer: AccountView };
  note_authorization: { args: InWindow & NoteAuthorization; answer: AccountView };
  set_balance: { args: InWindow & SetBalance; answer: AccountView };
  reminders: { args: ShowReminders; answer: RemindersView };
  send_reminders: { args: SendReminders; answer: SentReminders };
  open_chart: { args: OpenChart; answer: ChartView };
  break_glass: { args: BreakGlass; answer: GlassView };
  suggest_codes: { args: SuggestCodes; answer: CodesView };
  add_problem: { args: InWindow & AddProblem; answer: SavedProblem };
  edit_problem: { args: InWindow & EditProblem; answer: SavedProblem };
  mark_in_error: { args: InWindow & MarkInError; answer: SavedItem };
  move_item: { args: InWindow & MoveItem; answer: SavedItem };
  set_label: { args: InWindow & SetLabel; answer: SavedItem };
  item_history: { args: ItemHistory; answer: ItemHistoryView };
  check_interactions: { args: CheckInteractions; answer: InteractionsView };
  keep_draft: { args: KeepDraft; answer: Done };
  drafts: { args: Drafts; answer: DraftsView };
  drop_draft: { args: DropDraft; answer: Done };
  withhold_order: { args: WithholdOrder; answer: Done };
  care_overview: { args: CareOverview; answer: CareView };
  find_cohort: { args: FindCohort; answer: CohortPage };
  report_interaction_answers: { args: ReportAnswers; answer: AnswersPage };
  add_allergy: { args: InWindow & AddAllergy; answer: SavedItem };
  edit_allergy: { args: InWindow & EditAllergy; answer: SavedItem };
  confirm_no_allergies: { args: InWindow & ConfirmNoAllergies; answer: Done };
  add_immunization: { args: InWindow & AddImmunization; answer: SavedItem };
  edit_immunization: { args: InWindow & EditImmunization; answer: SavedItem };
  add_procedure: { args: InWindow & AddProcedure; answer: SavedItem };
  edit_procedure: { args: InWindow & EditProcedure; answer: SavedItem };
  add_report: { args: InWindow & AddReport; answer: SavedItem };
  edit_report: { args: InWindow & EditReport; answer: SavedItem };
  add_imaging: { args: InWindow & AddImaging; answer: SavedItem };
  edit_imaging: { args: InWindow & EditImaging; answer: SavedItem };
  add_referral: { args: InWindow & AddReferral; answer: SavedItem };
  edit_referral: { args: InWindow & EditReferral; answer: SavedItem };
  ready_letter: { args: InWindow & ReadyLetter; answer: SavedItem };
  add_care_plan: { args: InWindow & AddCarePlan; answer: SavedItem };
  edit_care_plan: { args: InWindow & EditCarePlan; answer: SavedItem };
  add_encounter: { args: InWindow & AddEncounter; answer: SavedItem };
  edit_encounter: { args: InWindow & EditEncounter; answer: SavedItem };
  step_encounter: { args: InWindow & StepEncounter; answer: SavedItem };
  record_administration: { args: InWindow & RecordAdministration; answer: SavedItem };
  note_response: { args: InWindow & NoteResponse; answer: SavedItem };
  record_vitals: { args: InWindow & RecordVitals; answer: SavedVitals };
  record_result: { args: InWindow & RecordResult; answer: SavedItem };
  sign_result: { args: InWindow & SignResult; answer: SavedItem };
  order_medication: { args: InWindow & OrderMedication; answer: SavedItem };
  record_verbal_order: { args: InWindow & RecordVerbalOrder; answer: SavedItem };
  step_order: { args: InWindow & StepOrder; answer: SavedItem };
  reconcile_medications: { args: InWindow & ReconcileMedications; answer: Done };
  request_refill: { args: InWindow & RequestRefill; answer: SavedItem };
  decide_refill: { args: InWindow & DecideRefill; answer: SavedItem };
  complete_refill: { args: InWindow & CompleteRefill; answer: SavedItem };
  write_note: { args: InWindow & WriteNote; answer: SavedItem };
  edit_note: { args: InWindow & EditNote; answer: SavedItem };
  sign_note: { args: InWindow & SignNote; answer: SavedItem };
  cosign_note: { args: InWindow & CosignNote; answer: SavedItem };
  add_addendum: { args: InWindow & AddAddendum; answer: SavedItem };
  add_task: { args: InWindow & AddTask; answer: SavedItem };
  change_task: { args: InWindow & ChangeTask; answer: SavedItem };
  attach_file: { args: InWindow & AttachFile; answer: SavedItem };
  show_attachment: { args: ShowAttachment; answer: AttachedPageView };
  copy_attachment: { args: CopyAttachment; answer: SavedPrint };
  read_item: { args: ReadItem; answer: ItemView };
  read_timeline: { args: ReadTimeline; answer: TimelineView };
  read_worklist: { args: ReadWorklist; answer: WorklistView };
  read_shift: { args: ReadShift; answer: ShiftView };
  enter_national_id: { args: InWindow & EnterNationalId; answer: Done };
  reveal_national_id: { args: RevealNationalId; answer: NationalIdView };
  status: { args: ShowStatus; answer: StatusView };
  xray: { args: XrayRecord; answer: XrayView };
  preview_print: { args: PreviewPrint; answer: PrintView };
  print: { args: PrintPages; answer: PrintView };
  save_print: { args: SavePrint; answer: SavedPrint };
  change_password: { args: ChangePassword; answer: SeatView };
  list_requests: { args: ListRequests; answer: RequestsView };
  confirm_access: { args: ConfirmAccess; answer: ConfirmedView };
  list_users: { args: ListUsers; answer: UsersView };
  create_user: { args: CreateUser; answer: NewUserView };
  change_role: { args: ChangeRole; answer: Done };
  set_active: { args: SetActive; answer: Done };
  set_extra_right: { args: SetExtraRight; answer: Done };
  order_access: { args: OrderAccess; answer: Done };
  reset_password: { args: ResetPassword; answer: NewUserView };
  list_workstations: { args: ListWorkstations; answer: WorkstationsView };
  answer_enrolment: { args: AnswerEnrolment; answer: Done };
  approve_enrolment: { args: ApproveEnrolment; answer: ApprovedView };
  refuse_enrolment: { args: RefuseEnrolment; answer: Done };
  revoke_workstation: { args: RevokeWorkstation; answer: Done };
  retire_workstation: { args: RetireWorkstation; answer: SeatView };
  order_rotation: { args: OrderRotation; answer: RotationView };
}
