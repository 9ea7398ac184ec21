/** Every screen of a list, light and dark: no barrier by axe, nothing stored. With `SCREENS=<folder>` pictures are kept. */
import { mkdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { World, type Person } from "./world";

const FOLDER = process.env.SCREENS;
const SIZES = FOLDER
  ? [
      { width: 1280, height: 800 },
      { width: 1920, height: 1080 },
    ]
  : [{ width: 1280, height: 800 }];

/** The way to each screen, by its name. */
export type Screens = Record<string, (person: Person) => Promise<void>>;

/** Goes to each screen and looks. */
export function everyScreen(screens: Screens): void {
  describe.each(["light", "dark"] as const)("in %s colours", (colorScheme) => {
    let world: World;
    beforeAll(async () => void (world = await World.open()));
    afterAll(() => world.close());

    it.each(Object.keys(screens))(
      "%s has no barrier and keeps nothing in the browser",
      async (name) => {
        for (const viewport of SIZES) {
          const person = await world.window({ colorScheme, viewport });
          await screens[name]?.(person);
          expect(await person.barriers()).toEqual([]);
          expect(await person.kept()).toEqual([]);
          expect(person.complaints).toEqual([]);
          await picture(person, `${name}-${colorScheme}-${viewport.width}`);
          await person.page.context().close();
        }
      },
    );
  });
}

async function picture(person: Person, name: string): Promise<void> {
  if (!FOLDER) return;
  await mkdir(FOLDER, { recursive: true });
  await person.page.screenshot({ path: `${FOLDER}/${name}.png` });
}
