import { render, screen } from "@testing-library/svelte";
import { expect, it, vi } from "vitest";
import { world } from "../../test-world";
import Status from "./Status.svelte";

it("each check stands with its word, and a failed one says what to do", async () => {
  const { session, keyboard } = await world("kim");
  const whole = await session.call("status", {});
  const broken = whole.checks.map((check) => (check.what === "audit" ? { ...check, ok: false } : check));
  vi.spyOn(session, "call").mockResolvedValue({ ...whole, checks: broken } as never);
  render(Status, { session, keyboard, close: vi.fn() });
  expect(await screen.findByText("needs attention")).toBeTruthy();
  expect(screen.getAllByText("in order")).toHaveLength(5);
  expect(screen.getByRole("alert").textContent).toContain("Tell the person who runs Wardseal");
});

it("a check that can't be made offers to try again", async () => {
  const { session, keyboard, clinic } = await world("kim");
  clinic.fail("status", "internal");
  render(Status, { session, keyboard, close: vi.fn() });
  (await screen.findByRole("button", { name: "Try again" })).click();
  expect(await screen.findAllByText("in order")).toHaveLength(6);
});
