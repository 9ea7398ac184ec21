import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import App from "../../App.svelte";
import { fakeClinic } from "../../api/fake/backend";
import { PASSWORD } from "../../api/fake/roles";
import list from "./clinical-words.txt?raw";

/** The same list as that of the core's payloads and papers. */
const CLINICAL = list.split("\n").filter(Boolean);

/** Everything that can be read or is read out: texts, labels, hints, what stands in fields. */
function shown(): string {
  const said = [...document.querySelectorAll("*")].flatMap((node) =>
    ["aria-label", "title", "placeholder", "alt", "value"].map((name) => node.getAttribute(name) ?? ""),
  );
  return [document.body.textContent ?? "", ...said].join("\n").toLowerCase();
}

async function receptionist() {
  const { backend, controls } = fakeClinic();
  await backend.call("sign_in", { username: "lopez", password: PASSWORD });
  render(App, { backend });
  await screen.findByRole("navigation");
  return { controls, person: userEvent.setup() };
}

const looked: string[] = [];
function noClinicalWordOn(place: string) {
  const words = shown();
  expect(words.length).toBeGreaterThan(200);
  expect([place, CLINICAL.filter((word) => words.includes(word))]).toEqual([place, []]);
  looked.push(place);
}

const press = (name: string | RegExp) => screen.findByRole("button", { name });
const dialog = async () => within(await screen.findByRole("dialog"));

describe("a receptionist's screens", () => {
  it("hold no clinical word, wherever one goes", { timeout: 60_000 }, async () => {
    const { person } = await receptionist();
    noClinicalWordOn("patients");
    await person.type(screen.getByRole("combobox"), "Smith");
    const rows = await screen.findAllByRole("option");
    noClinicalWordOn("found patients");
    await person.click(rows.find((row) => /Anna/.test(row.textContent ?? ""))!);
    await screen.findByRole("heading", { level: 1, name: /SMITH/ });
    noClinicalWordOn("chart");
    for (const tab of screen.queryAllByRole("tab")) {
      await person.click(tab);
      noClinicalWordOn(`chart: ${tab.textContent}`);
    }
    await person.keyboard("{Control>}p{/Control}");
    const documents = within((await dialog()).getByLabelText("What")).getAllByRole("option");
    for (const one of documents.map((option) => option.textContent ?? "")) {
      await person.selectOptions((await dialog()).getByLabelText("What"), one);
      await person.click((await dialog()).getAllByRole("radio")[0]!);
      await (await dialog()).findByRole("group", { name: /^Page 1/ });
      noClinicalWordOn(`print: ${one}`);
    }
    await person.selectOptions((await dialog()).getByLabelText("What"), "Patient's copy");
    await person.selectOptions((await dialog()).getByLabelText("Who gets it"), "employer");
    await (await dialog()).findByRole("alert");
    noClinicalWordOn("print: refused");
    await person.keyboard("{Escape}");
    await person.click(await press(/^Patient's record/));
    await screen.findByRole("region", { name: "Who" });
    await person.click(await press(/^Show the history/));
    noClinicalWordOn("patient's record");
    await person.click(await press(/^Patients/));
    await person.click(await press(/^Register a new patient/));
    await screen.findByRole("heading", { name: "Register a patient" });
    noClinicalWordOn("register");
    await person.click(await press(/^Unknown patient or newborn/));
    await dialog();
    noClinicalWordOn("unknown patient");
    await person.keyboard("{Escape}{Escape}");

    await person.click(await press(/^Schedule/));
    await screen.findByRole("region", { name: "Dr. R. Osei" });
    noClinicalWordOn("schedule: day");
    await person.click(screen.getByRole("button", { name: /SMITH, Walter/ }));
    await (await dialog()).findByLabelText("Balance in dollars");
    noClinicalWordOn("visit");
    await person.click((await dialog()).getByRole("button", { name: "Check in" }));
    await (await dialog()).findByLabelText(/Birth date/);
    noClinicalWordOn("check-in");
    await person.keyboard("{Escape}");
    await person.click(await press(/Book a visit/));
    await (await dialog()).findByLabelText("Find a patient");
    noClinicalWordOn("book a visit");
    await person.keyboard("{Escape}");
    for (const [view, there] of [
      ["Week", /Closed: Thanksgiving/],
      ["Month", /Closed: Thanksgiving|Nov/],
    ] as const) {
      await person.click(await press(view));
      await vi.waitFor(() => expect(document.body.textContent).toMatch(there));
      noClinicalWordOn(`schedule: ${view}`);
    }
    await person.click(await press(/^Waiting list/));
    await press(/^Take off the list/);
    noClinicalWordOn("waiting list");
    await person.click(await press(/^Board/));
    await screen.findByRole("heading", { name: /^Waiting/ });
    noClinicalWordOn("board");
    await person.click(await press(/^Board of the waiting room/));
    await screen.findByText("B24");
    noClinicalWordOn("board of the waiting room");
    await person.keyboard("{Escape}");
    await person.click(await press(/^My day/));
    await press(/visits today/);
    noClinicalWordOn("my day");
    await person.click(await press(/^Duplicates/));
    await person.click(await press(/^Look through/));
    await vi.waitFor(() => expect(screen.getAllByRole("listitem").length).toBeGreaterThan(0));
    noClinicalWordOn("duplicates");
    await person.keyboard("?");
    await dialog();
    noClinicalWordOn("keys");
    await person.keyboard("{Escape}");
    await person.click(await press(/^Seal:/));
    await dialog();
    noClinicalWordOn("status");
    expect(looked.length).toBeGreaterThan(20);
  });
});
