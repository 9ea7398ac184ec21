import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { PASSWORD } from "../../api/fake/roles";
import { world } from "../../test-world";
import Chart from "../chart/Chart.svelte";

describe("a chart of somebody else's patient", () => {
  it("opens in an emergency with a reason and the password, and says until when", async () => {
    const { session, keyboard, clinic } = await world("kim");
    const { rows } = await session.call("search_patients", { query: "moreau", offset: 0, limit: 1 });
    const patient = rows[0]?.patient ?? "";
    render(Chart, { session, keyboard, patient, similar: false, found: rows[0], back: vi.fn() });
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: "Open the chart" }));
    expect(screen.getByText("Choose why.")).toBeTruthy();
    expect(screen.getByText(/^MOREAU/), "whose chart it would be").toBeTruthy();
    expect(clinic.calls).not.toContain("break_glass");
    await user.click(screen.getByRole("radio", { name: "Acutely ill or injured" }));
    await user.type(screen.getByLabelText("Your password once more"), "not hers{Enter}");
    expect(await screen.findByText("This isn't your password.")).toBeTruthy();
    await user.type(screen.getByLabelText("Your password once more"), `${PASSWORD}{Enter}`);
    expect(await screen.findByText(/Emergency access until/)).toBeTruthy();
    expect(await screen.findByRole("tablist")).toBeTruthy();
  });
});
