/** An invented clinic that answers like the core: seat, roles, revisions, and failures on demand. For tests only. */
import type {
  ChartView,
  Code,
  LockCause,
  Problem,
  ProblemView,
  RetiredView,
  SeatState,
  SeatView,
} from "../bindings";
import { Failed, LIMITS, USUAL_LIMIT, within } from "../backend";
import type { Answer, Args, Backend, Fields, Name } from "../backend";
import { wholeChart } from "./chart";
import { Clinical } from "./clinical";
import { FACE } from "./details";
import { Directives } from "./directives";
import { Documents } from "./documents";
import { drafts } from "./drafts";
import { OPENING, problems, schedule } from "./clinic";
import { longProblems } from "./history";
import { people, type Person } from "./people";
import { printing } from "./print";
import { isoDay, listed, markSimilar, row } from "./directory";
import { query as fits } from "./query";
import { Access } from "./access";
import { Workstations, workstationCommands } from "./workstations";
import { suggestCodes } from "./codes";
import { checker } from "./care";
import { Registrations } from "./patients";
import { FrontDesk } from "./front-desk";
import { ACCOUNTS, PASSWORD, project, STAFF, TABLE, type Account } from "./roles";
import * as validate from "./validate";

/** What a test may do to the clinic from outside. */
export type Controls = {
  /** Moves the clock on; a due lock happens. */
  advance(ms: number): void;
  /** Lets the next calls of a command fail. */
  fail(name: Name, code: Code, fields?: Fields, times?: number): void;
  /** Lets the next call of a command never answer. */
  hang(name: Name): void;
  /** Holds back answers of a command until `release`. */
  hold(name: Name): void;
  release(name: Name): void;
  /** Another user changes a problem meanwhile. */
  editElsewhere(patient: string, change: Partial<Problem>): void;
  /** Another workstation checks somebody in. */
  arriveElsewhere(): void;
  /** Locks as the operating system would. */
  lock(cause: LockCause): void;
  /** Every call so far, names only. */
  calls: Name[];
};

/** A fresh clinic with its controls. */
export function fakeClinic(): { backend: Backend; controls: Controls } {
  return new Clinic().parts();
}

type Holder = { account: Account; since: number };

class Clinic {
  private people = people();
  private today = schedule(this.people);
  private stored = new Map<string, ProblemView[]>();
  private ids = new Map<string, string>();
  private holder: Holder | null = null;
  private recent: string[] = [];
  private locked: Extract<SeatState, { is: "locked" }> | null = null;
  private retired: RetiredView | null = null;
  private access = new Access();
  private register = new Registrations(this.people, () => this.date());
  private workstations = new Workstations();
  private desk = new FrontDesk(
    () => this.date(),
    () => this.open().account,
    this.people,
  );
  private clinical = new Clinical();
  private documents = new Documents(
    FACE,
    () => this.open().account.user,
    this.clinical.labels,
    (copy) =>
      this.directives.check(copy.patient, { ...copy, part: "attachments" }, this.open().account.user.role),
  );
  private directives = new Directives(() => this.open().account.user.name);
  private elsewhere: string | null = null;
  private failures = 0;
  private skew = 0;
  private heard = new Set<(seat: SeatView) => void>();
  private planned = new Map<Name, Array<() => Promise<never>>>();
  private held = new Map<Name, Array<() => void>>();
  private calls: Name[] = [];

  parts(): { backend: Backend; controls: Controls } {
    const backend: Backend = {
      call: (name, args) => within(LIMITS[name] ?? USUAL_LIMIT, this.answer(name, args)),
      onSeat: (heard) => {
        this.heard.add(heard);
        return () => this.heard.delete(heard);
      },
      now: () => this.now(),
      date: () => this.date(),
    };
    return { backend, controls: this.controls() };
  }

  private controls(): Controls {
    const plan = (name: Name, step: () => Promise<never>) =>
      this.planned.set(name, [...(this.planned.get(name) ?? []), step]);
    return {
      advance: (ms) => {
        this.skew += ms;
        this.lockIfDue();
      },
      fail: (name, code, fields = {}, times = 1) => {
        for (let n = 0; n < times; n++) plan(name, () => Promise.reject(new Failed(code, fields)));
      },
      hang: (name) => plan(name, () => new Promise(() => undefined)),
      hold: (name) => this.held.set(name, []),
      release: (name) => {
        const waiting = this.held.get(name) ?? [];
        this.held.delete(name);
        waiting.forEach((go) => go());
      },
      editElsewhere: (patient, change) => this.editElsewhere(patient, change),
      arriveElsewhere: () => this.desk.arriveElsewhere(),
      lock: (cause) => this.lock(cause),
      calls: this.calls,
    };
  }

