import { expect, it } from "vitest";
import { badDate, differing, draft, fieldNamed, problem, wrong } from "./draft";

const TODAY = new Date(2026, 10, 23);

it("a new problem starts active and confirmed", () => {
  expect(draft(null)).toMatchObject({ text: "", clinical_status: "active", verification: "confirmed" });
});

it("what was left empty isn't saved at all", () => {
  const typed = { ...draft(null), text: "  Gout ", onset: "2024" };
  expect(problem(typed)).toEqual({
    text: "Gout",
    clinical_status: "active",
    verification: "confirmed",
    onset: "2024",
  });
});

it("partial dates are fine, impossible and future ones aren't", () => {
  for (const fine of ["2024", "2024-02", "2024-02-29", "2026-11-23"])
    expect(badDate(fine, TODAY), fine).toBeUndefined();
  for (const bad of ["2023-02-29", "2024-13", "2024-00", "2024-02-31"])
    expect(badDate(bad, TODAY), bad).toBe("no_such_day");
  for (const odd of ["24", "3/18/2024", "2024-3-1", "soon"]) expect(badDate(odd, TODAY), odd).toBe("form");
  expect(badDate("2026-11-24", TODAY)).toBe("in_future");
  expect(badDate("1700", TODAY)).toBe("too_long_ago");
});

it("too much text is refused by characters as people count them", () => {
  expect(wrong({ ...draft(null), text: "李".repeat(300) }, TODAY)).toEqual({});
  expect(wrong({ ...draft(null), text: "x".repeat(301) }, TODAY)).toEqual({ text: "too_long" });
  expect(wrong({ ...draft(null), text: "x", note: "𠮷".repeat(10_000) }, TODAY)).toEqual({});
  expect(wrong({ ...draft(null), text: "x", note: "x".repeat(10_001) }, TODAY)).toEqual({ note: "too_long" });
});

it("differences are named by field", () => {
  const mine = { ...draft(null), text: "Gout", note: "left foot " };
  expect(differing(mine, { ...mine, note: "left foot", clinical_status: "resolved" })).toEqual([
    "clinical_status",
  ]);
});

it("nothing is over before it began, as far as both dates are known", () => {
  const typed = (onset: string, abatement: string) =>
    wrong({ ...draft(null), text: "x", onset, abatement }, TODAY);
  expect(typed("2024-03", "2024-02-28")).toEqual({ abatement: "before_start" });
  for (const [onset, abatement] of [
    ["2024-03", "2024"],
    ["2024-03-18", "2024-03-18"],
    ["", "2024"],
  ] as const)
    expect(typed(onset, abatement), `${onset} ${abatement}`).toEqual({});
});

it("the core's name of a field leads to the field", () => {
  expect(fieldNamed("problems.abatement")).toBe("abatement");
  expect(fieldNamed("national_id.ssn")).toBeUndefined();
});
