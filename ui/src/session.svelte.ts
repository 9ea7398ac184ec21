/**
 * The seat as the screen knows it: who holds it, and how long until details blur, a warning shows and it locks.
 * The core decides about the lock; this only mirrors its answers and reports input.
 */
import { SvelteMap } from "svelte/reactivity";
import type { ChartWindow, SeatView } from "./api/bindings";
import { Failed, failed, type Answer, type Args, type Backend, type Name } from "./api/backend";

const TOUCH_EVERY_MS = 5_000;
const ASK_EVERY_MS = 10_000;
const TICK_MS = 250;
/** So long may forms take to send what was typed last; the screen is dark meanwhile. */
const LAST_WORDS_MS = 700;
/** Writes into a chart: each carries the window it comes from. */
export type Write = { [N in Name]: Args<N> extends { window: ChartWindow } ? N : never }[Name];

type Deadlines = { blur: number; warn: number; lock: number };

export class Session {
  /** The last answer about the seat. */
  seat = $state.raw<SeatView | null>(null);
  /** Why the seat couldn't be asked. */
  trouble = $state.raw<Failed | null>(null);
  /** Details are blurred because nobody has moved for a while. */
  blurred = $state(false);
  /** Hidden by hand. */
  hidden = $state(false);
  /** Seconds until the lock, once the warning is due. */
  warning = $state<number | null>(null);
  /** Counts sign-ins and unlocks: everything a session knew is thrown away when this changes. */
  epoch = $state(0);
  /** What is typed and not saved yet, by its form: kept, so that it is there after the lock, or lost with it. */
  readonly typed = new SvelteMap<object, "kept" | "lost">();
  /** What is done before a lock: forms send what they haven't sent. */
  readonly beforeLock = new Set<() => Promise<unknown>>();
  /** The chart whose banner is on screen: writes are bound to it. */
  window: ChartWindow | null = null;
  /** Wall time, for clocks on screen. */
  date = $state.raw(new Date(0));

