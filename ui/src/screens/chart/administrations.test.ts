import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ANNA, world } from "../../test-world";
import Chart from "./Chart.svelte";

async function medications(username: "osei" | "kim") {
  const there = await world(username);
  const { session, keyboard } = there;
  render(Chart, { session, keyboard, patient: ANNA, similar: false, back: vi.fn() });
  await screen.findByRole("tablist");
  const user = userEvent.setup();
  await user.click(screen.getByRole("tab", { name: /Medications/ }));
  return { ...there, user };
}

function actions(drug: RegExp) {
  const [all] = screen.getAllByRole("group", { name: drug });
  if (!all) throw new Error("nothing can be done with it");
  return within(all);
}

describe("what was given", () => {
  it("is recorded by the nurse with dose and time, and listed", async () => {
    const { user, clinic } = await medications("kim");
    await user.click(actions(/What to do with Lisinopril/).getByRole("button", { name: "Given" }));
    const dialog = within(await screen.findByRole("dialog", { name: /Lisinopril/ }));
    expect(dialog.getByLabelText<HTMLInputElement>("Dose").value).toBe("1 tablet by mouth each morning");
    await user.type(dialog.getByLabelText("Response"), "No cough{Enter}");
    expect(await screen.findByText("Response: No cough")).toBeTruthy();
    expect(clinic.calls).toContain("record_administration");
  });

  it("warns about an order that was stopped and asks why", async () => {
    const { user, clinic } = await medications("kim");
    await user.click(actions(/What to do with Amoxicillin/).getByRole("button", { name: "Given" }));
    const dialog = within(await screen.findByRole("dialog", { name: /Amoxicillin/ }));
    expect(dialog.getByRole("alert").textContent).toMatch(/isn't in force: stopped/);
    await user.click(dialog.getByRole("button", { name: /Save/ }));
    expect(dialog.getByLabelText(/^Reason/).getAttribute("aria-invalid")).toBe("true");
    expect(clinic.calls).not.toContain("record_administration");
  });

  it("refuses another patient's wristband at its field", async () => {
    const { user } = await medications("kim");
    await user.click(actions(/What to do with Lisinopril/).getByRole("button", { name: "Given" }));
    const dialog = within(await screen.findByRole("dialog", { name: /Lisinopril/ }));
    await user.type(dialog.getByLabelText("Scanned barcode"), "WB-MRN-000999-4{Enter}");
    expect(await dialog.findByText(/another patient's. Nothing was saved/)).toBeTruthy();
  });

  it("compares the package with the order, asks why another one was given, and says what wasn't compared", async () => {
    const { user } = await medications("kim");
    const give = async (scanned: string) => {
      await user.click(actions(/What to do with Lisinopril/).getByRole("button", { name: "Given" }));
      const dialog = within(await screen.findByRole("dialog", { name: /Lisinopril/ }));
      await user.type(dialog.getByLabelText("Scanned barcode"), `${scanned}{Enter}`);
      return dialog;
    };
    const dialog = await give("WARFARIN 5 MG");
    expect(await dialog.findByText(/isn't what was ordered. Nothing was saved/)).toBeTruthy();
    await user.type(dialog.getByLabelText(/^Reason/), "The doctor changed it by telephone{Enter}");
    expect(await screen.findByText(/package compared: not what was ordered/)).toBeTruthy();
    await give("LISINOPRIL 10 MG");
    expect(await screen.findByText(/package compared: as ordered/)).toBeTruthy();
    await give("300710155237");
    expect(await screen.findByText(/package scanned, not compared/)).toBeTruthy();
  });

  it("is read by a doctor, who has no way to record it", async () => {
    await medications("osei");
    expect(screen.getByText("Nothing is recorded as given.")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Given" })).toBeNull();
  });
});
