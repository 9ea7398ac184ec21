/** The fake clinic's front desk: visits with their states, the waiting list, boards and figures. */
import type {
  AccountView,
  Authorization,
  BookedView,
  ChartWindow,
  Clash,
  CoverageWarning,
  DayView,
  Plan,
  Provider,
  VisitStep,
  VisitView,
  WishView,
} from "../bindings";
import { Failed, type Answer, type Args } from "../backend";
import { isoDay } from "./directory";
import type { Person } from "./people";
import type { Account } from "./roles";

export const PROVIDERS: Provider[] = [
  { name: "Dr. R. Osei", user: "osei", unit: "main" },
  { name: "Dr. L. Marchetti", unit: "main" },
  { name: "A. Kowalska, NP", unit: "east" },
];
const TYPES = [
  { name: "New patient", minutes: 60 },
  { name: "Follow-up", minutes: 30 },
  { name: "Annual visit", minutes: 45 },
  { name: "Nurse visit", minutes: 15 },
];
const ROOMS = ["Room 1", "Room 2", "Room 3"];
const DEVICES = ["Ultrasound 1", "Spirometer"];
const OPEN = [
  { from: 480, until: 720 },
  { from: 780, until: 1020 },
];
const NEXT: Record<string, Partial<Record<VisitStep, string>>> = {
  booked: { arrive: "arrived", cancel: "cancelled", miss: "noshow", reschedule: "rescheduled" },
  arrived: { room: "roomed", cancel: "cancelled" },
  roomed: { see: "seen", cancel: "cancelled" },
  seen: { check_out: "out" },
  noshow: { reschedule: "rescheduled" },
  waitlist: { book: "booked", cancel: "cancelled" },
};
/** What a core answers where no window was opened. */
const NOT_OPENED = "00000000-0000-0000-0000-000000000000";
/** As the core: of whom another on the list could be taken for, it is said. */
const toldApart = (visits: VisitView[]): VisitView[] =>
  visits.map((one) => ({
    ...one,
    similar_name: visits.some((other) => other.patient !== one.patient && other.name === one.name),
  }));
const HOLDS = ["booked", "arrived", "roomed", "seen", "out"];

type Names =
  | "schedule"
  | "schedule_month"
  | "free_slots"
  | "book_visit"
  | "reschedule_visit"
  | "cancel_visit"
  | "step_visit"
  | "check_in"
  | "correct_visit"
  | "wait_for_visit"
  | "waiting_list"
  | "public_board"
  | "my_day"
  | "reminders"
  | "send_reminders"
  | "set_schedule"
  | "show_account"
  | "note_coverage"
  | "note_authorization"
  | "set_balance";
type Handlers = { [N in Names]: (args: Args<N>) => Answer<N> };

export class FrontDesk {
  private visits: VisitView[] = [];
  private wishes: WishView[] = [];
  private accounts = new Map<string, AccountView>();
  private counter: ChartWindow | null = null;
  private made = 0;
  private sent = false;
  /** Somebody at another workstation has changed a visit. */
  news = false;

  constructor(
    private readonly date: () => Date,
    private readonly account: () => Account,
    private readonly people: Person[],
  ) {}

  /** The day as it begins: some have come, some are seen, some are still to come. */
  private fill(): void {
    if (this.visits.length > 0) return;
    const states = [
      "out",
      "out",
      "seen",
      "roomed",
      "arrived",
      "arrived",
      "booked",
      "booked",
      "booked",
      "booked",
      "noshow",
      "booked",
    ];
    this.people.slice(0, 12).forEach((who, n) => {
      if (who.damaged) return;
      const status = states[n] ?? "booked";
      const minute = 480 + Math.floor(n / 3) * 30 + (n >= 6 ? 120 : 0);
      const visit = this.visit(
        who,
        isoDay(this.date()),
        minute,
        PROVIDERS[n % 3]?.name ?? "",
        "Follow-up",
        30,
      );
      this.visits.push({ ...visit, status, ...this.come(status, minute, n) });
    });
    const wish = this.visit(this.people[20] as Person, "", 0, "", "Follow-up", 30);
    this.wishes.push({
      visit: { ...wish, status: "waitlist" },
      from: isoDay(this.date()),
      until: "2026-12-18",
      since: new Date(this.date().getTime() - 5 * 86_400_000).toISOString(),
    });
  }

