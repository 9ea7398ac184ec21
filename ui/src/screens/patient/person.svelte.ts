/** A patient as a person while somebody changes her: what is stored, what is typed, what came of saving. */
import type { DetailsView, SavedDetails } from "../../api/bindings";
import { failed, type Failed } from "../../api/backend";
import type { Draft } from "../../parts/draft.svelte";
import type { Session } from "../../session.svelte";
import { text } from "../../text";

export class PersonRecord {
  stored = $state.raw<DetailsView | null>(null);
  trouble = $state.raw<Failed | null>(null);
  said = $state("");
  busy = $state(false);
  /** Counts answers, so that forms begin anew from what is stored. */
  read = $state(0);

  private left = false;

  constructor(
    private readonly session: Session,
    readonly patient: string,
  ) {}

  async load(): Promise<void> {
    this.trouble = null;
    try {
      const view = await this.session.call("patient_details", { patient: this.patient });
      if (this.left) return;
      this.session.window = { handle: view.handle, patient: view.patient };
      this.show(view);
    } catch (thrown) {
      this.trouble = failed(thrown);
    }
  }

  /** The screen is left: nothing is written from its window any more. */
  leave(): void {
    this.left = true;
    this.session.window = null;
  }

  /**
   * Runs one change; afterwards what is stored now is shown, and what was saved isn't kept as typed any more. The other
   * forms begin anew then: what is typed there goes out before. Null is sent by whoever has found nothing to change.
   * Answers what is wrong, if anything is.
   */
  async change(
    run: () => Promise<SavedDetails | Record<string, never> | null>,
    done?: string,
    typed?: Draft<unknown>,
  ): Promise<Failed | null> {
    if (this.busy) return null;
    [this.busy, this.said] = [true, ""];
    try {
      const answer = await run();
      if (!answer) return null;
      const conflict = "is" in answer && answer.is === "conflict";
      if (!conflict) await typed?.drop();
      await this.session.sendTyped();
      if (conflict) {
        this.show(answer.current);
        this.said = text.patient.conflict;
        return null;
      }
      await this.load();
      const waiting = "is" in answer && answer.is === "waiting";
      this.said = waiting ? text.patient.waits : (done ?? text.patient.saved);
      return null;
    } catch (thrown) {
      return failed(thrown);
    } finally {
      this.busy = false;
    }
  }

  private show(view: DetailsView): void {
    this.stored = view;
    this.read += 1;
  }
}

/** Errors of a refused change by the field that the core names. */
export function wrongOf(why: Failed | null): Map<string, string> {
  return new Map(
    why?.code === "invalid" && why.fields.field ? [[why.fields.field, why.fields.why ?? ""]] : [],
  );
}
