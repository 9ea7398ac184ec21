import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import App from "../../App.svelte";
import { fakeClinic } from "../../api/fake/backend";
import { ANNA, PASSWORD, world, type World } from "../../test-world";
import PatientScreen from "./PatientScreen.svelte";

const region = (name: string) => within(screen.getByRole("region", { name }));
const field = (form: string, name: RegExp) =>
  region(form).getAllByRole<HTMLInputElement>("textbox", { name })[0]!;
const places = async ({ session }: World) =>
  (await session.call("drafts", {})).drafts.map(({ place }) => [place.form, place.patient]);

async function open(there: World, merging?: string) {
  const { session, keyboard } = there;
  const shown = render(PatientScreen, {
    session,
    keyboard,
    patient: ANNA,
    open: vi.fn(),
    back: vi.fn(),
    merging,
  });
  await screen.findByRole("region", { name: "Who" });
  return { ...shown, user: userEvent.setup() };
}

const FORMS: Array<[form: string, kept: string, label: RegExp, typed: string]> = [
  ["Contact", "person.contact", /^Street/, "7 Alder Lane"],
  ["Insurance", "person.insurance", /^Carrier/, "Example Health Plan"],
  ["Who", "person.identity", /^Surname/, "Okafor"],
  ["Marks", "person.standing", /^Why the record/, "Moved abroad"],
  ["Merge", "person.merge", /^Why/, "same passport"],
];

describe("a form of a patient's record", () => {
  it.each(FORMS)("keeps what is typed: %s", async (form, kept, label, typed) => {
    const there = await world("lopez");
    const { user, unmount } = await open(there);
    await user.clear(field(form, label));
    await user.type(field(form, label), typed);
    expect(there.session.kept).toBe(true);
    await vi.waitFor(async () => expect(await places(there)).toEqual([[kept, ANNA]]));
    unmount();
    await open(there);
    await vi.waitFor(() => expect(field(form, label).value).toBe(typed));
    expect(region(form).getByText(/had typed and not saved/)).toBeTruthy();
    await user.click(region(form).getByRole("button", { name: "Start over" }));
    expect(field(form, label).value).not.toBe(typed);
    await vi.waitFor(async () => expect(await places(there)).toEqual([]));
  });

  it("forgets it once it is saved, and what is typed in another form meanwhile stays", async () => {
    const there = await world("lopez");
    const { user } = await open(there);
    await user.type(field("Marks", /^Why the record/), "Moved abroad");
    await user.clear(field("Contact", /^Street/));
    await user.type(field("Contact", /^Street/), "7 Alder Lane");
    await user.click(region("Contact").getByRole("button", { name: "Save" }));
    expect(await screen.findByText("Saved.")).toBeTruthy();
    await vi.waitFor(() => expect(field("Marks", /^Why the record/).value).toBe("Moved abroad"));
    expect(field("Contact", /^Street/).value).toBe("7 Alder Lane");
    expect(await places(there)).toEqual([["person.standing", ANNA]]);
  });

  it("shows what a colleague has stored beside what was typed, and writes over neither by itself", async () => {
    const there = await world("lopez");
    const { user } = await open(there);
    const details = await there.session.call("patient_details", { patient: ANNA });
    await user.clear(field("Contact", /^Street/));
    await user.type(field("Contact", /^Street/), "7 Alder Lane");
    await there.session.write("edit_contact", {
      patient: ANNA,
      rev: details.contact_rev,
      contact: { ...details.contact!, street: "9 Elm Street" },
    });
    await user.click(region("Contact").getByRole("button", { name: "Save" }));
    expect(
      await region("Contact").findByText("Street: you typed 7 Alder Lane, stored is 9 Elm Street"),
    ).toBeTruthy();
    expect(field("Contact", /^Street/).value).toBe("9 Elm Street");
    expect(field("Contact", /^Street/).closest("fieldset[disabled]")).toBeTruthy();
    await user.click(region("Contact").getByRole("button", { name: "Put what I typed back in" }));
    expect(field("Contact", /^Street/).value).toBe("7 Alder Lane");
    await user.click(region("Contact").getByRole("button", { name: "Save" }));
    await vi.waitFor(async () => expect(await places(there)).toEqual([]));
    const { contact } = await there.session.call("patient_details", { patient: ANNA });
    expect(contact?.street).toBe("7 Alder Lane");
  });

  it("doesn't put the number of an earlier pair into a merge that was begun with another", async () => {
    const there = await world("lopez");
    const { user, unmount } = await open(there);
    await user.type(field("Merge", /^MRN/), "MRN-91B7C2");
    await vi.waitFor(async () => expect(await places(there)).toEqual([["person.merge", ANNA]]));
    unmount();
    await open(there, "MRN-4F20A1");
    await region("Merge").findByText(/you typed MRN-91B7C2, stored is MRN-4F20A1/);
    expect(field("Merge", /^MRN/).value).toBe("MRN-4F20A1");
    await user.click(region("Merge").getByRole("button", { name: "Discard" }));
    expect(field("Merge", /^MRN/).value).toBe("MRN-4F20A1");
    await vi.waitFor(async () => expect(await places(there)).toEqual([]));
  });
});

