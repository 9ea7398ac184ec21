/** What the invented clinic answers to writing into a chart: what was written is remembered as far as screens show it. */
import type {
  AdministrationView,
  ChartView,
  Doubted,
  EntryContent,
  EntryView,
  ItemView,
  Label,
  SavedItem,
  ShiftRow,
  TaskView,
  TimelineRow,
} from "../bindings";
import type { Answer, Args, Name } from "../backend";
import { Failed } from "../backend";

type Handlers<N extends Name> = { [K in N]: (args: Args<K>) => Answer<K> };
type Written =
  | "mark_in_error"
  | "move_item"
  | "set_label"
  | "item_history"
  | "add_allergy"
  | "edit_allergy"
  | "confirm_no_allergies"
  | "add_immunization"
  | "edit_immunization"
  | "add_procedure"
  | "edit_procedure"
  | "add_report"
  | "edit_report"
  | "add_imaging"
  | "edit_imaging"
  | "add_referral"
  | "edit_referral"
  | "ready_letter"
  | "add_care_plan"
  | "edit_care_plan"
  | "add_encounter"
  | "edit_encounter"
  | "step_encounter"
  | "record_administration"
  | "note_response"
  | "record_vitals"
  | "record_result"
  | "sign_result"
  | "order_medication"
  | "record_verbal_order"
  | "step_order"
  | "reconcile_medications"
  | "request_refill"
  | "decide_refill"
  | "complete_refill"
  | "write_note"
  | "edit_note"
  | "sign_note"
  | "cosign_note"
  | "add_addendum"
  | "add_task"
  | "change_task"
  | "read_item"
  | "read_timeline"
  | "read_worklist"
  | "read_shift";

export const AT = "2026-11-22T09:41:00Z";
export const HANDLE = "20000000-0000-4000-8000-000000000001";
const NOTE: EntryContent = { kind: "note", value: { title: "Visit", at: AT, text: "Feels well." } };
export const COLLEAGUES = [
  { username: "osei", name: "Dr. R. Osei", role: "doctor" },
  { username: "kim", name: "N. Kim", role: "nurse" },
];

/** What happened in the fake clinic's shift, to its first patient. */
const SHIFT: ShiftRow[] = [
  ["vital", "observations", "2026-11-22T09:10:00Z", "Blood pressure: 186 mm[Hg] / 104 mm[Hg]", true],
  ["not_given", "administrations", "2026-11-22T08:30:00Z", "Lisinopril · refused", true],
  ["note", "notes", "2026-11-21T23:00:00Z", "Night", false],
].map(([kind, section, at, text, flagged], n) => ({
  patient: "00000000-0000-4000-8000-000000000001",
  name: "SMITH, Anna",
  item: `14000000-0000-4000-8000-00000000000${n}`,
  rev: 1,
  kind,
  section,
  at,
  text,
  by: "N. Kim",
  flagged,
})) as ShiftRow[];

/** What a scanned package is, as far as the fake clinic knows packages. */
const packageOf = (scanned: string) =>
  /lisinopril/i.test(scanned)
    ? ("same" as const)
    : /warfarin/i.test(scanned)
      ? ("other" as const)
      : ("not_compared" as const);

/** What was written in this clinic. */
export class Clinical {
  readonly tasks: TaskView[] = [];
  /** What a visit under way has become, by its id. */
  private readonly steps = new Map<string, string>();
  private readonly given: Array<AdministrationView & { patient: string }> = [];
  readonly labels = new Map<string, Label>();
  private readonly referred: Array<EntryView & { patient: string }> = [];
  private count = 0;

  /** Without the extra right what is labelled isn't there; with it, it says so. */
  private seen(chart: ChartView): ChartView {
    if (chart.may.edit.includes("restricted")) return { ...chart, labels: Object.fromEntries(this.labels) };
    const open = <T extends { item: string }>(list: T[]) => list.filter((one) => !this.labels.has(one.item));
    return {
      ...chart,
      ...(chart.problems ? { problems: open(chart.problems) } : {}),
      ...(chart.medications ? { medications: open(chart.medications) } : {}),
    };
  }

  /** The chart with what is to be done. */
  whole(chart: ChartView): ChartView {
    const tasks = this.tasks.filter((one) => one.patient === chart.patient);
    const administrations = this.given.filter((one) => one.patient === chart.patient);
    return {
      ...this.seen(chart),
      handle: HANDLE,
      ...(chart.tasks ? { tasks } : {}),
      ...(chart.other
        ? { other: [...this.referred.filter((one) => one.patient === chart.patient), ...chart.other] }
        : {}),
      ...(chart.administrations ? { administrations } : {}),
      ...(chart.encounters
        ? {
            encounters: chart.encounters.map((one) => ({
              ...one,
              status: this.steps.get(one.item) ?? one.status,
            })),
          }
        : {}),
    };
  }

