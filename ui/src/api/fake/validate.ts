/** What the core refuses of what people type, by the same names and reasons. */
import type { Problem } from "../bindings";
import { Failed } from "../backend";

const CLINICAL = ["active", "recurrence", "relapse", "inactive", "remission", "resolved"];
const VERIFICATION = [
  "unconfirmed",
  "provisional",
  "differential",
  "confirmed",
  "refuted",
  "entered-in-error",
];

function refuse(field: string, why: string | undefined | false): void {
  if (why) throw new Failed("invalid", { field, why });
}

function line(text: string, longest: number): string | false {
  if (!text.trim()) return "missing";
  if (/\p{Cc}/u.test(text.trim())) return "characters";
  return [...text.trim()].length > longest && "too_long";
}

function pastDay(iso: string, today: Date): string | false {
  const [year = 0, month = 1, day = 1] = iso.split("-").map(Number);
  const exists = month >= 1 && month <= 12 && day >= 1 && day <= new Date(year, month, 0).getDate();
  if (!/^\d{4}(-\d{2}(-\d{2})?)?$/.test(iso) || !exists) return "form";
  return new Date(year, month - 1, day) > today && "in_future";
}

/** Refuses a problem by the first rule it breaks. */
export function problem(entered: Problem, today: Date): void {
  refuse("problems.text", line(entered.text, 300));
  for (const field of ["code", "system"] as const) {
    const text = entered[field];
    refuse(`problems.${field}`, typeof text === "string" && line(text, 200));
  }
  refuse("problems.clinical_status", !CLINICAL.includes(entered.clinical_status) && "not_listed");
  refuse("problems.verification", !VERIFICATION.includes(entered.verification) && "not_listed");
  for (const field of ["onset", "abatement"] as const) {
    const iso = entered[field];
    refuse(`problems.${field}`, typeof iso === "string" && pastDay(iso, today));
  }
  refuse("problems.note", [...(entered.note ?? "")].length > 10_000 && "too_long");
}

/** Refuses what isn't `NNN-NN-NNNN` or was never given out. */
export function ssn(text: string): void {
  const field = "national_id.ssn";
  const [, area = "", group, serial] = /^(\d{3})-(\d{2})-(\d{4})$/.exec(text.trim()) ?? [];
  refuse(field, !area && "form");
  refuse(field, (/^(000|666|9..)$/.test(area) || group === "00" || serial === "0000") && "never_issued");
}

/** Refuses a reason that says too little. */
export function reason(text: string): void {
  refuse("reason", [...text.trim()].length < 5 && "too_short");
}