  private come(status: string, minute: number, n: number): Partial<VisitView> {
    const at = (after: number) => this.instant(isoDay(this.date()), minute + after);
    const states = ["arrived", "roomed", "seen", "out"];
    const reached = states.indexOf(status);
    if (reached < 0) return {};
    const times = Object.fromEntries(
      states.slice(0, reached + 1).map((state, k) => [state, at(k * 10 - 15)]),
    );
    return {
      times,
      token: `B${20 + n}`,
      unit: "main",
      ...(reached > 0 ? { room: ROOMS[n % 3] as string } : {}),
    };
  }

  private instant(day: string, minute: number): string {
    const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
    return new Date(year, month - 1, date, 0, minute).toISOString();
  }

  private visit(
    who: Person,
    day: string,
    minute: number,
    provider: string,
    type: string,
    minutes: number,
  ): VisitView {
    this.made += 1;
    return {
      item: `12000000-0000-4000-9000-${String(this.made).padStart(12, "0")}`,
      patient: who.id,
      rev: 1,
      name: `${who.surname.toUpperCase()}, ${who.given}`,
      ...(who.birth_date ? { birth_date: who.birth_date } : {}),
      similar_name: false,
      day,
      minute,
      start: day ? this.instant(day, minute) : "",
      minutes,
      provider,
      mine: PROVIDERS.some(
        (one) => one.name === provider && one.user === "osei" && this.account().user.role === "doctor",
      ),
      visit_type: type,
      status: "booked",
      times: {},
    };
  }

  private day(iso: string): DayView {
    const weekday = new Date(`${iso}T12:00:00Z`).getUTCDay();
    const holiday = iso === "2026-11-26";
    const open = weekday === 0 || weekday === 6 || holiday ? [] : OPEN;
    const away = iso === "2026-11-25" ? ["Dr. R. Osei"] : [];
    return { day: iso, open, away, ...(holiday ? { holiday: "Thanksgiving" } : {}) };
  }

  private days(from: string, count: number): string[] {
    return Array.from({ length: count }, (_, n) => {
      const date = new Date(`${from}T12:00:00Z`);
      date.setUTCDate(date.getUTCDate() + n);
      return date.toISOString().slice(0, 10);
    });
  }

  private who(id: string): Person {
    const who = this.people.find((one) => one.id === id);
    if (!who) throw new Failed("not_found");
    return who;
  }

  private found(item: string, rev: number): VisitView {
    this.fill();
    const visit =
      this.visits.find((one) => one.item === item) ??
      this.wishes.find((one) => one.visit.item === item)?.visit;
    if (!visit) throw new Failed("not_found");
    if (visit.rev !== rev) throw new Failed("conflict");
    return visit;
  }

  private take(visit: VisitView, step: VisitStep, more: Partial<VisitView> = {}): VisitView {
    const status = NEXT[visit.status]?.[step];
    if (!status) throw new Failed("invalid", { field: "step", why: "not_listed" });
    const times = ["arrived", "roomed", "seen", "out"].includes(status)
      ? { ...visit.times, [status]: this.date().toISOString() }
      : visit.times;
    const next = { ...visit, ...more, status, times, rev: visit.rev + 1 };
    this.visits = this.visits.map((one) => (one.item === visit.item ? next : one));
    this.wishes = this.wishes.filter((one) => one.visit.item !== visit.item);
    return next;
  }

  private clashes(patient: string, plan: Plan, day: string, except?: string): Clash[] {
    const minutes = plan.minutes ?? TYPES.find((kind) => kind.name === plan.visit_type)?.minutes ?? 30;
    const { minute } = plan.at;
    const { open, holiday, away } = this.day(day);
    const found: Clash[] = [];
    if (minute % 15 !== 0) found.push("off_grid");
    if (day < isoDay(this.date())) found.push("past");
    if (holiday) found.push("holiday");
    else if (!open.some((hours) => hours.from <= minute && minute + minutes <= hours.until))
      found.push("closed");
    if (away.includes(plan.provider)) found.push("away");
    const near = this.visits.filter(
      (one) =>
        one.day === day &&
        one.item !== except &&
        HOLDS.includes(one.status) &&
        one.minute < minute + minutes &&
        minute < one.minute + one.minutes,
    );
    if (near.some((one) => one.provider === plan.provider)) found.push("provider_taken");
    if (near.some((one) => one.devices?.some((device) => plan.devices?.includes(device))))
      found.push("device_taken");
    if (near.some((one) => one.patient === patient)) found.push("patient_taken");
    return found.filter((clash) => !(plan.overbook && clash.endsWith("_taken")));
  }

