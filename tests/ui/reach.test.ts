import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { World } from "./world";

describe("for eyes and hands of every kind", () => {
  let world: World;
  beforeAll(async () => void (world = await World.open()));
  afterAll(() => world.close());

  it("magnified to 400 % nothing needs scrolling sideways", async () => {
    const nurse = await world.window({ viewport: { width: 320, height: 256 } });
    const sideways = () =>
      nurse.page.evaluate(() => {
        const wide = [
          ...document.querySelectorAll<HTMLElement>("body *"),
        ].filter(
          (one) =>
            one.scrollWidth > one.clientWidth + 1 &&
            /auto|scroll/.test(getComputedStyle(one).overflowX),
        );
        return [
          document.documentElement.scrollWidth > 320,
          ...wide.map((one) => one.className),
        ];
      });
    expect(await sideways()).toEqual([false]);
    await nurse.signsIn("kim");
    expect(await sideways()).toEqual([false]);
    await nurse.searches("Smith");
    expect(await sideways()).toEqual([false]);
    await nurse.opens("MRN-4F20A1");
    expect(await sideways()).toEqual([false]);
    await nurse.press("5");
    expect(await sideways()).toEqual([false]);
  });

  it("high contrast and forced colours have no barrier", async () => {
    for (const options of [
      { contrast: "more" },
      { forcedColors: "active" },
    ] as const) {
      const doctor = await world.window(options);
      await doctor.signsIn("osei");
      expect(await doctor.barriers()).toEqual([]);
      await doctor.opens("MRN-4F20A1");
      expect(await doctor.barriers()).toEqual([]);
    }
  });

  it("twenty-five patients fit a full-HD screen", async () => {
    const clerk = await world.window({
      viewport: { width: 1920, height: 1080 },
    });
    await clerk.signsIn("lopez");
    await clerk.searches("Smith");
    const seen = await clerk.page.getByRole("listbox").evaluate((list) => {
      const frame = list.getBoundingClientRect();
      return [...list.children].filter(
        (row) => row.getBoundingClientRect().bottom <= frame.bottom,
      ).length;
    });
    expect(seen).toBeGreaterThanOrEqual(25);
    const over = await clerk.page.evaluate(
      () => document.documentElement.scrollHeight - window.innerHeight,
    );
    expect(over, "the window itself never scrolls").toBe(0);
  });

  it("Tab goes round inside a dialog and comes back to where it was opened", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.page.getByRole("button", { name: /Keys/ }).focus();
    await doctor.press("Enter");
    await doctor.page.getByRole("dialog").waitFor();
    for (let n = 0; n < 8; n++) {
      await doctor.press("Tab");
      expect(
        await doctor.page.evaluate(
          () => document.activeElement?.closest("[role=dialog]") !== null,
        ),
      ).toBe(true);
    }
    await doctor.press("Escape");
    expect(
      await doctor.page.evaluate(() => document.activeElement?.textContent),
    ).toContain("Keys");
  });

  it("colours and row height follow the setting at once", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.page.getByRole("button", { name: /Keys/ }).click();
    await doctor.page.getByLabel("Colours").selectOption("dark");
    await doctor.page.getByLabel("Rows").selectOption("compact");
    expect(
      await doctor.page.evaluate(
        () => getComputedStyle(document.body).colorScheme,
      ),
    ).toBe("dark");
    expect(
      await doctor.page.evaluate(
        () => document.documentElement.dataset.density,
      ),
    ).toBe("compact");
    expect(await doctor.barriers()).toEqual([]);
  });
});
