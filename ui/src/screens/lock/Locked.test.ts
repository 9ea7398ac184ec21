import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import type { SeatState } from "../../api/bindings";
import { PASSWORD, world } from "../../test-world";
import Locked from "./Locked.svelte";

type LockedState = Extract<SeatState, { is: "locked" }>;

async function open() {
  const there = await world("osei");
  await there.session.change("lock", {});
  const seat = there.session.seat!;
  render(Locked, { session: there.session, seat, locked: seat.state as LockedState });
  return { ...there, person: userEvent.setup() };
}

describe("the lock screen", () => {
  it("shows the cause and initials, and no name", async () => {
    await open();
    expect(screen.getByText(/Locked by hand, since/)).toBeTruthy();
    expect(screen.getByText("R.O.")).toBeTruthy();
    expect(document.body.textContent).not.toContain("Osei");
  });

  it("takes the password at once and unlocks", async () => {
    const { session, person } = await open();
    await person.keyboard(`${PASSWORD}{Enter}`);
    expect(session.seat?.state.is).toBe("open");
  });

  it("says a wrong password beside the field", async () => {
    const { session, person } = await open();
    await person.keyboard("no{Enter}");
    expect(screen.getByLabelText("Password of R.O.").getAttribute("aria-invalid")).toBe("true");
    expect(session.seat?.state.is).toBe("locked");
  });

  it("offers the seat to someone else by F9", async () => {
    const { session, person } = await open();
    await person.keyboard("{F9}");
    await new Promise((done) => setTimeout(done));
    expect(session.seat?.state.is).toBe("vacant");
  });
});
