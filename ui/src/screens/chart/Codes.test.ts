import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ANNA, world } from "../../test-world";
import Chart from "./Chart.svelte";

async function adding() {
  const { session, keyboard, clinic } = await world("osei");
  render(Chart, { session, keyboard, patient: ANNA, similar: false, back: vi.fn() });
  await screen.findByRole("tablist");
  keyboard.handle(new KeyboardEvent("keydown", { key: "+" }));
  const name = await screen.findByRole<HTMLInputElement>("textbox", { name: /^Problem/ });
  return { clinic, name, user: userEvent.setup() };
}

const code = () => screen.getByRole<HTMLInputElement>("textbox", { name: "Code" });

describe("the codes of a problem", () => {
  it("are offered by words in any order with the reason, and one is taken by arrow and Enter", async () => {
    const { name, user } = await adding();
    await user.type(name, "blood high");
    expect(await screen.findByText(/found by: blood, high, also called “high blood pressure”/)).toBeTruthy();
    expect(code().value).toBe("");
    await user.keyboard("{ArrowDown}{Enter}");
    expect([name.value, code().value]).toEqual(["Essential (primary) hypertension", "I10"]);
    expect(screen.queryByRole("group", { name: "Codes that may be meant" })).toBeNull();
    expect(document.activeElement).toBe(name);
  });

  it("are never saved unless one is chosen, and a problem without one says so", async () => {
    const { name, user } = await adding();
    await user.type(name, "gout");
    await screen.findByText("M10.9");
    expect(screen.getByText(/^Not coded/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /^Save/ }));
    await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await user.click(screen.getByRole("tab", { name: /Problems/ }));
    const row = (await screen.findAllByText("gout"))[0]?.closest("li");
    expect(row?.textContent).toContain("not coded");
    expect(document.body.textContent).not.toContain("M10.9");
  });

  it("aren't in the way when they can't be looked up", async () => {
    const { clinic, name, user } = await adding();
    clinic.fail("suggest_codes", "store_unreachable");
    await user.type(name, "gout");
    expect(await screen.findByText(/can't be looked up now/)).toBeTruthy();
    expect(name.value).toBe("gout");
  });
});
