/** Days and minutes as people type them, and steps between days. Days are those of the clinic, never of the browser. */

/** `11/30/2026`, `11-30-2026` or `2026-11-30` as ISO; nothing else. */
export function isoFrom(typed: string): string | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed.trim());
  const us = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(typed.trim());
  const [year, month, day] = iso ? iso.slice(1) : us ? [us[3], us[1], us[2]] : [];
  if (!year || !month || !day) return null;
  const written = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  return addDays(written, 0) === written ? written : null;
}

/** `9`, `9:15`, `915`, `9:15 pm`, `14:30` as minutes since midnight. */
export function minuteFrom(typed: string): number | null {
  const found = /^(\d{1,2}):?(\d{2})?\s*([ap])?\.?m?\.?$/i.exec(typed.trim());
  if (!found) return null;
  let hour = Number(found[1]);
  const minute = Number(found[2] ?? 0);
  const half = found[3]?.toLowerCase();
  if (half && (hour < 1 || hour > 12)) return null;
  if (half === "p" && hour < 12) hour += 12;
  if (half === "a" && hour === 12) hour = 0;
  return hour < 24 && minute < 60 ? hour * 60 + minute : null;
}

/** A day so many days later. */
export function addDays(iso: string, days: number): string {
  const date = new Date(`${iso}T12:00:00Z`);
  if (Number.isNaN(date.getTime())) return "";
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The Monday of a day's week. */
export function mondayOf(iso: string): string {
  const weekday = (new Date(`${iso}T12:00:00Z`).getUTCDay() + 6) % 7;
  return addDays(iso, -weekday);
}

/** The first day of the month so many months later. */
export function addMonths(iso: string, months: number): string {
  const date = new Date(`${iso.slice(0, 7)}-01T12:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date.toISOString().slice(0, 10);
}

/** `9:15` for a field. */
export const written = (minute: number) =>
  `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")}`;

/** `2026-11-30` as it is typed here. */
export const typedDay = (iso: string) => `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)}`;

/** The weekday and day of a column. */
export function heading(iso: string): string {
  const options = {
    weekday: "short",
    month: "short",
    day: "numeric",
    year: "numeric",
    timeZone: "UTC",
  } as const;
  return new Date(`${iso}T12:00:00Z`).toLocaleDateString(undefined, options);
}
