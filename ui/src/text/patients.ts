/** Words about registering people, telling them apart, correcting and merging their records. */
import { day, listName, sex } from "../format";
import { plural } from "./plural";

const WHAT: Record<string, string> = {
  name: "Name",
  birth_date: "Born",
  sex: "Sex",
  address: "Address",
  phone: "Phone",
  mrn: "MRN",
};

/** A chart that opens in an emergency. */
export const emergency = {
  title: "Emergency access",
  lead: "It opens this one chart for an hour. Your name, the time and the reason stand in the audit, where it is reviewed.",
  reason: "Why",
  reasons: {
    acute: "Acutely ill or injured",
    covering: "I stand in for whoever treats this patient",
    telephone: "The patient or another clinic is on the telephone",
    other: "Something else, which I will explain",
  },
  password: "Your password once more",
  needReason: "Choose why.",
  needPassword: "Type your password.",
  wrong: "This isn't your password.",
  submit: "Open the chart",
  open: (until: string) => `Emergency access until ${until}. It stands in the audit.`,
};

export const identity = {
  title: "Compare two identifiers first",
  lead: "Ask the patient, don't read it out. Both are compared with the record; what was wrong isn't told.",
  birth_date: "Birth date as the patient says it",
  birthHint: "Month first: 04/30/1968",
  second: "MRN, or last four digits of the phone",
  submit: "Compare and open",
};

export const register = {
  open: "Register a new patient",
  title: "Register a patient",
  lead: "Ask for name and birth date first: whoever is on file already shows on the right. What you type is kept, even when the seat locks.",
  restored: "Taken up where you left off.",
  startAnew: "Start with an empty form",
  sections: {
    who: "Who",
    contact: "Contact",
    emergency: "Whom to call in an emergency",
    insurance: "Insurance",
    primary: "Primary coverage",
    secondary: "Secondary coverage",
    guarantor: "Who answers for the rest",
    number: "Social security number",
  },
  required: "needed",
  fields: {
    surname: "Surname",
    given: "Given names",
    birth_date: "Birth date",
    sex: "Sex",
    prefix: "Title",
    suffix: "Suffix",
    gender_identity: "Gender identity",
    former_surname: "Former surname",
    phone: "Phone",
    phone2: "Other phone",
    email: "E-mail",
    street: "Street and number",
    city: "City",
    state: "State",
    postal_code: "ZIP code",
    country: "Country",
    language: "Language",
    general_practitioner: "Primary doctor",
    name: "Name",
    relationship: "Relationship",
    carrier: "Carrier",
    policy: "Policy number",
    group: "Group number",
    subscriber: "Subscriber, if not the patient",
    from: "First day",
    until: "Last day",
    deductible: "Deductible",
    ssn: "Social security number",
  },
  hints: {
    birth_date: "Month first: 04/30/1968. A year alone will do.",
    ssn: "Nine digits. You can't read it again after saving.",
  },
  oneLetter: "One letter is the whole name",
  sexes: { female: "female", male: "male", other: "other", unknown: "unknown" } as Record<string, string>,
  choose: "choose",
  alike: {
    title: "On file already?",
    none: "Nobody like that is on file.",
    wait: "Type a name and a birth date.",
    some: (count: number) => `${plural(count, "patient looks", "patients look")} like this person.`,
    open: "Open this chart instead",
    what: (what: string) => WHAT[what] ?? what,
    differs: "differs",
    typed: "typed here",
    onFile: "on file",
    same: "Nothing that is known differs.",
  },
  stopped: {
    title: "This person may be on file already",
    words:
      "Nothing was saved yet. Compare with the patient before you: birth date, address, phone. If it is the same person, open that chart.",
    reason: "Why this is somebody else",
    reasonHint: "For example: showed a passport, other birth date.",
    goOn: "Register as somebody else",
    back: "Back to the form",
  },
  save: "Register",
  busy: "Registering…",
  done: (name: string, mrn: string) => `${name} is on file under ${mrn}.`,
  fix: (count: number) => `${plural(count, "entry has", "entries have")} to be looked at before saving.`,
  first: "Go to the first one",
  discard: "Throw away what was typed here?",
  quick: {
    open: "Unknown patient or newborn",
    title: "Unknown patient or newborn",
    lead: "The record gets an alias and a temporary number with a check character. Complete or merge it later.",
    kind: "Who",
    unknown: "somebody nobody knows",
    newborn: "a newborn",
    age: "Estimated age in years",
    ageHint: "May stay empty.",
    mother: "Mother's MRN",
    motherHint: "May stay empty. The newborn is then named without her.",
    motherNone: "Nobody on file has this number.",
    order: "Of several: which one",
    single: "born alone",
    nth: (order: number) => `${"ABCDEFGH"[order - 1]} (${order}.)`,
    save: "Register now",
  },
};

