import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { world } from "../../test-world";
import Overrides from "./Overrides.svelte";

describe("the report of overruled warnings", () => {
  it("counts signed and withheld orders of each rule with the reasons, most often first", async () => {
    const { session } = await world("osei");
    render(Overrides, { session });
    expect(screen.queryByRole("table")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Count" }));
    const row = (await screen.findByText("warfarin-nsaids")).closest("tr");
    expect([...(row?.querySelectorAll("td") ?? [])].map((cell) => cell.textContent)).toEqual([
      "warfarin-nsaids",
      "3",
      "1",
      "75 %",
      "It is monitored (2), The benefit outweighs the risk (1)",
    ]);
  });

  it("says why it couldn't count, and tries again", async () => {
    const { session, clinic } = await world("osei");
    render(Overrides, { session });
    clinic.fail("report_interaction_answers", "store_unreachable");
    await userEvent.click(screen.getByRole("button", { name: "Count" }));
    await userEvent.click(await screen.findByRole("button", { name: "Try again" }));
    expect(await screen.findByText("warfarin-nsaids")).toBeTruthy();
  });
});
