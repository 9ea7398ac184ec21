import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ANNA, PASSWORD, world, type World } from "../test-world";
import { Draft } from "./draft.svelte";

const place = { form: "problem", patient: ANNA };
const keeps = ({ clinic }: World) => clinic.calls.filter((call) => call === "keep_draft").length;
const form = ({ session }: World) => new Draft<string>(session, place, "Problem · SMITH, Anna");

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what is typed and not saved", () => {
  it("is kept half a second after the last letter", async () => {
    const there = await world("osei");
    const draft = form(there);
    draft.type("Go");
    expect(draft.state).toBe("typing");
    await vi.advanceTimersByTimeAsync(500);
    expect([draft.state, keeps(there)]).toEqual(["kept", 1]);
    expect(await form(there).found()).toBe("Go");
  });

  it("is never older than two seconds while someone types without a pause", async () => {
    const there = await world("osei");
    const draft = form(there);
    let typed = "";
    for (let letter = 1; letter <= 100; letter++) {
      typed += "x";
      draft.type(typed);
      await vi.advanceTimersByTimeAsync(100);
      const kept = (await there.session.call("drafts", { place })).drafts[0]?.typed ?? '""';
      expect(letter - (kept.length - 2), "letters that a crash would lose, ten a second").toBeLessThan(20);
    }
    expect(keeps(there)).toBeLessThan(10);
  });

  it("goes out before a lock by hand, however short ago it was typed", async () => {
    const there = await world("osei");
    form(there).type("Gout");
    there.session.lock();
    expect(there.session.hidden).toBe(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(there.session.seat?.state.is).toBe("locked");
    await there.session.change("unlock", { password: PASSWORD });
    expect(await form(there).found()).toBe("Gout");
  });

  it("locks all the same when the core doesn't take it in time", async () => {
    const there = await world("osei");
    there.clinic.hang("keep_draft");
    form(there).type("Gout");
    there.session.lock();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(there.session.seat?.state.is).toBe("locked");
  });

  it("says so when it can't be kept, and tries again with the next letter", async () => {
    const there = await world("osei");
    there.clinic.fail("keep_draft", "disk_full");
    const draft = form(there);
    draft.type("Go");
    await vi.advanceTimersByTimeAsync(500);
    expect([draft.state, there.session.unsaved]).toEqual(["refused", true]);
    draft.type("Gout");
    await vi.advanceTimersByTimeAsync(500);
    expect([draft.state, there.session.unsaved, there.session.kept]).toEqual(["kept", false, true]);
  });

  it("is gone when it was saved, thrown away or typed back to what it was", async () => {
    const there = await world("osei");
    const draft = form(there);
    draft.type("Gout");
    await draft.flush();
    draft.type(null);
    await vi.advanceTimersByTimeAsync(0);
    expect(await form(there).found()).toBeNull();
    draft.type("Gout");
    await draft.flush();
    await draft.drop();
    draft.type("too late");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await form(there).found()).toBeNull();
  });

  it("stays with its writer", async () => {
    const there = await world("osei");
    const draft = form(there);
    draft.type("Gout");
    await draft.flush();
    await there.session.change("sign_out", {});
    await there.session.change("sign_in", { username: "kim", password: PASSWORD });
    expect(await form(there).found()).toBeNull();
  });
});
