import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { Keyboard } from "../../keyboard";
import { ANNA, world, type World } from "../../test-world";
import Chart from "./Chart.svelte";

/** Nguyễn Thị Minh Khai, whose chart was imported. */
const LONG = "00000000-0000-4000-8000-000000000010";

async function openAs(username: "osei" | "kim" | "lopez", before: (there: World) => void = () => undefined) {
  const there = await world(username);
  before(there);
  const back = vi.fn();
  render(Chart, { session: there.session, keyboard: there.keyboard, patient: ANNA, similar: true, back });
  return { ...there, back };
}

const tabs = () => screen.getAllByRole("tab").map((tab) => tab.textContent?.replace(/[\s\d]+/g, " ").trim());

describe("a chart", () => {
  it("shows a doctor everything, headed by the banner", async () => {
    await openAs("osei");
    await screen.findByRole("tablist");
    expect(tabs()).toEqual([
      "Overview",
      "Problems",
      "Medications",
      "Allergies",
      "Results",
      "Notes",
      "Visits",
      "Other",
      "Tasks",
      "Timeline",
      "Documents",
      "Contact and coverage",
    ]);
    const banner = screen.getByRole("region", { name: "Patient" });
    expect(banner.textContent).toMatch(/SMITH, Anna/);
    expect(banner.textContent).toContain("Severe · Penicillin: anaphylaxis");
    expect(banner.textContent).toContain("Similar name");
  });

  it("says in the banner that the patient has restricted who may be told", async () => {
    const { session } = await openAs("osei");
    const banner = await screen.findByRole("region", { name: "Patient" });
    expect(banner.textContent).not.toContain("Restriction on file");
    document.body.innerHTML = "";
    const terms = { kind: "restriction", to: "family", purpose: "any", part: "visits", from: "2026-11-20" };
    const how = { why: "agreed", way: "in_person" };
    await session.call("note_directive", { patient: ANNA, terms: { ...terms, ...how } } as never);
    render(Chart, { session, keyboard: new Keyboard(), patient: ANNA, similar: false, back: vi.fn() });
    expect((await screen.findByRole("region", { name: "Patient" })).textContent).toContain(
      "Restriction on file",
    );
  });

  it("gives a nurse the problems to read and no way to change them", async () => {
    await openAs("kim");
    await screen.findByRole("tablist");
    expect(screen.getByText("Essential hypertension")).toBeTruthy();
    expect(screen.queryByRole("button", { name: /Add|Edit/ })).toBeNull();
  });

  it("shows the front desk contact, coverage and visits, and no trace of allergies", async () => {
    await openAs("lopez");
    await screen.findByRole("tablist");
    expect(tabs()).toEqual(["Contact and coverage", "Visits", "Documents"]);
    expect(document.body.textContent).not.toMatch(/llerg|Penicillin|diabetes/);
    const number = screen.getByRole("region", { name: "Social security number" });
    expect(number.textContent).toContain("On file.");
    expect(within(number).queryByRole("button", { name: "Reveal" })).toBeNull();
  });

  it("takes the core's refusal to the field it names", async () => {
    const { clinic, keyboard } = await openAs("osei");
    await screen.findByRole("tablist");
    clinic.fail("add_problem", "invalid", { field: "problems.onset", why: "in_future" });
    keyboard.handle(new KeyboardEvent("keydown", { key: "+" }));
    const person = userEvent.setup();
    await person.type(await screen.findByRole("textbox", { name: /^Problem/ }), "Gout");
    await person.click(screen.getByRole("button", { name: /Save/ }));
    expect(await screen.findByText("This date lies in the future.")).toBeTruthy();
    expect(document.activeElement).toBe(screen.getByLabelText("Since"));
  });

  it("copes with a long imported history: one code in two units, one value without a date", async () => {
    const there = await world("osei");
    const { session, keyboard } = there;
    render(Chart, { session, keyboard, patient: LONG, similar: false, back: vi.fn() });
    await screen.findByRole("tablist");
    await userEvent.setup().click(screen.getByRole("tab", { name: /Results/ }));
    expect(screen.getAllByText("Body weight")).toHaveLength(2);
    expect(screen.getByText("< 0.01")).toBeTruthy();
    expect(screen.getByText("date not recorded")).toBeTruthy();
    expect(document.body.textContent).not.toMatch(/NaN|Invalid/);
  });

  it("shows within three seconds what another workstation changed, and keeps what is being typed", async () => {
    const { clinic, keyboard } = await openAs("osei");
    await screen.findByRole("tablist");
    const person = userEvent.setup();
    keyboard.handle(new KeyboardEvent("keydown", { key: "+" }));
    await person.type(await screen.findByRole("textbox", { name: /^Problem/ }), "Gout");
    clinic.editElsewhere(ANNA, { text: "Hypertension, resistant" });
    expect(await screen.findAllByText(/What you typed stays/, {}, { timeout: 3_000 })).toHaveLength(2);
    expect(document.body.textContent).toContain("Hypertension, resistant");
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: /^Problem/ }).value).toBe("Gout");
  });

  it("says why it stays closed, and goes back", async () => {
    await openAs("kim", ({ clinic }) => clinic.fail("open_chart", "not_on_care_team"));
    expect(await screen.findByText(/care team, so the chart stays closed/)).toBeTruthy();
    expect(screen.getByRole("button", { name: /Back to patients/ })).toBeTruthy();
  });

  it("never shows what came too late for someone who went away", async () => {
    const there = await world("kim");
    there.clinic.hold("open_chart");
    const props = {
      session: there.session,
      keyboard: there.keyboard,
      patient: ANNA,
      similar: false,
      back: vi.fn(),
    };
    const { unmount } = render(Chart, props);
    unmount();
    there.clinic.release("open_chart");
    await new Promise((done) => setTimeout(done));
    expect(document.body.textContent).not.toContain("SMITH");
  });
});
