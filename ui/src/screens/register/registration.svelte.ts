/** A registration in progress: asks after each field who is like that, keeps a draft, saves. */
import type { Entered, Invalid, LikelyPatient } from "../../api/bindings";
import { failed, type Failed } from "../../api/backend";
import type { Session } from "../../session.svelte";
import { text } from "../../text";
import { Draft } from "../../parts/draft.svelte";
import { byField, cleaned, empty, restored, touched } from "./form";

/** How often it is looked whether something was typed; at most two seconds of typing are ever lost. */
const LOOK_EVERY_MS = 300;

export type Saved = { patient: string; mrn: string };

export class Registration {
  typed = $state<Entered>(empty());
  /** Who is like that; `null` before enough was typed. */
  alike = $state.raw<LikelyPatient[] | null>(null);
  /** Those for whom the core stopped. */
  stopped = $state.raw<LikelyPatient[] | null>(null);
  trouble = $state.raw<Failed | null>(null);
  busy = $state(false);
  /** A draft was taken up. */
  taken = $state(false);
  /** Whether saving was tried: then everything that is wrong shows, before only what was left. */
  tried = $state(false);

  private invalid = $state.raw<Invalid[]>([]);
  private left = $state.raw<Set<string>>(new Set());
  private turn = 0;
  private draft: Draft<Entered>;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly session: Session) {
    this.draft = this.newDraft();
  }

  /** Takes up a draft and keeps one from now on. Returns a way to stop. */
  start(): () => void {
    void this.takeUp();
    this.timer = setInterval(() => this.keep(), LOOK_EVERY_MS);
    return () => {
      clearInterval(this.timer);
      this.keep();
      this.draft.leave();
    };
  }

  /** Errors that show now, by field. */
  get wrong(): Map<string, string> {
    const shown = this.invalid.filter(({ field }) => this.tried || this.left.has(field));
    return byField(shown);
  }

  /** A field was left: asks what is wrong and who is like that. */
  async leave(field: string): Promise<void> {
    this.left = new Set([...this.left, field]);
    await this.check();
  }

  async check(): Promise<void> {
    const turn = ++this.turn;
    try {
      const entered = cleaned($state.snapshot(this.typed));
      const { invalid, alike, opened } = await this.session.call("check_registration", { entered });
      if (turn !== this.turn) return;
      this.invalid = invalid;
      this.alike = alike.length > 0 || opened > 0 || this.tellsEnough ? alike : null;
    } catch {
      // Saving checks again and says what is wrong.
      return;
    }
  }

  private get tellsEnough(): boolean {
    const { surname, given, birth_date } = this.typed.identity;
    return [surname, given, birth_date].filter((part) => part.trim() !== "").length >= 2;
  }

  /** Registers; the core may stop to show who looks the same. */
  async save(despite: string | null): Promise<Saved | null> {
    if (this.busy) return null;
    this.tried = true;
    this.trouble = null;
    await this.check();
    if (this.invalid.length > 0) return null;
    this.busy = true;
    try {
      const entered = cleaned($state.snapshot(this.typed));
      const answer = await this.session.call("register_patient", {
        entered,
        ...(despite === null ? {} : { despite }),
      });
      if (answer.is === "stopped") {
        this.stopped = answer.alike;
        return null;
      }
      await this.draft.drop();
      return { patient: answer.patient, mrn: answer.mrn };
    } catch (thrown) {
      this.trouble = failed(thrown);
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** An empty form; the draft is gone. */
  async startAnew(): Promise<void> {
    this.typed = empty();
    [this.alike, this.stopped, this.trouble] = [null, null, null];
    [this.invalid, this.left] = [[], new Set()];
    [this.taken, this.tried] = [false, false];
    await this.draft.drop();
    this.draft = this.newDraft();
  }

  private newDraft(): Draft<Entered> {
    return new Draft(this.session, { form: "registration" }, text.register.title);
  }

  private async takeUp(): Promise<void> {
    const draft = restored(await this.draft.found());
    if (!draft || touched($state.snapshot(this.typed))) return;
    this.typed = draft;
    this.taken = true;
    void this.check();
  }

  /** Keeps what was typed since, if anything. */
  keep(): void {
    const typed = $state.snapshot(this.typed);
    this.draft.type(touched(typed) ? typed : null);
  }
}
