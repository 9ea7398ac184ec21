/** The chart's words. */
import { plural } from "./plural";

const months = (m: number) =>
  m < 24 ? plural(m, "month", "months") : plural(Math.floor(m / 12), "year", "years");

export const chart = {
  opening: "Opening the chart…",
  closed: "This chart can't be shown",
  back: "Back to patients",
  sections: {
    overview: "Overview",
    problems: "Problems",
    medications: "Medications",
    allergies: "Allergies",
    observations: "Results",
    notes: "Notes",
    visits: "Visits",
    other: "Other",
    front: "Contact and coverage",
  },
  sectionsLabel: "Sections of the chart",
  damaged: (n: number) =>
    `${plural(n, "entry", "entries")} of this chart failed the integrity check and ${n === 1 ? "isn't" : "aren't"} shown. Tell the person who runs Wardseal.`,
  kept: (n: number) => `${plural(n, "imported entry is", "imported entries are")} kept and not shown yet.`,
  all: (n: number) => `Show all ${n.toLocaleString()}`,

  banner: {
    label: "Patient",
    mrn: "MRN",
    born: "born",
    bornUnknown: "birth date not recorded",
    deceased: "Deceased",
    test: "Test patient",
    similar: "Similar name in the list: check the birth date",
    severe: (what: string) => `Severe: ${what}`,
    mild: (what: string) => `Allergy: ${what}`,
    intolerance: (what: string) => `Intolerance: ${what}`,
    noneKnown: "No known allergies",
    confirmed: (when: string, by: string) => `asked ${[when, by].filter(Boolean).join(", ")}`,
    notRecorded: "Allergies not recorded",
  },

  problems: {
    title: (n: number) => `Problems (${n})`,
    past: (n: number) => `Past problems (${n})`,
    none: "No problems are recorded.",
    noneActive: "No current problems are recorded.",
    add: "Add",
    addKey: "+",
    editKey: "e",
    edit: "Edit",
    since: (when: string) => `since ${when}`,
    changed: (when: string, by: string) => `changed ${when} by ${by}`,
    saved: (what: string) => `Saved: ${what}`,
    addTitle: "Add a problem",
    editTitle: "Edit problem",
    text: "Problem",
    textHint: "In words, as it should stand on the list.",
    code: "Code",
    system: "Code system",
    noSystem: "none",
    clinicalStatus: "Status",
    verification: "Certainty",
    onset: "Since",
    onsetHint: "A year, a month or a day: 2024, 2024-03 or 2024-03-18.",
    note: "Note",
    noteHint: (left: number) => `${left.toLocaleString()} characters left`,
    save: "Save",
    saving: "Saving…",
    required: "required",
    discard: "Discard what you typed?",
    discardYes: "Discard",
    discardNo: "Keep editing",
    fix: (n: number) => `${plural(n, "field needs", "fields need")} attention before this can be saved.`,
    conflict: (by: string, when: string) =>
      `${by} saved this problem at ${when}, while you were editing. Nothing was overwritten. Compare both, then choose.`,
    stored: "Stored now",
    mine: "What you typed",
    differs: "differs",
    take: "Take over",
    keepStored: "Keep the stored one",
    saveMine: "Save mine instead",
    empty: "empty",
  },

  medications: {
    title: (n: number) => `Medications (${n})`,
    past: (n: number) => `No longer taken (${n})`,
    none: "No medications are recorded.",
    ordered: (when: string) => `ordered ${when}`,
  },

  allergies: {
    title: (n: number) => `Allergies and intolerances (${n})`,
    noneKnown: "Asked, and no allergy is known.",
    notRecorded: "Not recorded. Nobody has asked about allergies yet, so none can be ruled out.",
    criticality: {
      high: "severe",
      low: "mild",
      "unable-to-assess": "severity unclear",
    } as Record<string, string>,
    unsaid: "severity not said",
    intolerance: "intolerance",
    past: "past",
  },

  results: {
    title: "Results",
    categories: {
      "vital-signs": "Vital signs",
      laboratory: "Laboratory",
      survey: "Surveys",
      other: "Other",
    } as Record<string, string>,
    none: "No results are recorded.",
    bloodPressure: "Blood pressure",
    band: (low: string | undefined, high: string | undefined) =>
      low && high ? `usual ${low}–${high}` : high ? `usual up to ${high}` : low ? `usual from ${low}` : "",
    flags: { low: "low", high: "high", critical: "critical" } as Record<string, string>,
    values: (n: number) => plural(n, "value", "values"),
    shown: (shown: number, count: number) =>
      shown < count ? `newest ${shown} of ${count.toLocaleString()}` : "",
    showValues: "Values",
    when: "When",
    value: "Value",
    flag: "Flag",
    position: (at: number, of: number) => `${at} of ${of}`,
    plot: (name: string) => `${name}, step through values with the arrow keys`,
    ago: (days: number) => {
      if (days < 1) return "today";
      if (days < 60) return `${plural(days, "day", "days")} ago`;
      return `${months(Math.floor(days / 30.4))} ago`;
    },
  },

  notes: {
    title: (n: number) => `Notes (${n})`,
    none: "No notes are recorded.",
    by: (author: string, when: string) => `${author}, ${when}`,
  },

  visits: {
    title: (n: number) => `Visits (${n})`,
    timeline: "Timeline",
    none: "No visits are recorded.",
    strip: (n: number, from: string, to: string) => `${plural(n, "visit", "visits")} from ${from} to ${to}`,
    appointments: (n: number) => `Appointments today and later (${n})`,
    noAppointments: "No appointments are booked.",
    minutes: (m: number) => `${m} min`,
  },

  other: {
    title: "Immunizations, procedures, reports and care plans",
    none: "Nothing is recorded here.",
    kinds: {
      immunization: "Immunizations",
      procedure: "Procedures",
      report: "Reports",
      care_plan: "Care plans",
    } as Record<string, string>,
  },

  front: {
    contact: "Contact",
    phone: "Phone",
    email: "E-mail",
    address: "Address",
    emergency: "In an emergency",
    language: "Language",
    insurance: "Insurance",
    noInsurance: "No insurance is recorded.",
    policy: "Policy",
    group: "Group",
  },

  nationalId: {
    title: "Social security number",
    none: "None on file.",
    onFile: "On file.",
    masked: (last4: string) => `•••-••-${last4}`,
    maskedWords: (last4: string) => `Ends in ${[...last4].join(" ")}`,
    enter: "Enter",
    replace: "Replace",
    enterTitle: "Enter the social security number",
    number: "Social security number",
    numberHint: "Nine digits; spaces and dashes don't matter.",
    sealed: "It is sealed as you save it. Your role can't read it back, so check it now.",
    save: "Save",
    entered: "Saved. It is on file now.",
    reveal: "Reveal",
    revealTitle: "Reveal the social security number",
    reason: "Reason",
    reasonHint: "The reason goes into the audit log with your name.",
    reasons: [
      "Confirming identity",
      "Insurance or benefits claim",
      "Public health report",
      "Correcting an error",
    ],
    otherReason: "Another reason",
    otherHint: "In a few words, without the number itself.",
    needReason: "Choose or type a reason.",
    hides: (s: number) => `Hides itself in ${plural(s, "second", "seconds")}.`,
    hide: "Hide now",
  },
};
