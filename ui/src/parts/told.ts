/** What a stored value says to people: paths such as `value.unit`, codes such as `vital-signs`, instants, in words. */
import { day, moment, words } from "../format";
import { text } from "../text";

/** Paths that say how something is stored and nothing about the patient. */
const INNER = ["value.is", "phone_last4"];

/** Whether a path is worth showing. */
export const isTold = (path: string): boolean => !INNER.includes(path);

/** What a path of an entry is called. */
export function called(path: string): string {
  const names = text.clinical.stored;
  const parts = path.split(".").filter((part) => !/^\d+$/.test(part));
  const last = parts.at(-1) ?? "";
  const whole = names[parts.join(".")];
  if (whole) return whole;
  if (last === "text" && parts.length > 1) return called(parts.slice(0, -1).join("."));
  if (last === "code" && parts.length > 1) return names["code.code"] ?? last;
  if (names[last]) return names[last];
  const spaced = words(last);
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** A stored value as people write it. */
export function told(value: string): string {
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return moment(value);
  if (/^\d{4}-\d\d(-\d\d)?$/.test(value)) return day(value);
  if (value === "true" || value === "false") return text.clinical.yesNo[value];
  if (/^-?\d+\.0$/.test(value)) return value.slice(0, -2);
  const known = text.clinical.words[value];
  return known ?? (/^[a-z]+([-_][a-z]+)+$/.test(value) ? words(value) : value);
}
