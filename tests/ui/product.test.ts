import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const UI = fileURLToPath(new URL("../../ui/", import.meta.url));

describe("the product build", () => {
  const folder = mkdtempSync(join(tmpdir(), "wardseal-ui-"));
  let files: Map<string, string>;

  beforeAll(() => {
    execFileSync(
      "npx",
      ["vite", "build", "--outDir", folder, "--emptyOutDir"],
      { cwd: UI, stdio: "ignore" },
    );
    const names = readdirSync(folder, {
      recursive: true,
      withFileTypes: true,
    }).filter((entry) => entry.isFile());
    const read = (entry: (typeof names)[number]) =>
      readFileSync(join(entry.parentPath, entry.name), "utf8");
    files = new Map(names.map((entry) => [entry.name, read(entry)]));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("holds nothing of the fake clinic", () => {
    for (const [name, text] of files)
      expect(text, name).not.toMatch(
        /Juniper Street|welcome to the demo|osei|MRN-4F20A1/,
      );
  });

  it("needs no inline script or style and no address outside", () => {
    const page = files.get("index.html") ?? "";
    expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/);
    for (const [name, text] of files) {
      if (name.endsWith(".css"))
        expect(text, name).not.toMatch(/url\((?!["']?\.?\/)|@import/);
      if (name.endsWith(".html")) expect(text, name).not.toMatch(/https?:/);
    }
  });

  it("writes no style attributes and never stores anything", () => {
    for (const [name, text] of files) {
      if (!name.endsWith(".js")) continue;
      expect(text, name).not.toMatch(/<[a-z]+[^<>`]*\sstyle="/);
      expect(text, name).not.toMatch(
        /localStorage|sessionStorage|indexedDB|document\.cookie/,
      );
    }
  });

  it("brings its font and the font's licence", () => {
    expect([...files.keys()].some((name) => name.endsWith(".woff2"))).toBe(
      true,
    );
    expect(files.get("Inter-OFL-1.1.txt")).toContain("SIL Open Font License");
  });
});
