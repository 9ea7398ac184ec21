import { describe, expect, it, vi } from "vitest";
import { ANNA, world } from "../../test-world";
import { Search } from "./search.svelte";

async function desk() {
  const there = await world("lopez");
  return { ...there, search: new Search(there.session), opened: vi.fn() };
}

describe("searching", () => {
  it("asks once when typing pauses", async () => {
    vi.useFakeTimers();
    const { search, clinic } = await desk();
    for (const typed of ["S", "Sm", "Smith"]) search.type(typed);
    await vi.advanceTimersByTimeAsync(300);
    expect(clinic.calls.filter((call) => call === "search_patients")).toHaveLength(1);
    expect([search.rows.length, search.total, search.answered]).toEqual([65, 65, "Smith"]);
  });

  it("asks at the second letter, and no more while the rows here are enough", async () => {
    vi.useFakeTimers();
    const { search, clinic } = await desk();
    search.type("S");
    expect(clinic.calls).not.toContain("search_patients");
    search.type("Sm");
    await vi.advanceTimersByTimeAsync(10);
    expect(clinic.calls).toContain("search_patients");
    const before = search.rows.length;
    for (const typed of ["Smi", "Smit", "Smith", "Smith,"]) search.type(typed);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(clinic.calls.filter((call) => call === "search_patients")).toHaveLength(1);
    expect(search.rows.length).toBeLessThanOrEqual(before);
    expect(search.answered).toBe("Smith,");
  });

  it("asks again where fewer than five are left: the core knows who sounds alike", async () => {
    vi.useFakeTimers();
    const { search, clinic } = await desk();
    search.type("Sm");
    await vi.advanceTimersByTimeAsync(10);
    search.type("Smith, Walter");
    await vi.advanceTimersByTimeAsync(300);
    expect(clinic.calls.filter((call) => call === "search_patients")).toHaveLength(2);
  });

  it("offers whom one opened last, until the session ends", async () => {
    const { search, session, opened } = await desk();
    await session.call("open_chart", { patient: ANNA });
    await search.loadRecent();
    await search.enter(opened);
    expect(opened.mock.calls[0]?.[1]).toMatchObject({ given: "Anna" });
    search.stop();
    expect(search.recent).toEqual([]);
  });

  it("looks for a social security number only when it is said what for, and only for a doctor", async () => {
    const there = await world("osei");
    const { handle } = await there.session.call("open_chart", { patient: ANNA });
    there.session.window = { handle, patient: ANNA };
    await there.session.write("enter_national_id", { patient: ANNA, ssn: "123-45-6789" });
    const search = new Search(there.session);
    search.query = "123-45-6789";
    await search.run();
    expect([search.asksWhy, search.rows.length]).toEqual([true, 0]);
    await search.byNumber("payment");
    expect([search.asksWhy, search.rows[0]?.patient]).toEqual([false, ANNA]);
    const { search: receptionists } = await desk();
    receptionists.query = "123-45-6789";
    await receptionists.run();
    expect([receptionists.asksWhy, receptionists.trouble?.fields.why]).toEqual([false, "national_id"]);
  });

  it("drops the answer to an older question", async () => {
    const { search, clinic } = await desk();
    clinic.hold("search_patients");
    search.query = "Baker";
    const older = search.run();
    search.query = "Kowalski";
    const newer = search.run();
    clinic.release("search_patients");
    await Promise.all([older, newer]);
    expect(search.rows.every((row) => row.surname === "Kowalski")).toBe(true);
  });

  it("fetches the rest when the choice nears the end", async () => {
    const { search } = await desk();
    search.query = "Smith";
    await search.run();
    search.move(48);
    await vi.waitFor(() => expect(search.rows).toHaveLength(65));
    search.move(1_000);
    expect(search.active).toBe(64);
  });

  it("never opens a row of an older answer", async () => {
    const { search, opened } = await desk();
    search.query = "Smith";
    await search.run();
    search.query = "García";
    await search.enter(opened);
    expect(opened).not.toHaveBeenCalled();
    expect(search.rows[0]?.surname).toBe("García");
    await search.enter(opened);
    expect(opened).toHaveBeenCalledOnce();
  });

  it("opens the only hit of a scanned number at once", async () => {
    const { search, opened } = await desk();
    search.scan("MRN-91B7C2", opened);
    await vi.waitFor(() => expect(opened).toHaveBeenCalledOnce());
    expect(opened.mock.calls[0]?.[1]).toMatchObject({ given: "Anne" });
  });

  it("opens the chosen appointment when nothing is typed", async () => {
    const { search, opened } = await desk();
    await search.loadSchedule();
    search.move(2);
    await search.enter(opened);
    expect(opened).toHaveBeenCalledWith(search.appointments[2]?.patient);
  });

  it("keeps the chosen patient when the same question is asked again", async () => {
    const { search } = await desk();
    search.query = "Smith";
    await search.run();
    search.move(7);
    await search.run();
    expect(search.active).toBe(7);
  });

  it("shows a failure in place of old rows", async () => {
    const { search, clinic } = await desk();
    search.query = "Smith";
    await search.run();
    clinic.fail("search_patients", "store_busy");
    await search.run();
    expect([search.rows.length, search.trouble?.code]).toEqual([0, "store_busy"]);
  });

  it("lets go of everything when it stops", async () => {
    const { search } = await desk();
    await search.loadSchedule();
    search.query = "Smith";
    await search.run();
    search.stop();
    expect([search.query, search.rows, search.schedule, search.answered]).toEqual(["", [], null, ""]);
  });
});
