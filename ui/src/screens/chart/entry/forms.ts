/** The forms of a chart. To add one: a function here, and its line in `menu.ts` or where it is opened. */
import type {
  Allergy,
  CarePlan,
  ChartView,
  Encounter,
  Imaging,
  Immunization,
  ItemView,
  Procedure,
  Referral,
  Report,
  Section,
} from "../../../api/bindings";
import type { Session } from "../../../session.svelte";
import { text } from "../../../text";
import { attach } from "./attach";
import {
  instant,
  localMoment,
  optional,
  today,
  type FieldSpec,
  type Form,
  type Option,
  type Sent,
  type Typed,
} from "./form";

const words = text.clinical;
const { fields, hints } = words;
const SAVED: Sent = { is: "saved" };

export type Open = { session: Session; chart: ChartView };
type Kept<T> = { item: string; rev: number; entry: T } | null;

const options = (...codes: string[]): Option[] => codes.map((code) => [code, words.words[code] ?? code]);
const choice = (key: string, label: string, ...codes: string[]): FieldSpec => ({
  key,
  label,
  kind: "choice",
  options: options(...codes),
});
export const text1 = (key: string, label: string, more: Partial<FieldSpec> = {}): FieldSpec => ({
  key,
  label,
  ...more,
});
const needed = { required: true };

export function people({ chart }: Open, role?: string): Option[] {
  const known = chart.colleagues.filter((one) => !role || one.role === role);
  return known.map((one) => [one.username, one.name] as const);
}

/** The visit that is under way, or was today, to hang new entries on: notes are often written after it. */
export function visit({ session, chart }: Open): { visit?: string } {
  const under = chart.encounters?.find((one) => one.status === "in-progress" || one.status === "arrived");
  const ended = (one: { end?: string }) => one.end && localMoment(new Date(one.end)).slice(0, 10);
  const todays = chart.encounters?.find(
    (one) => one.status === "finished" && ended(one) === today(session.date),
  );
  const one = under ?? todays;
  return one ? { visit: one.item } : {};
}

/** What is typed into it is kept, and opens again: its name must be one of `ENTRIES`. */
const drafted = (form: string, kept: { item: string; rev: number } | null) => ({
  draft: { form: `entry.${form}`, ...(kept ? { item: kept.item, rev: kept.rev } : {}) },
});

const title = (name: string, kept: unknown) => (kept ? words.editing(name) : name);

export function allergy(open: Open, kept: Kept<Allergy> = null): Form {
  const one = kept?.entry;
  const name = words.forms.allergy;
  return {
    title: title(name, kept),
    ...drafted("allergy", kept),
    said: words.saved(name),
    fields: [
      text1("substance", fields.substance, needed),
      choice("kind", fields.allergyKind, "allergy", "intolerance"),
      choice("criticality", fields.criticality, "high", "low", "unable-to-assess"),
      text1("reaction", fields.reaction),
      choice("categories", fields.category, "medication", "food", "environment", "biologic"),
      choice("status", fields.status, "active", "inactive", "resolved"),
      choice("verification", fields.verification, "confirmed", "unconfirmed", "refuted"),
      text1("onset", fields.onset, { hint: hints.day }),
    ],
    start: {
      substance: one?.substance.text ?? "",
      kind: one?.kind ?? "allergy",
      criticality: one?.criticality ?? "",
      reaction: one?.reaction ?? "",
      categories: one?.categories?.[0] ?? "medication",
      status: one?.status ?? "active",
      verification: one?.verification ?? "confirmed",
      onset: one?.onset ?? "",
    },
    send: (typed, rev) => {
      const substance =
        one && one.substance.text === typed.substance ? one.substance : { text: trimmed(typed.substance) };
      const entry: Allergy = {
        substance,
        kind: typed.kind ?? "allergy",
        status: typed.status ?? "active",
        ...(typed.categories ? { categories: [typed.categories] } : {}),
        ...optional(typed, "criticality", "reaction", "verification", "onset"),
        ...(one?.severity ? { severity: one.severity } : {}),
      };
      return kept
        ? open.session.write("edit_allergy", {
            patient: open.chart.patient,
            item: kept.item,
            rev: rev ?? kept.rev,
            entry,
          })
        : open.session.write("add_allergy", { patient: open.chart.patient, ...visit(open), entry });
    },
  };
}

