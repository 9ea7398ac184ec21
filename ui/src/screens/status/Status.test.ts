import { cleanup, render, screen } from "@testing-library/svelte";
import { expect, it, vi } from "vitest";
import { world } from "../../test-world";
import Status from "./Status.svelte";

it("each check stands with its word, and a failed one says what to do", async () => {
  const { session, keyboard } = await world("kim");
  const whole = await session.call("status", {});
  const broken = whole.checks.map((check) => (check.what === "audit" ? { ...check, ok: false } : check));
  vi.spyOn(session, "call").mockResolvedValue({ ...whole, checks: broken } as never);
  render(Status, { session, keyboard, role: "nurse", patient: null, close: vi.fn() });
  expect(await screen.findByText("needs attention")).toBeTruthy();
  expect(screen.getAllByText("in order")).toHaveLength(5);
  expect(screen.getByRole("alert").textContent).toContain("Tell the person who runs Wardseal");
});

it("a check that can't be made offers to try again", async () => {
  const { session, keyboard, clinic } = await world("kim");
  clinic.fail("status", "internal");
  render(Status, { session, keyboard, role: "nurse", patient: null, close: vi.fn() });
  (await screen.findByRole("button", { name: "Try again" })).click();
  expect(await screen.findAllByText("in order")).toHaveLength(6);
});

it("an administrator sees the bytes of a record and not what they mean", async () => {
  const { session, keyboard } = await world("adams");
  render(Status, { session, keyboard, role: "administrator", patient: null, close: vi.fn() });
  (await screen.findByRole("button", { name: "Look at the stored bytes" })).click();
  expect(await screen.findByText("s.identity")).toBeTruthy();
  expect(screen.getByText("not for your role")).toBeTruthy();
  expect(screen.queryByText(/Smith/)).toBeNull();
});

it("a doctor sees what the bytes of the open chart mean, and a nurse isn't offered them", async () => {
  const { session, keyboard, clinic: _ } = await world("osei");
  const found = await session.call("search_patients", { query: "smith", offset: 0, limit: 5 });
  const patient = found.rows[0]!.patient;
  render(Status, { session, keyboard, role: "doctor", patient, close: vi.fn() });
  (await screen.findByRole("button", { name: "Look at the stored bytes" })).click();
  expect(await screen.findByText(/Smith/)).toBeTruthy();
  cleanup();
  render(Status, { session, keyboard, role: "nurse", patient, close: vi.fn() });
  await screen.findAllByText("in order");
  expect(screen.queryByRole("button", { name: "Look at the stored bytes" })).toBeNull();
});
