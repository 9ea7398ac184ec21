/** What a doctor and a nurse write with. */
import { everyScreen, type Screens } from "./looks";
import type { Name, Person } from "./world";

const ANNA = "MRN-4F20A1";

const dialog = (person: Person) => person.page.getByRole("dialog");

/** Opens a chart and presses keys until a dialog is there. */
function chart(name: Name, ...keys: string[]) {
  return async (person: Person) => {
    await person.signsIn(name);
    await person.opens(ANNA);
    await person.press(...keys);
    await dialog(person).waitFor();
  };
}

/** The menu of what can be written, and one of its lines. */
const form = (name: Name, key: string) => async (person: Person) => {
  await chart(name, "c")(person);
  await person.press(key);
  await person.page.waitForTimeout(100);
};

const screens: Screens = {
  "write-menu": chart("osei", "c"),
  "vital-signs": chart("kim", "v"),
  "vital-signs-doubted": async (person) => {
    await chart("kim", "v")(person);
    await person.page.getByLabel("Temperature").first().fill("375");
    await person.press("Control+Enter");
    await person.page.locator("[aria-invalid=true]").first().waitFor();
  },
  note: chart("osei", "w"),
  order: chart("osei", "o"),
  "order-checked": async (person) => {
    await chart("osei", "o")(person);
    await person.type("Warfarin");
    await person.press("Tab");
    await person.page.waitForTimeout(300);
  },
  "order-verbal": chart("kim", "o"),
  allergy: form("osei", "a"),
  result: form("kim", "r"),
  task: form("kim", "t"),
  reconcile: form("osei", "m"),
  immunization: form("kim", "i"),
  procedure: form("osei", "p"),
  report: form("osei", "x"),
  "care-plan": form("osei", "l"),
  visit: form("osei", "c"),
  medications: async (person) => {
    await person.signsIn("osei");
    await person.opens(ANNA);
    await person.press("3");
  },
  worklist: async (person) => {
    await person.signsIn("osei");
    await person.press("Alt+t");
    await person.page.locator("#worklist").waitFor();
  },
  cohort: async (person) => {
    await person.signsIn("osei");
    await person.press("Escape", "Tab", "Tab");
    await person.page.getByRole("button", { name: /Cohort/ }).click();
    await person.page.getByRole("heading", { level: 1 }).waitFor();
  },
};

everyScreen(screens);
