import { render, screen } from "@testing-library/svelte";
import { tick } from "svelte";
import { describe, expect, it, vi } from "vitest";
import { annasChart, world } from "../../test-world";
import NationalId from "./NationalId.svelte";
import RevealNationalId from "./RevealNationalId.svelte";

async function open(username: "osei" | "lopez") {
  const there = await world(username);
  const chart = await annasChart(there);
  const { session, keyboard } = there;
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
});
