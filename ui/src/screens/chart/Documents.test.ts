import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ANNA, world } from "../../test-world";
import Chart from "./Chart.svelte";

async function openAs(username: "osei" | "kim" | "lopez") {
  const there = await world(username);
  const { session, keyboard } = there;
  render(Chart, { session, keyboard, patient: ANNA, similar: false, back: vi.fn() });
  await screen.findByRole("tablist");
  return { ...there, person: userEvent.setup() };
}

it("lets a doctor attach a letter from the write menu, turn its pages and save a copy for a purpose", async () => {
  const { person, keyboard, clinic } = await openAs("osei");
  keyboard.handle(new KeyboardEvent("keydown", { key: "c" }));
  await person.click(await screen.findByRole("button", { name: /File to attach/ }));
  const form = screen.getByRole("dialog");
  expect(within(form).getByLabelText(/^What it is/)).toHaveProperty("value", "letter");
  await person.click(within(form).getByRole("button", { name: /^Save/ }));
  expect(
    within(form)
      .getByLabelText(/^Title/)
      .getAttribute("aria-invalid"),
  ).toBe("true");
  await person.type(within(form).getByLabelText(/^Title/), "Cardiology");
  await person.type(within(form).getByLabelText("Dated"), "2026-11-20");
  clinic.fail("attach_file", "invalid", { field: "documents.file", why: "not_a_document" });
  await person.click(within(form).getByRole("button", { name: /^Save/ }));
  expect(await screen.findByText(/isn't a PDF, JPEG or PNG/)).toBeTruthy();
  await person.click(within(form).getByRole("button", { name: /^Save/ }));

  await person.click(await screen.findByRole("tab", { name: /Documents 1/ }));
  expect(screen.getByText("Letter, 2 pages, Dr. R. Osei")).toBeTruthy();
  await person.click(screen.getByRole("button", { name: "Open" }));
  expect(await screen.findByRole("img", { name: "Cardiology, page 1" })).toBeTruthy();
  await person.click(screen.getByRole("button", { name: /Next page/ }));
  expect(await screen.findByRole("img", { name: "Cardiology, page 2" })).toBeTruthy();
  const copy = screen.getByRole("button", { name: /Save a copy/ });
  expect(copy).toHaveProperty("disabled", true);
  await person.selectOptions(screen.getByLabelText("A copy is needed for"), "patient_request");
  await person.click(copy);
  expect(await screen.findByText("Saved as a PDF of 2 pages.")).toBeTruthy();
  // An employer gets it with the patient's authorization alone.
  await person.selectOptions(screen.getByLabelText("Who gets it"), "employer");
  await person.click(copy);
  expect((await screen.findByRole("alert")).textContent).toContain("takes the patient's authorization");
  expect(screen.queryByText("Saved as a PDF of 2 pages.")).toBeNull();
});

it("lets the desk attach a card and offers no letter", async () => {
  const { person } = await openAs("lopez");
  await person.click(screen.getByRole("tab", { name: /Documents 0/ }));
  await person.click(screen.getByRole("button", { name: "Attach a file…" }));
  const kinds = within(screen.getByRole("dialog")).getByLabelText(/^What it is/);
  const names = within(kinds)
    .getAllByRole("option")
    .map((one) => one.textContent);
  expect(names).toEqual(["Choose…", "Insurance card", "Identity document", "Form"]);
  await person.type(screen.getByLabelText(/^Title/), "Example Health Plan");
  await person.click(screen.getByRole("button", { name: /^Save/ }));
  expect(await screen.findByText("Insurance card, 2 pages, M. Lopez")).toBeTruthy();
});

it("lets who has the extra right attach a letter that only such people see", async () => {
  const { person } = await openAs("osei");
  await person.click(screen.getByRole("tab", { name: /Documents 0/ }));
  await person.click(screen.getByRole("button", { name: "Attach a file…" }));
  const form = within(screen.getByRole("dialog"));
  await person.type(form.getByLabelText(/^Title/), "Discharge letter");
  await person.selectOptions(form.getByLabelText("Sensitive"), "psychiatric");
  await person.click(form.getByRole("button", { name: /^Save/ }));
  expect(await screen.findByText("Sensitive: psychiatric")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Label" })).toBeTruthy();
});

it("doesn't ask who hasn't it", async () => {
  const { person } = await openAs("kim");
  await person.click(screen.getByRole("tab", { name: /Documents 0/ }));
  await person.click(screen.getByRole("button", { name: "Attach a file…" }));
  expect(within(screen.getByRole("dialog")).queryByLabelText("Sensitive")).toBeNull();
});
