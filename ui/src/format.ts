/** Dates, numbers and names as people write them. Pure. */

type Maybe<T> = T | null | undefined;

let locale: string | undefined;

/** Fixes the locale; tests use it. Without it the system's applies. */
export function useLocale(tag: string | undefined): void {
  locale = tag;
}

const styled = (options: Intl.DateTimeFormatOptions, date: Date) => date.toLocaleDateString(locale, options);

/** A possibly partial ISO date: `2024`, `2024-03` or `2024-03-18`. Anything longer is taken as an instant. */
export function day(iso: Maybe<string>): string {
  if (!iso) return "";
  if (iso.length > 10) return instant(iso, { year: "numeric", month: "short", day: "numeric" });
  const [year = 0, month, date] = iso.split("-").map(Number);
  if (!month) return String(year);
  const utc = new Date(Date.UTC(2000, month - 1, date ?? 1));
  utc.setUTCFullYear(year);
  const options = { year: "numeric", month: "short", timeZone: "UTC" } as const;
  return styled(date ? { ...options, day: "numeric" } : options, utc);
}

/** An instant as local date and time. */
export function moment(iso: Maybe<string>): string {
  return iso ? `${day(new Date(iso).toISOString())}, ${time(iso)}` : "";
}

/** An instant as local time of day. */
export function time(at: string | number | Date): string {
  return new Date(at).toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit" });
}

function instant(iso: string, options: Intl.DateTimeFormatOptions): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : styled(options, date);
}

/** A measured number: whole digits kept, four significant ones at most behind. */
export function number(value: number): string {
  return value.toLocaleString(locale, {
    maximumSignificantDigits: Math.max(4, String(Math.trunc(Math.abs(value))).length),
    useGrouping: false,
  });
}

/** What was measured: its words where it has some (`< 5`, `negative`), else its number. */
export function reading({ value, text }: { value?: Maybe<number>; text?: Maybe<string> }): string {
  return text || (typeof value === "number" ? number(value) : "");
}

/** UCUM units whose code reads like none. */
const UNITS: Record<string, string> = {
  "[lb_av]": "lb",
  "[oz_av]": "oz",
  "[in_i]": "in",
  "[degF]": "°F",
  Cel: "°C",
  "mm[Hg]": "mmHg",
  "10*3/uL": "10³/µL",
  "10*6/uL": "10⁶/µL",
  "{nominal}": "",
};

/** A unit as people write it: UCUM annotations such as `{score}` lose their braces. */
export function unit(ucum: string): string {
  const known = UNITS[ucum];
  return known ?? ucum.replace("1.73_m2", "1.73 m²").replace(/[{}]/g, "").trim();
}

/** `SURNAME, Given`. */
export function listName(surname: string, given: string): string {
  return given ? `${upper(surname)}, ${given}` : upper(surname);
}

/** Upper case that keeps every letter's identity: `ß` stays, `李` stays. */
export function upper(name: string): string {
  return name.replace(/[^ß]+/gu, (part) => part.toLocaleUpperCase(locale));
}

/** Initials of a person, by characters as people count them. */
export function initials(given: string, surname: string): string {
  return `${[...given.trim()][0] ?? ""}${[...surname.trim()][0] ?? ""}`.toLocaleUpperCase(locale);
}

const SEX: Record<string, string> = { female: "F", male: "M", other: "X", unknown: "sex unknown" };

/** The sex as a letter, or in words where a letter would mislead. */
export function sex(code: string): string {
  return SEX[code] ?? code;
}

/** `12 Apr 1968 (58)`; with an age in words where years say too little. */
export function born(birthDate: Maybe<string>, age: Maybe<number>): string {
  if (!birthDate) return "";
  return age === undefined || age === null ? day(birthDate) : `${day(birthDate)} (${age})`;
}

/** A code word such as `in-progress` or `care_plan` as words. */
export function words(code: string): string {
  const spaced = code.replace(/[-_]/g, " ");
  return spaced === "noshow" ? "no show" : spaced;
}

/** `123456789` as `123-45-6789`. */
export function grouped(ssn: string): string {
  return ssn.replace(/\D/g, "").replace(/^(\d{3})(\d{2})(\d{4})$/, "$1-$2-$3");
}

/** A date as one types it, month first; a year or a month alone stays as it is. */
export const asTyped = (iso: string) => iso.replace(/^(\d{4})-(\d{2})-(\d{2})$/, "$2/$3/$1");
