/** A problem as it is typed: every field a string, checked before it becomes a [`Problem`]. */
import type { Problem } from "../../api/bindings";

export type Draft = Record<keyof Problem, string>;
export type Wrong = Partial<Record<keyof Problem, string>>;

export const FIELDS = [
  "text",
  "code",
  "system",
  "clinical_status",
  "verification",
  "onset",
  "abatement",
  "note",
] as const;
export const CLINICAL = ["active", "recurrence", "relapse", "inactive", "remission", "resolved"];
export const VERIFICATION = ["unconfirmed", "provisional", "differential", "confirmed", "refuted"];
export const SYSTEMS = ["ICD-10-CM", "SNOMED CT"];
export const TEXT_MAX = 300;
export const NOTE_MAX = 10_000;

/** What a form starts with. */
export function draft(problem: Problem | null): Draft {
  const start = { clinical_status: "active", verification: "confirmed", ...problem };
  return Object.fromEntries(
    FIELDS.map((field) => [field, start[field as keyof typeof start] ?? ""]),
  ) as Draft;
}

/** The problem to save; empty fields are left out. */
export function problem(typed: Draft): Problem {
  const trimmed = Object.fromEntries(FIELDS.map((field) => [field, typed[field].trim()])) as Draft;
  const { text, clinical_status, verification, ...rest } = trimmed;
  const optional = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== ""));
  return { text, clinical_status, verification, ...optional };
}

/** Which fields differ between two drafts. */
export function differing(a: Draft, b: Draft): Array<keyof Problem> {
  return FIELDS.filter((field) => a[field].trim() !== b[field].trim());
}

/** Reasons why a draft can't be saved, by field. The core checks again. */
export function wrong(typed: Draft, today: Date): Wrong {
  const found: Wrong = {};
  const text = typed.text.trim();
  if (!text) found.text = "missing";
  else if ([...text].length > TEXT_MAX) found.text = "too_long";
  if ([...typed.note].length > NOTE_MAX) found.note = "too_long";
  const [onset, abatement] = [typed.onset.trim(), typed.abatement.trim()];
  const began = onset && badDate(onset, today);
  const ended = abatement && (badDate(abatement, today) ?? beforeStart(onset, abatement));
  if (began) found.onset = began;
  if (ended) found.abatement = ended;
  return found;
}

/** Whether it would have been over before it began, as far as both dates are known. */
function beforeStart(onset: string, abatement: string): string | undefined {
  const known = Math.min(onset.length, abatement.length);
  return abatement.slice(0, known) < onset.slice(0, known) ? "before_start" : undefined;
}

/** The field of the form that the core means, e.g. `problems.onset`. */
export function fieldNamed(path: string | undefined): keyof Problem | undefined {
  return FIELDS.find((field) => path === `problems.${field}`);
}

/** Why a possibly partial ISO date is refused, or nothing. */
export function badDate(iso: string, today: Date): string | undefined {
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(iso);
  if (!parts) return "form";
  const [year, month, day] = parts.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  if (year === undefined || year < 1880) return "too_long_ago";
  if (month !== undefined && (month < 1 || month > 12)) return "no_such_day";
  if (day !== undefined && (day < 1 || day > new Date(year, month ?? 1, 0).getDate())) return "no_such_day";
  return new Date(year, (month ?? 1) - 1, day ?? 1) > today ? "in_future" : undefined;
}
