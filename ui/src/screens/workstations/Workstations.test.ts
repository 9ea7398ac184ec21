import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import App from "../../App.svelte";
import { fakeClinic } from "../../api/fake/backend";
import { RETURNED, SHOWN } from "../../api/fake/workstations";
import { PASSWORD, world } from "../../test-world";
import Workstations from "./Workstations.svelte";

async function open() {
  const there = await world("adams");
  render(Workstations, { session: there.session, soon: 10, later: 20 });
  return { ...there, person: userEvent.setup() };
}

it("an administrator answers a new machine, types its code and reads the other one out", async () => {
  const { person } = await open();
  await person.click(await screen.findByRole("button", { name: "Answer" }));
  await person.type(await screen.findByLabelText("Code on the screen of exam room 3"), "730 193{Enter}");
  expect(
    await screen.findByText(/tell your administrator|code/i, { selector: "[role=alert], .error" }),
  ).toBeTruthy();
  const field = screen.getByLabelText("Code on the screen of exam room 3");
  await person.clear(field);
  await person.type(field, `${SHOWN}{Enter}`);
  expect(await screen.findByText("exam room 3 is let in. Type this code there:")).toBeTruthy();
  expect(screen.getByText(`${RETURNED.slice(0, 3)} ${RETURNED.slice(3)}`)).toBeTruthy();
  expect(screen.getByText("No machine asks to be let in.")).toBeTruthy();
});

it("too few digits are not even sent, and a stranger is sent away", async () => {
  const { person, clinic } = await open();
  await person.click(await screen.findByRole("button", { name: "Answer" }));
  await person.type(await screen.findByLabelText("Code on the screen of exam room 3"), "73{Enter}");
  expect(screen.getByText("Type the six digits.")).toBeTruthy();
  expect(clinic.calls).not.toContain("approve_enrolment");
  await person.click(screen.getByRole("button", { name: "Send away" }));
  expect(await screen.findByText("exam room 3 was sent away.")).toBeTruthy();
});

it("a lost machine is shut out after a second question, and the clinic's key is renewed", async () => {
  const { person, clinic } = await open();
  await person.click(await screen.findByRole("button", { name: /Shut out.*exam room 2/ }));
  const asking = screen.getByRole("alertdialog", { name: "Shut out" });
  expect(within(asking).getByText(/the clinic's key is renewed for all others/)).toBeTruthy();
  await person.click(within(asking).getByRole("button", { name: "Shut it out" }));
  expect(await screen.findByText(/exam room 2 is shut out/)).toBeTruthy();
  expect(clinic.calls).toContain("order_rotation");
  expect(screen.queryByRole("button", { name: /Shut out/ })).toBeNull();
});

it("the machine one sits at can't be shut out from itself", async () => {
  await open();
  expect(await screen.findByText("this one")).toBeTruthy();
  expect(screen.queryByRole("button", { name: /Shut out.*reception/ })).toBeNull();
});

it("the machine one sits at is taken out of use after a second question; its record is printed", async () => {
  const { backend } = fakeClinic();
  await backend.call("sign_in", { username: "adams", password: PASSWORD });
  const person = userEvent.setup();
  const printed = vi.fn();
  window.print = printed;
  render(App, { backend });
  await person.click(await screen.findByRole("button", { name: /^Workstations/ }));
  await person.click(await screen.findByRole("button", { name: /Take out of use.*reception/ }));
  const asking = screen.getByRole("alertdialog", { name: "Take out of use" });
  await person.click(within(asking).getByRole("button", { name: "Delete its keys" }));
  expect(await screen.findByRole("heading", { name: "Out of use" })).toBeTruthy();
  expect(screen.getAllByText("a90e".repeat(16), { exact: false }).length).toBeGreaterThan(0);
  await person.click(screen.getByRole("button", { name: "Print" }));
  expect(printed).toHaveBeenCalledOnce();
  expect(screen.queryByLabelText("Password")).toBeNull();
});

it("the clinic's last machine stays", async () => {
  const { person, clinic } = await open();
  await person.click(await screen.findByRole("button", { name: /Take out of use.*reception/ }));
  clinic.fail("retire_workstation", "last_workstation");
  await person.click(screen.getByRole("button", { name: "Delete its keys" }));
  expect(await screen.findByText(/last workstation/)).toBeTruthy();
});
