/** Where a draft's form opens again. To let a form of yours come back: its name here. */
import type { DraftPlace } from "../../api/bindings";

/** Forms of a chart: the chart opens first, then the form in it. */
const OF_CHART = ["problem", "note", "vitals", "order"];
/** Those of a chart's entries, whose names stand with them (`chart/entry/forms.ts`). */
const ENTRY = "entry.";
/** Those of a patient as a person, which all lie on one screen (`patient/RecordForm.svelte`). */
const PERSON = "person.";
/** Forms with a place of their own. */
const ELSEWHERE = ["registration"];

/** Whether its form can be opened again at all. */
export const opens = (place: DraftPlace): boolean =>
  inChart(place) || inRecord(place) || ELSEWHERE.includes(place.form);

/** Whether the chart of the draft's patient opens its form. */
export const inChart = (place: DraftPlace): place is DraftPlace & { patient: string } =>
  place.patient !== undefined && (OF_CHART.includes(place.form) || place.form.startsWith(ENTRY));

/** Whether the record of the draft's patient as a person has its form. */
export const inRecord = (place: DraftPlace): place is DraftPlace & { patient: string } =>
  place.patient !== undefined && place.form.startsWith(PERSON);
