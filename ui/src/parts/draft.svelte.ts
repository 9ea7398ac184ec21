/**
 * What is typed into a form and not saved yet. The core seals it for whoever types; a lock, a crash or a pulled plug
 * loses at most the last two seconds. Any form uses it:
 *
 *     const draft = new Draft<Fields>(session, { form: "vitals", patient }, `Vital signs · ${name}`);
 *     void draft.found().then((earlier) => earlier && !dirty && (fields = earlier));
 *     $effect(() => draft.type(dirty ? $state.snapshot(fields) : null));
 *     $effect(() => () => draft.leave());
 *     // when it was saved or thrown away:
 *     await draft.drop();
 *
 * Show `<Kept {draft} />` beside the buttons. A form that changes an entry puts its id into `item` and the revision that
 * was read into what is typed: saving names that one, so that nobody's newer version is overwritten. After an unlock the
 * form opens again: its name must be known to `screens/workplace/resume.ts`.
 */
import { untrack } from "svelte";
import type { DraftPlace } from "../api/bindings";
import type { Session } from "../session.svelte";

/** Sent when nothing was typed for so long … */
const PAUSE_MS = 400;
/** … and at the latest so long after the first letter that isn't sent: two seconds with a slow answer. */
const LATEST_MS = 1_500;

export class Draft<T> {
  /** How it stands with what was typed: nothing typed, on its way, kept, or refused. */
  state = $state<"none" | "typing" | "kept" | "refused">("none");
  /** When an earlier sitting typed what was found, ISO. */
  since = $state<string | null>(null);

  private unsent: { typed: T } | null = null;
  private due = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sending: Promise<void> | null = null;
  private over = false;
  private latest = "";
  private known = false;
  private readonly flushing = () => this.flush();

  constructor(
    private readonly session: Session,
    private readonly place: DraftPlace,
    private readonly title: string,
  ) {
    session.beforeLock.add(this.flushing);
  }

  /** What an earlier sitting left in this form, or null. */
  async found(): Promise<T | null> {
    try {
      const [draft] = (await this.session.call("drafts", { place: this.place })).drafts;
      if (!draft?.typed || this.over) return null;
      const typed = JSON.parse(draft.typed) as T;
      [this.since, this.latest, this.known] = [draft.at, draft.typed, true];
      this.state = "kept";
      this.mark();
      return typed;
    } catch {
      return null;
    }
  }

  /** The form holds this now; null while it holds nothing worth keeping. */
  type(typed: T | null): void {
    // Called from effects, which run again for what is typed and not for how it stands with the draft: one that is found
    // would be dropped before it is put back.
    untrack(() => this.take(typed));
  }

  /** Sends what isn't sent yet. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    await this.sending;
    if (!this.unsent) return;
    const typed = JSON.stringify(this.unsent.typed);
    this.unsent = null;
    this.sending = this.send(typed);
    await this.sending;
    this.sending = null;
  }

  /** It was saved or thrown away. */
  async drop(): Promise<void> {
    this.end();
    await this.sending;
    if (this.known) await this.session.call("drop_draft", { place: this.place }).catch(() => undefined);
    this.known = false;
  }

  /** The form goes away; what was typed stays kept. */
  leave(): void {
    if (this.over) return;
    const rest = this.unsent;
    this.end();
    this.unsent = rest;
    void this.flush();
  }

  private take(typed: T | null): void {
    if (this.over) return;
    if (typed === null) return void this.forget();
    const text = JSON.stringify(typed);
    if (text === this.latest) return;
    this.latest = text;
    const now = performance.now();
    if (!this.unsent) this.due = now + LATEST_MS;
    this.unsent = { typed };
    this.state = "typing";
    this.mark();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), Math.max(0, Math.min(PAUSE_MS, this.due - now)));
  }

  /** The fields are as they were at the start again: nothing is kept of it. */
  private forget(): void {
    clearTimeout(this.timer);
    [this.unsent, this.latest] = [null, ""];
    this.state = "none";
    this.mark();
    if (!this.known) return;
    this.known = false;
    void this.session.call("drop_draft", { place: this.place }).catch(() => undefined);
  }

  private async send(typed: string): Promise<void> {
    try {
      await this.session.call("keep_draft", { place: this.place, title: this.title, typed });
      this.known = true;
      if (!this.unsent) this.state = "kept";
    } catch {
      this.state = "refused";
      this.latest = "";
    }
    if (!this.over) this.mark();
  }

  private end(): void {
    clearTimeout(this.timer);
    this.over = true;
    this.unsent = null;
    this.session.beforeLock.delete(this.flushing);
    this.session.typed.delete(this);
  }

  /** What the bar before the lock says. */
  private mark(): void {
    if (this.state === "none") this.session.typed.delete(this);
    else this.session.typed.set(this, this.state === "refused" ? "lost" : "kept");
  }
}
