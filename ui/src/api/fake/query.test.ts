import { describe, expect, it } from "vitest";
import { NAMED } from "./people";
import { query } from "./query";

const found = (line: string) => NAMED.filter(query(line)).map((who) => who.mrn);

describe("the fake clinic reads the search box as the core does", () => {
  it("by the beginnings of names", () => {
    expect(found("garcia, jose")).toEqual(["MRN-0C3311", "MRN-0C3399"]);
    expect(found("nguyen")).toEqual(["MRN-EE4410"]);
    expect(found("Ng")).toEqual(["MRN-30D0E5", "MRN-EE4410"]);
    expect(found("Smi")).toEqual(found("Smith"));
    expect(found("Smith, An")).toEqual(["MRN-4F20A1", "MRN-91B7C2"]);
  });

  it("by the years of birth and the end of a phone", () => {
    expect(found("1980-1990")).toContain("MRN-EE4410");
    expect(found("…0114")).toEqual(["MRN-4F20A1"]);
  });

  it("by birth date, record number, phone and e-mail", () => {
    for (const line of ["04/12/1968", "12.04.1968", "1968-04-12", "mrn-4f20a1", "+1 217 555 0114"])
      expect(found(line), line).toEqual(["MRN-4F20A1"]);
    expect(found("anna.smith1@example.org")).toEqual(["MRN-4F20A1"]);
  });

  it("refuses what can't be looked for", () => {
    for (const [line, why] of [
      [",", "empty"],
      ["02/30/1968", "no_such_day"],
      ["a".repeat(201), "too_long"],
    ] as const)
      expect(() => found(line)).toThrowError(expect.objectContaining({ fields: { field: "query", why } }));
  });
});
