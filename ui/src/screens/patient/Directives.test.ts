import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ANNA, PASSWORD, world, type World } from "../../test-world";
import PatientScreen from "./PatientScreen.svelte";

async function openAs(username: "osei" | "kim" | "lopez", there?: World) {
  const at = there ?? (await world(username));
  const { session, keyboard } = at;
  const shown = render(PatientScreen, { session, keyboard, patient: ANNA, open: vi.fn(), back: vi.fn() });
  const region = await screen.findByRole("region", { name: "Who may be told" });
  const first = await within(region).findByRole("textbox", { name: /^First day/ });
  await vi.waitFor(() => expect(first).toHaveProperty("value", "11/23/2026"));
  return { ...at, ...shown, person: userEvent.setup() };
}

const panel = () => within(screen.getByRole("region", { name: "Who may be told" }));
const choose = (person: ReturnType<typeof userEvent.setup>, label: RegExp, value: string) =>
  person.selectOptions(panel().getByRole("combobox", { name: label }), value);

it("notes at the desk that a visit was paid in full, and the record is marked until it ends", async () => {
  const there = await openAs("lopez");
  const { person, session, unmount } = there;
  const written = vi.spyOn(session, "write");
  expect(screen.queryByText("Restriction on file")).toBeNull();
  await choose(person, /^What/, "visits");
  await choose(person, /^Why we follow it/, "paid_in_full");
  expect(panel().queryByRole("combobox", { name: /^For what/ })).toBeNull();
  await person.click(panel().getByRole("button", { name: "Note it" }));
  expect(
    await panel().findByText(/Don't disclose visits to a health plan: paid in full by the patient\./),
  ).toBeTruthy();
  expect(written).toHaveBeenLastCalledWith("note_directive", {
    patient: ANNA,
    terms: {
      kind: "restriction",
      to: "health_plan",
      purpose: "any",
      part: "visits",
      why: "paid_in_full",
      way: "paper_signed",
      from: "2026-11-23",
    },
  });
  expect(screen.getByText("Restriction on file")).toBeTruthy();
  expect(panel().getByText("in force")).toBeTruthy();
  unmount();
  // A colleague ends it with the patient; it stays in the list.
  await session.change("sign_in", { username: "kim", password: PASSWORD });
  await openAs("kim", there);
  await person.click(await panel().findByRole("button", { name: "End it…" }));
  await choose(person, /^Why it ends/, "patient_said");
  await person.click(panel().getByRole("button", { name: "End it now" }));
  await person.click(await panel().findByText("No longer in force (1)"));
  expect(panel().getByText(/Ended .*Kim: the patient took it back in person/)).toBeTruthy();
  expect(screen.queryByText("Restriction on file")).toBeNull();
});

it("says by the field what an authorization lacks, and offers only what can be", async () => {
  const { person } = await openAs("lopez");
  await choose(person, /^The patient/, "authorization");
  await choose(person, /^To whom/, "employer");
  expect(panel().queryByRole("option", { name: "anyone else" })).toBeNull();
  expect(panel().queryByRole("option", { name: "paid in full by the patient" })).toBeNull();
  await choose(person, /^How it came/, "in_person");
  await person.click(panel().getByRole("button", { name: "Note it" }));
  const way = await panel().findByText(/This takes a signature/);
  expect(
    panel()
      .getByRole("combobox", { name: /^How it came/ })
      .getAttribute("aria-describedby"),
  ).toContain(way.id);
  await person.type(panel().getByRole("textbox", { name: /^Last day/ }), "someday");
  await person.click(panel().getByRole("button", { name: "Note it" }));
  expect(await panel().findByText(/Type a last day/)).toBeTruthy();
});

it("goes by the keyboard alone", async () => {
  const { person } = await openAs("osei");
  panel()
    .getByRole<HTMLSelectElement>("combobox", { name: /^The patient/ })
    .focus();
  for (let n = 0; n < 8; n++) await person.tab();
  expect(document.activeElement).toBe(panel().getByRole("button", { name: "Note it" }));
  await person.keyboard("{Enter}");
  expect(await panel().findByText("Noted. It holds from its first day on.")).toBeTruthy();
});
