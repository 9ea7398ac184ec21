/**
 * Every word a person reads, in one place (the chart's and the failures' in `text/`). Sentences say what happened
 * and what to do next. To add one: put it under its screen; functions where a number or a name goes in.
 */
import type { Failed } from "./api/backend";
import type { LockCause, Note, NumberNeeded } from "./api/bindings";
import { chart } from "./text/chart";
import { care } from "./text/care";
import { interactions } from "./text/interactions";
import { directives } from "./text/directives";
import { documents } from "./text/documents";
import { drafts } from "./text/drafts";
import { clinical } from "./text/clinical";
import { people } from "./text/people";
import { emergency, identity, patient, register } from "./text/patients";
import { print } from "./text/print";
import { schedule } from "./text/schedule";
import { workstations } from "./text/workstations";
import { FAILURES, FORMS, WHYS } from "./text/failures";
import { plural } from "./text/plural";

const seconds = (s: number) => plural(s, "second", "seconds");

/** `300` becomes `5 min`, `90` becomes `90 s`. */
const span = (s: number) => (s >= 60 && s % 60 === 0 ? `${s / 60} min` : `${s} s`);

const CAUSES: Record<LockCause, (idle: number | null | undefined) => string> = {
  idle: (idle) => (idle ? `Locked after ${span(idle)} without input` : "Locked after a while without input"),
  manual: () => "Locked by hand",
  cap: () => "Locked because the session reached its longest time",
  system: () => "Locked because the computer was locked, put to sleep or switched",
};

const QUERIES: Record<string, string> = {
  form: "This wristband was misread: its check character is wrong. Scan it again.",
  empty: "Type a surname, birth date, MRN, phone or e-mail.",
  too_long: "This is too long to search for. Shorten it.",
  national_id: "Your role finds nobody by social security number. Type a name, birth date, MRN or phone.",
  impossible: "There is no such day. Type a birth date with the month first, such as 04/30/1968.",
};