  private book(patient: string, plan: Plan, days: string[], except?: string): BookedView {
    const problems = days
      .map((day) => ({ day, minute: plan.at.minute, clashes: this.clashes(patient, plan, day, except) }))
      .filter((one) => one.clashes.length > 0);
    if (problems.length > 0) return { is: "not_free", obstacles: problems };
    const minutes = plan.minutes ?? TYPES.find((kind) => kind.name === plan.visit_type)?.minutes ?? 30;
    const visits = days.map((day) => ({
      ...this.visit(this.who(patient), day, plan.at.minute, plan.provider, plan.visit_type, minutes),
      ...(plan.room ? { room: plan.room } : {}),
      ...(plan.devices ? { devices: plan.devices } : {}),
      ...(plan.overbook ? { overbooked: plan.overbook } : {}),
    }));
    this.visits.push(...visits);
    return { is: "booked", visits };
  }

  /** As the core: an account is written from the window that showing it has opened. */
  private boundTo(patient: string, from: ChartWindow): void {
    const { handle } = this.counter ?? {};
    if (handle !== from.handle || patient !== this.counter?.patient || patient !== from.patient)
      throw new Failed("wrong_patient");
  }

  private accountOf(patient: string): AccountView {
    this.who(patient);
    const carrier = "Example Health Plan";
    const warnings = [{ of: "not_verified" as const, carrier }];
    const today = isoDay(this.date());
    return (
      this.accounts.get(patient) ?? {
        handle: NOT_OPENED,
        today,
        carriers: [carrier],
        checks: [],
        authorizations: [],
        warnings,
      }
    );
  }

  private keep(patient: string, account: AccountView): AccountView {
    const today = Date.parse(isoDay(this.date()));
    const left = (until: string) => Math.round((Date.parse(until) - today) / 86_400_000);
    const warnings: CoverageWarning[] = account.authorizations
      .filter((one) => one.status === "approved" && one.until !== undefined && left(one.until) < 14)
      .map((one) => ({ of: "authorization_ends", service: one.service, days: left(one.until ?? "") }));
    const [carrier = ""] = account.carriers;
    if (account.checks.length === 0) warnings.unshift({ of: "not_verified", carrier });
    const kept = { ...account, warnings };
    this.accounts.set(patient, kept);
    return kept;
  }

