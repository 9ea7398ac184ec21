/** The rows of the invented charts as they are written down here: without revisions and states, which `whole` adds. */
import type * as Real from "../bindings";

export type MedicationView = Omit<Real.MedicationView, "rev" | "state">;
export type AllergyView = Omit<Real.AllergyView, "rev">;
export type PointView = Omit<Real.PointView, "item" | "rev" | "unsigned">;
export type SeriesView = Omit<Real.SeriesView, "points"> & { points: PointView[] };
export type NoteView = Omit<Real.NoteView, "rev" | "state" | "mine">;
export type EncounterView = Omit<Real.EncounterView, "rev">;
export type EntryView = Omit<Real.EntryView, "rev">;

/** Orders by the status they are stored under. */
const STATES: Record<string, Real.OrderState> = {
  active: "active",
  "on-hold": "on_hold",
  stopped: "stopped",
  completed: "completed",
  cancelled: "cancelled",
  draft: "draft",
};

const POINT = "12000000-0000-4000-9000-000000000000";

/** The same rows with what the core adds. */
export const whole = {
  medications: (list: MedicationView[]): Real.MedicationView[] =>
    list.map((one) => ({ ...one, rev: 1, state: STATES[one.status] ?? "active" })),
  allergies: (list: AllergyView[]): Real.AllergyView[] => list.map((one) => ({ ...one, rev: 1 })),
  series: (list: SeriesView[]): Real.SeriesView[] =>
    list.map((one) => ({
      ...one,
      points: one.points.map((point) => ({ ...point, item: POINT, rev: 1, unsigned: false })),
    })),
  notes: (list: NoteView[]): Real.NoteView[] =>
    list.map((one) => ({ ...one, rev: 1, state: "signed" as const, mine: false })),
  encounters: (list: EncounterView[]): Real.EncounterView[] => list.map((one) => ({ ...one, rev: 1 })),
  other: (list: EntryView[]): Real.EntryView[] => list.map((one) => ({ ...one, rev: 1 })),
};
