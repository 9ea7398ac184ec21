/** What was searched and found, and which row is chosen. Lives as long as the session's workplace. */
import type { AppointmentView, NumberNeeded, ScheduleView, SearchRow } from "../../api/bindings";
import { Failed, failed } from "../../api/backend";
import type { Session } from "../../session.svelte";
import { ENOUGH, letters, narrows, rowFits } from "./narrow";

/** How long typing pauses before the core is asked again: every question leaves a row in the audit log. */
const QUIET_MS = 150;
/** The first question goes out at once when there are so many letters. */
const FIRST_LETTERS = 2;
/** So many rows come at once; when that is all of them, later letters need no question. */
const PAGE = 200;

export type Open = (patient: string, row?: SearchRow) => void;

export class Search {
  query = $state("");
  rows = $state.raw<SearchRow[]>([]);
  total = $state(0);
  /** More may fit than could be looked at: what was typed is too little. */
  beyond = $state(false);
  /** The query that `rows` answer. */
  answered = $state("");
  active = $state(0);
  busy = $state(false);
  trouble = $state.raw<Failed | null>(null);
  recent = $state.raw<SearchRow[]>([]);
  schedule = $state.raw<ScheduleView | null>(null);
  scheduleTrouble = $state.raw<Failed | null>(null);
  /** Rises when the field should take the focus. */
  wanted = $state(0);