  private now = () => performance.now() + this.skew;
  private date = () => new Date(OPENING.getTime() + this.now());

  private async answer<N extends Name>(name: N, args: Args<N>): Promise<Answer<N>> {
    this.calls.push(name);
    this.lockIfDue();
    const step = this.planned.get(name)?.shift();
    if (step) return step();
    const waiting = this.held.get(name);
    if (waiting) await new Promise<void>((go) => waiting.push(go));
    await Promise.resolve();
    this.decide(name, (args as { patient?: string }).patient);
    return this.handlers[name](args as never) as Answer<N>;
  }

  /** Charts that are open in an emergency. */
  private readonly glass = new Set<string>();

  /** Session, then role, then care team, as at the core's door. */
  private decide(name: Name, patient: string | undefined): void {
    const free = [
      "seat",
      "touch",
      "changes",
      "sign_in",
      "unlock",
      "lock",
      "sign_out",
      "change_password",
      "keep_draft",
      "drafts",
      "drop_draft",
    ].includes(name);
    if (!free && this.access.mustChoose(this.open().account)) throw new Failed("choose_password");
    const row = TABLE[name];
    if (!row) return;
    const grant = row[this.open().account.user.role];
    if (!grant) throw new Failed("no_right");
    const known = this.people.find((who) => who.id === patient);
    if (grant === "on care team" && (!known || (known.elsewhere && !this.glass.has(known.id))))
      throw new Failed("not_on_care_team");
  }

