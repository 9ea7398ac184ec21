/** Words of the front desk: schedule, booking, check-in, boards, the day in figures. Nothing here is clinical. */
import type { CoverageWarning } from "../api/bindings";
import { plural } from "./plural";

/** `540` becomes `9:00`, as the clinic's clock shows it. */
const clock = (minute: number) =>
  new Date(2000, 0, 1, Math.floor(minute / 60), minute % 60).toLocaleTimeString(undefined, {
    hour: "numeric",
    minute: "2-digit",
  });

const STATUS: Record<string, string> = {
  waitlist: "waiting",
  booked: "booked",
  arrived: "arrived",
  roomed: "in room",
  seen: "seen",
  out: "out",
  fulfilled: "out",
  proposed: "booked",
  pending: "booked",
  "checked-in": "arrived",
  cancelled: "cancelled",
  noshow: "didn't come",
  rescheduled: "moved",
};

const CLASHES: Record<string, string> = {
  no_such_time: "The clocks are put forward over this time.",
  off_grid: "Visits begin at a quarter of an hour.",
  past: "This time is over.",
  no_such_provider: "Nobody of this name sees patients here.",
  no_such_room: "There is no room of this name.",
  no_such_device: "There is no device of this name.",
  closed: "The clinic is closed then.",
  holiday: "The clinic is closed: a holiday.",
  away: "The provider is away on that day.",
  provider_taken: "The provider has another visit then.",
  room_taken: "The room is taken then.",
  device_taken: "A device is taken then.",
  patient_taken: "The patient has another visit then.",
};

const ANSWERS: Record<string, string> = {
  active: "active",
  inactive: "not active",
  not_found: "not known there",
  unreachable: "couldn't be reached",
  // As answers were noted before.
  covered: "covered",
  not_covered: "not covered",
  authorized: "visit authorized",
  not_authorized: "visit not authorized",
  no_answer: "no answer",
};

const SERVICES: Record<string, string> = {
  office_visits: "office visits",
  specialist_visits: "visits to a specialist",
  rehabilitation: "rehabilitation",
  imaging: "imaging",
  procedure: "procedure",
  equipment: "equipment",
  home_care: "care at home",
  other: "another service",
};

const inDays = (days: number) =>
  days < 0
    ? `ended ${plural(-days, "day", "days")} ago`
    : days === 0
      ? "ends today"
      : `ends in ${plural(days, "day", "days")}`;

function asked(warning: CoverageWarning): string {
  switch (warning.of) {
    case "not_verified":
      return warning.days === undefined
        ? `${warning.carrier}: coverage never verified`
        : `${warning.carrier}: coverage not verified in the last 30 days (${plural(warning.days, "day", "days")} ago)`;
    case "not_active":
      return `${warning.carrier}: coverage ${ANSWERS[warning.answer] ?? warning.answer}`;
    case "coverage_ends":
      return `${warning.carrier}: coverage ${inDays(warning.days)}`;
    case "authorization_ends":
      return `authorization (${SERVICES[warning.service] ?? warning.service}) ${inDays(warning.days)}`;
    case "units_used_up":
      return `authorization (${SERVICES[warning.service] ?? warning.service}) is used up`;
  }
}