const FIELDS: Record<string, string> = {
  "name.surname": "Surname",
  "name.given": "Given name",
  surname: "Surname",
  given: "Given name",
  gender_identity: "Gender identity",
  document: "Document seen",
  note: "Why they change together",
  retention: "Kept in use",
  street: "Street",
  city: "City",
  state: "State",
  postal_code: "Postal code",
  country: "Country",
  reason: "Why",
  birth_date: "Birth date",
  sex: "Sex",
  mrn: "MRN",
  phones: "Phone",
  email: "E-mail",
  addresses: "Address",
  emergency: "Emergency contact",
  language: "Language",
  general_practitioner: "Primary doctor",
  coverages: "Coverage",
  guarantor: "Guarantor",
  deceased: "Deceased",
  deceased_on: "Died on",
  inactive: "Not in use",
  test: "Test patient",
  former: "Former name",
  merged_into: "Merged",
  correction: "Correction that waits",
  national_id_on_file: "Social security number on file",
};

/** Parts of a field that has several. */
const PARTS: Record<string, string> = {
  lines: "street",
  city: "city",
  state: "state",
  postal_code: "postal code",
  country: "country",
  usage: "used for",
  name: "name",
  relationship: "relationship",
  phone: "phone",
  carrier: "carrier",
  policy: "policy",
  group: "group",
  surname: "surname",
  given: "given name",
};

/** What a path such as `phones.1.number` is called. */
function called(path: string): string {
  const whole =
    FIELDS[path] ?? FIELDS[path.split(".").slice(0, 2).join(".")] ?? FIELDS[path.split(".")[0] ?? ""];
  if (!whole) return path.replace(/[._]/g, " ");
  const part = FIELDS[path] ? undefined : path.split(".").findLast((one) => one in PARTS);
  return part && !path.startsWith("name.") ? `${whole}, ${PARTS[part]}` : whole;
}

type Alike = {
  surname: string;
  given: string;
  mrn: string;
  differs: Array<{ what: string; this?: string; other?: string }>;
};

/** `born 12 Apr 1975, not 4 Dec 1975`: only what differs. */
function told({ what, this: mine, other }: Alike["differs"][number]): string {
  const shown = (value: string | undefined) =>
    value === undefined
      ? "not recorded"
      : what === "birth_date"
        ? day(value)
        : what === "sex"
          ? sex(value)
          : value;
  const word = what === "birth_date" ? "born" : (WHAT[what] ?? what).toLowerCase();
  return mine === undefined && other === undefined
    ? `another ${word}`
    : `${word} ${shown(other)}, not ${shown(mine)}`;
}

