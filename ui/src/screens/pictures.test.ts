/** Every screen and dialog has a picture in docs/screens, light and dark, and stands in docs/SCREENS.md. */
import { describe, expect, it } from "vitest";
import { text } from "../text";
import { ENTRIES } from "./chart/entry/forms";

const AGAIN = "take them anew with ./task screens, whose steps stand in tests/window/pictures";

const page = Object.values(
  import.meta.glob<string>("../../../docs/SCREENS.md", { query: "?raw", import: "default", eager: true }),
)[0];
const components = import.meta.glob<string>("./**/*.svelte", {
  query: "?raw",
  import: "default",
  eager: true,
});
const files = Object.keys(import.meta.glob("../../../docs/screens/*.png")).map((path) =>
  path.split("/").at(-1)!,
);
/** Name and components of each listed screen. */
const listed = (page ?? "")
  .split("\n")
  .filter((line) => line.startsWith("| ") && line.includes(".png"))
  .map((line) => line.split(" | "))
  .map(([name, , , madeOf]) => ({
    name: name!.slice(2),
    madeOf: madeOf!.replace(" |", "").split(", "),
  }));
const shown = new Set(listed.flatMap(({ madeOf }) => madeOf.flatMap((one) => [one, one.split(":")[0]!])));

/** Components that are a screen or a dialog: they have a first heading, or are made of a dialog. */
const screens = Object.entries(components)
  .filter(([, source]) => /<h1|<Dialog\s|role="alertdialog"/.test(source))
  .map(([path]) => path.replace("./", "").replace(".svelte", ""));

/** The frame of others, or reached only by what a demo clinic hasn't: then it is tested elsewhere. */
const ELSEWHERE: Record<string, string> = {
  "chart/FormDialog": "the frame of the chart's forms, each of which has a picture",
};

/** Before the first run of the task there is nothing to compare with. */
describe.skipIf(page === undefined)("the pictures of the screens", () => {
  it("show every screen and dialog", () => {
    const without = screens.filter((one) => !shown.has(one) && !ELSEWHERE[one]);
    expect(without, `without a picture: ${without.join(", ")}; ${AGAIN}`).toEqual([]);
  });

  it("show every section of the chart and every form in it", () => {
    const sections = Object.keys(text.chart.sections).map((one) => `chart/Chart: ${one}`);
    const forms = [...Object.keys(text.clinical.forms), ...Object.keys(ENTRIES)];
    const names = [...shown].map((one) => one.split(": ")[1]);
    const spelled = (form: string) => form.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    const without = [
      ...sections.filter((one) => !shown.has(one)),
      ...forms.filter((form) => form !== "noAllergies" && !names.includes(spelled(form))),
    ];
    expect(without, `without a picture: ${without.join(", ")}; ${AGAIN}`).toEqual([]);
  });

  it("are there in both colours, and no other lies about", () => {
    const wanted = listed.flatMap(({ name }) => [`${name}-light.png`, `${name}-dark.png`]);
    const missing = wanted.filter((one) => !files.includes(one));
    const stray = files.filter((one) => !one.startsWith("day-") && !wanted.includes(one));
    expect(missing, `not there: ${missing.join(", ")}; ${AGAIN}`).toEqual([]);
    expect(stray, `nothing lists ${stray.join(", ")}; ${AGAIN}`).toEqual([]);
  });
});
