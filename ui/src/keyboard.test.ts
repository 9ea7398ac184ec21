import { beforeEach, describe, expect, it, vi } from "vitest";
import { Keyboard } from "./keyboard";

describe("the keyboard", () => {
  const acted: string[] = [];
  let keyboard: Keyboard;
  const press = (key: string, held: KeyboardEventInit = {}, target: EventTarget = document.body) => {
    const event = new KeyboardEvent("keydown", { key, cancelable: true, ...held });
    Object.defineProperty(event, "target", { value: target });
    keyboard.handle(event);
  };
  const slowly = (...keys: string[]) =>
    keys.forEach((key) => {
      press(key);
      vi.advanceTimersByTime(80);
    });

  beforeEach(() => {
    vi.useFakeTimers();
    acted.length = 0;
    keyboard = new Keyboard(
      () => true,
      (text) => acted.push(`scanned ${text}`),
    );
    keyboard.layer({
      e: () => acted.push("edit"),
      "g p": () => acted.push("patients"),
      Escape: () => acted.push("back"),
      "Ctrl+L": () => acted.push("lock"),
    });
  });

  it("acts on letters, chords and named keys", () => {
    slowly("e", "g", "p", "Escape");
    expect(acted).toEqual(["edit", "patients", "back"]);
  });

  it("leaves letters alone while someone types into a field", () => {
    const field = document.createElement("input");
    press("e", {}, field);
    vi.advanceTimersByTime(80);
    press("l", { ctrlKey: true }, field);
    expect(acted).toEqual(["lock"]);
  });

  it("hands a scanner's burst over whole and acts on none of its letters", () => {
    [..."e-4711"].forEach((key) => press(key));
    press("Enter");
    vi.advanceTimersByTime(80);
    expect(acted).toEqual(["scanned e-4711"]);
  });

  it("forgets a chord that isn't finished", () => {
    slowly("g");
    vi.advanceTimersByTime(2_000);
    slowly("p");
    expect(acted).toEqual([]);
  });

  it("lets only Ctrl and function keys through a modal, whatever the page registers meanwhile", () => {
    const close = keyboard.layer({ Escape: () => acted.push("close") }, true);
    keyboard.layer({ "+": () => acted.push("add") });
    slowly("e", "+", "Escape");
    press("L", { ctrlKey: true });
    expect(acted).toEqual(["close", "lock"]);
    close();
    slowly("e", "+");
    expect(acted).toEqual(["close", "lock", "edit", "add"]);
  });

  it("ignores keys that compose a character", () => {
    press("e", { isComposing: true });
    vi.advanceTimersByTime(80);
    expect(acted).toEqual([]);
  });

  it("can have its single letters switched off", () => {
    keyboard = new Keyboard(() => false);
    keyboard.layer({ e: () => acted.push("edit"), Escape: () => acted.push("back") });
    slowly("e", "Escape");
    expect(acted).toEqual(["back"]);
  });
});
