import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { World } from "./world";

const ANNA = "00000000-0000-4000-8000-000000000001";

describe("at a patient's chart", () => {
  let world: World;
  beforeAll(async () => void (world = await World.open()));
  afterAll(() => world.close());

  it("a doctor adds a problem by keyboard and sees it on the list", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.opens("MRN-4F20A1");
    await doctor.press("+");
    const dialog = doctor.page.getByRole("dialog", { name: "Add a problem" });
    expect(await dialog.getByText("SMITH").isVisible()).toBe(true);
    await doctor.type("Migraine without aura");
    await doctor.press("Tab");
    await doctor.type("G43.009");
    await doctor.press("Control+Enter");
    await dialog.waitFor({ state: "detached" });
    await doctor.page
      .getByRole("button", { name: /Edit Migraine without aura/ })
      .waitFor();
    expect(doctor.complaints).toEqual([]);
  });

  it("a doctor looks through the open notes, and Escape shows them all again", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.opens("MRN-4F20A1");
    await doctor.page.getByRole("tab", { name: /Notes/ }).click();
    const notes = await doctor.page.getByRole("article").count();
    const field = doctor.page.getByLabel("Find in these notes");
    await field.fill("zzzz");
    await doctor.page
      .getByText("Nothing here holds all of these words")
      .waitFor();
    expect(await doctor.page.getByRole("article").count()).toBe(0);
    await field.press("Escape");
    expect(await doctor.page.getByRole("article").count()).toBe(notes);
    expect(doctor.complaints).toEqual([]);
  });

  it("an empty problem and an impossible date are said beside their fields, and what was typed stays", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.opens("MRN-4F20A1");
    await doctor.press("+");
    await doctor.page.getByLabel("Since").fill("2024-02-30");
    await doctor.press("Control+Enter");
    await doctor.page.getByText("2 fields need attention").waitFor();
    expect(
      await doctor.page.getByText("This date doesn't exist").isVisible(),
    ).toBe(true);
    expect(await doctor.page.getByLabel("Since").inputValue()).toBe(
      "2024-02-30",
    );
    await doctor.press("Escape");
    await doctor.page
      .getByRole("alertdialog", { name: "Discard what you typed?" })
      .waitFor();
    await doctor.press("Escape");
    expect(await doctor.page.getByLabel("Since").inputValue()).toBe(
      "2024-02-30",
    );
  });

  it("a colleague's newer revision is shown beside one's own, and nothing is overwritten unasked", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.opens("MRN-4F20A1");
    await doctor.press("e");
    await doctor.page.getByRole("dialog", { name: "Edit problem" }).waitFor();
    await doctor.clinic("editElsewhere", ANNA, {
      clinical_status: "remission",
    });
    await doctor.page
      .getByRole("textbox", { name: "Note" })
      .fill("Typed at the same time.");
    await doctor.press("Control+Enter");
    await doctor.page.getByText("Dr. M. Adeyemi saved this problem").waitFor();
    expect(
      await doctor.page
        .getByRole("region", { name: "Stored now" })
        .getByText("remission")
        .isVisible(),
    ).toBe(true);
    expect(
      await doctor.page.getByRole("textbox", { name: "Note" }).inputValue(),
    ).toBe("Typed at the same time.");
    expect(await doctor.barriers()).toEqual([]);
    await doctor.page.getByRole("button", { name: "Take over Status" }).click();
    await doctor.press("Control+Enter");
    await doctor.page.getByRole("dialog").waitFor({ state: "detached" });
    await doctor.press("2");
    await doctor.page.getByText("Typed at the same time.").waitFor();
    expect(await doctor.page.getByText("remission").isVisible()).toBe(true);
  });

  it("a receptionist sees no clinical section, and no allergy in the banner", async () => {
    const clerk = await world.window();
    await clerk.signsIn("lopez");
    await clerk.opens("MRN-4F20A1");
    const tabs = await clerk.page.getByRole("tab").allTextContents();
    expect(tabs.map((tab) => tab.trim())).toEqual([
      "Contact and coverage",
      "Visits 1",
      "Documents 0",
    ]);
    expect(await clerk.everything()).not.toMatch(
      /Penicillin|diabetes|Metformin|Allerg/i,
    );
    await clerk.press("+", "e");
    expect(await clerk.page.getByRole("dialog").count()).toBe(0);
  });

  it("a receptionist enters a first social security number and can't read it back", async () => {
    const clerk = await world.window();
    await clerk.signsIn("lopez");
    await clerk.opens("MRN-91B7C2");
    await clerk.page
      .getByRole("button", { name: "Enter", exact: true })
      .click();
    await clerk.type("740-12-4320");
    await clerk.press("Control+Enter");
    await clerk.page.getByText("Saved. It is on file now.").waitFor();
    expect(
      await clerk.page.getByRole("button", { name: /Replace|Enter/ }).count(),
    ).toBe(0);
    expect(await clerk.everything()).not.toMatch(/4320|740-?12/);
  });

  it("a doctor reveals the number for a reason, and it hides itself", async () => {
    const doctor = await world.window();
    await doctor.page.clock.install();
    await doctor.signsIn("osei");
    await doctor.opens("MRN-4F20A1");
    await doctor.press("End");
    await doctor.page.getByRole("button", { name: "Reveal" }).click();
    await doctor.page.getByLabel("Reason").selectOption("Confirming identity");
    await doctor.press("Control+Enter");
    await doctor.page.getByText("740-12-0001").waitFor();
    await doctor.page.clock.runFor(31_000);
    expect(await doctor.everything()).not.toContain("740-12-0001");
    expect(await doctor.page.getByText("•••-••-0001").isVisible()).toBe(true);
  });

  it("a doctor labels a diagnosis by keyboard and lifts the label; a nurse has no such button", async () => {
    const doctor = await world.window();
    await doctor.signsIn("osei");
    await doctor.opens("MRN-4F20A1");
    await doctor.press("2");
    const button = doctor.page.getByRole("button", { name: "Label" }).first();
    const mark = doctor.page.getByText("Sensitive: substance use");
    for (const [kind, reason] of [
      ["Substance use", "Asked me not to tell"],
      [/^Not sensitive/, "Changed her mind"],
    ] as const) {
      await button.focus();
      await doctor.press("Enter");
      const dialog = doctor.page.getByRole("dialog", { name: /Who sees it/ });
      const choice = dialog.getByLabel(/Sensitive because of/);
      const option = choice.getByText(kind);
      await choice.selectOption((await option.getAttribute("value")) ?? "");
      await doctor.press("Tab");
      await doctor.type(reason);
      await doctor.press("Control+Enter");
      await dialog.waitFor({ state: "detached" });
      await mark
        .first()
        .waitFor({ state: kind === "Substance use" ? "visible" : "detached" });
    }
    expect(doctor.complaints).toEqual([]);
    const nurse = await world.window();
    await nurse.signsIn("kim");
    await nurse.opens("MRN-4F20A1");
    await nurse.press("2");
    await nurse.page.getByText("Type 2 diabetes mellitus").first().waitFor();
    expect(
      await nurse.page.getByRole("button", { name: "Label" }).count(),
    ).toBe(0);
  });

  it("a chart of another team's patient stays closed and says what opens it", async () => {
    const nurse = await world.window();
    await nurse.signsIn("kim");
    await nurse.searches("Moreau");
    await nurse.press("Enter");
    await nurse.page
      .getByText("You aren't on this patient's care team")
      .waitFor();
    await nurse.press("Escape");
    expect(await nurse.page.getByRole("combobox").inputValue()).toBe("Moreau");
  });

  it("a plot is read value by value with the arrow keys", async () => {
    const nurse = await world.window();
    await nurse.signsIn("kim");
    await nurse.opens("MRN-4F20A1");
    await nurse.press("5");
    const plot = nurse.page.getByRole("slider", { name: /Hemoglobin A1c/ });
    await plot.focus();
    expect(await plot.getAttribute("aria-valuetext")).toMatch(
      /^8\.1 %, high, Nov 13, 2026$/,
    );
    await nurse.press("ArrowLeft");
    expect(await plot.getAttribute("aria-valuenow")).toBe("13");
  });
});
