// Provisional, in the shape that the core will generate (ts-rs over src-tauri/src/app/views.rs).

export type StoreKind = "memory" | "embedded";
export type LockCause = "idle" | "manual" | "cap" | "system";
export type Timestamp = number;
export type Done = Record<string, never>;

export type DemoUser = { username: string; role: string };
export type UserView = { name: string; initials: string; role: string };
export type SeatState =
  | { is: "vacant" }
  | { is: "open"; user: UserView; blur_in_ms: number; warn_in_ms: number; lock_in_ms: number }
  | { is: "locked"; initials: string; role: string; cause: LockCause; since: Timestamp; idle_s: number | null };
export type SeatView = {
  state: SeatState;
  site: string;
  demo: boolean;
  demo_users: Array<DemoUser>;
  store: StoreKind;
  policy: string;
  version: string;
};

export type SearchRow = {
  patient: string;
  surname: string;
  given: string;
  birth_date?: string;
  age?: number;
  sex: string;
  mrn: string;
  phone_last4?: string;
  deceased: boolean;
  similar_name: boolean;
  damaged: boolean;
};
export type SearchPage = { rows: Array<SearchRow>; total: number; offset: number };

export type AllergyBanner =
  | { is: "recorded"; severe: Array<string>; mild: Array<string>; intolerances: Array<string> }
  | { is: "none_known"; confirmed?: string; by?: string }
  | { is: "not_recorded" };
export type Banner = {
  surname: string;
  given: string;
  birth_date?: string;
  age?: number;
  sex: string;
  mrn: string;
  deceased: boolean;
  test: boolean;
  allergies?: AllergyBanner;
};
export type ChartRights = { edit_problems: boolean; enter_national_id: boolean; reveal_national_id: boolean };
export type ContactView = {
  phones: Array<string>;
  email?: string;
  addresses: Array<string>;
  emergency?: string;
  language?: string;
};
export type CoverageView = { carrier: string; policy: string; group?: string };
export type NationalIdView = { on_file: boolean; last4?: string; revealed?: string };
export type AppointmentView = {
  item: string;
  patient: string;
  name: string;
  start: string;
  minutes: number;
  provider: string;
  visit_type: string;
  status: string;
};
export type ScheduleView = { day: string; appointments: Array<AppointmentView> };
export type Problem = {
  text: string;
  code?: string;
  system?: string;
  clinical_status: string;
  verification: string;
  onset?: string;
  note?: string;
};
export type ProblemView = { item: string; rev: number; problem: Problem; changed: string; by: string };
export type SavedProblem = { is: "saved"; saved: ProblemView } | { is: "conflict"; current: ProblemView };
export type MedicationView = { item: string; text: string; dosage?: string; status: string; ordered?: string };
export type AllergyView = {
  item: string;
  substance: string;
  kind: string;
  criticality?: string;
  reaction?: string;
  status: string;
};
export type PointView = { at: string; value?: number; text?: string; flag?: string };
export type SeriesView = {
  code: string;
  name: string;
  category: string;
  unit: string;
  points: Array<PointView>;
  count: number;
  low?: number;
  high?: number;
};
export type NoteView = { item: string; title: string; at: string; author: string; text: string };
export type EncounterView = {
  item: string;
  start: string;
  end?: string;
  kind: string;
  reason?: string;
  status: string;
};
export type EntryView = { item: string; kind: string; text: string; at?: string; status: string };
export type ChartView = {
  patient: string;
  banner: Banner;
  may: ChartRights;
  contact?: ContactView;
  insurance?: Array<CoverageView>;
  national_id?: NationalIdView;
  appointments?: Array<AppointmentView>;
  problems?: Array<ProblemView>;
  medications?: Array<MedicationView>;
  allergies?: Array<AllergyView>;
  observations?: Array<SeriesView>;
  notes?: Array<NoteView>;
  encounters?: Array<EncounterView>;
  other?: Array<EntryView>;
  kept?: number;
  damaged_items: number;
};
export type CheckView = { what: string; ok: boolean; detail: string };
export type StatusView = { checks: Array<CheckView>; version: string; libmongocrypt: string; policy: string };

export type Seat = Record<string, never>;
export type SignIn = { username: string; password: string };
export type Unlock = { password: string };
export type Lock = Record<string, never>;
export type SignOut = Record<string, never>;
export type Touch = Record<string, never>;
export type SearchPatients = { query: string; offset: number; limit: number };
export type TodaysSchedule = Record<string, never>;
export type OpenChart = { patient: string };
export type AddProblem = { patient: string; problem: Problem };
export type EditProblem = { patient: string; item: string; rev: number; problem: Problem };
export type EnterNationalId = { patient: string; ssn: string };
export type RevealNationalId = { patient: string; reason: string };
export type Status = Record<string, never>;

export interface Commands {
  seat: { args: Seat; answer: SeatView };
  sign_in: { args: SignIn; answer: SeatView };
  unlock: { args: Unlock; answer: SeatView };
  lock: { args: Lock; answer: SeatView };
  sign_out: { args: SignOut; answer: SeatView };
  touch: { args: Touch; answer: SeatView };
  search_patients: { args: SearchPatients; answer: SearchPage };
  todays_schedule: { args: TodaysSchedule; answer: ScheduleView };
  open_chart: { args: OpenChart; answer: ChartView };
  add_problem: { args: AddProblem; answer: SavedProblem };
  edit_problem: { args: EditProblem; answer: SavedProblem };
  enter_national_id: { args: EnterNationalId; answer: Done };
  reveal_national_id: { args: RevealNationalId; answer: NationalIdView };
  status: { args: Status; answer: StatusView };
}

export type Code =
  | "not_signed_in"
  | "locked"
  | "wrong_sign_in"
  | "wait"
  | "no_right"
  | "not_on_care_team"
  | "not_found"
  | "invalid"
  | "conflict"
  | "damaged"
  | "disk_full"
  | "read_only"
  | "store_busy"
  | "store_cant_open"
  | "store_version"
  | "audit_unwritable"
  | "keychain_absent"
  | "keychain_locked"
  | "keychain_wrong_key"
  | "keychain_empty_password"
  | "keychain_first_run"
  | "keys_damaged"
  | "cancelled"
  | "timed_out"
  | "internal";

export type Failure = { code: Code; fields?: { seconds?: number; field?: string; why?: string } };
