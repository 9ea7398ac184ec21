/** The fake clinic's rows: the core opens them from encrypted values. */
import type { SearchRow } from "../bindings";
import type { Person } from "./people";
import { fold, foldGiven } from "../../fold";

export function isoDay(date: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The order of lists; what can't be read comes first. */
export function listed(a: Person, b: Person): number {
  const key = (who: Person) =>
    who.damaged ? "" : [fold(who.surname), fold(who.given), who.birth_date, who.id].join(" ");
  return key(a) < key(b) ? -1 : 1;
}

/** Marks rows whose name another row of the page shares but for one letter. */
export function markSimilar(rows: SearchRow[]): SearchRow[] {
  const alike = (a: SearchRow, b: SearchRow) =>
    near(fold(a.surname), fold(b.surname)) && near(foldGiven(a.given), foldGiven(b.given));
  return rows.map((row) => ({
    ...row,
    similar_name: !row.damaged && rows.some((other) => other !== row && !other.damaged && alike(row, other)),
  }));
}

/** Equal, or equal after one letter is changed, left out or put in. */
function near(a: string, b: string): boolean {
  const [short, long] = [[...a], [...b]].sort((x, y) => x.length - y.length) as [string[], string[]];
  const same = short.findIndex((letter, at) => letter !== long[at]);
  const at = same < 0 ? short.length : same;
  const rest = (word: string[], from: number) => word.slice(from).join("");
  if (long.length === short.length) return rest(short, at + 1) === rest(long, at + 1);
  return long.length === short.length + 1 && rest(short, at) === rest(long, at + 1);
}

/** A person as a row; of a damaged record nothing is shown. */
export function row(who: Person, now: Date): SearchRow {
  const flags = {
    deceased: who.deceased ?? false,
    test: who.test ?? false,
    inactive: false,
    similar_name: false,
    fit: "exact" as const,
    damaged: who.damaged ?? false,
  };
  if (who.damaged) return { patient: who.id, surname: "", given: "", sex: "", mrn: "", ...flags };
  return {
    patient: who.id,
    surname: who.surname,
    given: who.given,
    ...(who.birth_date ? { birth_date: who.birth_date, ...aged(who.birth_date, now) } : {}),
    sex: who.sex,
    mrn: who.mrn,
    ...(who.phone ? { phone_last4: who.phone.slice(-4) } : {}),
    ...flags,
  };
}

/** Whole years, if the known parts of the birth date settle them. */
function aged(birth: string, now: Date): { age?: number } {
  const parts = birth.split("-").map(Number);
  const years = (month: number, day: number) => {
    const before = now.getMonth() + 1 < month || (now.getMonth() + 1 === month && now.getDate() < day);
    return now.getFullYear() - (parts[0] ?? 0) - (before ? 1 : 0);
  };
  const oldest = years(parts[1] ?? 1, parts[2] ?? 1);
  const youngest = years(parts[1] ?? 12, parts[2] ?? 28);
  return oldest === youngest ? { age: oldest } : {};
}
