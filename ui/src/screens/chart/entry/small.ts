/** Forms that ask about one item of the chart: a reason, an answer, a few words. To add one: a function here, its line in `SMALL`. */
import type { OrderStep, Section, Sensitivity, TaskStatus } from "../../../api/bindings";
import { text } from "../../../text";
import { optional, type About, type Form } from "./form";
import { people, text1, trimmed, type Open } from "./forms";

const words = text.clinical;
const { fields, hints } = words;

/** What every answer names: whose item, which, and the revision it was begun from. */
const about = (open: Open, { item, rev }: Item, began?: number) => ({
  patient: open.chart.patient,
  item,
  rev: began ?? rev,
});

/** Why: a form of one field that has to be filled in. */
const why = (key: "reason" | "note" = "reason") => ({
  fields: [text1(key, fields.reason, { required: true, hint: hints.reason })],
  start: { [key]: "" },
});

/** Under which name what is typed is kept: `SMALL` opens the form again by what it is about. */
const small = (form: string, one: Item, about: About) => ({
  draft: { form: `entry.${form}`, item: one.item, rev: one.rev, about },
});

type Item = { item: string; rev: number };
type Named = Item & { text: string };
type Titled = Item & { title: string };
type InSection = Named & { section: Section };
type Task = Named & { kind: string };

/** A step of a task; a critical value's ends with what was done. */
export function stepTask(open: Open, task: Task, status: TaskStatus, step: string): Form {
  const critical = task.kind === "acknowledge_critical" && status === "completed";
  return {
    title: words.orders.title(step, task.text),
    ...small("task_step", task, { text: task.text, kind: task.kind, status, step }),
    said: words.saved(task.text),
    fields: [
      text1("outcome", fields.outcome, {
        kind: "long",
        required: critical,
        ...(critical ? { hint: hints.critical } : {}),
      }),
    ],
    start: { outcome: "" },
    send: (typed, rev) =>
      open.session.write("change_task", {
        ...about(open, task, rev),
        status,
        ...optional(typed, "outcome"),
      }),
  };
}

export function handOn(open: Open, task: Task): Form {
  return {
    title: words.orders.title(words.tasks.handOn, task.text),
    ...small("hand_on", task, { text: task.text, kind: task.kind }),
    said: words.saved(task.text),
    fields: [{ key: "owner", label: fields.owner, kind: "choice", options: people(open), required: true }],
    start: { owner: "" },
    send: (typed, rev) =>
      open.session.write("change_task", {
        ...about(open, task, rev),
        owner: typed.owner ?? "",
      }),
  };
}

/** Hold, stop, cancel with a reason; resume and complete without. */
export function stepOrder(open: Open, one: Named, step: OrderStep, name: string): Form {
  const asks = step === "hold" || step === "stop" || step === "cancel";
  return {
    title: words.orders.title(name, one.text),
    ...small("order_step", one, { text: one.text, step, name }),
    said: words.saved(one.text),
    ...why(),
    ...(asks ? {} : { fields: [] }),
    send: (typed, rev) =>
      open.session.write("step_order", {
        ...about(open, one, rev),
        step,
        ...optional(typed, "reason"),
      }),
  };
}

export function refill(open: Open, one: Named): Form {
  return {
    title: words.orders.title(words.orders.refill, one.text),
    ...small("refill", one, { text: one.text }),
    said: words.saved(words.orders.refill),
    fields: [
      { key: "urgent", label: words.words.urgent ?? "", kind: "check" },
      text1("note", fields.note, { kind: "long" }),
    ],
    start: { urgent: "", note: "" },
    send: (typed) =>
      open.session.write("request_refill", {
        patient: open.chart.patient,
        medication: one.item,
        urgent: typed.urgent === "yes",
        ...optional(typed, "note"),
      }),
  };
}

export function denyRefill(open: Open, one: Named): Form {
  return {
    title: words.orders.title(words.orders.deny, one.text),
    ...small("refill_denied", one, { text: one.text }),
    said: words.saved(one.text),
    ...why("note"),
    send: (typed, rev) =>
      open.session.write("decide_refill", {
        ...about(open, one, rev),
        approve: false,
        ...optional(typed, "note"),
      }),
  };
}

