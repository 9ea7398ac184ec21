import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ANNA, annasChart, world } from "../../test-world";
import Chart from "./Chart.svelte";
import VitalsDialog from "./VitalsDialog.svelte";

async function opened() {
  const there = await world("kim");
  const chart = await annasChart(there);
  there.session.window = { handle: chart.handle, patient: chart.patient };
  const { session, keyboard } = there;
  const [close, saved] = [vi.fn(), vi.fn()];
  render(VitalsDialog, { session, keyboard, patient: ANNA, visit: {}, banner: chart.banner, close, saved });
  return { ...there, close, saved, user: userEvent.setup() };
}

describe("the vital signs", () => {
  it("are saved by keyboard alone", async () => {
    const { saved, user } = await opened();
    await user.type(await screen.findByLabelText(/Systolic/), "150");
    await user.type(screen.getByLabelText(/Diastolic/), "92{Enter}");
    await vi.waitFor(() => expect(saved).toHaveBeenCalledWith("Vital signs are saved."));
  });

  it("say that a missing decimal point is meant, and take it over on a click", async () => {
    const { saved, user } = await opened();
    const field = await screen.findByLabelText<HTMLInputElement>(/^Temperature/);
    await user.type(field, "375{Enter}");
    expect(await screen.findByText("The decimal point seems to be missing.")).toBeTruthy();
    expect(saved).not.toHaveBeenCalled();
    await user.click(screen.getByRole("button", { name: "37.5 was meant" }));
    expect(field.value).toBe("37.5");
  });

  it("tell the nurse that a critical one calls the doctor", async () => {
    const { saved, user } = await opened();
    await user.type(await screen.findByLabelText(/Systolic/), "184{Enter}");
    await vi.waitFor(() => expect(saved).toHaveBeenCalled());
    expect(saved.mock.calls[0]?.[0]).toMatch(/Critical: Systolic blood pressure 184 .* Call the doctor/);
  });
});

describe("a chart with a critical value", () => {
  it("shows it above everything until somebody says what was done", async () => {
    const { session, keyboard } = await world("kim");
    render(Chart, { session, keyboard, patient: ANNA, similar: false, back: vi.fn() });
    await screen.findByRole("tablist");
    await session.write("record_vitals", {
      patient: ANNA,
      at: "2026-11-22T09:41:00Z",
      vitals: { systolic: 184 },
      confirmed: [],
    });
    const user = userEvent.setup();
    render(Chart, { session, keyboard, patient: ANNA, similar: false, back: vi.fn() });
    expect(await screen.findByText("Critical: Systolic blood pressure 184 mm[Hg]")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Say what was done" }));
    expect(await screen.findByRole("dialog")).toBeTruthy();
  });
});
