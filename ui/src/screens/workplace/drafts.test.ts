import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import App from "../../App.svelte";
import { fakeClinic } from "../../api/fake/backend";
import { ANNA, PASSWORD } from "../../test-world";

async function atWork() {
  const { backend, controls } = fakeClinic();
  render(App, { backend });
  const person = userEvent.setup();
  await signIn(person);
  return { backend, controls, person };
}

async function signIn(person: ReturnType<typeof userEvent.setup>) {
  await person.type(await screen.findByLabelText("User name"), "osei");
  await person.type(screen.getByLabelText("Password"), `${PASSWORD}{Enter}`);
  await screen.findByRole("combobox");
}

const problem = () => screen.findByRole<HTMLInputElement>("textbox", { name: /^Problem/ });

describe("a form that a lock closes", () => {
  it("opens again after the unlock with what was typed", async () => {
    const { backend, controls, person } = await atWork();
    const place = { form: "problem", patient: ANNA };
    const typed = JSON.stringify({ typed: { text: "Gout, left toe" } });
    await backend.call("keep_draft", { place, title: "Problem · SMITH, Anna", typed });
    controls.lock("idle");
    await person.type(await screen.findByLabelText(/Password/), `${PASSWORD}{Enter}`);
    expect((await problem()).value).toBe("Gout, left toe");
    expect(await screen.findByText(/had typed and not saved/)).toBeTruthy();
    await person.click(screen.getByRole("button", { name: /Save/ }));
    await screen.findByText("Gout, left toe");
    expect((await backend.call("drafts", {})).drafts).toEqual([]);
  });

  it("names its revision, so that what a colleague saved meanwhile isn't overwritten", async () => {
    const { backend, controls, person } = await atWork();
    const [entry] = (await backend.call("open_chart", { patient: ANNA })).problems ?? [];
    if (!entry) throw new Error("Anna has a problem");
    const place = { form: "problem", patient: ANNA, item: entry.item };
    const typed = JSON.stringify({ typed: { text: "Diabetes, brittle" }, began: entry.rev });
    await backend.call("keep_draft", { place, title: "Problem", typed });
    controls.editElsewhere(ANNA, { text: "Diabetes, well controlled" });
    controls.lock("system");
    await person.type(await screen.findByLabelText(/Password/), `${PASSWORD}{Enter}`);
    expect((await problem()).value).toBe("Diabetes, brittle");
    await person.click(screen.getByRole("button", { name: /Save/ }));
    expect(await screen.findByText(/Dr\. M\. Adeyemi/)).toBeTruthy();
  });

  it.each<[form: string, typed: unknown, label: RegExp, shown: string]>([
    ["vitals", { typed: { systolic: "150" }, units: {}, at: "2026-11-22T09:30" }, /^Systolic/, "150"],
    ["order", { drug: "Lisinopril", dose: "10 mg" }, /^Dose/, "10 mg"],
    ["entry.allergy", { typed: { substance: "Latex" } }, /^Substance/, "Latex"],
    ["entry.task", { typed: { text: "Call her" } }, /^What is to be done/, "Call her"],
  ])("opens again as %s, with what was typed", async (form, typed, label, shown) => {
    const { backend, controls, person } = await atWork();
    await backend.call("keep_draft", {
      place: { form, patient: ANNA },
      title: form,
      typed: JSON.stringify(typed),
    });
    controls.lock("idle");
    await person.type(await screen.findByLabelText(/Password/), `${PASSWORD}{Enter}`);
    const field = await screen.findByLabelText<HTMLInputElement>(label);
    await vi.waitFor(() => expect(field.value).toBe(shown));
  });

  it.each<[form: string, about: Record<string, string>, typed: Record<string, string>, label: RegExp]>([
    ["in_error", { text: "Diabetes", section: "problems" }, { reason: "Her sister's" }, /^Reason/],
    ["addendum", { title: "Visit note" }, { text: "She called back" }, /^Text/],
    ["note_signed", { title: "Visit note" }, { cosigner: "" }, /signed as well/],
    ["order_step", { text: "Metformin", step: "stop", name: "Stop" }, { reason: "Nausea" }, /^Reason/],
    ["refill", { text: "Metformin" }, { note: "Travels on Friday" }, /^Remarks/],
    ["refill_denied", { text: "Metformin" }, { note: "Too soon" }, /^Reason/],
    [
      "task_step",
      { text: "Potassium", kind: "todo", status: "completed", step: "Done" },
      { outcome: "Told her" },
      /done/,
    ],
    ["hand_on", { text: "Call her", kind: "todo" }, { owner: "" }, /^For/],
  ])("asks again: entry.%s", async (form, about, typed, label) => {
    const { backend, controls, person } = await atWork();
    const item = (await backend.call("open_chart", { patient: ANNA })).problems?.[0]?.item ?? "";
    const place = { form: `entry.${form}`, patient: ANNA, item };
    const kept = JSON.stringify({ typed, began: 3, about });
    await backend.call("keep_draft", { place, title: form, typed: kept });
    controls.lock("idle");
    await person.type(await screen.findByLabelText(/Password/), `${PASSWORD}{Enter}`);
    const dialog = await screen.findByRole("dialog");
    const field = await within(dialog).findByLabelText<HTMLInputElement>(label);
    await vi.waitFor(() => expect(field.value).toBe(Object.values(typed)[0]));
  });

  it("keeps the reason of a mark while it is typed, and forgets it once it is said", async () => {
    const { backend, person } = await atWork();
    await person.type(await screen.findByRole("combobox"), "MRN-4F20A1");
    await screen.findByRole("option");
    await person.keyboard("{Enter}");
    await person.click(await screen.findByRole("tab", { name: /Allergies/ }));
    await person.click((await screen.findAllByRole("button", { name: "Entered in error" }))[0]!);
    const reason = await screen.findByLabelText(/^Reason/);
    await person.type(reason, "It was her sister's");
    await vi.waitFor(async () => {
      const { drafts } = await backend.call("drafts", {});
      expect(drafts.map((one) => [one.place.form, one.place.patient])).toEqual([["entry.in_error", ANNA]]);
    });
    await person.keyboard("{Control>}{Enter}{/Control}");
    await vi.waitFor(async () => expect((await backend.call("drafts", {})).drafts).toEqual([]));
  });

  it("is offered on the patients screen after a crash, to go on or to throw away", async () => {
    const { backend, person } = await atWork();
    const drafted = async (patient: string, text: string) => {
      const typed = JSON.stringify({ typed: { text } });
      await backend.call("keep_draft", {
        place: { form: "problem", patient },
        title: `Problem · ${text}`,
        typed,
      });
    };
    await drafted(ANNA, "Gout");
    await drafted("00000000-0000-4000-8000-000000000010", "Asthma");
    // As after a crash: nothing lay open in this sitting.
    await backend.call("keep_draft", { place: { form: "other" }, title: "Other", typed: "{}" });
    await backend.call("drop_draft", { place: { form: "other" } });
    await person.click(screen.getByRole("button", { name: /^Patients/ }));
    expect(await screen.findByText(/Problem · Gout, typed/)).toBeTruthy();
    const [first] = screen.getAllByRole("button", { name: "Discard" });
    if (first) await person.click(first);
    expect(screen.queryByText(/Problem · Asthma/)).toBeNull();
    await person.click(screen.getByRole("button", { name: "Continue" }));
    expect((await problem()).value).toBe("Gout");
  });
});
