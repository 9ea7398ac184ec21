/** A registration in progress: asks after each field who is like that, keeps a draft, saves. */
import type { Entered, Invalid, LikelyPatient } from "../../api/bindings";
import { failed, type Failed } from "../../api/backend";
import type { Session } from "../../session.svelte";
import { byField, cleaned, empty, restored, touched } from "./form";

const OF = "registration";
/** At most two seconds of typing are ever lost. */
const KEEP_EVERY_MS = 1_500;

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
  private kept = "";
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly session: Session) {}

  /** Takes up a draft and keeps one from now on. Returns a way to stop. */
  start(): () => void {
    void this.takeUp();
    this.timer = setInterval(() => void this.keep(), KEEP_EVERY_MS);
    return () => {
      clearInterval(this.timer);
      void this.keep();
      this.session.unsaved = false;
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
      await this.forget();
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
    await this.forget();
  }

  private async takeUp(): Promise<void> {
    try {
      const { text } = await this.session.call("load_draft", { of: OF });
      const draft = restored(text);
      if (!draft || touched($state.snapshot(this.typed))) return;
      this.typed = draft;
      this.kept = JSON.stringify(draft);
      this.taken = true;
      void this.check();
    } catch {
      return;
    }
  }

  /** Keeps what was typed since, if anything. */
  async keep(): Promise<void> {
    const typed = $state.snapshot(this.typed);
    const text = JSON.stringify(typed);
    if (text === this.kept || (!this.kept && !touched(typed))) return;
    try {
      await this.session.call("save_draft", { of: OF, text });
      this.kept = text;
      this.session.unsaved = false;
    } catch {
      this.session.unsaved = true;
    }
  }

  private async forget(): Promise<void> {
    clearInterval(this.timer);
    this.kept = JSON.stringify($state.snapshot(this.typed));
    try {
      await this.session.call("drop_draft", { of: OF });
    } catch {
      return;
    }
    this.timer = setInterval(() => void this.keep(), KEEP_EVERY_MS);
  }
}
