/** What the invented people have: a full chart each, made from the person's position so that it never changes. */
import type { AllergyBanner, AppointmentView, ProblemView } from "../bindings";
import type {
  AllergyView,
  EntryView,
  MedicationView,
  NoteView,
  PointView,
  SeriesView,
  EncounterView,
} from "./bare";
import type { Person } from "./people";

/** The fake clinic's day begins here; its clock moves on from this instant. */
export const OPENING = new Date(2026, 10, 23, 9, 41);

export const id = (kind: number, n: number) => `${kind}0000000-0000-4000-9000-${String(n).padStart(12, "0")}`;
export const daysAgo = (days: number) => new Date(OPENING.getTime() - days * 86_400_000).toISOString();

export function problems(): ProblemView[] {
  const list: Array<[string, string, string, string, string?]> = [
    ["Type 2 diabetes mellitus", "E11.9", "active", "2014-06", "Diet first, metformin since 2016."],
    ["Essential hypertension", "I10", "active", "2011"],
    ["Asthma, mild intermittent", "J45.20", "active", "1989"],
    ["Acute bronchitis", "J20.9", "resolved", "2022-01-14"],
  ];
  return list.map(([text, code, clinical_status, onset, note], n) => ({
    item: id(1, n),
    rev: 1,
    problem: {
      text,
      code,
      system: "ICD-10-CM",
      clinical_status,
      verification: "confirmed",
      onset,
      ...(note ? { note } : {}),
    },
    changed: daysAgo(40 + n * 90),
    by: "Dr. R. Osei",
  }));
}

export function medications(): MedicationView[] {
  return [
    {
      item: id(2, 1),
      text: "Metformin 500 mg tablet",
      dosage: "1 tablet by mouth twice a day",
      status: "active",
      ordered: "2016-09-02",
    },
    {
      item: id(2, 2),
      text: "Lisinopril 10 mg tablet",
      dosage: "1 tablet by mouth each morning",
      status: "active",
      ordered: "2019-03-11",
    },
    { item: id(2, 3), text: "Salbutamol 100 µg inhaler", dosage: "2 puffs when needed", status: "active" },
    {
      item: id(2, 4),
      text: "Amoxicillin 500 mg capsule",
      dosage: "1 capsule three times a day",
      status: "stopped",
      ordered: "2022-01-14",
    },
  ];
}

type Known = { banner: AllergyBanner; list: AllergyView[] };

const severe = allergy(1, "Penicillin", "anaphylaxis", "high");
const mild = allergy(2, "Adhesive tape", "redness", "low");
const intolerance: AllergyView = { ...allergy(3, "Lactose", "bloating"), kind: "intolerance" };

function allergy(n: number, substance: string, reaction: string, criticality?: string): AllergyView {
  const view = { item: id(3, n), substance, kind: "allergy", reaction, status: "active" };
  return criticality ? { ...view, criticality } : view;
}

/** Every state of knowing about allergies turns up, by position. */
export function allergies(person: Person): Known {
  const kind = Number(person.id.slice(-3)) % 4;
  if (kind === 2) return { banner: { is: "not_recorded" }, list: [] };
  if (kind === 3)
    return { banner: { is: "none_known", confirmed: "2026-02-17T09:40:00-05:00", by: "N. Kim" }, list: [] };
  const list = kind === 0 ? [mild] : [severe, mild, intolerance];
  const words = (fits: (one: AllergyView) => boolean) =>
    list.filter(fits).map((one) => `${one.substance}: ${one.reaction}`);
  const banner: AllergyBanner = {
    is: "recorded",
    severe: words((one) => one.criticality === "high"),
    mild: words((one) => one.kind === "allergy" && one.criticality !== "high"),
    intolerances: words((one) => one.kind === "intolerance"),
  };
  return { banner, list };
}

export type Shape = {
  code: string;
  name: string;
  category: string;
  unit: string;
  from: number;
  to: number;
  low?: number;
  high?: number;
};