  readonly handlers: Handlers = {
    schedule: ({ from, days }) => {
      this.fill();
      const today = isoDay(this.date());
      const shown = this.days(from ?? today, days);
      const desk = this.account().user.role === "front_desk";
      const visits = this.visits.filter((visit) => shown.includes(visit.day));
      return {
        today,
        now: this.date().toISOString(),
        minute: this.date().getHours() * 60 + this.date().getMinutes(),
        days: shown.map((day) => this.day(day)),
        providers: PROVIDERS,
        visit_types: TYPES,
        rooms: ROOMS,
        devices: DEVICES,
        visits: toldApart(visits).sort(
          (a, b) => a.start.localeCompare(b.start) || a.name.localeCompare(b.name),
        ),
        may: { book: desk, check_in: desk, insurance: this.account().user.role !== "nurse" },
        damaged: 0,
      };
    },
    schedule_month: ({ day }) => {
      this.fill();
      const today = isoDay(this.date());
      const first = `${(day ?? today).slice(0, 7)}-01`;
      const days = this.days(first, 31).filter((one) => one.startsWith(first.slice(0, 7)));
      const count = (iso: string) =>
        this.visits
          .filter((visit) => visit.day === iso && HOLDS.includes(visit.status))
          .reduce<Record<string, number>>(
            (sum, { provider }) => ({ ...sum, [provider]: (sum[provider] ?? 0) + 1 }),
            {},
          );
      const month = days.map((iso) => {
        const { open, ...rest } = this.day(iso);
        return { ...rest, is_open: open.length > 0, visits: count(iso) };
      });
      return { today, days: month, providers: PROVIDERS, damaged: 0 };
    },
    free_slots: ({ minutes, provider, from, patient }) => {
      this.fill();
      const names = provider ? [provider] : PROVIDERS.map((one) => one.name);
      const slots = this.days(from ?? isoDay(this.date()), 14).flatMap((day) =>
        this.day(day).open.flatMap((hours) =>
          Array.from({ length: (hours.until - hours.from) / 15 }, (_, n) => hours.from + n * 15).flatMap(
            (minute) =>
              names
                .filter((name) => {
                  const plan: Plan = { at: { day, minute }, provider: name, visit_type: "", minutes };
                  return this.clashes(patient ?? "", plan, day).length === 0;
                })
                .map((name) => ({ day, minute, provider: name })),
          ),
        ),
      );
      return { slots: slots.slice(0, 500), more: slots.length > 500 };
    },
    book_visit: ({ patient, plan, repeat, wish }) => {
      this.fill();
      const weeks = Array.from({ length: repeat?.times ?? 1 }, (_, n) => n * 7 * (repeat?.weeks ?? 1));
      const days = weeks.map((after) => this.days(plan.at.day, after + 1).at(-1) ?? plan.at.day);
      const answer = this.book(patient, plan, days);
      if (wish && answer.is === "booked")
        this.wishes = this.wishes.filter((one) => one.visit.item !== wish[0]);
      return answer;
    },
    reschedule_visit: ({ patient, item, rev, reason, plan }) => {
      const old = this.found(item, rev);
      const answer = this.book(patient, plan, [plan.at.day], item);
      if (answer.is === "booked") this.take(old, "reschedule", { reason });
      return answer;
    },
    cancel_visit: ({ item, rev, reason }) => {
      const old = this.found(item, rev);
      const visit = this.take(old, "cancel", { reason });
      const fits = (wish: WishView) => !wish.visit.provider || wish.visit.provider === old.provider;
      return { visit, offers: old.status === "waitlist" ? [] : this.wishes.filter(fits) };
    },
    step_visit: ({ item, rev, step, room }) => {
      return { visit: this.take(this.found(item, rev), step, room ? { room } : {}), offers: [] };
    },
    check_in: ({ patient, item, rev, birth_date, name, second, insurance, forms }) => {
      const old = this.found(item, rev);
      const who = this.who(patient);
      const digits = (text: string) => text.replace(/\D/g, "");
      const phone =
        second.kind === "phone" &&
        digits(second.value).length >= 4 &&
        digits(who.phone ?? "").endsWith(digits(second.value));
      const mrn = second.kind === "mrn" && second.value.toUpperCase() === who.mrn;
      const band = second.kind === "wristband" && second.value.toUpperCase().startsWith(`WB-${who.mrn}-`);
      const whole = (who.birth_date ?? "").length === 10;
      const called = name?.toUpperCase() === `${who.surname} ${who.given}`.toUpperCase();
      const first = whole ? who.birth_date === birth_date : called && (mrn || band);
      if (!first || !(phone || mrn || band)) throw new Failed("not_this_person");
      const said = { insurance, ...(forms.length > 0 ? { forms } : {}) };
      return { visit: this.take(old, "arrive", { token: "K47", unit: "main", ...said }), offers: [] };
    },
    correct_visit: ({ item, rev, to }) => {
      const old = this.found(item, rev);
      const others = this.visits.filter((one) => one.item !== item);
      if (!to) {
        this.visits = others;
        return { visit: { ...old, rev: rev + 1 }, offers: [] };
      }
      const at = others.some((one) => one.patient === to && one.day === old.day && one.minute === old.minute);
      if (at || to === old.patient) throw new Failed("invalid", { field: "to", why: "not_listed" });
      const { times: _, token: __, ...plain } = old;
      const who = this.visit(this.who(to), old.day, old.minute, old.provider, old.visit_type, old.minutes);
      const visit = { ...plain, ...who, status: "booked", times: {} };
      this.visits = [...others, visit];
      return { visit, offers: [] };
    },
    wait_for_visit: ({ patient, visit_type, provider, from, until, part }) => {
      this.fill();
      const visit = {
        ...this.visit(this.who(patient), "", 0, provider ?? "", visit_type, 30),
        status: "waitlist",
      };
      const wish = { visit, from, until, since: this.date().toISOString(), ...(part ? { part } : {}) };
      this.wishes.push(wish);
      return wish;
    },
    waiting_list: () => {
      this.fill();
      return { wishes: [...this.wishes], damaged: 0 };
    },
    public_board: () => {
      this.fill();
      const now = this.date().getTime();
      const rows = this.visits
        .filter((visit) => visit.token && ["arrived", "roomed"].includes(visit.status))
        .map((visit) => ({
          token: visit.token ?? "",
          called: visit.status === "roomed",
          ...(visit.status === "roomed" && visit.room ? { room: visit.room } : {}),
          waiting_minutes: Math.max(0, Math.floor((now - Date.parse(visit.times.arrived ?? "")) / 60_000)),
        }));
      return { clinic: "Juniper Street Clinic", now: this.date().toISOString(), rows };
    },
    my_day: () => {
      this.fill();
      const role = this.account().user.role;
      const visits = this.visits.filter(
        (visit) => visit.day === isoDay(this.date()) && (role !== "doctor" || visit.mine),
      );
      const count = (...states: string[]) => visits.filter((visit) => states.includes(visit.status)).length;
      const row = (why: string) => (visit: VisitView) => ({
        patient: visit.patient,
        name: visit.name,
        about: visit.start,
        why,
      });
      const new_ = this.people[30] as Person;
      const lists = {
        forms: visits.filter((visit) => visit.status === "arrived" && !visit.forms).map(row("unsigned")),
        calls: visits.filter((visit) => visit.status === "noshow").map(row("missed")),
        new: [
          {
            patient: new_.id,
            name: `${new_.surname.toUpperCase()}, ${new_.given}`,
            about: new_.mrn,
            why: "registered",
          },
        ],
        coverage: visits
          .filter((visit) => visit.status === "booked")
          .map(({ patient, name, start }) => ({
            patient,
            name,
            start,
            warnings: this.accountOf(patient).warnings,
          }))
          .filter((one) => one.warnings.length > 0),
      };
      const desk = [
        { of: "on_waiting_list" as const, count: this.wishes.length },
        { of: "reminders_due" as const, count: this.sent ? 0 : 3 },
        { of: "new_patients" as const, count: 1 },
        { of: "forms_to_sign" as const, count: lists.forms.length },
        { of: "calls_to_make" as const, count: lists.calls.length },
        { of: "coverage_to_check" as const, count: lists.coverage.length },
      ];
      const figures = [
        { of: "visits_today" as const, count: count(...HOLDS) },
        { of: "still_to_come" as const, count: count("booked") },
        { of: "waiting" as const, count: count("arrived") },
        { of: "in_rooms" as const, count: count("roomed") },
        { of: "to_check_out" as const, count: count("seen") },
        { of: "missed" as const, count: count("noshow") },
        ...(role === "front_desk" ? desk : []),
      ];
      const next = toldApart(visits)
        .filter((visit) => ["booked", "arrived", "roomed", "seen"].includes(visit.status))
        .slice(0, 8);
      return {
        day: isoDay(this.date()),
        figures,
        next,
        amendments: [],
        ...(role === "front_desk" ? { desk: lists } : {}),
      };
    },
    show_account: ({ patient }) => {
      this.counter = { handle: crypto.randomUUID(), patient };
      return { ...this.accountOf(patient), handle: this.counter.handle };
    },
    note_coverage: ({ patient, window, carrier, answer, way, reference, valid_until }) => {
      this.boundTo(patient, window);
      const check = { carrier, answer, way, at: this.date().toISOString(), by: this.account().user.name };
      const more = { ...(reference ? { reference } : {}), ...(valid_until ? { valid_until } : {}) };
      const old = this.accountOf(patient);
      return this.keep(patient, { ...old, checks: [{ ...check, ...more }, ...old.checks] });
    },
    note_authorization: ({ patient, window, ...asked }) => {
      this.boundTo(patient, window);
      const old = this.accountOf(patient);
      const given = Object.entries(asked).filter(([, value]) => value != null);
      const by = { at: this.date().toISOString(), by: this.account().user.name };
      const one = { id: asked.id ?? `a${old.authorizations.length}`, ...Object.fromEntries(given), ...by };
      const others = old.authorizations.filter((other) => other.id !== one.id);
      return this.keep(patient, { ...old, authorizations: [one as Authorization, ...others] });
    },
    set_balance: ({ patient, window, cents, state, due }) => {
      this.boundTo(patient, window);
      const balance = { cents, state, as_of: this.date().toISOString(), ...(due ? { due } : {}) };
      return this.keep(patient, { ...this.accountOf(patient), balance });
    },
    reminders: () => ({ due: [] }),
    send_reminders: () => {
      const sent = this.sent ? 0 : 3;
      this.sent = true;
      return { sent, failed: 0, without_address: 0 };
    },
    set_schedule: () => ({
      version: 1,
      schedule: {
        hours: Array.from({ length: 7 }, (_, n) => (n < 5 ? OPEN : [])),
        holidays: [],
        absences: [],
        visit_types: TYPES,
        rooms: ROOMS,
        providers: PROVIDERS,
        reminders_tell_time: false,
      },
    }),
  };

  /** Another workstation checks in whoever is booked first. */
  arriveElsewhere(): void {
    this.fill();
    const visit = this.visits.find((one) => one.status === "booked");
    if (visit) this.take(visit, "arrive", { token: "M11" });
    this.news = true;
  }
}
