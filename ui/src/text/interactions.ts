/** Words of the interaction checker. */
import { plural } from "./plural";

const SEVERITIES: Record<string, string> = { major: "Major", moderate: "Moderate", minor: "Minor" };

const REASONS: Record<string, string> = {
  benefit: "The benefit outweighs the risk",
  tolerated_before: "Tolerated before",
  dose_adapted: "The dose is adapted",
  monitored: "It is monitored",
  short_course: "A short course",
  not_applicable: "Doesn't apply to this patient",
  other: "Another reason",
};

export const interactions = {
  title: "Interactions",
  check: "Check interactions",
  again: "Check again",
  checking: "Checking…",
  hint: "Checks everything taken now or stopped recently: against each other, allergies and problems.",
  severity: (severity: string) => SEVERITIES[severity] ?? severity,
  minor: (count: number) => `${plural(count, "minor note", "minor notes")}`,
  none: "No interaction in this table",
  found: (count: number) => plural(count, "finding", "findings"),
  counts: (checked: number, not: number) => `${plural(checked, "drug", "drugs")} checked, ${not} not`,
  table: (date: string) => `table of ${date}`,
  reviewed: (name: string) => `reviewed by ${name}`,
  notReviewed: "not yet reviewed by a pharmacist",
  noTable: "Nothing was checked: the interaction table can't be trusted on this workstation. Tell IT.",
  notChecked: "Not checked",
  notCheckedWords: (words: string) => `not in the table: ${words}`,
  allergyNotChecked: "Allergy not checked",
  restrictedNotChecked: "A restricted item couldn't be checked. Break glass, or ask who wrote it.",
  restricted: "A restricted item interacts. Break glass, or ask who wrote it.",
  meant: (name: string) => `Check as ${name}`,
  allergies: {
    recorded: "",
    none_known: "Allergies: none known.",
    not_asked: "Allergies were not asked: nothing was checked against them.",
  } as Record<string, string>,
  and: " and ",
  with: "with",
  restrictedItem: "a restricted item",
  allergy: (substance: string) => `allergy to ${substance}`,
  intolerance: (substance: string) => `intolerance of ${substance}`,
  stopped: (days: number | undefined) =>
    days === undefined ? "stopped, not known when" : `stopped ${plural(days, "day", "days")} ago`,
  listed: (row: number) => `High-priority list, row ${row}`,
  source: (source: string, read: string) => `${source}; read ${read}`,
  duplicate: "Twice",
  overrides: {
    title: "Overruled warnings",
    intro:
      "Major findings of the interaction check, over your own patients: orders signed in spite of them, and withheld.",
    count: "Count",
    none: "No major finding was answered.",
    of: (patients: number) => `Over ${plural(patients, "patient", "patients")}.`,
    rule: "Rule",
    signed: "Signed",
    withheld: "Withheld",
    rate: "Overruled",
    reasons: "Reasons",
  },
  answers: {
    title: "Sign in spite of it?",
    reason: "Reason",
    text: "In words",
    hint: "Stored with the order.",
    missing: "Each major finding needs a reason and a few words.",
    reasons: REASONS,
  },
};
