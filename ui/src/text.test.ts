import { expect, it } from "vitest";
import { Failed } from "./api/backend";
import { text } from "./text";
import { FAILURES, WHYS } from "./text/failures";

it("every failure says what happened and what to do next, in sentences without an exclamation mark", () => {
  for (const [code, sentence] of Object.entries(FAILURES)) {
    expect(sentence, code).toMatch(/^[A-Z].*\.$/);
    expect(sentence, code).not.toMatch(/!|error occurred|_/);
  }
});

it("a wait tells the seconds", () => {
  expect(text.failure(new Failed("wait", { seconds: 8 }))).toContain("8 seconds");
  expect(text.failure(new Failed("wait", { seconds: 1 }))).toContain("1 second,");
});

it("a code this screen doesn't know still gets a sentence", () => {
  expect(text.failure(new Failed("brand_new" as never))).toContain("Try again");
});

it("the lock says why in words", () => {
  expect(text.lock.cause("idle", 120, "14:02")).toBe("Locked after 2 min without input, since 14:02");
  expect(text.lock.cause("idle", null, "14:02")).toContain("without input");
});

/** The reasons of `record/validate.rs` and `app/`. */
const REASONS = [
  "missing",
  "one_letter",
  "too_long",
  "too_short",
  "characters",
  "form",
  "in_future",
  "too_long_ago",
  "never_issued",
  "not_listed",
];

it("every reason the core gives for refusing an entry has a sentence of its own", () => {
  for (const why of REASONS) expect(WHYS[why], why).toMatch(/^[A-Z].*\.$/);
  expect(text.why("form", "problems.onset")).toContain("2024-03-18");
  expect(text.why("brand_new")).toContain("Check it.");
});

it("every query the core refuses is answered by what to type", () => {
  for (const why of ["empty", "too_long", "no_such_day", "brand_new"])
    expect(text.search.cant(why), why).toMatch(/Type|Shorten|Check/);
});
