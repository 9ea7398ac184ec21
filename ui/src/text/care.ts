/** Words about care gaps, risk and cohorts. */
import { plural } from "./plural";

const RULES: Record<string, string> = {
  a1c_overdue: "Diabetes: no HbA1c in 180 days",
  pressure_overdue: "Blood pressure not measured in 30 days",
  visit_overdue: "No visit in 180 days",
  review_overdue: "Five medications or more, not reviewed in 120 days",
  no_appointment: "No appointment in the next 60 days",
  pressure_crisis: "Last blood pressure 180/120 or more",
  severe_allergy: "Severe allergy",
  allergy_match: "Takes a drug that an allergy forbids",
  many_medications: "Eight medications or more",
};

export const care = {
  title: "Care",
  reading: "Looking for gaps…",
  tier: { high: "High risk", medium: "Medium risk", low: "Low risk" } as Record<string, string>,
  score: (points: number) => plural(points, "point", "points"),
  rule: (rule: string) => RULES[rule] ?? rule,
  alerts: "Alerts",
  gaps: "Gaps",
  none: "No gap and no alert by these rules.",
  never: "never recorded",
  tasks: (open: number, overdue: number) => `${plural(open, "open task", "open tasks")}, ${overdue} overdue`,
  notMatched: "Drugs weren't held against allergies: the interaction table can't be trusted.",
  cohort: {
    title: "Cohort",
    nav: "Cohort",
    intro: "Looks through the charts of your own patients. Everything that is filled in must hold.",
    condition: "Active problem",
    conditionHint: "diabetes, hypertension, words, or the beginning of a code such as E11",
    medication: "Active medication",
    medicationHint: "An ingredient or brand, such as metformin",
    lab: "Laboratory value",
    noLab: "Any",
    labs: {
      "4548-4": "HbA1c",
      "2093-3": "Cholesterol",
      "33914-3": "eGFR",
      "38483-4": "Creatinine",
    } as Record<string, string>,
    days: "Not in the last days",
    find: "Find",
    stop: "Stop",
    needed: "Fill in at least one field.",
    progress: (done: number, of: number) => `${done} of ${of} patients looked at`,
    stopped: (done: number, of: number) =>
      `Stopped after ${done} of ${of} patients. The list isn't complete.`,
    found: (count: number) => plural(count, "patient", "patients"),
    none: "None of your patients.",
    damaged: (count: number) => `${plural(count, "chart", "charts")} couldn't be read in full.`,
    patient: "Patient",
    born: "Born",
    mrn: "MRN",
    why: "Why",
  },
};
