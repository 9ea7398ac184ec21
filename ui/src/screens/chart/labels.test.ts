import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { ANNA, world } from "../../test-world";
import Chart from "./Chart.svelte";

async function problems(username: "osei" | "kim", labelled = false) {
  const there = await world(username);
  const { session, keyboard } = there;
  const { handle, problems: list } = await session.call("open_chart", { patient: ANNA });
  if (labelled) {
    session.window = { handle, patient: ANNA };
    const { item = "", rev = 0 } = list?.[0] ?? {};
    const reason = "She asked for it";
    await session.write("set_label", {
      patient: ANNA,
      item,
      rev,
      section: "problems",
      label: "psychiatric",
      reason,
    });
  }
  render(Chart, { session, keyboard, patient: ANNA, similar: false, back: vi.fn() });
  await screen.findByRole("tablist");
  const user = userEvent.setup();
  await user.click(screen.getByRole("tab", { name: /Problems/ }));
  return { ...there, user };
}

const said = (kind: string) => screen.queryByText(`Sensitive: ${kind}`);

describe("a sensitivity label", () => {
  it("stands beside the item in words, and changes with a reason", async () => {
    const { user, clinic } = await problems("osei", true);
    expect(said("psychiatric")).toBeTruthy();
    const before = clinic.calls.filter((call) => call === "set_label").length;
    await user.click(screen.getAllByRole("button", { name: "Label" })[0] as HTMLElement);
    const dialog = within(await screen.findByRole("dialog", { name: /Who sees it/ }));
    expect(dialog.getByLabelText<HTMLSelectElement>(/Sensitive because of/).value).toBe("psychiatric");
    await user.click(dialog.getByRole("button", { name: /Save/ }));
    expect(dialog.getByLabelText(/^Reason/).getAttribute("aria-invalid")).toBe("true");
    expect(clinic.calls.filter((call) => call === "set_label").length).toBe(before);
    await user.type(dialog.getByLabelText(/^Reason/), "Said once more{Enter}");
    await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(clinic.calls.filter((call) => call === "set_label").length).toBe(before + 1);
    expect(said("psychiatric")).toBeTruthy();
  });

  it("is no business of who hasn't the extra right", async () => {
    await problems("kim");
    expect(screen.queryByRole("button", { name: "Label" })).toBeNull();
    expect(screen.queryByText(/Sensitive:/)).toBeNull();
  });
});