  private handlers: { [N in Name]: (args: Args<N>) => Answer<N> } = {
    ...this.desk.handlers,
    ...drafts(
      () => this.open().account.user.name,
      () => this.date(),
    ),
    ...printing(
      (patient) => project(this.chart(this.patient(patient)), this.open().account.user.role),
      (order, part) =>
        this.directives.check(order.patient ?? null, { ...order, part }, this.open().account.user.role),
    ),
    ...this.clinical.handlers,
    ...this.documents.handlers,
    ...this.directives.handlers,
    seat: () => this.seat(),
    touch: () => {
      this.open().since = this.now();
      return this.seat();
    },
    changes: () => {
      const patient = this.elsewhere;
      this.elsewhere = null;
      const schedule = this.desk.news;
      this.desk.news = false;
      return { chart: patient === null ? null : { patient, records: [patient] }, schedule };
    },
    sign_in: ({ username, password }) => this.enter(STAFF[username.trim().toLowerCase()], password),
    unlock: ({ password }) => {
      if (!this.locked) throw new Failed("not_signed_in");
      return this.enter(this.holder?.account, password);
    },
    lock: () => {
      this.lock("manual");
      return this.seat();
    },
    sign_out: () => {
      this.holder = null;
      this.locked = null;
      this.recent = [];
      return this.seat();
    },
    search_patients: ({ query, offset, limit }) => {
      if (/^\d{3}-\d{2}-\d{4}$/.test(query.trim())) {
        const doctor = this.open().account.user.role === "doctor";
        throw new Failed("invalid", { field: "query", why: doctor ? "purpose" : "national_id" });
      }
      const found = this.people.filter(fits(query)).sort(listed);
      const rows = found.slice(offset, offset + limit).map((who) => row(who, this.date()));
      return { rows: markSimilar(rows), total: found.length, offset, more: false };
    },
    find_by_national_id: ({ ssn }) => {
      validate.ssn(ssn);
      const having = this.people.filter((who) => this.nationalId(who).on_file && this.digits(who) === ssn);
      const rows = having.map((who) => row(who, this.date()));
      return { rows, total: rows.length, offset: 0, more: false };
    },
    recent_patients: () => {
      const rows = this.recent.map((id) => row(this.patient(id), this.date()));
      return { rows, total: rows.length, offset: 0, more: false };
    },
    match_patients: ({ surname, given }) => {
      const found = this.people.filter(fits(`${surname}, ${given}`)).sort(listed);
      const rows = found.slice(0, 10).map((who) => this.register.likely(who));
      return { rows, opened: rows.length };
    },
    ...this.register.handlers(() => this.open().account),
    todays_schedule: () => ({ day: isoDay(this.date()), appointments: this.today }),
    open_chart: ({ patient }) => {
      const { role } = this.open().account.user;
      const chart = this.clinical.whole(project(this.chart(this.patient(patient)), role));
      const restriction_on_file = this.directives.restricts(patient);
      const view = { ...chart, restriction_on_file, ...this.documents.of(chart, role) };
      this.recent = [patient, ...this.recent.filter((one) => one !== patient)].slice(0, 10);
      return view;
    },
    break_glass: ({ patient, password }) => {
      if (password !== PASSWORD) throw new Failed("wrong_sign_in");
      this.glass.add(this.patient(patient).id);
      return { until: new Date(this.date().getTime() + 3_600_000).toISOString() };
    },
    suggest_codes: ({ text }) => suggestCodes(text),
    add_problem: ({ patient, problem }) => {
      const list = this.writable(patient, problem);
      const saved = this.version(
        `11000000-0000-4000-9000-${String(list.length).padStart(12, "0")}`,
        1,
        problem,
      );
      list.push(saved);
      return { is: "saved", saved };
    },
    edit_problem: ({ patient, item, rev, problem }) => {
      const list = this.writable(patient, problem);
      const at = list.findIndex((entry) => entry.item === item);
      const current = list[at];
      if (!current) throw new Failed("not_found");
      if (current.rev !== rev) return { is: "conflict", current };
      list[at] = this.version(item, rev + 1, problem);
      return { is: "saved", saved: list[at] };
    },
    ...checker,
    enter_national_id: ({ patient, ssn }) => {
      validate.ssn(ssn);
      const { on_file } = this.nationalId(this.patient(patient));
      if (on_file && this.open().account.user.role !== "doctor") throw new Failed("no_right");
      this.ids.set(patient, ssn);
      return {};
    },
    reveal_national_id: ({ patient, reason }) => {
      validate.reason(reason);
      const who = this.patient(patient);
      const { on_file } = this.nationalId(who);
      return on_file ? { on_file, revealed: this.digits(who) } : { on_file };
    },
    xray: ({ patient }) => ({
      record: patient ?? "7b0c9a54-6f0e-4c55-9c43-0a4d1d1f6b11",
      rows: [
        { path: "_id", form: "clear", length: 16, bytes: "7b0c9a54 6f0e4c55 9c430a4d 1d1f6b11" },
        {
          path: "s.identity",
          form: "unindexed",
          key: "0d9b1e39-3b7c-4a51-8c0e-2f1e6d4b9a77",
          ...(this.open().account.user.role === "doctor"
            ? { purpose: "section:front", means: '{\n  "name": { "surname": "Smith" }\n}' }
            : {}),
          length: 386,
          bytes: "100d9b1e 393b7c4a 518c0e2f",
        },
        {
          path: "i.surname",
          form: "equality",
          key: "5c1f0a8e-77b1-4b1c-b0f6-90f4f0d1c2aa",
          length: 210,
          bytes: "0e5c1f0a 8e77b14b 1cb0f690",
        },
        { path: "__safeContent__", form: "tags", length: 224, bytes: "9f2c77aa 10b5e6d1" },
      ],
    }),
    change_password: ({ current, new: next }) => {
      this.access.change(this.open().account, current, next);
      return this.seat();
    },
    list_requests: () => ({
      requests: this.access.requests(this.open().account.user.role, this.date().getTime()),
    }),
    confirm_access: ({ user, code }) => this.access.confirm(this.open().account.user.role, user, code),
    list_users: () => ({
      users: Object.entries(STAFF).map(([username, { user }], at) => ({
        user: `4000000${at}-0000-4000-8000-000000000000`,
        username,
        name: user.name,
        role: user.role,
        active: true,
        sensitive: username === "osei",
        holds: [],
        waits_for: [],
      })),
    }),
    create_user: ({ username }) => ({
      user: "50000000-0000-4000-8000-000000000001",
      username,
      password: "six words for one time only",
    }),
    ...workstationCommands(this.workstations),
    retire_workstation: () => {
      this.retired = this.workstations.retire();
      this.holder = this.locked = null;
      return this.seat();
    },
    change_role: () => ({}),
    set_active: () => ({}),
    set_extra_right: () => ({}),
    order_access: () => ({}),
    reset_password: ({ user }) => ({ user, username: "diaz", password: "six words for one time only" }),
    status: () => ({
      checks: [
        {
          what: "encryption",
          ok: true,
          detail:
            "AES-256-GCM in AEAD_AES_256_CBC_HMAC_SHA_256 (Queryable Encryption); 360 documents looked at, 0 unencrypted values",
        },
        { what: "store", ok: true, detail: "embedded: patients 160, items 4310, key_vault 17" },
        { what: "keychain", ok: true, detail: "site key present and whole" },
        {
          what: "keys",
          ok: true,
          detail: `compartments open in this session: front, ${this.open().account.user.role === "front_desk" ? "insurance" : "clinical"}`,
        },
        { what: "audit", ok: true, detail: "312 rows in the chain, 0 writes without an outcome" },
        { what: "memory", ok: true, detail: "freed memory is zeroed" },
      ],
      version: "0.1.0",
      libmongocrypt: "1.21.0",
      policy: "1 · 7f3a",
    }),
  };

