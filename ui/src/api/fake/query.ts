/** What the search box means, much as the core reads it: beginnings of names, dates, numbers. */
import { fold, foldGiven } from "../../fold";
import { Failed } from "../backend";
import type { Person } from "./people";

const digits = (text: string) => text.replace(/\D/g, "").replace(/^1(?=\d{10}$)/, "");

const refuse = (why: string): never => {
  throw new Failed("invalid", { field: "query", why });
};

type Test = (who: Person) => boolean;

/** Who fits the line; throws as the core refuses. */
export function query(line: string): Test {
  const text = line.trim();
  if ([...text].length > 200) return refuse("too_long");
  if (text.includes("@")) return (who) => who.email === text.toLowerCase();
  const mrn = /^mrn(?:-|[\s:#]+(?=\S*\d))/i.exec(text);
  if (mrn) return numbered(mrn[0].endsWith("-") ? text : text.slice(mrn[0].length));
  return /\d/.test(text) ? withDigits(text) : named(text);
}

const numbered = (mrn: string): Test => {
  const folded = mrn.toUpperCase();
  return (who) => who.mrn.toUpperCase() === folded;
};

function named(text: string): Test {
  const comma = text.includes(",");
  const [surname = "", given = ""] = [fold(text.split(",")[0] ?? ""), foldGiven(text.split(",")[1] ?? "")];
  if (!surname && !given) return refuse("empty");
  return (who) =>
    comma
      ? fold(who.surname).startsWith(surname) && foldGiven(who.given).startsWith(given)
      : fold(who.surname).startsWith(surname) || foldGiven(who.given).startsWith(surname);
}

function withDigits(text: string): Test {
  const born = typedDate(text);
  if (born) return (who) => who.birth_date?.startsWith(born) ?? false;
  const years = /^(\d{4})\s?-\s?(\d{4})$/.exec(text);
  if (years) return (who) => within(who.birth_date, years[1] ?? "", years[2] ?? "");
  if (/^\D*\d{4}$/.test(text)) {
    const end = text.slice(-4);
    return (who) => numbered(text)(who) || (who.phone?.endsWith(end) ?? false);
  }
  const phone = /^[\d\s+\-.()/]+$/.test(text) && digits(text).length >= 7 ? digits(text) : "";
  return (who) => numbered(text)(who) || (phone !== "" && digits(who.phone ?? "") === phone);
}

const within = (born: string | undefined, from: string, to: string) =>
  born !== undefined && born.slice(0, 4) >= from && born.slice(0, 4) <= to;

/** `1968`, `1968-04`, `1968-04-12`, `04/12/1968` or `12.04.1968` as ISO. */
function typedDate(text: string): string | undefined {
  const day = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/.exec(text);
  const [first = "", second = ""] = day?.[2] === "." ? [day[3], day[1]] : [day?.[1], day?.[3]];
  const iso = day ? [day[4], first.padStart(2, "0"), second.padStart(2, "0")].join("-") : text;
  if (!/^\d{4}(-\d{2}(-\d{2})?)?$/.test(iso)) return undefined;
  const [year = 0, month = 1, date = 1] = iso.split("-").map(Number);
  const exists = month >= 1 && month <= 12 && date >= 1 && date <= new Date(year, month, 0).getDate();
  return exists ? iso : refuse("no_such_day");
}