  private id(): string {
    this.count += 1;
    return `13000000-0000-4000-9000-${String(this.count).padStart(12, "0")}`;
  }

  private saved(content: EntryContent, item = this.id(), rev = 1): { is: "saved"; saved: ItemView } {
    return { is: "saved", saved: { item, rev, content, changed: AT, by: "Dr. R. Osei" } };
  }

  private marked(args: { item: string; rev: number; reason: string }, moved: boolean): SavedItem {
    if (args.reason.trim().length < 5) throw new Failed("invalid", { field: "reason", why: "too_short" });
    const answer = this.saved(NOTE, args.item, args.rev + 1);
    const in_error = { at: AT, by: answer.saved.by, reason: args.reason, moved };
    return { ...answer, saved: { ...answer.saved, in_error } };
  }

  private task(patient: string, text: string, kind: TaskView["kind"], priority = "routine"): void {
    this.tasks.push({
      item: this.id(),
      rev: 1,
      patient,
      name: "",
      kind,
      text,
      status: "requested",
      priority,
      mine: true,
      told: true,
      circle: "owner",
      made: AT,
      overdue: false,
    });
  }

  private rows(patient: string): TimelineRow[] {
    return this.tasks
      .filter((one) => one.patient === patient)
      .map((one) => ({
        item: one.item,
        rev: 1,
        section: "tasks",
        kind: "task",
        at: AT,
        text: one.text,
        status: one.status,
        by: "Dr. R. Osei",
        moved: false,
      }));
  }