export function immunization(open: Open, kept: Kept<Immunization> = null): Form {
  const one = kept?.entry;
  const name = words.forms.immunization;
  return {
    title: title(name, kept),
    ...drafted("immunization", kept),
    said: words.saved(name),
    fields: [
      text1("vaccine", fields.vaccine, needed),
      text1("at", fields.at, { hint: hints.day }),
      text1("lot", fields.lot, { hint: hints.lot }),
      choice("status", fields.status, "completed", "not-done"),
    ],
    start: {
      vaccine: one?.vaccine.text ?? "",
      at: one?.at ?? today(open.session.date),
      lot: one?.lot ?? "",
      status: one?.status ?? "completed",
    },
    send: (typed, rev) => {
      const vaccine =
        one && one.vaccine.text === typed.vaccine ? one.vaccine : { text: trimmed(typed.vaccine) };
      const entry: Immunization = {
        vaccine,
        status: typed.status ?? "completed",
        ...optional(typed, "at", "lot"),
      };
      return kept
        ? open.session.write("edit_immunization", {
            patient: open.chart.patient,
            item: kept.item,
            rev: rev ?? kept.rev,
            entry,
          })
        : open.session.write("add_immunization", { patient: open.chart.patient, ...visit(open), entry });
    },
  };
}

export function procedure(open: Open, kept: Kept<Procedure> = null): Form {
  const one = kept?.entry;
  const name = words.forms.procedure;
  return {
    title: title(name, kept),
    ...drafted("procedure", kept),
    said: words.saved(name),
    fields: [
      text1("code", fields.what, needed),
      text1("at", fields.at, { hint: hints.day }),
      choice(
        "status",
        fields.status,
        "completed",
        "in-progress",
        "preparation",
        "not-done",
        "on-hold",
        "stopped",
      ),
      text1("reason", fields.reason),
    ],
    start: {
      code: one?.code.text ?? "",
      at: one?.at ?? today(open.session.date),
      status: one?.status ?? "completed",
      reason: one?.reason ?? "",
    },
    send: (typed, rev) => {
      const code = one && one.code.text === typed.code ? one.code : { text: trimmed(typed.code) };
      const entry: Procedure = {
        code,
        status: typed.status ?? "completed",
        ...optional(typed, "at", "reason"),
        ...(one?.until ? { until: one.until } : {}),
      };
      return kept
        ? open.session.write("edit_procedure", {
            patient: open.chart.patient,
            item: kept.item,
            rev: rev ?? kept.rev,
            entry,
          })
        : open.session.write("add_procedure", { patient: open.chart.patient, ...visit(open), entry });
    },
  };
}

export function report(open: Open, kept: Kept<Report> = null): Form {
  const one = kept?.entry;
  const name = words.forms.report;
  return {
    title: title(name, kept),
    ...drafted("report", kept),
    said: words.saved(name),
    fields: [
      text1("code", fields.what, needed),
      choice("status", fields.status, "registered", "preliminary", "final", "amended", "cancelled"),
      text1("at", fields.at, { hint: hints.day }),
      text1("conclusion", fields.conclusion, { kind: "long" }),
    ],
    start: {
      code: one?.code.text ?? "",
      status: one?.status ?? "registered",
      at: one?.at ?? today(open.session.date),
      conclusion: one?.conclusion ?? "",
    },
    send: (typed, rev) => {
      const code = one && one.code.text === typed.code ? one.code : { text: trimmed(typed.code) };
      const entry: Report = {
        code,
        status: typed.status ?? "registered",
        ...optional(typed, "at", "conclusion"),
        ...(one?.results ? { results: one.results } : {}),
      };
      return kept
        ? open.session.write("edit_report", {
            patient: open.chart.patient,
            item: kept.item,
            rev: rev ?? kept.rev,
            entry,
          })
        : open.session.write("add_report", { patient: open.chart.patient, ...visit(open), entry });
    },
  };
}

