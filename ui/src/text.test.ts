import { expect, it } from "vitest";
import { Failed } from "./api/backend";
import { text } from "./text";
import { FAILURES } from "./text/failures";

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