  readonly handlers: Handlers<Written> = {
    mark_in_error: (args) => this.marked(args, false),
    move_item: (args) => this.marked(args, true),
    set_label: ({ item, rev, label, reason }) => {
      if (reason.trim().length < 5) throw new Failed("invalid", { field: "reason", why: "too_short" });
      if (label) this.labels.set(item, { kind: label, at: AT, by: "Dr. R. Osei", reason });
      else this.labels.delete(item);
      return this.saved(NOTE, item, rev + 1);
    },
    item_history: () => ({
      versions: [
        { rev: 2, at: AT, by: "Dr. R. Osei", changes: [{ field: "text", old: "Cough", new: "Dry cough" }] },
        { rev: 1, at: "2026-01-12T10:00:00Z", by: "N. Kim", changes: [{ field: "text", new: "Cough" }] },
      ],
      damaged: 0,
    }),
    add_allergy: ({ entry }) => this.saved({ kind: "allergy", value: entry }),
    edit_allergy: ({ entry, item, rev }) => this.saved({ kind: "allergy", value: entry }, item, rev + 1),
    confirm_no_allergies: () => ({}),
    add_immunization: ({ entry }) => this.saved({ kind: "immunization", value: entry }),
    edit_immunization: ({ entry, item, rev }) =>
      this.saved({ kind: "immunization", value: entry }, item, rev + 1),
    add_imaging: ({ entry }) => this.saved({ kind: "imaging", value: entry }),
    edit_imaging: ({ entry, item, rev }) => this.saved({ kind: "imaging", value: entry }, item, rev + 1),
    add_referral: ({ patient, entry }) => {
      const answer = this.saved({ kind: "referral", value: entry });
      const text = `${entry.to}: ${entry.reason}`;
      this.referred.push({
        patient,
        item: answer.saved.item,
        kind: "referral",
        text,
        at: entry.at ?? AT,
        status: entry.status,
        rev: 1,
      });
      return answer;
    },
    edit_referral: ({ entry, item, rev }) => this.saved({ kind: "referral", value: entry }, item, rev + 1),
    ready_letter: ({ item, rev }) => this.saved(NOTE, item, rev + 1),
    add_procedure: ({ entry }) => this.saved({ kind: "procedure", value: entry }),
    edit_procedure: ({ entry, item, rev }) => this.saved({ kind: "procedure", value: entry }, item, rev + 1),
    add_report: ({ entry }) => this.saved({ kind: "report", value: entry }),
    edit_report: ({ entry, item, rev }) => this.saved({ kind: "report", value: entry }, item, rev + 1),
    add_care_plan: ({ entry }) => this.saved({ kind: "care_plan", value: entry }),
    edit_care_plan: ({ entry, item, rev }) => this.saved({ kind: "care_plan", value: entry }, item, rev + 1),
    add_encounter: ({ entry }) => this.saved({ kind: "encounter", value: entry }),
    edit_encounter: ({ entry, item, rev }) => this.saved({ kind: "encounter", value: entry }, item, rev + 1),
    step_encounter: ({ item, rev, status }) => {
      this.steps.set(item, status);
      return this.saved(NOTE, item, rev + 1);
    },
    record_administration: ({ patient, medication, given, at, reason, scanned, ...more }) => {
      if (scanned?.startsWith("WB-") && !scanned.startsWith("WB-MRN-000318-"))
        throw new Failed("invalid", { field: "administrations.scanned", why: "other_wristband" });
      const band = scanned?.startsWith("WB-") ?? false;
      const drug = "Lisinopril 10 mg";
      const compared = !scanned || band ? undefined : packageOf(scanned);
      if (compared === "other" && !reason)
        throw new Failed("invalid", { field: "administrations.scanned", why: "other_package" });
      const one = {
        item: this.id(),
        rev: 1,
        medication,
        drug,
        given,
        at,
        by: "N. Kim",
        band_checked: band,
        ...(compared ? { compared } : {}),
      };
      this.given.unshift({ patient, ...one, ...more, ...(reason ? { reason } : {}) });
      return this.saved(NOTE, one.item);
    },
    note_response: ({ item, rev, response, reaction }) => {
      const one = this.given.find((other) => other.item === item);
      if (!one) throw new Failed("not_found");
      Object.assign(one, { response, reaction, rev: rev + 1 });
      return this.saved(NOTE, item, rev + 1);
    },
    record_vitals: ({ patient, vitals, confirmed }) => {
      const doubts: Doubted[] = [];
      const { temperature, weight } = vitals;
      if (temperature !== undefined && temperature > 200) {
        doubts.push({ field: "temperature", why: "decimal_point", meant: temperature / 10 });
      }
      if (weight !== undefined && weight > 150 && !confirmed.includes("weight")) {
        doubts.push({ field: "weight", why: "other_unit", meant: weight });
      }
      if (doubts.length > 0) return { is: "doubted", doubts };
      const { systolic } = vitals;
      const critical =
        systolic !== undefined && systolic >= 180 ? [`Systolic blood pressure ${systolic} mm[Hg]`] : [];
      if (critical[0]) this.task(patient, critical[0], "acknowledge_critical", "stat");
      return { is: "saved", saved: [], critical };
    },
    record_result: ({ patient, code, value }) => {
      if (code === "2823-3" && value > 6.2)
        this.task(patient, `Potassium ${value} mmol/L`, "acknowledge_critical", "stat");
      return this.saved(NOTE);
    },
    sign_result: ({ item, rev }) => this.saved(NOTE, item, rev + 1),
    order_medication: ({ said }) => {
      if (!said?.answers.length) throw new Failed("invalid", { field: "answers", why: "missing" });
      return this.saved(NOTE);
    },
    record_verbal_order: ({ patient, ordered }) => {
      this.task(patient, ordered.drug.text, "sign_order");
      return this.saved(NOTE);
    },
    step_order: ({ item, rev }) => this.saved(NOTE, item, rev + 1),
    reconcile_medications: () => ({}),
    request_refill: () => this.saved(NOTE),
    decide_refill: ({ item, rev }) => this.saved(NOTE, item, rev + 1),
    complete_refill: ({ item, rev }) => this.saved(NOTE, item, rev + 1),
    write_note: ({ note }) =>
      this.saved({ kind: "note", value: { title: note.title, at: AT, text: note.text } }),
    edit_note: ({ item, rev }) => this.saved(NOTE, item, rev + 1),
    sign_note: ({ item, rev }) => this.saved(NOTE, item, rev + 1),
    cosign_note: ({ item, rev }) => this.saved(NOTE, item, rev + 1),
    add_addendum: ({ item, rev }) => this.saved(NOTE, item, rev + 1),
    add_task: ({ patient, text, priority }) => {
      this.task(patient, text, "todo", priority);
      return this.saved(NOTE);
    },
    change_task: ({ item, rev, status }) => {
      const at = this.tasks.findIndex((one) => one.item === item);
      const task = this.tasks[at];
      if (task && status === "completed") this.tasks.splice(at, 1);
      else if (task && status) task.status = status;
      return this.saved(NOTE, item, rev + 1);
    },
    read_item: ({ item }) => ({ item, rev: 1, content: NOTE, changed: AT, by: "N. Kim" }),
    read_timeline: ({ patient }) => {
      const rows = this.rows(patient);
      return { rows, total: rows.length, kinds: { task: rows.length }, damaged: 0 };
    },
    read_shift: ({ hours }) => ({
      since: new Date(Date.parse(AT) - hours * 3_600_000).toISOString(),
      rows: SHIFT.filter((row) => Date.parse(AT) - Date.parse(row.at) <= hours * 3_600_000),
      damaged: 0,
    }),
    read_worklist: () => ({ tasks: [...this.tasks], colleagues: COLLEAGUES, damaged: 0 }),
  };
}
