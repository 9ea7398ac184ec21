import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PASSWORD, World } from "./world";

const OWN = "seven kettles on a shelf";

describe("a newcomer and her colleague", () => {
  let world: World;
  beforeAll(async () => void (world = await World.open()));
  afterAll(() => world.close());

  it("she chooses a password, reads out a code, and the screen opens once a nurse has typed it", async () => {
    const seat = await world.window();
    const { page } = seat;
    await seat.type("diaz");
    await seat.press("Tab");
    await seat.type(PASSWORD);
    await seat.press("Enter");
    await page
      .getByRole("heading", { name: "Choose your own password" })
      .waitFor();
    expect(await seat.barriers()).toEqual([]);
    await seat.type(PASSWORD);
    await seat.press("Tab");
    await seat.type(OWN);
    await seat.press("Tab");
    await seat.type(OWN);
    await seat.press("Enter");
    const code = await page.getByText("204 816").textContent();
    expect(await seat.barriers()).toEqual([]);

    await seat.press("F9");
    await seat.signsIn("kim");
    await page.getByRole("combobox").waitFor();
    await seat.press("Escape", "Tab", "Tab", "g", "c");
    await page.getByRole("heading", { name: "Access to confirm" }).waitFor();
    await page.getByLabel("Code that N. Diaz reads out").fill(code ?? "");
    expect(await seat.barriers()).toEqual([]);
    await seat.press("Enter");
    await page.getByText("N. Diaz has access now.").waitFor();

    await seat.press("F9");
    await seat.type("diaz");
    await seat.press("Tab");
    await seat.type(OWN);
    await seat.press("Enter");
    await page.getByRole("combobox").waitFor();
    expect(await page.getByText("204 816").count()).toBe(0);
    expect(seat.complaints).toEqual([]);
  });

  it("the seat menu changes a password by keyboard alone", async () => {
    const seat = await world.window();
    const { page } = seat;
    await seat.signsIn("lopez");
    await page.getByRole("button", { name: /M\. Lopez.*: your seat/ }).focus();
    await seat.press("Enter");
    await page.getByRole("button", { name: "Change password" }).focus();
    await seat.press("Enter");
    for (const typed of [PASSWORD, OWN, OWN]) {
      await seat.type(typed);
      await seat.press("Tab");
    }
    await seat.press("Enter");
    await page
      .getByText("Your password is changed.", { exact: false })
      .waitFor();
    expect(await seat.barriers()).toEqual([]);
    expect(seat.complaints).toEqual([]);
  });
});