const MODALITIES = ["DX", "CT", "MR", "US", "MG", "NM", "PT", "XA", "RF", "ES", "ECG", "OT"];

export function imaging(open: Open, kept: Kept<Imaging> = null): Form {
  const one = kept?.entry;
  const name = words.forms.imaging;
  return {
    title: title(name, kept),
    ...drafted("imaging", kept),
    said: words.saved(name),
    fields: [
      text1("code", fields.what, needed),
      { ...choice("modality", fields.modality, ...MODALITIES), ...needed },
      text1("body_site", fields.bodySite),
      choice("status", fields.status, "registered", "available", "cancelled"),
      text1("at", fields.at, { hint: hints.day }),
      text1("reason", fields.reason),
      text1("report", fields.reportText, { kind: "long" }),
      text1("conclusion", fields.conclusion, { kind: "long" }),
    ],
    start: {
      code: one?.code.text ?? "",
      modality: one?.modality ?? "",
      body_site: one?.body_site ?? "",
      status: one?.status ?? "registered",
      at: one?.at ?? today(open.session.date),
      reason: one?.reason ?? "",
      report: one?.report ?? "",
      conclusion: one?.conclusion ?? "",
    },
    send: (typed, rev) => {
      const code = one && one.code.text === typed.code ? one.code : { text: trimmed(typed.code) };
      const entry: Imaging = {
        code,
        modality: typed.modality ?? "",
        status: typed.status ?? "registered",
        ...optional(typed, "body_site", "at", "reason", "report", "conclusion"),
      };
      const { patient } = open.chart;
      return kept
        ? open.session.write("edit_imaging", { patient, item: kept.item, rev: rev ?? kept.rev, entry })
        : open.session.write("add_imaging", { patient, ...visit(open), entry });
    },
  };
}

export function referral(open: Open, kept: Kept<Referral> = null): Form {
  const one = kept?.entry;
  const name = words.forms.referral;
  return {
    title: title(name, kept),
    ...drafted("referral", kept),
    said: words.saved(name),
    intro: hints.referral,
    fields: [
      text1("to", fields.to, needed),
      text1("specialty", fields.specialty),
      text1("reason", fields.reason, needed),
      choice("priority", fields.priority, "routine", "urgent", "asap", "stat"),
      choice("status", fields.status, "draft", "active", "completed", "revoked"),
      text1("at", fields.at, { hint: hints.day }),
      text1("letter", fields.letter, { kind: "long" }),
      text1("answer", fields.answer, { kind: "long" }),
    ],
    start: {
      to: one?.to ?? "",
      specialty: one?.specialty ?? "",
      reason: one?.reason ?? "",
      priority: one?.priority ?? "routine",
      status: one?.status ?? "draft",
      at: one?.at ?? today(open.session.date),
      letter: one?.letter ?? "",
      answer: one?.answer ?? "",
    },
    send: (typed, rev) => {
      const entry: Referral = {
        to: trimmed(typed.to),
        reason: trimmed(typed.reason),
        priority: typed.priority ?? "routine",
        status: typed.status ?? "draft",
        ...optional(typed, "specialty", "at", "letter", "answer"),
      };
      const { patient } = open.chart;
      return kept
        ? open.session.write("edit_referral", { patient, item: kept.item, rev: rev ?? kept.rev, entry })
        : open.session.write("add_referral", { patient, ...visit(open), entry });
    },
  };
}

