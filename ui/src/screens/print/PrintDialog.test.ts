import { render, screen, waitFor } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { tick } from "svelte";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ANNA, world } from "../../test-world";
import { documentsFor, paperOf } from "./choices.svelte";
import PrintDialog from "./PrintDialog.svelte";

const printed = vi.fn();
beforeEach(() => {
  printed.mockReset();
  window.print = printed;
});
afterEach(() => document.querySelectorAll(".sheets").forEach((node) => node.remove()));

async function open(username: "osei" | "lopez", patient: string | null = ANNA) {
  const there = await world(username);
  const role = username === "osei" ? "doctor" : "front_desk";
  const close = vi.fn();
  const { session, keyboard } = there;
  render(PrintDialog, { session, keyboard, role, patient, close });
  addEventListener("keydown", (event) => keyboard.handle(event));
  return { ...there, close, person: userEvent.setup() };
}

const forCare = () => screen.getByRole("radio", { name: "Care of the patient" });
const page = () => screen.findByRole("group", { name: "Page 1 of 1" });

describe("printing", () => {
  it("asks what it is for before anything of the patient is shown", async () => {
    const { clinic } = await open("osei");
    expect(document.activeElement).toBe(forCare());
    expect(screen.getByRole("status").textContent).toContain("Choose what it is for");
    expect(screen.getByRole<HTMLButtonElement>("button", { name: /Print…/ }).disabled).toBe(true);
    expect(clinic.calls).not.toContain("preview_print");
  });

  it("goes by keyboard from the purpose to the system's dialog", async () => {
    const { person, clinic, session } = await open("osei");
    const asked = vi.spyOn(session, "call");
    await person.keyboard(" ");
    expect((await page()).textContent).toContain("Preview, not printed");
    await person.keyboard("{Control>}p{/Control}");
    await waitFor(() => expect(printed).toHaveBeenCalledOnce());
    expect(clinic.calls.filter((call) => /print/.test(call))).toEqual(["preview_print", "print"]);
    expect(asked).toHaveBeenLastCalledWith(
      "print",
      expect.objectContaining({ document: "visit_summary", patient: ANNA, purpose: "treatment" }),
    );
    expect(document.querySelector(".sheets")?.textContent).toContain("Printed 22 Nov 2026");
    dispatchEvent(new Event("afterprint"));
    await tick();
    expect(document.querySelector(".sheets")).toBeNull();
  });

  it("prints the summary of the visit that is chosen", async () => {
    const { person, session } = await open("osei");
    const asked = vi.spyOn(session, "call");
    await person.click(forCare());
    await page();
    const visits = screen.getByLabelText("Which visit");
    await person.selectOptions(visits, await screen.findByRole("option", { name: /Annual visit/ }));
    await waitFor(async () => expect((await page()).textContent).toContain("Visit of 2026-05-04"));
    expect(asked).toHaveBeenLastCalledWith(
      "preview_print",
      expect.objectContaining({ visit: "13000000-0000-4000-9000-000000000001" }),
    );
    await person.selectOptions(screen.getByLabelText("What"), "Medication list");
    await waitFor(() => expect(screen.queryByLabelText("Which visit")).toBeNull());
  });

  it("opens no dialog when the core refuses", async () => {
    const { person, clinic } = await open("osei");
    await person.click(forCare());
    await page();
    clinic.fail("print", "audit_unwritable");
    await person.click(screen.getByRole("button", { name: /Print…/ }));
    expect(await screen.findByRole("alert")).toBeTruthy();
    expect(printed).not.toHaveBeenCalled();
    expect(document.querySelector(".sheets")).toBeNull();
  });

  it("saves where the person says, or says that nothing was saved", async () => {
    const { person, clinic } = await open("osei");
    await person.click(forCare());
    await page();
    await person.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(screen.getByRole("status").textContent).toContain("Saved: 1 page."));
    clinic.fail("save_print", "cancelled");
    await person.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(screen.getByRole("status").textContent).toBe("Nothing was saved."));
  });

  it("offers the front desk nothing clinical and shows it no clinical word", async () => {
    const { person } = await open("lopez");
    const options = screen.getAllByRole("option").map((option) => option.textContent);
    expect(options.slice(0, 3)).toEqual(["Patient's copy", "Label", "Wristband"]);
    expect(document.body.textContent).not.toContain("Medication list");
    await person.click(forCare());
    expect((await page()).textContent).not.toMatch(/mg/);
  });

  it("prints today's list where no chart is open", async () => {
    const { person } = await open("lopez", null);
    await person.click(screen.getByRole("radio", { name: "The clinic's own work" }));
    const shown = (await page()).textContent;
    expect(shown).toContain("SMITH, Anna");
    expect(shown).toContain("…0114");
  });

  it("says when a saved file would lack letters", async () => {
    const { person, session } = await open("osei");
    const view = { title: "Label", pages: [], missing: 2, damaged: 1, visits: [] };
    vi.spyOn(session, "call").mockResolvedValue(view as never);
    await person.click(forCare());
    expect(await screen.findByText(/2 letters of this print-out/)).toBeTruthy();
    expect(screen.getByText(/1 entry failed the integrity check/)).toBeTruthy();
  });
});