  private limits: Deadlines = { blur: 0, warn: 0, lock: 0 };
  private due: Deadlines | null = null;
  private events = 0;
  private asked = 0;
  private touched = -Infinity;
  private later: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly backend: Backend) {
    this.date = backend.date();
  }

  /** Something typed isn't saved yet and would be lost. */
  get unsaved(): boolean {
    return [...this.typed.values()].includes("lost");
  }

  /** Something typed isn't saved yet, but kept: it is there after the lock. */
  get kept(): boolean {
    return this.typed.size > 0 && !this.unsaved;
  }

  /** Asks for the seat and keeps watching it. Returns a way to stop. */
  start(): () => void {
    const deaf = this.backend.onSeat((seat) => {
      this.events += 1;
      this.accept(seat, false);
    });
    const ticking = setInterval(() => this.tick(), TICK_MS);
    void this.refresh();
    return () => {
      deaf();
      clearInterval(ticking);
      clearTimeout(this.later);
    };
  }

  /** Asks the core how the seat stands. */
  async refresh(): Promise<void> {
    this.asked = this.backend.now();
    await this.ask("seat", {}, false);
  }

  /** Calls the core for a screen; a lost session shows at once. */
  async call<N extends Name>(name: N, args: Args<N>): Promise<Answer<N>> {
    try {
      return await this.backend.call(name, args);
    } catch (thrown) {
      const why = failed(thrown);
      if (why.code === "locked" || why.code === "not_signed_in") void this.refresh();
      throw why;
    }
  }

  /** Writes into the chart that is open, or from another window; the core refuses it when it is for another patient. */
  write<N extends Write>(
    name: N,
    args: Omit<Args<N>, "window">,
    window: ChartWindow | null = this.window,
  ): Promise<Answer<N>> {
    if (!window) return Promise.reject(new Failed("wrong_patient"));
    return this.call(name, { ...args, window } as Args<N>);
  }

  /** Signs in, unlocks, locks, signs out, changes the password or takes the machine out of use; takes over the seat it answers. */
  async change(
    name: "sign_in" | "unlock" | "lock" | "sign_out" | "change_password" | "retire_workstation",
    args: Args<typeof name>,
  ): Promise<void> {
    const seat = await this.backend.call(name, args as never);
    this.events += 1;
    this.accept(seat, true);
  }

  /** Locks now. If the core can't say so, the screen still goes dark. */
  lock(): void {
    this.hidden = true;
    this.afterLastWords(() => this.change("lock", {}).catch(() => void this.refresh()));
  }

  /** Lets someone else sign in. */
  signOut(): void {
    this.afterLastWords(() => this.change("sign_out", {}).catch(() => void this.refresh()));
  }

  /** Someone moved or typed. */
  input(): void {
    if (!this.due || this.hidden) return;
    const now = this.backend.now();
    this.blurred = false;
    this.warning = null;
    this.due = after(now, this.limits);
    clearTimeout(this.later);
    const wait = this.touched + TOUCH_EVERY_MS - now;
    if (wait <= 0) return this.touch();
    this.later = setTimeout(() => this.touch(), wait);
  }

  /** Looks at the clock; the timer calls it, tests may. */
  tick(): void {
    const now = this.backend.now();
    this.date = this.backend.date();
    if (this.due) {
      this.blurred = now >= this.due.blur;
      this.warning = now >= this.due.warn ? Math.max(0, Math.ceil((this.due.lock - now) / 1000)) : null;
    }
    const overdue = this.due !== null && now >= this.due.lock && now - this.asked >= 1_000;
    if (overdue || now - this.asked >= ASK_EVERY_MS) void this.refresh();
  }

  /** Sends what the forms that lie open haven't sent yet. */
  async sendTyped(): Promise<void> {
    await Promise.allSettled([...this.beforeLock].map((send) => send()));
  }

  private afterLastWords(act: () => unknown): void {
    if (this.beforeLock.size === 0) return void act();
    const late = new Promise((done) => setTimeout(done, LAST_WORDS_MS));
    void Promise.race([this.sendTyped(), late]).then(act);
  }

  private touch(): void {
    this.touched = this.backend.now();
    void this.ask("touch", {}, true);
  }

  private async ask(name: "seat" | "touch", args: Record<string, never>, fresh: boolean): Promise<void> {
    const events = this.events;
    try {
      const seat = await this.backend.call(name, args);
      if (events === this.events) this.accept(seat, fresh);
    } catch (thrown) {
      const why = failed(thrown);
      if (name === "touch") void this.refresh();
      else if (this.seat === null) this.trouble = why;
    }
  }

  private accept(seat: SeatView, fresh: boolean): void {
    const before = this.seat?.state;
    const opened = seat.state.is === "open" && before?.is !== "open";
    this.trouble = null;
    if (opened) this.open();
    if (seat.state.is === "open") this.follow(seat.state, fresh || opened);
    else this.leave();
    this.seat = seat;
  }

  private open(): void {
    this.epoch += 1;
    this.hidden = false;
    this.touched = this.backend.now();
  }

  private follow(
    state: { blur_in_ms: number; warn_in_ms: number; lock_in_ms: number },
    fresh: boolean,
  ): void {
    const left = { blur: state.blur_in_ms, warn: state.warn_in_ms, lock: state.lock_in_ms };
    if (fresh) this.limits = left;
    this.due = after(this.backend.now(), left);
  }

  private leave(): void {
    clearTimeout(this.later);
    this.window = null;
    this.due = null;
    this.blurred = this.hidden = false;
    this.typed.clear();
    this.beforeLock.clear();
    this.warning = null;
  }
}

function after(now: number, left: Deadlines): Deadlines {
  return { blur: now + left.blur, warn: now + left.warn, lock: now + left.lock };
}
