/** Where a person may go from here, and by which key. */
import { text } from "../../text";

/** One place: its name in words, its key, and how one gets there. */
export type Way = { to: string; words: string; key: string; go: () => void };
type To =
  | "patients"
  | "person"
  | "schedule"
  | "board"
  | "home"
  | "waiting"
  | "cohort"
  | "duplicates"
  | "worklist"
  | "register"
  | "access"
  | "workstations";

/** Who asks: what the role sees, and whether a record is open. */
export type Standing = { role: string; sees: boolean; treats: boolean; confirms: boolean; inRecord: boolean };

/** The places in the header, in their order. */
export function ways(go: Record<To, () => void>, { role, sees, treats, inRecord }: Standing): Way[] {
  const desk = role === "front_desk";
  return of(go, [
    [sees, "patients", text.frame.patients, "/"],
    [sees && inRecord, "person", text.patient.open, "i"],
    [sees, "schedule", text.frame.schedule, "s"],
    [sees, "board", text.frame.board, "g b"],
    [sees, "home", text.frame.home, "g h"],
    [role === "doctor", "cohort", text.care.cohort.nav, "g o"],
    [desk, "duplicates", text.patient.duplicates.nav, "g m"],
    [treats, "worklist", text.clinical.worklist.nav, "g t"],
  ]);
}

/** Places that have no room in the header. */
export function furtherWays(go: Record<To, () => void>, { role, sees, confirms }: Standing): Way[] {
  return of(go, [
    [sees, "register", text.register.open, "n"],
    [sees, "waiting", text.frame.waiting, "g l"],
    [confirms, "access", text.frame.access, "g c"],
    [role === "administrator", "workstations", text.frame.workstations, "g w"],
  ]);
}

function of(go: Record<To, () => void>, rows: [boolean, To, string, string][]): Way[] {
  return rows.filter(([may]) => may).map(([, to, words, key]) => ({ to, words, key, go: go[to] }));
}
