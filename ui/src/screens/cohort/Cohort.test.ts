import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ANNA, world } from "../../test-world";
import Cohort from "./Cohort.svelte";

async function cohort() {
  const there = await world("osei");
  const open = vi.fn();
  render(Cohort, { session: there.session, keyboard: there.keyboard, open });
  return { ...there, open };
}

describe("a cohort", () => {
  it("asks for at least one field", async () => {
    const { clinic } = await cohort();
    await userEvent.click(screen.getByRole("button", { name: /^Find/ }));
    expect(screen.getByText("Fill in at least one field.")).toBeTruthy();
    expect(clinic.calls).not.toContain("find_cohort");
  });

  it("grows slice by slice and opens the chart of who is chosen", async () => {
    const { open, clinic } = await cohort();
    await userEvent.type(screen.getByLabelText("Active problem"), "diabetes");
    await userEvent.selectOptions(screen.getByLabelText("Laboratory value"), "HbA1c");
    await userEvent.click(screen.getByRole("button", { name: /^Find/ }));
    expect(await screen.findByText("1 patient")).toBeTruthy();
    expect(clinic.calls.filter((name) => name === "find_cohort")).toHaveLength(2);
    await userEvent.click(screen.getByRole("button", { name: "SMITH, Anna" }));
    expect(open).toHaveBeenCalledWith(ANNA);
  });

  it("keeps what was found when it is stopped, and says that it isn't all", async () => {
    const { clinic } = await cohort();
    await userEvent.type(screen.getByLabelText("Active problem"), "diabetes");
    clinic.hold("find_cohort");
    await userEvent.click(screen.getByRole("button", { name: /^Find/ }));
    await userEvent.click(await screen.findByRole("button", { name: "Stop" }));
    clinic.release("find_cohort");
    expect(screen.queryByText(/of 40/)).toBeNull();
    expect(screen.queryByRole("button", { name: "Stop" })).toBeNull();
  });
});
