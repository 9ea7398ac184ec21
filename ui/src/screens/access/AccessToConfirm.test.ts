import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { CODE } from "../../api/fake/access";
import { world } from "../../test-world";
import AccessToConfirm from "./AccessToConfirm.svelte";
import Waiting from "./Waiting.svelte";

async function open(username: "osei" | "kim" | "lopez" | "park") {
  const there = await world(username);
  render(AccessToConfirm, { session: there.session });
  return { ...there, person: userEvent.setup() };
}

const field = () => screen.findByLabelText("Code that N. Diaz reads out");

it("a doctor types the code that the newcomer reads out, with any spaces, and says so", async () => {
  const { person } = await open("osei");
  await person.type(await field(), `${CODE.slice(0, 3)} ${CODE.slice(3)}{Enter}`);
  expect(await screen.findByText("N. Diaz has access now.")).toBeTruthy();
  expect(screen.getByText("Nobody waits for access.")).toBeTruthy();
});

it("a wrong code says what to do, and too few digits are not even sent", async () => {
  const { person, clinic } = await open("kim");
  await person.type(await field(), "12345{Enter}");
  expect(screen.getByText("Type the six digits.")).toBeTruthy();
  expect(clinic.calls).not.toContain("confirm_access");
  await person.type(await field(), "6{Enter}");
  expect(await screen.findByText(/tell your administrator/)).toBeTruthy();
  expect((await field()).getAttribute("aria-invalid")).toBe("true");
});

it("a receptionist gives what she holds and hears what still waits", async () => {
  const { person } = await open("lopez");
  expect(await screen.findByText("You can give: identity, contact and appointments")).toBeTruthy();
  await person.type(await field(), `${CODE}{Enter}`);
  expect(await screen.findByText(/1 part still waits for someone else/)).toBeTruthy();
  expect(screen.getByText(/Nothing of this is yours to give/)).toBeTruthy();
});

it("an auditor sees who waits and is asked for nothing", async () => {
  await open("park");
  expect(await screen.findByText(/Nothing of this is yours to give/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Confirm" })).toBeNull();
});

it("the newcomer sees the code in two threes; foreign keys show none and a warning", () => {
  render(Waiting, { waiting: [{ code: CODE, compartments: ["front"] }, { compartments: ["front"] }] });
  expect(screen.getByText("204 816")).toBeTruthy();
  expect(screen.getByText(/Read no code to anybody/)).toBeTruthy();
});
