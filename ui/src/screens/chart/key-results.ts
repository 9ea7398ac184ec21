/** Which results the overview shows, and in what order. */
import type { SeriesView } from "../../api/bindings";

/** LOINC codes by how often a clinician looks for them first. */
const FIRST = [
  "8480-6",
  "8462-4",
  "8867-4",
  "2708-6",
  "59408-5",
  "29463-7",
  "39156-5",
  "4548-4",
  "2339-0",
  "2345-7",
  "2160-0",
  "38483-4",
  "2823-3",
  "6298-4",
];
const SYSTOLIC = "8480-6";
const DIASTOLIC = "8462-4";

export type KeyResult = { series: SeriesView; diastolic?: SeriesView };

/** What tells a series from the others: one code may come in several units. */
export const seriesKey = ({ code, unit }: SeriesView) => `${code} ${unit}`;

/** The series to show, blood pressure as one. */
export function keyResults(all: SeriesView[], limit: number): KeyResult[] {
  const rank = (series: SeriesView) =>
    (FIRST.indexOf(series.code) + 1 || FIRST.length + 1) + (plain(series) ? 0 : 50);
  const ordered = all.filter((series) => series.points.length > 0).sort((a, b) => rank(a) - rank(b));
  const systolic = ordered.find((series) => series.code === SYSTOLIC);
  const diastolic = ordered.find((series) => series.code === DIASTOLIC);
  if (!systolic || !diastolic) return ordered.slice(0, limit).map((series) => ({ series }));
  const rest = ordered.filter((series) => series !== systolic && series !== diastolic);
  return [{ series: systolic, diastolic }, ...rest.slice(0, limit - 1).map((series) => ({ series }))];
}

const plain = (series: SeriesView) => series.category === "vital-signs" || series.category === "laboratory";
