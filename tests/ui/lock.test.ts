import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PASSWORD, World } from "./world";

const PATIENT_WORDS =
  /SMITH|Smith|Anna|diabetes|Penicillin|Metformin|MRN-|1968/;

describe("when nobody looks", () => {
  let world: World;
  beforeAll(async () => void (world = await World.open()));
  afterAll(() => world.close());

  it("a doctor locks by hand, unlocks, and finds the problem that was added before", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.opens("MRN-4F20A1");
    await doctor.press("+");
    await doctor.type("Tension headache");
    await doctor.press("Control+Enter");
    await doctor.page
      .getByRole("button", { name: /Tension headache/ })
      .waitFor();
    await doctor.press("Control+l");
    await doctor.page.getByText("Locked by hand").waitFor();
    expect(await doctor.everything()).not.toMatch(PATIENT_WORDS);
    expect(await doctor.everything()).not.toContain("Osei");
    await doctor.type(PASSWORD);
    await doctor.press("Enter");
    await doctor.opens("MRN-4F20A1");
    await doctor.page
      .getByRole("button", { name: /Tension headache/ })
      .waitFor();
    expect(doctor.complaints).toEqual([]);
  });

  it("details blur, a warning counts down, and any key keeps the seat", async () => {
    const nurse = await world.window();
    await nurse.signsIn("kim");
    await nurse.opens("MRN-4F20A1");
    await nurse.clinic("advance", 181_000);
    await nurse.page.getByText("Details are hidden").waitFor();
    await nurse.clinic("advance", 95_000);
    await nurse.page
      .getByText(/Locks in 2\d seconds/)
      .first()
      .waitFor();
    await nurse.press("e");
    await nurse.page
      .getByText("Details are hidden")
      .waitFor({ state: "detached" });
    expect(await nurse.page.getByText(/Locks in/).count()).toBe(0);
    await nurse.clinic("advance", 170_000);
    expect(
      await nurse.page.getByRole("region", { name: "Patient" }).isVisible(),
    ).toBe(true);
  });

  it("a real move of the mouse keeps the seat, a resting one doesn't", async () => {
    const nurse = await world.window();
    await nurse.signsIn("kim");
    await nurse.page.mouse.move(300, 300);
    await nurse.page.mouse.move(310, 300);
    await nurse.clinic("advance", 190_000);
    await nurse.page.getByText("Details are hidden").waitFor();
    await nurse.page.mouse.move(310, 300);
    expect(await nurse.page.getByText("Details are hidden").isVisible()).toBe(
      true,
    );
    await nurse.page.mouse.move(330, 300);
    await nurse.page
      .getByText("Details are hidden")
      .waitFor({ state: "detached" });
  });

  it("F9 asks before typed text is thrown away", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.opens("MRN-4F20A1");
    await doctor.press("+");
    await doctor.type("Gout");
    await doctor.press("F9");
    await doctor.page
      .getByRole("alertdialog", { name: "Discard what you typed?" })
      .waitFor();
    await doctor.press("Enter");
    expect(
      await doctor.page.getByRole("textbox", { name: /^Problem/ }).inputValue(),
    ).toBe("Gout");
  });

  it("the idle lock drops everything, even with a dialog open, and says why", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.opens("MRN-4F20A1");
    await doctor.press("+");
    await doctor.type("half a sentence about Smith");
    await doctor.clinic("advance", 280_000);
    await doctor.page.getByText("What you typed is kept").waitFor();
    await doctor.clinic("advance", 21_000);
    await doctor.page.getByText("Locked after 5 min without input").waitFor();
    expect(await doctor.everything()).not.toMatch(PATIENT_WORDS);
    expect(await doctor.everything()).not.toContain("half a sentence");
    expect(
      await doctor.page.getByText("R.O.", { exact: true }).isVisible(),
    ).toBe(true);
  });

  it("a lock by the system shows at once", async () => {
    const clerk = await world.window();
    await clerk.signsIn("lopez");
    await clerk.clinic("lock", "system");
    await clerk.page.getByText("put to sleep or switched").waitFor();
  });

  it("F9 on the lock screen lets someone else sign in", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.press("Control+l");
    await doctor.page.getByRole("heading", { name: "Locked" }).waitFor();
    await doctor.press("F9");
    await doctor.signsIn("kim");
    await doctor.page.getByText("N. Kim ·").waitFor();
  });

  it("Ctrl+Shift+H hides the screen at once and the next key only shows it again", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.opens("MRN-4F20A1");
    await doctor.press("Control+Shift+H");
    await doctor.page.getByText("Press any key or click").waitFor();
    expect(
      await doctor.page.getByRole("region", { name: "Patient" }).isVisible(),
    ).toBe(false);
    await doctor.press("+");
    expect(
      await doctor.page.getByRole("region", { name: "Patient" }).isVisible(),
    ).toBe(true);
    expect(await doctor.page.getByRole("dialog").count()).toBe(0);
  });

  it("after many wrong passwords one has to wait, and the wait counts down", async () => {
    const doctor = await world.window();
    await doctor.page.clock.install();
    await doctor.type("osei");
    await doctor.press("Tab");
    for (let tries = 0; tries < 6; tries++) {
      await doctor.type("wrong");
      await doctor.press("Enter");
    }
    await doctor.page.getByText("try again in 8 seconds").first().waitFor();
    expect(
      await doctor.page.getByRole("button", { name: "Sign in" }).isDisabled(),
    ).toBe(true);
    await doctor.page.clock.runFor(8_000);
    expect(
      await doctor.page.getByRole("button", { name: "Sign in" }).isDisabled(),
    ).toBe(false);
  });
});