  /** All that the core found for the question `whole` answers; later letters narrow it here. */
  private found: SearchRow[] = [];
  private whole = "";
  private turn = 0;
  private ticket = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly session: Session) {}

  /** Whether the day's appointments stand in place of results. */
  get idle(): boolean {
    return this.query.trim() === "";
  }

  get appointments(): AppointmentView[] {
    return this.schedule?.appointments ?? [];
  }

  /** Starts of today's appointments by patient. */
  get today(): Map<string, string> {
    return new Map(this.appointments.map((entry) => [entry.patient, entry.start]));
  }

  get length(): number {
    return this.idle ? this.recent.length + this.appointments.length : this.rows.length;
  }

  /** Takes what is in the field. Asks at the second letter and when typing pauses, unless the rows here settle it. */
  type(query: string): void {
    const before = letters(this.query);
    this.query = query;
    this.turn += 1;
    clearTimeout(this.timer);
    if (this.idle) return this.clear();
    if (this.narrow()) return;
    this.busy = true;
    if (before < FIRST_LETTERS && letters(query) >= FIRST_LETTERS) return void this.run();
    this.timer = setTimeout(() => {
      if (!this.narrow()) void this.run();
    }, QUIET_MS);
  }

  /** Asks now. An answer to an older question is dropped. */
  async run(): Promise<void> {
    clearTimeout(this.timer);
    const turn = ++this.turn;
    const query = this.query.trim();
    this.busy = true;
    try {
      const asked = { query, offset: 0, limit: PAGE, ticket: this.nextTicket() };
      const page = await this.session.call("search_patients", asked);
      // Letters typed since may be settled by what came.
      this.keep(query, page.rows, page.total, page.more);
      if (turn === this.turn) this.show(query, page.rows, page.total, page.more);
      else if (this.narrow()) clearTimeout(this.timer);
    } catch (thrown) {
      if (turn === this.turn) this.fail(failed(thrown));
    }
  }

  /** Whether what was typed is a social security number, which is looked for only when it is said what for. */
  get asksWhy(): boolean {
    return this.trouble?.code === "invalid" && this.trouble.fields.why === "purpose";
  }

  /** Looks for whoever has the number that was typed. */
  async byNumber(purpose: NumberNeeded): Promise<void> {
    const turn = ++this.turn;
    const ssn = this.query.trim();
    this.busy = true;
    try {
      const page = await this.session.call("find_by_national_id", { ssn, purpose });
      if (turn === this.turn) this.show(ssn, page.rows, page.total, page.more);
    } catch (thrown) {
      if (turn === this.turn) this.fail(failed(thrown));
    }
  }

  /** Fetches the next rows, if there are any. */
  async more(): Promise<void> {
    if (this.busy || this.rows.length >= this.total) return;
    const turn = this.turn;
    this.busy = true;
    try {
      const offset = this.rows.length;
      const asked = { query: this.answered, offset, limit: PAGE, ticket: this.nextTicket() };
      const page = await this.session.call("search_patients", asked);
      if (turn === this.turn) this.append(page.rows, page.total);
    } catch (thrown) {
      if (turn === this.turn) this.trouble = failed(thrown);
    } finally {
      if (turn === this.turn) this.busy = false;
    }
  }

  /** Moves the choice. */
  move(by: number): void {
    this.active = Math.min(Math.max(0, this.active + by), Math.max(0, this.length - 1));
    if (!this.idle && this.active >= this.rows.length - 5) void this.more();
  }

  /** Opens the chosen row. What isn't on screen yet is never opened, unless it is the only hit. */
  async enter(open: Open): Promise<void> {
    if (/^wb-/i.test(this.query.trim())) return this.scanBand(this.query, open);
    if (this.idle) return this.openAt(this.active, open);
    if (this.answered === this.query.trim() && !this.trouble) return this.openAt(this.active, open);
    await this.run();
    if (this.rows.length === 1 && this.answered === this.query.trim()) this.openAt(0, open);
  }

  /** Takes a scanned code as the query. */
  scan(code: string, open: Open): void {
    if (/^wb-/i.test(code)) return void this.scanBand(code, open);
    this.type(code);
    void this.enter(open);
  }

  /** A wristband opens its patient's chart, or says why not. */
  private async scanBand(code: string, open: Open): Promise<void> {
    this.type("");
    try {
      open((await this.session.call("scan_wristband", { code })).patient);
    } catch (thrown) {
      this.fail(failed(thrown));
    }
  }

  /** Opens the row at a place. */
  openAt(at: number, open: Open): void {
    this.active = at;
    const entry = this.appointments[at - this.recent.length];
    if (this.idle && entry) return open(entry.patient);
    const row = (this.idle ? this.recent : this.rows)[at];
    if (row) open(row.patient, row);
  }

  /** Asks for the day's appointments. */
  async loadSchedule(): Promise<void> {
    this.scheduleTrouble = null;
    try {
      this.schedule = await this.session.call("todays_schedule", {});
    } catch (thrown) {
      this.scheduleTrouble = failed(thrown);
    }
  }

  /** Asks whom this person opened last; without an answer the list stays away. */
  async loadRecent(): Promise<void> {
    try {
      this.recent = (await this.session.call("recent_patients", {})).rows;
    } catch {
      this.recent = [];
    }
  }

  /** Drops timers and everything found. */
  stop(): void {
    this.turn += 1;
    this.query = "";
    this.schedule = null;
    this.recent = [];
    this.clear();
  }

  /** Rises even when a new window begins to count: the core answers the newest question only. */
  private nextTicket(): number {
    this.ticket = Math.max(this.ticket + 1, this.session.date.getTime());
    return this.ticket;
  }

  private keep(query: string, rows: SearchRow[], total: number, more: boolean): void {
    const all = !more && rows.length === total && total <= PAGE;
    [this.whole, this.found] = all ? [query, rows] : ["", []];
  }

  /** Settles the question with the rows that are here, if they are all and enough. */
  private narrow(): boolean {
    const query = this.query.trim();
    if (!this.whole || !narrows(this.whole, query)) return false;
    const rows = this.found.filter((row) => rowFits(row, query));
    if (rows.length < ENOUGH) return false;
    this.show(query, rows, rows.length, false);
    return true;
  }

  private show(query: string, rows: SearchRow[], total: number, more: boolean): void {
    const chosen = this.answered === query ? this.rows[this.active]?.patient : undefined;
    const kept = rows.findIndex((row) => row.patient === chosen);
    this.rows = rows;
    this.total = total;
    this.beyond = more;
    this.answered = query;
    this.active = Math.max(0, kept);
    this.trouble = null;
    this.busy = false;
  }

  private append(rows: SearchRow[], total: number): void {
    const known = new Set(this.rows.map((row) => row.patient));
    this.rows = [...this.rows, ...rows.filter((row) => !known.has(row.patient))];
    this.total = rows.length === 0 ? this.rows.length : total;
  }

  private fail(why: Failed): void {
    this.whole = "";
    this.found = [];
    this.rows = [];
    this.total = 0;
    this.trouble = why;
    this.busy = false;
  }

  private clear(): void {
    clearTimeout(this.timer);
    this.whole = "";
    this.found = [];
    this.beyond = false;
    this.rows = [];
    this.total = this.active = 0;
    this.answered = "";
    this.trouble = null;
    this.busy = false;
  }
}
