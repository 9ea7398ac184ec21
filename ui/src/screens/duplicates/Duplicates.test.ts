import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { world } from "../../test-world";
import { Duplicates } from "./duplicates.svelte";
import DuplicatesScreen from "./DuplicatesScreen.svelte";

async function open() {
  const there = await world("lopez");
  const look = new Duplicates(there.session);
  const [merge, chart] = [vi.fn(), vi.fn()];
  render(DuplicatesScreen, { look, keyboard: there.keyboard, merge, open: chart });
  return { ...there, look, merge, chart, person: userEvent.setup() };
}

describe("the work-list of likely duplicates", () => {
  it("finds pairs slice by slice and leads each to the merge", async () => {
    const { person, merge, look } = await open();
    await person.click(screen.getByRole("button", { name: /^Look through/ }));
    await vi.waitFor(() => expect(look.finished).toBe(true));
    expect(screen.getByRole("status").textContent).toMatch(/pairs? of records/);
    const pairs = screen.getAllByRole("listitem");
    expect(pairs.length).toBe(look.pairs.length);
    await person.click(within(pairs[0]!).getAllByRole("button", { name: /goes on/ })[0]!);
    expect(merge).toHaveBeenCalledOnce();
    expect(look.pairs.length).toBe(pairs.length - 1);
  });

  it("remembers who is somebody else", async () => {
    const { person, look, clinic } = await open();
    await look.find();
    const before = look.pairs.length;
    await person.click(screen.getAllByRole("button", { name: "Two different people" })[0]!);
    expect(look.pairs.length).toBe(before - 1);
    await look.find();
    expect(look.pairs.length).toBe(before - 1);
    expect(clinic.calls).toContain("tell_apart");
  });

  it("can be stopped, and what was found stays", async () => {
    const { person, look, clinic } = await open();
    clinic.hold("find_duplicates");
    await person.click(screen.getByRole("button", { name: /^Look through/ }));
    expect(screen.getByRole("button", { name: "Stop" })).toBeTruthy();
    await person.click(screen.getByRole("button", { name: "Stop" }));
    clinic.release("find_duplicates");
    expect(look.running).toBe(false);
    expect(screen.getByRole("button", { name: /^Look through/ })).toHaveProperty("disabled", false);
  });
});
