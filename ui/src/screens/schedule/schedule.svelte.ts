/** What the schedule shows, and what is done with its visits. Lives as long as the session's workplace. */
import type { MonthView, ScheduleDays, VisitStep, VisitView, WaitingList } from "../../api/bindings";
import { Failed, failed } from "../../api/backend";
import type { Session } from "../../session.svelte";
import { addDays, addMonths, mondayOf } from "./time";

export type Shape = "day" | "week" | "month";
const ASK_EVERY_MS = 1_500;

export class Schedule {
  shape = $state<Shape>("day");
  /** A day of what is shown; empty for today. */
  day = $state("");
  provider = $state("");
  page = $state.raw<ScheduleDays | null>(null);
  month = $state.raw<MonthView | null>(null);
  list = $state.raw<WaitingList | null>(null);
  trouble = $state.raw<Failed | null>(null);
  busy = $state(false);
  /** What was done last, in a sentence. */
  said = $state("");
  /** The visit that is to have the focus once it is shown. */
  wanted = $state("");

  private turn = 0;
  private asking: ReturnType<typeof setInterval> | undefined;

  constructor(readonly session: Session) {}

  /** Visits of the chosen provider, or of everybody. */
  get visits(): VisitView[] {
    const visits = this.page?.visits ?? [];
    return this.provider ? visits.filter((visit) => visit.provider === this.provider) : visits;
  }

  get today(): string {
    return this.page?.today ?? this.month?.today ?? "";
  }

  /** Reads what is to be shown. An answer to an older question is dropped. */
  async load(): Promise<void> {
    const turn = ++this.turn;
    this.busy = true;
    this.trouble = null;
    try {
      if (this.shape === "month") await this.loadMonth(turn);
      else await this.loadDays(turn);
    } catch (thrown) {
      if (turn === this.turn) this.trouble = failed(thrown);
    } finally {
      if (turn === this.turn) this.busy = false;
    }
  }

  /** Reads today for the boards. */
  async loadToday(): Promise<void> {
    [this.shape, this.day] = ["day", ""];
    await this.load();
  }

  async loadList(): Promise<void> {
    this.trouble = null;
    try {
      this.list = await this.session.call("waiting_list", {});
    } catch (thrown) {
      this.trouble = failed(thrown);
    }
  }

  /** Asks twice in three seconds whether somebody else changed what is shown. Returns a way to stop. */
  watch(changed: () => void = () => void this.load()): () => void {
    clearInterval(this.asking);
    const asking = setInterval(() => {
      void this.session.call("changes", {}).then(
        (news) => news.schedule && changed(),
        () => undefined,
      );
    }, ASK_EVERY_MS);
    this.asking = asking;
    return () => clearInterval(asking);
  }

  show(shape: Shape): void {
    this.shape = shape;
    void this.load();
  }

  goToday(): void {
    this.day = "";
    void this.load();
  }

  goTo(day: string): void {
    [this.shape, this.day] = ["day", day];
    void this.load();
  }

  /** Earlier or later by what is shown. */
  move(by: 1 | -1): void {
    const day = this.day || this.today;
    if (!day) return;
    if (this.shape === "month") this.day = addMonths(day, by);
    else this.day = addDays(day, this.shape === "week" ? 7 * by : by);
    void this.load();
  }

  /** Takes a visit one step further. */
  async step(visit: VisitView, step: VisitStep, room?: string): Promise<VisitView> {
    const { patient, item, rev } = visit;
    const args = { patient, item, rev, step, ...(room ? { room } : {}) };
    const done = await this.session.call("step_visit", args);
    await this.load();
    return done.visit;
  }

  private async loadDays(turn: number): Promise<void> {
    const from = this.shape === "week" && this.day ? mondayOf(this.day) : this.day;
    const week = this.shape === "week";
    // Without a day the core says which one today is at the clinic.
    const first = week && !from ? mondayOf(this.today || (await this.askToday())) : from;
    const page = await this.session.call("schedule", {
      days: week ? 7 : 1,
      ...(first ? { from: first } : {}),
    });
    if (turn === this.turn) [this.page, this.month] = [page, null];
  }

  private async askToday(): Promise<string> {
    return (await this.session.call("schedule", { days: 1 })).today;
  }

  private async loadMonth(turn: number): Promise<void> {
    const month = await this.session.call("schedule_month", this.day ? { day: this.day } : {});
    if (turn === this.turn) [this.month, this.page] = [month, null];
  }

  /** Lets go of everything. */
  stop(): void {
    this.turn += 1;
    clearInterval(this.asking);
    [this.page, this.month, this.list] = [null, null, null];
    this.said = "";
  }
}