describe("a lock", () => {
  async function locked(place: object, typed: object) {
    const { backend, controls } = fakeClinic();
    render(App, { backend });
    const user = userEvent.setup();
    await user.type(await screen.findByLabelText("User name"), "osei");
    await user.type(screen.getByLabelText("Password"), `${PASSWORD}{Enter}`);
    await screen.findByRole("combobox");
    const draft = { place: { patient: ANNA, ...place }, title: "Kept", typed: JSON.stringify(typed) };
    await backend.call("keep_draft", draft as never);
    controls.lock("idle");
    await user.type(await screen.findByLabelText(/Password/), `${PASSWORD}{Enter}`);
    return { backend, user };
  }

  it("brings the record of the patient back with what was typed", async () => {
    const { backend } = fakeClinic();
    await backend.call("sign_in", { username: "osei", password: PASSWORD });
    const { standing } = await backend.call("patient_details", { patient: ANNA });
    await locked({ form: "person.standing" }, { typed: { ...standing, inactive: "Moved" }, from: standing });
    await screen.findByRole("region", { name: "Marks" });
    await vi.waitFor(() => expect(field("Marks", /^Why the record/).value).toBe("Moved"));
  });

  it("brings back whose an entry is and why, and lets the patient be chosen anew", async () => {
    const about = { section: "problems", text: "Diabetes" };
    const item = "10000000-0000-4000-9000-000000000000";
    const typed = { query: "garcia", reason: "Wrong chart was open", began: 1, about };
    const { user } = await locked({ form: "entry.move", item }, typed);
    const dialog = within(
      await screen.findByRole("dialog", { name: /^Belongs to another patient: Diabetes/ }),
    );
    await user.click((await dialog.findAllByRole("button", { name: /^GARCÍA/ }))[0]!);
    expect(dialog.getByLabelText<HTMLInputElement>(/^Reason/).value).toBe("Wrong chart was open");
  });

  it("keeps nothing of a move once it is done, and asks before what was typed is thrown away", async () => {
    const { backend } = fakeClinic();
    await backend.call("sign_in", { username: "osei", password: PASSWORD });
    const [problem] = (await backend.call("open_chart", { patient: ANNA })).problems ?? [];
    const about = { section: "problems", text: problem!.problem.text };
    const typed = { query: "garcia", reason: "Wrong chart was open", began: problem!.rev, about };
    const place = { form: "entry.move", item: problem!.item };
    const moved = await locked(place, typed);
    const dialog = () => within(screen.getByRole("dialog"));
    await screen.findByRole("dialog");
    await moved.user.click((await dialog().findAllByRole("button", { name: /^GARCÍA/ }))[0]!);
    await moved.user.keyboard("{Escape}");
    expect(dialog().getByRole("alertdialog")).toBeTruthy();
    await moved.user.keyboard("{Escape}");
    expect(dialog().queryByRole("alertdialog")).toBeNull();
    await moved.user.keyboard("{Control>}{Enter}{/Control}");
    await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect((await moved.backend.call("drafts", {})).drafts).toEqual([]);
  });

  it("offers the form of a record among what isn't saved yet, to go on or to throw away", async () => {
    const { backend, user } = await locked({ form: "problem" }, { typed: { text: "Gout" } });
    await backend.call("drop_draft", { place: { form: "problem", patient: ANNA } });
    const place = { form: "person.merge", patient: ANNA };
    const typed = JSON.stringify({
      typed: { mrn: "", reason: "same passport" },
      from: { mrn: "", reason: "" },
    });
    await backend.call("keep_draft", { place, title: "Marks · SMITH, Anna", typed });
    await user.click(await screen.findByRole("button", { name: /^Patients/ }));
    expect(await screen.findByText(/Marks · SMITH, Anna, typed/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Continue" }));
    expect(await screen.findByRole("region", { name: "Who" })).toBeTruthy();
  });

  it("asks again why the social security number is to be seen, and never keeps the number", async () => {
    const { backend, user } = await locked(
      { form: "entry.reveal" },
      { chosen: "Another reason", typed: "Court order 12" },
    );
    const dialog = within(await screen.findByRole("dialog", { name: /social security/i }));
    await vi.waitFor(() =>
      expect(dialog.getByLabelText<HTMLInputElement>("Another reason").value).toBe("Court order 12"),
    );
    await user.click(dialog.getByRole("button", { name: /^Reveal/ }));
    await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect((await backend.call("drafts", {})).drafts).toEqual([]);
  });
});
