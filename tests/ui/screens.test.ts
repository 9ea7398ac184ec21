/** Signing in, searching, the chart and the frame around them. */
import { everyScreen } from "./looks";

everyScreen({
  "sign-in": async () => undefined,
  schedule: (person) => person.signsIn("lopez"),
  search: async (person) => {
    await person.signsIn("kim");
    await person.searches("Smith");
    await person.press("ArrowDown", "ArrowDown");
  },
  "search-nothing": async (person) => {
    await person.signsIn("kim");
    await person.page.getByRole("combobox").fill("Zzyzx");
    await person.page.getByText("No patient fits").waitFor();
  },
  "search-why-a-number": async (person) => {
    await person.signsIn("osei");
    await person.page.getByRole("combobox").fill("536-22-1180");
    await person.press("Enter");
    await person.page.getByRole("group").getByRole("button").first().waitFor();
  },
  "chart-doctor": async (person) => {
    await person.signsIn("osei");
    await person.opens("MRN-4F20A1");
  },
  "chart-nurse-results": async (person) => {
    await person.signsIn("kim");
    await person.opens("MRN-0C3311");
    await person.press("5");
    await person.page.getByRole("slider").first().focus();
    await person.press("ArrowLeft", "ArrowLeft");
  },
  "chart-front-desk": async (person) => {
    await person.signsIn("lopez");
    await person.opens("MRN-4F20A1");
  },
  "chart-allergies": async (person) => {
    await person.signsIn("kim");
    await person.opens("MRN-4F20A1");
    await person.press("4");
  },
  "chart-not-asked": async (person) => {
    await person.signsIn("kim");
    await person.opens("MRN-EE4410");
    await person.press("4");
  },
  "chart-long": async (person) => {
    await person.signsIn("osei");
    await person.opens("MRN-EE4410");
  },
  "chart-long-nurse": async (person) => {
    await person.signsIn("kim");
    await person.opens("MRN-EE4410");
  },
  "chart-long-medications": async (person) => {
    await person.signsIn("kim");
    await person.opens("MRN-EE4410");
    await person.press("3");
  },
  "chart-long-results": async (person) => {
    await person.signsIn("osei");
    await person.opens("MRN-EE4410");
    await person.press("5");
  },
  "chart-long-other": async (person) => {
    await person.signsIn("osei");
    await person.opens("MRN-EE4410");
    await person.press("8");
  },
  "chart-imported": async (person) => {
    await person.signsIn("lopez");
    await person.opens("李");
  },
  administrator: async (person) => {
    await person.signsIn("adams");
    await person.page.getByText("No patient records").waitFor();
  },
  "search-names": async (person) => {
    await person.signsIn("kim");
    await person.searches("García");
  },
  "chart-glance": async (person) => {
    await person.signsIn("osei");
    await person.opens("MRN-4F20A1");
    await person.press("b");
    await person.page.waitForTimeout(100);
  },
  problem: async (person) => {
    await person.signsIn("osei");
    await person.opens("MRN-4F20A1");
    await person.press("+");
    await person.page.getByLabel("Since").fill("2031");
    await person.press("Control+Enter");
    await person.page.getByText("2 fields need attention").waitFor();
  },
  conflict: async (person) => {
    await person.signsIn("osei");
    await person.opens("MRN-4F20A1");
    await person.press("e");
    await person.page.getByRole("dialog").waitFor();
    await person.clinic(
      "editElsewhere",
      "00000000-0000-4000-8000-000000000001",
      { clinical_status: "remission" },
    );
    await person.page
      .getByRole("textbox", { name: "Note" })
      .fill("Diet first, metformin since 2016. Foot check due.");
    await person.press("Control+Enter");
    await person.page.getByText("saved this problem").waitFor();
  },
  notes: async (person) => {
    await person.signsIn("osei");
    await person.opens("MRN-4F20A1");
    await person.press("6");
  },
  other: async (person) => {
    await person.signsIn("osei");
    await person.opens("MRN-4F20A1");
    await person.press("8");
  },
  visits: async (person) => {
    await person.signsIn("osei");
    await person.opens("MRN-4F20A1");
    await person.press("7");
  },
  front: async (person) => {
    await person.signsIn("osei");
    await person.opens("MRN-4F20A1");
    await person.press("9");
  },
  keys: async (person) => {
    await person.signsIn("osei");
    await person.press("Escape", "Tab", "Tab");
    await person.page.getByRole("button", { name: "Keys" }).click();
    await person.page.getByRole("dialog").waitFor();
  },
  status: async (person) => {
    await person.signsIn("osei");
    await person.page.getByRole("button", { name: /Seal/ }).click();
    await person.page.getByText("in order").first().waitFor();
  },
  xray: async (person) => {
    await person.signsIn("osei");
    await person.opens("MRN-4F20A1");
    await person.page.getByRole("button", { name: /Seal/ }).click();
    await person.page
      .getByRole("button", { name: "Look at the stored bytes" })
      .click();
    await person.page.getByText("s.identity").waitFor();
  },
  damaged: async (person) => {
    await person.signsIn("osei");
    await person.searches("Smith, Wilhelmina");
    await person.press("Enter");
    await person.page.getByText("failed its integrity check").waitFor();
  },
  warning: async (person) => {
    await person.signsIn("osei");
    await person.opens("MRN-4F20A1");
    await person.clinic("advance", 275_000);
    await person.page
      .getByText("Press any key or move the mouse")
      .first()
      .waitFor();
  },
  locked: async (person) => {
    await person.signsIn("osei");
    await person.opens("MRN-4F20A1");
    await person.press("Control+l");
    await person.page.getByRole("heading", { name: "Locked" }).waitFor();
  },
});