export const patient = {
  open: "Patient's record",
  title: "Patient's record",
  busy: "Opening…",
  back: "Back to the chart",
  wristband: "Wristband",
  saved: "Saved.",
  waits: "Asked for. A colleague has to carry it out.",
  conflict:
    "Somebody else saved this meanwhile. Nothing was overwritten; what is stored now is shown, and what you typed beside it.",
  save: "Save",
  earlier: {
    changed:
      "You had typed this and not saved it; somebody else has changed the same since. Look at both, then choose.",
    differs: (what: string, typed: string, stored: string) =>
      `${what}: you typed ${typed || "nothing"}, stored is ${stored || "nothing"}`,
    putBack: "Put what I typed back in",
  },
  identity: {
    title: "Who",
    former: "Formerly",
    document: "Document seen",
    documents: {
      passport: "passport",
      identity_card: "identity card",
      drivers_licence: "driver's licence",
      birth_certificate: "birth certificate",
      court_order: "court order",
      marriage_certificate: "marriage certificate",
      other: "another one",
    } as Record<string, string>,
    none: "none yet",
    note: "Why name and birth date change together",
    noteHint: "You sign this note. A colleague then carries the correction out.",
    waiting: (by: string, at: string) => `${by} asks for a correction, ${at}`,
    shall: (name: string, born: string) => `Shall be: ${name}${born ? `, born ${day(born)}` : ""}`,
    own: "You asked for it, so somebody else has to carry it out.",
    approve: "Carry it out",
    refuse: "Throw it away",
  },
  photo: {
    title: "Photo",
    none: "No photo yet.",
    lead: "A JPEG or PNG picture of at most 8 MB. Only a small copy is kept, without where and when it was taken.",
    of: (name: string) => `Photo of ${name}`,
    taken: (by: string, at: string) => `Taken over by ${by}, ${at}`,
    take: "Take from a file…",
    another: "Another photo…",
    remove: "Take the photo away",
    saved: "The photo is kept.",
    removed: "The photo is taken away.",
  },
  contact: { title: "Contact", old: "Formerly" },
  insurance: { title: "Insurance" },
  amendments: {
    title: "Requests to amend the record",
    none: "The patient hasn't asked to have anything amended.",
    received: "Received on",
    receivedHint: "Month first, such as 11/23/2026",
    needDay: "Type the day it came, not later than today.",
    way: "How it came",
    ways: { letter: "letter", in_person: "in person", portal: "portal", fax: "fax" } as Record<
      string,
      string
    >,
    about: "About",
    parts: {
      identity: "name, birth date or sex",
      contact: "address, phone or e-mail",
      insurance: "insurance",
      visits: "visits",
      chart: "an entry in the chart",
    } as Record<string, string>,
    note: "Write the request down",
    line: (day: string, way: string, part: string) => `${day}, ${way}: ${part}`,
    due: (day: string, days: number) =>
      days < 0 ? `overdue since ${day}` : `decide until ${day} (${plural(days, "day", "days")})`,
    decided: (what: string, day: string, by: string) => `${what}, ${day} by ${by}`,
    attached: "Attached to its entry in the chart, which keeps all its versions.",
    extended: (why: string, by: string) => `30 days more: ${why} (${by}). Tell the patient in writing.`,
    written: (day: string, by: string) => `Written down ${day} by ${by}`,
    begin: "Decide",
    decision: "Decision",
    accepted: {
      corrected: "accepted: the entry was corrected",
      appended: "accepted: the patient's words were added",
    },
    denied: {
      accurate_and_complete: "denied: it is accurate and complete",
      not_made_here: "denied: it wasn't made here",
      not_in_record: "denied: it isn't part of the record",
      not_open_to_patient: "denied: it isn't open to the patient",
    },
    entry: "Entry in the chart",
    entryHint: "Correct it there first; it keeps all its versions.",
    noEntry: "none of the chart",
    decide: "Save the decision",
    why: "Why more time is needed",
    reasons: {
      records_elsewhere: "records have to come from elsewhere",
      author_asked: "whoever wrote it is asked",
      more_information: "the patient is asked for more",
    } as Record<string, string>,
    extend: "30 days more, once",
  },

  standing: {
    title: "Marks",
    deceased: "Has died",
    deceased_on: "Died on",
    deceasedHint: "As 2026-11-20, or a year alone.",
    test: "Test patient, made up",
    vip: "VIP: found by the desk and by those who treat this person, by nobody else",
    inactive: "Why the record isn't used any more",
    inactiveHint: "Leave empty for one that is.",
    retention: "Kept in use after the last entry",
    retentions: [
      ["", "Ten years"],
      ["long", "Thirty years"],
      ["permanent", "For ever"],
    ] as Array<[string, string]>,
  },
  despite: (reason: string) => `Registered although another entry looks alike: ${reason}`,
  merge: {
    title: "Merge",
    lead: "If this person has two records, this one goes on and the other ends in it. Nothing is moved; it can be taken back.",
    other: "MRN of the record that ends",
    reason: "Why they are one person's",
    submit: "Merge",
    none: "No other record has this number.",
    absorbed: (name: string, mrn: string) => `${name}, ${mrn} ended in this record`,
    into: (name: string, mrn: string) => `This record ended in ${name}, ${mrn}`,
    by: (by: string, at: string, reason: string) => `${by}, ${at}: ${reason}`,
    undo: "Take apart again",
    goTo: "Open that record",
    done: "Merged. Its entries are read in this chart now.",
    undone: "Taken apart. Both records are what they were.",
  },
  history: {
    title: "History",
    show: "Show the history",
    section: { identity: "Who", contact: "Contact", insurance: "Insurance", summary: "Summary" } as Record<
      string,
      string
    >,
    first: "registered or imported",
    called,
    became: (old: string | undefined, next: string | undefined) =>
      old ? `${old} → ${next ?? "–"}` : (next ?? "–"),
    restore: "Back to this",
    damaged: (count: number) =>
      `${plural(count, "older version", "older versions")} failed the integrity check and can't be shown.`,
  },
  alike: {
    label: "Patients who look alike",
    another: (one: Alike) =>
      `Another ${listName(one.surname, one.given)}: ${[...one.differs.map(told), one.mrn].join(" · ")}`,
    more: "and more",
  },
  duplicates: {
    nav: "Duplicates",
    title: "Likely duplicates",
    lead: "Every patient is compared with those who are like them, by the rule of registration. Nothing is merged by itself: you decide each pair.",
    find: "Look through all patients",
    stop: "Stop",
    progress: (done: number, of: number) => `${done} of ${plural(of, "patient", "patients")} looked at…`,
    stopped: (done: number, of: number) => `Stopped after ${done} of ${plural(of, "patient", "patients")}.`,
    found: (count: number) => `${plural(count, "pair of records", "pairs of records")} may be one person's.`,
    none: "No two records look like one person's.",
    damaged: (count: number) => ` ${plural(count, "record", "records")} failed the integrity check.`,
    pair: (one: string, other: string) => `${one} and ${other}`,
    open: "Open the chart",
    merge: (mrn: string) => `Merge: ${mrn} goes on`,
    apart: "Two different people",
  },
  banner: {
    inactive: (why: string) => `Not in use: ${why}`,
    unknown: "Unknown patient",
    newborn: "Newborn",
    age: (years: number) => `about ${years} years`,
    merged: "Ended in another record",
    absorbed: (count: number) => `With ${plural(count, "merged record", "merged records")}`,
  },
};