export function carePlan(open: Open, kept: Kept<CarePlan> = null): Form {
  const one = kept?.entry;
  const name = words.forms.carePlan;
  return {
    title: title(name, kept),
    ...drafted("care_plan", kept),
    said: words.saved(name),
    fields: [
      text1("title", fields.title, needed),
      choice("status", fields.status, "active", "draft", "on-hold", "revoked", "completed"),
      text1("start", fields.start, { hint: hints.day }),
      text1("end", fields.end),
      text1("activities", fields.activities, { kind: "long" }),
    ],
    start: {
      title: one?.title ?? "",
      status: one?.status ?? "active",
      start: one?.start ?? today(open.session.date),
      end: one?.end ?? "",
      activities: one?.activities?.join("\n") ?? "",
    },
    send: (typed, rev) => {
      const lines = (typed.activities ?? "").split("\n").map((line) => line.trim());
      const entry: CarePlan = {
        title: trimmed(typed.title),
        status: typed.status ?? "active",
        ...optional(typed, "start", "end"),
        activities: lines.filter(Boolean),
      };
      return kept
        ? open.session.write("edit_care_plan", {
            patient: open.chart.patient,
            item: kept.item,
            rev: rev ?? kept.rev,
            entry,
          })
        : open.session.write("add_care_plan", { patient: open.chart.patient, ...visit(open), entry });
    },
  };
}

export function encounter(open: Open, kept: Kept<Encounter> = null): Form {
  const one = kept?.entry;
  const name = words.forms.encounter;
  return {
    title: title(name, kept),
    ...drafted("encounter", kept),
    said: words.saved(name),
    fields: [
      text1("kind", fields.type, needed),
      choice("class", fields.class, "AMB", "VR", "HH", "EMER", "IMP"),
      choice(
        "status",
        fields.status,
        "planned",
        "arrived",
        "triaged",
        "in-progress",
        "onleave",
        "finished",
        "cancelled",
      ),
      text1("start", fields.start, { kind: "when" }),
      text1("end", fields.end, { kind: "when" }),
      text1("reason", fields.reason),
      text1("location", fields.location),
    ],
    start: {
      kind: one?.kind.text ?? "",
      class: one?.class ?? "AMB",
      status: one?.status ?? "in-progress",
      start: one?.start ? localMoment(new Date(one.start)) : localMoment(open.session.date),
      end: one?.end ? localMoment(new Date(one.end)) : "",
      reason: one?.reason ?? "",
      location: one?.location ?? "",
    },
    send: (typed, rev) => {
      const kind = one && one.kind.text === typed.kind ? one.kind : { text: trimmed(typed.kind) };
      const entry: Encounter = {
        kind,
        class: typed.class ?? "AMB",
        status: typed.status ?? "planned",
        ...optional(typed, "reason", "location"),
        ...(typed.start ? { start: instant(typed.start) } : {}),
        ...(typed.end ? { end: instant(typed.end) } : {}),
      };
      return kept
        ? open.session.write("edit_encounter", {
            patient: open.chart.patient,
            item: kept.item,
            rev: rev ?? kept.rev,
            entry,
          })
        : open.session.write("add_encounter", { patient: open.chart.patient, entry });
    },
  };
}

export function noAllergies(open: Open): Form {
  return {
    title: words.forms.noAllergies,
    intro: text.chart.allergies.noneKnown,
    said: words.saved(words.forms.noAllergies),
    fields: [],
    start: {},
    send: async () => {
      await open.session.write("confirm_no_allergies", { patient: open.chart.patient });
      return SAVED;
    },
  };
}

export function result(open: Open): Form {
  return {
    title: words.forms.result,
    ...drafted("result", null),
    said: words.saved(words.forms.result),
    fields: [
      { key: "code", label: fields.test, kind: "choice", options: LABS, required: true },
      text1("value", fields.value, { kind: "number", required: true }),
      text1("at", fields.at, { kind: "when", hint: hints.moment, required: true }),
      { key: "doctor", label: fields.signer, kind: "choice", options: people(open, "doctor") },
      text1("note", fields.note, { kind: "long" }),
    ],
    start: { code: "", value: "", at: localMoment(open.session.date), doctor: "", note: "" },
    send: (typed) =>
      open.session.write("record_result", {
        patient: open.chart.patient,
        ...visit(open),
        code: typed.code ?? "",
        value: Number((typed.value ?? "").replace(",", ".")),
        at: instant(typed.at ?? ""),
        ...optional(typed, "note", "doctor"),
      }),
  };
}

