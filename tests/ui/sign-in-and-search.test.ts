import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { World } from "./world";

describe("at the start of a shift", () => {
  let world: World;
  beforeAll(async () => void (world = await World.open()));
  afterAll(() => world.close());

  it("a doctor signs in and finds Smith without touching the mouse", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.searches("Smith");
    expect(await doctor.page.getByRole("option").count()).toBe(65);
    expect(await doctor.page.getByText("65 of 65").isVisible()).toBe(true);
    await doctor.press("ArrowDown", "ArrowDown");
    expect(
      await doctor.page.getByRole("option", { selected: true }).textContent(),
    ).toContain("SMITH");
    expect(doctor.complaints).toEqual([]);
  });

  it("a wrong password is said beside the field and the name stays", async () => {
    const doctor = await world.window();
    await doctor.type("osei");
    await doctor.press("Tab");
    await doctor.type("not it");
    await doctor.press("Enter");
    const field = doctor.page.getByLabel("Password");
    await doctor.page.getByText("Check Caps Lock").first().waitFor();
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await doctor.page.getByLabel("User name").inputValue()).toBe("osei");
  });

  it("names of one letter, with accents, in Chinese, and 10,000 characters all get an answer", async () => {
    const clerk = await world.window();
    await clerk.signsIn("lopez");
    for (const name of [
      "García, José",
      "garcia, jose",
      "李",
      "Ng, O",
      "Nguyễn",
      "nguyen",
      "O'Brien-Smith",
    ]) {
      await clerk.searches(name);
      expect(
        await clerk.page.getByRole("option").count(),
        name,
      ).toBeGreaterThan(0);
    }
    await clerk.press("/");
    await clerk.page.getByRole("combobox").fill("x".repeat(10_000));
    await clerk.page.getByText("No patient fits").waitFor();
    expect(clerk.complaints).toEqual([]);
  });
});
