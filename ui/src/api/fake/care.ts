/** Care gaps and cohorts of the invented clinic. */
import type { Args, Answer } from "../backend";
import type { CareView, CohortPage } from "../bindings";
import { check } from "./interactions";

function overview(): CareView {
  return {
    tier: "medium",
    score: 7,
    alerts: [
      {
        rule: "severe_allergy",
        level: "high",
        evidence: [{ text: "Penicillin", value: "anaphylaxis" }],
      },
    ],
    gaps: [
      {
        rule: "a1c_overdue",
        level: "high",
        evidence: [{ text: "Type 2 diabetes", at: "2019" }, { text: "" }],
      },
    ],
    open_tasks: 0,
    overdue_tasks: 0,
    allergies_matched: true,
  };
}

const SLICES: CohortPage[] = [
  {
    members: [
      {
        patient: "00000000-0000-4000-8000-000000000001",
        name: "SMITH, Anna",
        birth_date: "1968-04-12",
        mrn: "MRN-4F21",
        evidence: [{ text: "Type 2 diabetes" }, { text: "", at: "2025-01-07" }],
      },
    ],
    slice: { done: 25, of: 40, next: "00000000-0000-4000-8000-000000000025", damaged: 0 },
  },
  { members: [], slice: { done: 40, of: 40, damaged: 0 } },
];

const cohort = (after: string | null): CohortPage => SLICES[after === null ? 0 : 1]!;

type Asks =
  "check_interactions" | "withhold_order" | "care_overview" | "find_cohort" | "report_interaction_answers";

/** What the checker and the rules of care answer here. */
export const checker: { [N in Asks]: (args: Args<N>) => Answer<N> } = {
  check_interactions: ({ meant }) => check(meant),
  withhold_order: () => ({}),
  care_overview: () => overview(),
  find_cohort: ({ after }) => cohort(after),
  report_interaction_answers: () => ({
    rules: [{ rule: "warfarin-nsaids", signed: 3, withheld: 1, reasons: { monitored: 2, benefit: 1 } }],
    slice: { done: 40, of: 40, damaged: 0 },
  }),
};
