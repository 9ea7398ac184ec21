import { render, screen } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { ANNA, world } from "../../test-world";
import CarePanel from "./CarePanel.svelte";

it("shows the tier, the alerts and the gaps with what each rests on", async () => {
  const { session } = await world("kim");
  render(CarePanel, { session, patient: ANNA });
  expect(await screen.findByText("Medium risk")).toBeTruthy();
  const items = screen.getAllByRole("listitem").map((one) => one.textContent?.replace(/\s+/g, " ").trim());
  expect(items[0]).toBe("Severe allergy Penicillin · anaphylaxis");
  expect(items[1]).toBe("Diabetes: no HbA1c in 180 days Type 2 diabetes · 2019; never recorded");
});
