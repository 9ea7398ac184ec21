/** What can be done in a chart, handed to its sections: each opens a dialog of the chart or writes at once. */
import type {
  Banner,
  ChartView,
  MedicationView,
  NoteView,
  Section as Part,
  TimelineRow,
} from "../../api/bindings";
import type { Form } from "./entry/form";
import { attach } from "./entry/attach";
import * as forms from "./entry/forms";

export type Row = { item: string; rev: number; section: Part; text: string; kind?: string };
export type Over =
  | { is: "form"; form: Form }
  | { is: "vitals" }
  | { is: "note"; note: NoteView | null }
  | { is: "order"; signing: MedicationView | null }
  | { is: "reconcile" }
  | { is: "history"; row: Row }
  | { is: "move"; row: Row }
  | { is: "document"; row: Row }
  | { is: "menu" };

export type Act = {
  open: forms.Open;
  banner: Banner;
  /** Counts what was written: lists that ask the core themselves ask again. */
  turn: number;
  show: (over: Over) => void;
  /** Writes at once, then says so and reads the chart again. */
  now: (write: () => Promise<unknown>, said: string) => Promise<void>;
  /** Opens the form that changes an item. */
  change: (row: Row) => Promise<void>;
};

/** Whether this user may write a section of this chart. */
export function mayWrite(chart: ChartView, section: Part): boolean {
  return chart.may.edit.includes(section);
}

/** Whether this user may attach anything here. */
export function mayAttach(chart: ChartView): boolean {
  return mayWrite(chart, "documents") || mayWrite(chart, "front_documents");
}

/** One line of the menu: the key that opens it, its words. */
export type Line = {
  key: string;
  words: keyof typeof import("../../text/clinical").clinical.forms;
  over: () => Over;
};

/** Everything this user may write into this chart. */
export function menu(open: forms.Open): Line[] {
  const { chart } = open;
  const may = (section: Part) => mayWrite(chart, section);
  const form = (make: (open: forms.Open) => Form) => (): Over => ({ is: "form", form: make(open) });
  const lines: Array<[boolean, Line]> = [
    [may("observations"), { key: "v", words: "vitals", over: () => ({ is: "vitals" }) }],
    [may("notes"), { key: "w", words: "note", over: () => ({ is: "note", note: null }) }],
    [may("medications"), { key: "o", words: "order", over: () => ({ is: "order", signing: null }) }],
    [chart.may.verbal_orders, { key: "o", words: "verbal", over: () => ({ is: "order", signing: null }) }],
    [may("allergies"), { key: "a", words: "allergy", over: form(forms.allergy) }],
    [
      may("summary") && chart.banner.allergies?.is !== "recorded",
      { key: "k", words: "noAllergies", over: form(forms.noAllergies) },
    ],
    [may("observations"), { key: "r", words: "result", over: form(forms.result) }],
    [may("tasks"), { key: "t", words: "task", over: form(forms.task) }],
    [may("medications"), { key: "m", words: "reconcile", over: () => ({ is: "reconcile" }) }],
    [may("encounters"), { key: "c", words: "encounter", over: form(forms.encounter) }],
    [may("immunizations"), { key: "i", words: "immunization", over: form(forms.immunization) }],
    [may("procedures"), { key: "p", words: "procedure", over: form(forms.procedure) }],
    [may("reports"), { key: "x", words: "report", over: form(forms.report) }],
    [may("reports"), { key: "g", words: "imaging", over: form(forms.imaging) }],
    [may("referrals"), { key: "e", words: "referral", over: form(forms.referral) }],
    [may("care_plans"), { key: "l", words: "carePlan", over: form(forms.carePlan) }],
    [mayAttach(chart), { key: "f", words: "attach", over: form(attach) }],
  ];
  return lines.filter(([allowed]) => allowed).map(([, line]) => line);
}

/** A row of the timeline as its dialogs need it. */
export function asRow(row: TimelineRow): Row {
  return { item: row.item, rev: row.rev, section: row.section, text: row.text, kind: row.kind };
}
