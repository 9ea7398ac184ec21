import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ANNA, annasChart, world, type World } from "../../test-world";
import Worklist from "../worklist/Worklist.svelte";
import HomeScreen from "./HomeScreen.svelte";

/** A critical potassium of Anna's, and something to do for her. */
async function somethingToDo(there: World) {
  const { handle, patient } = await annasChart(there);
  there.session.window = { handle, patient };
  const at = "2026-11-22T09:40:00Z";
  await there.session.write("record_result", { patient: ANNA, code: "2823-3", value: 7.1, at });
  await there.session.write("add_task", { patient: ANNA, text: "Call her", priority: "routine" });
}

async function home(username: "osei" | "kim" | "lopez") {
  const there = await world(username);
  if (username !== "lopez") await somethingToDo(there);
  const goTasks = vi.fn();
  const role = { osei: "doctor", kim: "nurse", lopez: "front_desk" }[username];
  render(HomeScreen, { session: there.session, role, go: vi.fn(), openChart: vi.fn(), goTasks });
  return { ...there, goTasks, user: userEvent.setup() };
}

const figure = (words: RegExp) => screen.findByRole("button", { name: words });

describe("the day of whoever treats patients", () => {
  it("counts what waits for a doctor, each figure leading to just these tasks", async () => {
    const { goTasks, user } = await home("osei");
    expect((await figure(/critical values/)).textContent).toMatch(/^1/);
    expect((await figure(/things to do/)).textContent).toMatch(/^1/);
    expect((await figure(/refills to decide/)).textContent).toMatch(/^0/);
    expect((await figure(/open tasks in all/)).textContent).toMatch(/^2/);
    await user.click(await figure(/critical values/));
    expect(goTasks).toHaveBeenLastCalledWith(["acknowledge_critical"]);
  });

  it("asks a nurse for no signature of a doctor's", async () => {
    await home("kim");
    await figure(/critical values/);
    expect(screen.queryByRole("button", { name: /results to sign|orders to sign|refills/ })).toBeNull();
  });

  it("shows the front desk none of it", async () => {
    const { clinic } = await home("lopez");
    await figure(/visits today/);
    expect(screen.queryByText("Waits for you")).toBeNull();
    expect(clinic.calls).not.toContain("read_worklist");
  });
});

describe("the list a figure leads to", () => {
  it("has these tasks alone until everything is wanted", async () => {
    const there = await world("osei");
    await somethingToDo(there);
    const { session, keyboard } = there;
    render(Worklist, { session, keyboard, only: ["acknowledge_critical"], open: vi.fn() });
    expect(await screen.findByText("Potassium 7.1 mmol/L")).toBeTruthy();
    expect(screen.queryByText("Call her")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: /Only: Critical value/ }));
    expect(screen.getByText("Call her")).toBeTruthy();
  });

  it("goes patient by patient for a hand-off", async () => {
    const there = await world("kim");
    await somethingToDo(there);
    const { session, keyboard } = there;
    render(Worklist, { session, keyboard, open: vi.fn() });
    await screen.findByText("Call her");
    expect(screen.queryByRole("heading", { level: 2 })).toBeNull();
    await userEvent.click(screen.getByRole("checkbox", { name: /hand-off/ }));
    expect(await screen.findByRole("heading", { level: 2, name: /2 open tasks$/ })).toBeTruthy();
  });

  it("tells at a hand-off what happened in the shift, each with its way to the item", async () => {
    const there = await world("kim");
    const { session, keyboard, clinic } = there;
    const openItem = vi.fn();
    render(Worklist, { session, keyboard, open: vi.fn(), openItem });
    const hand = await screen.findByRole("checkbox", { name: /hand-off/ });
    expect(clinic.calls).not.toContain("read_shift");
    await userEvent.click(hand);
    expect(await screen.findByRole("heading", { name: "What happened" })).toBeTruthy();
    const pressure = await screen.findByRole("button", { name: /Vital sign out of range.*186/ });
    expect(screen.getByRole("button", { name: /Not given.*refused/ })).toBeTruthy();
    expect(screen.queryByRole("button", { name: /Night/ })).toBeNull();
    await userEvent.click(pressure);
    expect(openItem).toHaveBeenCalledWith(expect.objectContaining({ section: "observations", rev: 1 }));
    await userEvent.selectOptions(screen.getByRole("combobox", { name: /In the last/ }), "12");
    expect(await screen.findByRole("button", { name: /Night/ })).toBeTruthy();
  });
});
