/** Who signs in to the invented clinic, and what each role's chart leaves out. The real rules live in the core. */
import type { ChartView, Section, UserView } from "../bindings";
import type { Name } from "../backend";

export type Limits = { blur: number; warn: number; lock: number };
export type Account = { words: string; user: UserView; limits: Limits };

const clinical: Limits = { blur: 180_000, warn: 270_000, lock: 300_000 };
const desk: Limits = { blur: 60_000, warn: 90_000, lock: 120_000 };

/** The password of every demo sign-in. */
export const PASSWORD = "welcome to the demo clinic";

const account = (words: string, name: string, initials: string, limits: Limits): Account => ({
  words,
  user: { name, initials, role: words.replace(" ", "_") },
  limits,
});

export const ACCOUNTS: Record<string, Account> = {
  osei: account("doctor", "Dr. R. Osei", "R.O.", clinical),
  kim: account("nurse", "N. Kim", "N.K.", clinical),
  lopez: account("front desk", "M. Lopez", "M.L.", desk),
  adams: account("administrator", "C. Adams", "C.A.", desk),
  park: account("auditor", "J. Park", "J.P.", desk),
};

/** N. Diaz starts today: her password is good for one time and her access waits. Not among the demo sign-ins. */
export const NEWCOMER = "diaz";
export const STAFF: Record<string, Account> = {
  ...ACCOUNTS,
  [NEWCOMER]: account("nurse", "N. Diaz", "N.D.", clinical),
};

type Grant = "always" | "on care team";
const TEAM: Record<string, Grant> = { doctor: "on care team", nurse: "on care team" };
const FIND: Record<string, Grant> = { doctor: "always", nurse: "always", front_desk: "always" };

/** The rows of the role table that this clinic asks. */
export const TABLE: Partial<Record<Name, Record<string, Grant>>> = {
  search_patients: FIND,
  find_by_national_id: { doctor: "always" },
  recent_patients: FIND,
  match_patients: FIND,
  check_registration: FIND,
  register_patient: FIND,
  register_unknown: FIND,
  confirm_identity: FIND,
  scan_wristband: FIND,
  find_look_alikes: FIND,
  patient_details: { ...TEAM, front_desk: "always" },
  patient_history: { ...TEAM, front_desk: "always" },
  edit_contact: { ...TEAM, front_desk: "always" },
  edit_insurance: { doctor: "on care team", front_desk: "always" },
  set_standing: { ...TEAM, front_desk: "always" },
  correct_identity: { ...TEAM, front_desk: "always" },
  decide_correction: { ...TEAM, front_desk: "always" },
  restore_version: { ...TEAM, front_desk: "always" },
  merge_patients: { front_desk: "always" },
  unmerge_patients: { front_desk: "always" },
  find_duplicates: { front_desk: "always" },
  tell_apart: { front_desk: "always" },
  amendments: { ...TEAM, front_desk: "always" },
  note_amendment: { ...TEAM, front_desk: "always" },
  extend_amendment: { doctor: "on care team" },
  decide_amendment: { doctor: "on care team" },
  directives: { ...TEAM, front_desk: "always" },
  note_directive: { ...TEAM, front_desk: "always" },
  end_directive: { ...TEAM, front_desk: "always" },
  show_photo: { ...TEAM, front_desk: "always" },
  take_photo: { ...TEAM, front_desk: "always" },
  remove_photo: { ...TEAM, front_desk: "always" },
  attach_file: { ...TEAM, front_desk: "always" },
  show_attachment: { ...TEAM, front_desk: "always" },
  copy_attachment: { ...TEAM, front_desk: "always" },
  todays_schedule: FIND,
  schedule: FIND,
  schedule_month: FIND,
  free_slots: FIND,
  waiting_list: FIND,
  public_board: FIND,
  my_day: FIND,
  book_visit: { doctor: "on care team", front_desk: "always" },
  reschedule_visit: { doctor: "on care team", front_desk: "always" },
  cancel_visit: { doctor: "on care team", front_desk: "always" },
  correct_visit: { doctor: "on care team", front_desk: "always" },
  wait_for_visit: { doctor: "on care team", front_desk: "always" },
  step_visit: { ...TEAM, front_desk: "always" },
  check_in: { ...TEAM, front_desk: "always" },
  reminders: { front_desk: "always" },
  send_reminders: { front_desk: "always" },
  show_account: { doctor: "on care team", front_desk: "always" },
  note_coverage: { doctor: "on care team", front_desk: "always" },
  note_authorization: { doctor: "on care team", front_desk: "always" },
  set_balance: { doctor: "on care team", front_desk: "always" },
  set_schedule: { administrator: "always" },
  open_chart: { ...TEAM, front_desk: "always" },
  add_problem: { doctor: "on care team" },
  edit_problem: { doctor: "on care team" },
  enter_national_id: { doctor: "on care team", front_desk: "always" },
  reveal_national_id: { doctor: "on care team" },
  preview_print: FIND,
  print: FIND,
  save_print: FIND,
  list_requests: { ...FIND, auditor: "always" },
  confirm_access: { ...FIND, auditor: "always" },
  list_users: { administrator: "always" },
  create_user: { administrator: "always" },
  change_role: { administrator: "always" },
  set_active: { administrator: "always" },
  break_glass: { doctor: "always", nurse: "always" },
  set_extra_right: { administrator: "always" },
  order_access: { administrator: "always" },
  reset_password: { administrator: "always" },
  status: { ...FIND, administrator: "always", auditor: "always" },
  xray: { doctor: "on care team", administrator: "always" },
};

/** The chart as `role` may see it: what it may not see is not there at all. */
export function project(full: ChartView, role: string): ChartView {
  const { contact, appointments, insurance, national_id, ...clinicalPart } = full;
  const front = { ...(contact ? { contact } : {}), ...(appointments ? { appointments } : {}) };
  const onFile = national_id?.on_file ?? false;
  if (role === "doctor") return full;
  if (role === "nurse") return { ...clinicalPart, ...front, may: rights(false, false, false, "nurse") };
  const { allergies: _, ...banner } = full.banner;
  return {
    patient: full.patient,
    handle: full.handle,
    colleagues: [],
    restriction_on_file: full.restriction_on_file,
    banner,
    // A first number may be entered; one on file is left to those who may change it.
    may: rights(false, !onFile, false, "front_desk"),
    ...front,
    ...(insurance ? { insurance } : {}),
    national_id: { on_file: onFile },
    damaged_items: 0,
  };
}

const WRITES: Record<string, Section[]> = {
  doctor: [
    "problems",
    "medications",
    "allergies",
    "summary",
    "observations",
    "notes",
    "encounters",
    "immunizations",
    "procedures",
    "reports",
    "referrals",
    "care_plans",
    "tasks",
    "documents",
    "front_documents",
    // Dr. R. Osei has the extra right for sensitive items.
    "restricted",
  ],
  front_desk: ["front_documents"],
  nurse: [
    "administrations",
    "allergies",
    "summary",
    "observations",
    "notes",
    "encounters",
    "immunizations",
    "care_plans",
    "tasks",
    "documents",
    "front_documents",
  ],
};

export function rights(problems: boolean, enter: boolean, reveal: boolean, role?: string): ChartView["may"] {
  const as = role ?? (problems ? "doctor" : "");
  return {
    edit_problems: problems,
    edit: WRITES[as] ?? [],
    verbal_orders: as === "nurse",
    request_refills: as !== "" && as !== "front_desk",
    sign_results: as === "doctor",
    give: as === "nurse",
    enter_national_id: enter,
    reveal_national_id: reveal,
  };
}
