import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { PASSWORD, world } from "../../test-world";
import PasswordForm from "./PasswordForm.svelte";

const NEXT = "seven kettles on a shelf";

async function open() {
  const there = await world("kim");
  const done = vi.fn();
  render(PasswordForm, { session: there.session, done });
  return { ...there, done, person: userEvent.setup() };
}

it("a nurse changes her password without the mouse and stays signed in", async () => {
  const { person, session, done } = await open();
  await person.keyboard(`${PASSWORD}{Tab}${NEXT}{Tab}${NEXT}{Enter}`);
  await vi.waitFor(() => expect(done).toHaveBeenCalled());
  expect(session.seat?.state.is).toBe("open");
  await session.change("sign_out", {});
  await session.change("sign_in", { username: "kim", password: NEXT });
  expect(session.seat?.state.is).toBe("open");
});

it("each mistake is told at its field, and nothing is sent before it can work", async () => {
  const { person, clinic } = await open();
  await person.keyboard("{Enter}");
  expect(screen.getByText("Type the password in use.")).toBeTruthy();
  await person.keyboard(`${PASSWORD}{Tab}short{Tab}short{Enter}`);
  expect(screen.getByText(/needs 15 characters/)).toBeTruthy();
  await person.clear(screen.getByLabelText("New password"));
  await person.type(screen.getByLabelText("New password"), `${NEXT}{Enter}`);
  expect(screen.getByText(/aren't the same/)).toBeTruthy();
  expect(clinic.calls).not.toContain("change_password");
});

it("what the core refuses stands beside the field it is about", async () => {
  const { person } = await open();
  const common = "passwordpassword";
  await person.keyboard(`not it{Tab}${common}{Tab}${common}{Enter}`);
  expect(await screen.findByText("This isn't the password in use.")).toBeTruthy();
  await person.keyboard(`${PASSWORD}{Enter}`);
  expect(await screen.findByText(/tried first/)).toBeTruthy();
});