  private seat(): SeatView {
    const demo_users = Object.entries(ACCOUNTS).map(([username, { words }]) => ({
      username,
      role: words,
      password: PASSWORD,
    }));
    const fixed = {
      site: "Juniper Street Clinic",
      demo: true,
      store: "embedded",
      policy: "1 · 7f3a",
      version: "0.1.0",
    } as const;
    return { ...fixed, demo_users, state: this.state() };
  }

  private state(): SeatState {
    if (this.retired) return { is: "retired", record: this.retired };
    if (this.locked) return this.locked;
    if (!this.holder) return { is: "vacant" };
    const { user, limits } = this.holder.account;
    const idle = this.now() - this.holder.since;
    const left = (limit: number) => Math.max(0, Math.round(limit - idle));
    return {
      is: "open",
      user,
      blur_in_ms: left(limits.blur),
      warn_in_ms: left(limits.warn),
      lock_in_ms: left(limits.lock),
      choose_password: this.access.mustChoose(this.holder.account),
      waiting: this.access.waiting(this.holder.account),
    };
  }

  private enter(account: Account | undefined, password: string): SeatView {
    if (this.failures >= 5) {
      this.failures = 4;
      throw new Failed("wait", { seconds: 8 });
    }
    if (!account || !this.access.fits(account, password)) {
      this.failures += 1;
      throw new Failed("wrong_sign_in");
    }
    this.failures = 0;
    this.locked = null;
    this.holder = { account, since: this.now() };
    return this.seat();
  }

  private open(): Holder {
    if (this.locked) throw new Failed("locked");
    if (!this.holder) throw new Failed("not_signed_in");
    return this.holder;
  }

  private lockIfDue(): void {
    const due = this.holder && this.now() - this.holder.since >= this.holder.account.limits.lock;
    if (due && !this.locked) this.lock("idle");
  }

  private lock(cause: LockCause): void {
    if (!this.holder || this.locked) return;
    this.recent = [];
    const { user, limits, words } = this.holder.account;
    const idle_s = cause === "idle" ? limits.lock / 1000 : null;
    this.locked = {
      is: "locked",
      initials: user.initials,
      role: words,
      cause,
      since: this.date().getTime(),
      idle_s,
    };
    this.heard.forEach((tell) => tell(this.seat()));
  }

  private patient(id: string): Person {
    const who = this.people.find((person) => person.id === id);
    if (!who) throw new Failed("not_found");
    if (who.damaged) throw new Failed("damaged");
    return who;
  }

  private problems(patient: string): ProblemView[] {
    const long = this.people.some((who) => who.id === patient && who.long);
    const list = this.stored.get(patient) ?? [...problems(), ...(long ? longProblems() : [])];
    this.stored.set(patient, list);
    return list;
  }

  private writable(patient: string, problem: Problem): ProblemView[] {
    validate.problem(problem, this.date());
    return this.problems(this.patient(patient).id);
  }

  private version(item: string, rev: number, problem: Problem): ProblemView {
    const by = this.holder?.account.user.name ?? "";
    return { item, rev, problem, changed: this.date().toISOString(), by };
  }

  private editElsewhere(patient: string, change: Partial<Problem>): void {
    const list = this.problems(patient);
    const first = list[0];
    if (!first) return;
    this.elsewhere = patient;
    const problem = { ...first.problem, ...change };
    list[0] = {
      ...first,
      rev: first.rev + 1,
      problem,
      changed: this.date().toISOString(),
      by: "Dr. M. Adeyemi",
    };
  }

  private digits = (who: Person) => this.ids.get(who.id) ?? `740-12-${who.id.slice(-4)}`;

  private nationalId(who: Person): { on_file: boolean; last4?: string } {
    const onFile = this.ids.has(who.id) || Number(who.id.slice(-1)) % 2 === 1;
    return onFile ? { on_file: true, last4: this.digits(who).slice(-4) } : { on_file: false };
  }

  private chart(who: Person): ChartView {
    const appointments = this.today.filter((entry) => entry.patient === who.id);
    const own = { national_id: this.nationalId(who), appointments, problems: [...this.problems(who.id)] };
    return { ...wholeChart(who, this.date()), ...own };
  }
}
