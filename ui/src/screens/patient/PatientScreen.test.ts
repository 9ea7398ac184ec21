import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ANNA, PASSWORD, world, type World } from "../../test-world";
import LookAlikes from "./LookAlikes.svelte";
import PatientScreen from "./PatientScreen.svelte";

const JOSE = "00000000-0000-4000-8000-000000000003";

async function openAs(username: "osei" | "kim" | "lopez", there?: World) {
  const at = there ?? (await world(username));
  const open = vi.fn();
  const { session, keyboard } = at;
  const shown = render(PatientScreen, { session, keyboard, patient: ANNA, open, back: vi.fn() });
  await screen.findByRole("region", { name: "Who" });
  return { ...at, ...shown, open, user: userEvent.setup() };
}

const region = (name: string) => within(screen.getByRole("region", { name }));

describe("a patient's record", () => {
  it("saves a new phone and shows what is stored then", async () => {
    const { user } = await openAs("lopez");
    const phone = region("Contact").getAllByRole("textbox", { name: /^Phone/ })[0]!;
    await user.clear(phone);
    await user.type(phone, "(312) 555-0142");
    await user.click(region("Contact").getByRole("button", { name: "Save" }));
    expect(await screen.findByText("Saved.")).toBeTruthy();
    expect(region("Contact").getAllByRole("textbox", { name: /^Phone/ })[0]).toHaveProperty(
      "value",
      "(312) 555-0142",
    );
  });

  it("shows a nurse no insurance and nothing to merge", async () => {
    await openAs("kim");
    expect(screen.queryByRole("region", { name: "Insurance" })).toBeNull();
    expect(screen.queryByRole("region", { name: "Merge" })).toBeNull();
  });

  it("asks for a document before a name changes, and for a colleague when the birth date does too", async () => {
    const { user, session, keyboard, unmount } = await openAs("lopez");
    const surname = region("Who").getByRole("textbox", { name: /^Surname/ });
    await user.clear(surname);
    await user.type(surname, "Okafor");
    await user.click(region("Who").getByRole("button", { name: "Save" }));
    expect(await region("Who").findByText(/isn't one of the choices/)).toBeTruthy();
    await user.selectOptions(region("Who").getByRole("combobox", { name: /^Document seen/ }), "passport");
    const born = region("Who").getByRole("textbox", { name: /^Birth date/ });
    await user.clear(born);
    await user.type(born, "1970-01-01");
    await user.type(region("Who").getByRole("textbox", { name: /^Why name/ }), "married, wrong day");
    await user.click(region("Who").getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/Asked for/)).toBeTruthy();
    expect(region("Who").queryByRole("button", { name: "Carry it out" })).toBeNull();
    unmount();
    expect(session && keyboard).toBeTruthy();
  });

  it("takes a photo from a file, shows it in the banner and takes it away again", async () => {
    const { user, clinic } = await openAs("lopez");
    const panel = region("Photo");
    expect(await panel.findByText("No photo yet.")).toBeTruthy();
    await user.click(panel.getByRole("button", { name: "Take from a file…" }));
    expect(await panel.findByText("The photo is kept.")).toBeTruthy();
    const banner = within(document.querySelector<HTMLElement>(".banner")!);
    expect(banner.getByRole("img", { name: /^Photo of Anna/ })).toBeTruthy();
    clinic.fail("take_photo", "invalid", { field: "photo", why: "too_large" });
    await user.click(panel.getByRole("button", { name: "Another photo…" }));
    expect((await panel.findByRole("alert")).textContent).toMatch(/too large/);
    expect(banner.getByRole("img", { name: /^Photo of Anna/ })).toBeTruthy();
    clinic.fail("take_photo", "cancelled");
    await user.click(panel.getByRole("button", { name: "Another photo…" }));
    await user.click(panel.getByRole("button", { name: "Take the photo away" }));
    expect(await panel.findByText("No photo yet.")).toBeTruthy();
    expect(banner.queryByRole("img")).toBeNull();
  });

  it("merges by record number and takes it apart again", async () => {
    const { user } = await openAs("lopez");
    await user.type(region("Merge").getByRole("textbox", { name: /^MRN/ }), "MRN-NOBODY");
    await user.type(region("Merge").getByRole("textbox", { name: /^Why/ }), "same passport");
    await user.click(region("Merge").getByRole("button", { name: "Merge" }));
    expect(await screen.findByText("No other record has this number.")).toBeTruthy();
    expect(region("Merge").getByRole("textbox", { name: /^Why/ })).toHaveProperty("value", "same passport");
    await user.clear(region("Merge").getByRole("textbox", { name: /^MRN/ }));
    await user.type(region("Merge").getByRole("textbox", { name: /^MRN/ }), "MRN-91B7C2");
    await user.click(region("Merge").getByRole("button", { name: "Merge" }));
    expect(await screen.findByText(/ended in this record/)).toBeTruthy();
    expect(screen.getByText("With 1 merged record")).toBeTruthy();
    await user.click(region("Merge").getByRole("button", { name: "Take apart again" }));
    expect(await screen.findByText(/Both records are what they were/)).toBeTruthy();
  });

  it("tells every change with who, when, old and new, and goes back", async () => {
    const { user } = await openAs("lopez");
    await user.click(region("History").getByRole("button", { name: "Show the history" }));
    expect(await region("History").findByText("Phone: 555-0100 → 555-0142")).toBeTruthy();
    await user.click(region("History").getByRole("button", { name: "Back to this" }));
    expect(await screen.findByText("Saved.")).toBeTruthy();
  });

  it("writes down what the patient asks to have amended; a doctor extends, decides and attaches it", async () => {
    const title = "Requests to amend the record";
    const there = await openAs("lopez");
    const { user, unmount } = there;
    const day = await region(title).findByRole("textbox", { name: /^Received on/ });
    await vi.waitFor(() => expect(day).toHaveProperty("value", "11/23/2026"));
    await user.selectOptions(region(title).getByRole("combobox", { name: /^About/ }), "chart");
    await user.click(region(title).getByRole("button", { name: "Write the request down" }));
    expect(await region(title).findByText(/decide until Jan 22, 2027 \(60 days\)/)).toBeTruthy();
    expect(region(title).queryByRole("button", { name: "Decide" })).toBeNull();
    unmount();
    await there.session.change("sign_in", { username: "osei", password: PASSWORD });
    await openAs("osei", there);
    await user.click(await region(title).findByRole("button", { name: "Decide" }));
    await user.click(region(title).getByRole("button", { name: "30 days more, once" }));
    expect(await region(title).findByText(/decide until Feb 21, 2027/)).toBeTruthy();
    await user.click(region(title).getByRole("button", { name: "Decide" }));
    expect(region(title).queryByRole("button", { name: "30 days more, once" })).toBeNull();
    await user.selectOptions(
      region(title).getByRole("combobox", { name: /^Decision/ }),
      "denied accurate_and_complete",
    );
    await user.click(region(title).getByRole("button", { name: "Save the decision" }));
    expect(await region(title).findByText(/denied: it is accurate and complete.*Osei/)).toBeTruthy();
    expect(region(title).queryByRole("button", { name: "Decide" })).toBeNull();
  });
});

describe("the look-alike mark", () => {
  it("names the other one and only what differs", async () => {
    const { session } = await world("kim");
    render(LookAlikes, { session, patient: JOSE });
    const mark = await screen.findByText(/Another GARCÍA, José/);
    expect(mark.textContent).toContain("born Apr 12, 1975, not Dec 4, 1975");
    expect(mark.textContent).not.toContain("sex");
  });

  it("is absent where nobody looks alike", async () => {
    const there = await world("kim");
    render(LookAlikes, { session: there.session, patient: ANNA });
    await vi.waitFor(() => expect(there.clinic.calls).toContain("find_look_alikes"));
    expect(screen.queryByText(/Another/)).toBeNull();
  });
});
