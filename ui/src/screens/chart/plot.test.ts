import { expect, it } from "vitest";
import type { SeriesView } from "../../api/bindings";
import { keyResults } from "./key-results";
import { plot, strip } from "./plot";

const SIZE = { width: 100, height: 50, pad: 5 };

function series(values: Array<number | string>, rest: Partial<SeriesView> = {}): SeriesView {
  const points = values.map((value, n) => ({
    at: new Date(Date.UTC(2026, 0, values.length - n)).toISOString(),
    item: "00000000-0000-4000-8000-000000000000",
    rev: 1,
    unsigned: false,
    ...(typeof value === "number" ? { value } : { text: value }),
  }));
  return { code: "1", name: "x", category: "laboratory", unit: "", points, count: points.length, ...rest };
}

it("draws oldest to newest from left to right, high values on top", () => {
  const { dots } = plot(series([9, 5, 1]), SIZE);
  expect(dots.map((dot) => [dot.x, dot.y])).toEqual([
    [5, 45],
    [50, 25],
    [95, 5],
  ]);
});

it("keeps the reference band in view", () => {
  expect(plot(series([9, 8], { low: 4, high: 6 }), SIZE).band).toEqual({ y: 29, height: 16 });
  expect(plot(series([9, 8]), SIZE).band).toBeNull();
});

it("copes with one value, equal values and words", () => {
  expect(plot(series([7]), SIZE).dots).toMatchObject([{ x: 50, y: 25 }]);
  expect(plot(series([7, 7]), SIZE).path).toBe("M5 25L95 25");
  expect(plot(series(["positive", 3]), SIZE).dots).toHaveLength(1);
  expect(plot(series([]), SIZE).path).toBe("");
});

it("spreads visits over the years and marks at most a few of them", () => {
  const starts = Array.from({ length: 30 }, (_, n) => `${1990 + n}-06-01T00:00:00Z`);
  const { marks, years } = strip(starts);
  expect([marks[0], marks.at(-1)]).toEqual([0, 1]);
  expect(years.length).toBeLessThanOrEqual(6);
  expect(strip([])).toEqual({ marks: [], years: [] });
});

it("shows blood pressure as one and puts what clinicians look for first", () => {
  const all = [
    series([1], { code: "other" }),
    series([2], { code: "4548-4" }),
    series([80], { code: "8462-4" }),
    series([120], { code: "8480-6" }),
  ];
  const shown = keyResults(all, 3);
  expect(shown.map((one) => one.series.code)).toEqual(["8480-6", "4548-4", "other"]);
  expect(shown[0]?.diastolic?.code).toBe("8462-4");
});
