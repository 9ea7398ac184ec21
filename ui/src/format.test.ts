import { expect, it } from "vitest";
import {
  born,
  day,
  grouped,
  initials,
  listName,
  moment,
  number,
  reading,
  unit,
  upper,
  words,
} from "./format";

it("a partial birth date shows only what is known", () => {
  expect(day("1990")).toBe("1990");
  expect(day("2021-02")).toBe("Feb 2021");
  expect(day("1968-04-12")).toBe("Apr 12, 1968");
  expect(born("1968-04-12", 58)).toBe("Apr 12, 1968 (58)");
  expect(born("1990", undefined)).toBe("1990");
  expect(born(undefined, undefined)).toBe("");
});

it("a birthday never moves with the time zone", () => {
  expect(day("1931-01-01")).toBe("Jan 1, 1931");
  expect(day("1899-12-31")).toBe("Dec 31, 1899");
});

it("an instant is shown in local time", () => {
  expect(moment("2026-11-23T14:41:00Z").replace(/\s/g, " ")).toBe("Nov 23, 2026, 9:41 AM");
  expect(moment(undefined)).toBe("");
});

it("names keep every letter", () => {
  expect(listName("García", "José")).toBe("GARCÍA, José");
  expect(listName("李", "娜")).toBe("李, 娜");
  expect(upper("Weiß")).toBe("WEIß");
  expect(listName("O'Brien-Smith", "")).toBe("O'BRIEN-SMITH");
  expect(initials("𠮷", "李")).toBe("𠮷李");
});

it("numbers lose noise and never whole digits", () => {
  expect(number(93.1181809882733)).toBe("93.12");
  expect(number(1.2415757)).toBe("1.242");
  expect(number(250000)).toBe("250000");
  expect(number(148.5)).toBe("148.5");
  expect(unit("{score}")).toBe("score");
});

it("codes read as words", () => {
  expect(words("in-progress")).toBe("in progress");
  expect(words("care_plan")).toBe("care plan");
  expect(words("noshow")).toBe("no show");
});

it("units read as people write them", () => {
  expect(["{score}", "mm[Hg]", "[lb_av]", "mL/min/{1.73_m2}", "mmol/L"].map(unit)).toEqual([
    "score",
    "mmHg",
    "lb",
    "mL/min/1.73 m²",
    "mmol/L",
  ]);
});

it("a value below what can be measured keeps its sign", () => {
  expect(reading({ value: 0.01, text: "< 0.01" })).toBe("< 0.01");
  expect(reading({ value: 5 })).toBe("5");
  expect(reading({})).toBe("");
});

it("nine digits are grouped as the core wants them", () => {
  expect(["740120001", "740 12 0001", "740-12-0001"].map(grouped)).toEqual(Array(3).fill("740-12-0001"));
});
