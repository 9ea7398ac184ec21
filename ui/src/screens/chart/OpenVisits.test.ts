import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { EncounterView } from "../../api/bindings";
import { annasChart, world } from "../../test-world";
import type { Act } from "./act";
import OpenVisits from "./OpenVisits.svelte";
import { visit } from "./entry/forms";

const one = (status: string, more: Partial<EncounterView> = {}): EncounterView => ({
  item: `15000000-0000-4000-8000-00000000000${status.length % 10}`,
  rev: 1,
  kind: "Follow-up",
  start: "2026-11-22T09:12:00Z",
  status,
  ...more,
});

async function shown(encounters: EncounterView[]) {
  const there = await world("kim");
  const chart = await annasChart(there);
  there.session.window = { handle: chart.handle, patient: chart.patient };
  const now = vi.fn((write: () => Promise<unknown>, _said: string) => write().then(() => undefined));
  const open = { session: there.session, chart: { ...chart, encounters } };
  const act = { open, banner: chart.banner, turn: 0, show: vi.fn(), now, change: vi.fn() } as unknown as Act;
  render(OpenVisits, { encounters, act });
  return { ...there, now, open, user: userEvent.setup() };
}

describe("visits under way", () => {
  it("offer just the steps their status allows, and take one at once", async () => {
    const { clinic, now, user } = await shown([one("in-progress"), one("finished")]);
    const steps = within(screen.getByRole("group"));
    expect(steps.getAllByRole("button").map((button) => button.textContent)).toEqual([
      "Finished",
      "On leave",
    ]);
    await user.click(steps.getByRole("button", { name: "Finished" }));
    expect(clinic.calls).toContain("step_encounter");
    expect(now.mock.calls[0]?.[1]).toBe("Follow-up: finished");
  });

  it("aren't shown when all are over", async () => {
    await shown([one("finished"), one("cancelled")]);
    expect(screen.queryByText(/not over yet/)).toBeNull();
  });

  it("take what is written, and so does today's when it is over", async () => {
    const { open } = await shown([one("in-progress", { item: "a" }), one("planned", { item: "b" })]);
    expect(visit(open)).toEqual({ visit: "a" });
    const end = open.session.date.toISOString();
    expect(
      visit({ ...open, chart: { ...open.chart, encounters: [one("finished", { item: "c", end })] } }),
    ).toEqual({
      visit: "c",
    });
    const long = one("finished", { item: "d", end: "2020-01-01T10:00:00Z" });
    expect(visit({ ...open, chart: { ...open.chart, encounters: [long] } })).toEqual({});
  });
});
