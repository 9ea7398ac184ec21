import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { ANNA, world } from "../../test-world";
import ActiveCheck from "./ActiveCheck.svelte";

async function checked() {
  const { session } = await world("kim");
  render(ActiveCheck, { session, patient: ANNA });
  await userEvent.click(screen.getByRole("button", { name: "Check interactions" }));
  await screen.findByText(/table of 2026-11-22/);
}

const items = () =>
  screen.getAllByRole("listitem").map((one) => one.textContent?.replace(/\s+/g, " ").trim());

describe("the interaction check", () => {
  it("shows major findings first and what wasn't checked as large", async () => {
    await checked();
    expect(items()[0]).toContain("Major Coumadin 5 mg (warfarin) and Naproxen 220 mg");
    const missed = screen.getByText("Not checked: Simvistatin 10 MG").closest("li");
    expect(within(missed as HTMLElement).getByText("Not checked")).toBeTruthy();
    expect(screen.getByText("1 minor note").closest("details")?.open).toBe(false);
  });

  it("says that a restricted item interacts and nothing more", async () => {
    await checked();
    const row = screen.getByText(/A restricted item interacts/).closest("li");
    expect(row?.textContent).toContain("Coumadin 5 mg and a restricted item");
    expect(row?.textContent).not.toMatch(/read 20/);
  });

  it("names the counts, the table's date and that no pharmacist has read it", async () => {
    await checked();
    expect(document.body.textContent).toMatch(/3 drugs checked, 1 not/);
    expect(document.body.textContent).toContain("not yet reviewed by a pharmacist");
  });

  it("doesn't take unasked allergies for none", async () => {
    await checked();
    expect(screen.getByText("Allergies were not asked: nothing was checked against them.")).toBeTruthy();
  });

  it("takes a misspelt name for another only when a person says so", async () => {
    await checked();
    await userEvent.click(screen.getByRole("button", { name: "Check as simvastatin" }));
    expect(await screen.findByText(/4 drugs checked, 0 not/)).toBeTruthy();
  });
});
