/** The real core, behind Tauri's one command `call` and its event `seat`. */
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { SeatView } from "./bindings";
import { LIMITS, USUAL_LIMIT, within, type Answer, type Backend } from "./backend";

export const backend: Backend = {
  call: (name, args) =>
    within(LIMITS[name] ?? USUAL_LIMIT, invoke<Answer<typeof name>>("call", { name, args })),
  onSeat(heard) {
    const stop = listen<SeatView>("seat", (event) => heard(event.payload));
    // Without the event permission the seat is still asked every few seconds.
    stop.catch(() => undefined);
    return () => void stop.then((off) => off()).catch(() => undefined);
  },
  now: () => performance.now(),
  date: () => new Date(),
};