export function addendum(open: Open, note: Titled): Form {
  return {
    title: words.orders.title(words.notes.addendum, note.title),
    ...small("addendum", note, { title: note.title }),
    said: words.saved(note.title),
    signs: true,
    fields: [text1("text", fields.noteText, { kind: "long", required: true, hint: hints.addendum })],
    start: { text: "" },
    send: (typed, rev) =>
      open.session.write("add_addendum", {
        ...about(open, note, rev),
        text: typed.text ?? "",
      }),
  };
}

export function signNote(open: Open, note: Titled): Form {
  return {
    title: words.orders.title(words.notes.signTitle, note.title),
    ...small("note_signed", note, { title: note.title }),
    intro: words.notes.signHint,
    said: words.saved(note.title),
    signs: true,
    fields: [
      {
        key: "cosigner",
        label: fields.cosigner,
        kind: "choice",
        options: people(open, "doctor"),
        hint: hints.cosigner,
      },
    ],
    start: { cosigner: "" },
    send: (typed, rev) =>
      open.session.write("sign_note", {
        ...about(open, note, rev),
        ...optional(typed, "cosigner"),
      }),
  };
}

/** Sets or lifts the label that keeps an item to those with the extra right. */
export function sensitivity(open: Open, row: InSection): Form {
  const kind = open.chart.labels?.[row.item]?.kind;
  const kinds = Object.entries(words.label.kinds) as Array<[Sensitivity, string]>;
  return {
    title: words.label.title(row.text),
    intro: words.label.intro,
    ...small("sensitivity", row, { text: row.text, section: row.section }),
    said: words.label.done,
    fields: [
      {
        key: "kind",
        label: words.label.kind,
        kind: "choice",
        options: [...kinds, ["none", words.label.none]],
        required: true,
      },
      text1("reason", fields.reason, { required: true, hint: words.label.reason }),
    ],
    start: { kind: kind ?? "", reason: "" },
    send: (typed, rev) =>
      open.session.write("set_label", {
        ...about(open, row, rev),
        section: row.section,
        ...(typed["kind"] === "none" ? {} : { label: typed["kind"] as Sensitivity }),
        reason: trimmed(typed["reason"]),
      }),
  };
}

export function inError(open: Open, row: InSection): Form {
  return {
    title: words.error.title(row.text),
    ...small("in_error", row, { text: row.text, section: row.section }),
    said: words.error.done,
    ...why(),
    send: (typed, rev) =>
      open.session.write("mark_in_error", {
        ...about(open, row, rev),
        section: row.section,
        reason: trimmed(typed.reason),
      }),
  };
}

type AboutItem = Item & { what: About };
/** Small forms that open again: from their item at the revision that was read, and from what was kept about it. */
export const SMALL: Record<string, (open: Open, about: AboutItem) => Form> = {
  task_step: (open, about) =>
    stepTask(open, taskOf(about), about.what["status"] as TaskStatus, about.what["step"] ?? ""),
  hand_on: (open, about) => handOn(open, taskOf(about)),
  order_step: (open, about) =>
    stepOrder(open, named(about), about.what["step"] as OrderStep, about.what["name"] ?? ""),
  refill: (open, about) => refill(open, named(about)),
  refill_denied: (open, about) => denyRefill(open, named(about)),
  addendum: (open, about) => addendum(open, titled(about)),
  note_signed: (open, about) => signNote(open, titled(about)),
  sensitivity: (open, about) => sensitivity(open, inSection(about)),
  in_error: (open, about) => inError(open, inSection(about)),
};
const named = (about: AboutItem): Named => ({
  item: about.item,
  rev: about.rev,
  text: about.what["text"] ?? "",
});
const taskOf = (about: AboutItem): Task => ({ ...named(about), kind: about.what["kind"] ?? "" });
const titled = (about: AboutItem): Titled => ({ ...named(about), title: about.what["title"] ?? "" });
const inSection = (about: AboutItem): InSection => ({
  ...named(about),
  section: about.what["section"] as Section,
});
