import { describe, expect, it } from "vitest";
import { annasChart, world } from "../../test-world";
import { findNotes, findResults, holds } from "./find";

describe("looking through an open chart", () => {
  it("finds all words in any order, without accents or case", () => {
    expect(holds("PAIN chest", ["Chest pain since Monday"])).toBe(true);
    expect(holds("jose", ["Seen with José"])).toBe(true);
    expect(holds("chest fever", ["Chest pain since Monday"])).toBe(false);
    expect(holds("  ", ["anything"])).toBe(true);
  });

  it("finds Anna's notes and results by what they say", async () => {
    const chart = await annasChart(await world("osei"));
    const [notes, series] = [chart.notes ?? [], chart.observations ?? []];
    const [note, one] = [notes[0], series[0]];
    expect(findNotes(notes, note?.title ?? "")).toContain(note);
    expect(findResults(series, one?.name ?? "")).toContain(one);
    expect(findNotes(notes, "zzzz")).toEqual([]);
    expect(findResults(series, "zzzz")).toEqual([]);
  });
});
