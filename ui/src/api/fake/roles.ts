/** Who signs in to the invented clinic, and what each role's chart leaves out. The real rules live in the core. */
import type { ChartView, UserView } from "../bindings";

export type Limits = { blur: number; warn: number; lock: number };
export type Account = { password: string; words: string; user: UserView; limits: Limits };

const clinical: Limits = { blur: 180_000, warn: 270_000, lock: 300_000 };
const desk: Limits = { blur: 60_000, warn: 90_000, lock: 120_000 };

export const ACCOUNTS: Record<string, Account> = {
  osei: {
    password: "demo-doctor-1",
    words: "doctor",
    user: { name: "Dr. R. Osei", initials: "R.O.", role: "doctor" },
    limits: clinical,
  },
  kim: {
    password: "demo-nurse-1",
    words: "nurse",
    user: { name: "N. Kim", initials: "N.K.", role: "nurse" },
    limits: clinical,
  },
  lopez: {
    password: "demo-desk-1",
    words: "front desk",
    user: { name: "C. Lopez", initials: "C.L.", role: "front_desk" },
    limits: desk,
  },
};

/** The chart as `role` may see it: what it may not see is not there at all. */
export function project(full: ChartView, role: string): ChartView {
  const { contact, appointments, insurance, national_id, ...clinicalPart } = full;
  const front = { ...(contact ? { contact } : {}), ...(appointments ? { appointments } : {}) };
  const onFile = national_id?.on_file ?? false;
  if (role === "doctor") return full;
  if (role === "nurse") return { ...clinicalPart, ...front, may: rights(false, false, false) };
  const { allergies: _, ...banner } = full.banner;
  return {
    patient: full.patient,
    banner,
    may: rights(false, true, false),
    ...front,
    ...(insurance ? { insurance } : {}),
    national_id: { on_file: onFile },
    damaged_items: 0,
  };
}

export function rights(problems: boolean, enter: boolean, reveal: boolean): ChartView["may"] {
  return { edit_problems: problems, enter_national_id: enter, reveal_national_id: reveal };
}
