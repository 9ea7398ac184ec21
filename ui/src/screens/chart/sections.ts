/** Which sections a chart has, by what the core sent. What isn't there gets no tab. */
import type { ChartView } from "../../api/bindings";
import { isCurrent, isTaken } from "./current";

export type Section =
  | "overview"
  | "problems"
  | "medications"
  | "allergies"
  | "observations"
  | "notes"
  | "visits"
  | "other"
  | "tasks"
  | "timeline"
  | "documents"
  | "front";

export type Tab = { section: Section; count: number | null };

/** The tabs of this chart, in the order of reading. */
export function tabs(chart: ChartView): Tab[] {
  const clinical = chart.problems !== undefined || chart.observations !== undefined;
  const list: Array<Tab | null> = [
    clinical ? { section: "overview", count: null } : null,
    ...(clinical ? [] : [front(chart)]),
    counted("problems", chart.problems?.filter(isCurrent)),
    counted("medications", chart.medications?.filter(isTaken)),
    counted("allergies", chart.allergies),
    counted("observations", chart.observations),
    counted("notes", chart.notes),
    counted("visits", chart.encounters ?? chart.appointments),
    counted("other", chart.other),
    counted("tasks", chart.tasks),
    chart.tasks ? { section: "timeline", count: null } : null,
    counted("documents", chart.documents),
    ...(clinical ? [front(chart)] : []),
  ];
  return list.filter((tab) => tab !== null);
}

function counted(section: Section, items: readonly unknown[] | undefined): Tab | null {
  return items ? { section, count: items.length } : null;
}

function front(chart: ChartView): Tab | null {
  return chart.contact || chart.insurance || chart.national_id ? { section: "front", count: null } : null;
}
