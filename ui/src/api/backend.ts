/**
 * The only door from the screen to the core. `tauri.ts` is the real one, `fake/` an invented clinic for tests.
 * To add a command: nothing here; it arrives with the generated bindings.
 */
import type { RefusedFields } from "../text/directives";
import type { Code, Commands, SeatView } from "./bindings";

export type Name = keyof Commands;
export type Args<N extends Name> = Commands[N]["args"];
export type Answer<N extends Name> = Commands[N]["answer"];

/** What the core adds to a code, all of it safe to show. */
export type Fields = { seconds?: number; field?: string; why?: string } & RefusedFields;

/** A refusal or failure the core has named. The sentence a person reads is chosen in `text.ts`. */
export class Failed extends Error {
  constructor(
    readonly code: Code,
    readonly fields: Fields = {},
  ) {
    super(code);
  }
}

export interface Backend {
  /** Runs one command. Rejects only with [`Failed`]. */
  call<N extends Name>(name: N, args: Args<N>): Promise<Answer<N>>;
  /** Tells about seat changes the core made by itself, such as an idle lock. Returns a way to stop listening. */
  onSeat(heard: (seat: SeatView) => void): () => void;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Wall time. */
  date(): Date;
}

/** How long to wait for an answer before saying so, in milliseconds. */
export const LIMITS: Partial<Record<Name, number>> = {
  seat: 5_000,
  sign_in: 30_000,
  unlock: 30_000,
  lock: 5_000,
  sign_out: 5_000,
  touch: 5_000,
  changes: 15_000,
  search_patients: 15_000,
  find_by_national_id: 15_000,
  recent_patients: 15_000,
  match_patients: 15_000,
  check_registration: 15_000,
  register_patient: 30_000,
  register_unknown: 20_000,
  confirm_identity: 15_000,
  scan_wristband: 10_000,
  find_look_alikes: 15_000,
  patient_details: 20_000,
  edit_contact: 20_000,
  edit_insurance: 20_000,
  set_standing: 20_000,
  correct_identity: 20_000,
  decide_correction: 20_000,
  patient_history: 20_000,
  restore_version: 20_000,
  merge_patients: 20_000,
  unmerge_patients: 20_000,
  find_duplicates: 60_000,
  tell_apart: 20_000,
  amendments: 15_000,
  note_amendment: 20_000,
  extend_amendment: 20_000,
  decide_amendment: 20_000,
  directives: 15_000,
  note_directive: 20_000,
  end_directive: 20_000,
  show_photo: 15_000,
  // The person may take a while to choose one.
  take_photo: 900_000,
  remove_photo: 20_000,
  // As for a photo.
  attach_file: 900_000,
  show_attachment: 15_000,
  copy_attachment: 900_000,
  todays_schedule: 15_000,
  schedule: 15_000,
  schedule_month: 20_000,
  free_slots: 15_000,
  book_visit: 20_000,
  reschedule_visit: 20_000,
  cancel_visit: 20_000,
  correct_visit: 20_000,
  step_visit: 20_000,
  check_in: 20_000,
  wait_for_visit: 20_000,
  waiting_list: 15_000,
  public_board: 15_000,
  my_day: 15_000,
  reminders: 15_000,
  send_reminders: 120_000,
  show_account: 15_000,
  note_coverage: 20_000,
  note_authorization: 20_000,
  set_balance: 20_000,
  set_schedule: 20_000,
  open_chart: 20_000,
  break_glass: 20_000,
  add_problem: 20_000,
  edit_problem: 20_000,
  check_interactions: 20_000,
  keep_draft: 5_000,
  drafts: 5_000,
  drop_draft: 5_000,
  withhold_order: 20_000,
  care_overview: 20_000,
  find_cohort: 30_000,
  report_interaction_answers: 30_000,
  enter_national_id: 20_000,
  reveal_national_id: 20_000,
  status: 20_000,
  xray: 20_000,
  change_password: 30_000,
  preview_print: 20_000,
  print: 20_000,
  // The person may take a while to say where.
  save_print: 900_000,
  list_requests: 15_000,
  confirm_access: 20_000,
  list_users: 15_000,
  create_user: 20_000,
  change_role: 20_000,
  set_active: 20_000,
  set_extra_right: 20_000,
  order_access: 20_000,
  reset_password: 20_000,
  list_workstations: 15_000,
  answer_enrolment: 20_000,
  approve_enrolment: 20_000,
  refuse_enrolment: 20_000,
  revoke_workstation: 20_000,
  retire_workstation: 30_000,
  order_rotation: 20_000,
};

/** How long to wait for a command that has no limit of its own. */
export const USUAL_LIMIT = 20_000;

/** Turns anything thrown into a [`Failed`], so that no detail of an exception reaches the screen. */
export function failed(thrown: unknown): Failed {
  if (thrown instanceof Failed) return thrown;
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && typeof thrown.code === "string") {
    const fields = "fields" in thrown && typeof thrown.fields === "object" ? thrown.fields : {};
    return new Failed(thrown.code as Code, (fields ?? {}) as Fields);
  }
  return new Failed("internal");
}

/** Gives up waiting after `ms`. */
export function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Failed("timed_out")), ms);
    answer.then(resolve, (thrown) => reject(failed(thrown))).finally(() => clearTimeout(late));
  });
}
