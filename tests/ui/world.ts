/** The screen in a real browser over the fake clinic, under the product's content security policy. */
import { createServer, type Server } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { AddressInfo } from "node:net";
import {
  chromium,
  type Browser,
  type BrowserContextOptions,
  type Page,
} from "playwright-core";
import type { Controls } from "../../ui/src/api/fake/backend";

const APP = fileURLToPath(new URL("../../ui/dist-fake/", import.meta.url));
const AXE = fileURLToPath(
  new URL("../../ui/node_modules/axe-core/axe.min.js", import.meta.url),
);
const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src ipc: http://ipc.localhost",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
};

/** The password of every demo sign-in. */
export const PASSWORD = "welcome to the demo clinic";
export type Name = "osei" | "kim" | "lopez" | "adams" | "park";

/** One server and one browser for a test file. */
export class World {
  private constructor(
    private readonly server: Server,
    private readonly browser: Browser,
  ) {}

  static async open(): Promise<World> {
    const server = createServer((request, response) => {
      const path = normalize(new URL(request.url ?? "/", "http://x").pathname);
      const file = join(APP, path === "/" ? "index.html" : path);
      readFile(file).then(
        (bytes) =>
          response
            .writeHead(200, {
              "content-type":
                TYPES[extname(file)] ?? "application/octet-stream",
              "content-security-policy": CSP,
            })
            .end(bytes),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
    });
    return new World(server, browser);
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.close();
  }

  /** A fresh window on the sign-in screen. */
  async window(options: BrowserContextOptions = {}): Promise<Person> {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 800 },
      locale: "en-US",
      timezoneId: "America/New_York",
      ...options,
    });
    const page = await context.newPage();
    // As in the shell (`freezePrototype`).
    await page.addInitScript(() => void Object.freeze(Object.prototype));
    const person = new Person(page);
    await page.goto(
      `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`,
    );
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    return person;
  }
}

/** Someone at the screen, by keyboard. */
export class Person {
  /** Everything the browser complained about, CSP included. */
  readonly complaints: string[] = [];

  constructor(readonly page: Page) {
    page.on("pageerror", (error) => this.complaints.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
  }

  /** Presses keys one after the other at a person's pace. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      await this.page.waitForTimeout(60);
    }
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  async signsIn(name: Name): Promise<void> {
    await this.page.getByLabel("User name").waitFor();
    await this.type(name);
    await this.press("Tab");
    await this.type(PASSWORD);
    await this.press("Enter");
    await this.page.getByRole("contentinfo").waitFor();
  }

  async searches(query: string): Promise<void> {
    await this.press("/");
    await this.page.getByRole("combobox").fill(query);
    await this.page.getByRole("listbox", { name: "Patients found" }).waitFor();
    await this.page.locator("[role=listbox][aria-busy=false]").waitFor();
  }

  /** Finds and opens the first hit. */
  async opens(query: string): Promise<void> {
    await this.searches(query);
    await this.press("Enter");
    await this.page.getByRole("region", { name: "Patient" }).waitFor();
  }

  /** Turns the fake clinic's clock, or does anything else a test may do from outside. */
  async clinic<A extends keyof Controls>(
    what: A,
    ...args: Controls[A] extends (...a: infer P) => void ? P : []
  ): Promise<void> {
    await this.page.evaluate(
      ([name, given]) => {
        const controls = (
          window as unknown as {
            fake: Record<string, (...a: unknown[]) => void>;
          }
        ).fake;
        controls[name as string]?.(...(given as unknown[]));
      },
      [what, args] as const,
    );
  }

  /** Rules of WCAG 2.2 AA and good practice that this screen breaks. */
  async barriers(): Promise<string[]> {
    const source = await readFile(AXE, "utf8");
    await this.page.evaluate(source);
    return this.page.evaluate(async () => {
      const axe = (
        window as unknown as {
          axe: { run(): Promise<{ violations: AxeViolation[] }> };
        }
      ).axe;
      const { violations } = await axe.run();
      return violations.map(
        (v) =>
          `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`,
      );
    });
  }

  /** What the page left in the browser: storage of any kind, cookies, caches, something in the address. */
  async kept(): Promise<string[]> {
    const cookies = await this.page.context().cookies();
    const places = await this.page.evaluate(async () => [
      ...Object.keys(localStorage),
      ...Object.keys(sessionStorage),
      ...(await indexedDB.databases()).map(
        (database) => database.name ?? "database",
      ),
      ...(await caches.keys()),
      ...(location.hash || location.search ? [location.href] : []),
      ...(document.title === "Wardseal" ? [] : [document.title]),
    ]);
    return [...places, ...cookies.map((cookie) => cookie.name)];
  }

  /** Text on the screen, hidden or not. */
  async everything(): Promise<string> {
    return this.page.evaluate(() => {
      const values = [...document.querySelectorAll("input, textarea")].map(
        (one) => (one as HTMLInputElement).value,
      );
      return `${document.title} ${location.href} ${document.documentElement.outerHTML} ${values.join(" ")}`;
    });
  }
}

type AxeViolation = { id: string; nodes: Array<{ html: string }> };
