/** Geometry of the small plots: pure numbers in, SVG coordinates out. */
import type { PointView, SeriesView } from "../../api/bindings";

export type Size = { width: number; height: number; pad: number };
export type Dot = { x: number; y: number; point: PointView };
export type Plot = { dots: Dot[]; path: string; band: { y: number; height: number } | null };

/** The numeric points of a series, oldest first. */
export function numeric(series: SeriesView): PointView[] {
  return series.points
    .filter((point) => typeof point.value === "number" && !Number.isNaN(Date.parse(point.at)))
    .reverse();
}

/** Places the points by time and value; the reference band is always in view. */
export function plot(series: SeriesView, { width, height, pad }: Size): Plot {
  const points = numeric(series);
  const times = points.map((point) => Date.parse(point.at));
  const values = points.map((point) => point.value ?? 0);
  const ends = [series.low, series.high].filter((end) => typeof end === "number");
  const x = scale(times, pad, width - pad);
  const y = scale([...values, ...ends], height - pad, pad);
  const dots = points.map((point, n) => ({ x: x(times[n] ?? 0), y: y(values[n] ?? 0), point }));
  const path = dots.map((dot, n) => `${n ? "L" : "M"}${round(dot.x)} ${round(dot.y)}`).join("");
  return { dots, path, band: band(series, y, height) };
}

function band(series: SeriesView, y: (value: number) => number, height: number): Plot["band"] {
  const { low, high } = series;
  if (typeof low !== "number" && typeof high !== "number") return null;
  const top = typeof high === "number" ? y(high) : 0;
  const bottom = typeof low === "number" ? y(low) : height;
  return { y: round(top), height: round(Math.max(1, bottom - top)) };
}

/** Maps the range of `values` onto `from…to`; a single value sits in the middle. */
function scale(values: number[], from: number, to: number): (value: number) => number {
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (!(high > low)) return () => (from + to) / 2;
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

const round = (n: number) => Math.round(n * 10) / 10;

/** Positions of the visits on a line from the first to the last, 0…1, and the years to mark. */
export function strip(starts: string[]): { marks: number[]; years: Array<{ at: number; year: number }> } {
  const times = starts.map((start) => Date.parse(start)).filter((time) => !Number.isNaN(time));
  if (times.length === 0) return { marks: [], years: [] };
  const place = scale(times, 0, 1);
  const first = new Date(Math.min(...times)).getFullYear() + 1;
  const last = new Date(Math.max(...times)).getFullYear();
  const step = Math.max(1, Math.ceil((last - first + 1) / 6));
  const years = [];
  for (let year = last; year >= first; year -= step) years.push({ year, at: place(Date.UTC(year, 0, 1)) });
  return { marks: times.map(place), years };
}
