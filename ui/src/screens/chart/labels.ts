/** Sensitivity labels of the chart that is shown; empty for who may not see any. */
import { getContext, setContext } from "svelte";
import type { ChartView, Label, Section } from "../../api/bindings";
import { mayWrite } from "./act";

type Labels = () => ChartView["labels"];
const KEY = Symbol("labels");

/** The chart says once which of its items are labelled. */
export function provideLabels(labels: Labels): void {
  setContext(KEY, labels);
}

/** The label of the first of these items that has one. */
export function labelOf(labels: Labels | undefined, items: readonly string[]): Label | undefined {
  const known = labels?.();
  return items.map((item) => known?.[item]).find((label) => label !== undefined);
}

export function labelsHere(): Labels | undefined {
  return getContext<Labels | undefined>(KEY);
}

/** Sections whose items a person may label. */
const LABELLED: readonly Section[] = [
  "problems",
  "medications",
  "allergies",
  "observations",
  "notes",
  "encounters",
  "immunizations",
  "procedures",
  "reports",
  "referrals",
  "care_plans",
  "documents",
];

/** Whether this user may set and lift labels there: it takes the extra right, and to write there. */
export function mayLabel(chart: ChartView, section: Section): boolean {
  return LABELLED.includes(section) && mayWrite(chart, "restricted") && mayWrite(chart, section);
}
