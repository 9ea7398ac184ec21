import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { backend } from "./tauri";

describe("the real core", () => {
  afterEach(() => clearMocks());

  it("is asked through the one command, by name and arguments", async () => {
    const asked = vi.fn((_command: string, args: unknown) => args);
    mockIPC(asked);
    await backend.call("open_chart", { patient: "p" });
    expect(asked).toHaveBeenCalledWith("call", { name: "open_chart", args: { patient: "p" } });
  });

  it("answers failures by code", async () => {
    mockIPC(() => Promise.reject({ code: "wait", fields: { seconds: 8 } }));
    await expect(backend.call("seat", {})).rejects.toMatchObject({ code: "wait", fields: { seconds: 8 } });
  });

  it("never lets the words of an exception through", async () => {
    mockIPC(() => Promise.reject(new Error("patient Smith at /home")));
    await expect(backend.call("seat", {})).rejects.toMatchObject({ code: "internal", message: "internal" });
  });

  it("is not waited for for ever", async () => {
    vi.useFakeTimers();
    mockIPC(() => new Promise(() => undefined));
    const refused = expect(backend.call("seat", {})).rejects.toMatchObject({ code: "timed_out" });
    await vi.advanceTimersByTimeAsync(5_100);
    await refused;
  });
});