const SHAPES: Shape[] = [
  {
    code: "8480-6",
    name: "Systolic blood pressure",
    category: "vital-signs",
    unit: "mmHg",
    from: 122,
    to: 148,
    low: 90,
    high: 140,
  },
  {
    code: "8462-4",
    name: "Diastolic blood pressure",
    category: "vital-signs",
    unit: "mmHg",
    from: 78,
    to: 92,
    low: 60,
    high: 90,
  },
  {
    code: "8867-4",
    name: "Heart rate",
    category: "vital-signs",
    unit: "/min",
    from: 74,
    to: 81,
    low: 50,
    high: 100,
  },
  { code: "29463-7", name: "Body weight", category: "vital-signs", unit: "kg", from: 74.8, to: 71.2 },
  {
    code: "4548-4",
    name: "Hemoglobin A1c",
    category: "laboratory",
    unit: "%",
    from: 7.1,
    to: 8.1,
    low: 4,
    high: 5.6,
  },
  {
    code: "2160-0",
    name: "Creatinine",
    category: "laboratory",
    unit: "mg/dL",
    from: 0.9,
    to: 1.0418,
    low: 0.6,
    high: 1.1,
  },
  {
    code: "2823-3",
    name: "Potassium",
    category: "laboratory",
    unit: "mmol/L",
    from: 4.1,
    to: 3.2,
    low: 3.5,
    high: 5.1,
  },
  { code: "72514-3", name: "Pain severity", category: "survey", unit: "{score}", from: 4, to: 2 },
];

/** The series of a chart with `visits` visits. */
export function observations(visits = 14): SeriesView[] {
  const smoking: SeriesView = {
    code: "72166-2",
    name: "Tobacco smoking status",
    category: "survey",
    unit: "",
    points: [{ at: daysAgo(10), text: "Former smoker" }],
    count: 1,
  };
  return [...SHAPES.map((shape, at) => series(shape, at, visits)), smoking];
}

export function series(shape: Shape, at: number, steps: number): SeriesView {
  const { from, to, ...rest } = shape;
  const points = Array.from({ length: steps }, (_, n): PointView => {
    const wave = Math.sin((steps - n) * 1.7 + at) * Math.abs(to - from) * 0.25;
    const value = n === 0 ? to : Math.round((to + ((from - to) * n) / steps + wave) * 100) / 100;
    return { at: daysAgo(10 + n * 91), value, ...flag(value, shape) };
  });
  return { ...rest, points, count: points.length };
}

function flag(value: number, { low, high }: Shape): { flag?: string } {
  if (high !== undefined && value > high) return { flag: "high" };
  if (low !== undefined && value < low) return { flag: "low" };
  return {};
}

export function notes(): NoteView[] {
  return [
    {
      item: id(4, 1),
      title: "Visit note",
      at: daysAgo(10),
      author: "Dr. R. Osei",
      text: "Feels well. Home readings around 145/90 in the evening.\nWalks 20 minutes most days.\n\nPlan: raise lisinopril to 20 mg, recheck in four weeks.",
    },
    {
      item: id(4, 2),
      title: "Telephone call",
      at: daysAgo(101),
      author: "N. Kim",
      text: "Asked about the refill. Pharmacy called, ready tomorrow.",
    },
  ];
}

export function encounters(): EncounterView[] {
  const kinds = ["Follow-up visit", "Annual check-up", "Telephone", "Urgent visit"];
  return Array.from({ length: 18 }, (_, n) => ({
    item: id(5, n),
    start: daysAgo(10 + n * 91),
    end: new Date(Date.parse(daysAgo(10 + n * 91)) + 1_500_000).toISOString(),
    kind: kinds[n % 4] ?? "Visit",
    ...(n % 3 === 0 ? { reason: "Blood pressure and diabetes" } : {}),
    status: "finished",
  }));
}

export function other(): EntryView[] {
  return [
    {
      item: id(6, 1),
      kind: "immunization",
      text: "Influenza, seasonal, injectable",
      at: daysAgo(30),
      status: "completed",
    },
    {
      item: id(6, 2),
      kind: "procedure",
      text: "Diabetic foot examination",
      at: daysAgo(101),
      status: "completed",
    },
    { item: id(6, 3), kind: "report", text: "Basic metabolic panel", at: daysAgo(101), status: "final" },
    {
      item: id(6, 4),
      kind: "care_plan",
      text: "Diabetes self-management plan",
      at: daysAgo(800),
      status: "active",
    },
  ];
}

/** The day's appointments, one each twenty minutes from eight o'clock. */
export function schedule(people: Person[]): AppointmentView[] {
  const types = ["Follow-up", "New patient", "Blood pressure check", "Annual check-up"];
  return people.slice(0, 14).map((who, n) => {
    const start = new Date(2026, 10, 23, 8, n * 20);
    return {
      item: id(7, n),
      patient: who.id,
      name: `${who.surname.toUpperCase()}, ${who.given}`,
      start: start.toISOString(),
      minutes: 20,
      provider: n % 2 ? "N. Kim" : "Dr. R. Osei",
      visit_type: types[n % 4] ?? "Visit",
      status: n < 3 ? "fulfilled" : n < 6 ? "arrived" : n === 8 ? "cancelled" : "booked",
    };
  });
}
