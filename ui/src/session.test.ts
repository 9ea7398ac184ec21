import { describe, expect, it, vi } from "vitest";
import { fakeClinic } from "./api/fake/backend";
import { Session } from "./session.svelte";
import { PASSWORD, world } from "./test-world";

const count = (calls: string[], name: string) => calls.filter((call) => call === name).length;

describe("the seat on screen", () => {
  it("starts empty, and shows who signed in", async () => {
    const { session } = await world();
    expect(session.seat?.state.is).toBe("vacant");
    await session.change("sign_in", { username: "kim", password: PASSWORD });
    expect(session.seat?.state).toMatchObject({ is: "open", user: { name: "N. Kim" } });
  });

  it("blurs first, then warns and counts down", async () => {
    const { session, clinic } = await world("kim");
    clinic.advance(179_000);
    session.tick();
    expect(session.blurred).toBe(false);
    clinic.advance(1_000);
    session.tick();
    expect([session.blurred, session.warning]).toEqual([true, null]);
    clinic.advance(95_000);
    session.tick();
    expect(session.warning).toBe(25);
  });

  it("comes back at once when someone moves, and tells the core", async () => {
    const { session, clinic } = await world("kim");
    clinic.advance(290_000);
    session.tick();
    session.input();
    expect([session.blurred, session.warning]).toEqual([false, null]);
    await vi.waitFor(() => expect(count(clinic.calls, "touch")).toBe(1));
    clinic.advance(200_000);
    expect(session.seat?.state.is).toBe("open");
  });

  it("tells the core of input at most once in five seconds, and never forgets the last", async () => {
    vi.useFakeTimers();
    const { session, clinic } = await world("kim");
    clinic.advance(6_000);
    for (let n = 0; n < 100; n++) session.input();
    expect(count(clinic.calls, "touch")).toBe(1);
    await vi.advanceTimersByTimeAsync(5_100);
    expect(count(clinic.calls, "touch")).toBe(2);
  });

  it("learns of a lock from the core without asking", async () => {
    const { session, clinic } = await world("osei");
    const stop = session.start();
    clinic.lock("system");
    expect(session.seat?.state).toMatchObject({ is: "locked", cause: "system", initials: "R.O." });
    stop();
  });

  it("drops an answer about the seat that is older than a lock", async () => {
    const { session, clinic } = await world("osei");
    const stop = session.start();
    await vi.waitFor(() => expect(count(clinic.calls, "seat")).toBe(2));
    clinic.hold("touch");
    clinic.advance(6_000);
    session.input();
    clinic.lock("system");
    clinic.release("touch");
    await Promise.resolve();
    expect(session.seat?.state.is).toBe("locked");
    stop();
  });

  it("shows a lock as soon as any call is refused for it", async () => {
    const { session, clinic } = await world("osei");
    clinic.lock("cap");
    await expect(session.call("todays_schedule", {})).rejects.toMatchObject({ code: "locked" });
    await vi.waitFor(() => expect(session.seat?.state.is).toBe("locked"));
  });

  it("says why the core can't be reached at the start", async () => {
    const { backend, controls } = fakeClinic();
    const session = new Session(backend);
    controls.fail("seat", "keychain_locked");
    await session.refresh();
    expect(session.trouble?.code).toBe("keychain_locked");
  });

  it("counts a new session after each unlock", async () => {
    const { session } = await world("osei");
    const before = session.epoch;
    await session.change("lock", {});
    await session.change("unlock", { password: PASSWORD });
    expect(session.epoch).toBe(before + 1);
  });

  it("gives up waiting for an answer that never comes", async () => {
    vi.useFakeTimers();
    const { session, clinic } = await world("osei");
    clinic.hang("search_patients");
    const answer = session.call("search_patients", { query: "Smith", offset: 0, limit: 50 });
    const refused = expect(answer).rejects.toMatchObject({ code: "timed_out" });
    await vi.advanceTimersByTimeAsync(16_000);
    await refused;
  });
});