const TERMS = { purpose: "any", from: "2026-11-20", why: "agreed", way: "paper_signed" } as const;
const recipient = () => screen.getByRole<HTMLSelectElement>("combobox", { name: "Who gets it" });

describe("who gets it", () => {
  it("is the patient unless somebody says otherwise, and the order says so", async () => {
    const { person, session } = await open("osei");
    const asked = vi.spyOn(session, "call");
    expect(recipient().value).toBe("patient");
    await person.click(forCare());
    await page();
    expect(asked).toHaveBeenLastCalledWith("preview_print", expect.objectContaining({ for_whom: "patient" }));
    await person.selectOptions(screen.getByLabelText("What"), "Referral letter");
    expect(recipient().value).toBe("another_clinician");
    await person.selectOptions(screen.getByLabelText("What"), "Wristband");
    expect(screen.queryByRole("combobox", { name: "Who gets it" })).toBeNull();
    await waitFor(() =>
      expect(asked).toHaveBeenLastCalledWith(
        "preview_print",
        expect.objectContaining({ document: "wristband", for_whom: "clinic" }),
      ),
    );
  });

  it("says in plain words what the patient has restricted, before anything is made", async () => {
    const { person, session } = await open("lopez");
    const terms = {
      ...TERMS,
      kind: "restriction",
      to: "health_plan",
      part: "visits",
      why: "paid_in_full",
    } as const;
    await session.call("note_directive", { patient: ANNA, terms } as never);
    await person.selectOptions(recipient(), "health_plan");
    await person.click(screen.getByRole("radio", { name: "A payer asks for it" }));
    const told = (await screen.findByRole("alert")).textContent;
    expect(told).toContain("Don't disclose visits to a health plan: paid in full by the patient.");
    expect(told).toContain("Who may be told");
    expect(screen.queryByRole("group", { name: /^Page/ })).toBeNull();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: /Print…/ }).disabled).toBe(true);
    expect(screen.queryByText("Emergency treatment elsewhere")).toBeNull();
    await person.selectOptions(recipient(), "patient");
    expect(await page()).toBeTruthy();
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("asks for the patient's authorization where there is none", async () => {
    const { person } = await open("osei");
    await person.selectOptions(recipient(), "employer");
    await person.click(forCare());
    expect((await screen.findByRole("alert")).textContent).toContain("takes the patient's authorization");
  });

  it("lets a doctor pass a restriction for emergency treatment, by the keyboard, for this paper alone", async () => {
    const { person, session } = await open("osei");
    const terms = { ...TERMS, kind: "restriction", to: "anyone", part: "whole_record" } as const;
    await session.call("note_directive", { patient: ANNA, terms } as never);
    const asked = vi.spyOn(session, "call");
    await person.selectOptions(recipient(), "another_clinician");
    await person.click(forCare());
    const button = await screen.findByRole<HTMLButtonElement>("button", { name: /emergency treatment/ });
    expect(button.disabled).toBe(true);
    await person.selectOptions(screen.getByLabelText("Why it can't wait"), "cannot_be_asked");
    button.focus();
    await person.keyboard("{Enter}");
    expect(await page()).toBeTruthy();
    expect(asked).toHaveBeenLastCalledWith(
      "preview_print",
      expect.objectContaining({ for_whom: "another_clinician", emergency: "cannot_be_asked" }),
    );
    expect(screen.getByText(/past a restriction/)).toBeTruthy();
    // Another paper is another decision.
    await person.selectOptions(screen.getByLabelText("What"), "Medication list");
    expect(await screen.findByRole("alert")).toBeTruthy();
    expect(asked.mock.lastCall?.[1]).not.toHaveProperty("emergency");
  });
});

describe("the choices", () => {
  it("follow role and place", () => {
    expect(documentsFor("nurse", true)).toContain("medication_list");
    expect(documentsFor("front_desk", true)).not.toContain("visit_summary");
    expect(documentsFor("doctor", false)).toEqual(["todays_list"]);
  });

  it("begin with the paper of the country", () => {
    expect([paperOf("en-US"), paperOf("de-DE"), paperOf("en")]).toEqual(["letter", "a4", "a4"]);
  });
});
