import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ANNA, world } from "../../test-world";
import Register from "./Register.svelte";

async function formAs(username: "lopez" | "kim" | "osei") {
  const there = await world(username);
  const open = vi.fn();
  const { session, keyboard } = there;
  const role = { lopez: "front_desk", kim: "nurse", osei: "doctor" }[username];
  const shown = render(Register, { session, keyboard, role, open, back: vi.fn() });
  return { ...there, ...shown, open, user: userEvent.setup() };
}

const field = (name: RegExp) => screen.getByRole("textbox", { name });

async function type(user: ReturnType<typeof userEvent.setup>, surname: string, given: string, born: string) {
  await user.type(field(/^Surname/), `${surname}{Tab}`);
  await user.type(field(/^Given names/), `${given}{Tab}`);
  await user.type(field(/^Birth date/), `${born}{Tab}`);
  await user.selectOptions(screen.getByRole("combobox", { name: /^Sex/ }), "female");
}

describe("registering a patient", () => {
  it("is done by keyboard alone and opens the new chart", async () => {
    const { user, open, session } = await formAs("lopez");
    await type(user, "Okoye", "Ada", "1990-02-03");
    expect(await screen.findByText("Nobody like that is on file.")).toBeTruthy();
    await user.keyboard("{Enter}");
    await user.click(screen.getByRole("button", { name: /^Register Ctrl/ }));
    await vi.waitFor(() => expect(open).toHaveBeenCalled());
    expect((await session.call("drafts", {})).drafts).toEqual([]);
  });

  it("stops for somebody of the same name, shows what differs, and asks why to go on", async () => {
    const { user, open } = await formAs("lopez");
    await type(user, "Smith", "Anna", "1968-09-30");
    expect(await screen.findByText(/1 patient looks like this person/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /^Register Ctrl/ }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog.textContent).toContain("Born differs");
    expect(open).not.toHaveBeenCalled();
    await user.click(within(dialog).getByRole("button", { name: /Register as somebody else/ }));
    expect(dialog.textContent).toContain("at least five characters");
    await user.type(within(dialog).getByRole("textbox"), "showed a passport");
    await user.click(within(dialog).getByRole("button", { name: /Register as somebody else/ }));
    await vi.waitFor(() => expect(open).toHaveBeenCalled());
    expect(open).not.toHaveBeenCalledWith(ANNA);
  });

  it("tells what is wrong beside the field and goes to the first on saving", async () => {
    const { user } = await formAs("lopez");
    await user.type(field(/^Surname/), "S{Tab}");
    expect(await screen.findByText(/only one letter/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /^Register Ctrl/ }));
    expect((await screen.findByRole("alert")).textContent).toMatch(/4 entries have/);
  });

  it("takes up what was typed before the seat locked", async () => {
    const { user, session, keyboard, unmount } = await formAs("lopez");
    await type(user, "Okoye", "Ada", "1990-02-03");
    unmount();
    await vi.waitFor(async () =>
      expect((await session.call("drafts", { place: { form: "registration" } })).drafts[0]?.typed).toContain(
        "Okoye",
      ),
    );
    render(Register, { session, keyboard, role: "front_desk", open: vi.fn(), back: vi.fn() });
    expect(await screen.findByText("Taken up where you left off.")).toBeTruthy();
    expect(field(/^Surname/)).toHaveProperty("value", "Okoye");
  });

  it("asks a nurse for no insurance and no social security number", async () => {
    await formAs("kim");
    expect(screen.queryByText("Primary coverage")).toBeNull();
    expect(screen.queryByText("Social security number")).toBeNull();
  });

  it("registers a newborn of a mother on file in one small dialog", async () => {
    const { user, open } = await formAs("kim");
    await user.click(screen.getByRole("button", { name: /Unknown patient or newborn/ }));
    const dialog = await screen.findByRole("dialog");
    await user.selectOptions(within(dialog).getByRole("combobox", { name: "Who" }), "a newborn");
    await user.type(await within(dialog).findByRole("textbox", { name: /Mother/ }), "MRN-NOBODY");
    await user.click(within(dialog).getByRole("button", { name: /Register now/ }));
    expect(await within(dialog).findByText(/Nobody on file has this number/)).toBeTruthy();
    await user.clear(within(dialog).getByRole("textbox", { name: /Mother/ }));
    await user.type(within(dialog).getByRole("textbox", { name: /Mother/ }), "MRN-4F20A1");
    await user.click(within(dialog).getByRole("button", { name: /Register now/ }));
    await vi.waitFor(() => expect(open).toHaveBeenCalled());
  });
});
