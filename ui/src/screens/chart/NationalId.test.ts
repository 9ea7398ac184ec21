import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { tick } from "svelte";
import { describe, expect, it, vi } from "vitest";
import { annasChart, world } from "../../test-world";
import EnterNationalId from "./EnterNationalId.svelte";
import NationalId from "./NationalId.svelte";
import RevealNationalId from "./RevealNationalId.svelte";

async function open(username: "osei" | "lopez") {
  const there = await world(username);
  const chart = await annasChart(there);
  const { session, keyboard } = there;
  session.window = { handle: chart.handle, patient: chart.patient };
  const props = { banner: chart.banner, patient: chart.patient, session, keyboard };
  return { ...there, chart, props };
}

describe("the social security number", () => {
  it("is masked for a doctor, who may reveal and replace it", async () => {
    const { chart, props } = await open("osei");
    render(NationalId, { ...props, held: chart.national_id!, may: chart.may });
    expect(screen.getByText("•••-••-0001")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Reveal" })).toBeTruthy();
  });

  it("is only on file for the front desk", async () => {
    const { chart, props } = await open("lopez");
    render(NationalId, { ...props, held: chart.national_id!, may: chart.may });
    expect(document.body.textContent).not.toContain("0001");
    expect(screen.getByText("On file.")).toBeTruthy();
    expect(screen.queryByRole("button")).toBeNull();
  });

  it("is asked for only with a reason", async () => {
    const { clinic, props } = await open("osei");
    const reveal = vi.fn();
    render(RevealNationalId, { ...props, close: vi.fn(), reveal });
    screen.getByRole<HTMLButtonElement>("button", { name: /Reveal/ }).click();
    await tick();
    expect(screen.getByText("Choose or type a reason.")).toBeTruthy();
    expect(clinic.calls).not.toContain("reveal_national_id");
    expect(reveal).not.toHaveBeenCalled();
  });

  it("goes to the core in groups, and a number never given out is said beside the field", async () => {
    const { session, props } = await open("osei");
    const person = userEvent.setup();
    const asked = vi.spyOn(session, "call");
    const done = vi.fn();
    render(EnterNationalId, { ...props, reads: true, close: vi.fn(), done });
    const field = screen.getByLabelText("Social security number");
    await person.type(field, "987 65 4320{Enter}");
    expect(screen.getByText(/never given out/)).toBeTruthy();
    await person.clear(field);
    await person.type(field, "740124320{Enter}");
    expect(asked).toHaveBeenLastCalledWith(
      "enter_national_id",
      expect.objectContaining({ ssn: "740-12-4320" }),
    );
    expect(done).toHaveBeenCalledOnce();
  });
});
