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

  it("she types a beginning, narrows it letter by letter, and opens the same chart again from her recent ones", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.type("Smi");
    await doctor.page.getByText("65 of 65").waitFor();
    await doctor.type("th, An");
    await doctor.page.getByText("2 of 2").waitFor();
    await doctor.press("Enter");
    await doctor.page.getByRole("heading", { name: /SMITH/ }).waitFor();
    await doctor.press("Escape");
    await doctor.press("/");
    await doctor.press("Escape");
    const recent = doctor.page.getByText("Opened by you since you signed in");
    await recent.waitFor();
    expect(
      await doctor.page.getByRole("option").first().textContent(),
    ).toContain("SMITH");
    expect(doctor.complaints).toEqual([]);
  });

  it("birth years, an age and the end of a phone find patients too", async () => {
    const clerk = await world.window();
    await clerk.signsIn("lopez");
    for (const query of ["1980-1990", "…0114", "1968"]) {
      await clerk.searches(query);
      expect(
        await clerk.page.getByRole("option").count(),
        query,
      ).toBeGreaterThan(0);
    }
    expect(clerk.complaints).toEqual([]);
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