export function task(open: Open): Form {
  return {
    title: words.forms.task,
    ...drafted("task", null),
    said: words.saved(words.forms.task),
    fields: [
      text1("text", fields.text, needed),
      { key: "owner", label: fields.owner, kind: "choice", options: people(open) },
      choice("priority", fields.priority, "routine", "urgent", "asap", "stat"),
      text1("due", fields.due, { hint: hints.day }),
    ],
    start: { text: "", owner: "", priority: "routine", due: today(open.session.date) },
    send: (typed) =>
      open.session.write("add_task", {
        patient: open.chart.patient,
        text: trimmed(typed.text),
        priority: typed.priority ?? "routine",
        ...optional(typed, "due", "owner"),
      }),
  };
}

/** The form that changes an item, for kinds that have one. */
export function editOf(open: Open, view: ItemView): Form | null {
  const { item, rev, content } = view;
  switch (content.kind) {
    case "allergy":
      return allergy(open, { item, rev, entry: content.value });
    case "immunization":
      return immunization(open, { item, rev, entry: content.value });
    case "procedure":
      return procedure(open, { item, rev, entry: content.value });
    case "report":
      return report(open, { item, rev, entry: content.value });
    case "imaging":
      return imaging(open, { item, rev, entry: content.value });
    case "referral":
      return referral(open, { item, rev, entry: content.value });
    case "care_plan":
      return carePlan(open, { item, rev, entry: content.value });
    case "encounter":
      return encounter(open, { item, rev, entry: content.value });
    default:
      return null;
  }
}

/** Kinds of the timeline that a form changes. */
export const EDITABLE = [
  "allergy",
  "immunization",
  "procedure",
  "report",
  "imaging",
  "referral",
  "care_plan",
  "encounter",
];

/** Forms that open again with what was typed: how, and the section an item that is changed stands in. */
export const ENTRIES: Record<string, { make: (open: Open) => Form; section: Section }> = {
  allergy: { make: allergy, section: "allergies" },
  immunization: { make: immunization, section: "immunizations" },
  procedure: { make: procedure, section: "procedures" },
  report: { make: report, section: "reports" },
  imaging: { make: imaging, section: "reports" },
  referral: { make: referral, section: "referrals" },
  care_plan: { make: carePlan, section: "care_plans" },
  encounter: { make: encounter, section: "encounters" },
  result: { make: result, section: "observations" },
  task: { make: task, section: "tasks" },
  attach: { make: attach, section: "front_documents" },
};

export function trimmed(typed: string | undefined): string {
  return (typed ?? "").trim();
}

/** Tests that are entered by hand; the core holds units, ranges and limits. */
export const LABS: readonly Option[] = [
  ["2823-3", "Potassium (mmol/L)"],
  ["2951-2", "Sodium (mmol/L)"],
  ["2075-0", "Chloride (mmol/L)"],
  ["2028-9", "Carbon dioxide (mmol/L)"],
  ["17861-6", "Calcium (mg/dL)"],
  ["2345-7", "Glucose (mg/dL)"],
  ["4548-4", "Hemoglobin A1c (%)"],
  ["2160-0", "Creatinine (mg/dL)"],
  ["3094-0", "Urea nitrogen (mg/dL)"],
  ["33914-3", "eGFR (mL/min/1.73 m²)"],
  ["718-7", "Hemoglobin (g/dL)"],
  ["6690-2", "White blood cells (10³/µL)"],
  ["777-3", "Platelets (10³/µL)"],
  ["6301-6", "INR"],
  ["10839-9", "Troponin I (ng/mL)"],
  ["3016-3", "TSH (mIU/L)"],
  ["2089-1", "LDL cholesterol (mg/dL)"],
  ["2085-9", "HDL cholesterol (mg/dL)"],
  ["2571-8", "Triglycerides (mg/dL)"],
  ["1742-6", "ALT (U/L)"],
  ["1920-8", "AST (U/L)"],
  ["1975-2", "Bilirubin, total (mg/dL)"],
];

export type { Typed };
