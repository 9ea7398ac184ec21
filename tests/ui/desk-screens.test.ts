/** What the front desk looks at all day. */
import { everyScreen, type Screens } from "./looks";
import type { Name, Person } from "./world";

const ANNA = "MRN-4F20A1";

async function goes(person: Person, name: Name, key: string, title: string) {
  await person.signsIn(name);
  await person.press(`Alt+${key}`);
  await person.page.getByRole("heading", { name: title, level: 1 }).waitFor();
  await person.page.waitForTimeout(100);
}

const dialog = (person: Person) => person.page.getByRole("dialog");

async function opensVisit(person: Person, status: RegExp) {
  await goes(person, "lopez", "s", "Schedule");
  await person.page
    .locator("button[data-cell]")
    .filter({ hasText: status })
    .first()
    .click();
  await dialog(person).waitFor();
}

const screens: Screens = {
  register: (person) => goes(person, "lopez", "n", "Register a patient"),
  "register-nurse": (person) => goes(person, "kim", "n", "Register a patient"),
  "register-alike": async (person) => {
    await goes(person, "lopez", "n", "Register a patient");
    for (const word of ["Smith", "Anna", "04/12/1968"]) {
      await person.type(word);
      await person.press("Tab");
    }
    await person.page
      .getByText(/could be|on file/)
      .first()
      .waitFor();
  },
  "register-wrong": async (person) => {
    await goes(person, "lopez", "n", "Register a patient");
    await person.press("Control+Enter");
    await person.page.getByRole("alert").first().waitFor();
  },
  "register-unknown": async (person) => {
    await goes(person, "lopez", "n", "Register a patient");
    await person.press("Alt+u");
    await dialog(person).waitFor();
  },
  person: async (person) => {
    await person.signsIn("lopez");
    await person.opens(ANNA);
    await person.press("i");
    await person.page.getByRole("heading", { level: 2 }).first().waitFor();
  },
  "schedule-day": (person) => goes(person, "lopez", "s", "Schedule"),
  "schedule-week": async (person) => {
    await goes(person, "lopez", "s", "Schedule");
    await person.press("w");
    await person.page.waitForTimeout(300);
  },
  "schedule-month": async (person) => {
    await goes(person, "lopez", "s", "Schedule");
    await person.press("m");
    await person.page.waitForTimeout(300);
  },
  "schedule-doctor": (person) => goes(person, "osei", "s", "Schedule"),
  book: async (person) => {
    await goes(person, "lopez", "s", "Schedule");
    await person.page.locator("button[data-cell]").first().waitFor();
    await person.press("b");
    await dialog(person).waitFor();
    await person.type("Smith");
    await person.page.locator("[role=option]").first().waitFor();
  },
  "book-picked": async (person) => {
    await goes(person, "lopez", "s", "Schedule");
    await person.page.locator("button[data-cell]").first().waitFor();
    await person.press("b");
    await dialog(person).waitFor();
    await person.type("Smith");
    await person.page.locator("[role=option]").first().waitFor();
    await person.press("Enter", "Control+Enter");
    await person.page.getByText("Alt + 1").waitFor();
  },
  "visit-booked": (person) => opensVisit(person, /booked/),
  "visit-seen": (person) => opensVisit(person, /seen/),
  "check-in": async (person) => {
    await opensVisit(person, /booked/);
    await person.press("Enter");
    await person.page.getByLabel("Birth date").waitFor();
    await person.press("Control+Enter");
  },
  "waiting-list": async (person) => {
    await goes(person, "lopez", "s", "Schedule");
    await person.press("l");
    await person.page.getByRole("heading", { name: "Waiting list" }).waitFor();
  },
  board: (person) => goes(person, "kim", "b", "Board"),
  "board-public": async (person) => {
    await goes(person, "lopez", "b", "Board");
    await person.page.getByRole("button", { name: /waiting room/ }).click();
    await person.page.waitForTimeout(200);
  },
  "home-desk": (person) => goes(person, "lopez", "h", "My day"),
  "home-nurse": (person) => goes(person, "kim", "h", "My day"),
  "home-doctor": (person) => goes(person, "osei", "h", "My day"),
  "print-choices": async (person) => {
    await person.signsIn("lopez");
    await person.opens(ANNA);
    await person.press("Control+p");
    await dialog(person).waitFor();
  },
  "print-refused": async (person) => {
    await person.signsIn("lopez");
    await person.opens(ANNA);
    await person.press("Control+p");
    await dialog(person).waitFor();
    await person.page.getByLabel("Who gets it").selectOption("employer");
    await person.page.getByRole("radio").first().check();
    await person.page.getByRole("alert").waitFor();
  },
  "who-may-be-told": async (person) => {
    await person.signsIn("lopez");
    await person.opens(ANNA);
    await person.press("i");
    const panel = person.page.getByRole("region", { name: "Who may be told" });
    await panel.getByRole("button", { name: "Note it" }).click();
    await panel.getByRole("button", { name: "End it…" }).click();
    await panel.scrollIntoViewIfNeeded();
  },
  workstations: async (person) => {
    await person.signsIn("adams");
    await person.page.getByRole("button", { name: /Workstations/ }).click();
    await person.page
      .getByRole("heading", { name: /Workstations/ })
      .first()
      .waitFor();
  },
};

everyScreen(screens);
