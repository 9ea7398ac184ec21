/** The fake clinic's search: folded words, MRN, phone and birth date. The core does this over encrypted indexes. */
import type { SearchRow } from "../bindings";
import type { Person } from "./people";

export const fold = (text: string) =>
  text
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .toLowerCase();

export function isoDay(date: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Whether every word of the query fits the person. */
export function matches(who: Person, query: string): boolean {
  const words = query
    .trim()
    .split(/[\s,]+/)
    .filter(Boolean);
  if (words.length === 0) return false;
  return words.every((word) => fits(who, word));
}

function fits(who: Person, word: string): boolean {
  const digits = word.replace(/\D/g, "");
  if (who.mrn.toLowerCase() === word.toLowerCase() || who.birth_date === word) return true;
  if (digits.length >= 7 && who.phone?.replace(/\D/g, "").endsWith(digits)) return true;
  const folded = fold(word);
  return (
    folded !== "" && [who.surname, ...who.given.split(" ")].some((name) => fold(name).startsWith(folded))
  );
}

/** The order of lists. */
export function listed(a: Person, b: Person): number {
  return a.surname.localeCompare(b.surname) || a.given.localeCompare(b.given) || a.mrn.localeCompare(b.mrn);
}

/** A person as a row among `others`. */
export function row(who: Person, others: Person[], now: Date): SearchRow {
  const name = fold(who.surname + who.given);
  const alike = others.some((other) => other !== who && near(fold(other.surname + other.given), name));
  return {
    patient: who.id,
    surname: who.surname,
    given: who.given,
    ...(who.birth_date ? { birth_date: who.birth_date } : {}),
    ...(who.birth_date ? { age: age(who.birth_date, now) } : {}),
    sex: who.sex,
    mrn: who.mrn,
    ...(who.phone ? { phone_last4: who.phone.slice(-4) } : {}),
    deceased: who.deceased ?? false,
    similar_name: alike,
    damaged: who.damaged ?? false,
  };
}

/** The same name, or Anna and Anne: one last letter apart, and not an initial. */
function near(a: string, b: string): boolean {
  const apart = a.length === b.length && a.slice(0, -1) === b.slice(0, -1);
  return (
    a === b || (apart && a.slice(-1) + b.slice(-1) === "ae") || (apart && a.slice(-1) + b.slice(-1) === "ea")
  );
}

function age(birth: string, now: Date): number {
  const [year = 0, month = 1, day = 1] = birth.split("-").map(Number);
  const before = now.getMonth() + 1 < month || (now.getMonth() + 1 === month && now.getDate() < day);
  return now.getFullYear() - year - (before ? 1 : 0);
}
