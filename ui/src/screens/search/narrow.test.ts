import { describe, expect, it } from "vitest";
import type { SearchRow } from "../../api/bindings";
import { letters, narrows, rowFits } from "./narrow";

const row = (surname: string, given: string, fit: SearchRow["fit"] = "exact"): SearchRow => ({
  patient: `${surname} ${given}`,
  surname,
  given,
  sex: "female",
  mrn: "",
  deceased: false,
  test: false,
  inactive: false,
  similar_name: false,
  fit,
  damaged: false,
});

describe("later letters", () => {
  it("narrow what is here, and other questions don't", () => {
    for (const [whole, line] of [
      ["sm", "smith"],
      ["Smi", "SMÍTH"],
      ["smith", "smith, an"],
      ["smith, a", "Smith, Anna"],
    ] as const)
      expect(narrows(whole, line), line).toBe(true);
    for (const [whole, line] of [
      ["smith", "smi"],
      ["smith", "smith 1968"],
      ["sm", "jo"],
      ["smith, a", "smythe, anna"],
      ["1968", "1968-04"],
      ["sm", "anna smith"],
    ] as const)
      expect(narrows(whole, line), line).toBe(false);
  });

  it("leave who fits by surname, given name or a former one", () => {
    expect(rowFits(row("García", "José"), "garc")).toBe(true);
    expect(rowFits(row("García", "José"), "jos")).toBe(true);
    expect(rowFits(row("García", "José"), "garcia, jo")).toBe(true);
    expect(rowFits(row("García", "José"), "garcia, an")).toBe(false);
    expect(rowFits(row("García", "Lupe", "former"), "marquez")).toBe(true);
  });

  it("counts letters of any script, not the marks between them", () => {
    expect([letters(" O'"), letters("李"), letters("Ng,")]).toEqual([1, 1, 2]);
  });
});
