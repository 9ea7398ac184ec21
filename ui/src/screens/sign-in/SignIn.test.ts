import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { PASSWORD, world } from "../../test-world";
import SignIn from "./SignIn.svelte";

async function open() {
  const there = await world();
  render(SignIn, { session: there.session, seat: there.session.seat! });
  return { ...there, person: userEvent.setup() };
}

describe("signing in", () => {
  it("starts in the name field and works without the mouse", async () => {
    const { session, person } = await open();
    await person.keyboard(`osei{Tab}${PASSWORD}{Enter}`);
    expect(session.seat?.state).toMatchObject({ is: "open", user: { role: "doctor" } });
  });

  it("says which field is missing, and goes there", async () => {
    const { person } = await open();
    await person.keyboard("{Enter}");
    expect(screen.getByLabelText("User name").getAttribute("aria-invalid")).toBe("true");
    expect(document.activeElement).toBe(screen.getByLabelText("User name"));
  });

  it("forgets a wrong password and keeps the name", async () => {
    const { person } = await open();
    await person.keyboard("osei{Tab}wrong{Enter}");
    expect(screen.getAllByText(/Check Caps Lock/).length).toBeGreaterThan(0);
    expect((screen.getByLabelText("Password") as HTMLInputElement).value).toBe("");
    expect((screen.getByLabelText("User name") as HTMLInputElement).value).toBe("osei");
  });

  it("names the keychain's trouble in a sentence", async () => {
    const { person, clinic } = await open();
    clinic.fail("sign_in", "keychain_locked");
    await person.keyboard(`osei{Tab}${PASSWORD}{Enter}`);
    expect(screen.getAllByText(/keychain is locked/).length).toBeGreaterThan(0);
  });

  it("lets a newcomer into the demo with one click and Enter", async () => {
    const { session, person } = await open();
    expect(screen.getByText(PASSWORD)).toBeTruthy();
    await person.click(screen.getByRole("button", { name: /kim nurse/ }));
    expect((screen.getByLabelText("User name") as HTMLInputElement).value).toBe("kim");
    expect(document.activeElement).toBe(screen.getByLabelText("Password"));
    await person.keyboard("{Enter}");
    expect(session.seat?.state).toMatchObject({ is: "open", user: { role: "nurse" } });
  });
});
