import { describe, expect, it } from "vitest";
import { useLocale } from "../format";
import { called, isTold, told } from "./told";

useLocale("en-US");

describe("what is stored, told to people", () => {
  it("names paths, not columns", () => {
    expect(called("code.text")).toBe("What");
    expect(called("value.unit")).toBe("Unit");
    expect(called("range.high")).toBe("Usual up to");
    expect(called("substance.text")).toBe("Substance");
    expect(called("addenda.0.some_new_field")).toBe("Some new field");
    expect([called("vaccine.code"), called("vaccine.text")]).toEqual(["Code", "Vaccine"]);
    expect(isTold("value.is")).toBe(false);
  });

  it("writes dates, numbers and codes as people do", () => {
    expect(told("2024-03-18")).toBe("Mar 18, 2024");
    expect(told("2026-10-24T10:20:00Z")).toMatch(/^Oct 24, 2026, /);
    expect(told("100.0")).toBe("100");
    expect(told("99.5")).toBe("99.5");
    expect(told("true")).toBe("yes");
    expect(told("in-progress")).toBe("In progress");
    expect(told("vital-signs")).toBe("vital signs");
    expect(told("Penicillin")).toBe("Penicillin");
  });
});
