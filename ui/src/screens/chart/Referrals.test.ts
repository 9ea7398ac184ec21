import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ANNA, world } from "../../test-world";
import Chart from "./Chart.svelte";

async function openAs(username: "osei" | "kim") {
  const { session, keyboard } = await world(username);
  render(Chart, { session, keyboard, patient: ANNA, similar: false, back: vi.fn() });
  await screen.findByRole("tablist");
  keyboard.handle(new KeyboardEvent("keydown", { key: "c" }));
  await screen.findByRole("dialog");
  return userEvent.setup();
}

it("lets a doctor refer a patient, and asks to whom and why", async () => {
  const person = await openAs("osei");
  await person.click(screen.getByRole("button", { name: /^Referral/ }));
  const form = () => within(screen.getByRole("dialog"));
  await person.click(form().getByRole("button", { name: /^Save/ }));
  expect(
    form()
      .getByLabelText(/^To whom/)
      .getAttribute("aria-invalid"),
  ).toBe("true");
  await person.type(form().getByLabelText(/^To whom/), "Dr. A. Heart");
  await person.type(form().getByLabelText(/^Reason/), "Palpitations");
  await person.selectOptions(form().getByLabelText("Priority"), "urgent");
  await person.click(form().getByRole("button", { name: /^Save/ }));
  await person.click(await screen.findByRole("tab", { name: /^Other/ }));
  expect(screen.getByText("Dr. A. Heart: Palpitations")).toBeTruthy();
  await person.click(screen.getByRole("button", { name: "Letter is ready" }));
  expect(await screen.findByText(/The desk sees that a letter is ready/)).toBeTruthy();
});

it("lets a doctor order imaging with its modality", async () => {
  const person = await openAs("osei");
  await person.click(screen.getByRole("button", { name: /^Imaging/ }));
  const form = within(screen.getByRole("dialog"));
  await person.type(form.getByLabelText(/^What/), "Chest X-ray");
  await person.selectOptions(form.getByLabelText(/^Modality/), "DX");
  await person.click(form.getByRole("button", { name: /^Save/ }));
  expect(await screen.findByText("Saved: Imaging")).toBeTruthy();
});

it("offers a nurse neither", async () => {
  await openAs("kim");
  expect(screen.queryByRole("button", { name: /^(Referral|Imaging)/ })).toBeNull();
});