export const schedule = {
  clock,
  status: (status: string) => STATUS[status] ?? status,
  clash: (clash: string) => CLASHES[clash] ?? clash,
  title: "Schedule",
  views: { day: "Day", week: "Week", month: "Month" },
  today: "Today",
  before: "Earlier",
  after: "Later",
  provider: "Provider",
  everybody: "Everybody",
  book: "Book a visit",
  waiting: "Waiting list",
  closed: "Closed",
  holiday: (name: string) => `Closed: ${name}`,
  away: "away",
  free: (minute: number, provider: string) => `${clock(minute)} free, ${provider}`,
  visit: (minute: number, name: string, type: string, status: string) =>
    `${clock(minute)} ${name}, ${type}, ${status}`,
  count: (n: number) => plural(n, "visit", "visits"),
  damaged: (n: number) =>
    `${plural(n, "visit", "visits")} failed the integrity check and can't be shown. Tell the person who runs Wardseal.`,
  hint: "← ↑ → ↓ go between times · Enter open or book · t today · d day · w week · m month · , . earlier, later · b book · l waiting list",
  busy: "Reading the schedule…",
  none: "No visits on these days. Press b to book one.",
  newer: "Somebody changed the schedule; it was read again.",
  now: "now",
  length: (minutes: number) => `${minutes} min`,

  booking: {
    title: "Book a visit",
    move: "Another time",
    patient: "Patient",
    find: "Find a patient",
    findHint: "Surname, birth date, MRN or phone; ↑ ↓ choose, Enter take",
    none: "No patient fits.",
    change: "Another patient",
    type: "Visit",
    provider: "With",
    anybody: "Anybody",
    day: "Day",
    dayHint: "Month first, such as 11/30/2026",
    time: "Time",
    timeHint: "Such as 9:15 or 14:30; free times stand below",
    room: "Room",
    devices: "Devices",
    noRoom: "none",
    repeat: "Repeat",
    weeks: (n: number) => (n === 0 ? "once" : n === 1 ? "every week" : `every ${n} weeks`),
    times: "How many in all",
    free: "Free times",
    freeOn: (day: string) => `Free from ${day} on`,
    noFree: "Nothing is free in these two weeks. Choose another day or provider, or use the waiting list.",
    submit: "Book",
    busy: "Booking…",
    needPatient: "Choose a patient.",
    needDay: "Type a day such as 11/30/2026.",
    needTime: "Type a time such as 9:15.",
    notFree: "Nothing was booked.",
    anyway: "Book all the same, because",
    reasons: {
      urgent: "it is urgent",
      provider_agreed: "the provider agreed",
      with_family: "family members come together",
      short_visit: "it is short",
    } as Record<string, string>,
    booked: (n: number, day: string, minute: number) =>
      n === 1
        ? `Booked: ${day}, ${clock(minute)}.`
        : `${n} visits booked, the first ${day}, ${clock(minute)}.`,
    wait: "Put on the waiting list",
    until: "Would come until",
    part: "Time of day",
    parts: { any: "any", morning: "morning", afternoon: "afternoon" },
    waits: "On the waiting list.",
  },

  visitDialog: {
    title: "Visit",
    open: "Open the chart",
    checkIn: "Check in",
    room: "To a room",
    see: "Seen",
    checkOut: "Check out",
    move: "Another time",
    cancel: "Cancel the visit",
    miss: "Didn't come",
    rebook: "Find another time",
    followUp: "Book a follow-up",
    letter: (who: string) => `A letter for the patient is ready. ${who} hands it out.`,
    reason: "Why",
    reasons: {
      patient_asked: "the patient asked",
      provider_away: "the provider is away",
      clinic_closed: "the clinic is closed",
      booked_twice: "booked twice",
      left_unseen: "left without being seen",
      other: "another reason",
    } as Record<string, string>,
    times: {
      arrived: "Arrived",
      roomed: "In room",
      seen: "Seen",
      out: "Out",
    },
    with: "With",
    token: "Token on the board",
    series: "One of a series",
    overbooked: "Put where another visit stands",
    conflict: "Somebody else changed this visit meanwhile. Nothing was changed; it was read again.",
    out: "Checked out. Book a follow-up now, or close.",
    offers: "The time is free again. These patients wait for one like it:",
    offer: (name: string) => `Book for ${name}`,
  },

  checkIn: {
    title: "Check in",
    lead: "Ask, and type what the patient says. Nothing is filled in here on purpose.",
    birthDate: "Birth date, as the patient says it",
    birthHint: "Month first, such as 04/12/1968",
    second: "And one more",
    kinds: {
      phone: "phone, or its last four digits",
      mrn: "record number, from the card",
      postal_code: "postal code",
      wristband: "wristband, scanned",
    },
    leadUnknown:
      "No whole birth date is on file. Read the name or alias from the wristband and scan it, or type the record number.",
    name: "Name or alias, as on the wristband",
    nameHint: "Such as Unknown-Echo Kilo",
    needName: "Type the name or alias that the wristband bears.",
    value: "As the patient says it",
    scanned: "What the scanner reads",
    insurance: "Insurance",
    answers: {
      confirmed: "card seen, the same as on file",
      changed: "changed: corrected after the check-in",
      self_pay: "pays without insurance",
      not_asked: "not asked",
    },
    forms: "Signed today",
    formNames: {
      consent_to_treat: "consent to treatment",
      privacy_notice: "privacy notice",
      financial: "financial agreement",
      photo: "consent to a photo",
    },
    needBirth: "Type the birth date that the patient says.",
    needValue: "Type what the patient says.",
    other:
      "This isn't what is on file. Ask again; if it stays so, look for another patient of this name. It was written into the audit log.",
    fitsAnother:
      "This fits two patients of this name. Ask for the record number or the phone, so that it's clear who is here.",
    correct: "Checked in. Now correct the insurance, and save it.",
    finished: "Done",
    submit: "Check in",
    done: (token: string) => `Checked in. Token: ${token}`,
  },

  misbooked: {
    open: "In the wrong record…",
    title: "A visit in the wrong record",
    reason: "What is wrong",
    reasons: {
      wrong_patient: "it belongs to another patient",
      entered_twice: "it was entered twice",
      other: "it should never have been entered",
    } as Record<string, string>,
    needWhom: "Choose the patient it belongs to.",
    anew: "Whoever was checked in under the wrong name is checked in anew there.",
    taken: "This patient has a visit at that time, or it's the same patient. Nothing was changed.",
    move: "Move to that patient",
    end: "Take it out",
    moved: (name: string) => `The visit stands in the record of ${name} now.`,
    gone: "The visit is taken out. It stays in the history.",
  },

  account: {
    title: "Coverage and balance",
    warned: "To ask the carrier about",
    warning: (warning: CoverageWarning) => asked(warning),
    never: "The carrier hasn't been asked yet.",
    last: (carrier: string, answer: string, way: string, day: string, by: string) =>
      `${carrier}: ${answer}, asked ${way ? `${way} ` : ""}${day} by ${by}.`,
    until: (day: string) => `Holds until ${day}.`,
    carrier: "Carrier",
    noCarrier: "No carrier is on file. Enter the insurance first.",
    answer: "Answer",
    answers: ANSWERS,
    way: "Asked",
    ways: {
      portal: "on the carrier's website",
      phone: "by telephone",
      electronic: "electronically",
      card: "by the card alone",
    } as Record<string, string>,
    reference: "Number of the answer",
    validUntil: "Holds until",
    note: "Note the answer",
    amount: "Balance in dollars",
    needAmount: "Type an amount such as 42.00.",
    standing: "Stands",
    states: { open: "open", paid: "paid", payment_plan: "payment plan", overdue: "overdue" } as Record<
      string,
      string
    >,
    due: "Due",
    set: "Set the balance",
    authorization: {
      title: "Prior authorizations",
      none: "The carrier wasn't asked to authorize anything.",
      change: "Change this one below",
      service: "Service",
      services: SERVICES,
      carrier: "Carrier asked",
      status: "Status",
      states: {
        requested: "requested",
        approved: "approved",
        denied: "denied",
        withdrawn: "withdrawn",
        expired: "expired",
      } as Record<string, string>,
      number: "Authorization number",
      from: "From",
      until: "Until",
      units: "Visits or units",
      usedUp: "Used",
      span: (from: string | undefined, until: string | undefined) =>
        from && until ? `${from} to ${until}` : from ? `from ${from}` : `until ${until ?? ""}`,
      used: (used: number, units: number) => `${used} of ${units} used`,
      written: (day: string, by: string) => `${day} by ${by}`,
      needDay: "Type a day such as 11/30/2026.",
      needCount: "Type a whole number.",
      save: "Note the authorization",
      saveChange: "Save the change",
      another: "A new one instead",
    },
  },

  waitingList: {
    title: "Waiting list",
    lead: "Longest waiting first. A slot that becomes free is offered when a visit is cancelled.",
    none: "Nobody waits.",
    since: (day: string) => `since ${day}`,
    when: (from: string, until: string) => `${from} to ${until}`,
    book: "Book",
    remove: "Take off the list",
  },

  board: {
    title: "Board",
    waiting: "Waiting",
    rooms: "In rooms",
    seen: "Seen, to check out",
    expected: "Expected",
    none: "nobody",
    minutes: (n: number) => plural(n, "minute", "minutes"),
    toRoom: "To room",
    public: "Board of the waiting room",
    publicTitle: "Please come when your token is called",
    called: (room: string) => `Please come: ${room}`,
    comes: "Please come",
    wait: "Please wait",
    nobody: "Nobody is waiting.",
    hint: "Esc back. It shows tokens only. For a screen on the wall use wardsealctl board.",
    onlyMine: "Only mine",
  },

  home: {
    title: "My day",
    lead: "Counted just now. Each figure leads to its list.",
    figures: {
      visits_today: "visits today",
      still_to_come: "still to come",
      waiting: "waiting",
      in_rooms: "in rooms",
      to_check_out: "to check out",
      vitals_due: "vital signs due",
      missed: "didn't come",
      on_waiting_list: "on the waiting list",
      reminders_due: "reminders to send",
      new_patients: "registered today",
      forms_to_sign: "came and signed nothing",
      calls_to_make: "to call",
      coverage_to_check: "coverage to check",
      amendments_to_decide: "requests to amend a record",
      access_requests: "colleagues waiting for access",
    } as Record<string, string>,
    waits: "Waits for you",
    tasks: {
      critical: "critical values",
      results: "results to sign off",
      orders: "orders to sign",
      refills: "refills to decide",
      notes: "notes to sign",
      todo: "things to do",
      all: "open tasks in all",
    },
    lists: {
      forms: "Forms to sign",
      calls: "To call",
      new: "Registered today",
      coverage: "Coverage to check",
    },
    why: (why: string, at: string) =>
      why === "missed"
        ? `missed ${at}`
        : why === "no_address"
          ? `to be reminded of ${at}, no e-mail address`
          : `here for ${at}`,
    amendments: "Requests to amend a record, not decided yet",
    nobody: "nobody",
    next: "Next",
    nothing: "No more visits today.",
    reminders: "Send reminders",
    sent: (sent: number, failed: number) =>
      failed === 0
        ? `${plural(sent, "reminder", "reminders")} sent.`
        : `${sent} sent, ${failed} failed; they are tried again.`,
  },
};
