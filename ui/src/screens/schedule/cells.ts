/** What stands in a provider's column: visits, and the quarters of an hour that are free. */
import type { DayView, VisitView } from "../../api/bindings";

export type Cell = { key: string; minute: number; visit?: VisitView };

const HOLDS = ["cancelled", "noshow", "rescheduled", "waitlist"];

/** Visits in order of time with the free quarters between them; quarters before `from` are over. */
export function quarters(day: DayView, provider: string, visits: VisitView[], from: number): Cell[] {
  const cells: Cell[] = visits.map((visit) => ({ key: visit.item, minute: visit.minute, visit }));
  const taken = visits.filter((visit) => !HOLDS.includes(visit.status));
  const free = (minute: number) =>
    !taken.some((visit) => visit.minute < minute + 15 && minute < visit.minute + visit.minutes);
  if (!day.away.includes(provider)) {
    for (const open of day.open)
      for (let minute = open.from; minute + 15 <= open.until; minute += 15)
        if (minute + 15 > from && free(minute)) cells.push({ key: `${provider} ${minute}`, minute });
  }
  return cells.sort((a, b) => a.minute - b.minute);
}

/** The cell that an arrow key leads to from the one that has the focus. */
export function neighbour(grid: HTMLElement, from: HTMLElement, key: string): HTMLElement | null {
  const columns = [...grid.querySelectorAll<HTMLElement>("[data-column]")];
  const cells = (column: HTMLElement) => [...column.querySelectorAll<HTMLElement>("[data-cell]")];
  const at = columns.findIndex((column) => column.contains(from));
  const own = columns[at];
  if (!own) return null;
  const place = cells(own).indexOf(from);
  if (key === "ArrowDown") return cells(own)[place + 1] ?? null;
  if (key === "ArrowUp") return place > 0 ? (cells(own)[place - 1] ?? null) : null;
  const step = key === "ArrowRight" ? 1 : -1;
  for (let to = at + step; columns[to]; to += step) {
    const found = nearest(cells(columns[to] as HTMLElement), Number(from.dataset.minute));
    if (found) return found;
  }
  return null;
}

function nearest(cells: HTMLElement[], minute: number): HTMLElement | null {
  const far = (cell: HTMLElement) => Math.abs(Number(cell.dataset.minute) - minute);
  return cells.reduce<HTMLElement | null>(
    (best, cell) => (best && far(best) <= far(cell) ? best : cell),
    null,
  );
}