export const text = {
  product: "Wardseal",
  starting: "Starting…",
  tryAgain: "Try again",
  close: "Close",
  cancel: "Cancel",
  noValue: "not recorded",
  demo: "Demo clinic: invented people",
  notWritten:
    "No answer came in time, so it isn't known whether this was saved. Reopen the chart and look before saving again; what you typed is still here.",
  failure(failed: Failed): string {
    const wait = failed.fields.seconds;
    if (failed.code === "wait" && wait) return `Too many wrong tries. Wait ${seconds(wait)}, then try again.`;
    if (failed.code === "restricted_disclosure") return directives.refused(failed.fields);
    return FAILURES[failed.code] ?? FAILURES.internal;
  },
  why: (why: string | undefined, field?: string) => {
    const form = why === "form" && field ? FORMS[field] : undefined;
    return form ?? WHYS[why ?? ""] ?? "This can't be saved as it is. Check it.";
  },

  signIn: {
    title: "Sign in",
    username: "User name",
    password: "Password",
    submit: "Sign in",
    busy: "Opening your keys…",
    needName: "Type your user name.",
    needPassword: "Type your password.",
    wait: (s: number) => `Too many wrong tries. You can try again in ${seconds(s)}.`,
    demoTitle: "Demo sign-ins",
    demoHint: "Choose one to fill in name and password, then press Enter.",
    demoPassword: "Password of each:",
  },
  lock: {
    title: "Locked",
    cause: (cause: LockCause, idle: number | null | undefined, at: string) =>
      `${CAUSES[cause](idle)}, since ${at}`,
    holder: "Seat held by",
    password: (initials: string) => `Password of ${initials}`,
    submit: "Unlock",
    someoneElse: "Someone else? F9",
  },

  frame: {
    nav: "Places",
    patients: "Patients",
    schedule: "Schedule",
    board: "Board",
    home: "My day",
    waiting: "Waiting list",
    access: "Access to confirm",
    workstations: "Workstations",
    lock: "Lock",
    keys: "Keys",
    store: { memory: "in memory", embedded: "embedded", atlas: "MongoDB" },
    seal: (store: string) => `Seal: ${store}`,
    sealHint: "Show the status of encryption, store and audit",
    policy: (version: string) => `policy ${version}`,
    blurred:
      "Details are hidden because nothing was typed or moved for a while. Move the mouse or press a key to show them.",
    hidden: "Hidden. Press any key or click to show the screen again.",
    warning: (s: number) => `Locks in ${seconds(s)}. Press any key or move the mouse to stay.`,
    timeOut: "Time out",
    unsaved: "What you typed here isn't saved and would be lost.",
    kept: "What you typed is kept: unlock, and the form opens again.",
  },

  palette: {
    open: "Go to",
    title: "Go to a place or a patient",
    label: "Name of a place, or of a patient: surname, birth date, MRN, phone",
    places: "Name of a place",
    found: (n: number) => (n === 0 ? "Nothing fits. Type more or less." : plural(n, "entry", "entries")),
  },

  noPatients: {
    title: "No patient records for this role",
    words:
      "An account of this role runs the clinic or reviews the audit log and opens no patient's record. Those tasks are done with wardsealctl; here you can see the status, lock, or let someone else sign in.",
    status: "Show the status",
    signOut: "Sign out",
  },

  search: {
    title: "Patients",
    label: "Find a patient",
    placeholder: "surname, given name, birth date, MRN, phone…",
    hint: 'Smith, Anna · Smith 1968 · 04/12/1968 · 1980-1990 · age 40-50 · …0114 · "Smith" whole name only — ↑ ↓ choose · Enter open · Esc clear',
    recent: "Opened by you since you signed in",
    beyond: "There may be more. Type more letters, a given name after a comma, or a birth date.",
    fits: {
      exact: "",
      start: "",
      former: "former name",
      sound: "sounds alike",
      swapped: "day and month swapped",
    } as Record<string, string>,
    columns: { name: "Name", born: "Born", sex: "Sex", mrn: "MRN", phone: "Phone", marks: "Marks" },
    count: (shown: number, total: number, more: boolean) =>
      `${shown.toLocaleString()} of ${more ? "more than " : ""}${total.toLocaleString()}`,
    counted: (total: number) =>
      total === 1 ? "1 patient found" : `${plural(total, "patient", "patients")} found`,
    busy: "Searching…",
    none: (query: string) => `No patient fits “${query}”.`,
    noneNext:
      "Try fewer letters, another spelling, or surname, comma, given name. Birth date, MRN, phone and e-mail work too.",
    cant: (why: string | undefined) => QUERIES[why ?? ""] ?? "This can't be searched for. Check it.",
    number: {
      why: "Why is this social security number looked for?",
      purposes: [
        ["treatment", "To treat the person"],
        ["payment", "A payer asks by it"],
        ["operations", "An agency asks by it"],
      ] as Array<[NumberNeeded, string]>,
      note: "What you choose is written into the audit log; the number is not. One that the front desk entered is found once a doctor has opened the chart.",
    },
    more: "Show more",
    similar: "similar name",
    inactive: "not in use",
    deceased: "deceased",
    damaged: "Record damaged: not shown",
    today: (time: string) => `today ${time}`,
    schedule: (day: string) => `Today, ${day}`,
    appointments: (n: number) => plural(n, "appointment", "appointments"),
    scheduleColumns: { time: "Time", name: "Patient", visit: "Visit", provider: "With", status: "Status" },
    noAppointments: "No appointments today. Type a name, birth date, MRN or phone to find a patient.",
    results: "Patients found",
  },

  keys: {
    title: "Keys",
    groups: {
      everywhere: "Everywhere",
      search: "Patients",
      chart: "Chart",
      charting: "What is in the chart",
      schedule: "Schedule",
    },
    list: {
      everywhere: [
        ["/", "Find a patient"],
        ["g p", "Go to patients (Alt + P while typing)"],
        ["n", "Register a new patient (Alt + N while typing)"],
        ["s", "Go to the schedule (Alt + S while typing)"],
        ["g b", "Go to the board of today (Alt + B while typing)"],
        ["g l", "Go to the waiting list"],
        ["g h", "Go to my day in figures (Alt + H while typing)"],
        ["g t", "Go to what is to be done (Alt + T while typing)"],
        ["g c", "Go to access to confirm"],
        ["g d", "Go to what was typed and not saved"],
        ["g o", "Go to cohorts, for doctors"],
        ["g m", "Go to likely duplicates, for the front desk"],
        ["Ctrl + K", "Go to a place or a patient by name"],
        ["Esc", "Back, or close what is open"],
        ["Ctrl + P", "Print from the chart, or today's list"],
        ["Ctrl + L", "Lock"],
        ["F9", "Sign out, so that someone else can sign in"],
        ["Ctrl + Shift + H", "Hide the screen now"],
        ["?", "Show the keys"],
      ],
      schedule: [
        ["← ↑ → ↓", "Go between times"],
        ["Enter", "Open the visit, or book the free time"],
        ["t", "Today"],
        ["d w m", "Day, week, month"],
        [", .", "Earlier, later"],
        ["b", "Book a visit"],
        ["l", "Waiting list"],
      ],
      search: [
        ["↑ ↓", "Choose"],
        ["Page ↑ ↓", "Choose ten further"],
        ["Enter", "Open the chart"],
      ],
      chart: [
        ["1 … 9", "Go to a section"],
        ["b", "Banner in large type"],
        ["i", "The patient's record: name, contact, insurance, history"],
        ["Ctrl + Enter", "Save or sign"],
      ],
      charting: [
        ["c", "Write in the chart: everything there is"],
        ["v", "Vital signs"],
        ["w", "Write a note"],
        ["o", "Order a medication"],
        ["+", "Add a problem"],
        ["e", "Edit the chosen problem"],
        ["← →", "Step through the values of a plot"],
      ],
    },
    settings: "Settings",
    letters: "Single-letter keys act",
    lettersHint: "Turn off if speech input or a scanner triggers them.",
    theme: "Colours",
    themes: { system: "as the system", light: "light", dark: "dark" },
    density: "Rows",
    densities: { comfortable: "comfortable", compact: "compact" },
  },

  status: {
    title: "Status",
    lead: "Wardseal encrypts every record on this computer before the store sees it. These checks were run just now.",
    busy: "Checking…",
    checks: {
      encryption: "Encryption",
      store: "Store",
      keychain: "Keychain",
      audit: "Audit log",
      keys: "Keys",
      memory: "Memory",
      certificates: "Certificates",
    } as Record<string, string>,
    notes: {
      replica_set: "The store is a replica set.",
      sharded: "The store is a sharded cluster.",
      all_queries: "The server answers every search with Queryable Encryption.",
      starts_preview:
        "The server finds the start of a name only as a preview that isn't for production, so searchable values are stored deterministically: equal values look equal to whoever sees the store.",
      no_starts:
        "The server can't find the start of a name with Queryable Encryption, so searchable values are stored deterministically: equal values look equal to whoever sees the store.",
      no_ranges:
        "The server can find neither ranges nor the start of a name with Queryable Encryption, so searchable values are stored deterministically: equal values look equal to whoever sees the store.",
      no_queries:
        "The server has no Queryable Encryption, so searchable values are stored deterministically: equal values look equal to whoever sees the store.",
      changes_told: "The server tells of other workstations' changes as they happen.",
      changes_asked: "The server is asked for other workstations' changes.",
    } satisfies Record<Note, string>,
    ok: "in order",
    bad: "needs attention",
    badNext:
      "Something needs attention. Tell the person who runs Wardseal and read them the lines marked so.",
    version: "Wardseal",
    libmongocrypt: "libmongocrypt",
    policy: "Role table",
  },

  xray: {
    open: "Look at the stored bytes",
    title: "One record as it is stored",
    lead: "On the left what lies in the store, on the right what it means to you. Nothing on the left says who the patient is.",
    without:
      "One record of the store, as anyone who takes the file would see it. What it means is for those who may read it.",
    busy: "Reading…",
    stored: "Stored",
    means: "Means",
    hidden: "not for your role",
    none: "a random number, a counter or a time",
    copy: "a folded copy, for searching only",
    bytes: (length: number) => (length === 1 ? "1 byte" : `${length} bytes`),
    key: "data key",
    forms: {
      unindexed: "encrypted, not searchable",
      equality: "encrypted, found by the whole value",
      range: "encrypted, found by range",
      text: "encrypted, found by its first letters",
      deterministic: "encrypted, the same for equal values",
      sealed: "sealed for those who may read it",
      tags: "search tags",
      clear: "not encrypted",
      unknown: "unknown",
    } as Record<string, string>,
  },

  chart,
  care,
  interactions,
  people,
  register,
  emergency,
  identity,
  drafts,
  patient,
  workstations,
  print,
  directives,
  schedule,
  clinical,
  documents,
};