describe("when something fails", () => {
  let world: World;
  beforeAll(async () => void (world = await World.open()));
  afterAll(() => world.close());

  it("a full disk loses nothing that was typed", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.opens("MRN-4F20A1");
    await doctor.clinic("fail", "add_problem", "disk_full");
    await doctor.press("+");
    await doctor.type("Migraine");
    await doctor.press("Control+Enter");
    await doctor.page.getByText("The disk is full").waitFor();
    expect(
      await doctor.page.getByRole("dialog").getByLabel("Problem").inputValue(),
    ).toBe("Migraine");
    await doctor.press("Control+Enter");
    await doctor.page.getByRole("dialog").waitFor({ state: "detached" });
  });

  it("an audit log that can't be written keeps the chart closed and says so", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.clinic("fail", "open_chart", "audit_unwritable");
    await doctor.searches("MRN-4F20A1");
    await doctor.press("Enter");
    await doctor.page.getByText("The audit log can't be written").waitFor();
    await doctor.page.getByRole("button", { name: "Try again" }).click();
    await doctor.page.getByRole("region", { name: "Patient" }).waitFor();
  });

  it("a slow answer to an older query never replaces a newer one", async () => {
    const clerk = await world.window();
    await clerk.signsIn("lopez");
    await clerk.clinic("hold", "search_patients");
    await clerk.page.getByRole("combobox").fill("Baker");
    await clerk.page.waitForTimeout(300);
    await clerk.page.getByRole("combobox").fill("Kowalski");
    await clerk.page.waitForTimeout(300);
    await clerk.clinic("release", "search_patients");
    await clerk.page.getByRole("option").first().waitFor();
    expect(
      await clerk.page.getByRole("option").first().textContent(),
    ).toContain("KOWALSKI");
  });

  it("a scanned record number opens that patient wherever one is", async () => {
    const clerk = await world.window();
    await clerk.signsIn("lopez");
    await clerk.opens("MRN-0C3311");
    await clerk.page.evaluate(() => {
      const press = (key: string) =>
        document.body.dispatchEvent(
          new KeyboardEvent("keydown", { key, bubbles: true }),
        );
      [..."MRN-4F20A1", "Enter"].forEach(press);
    });
    await clerk.page.getByRole("heading", { name: /SMITH, Anna/ }).waitFor();
  });
});
