/**
 * A form that lies open over a chart: what is typed is kept, leaving asks first, saving happens once and is refused aloud.
 * Made while a dialog's component begins, and shown by `FormDialog`.
 */
import type { DraftPlace } from "../../api/bindings";
import { failed, type Failed } from "../../api/backend";
import { Draft } from "../../parts/draft.svelte";
import type { Session } from "../../session.svelte";

type Ways<T> = {
  /** What is worth keeping now; null while nothing is. */
  typed: () => T | null;
  /** Puts back what an earlier sitting typed. */
  restore: (earlier: T) => void;
  /** The fields as they were at the start. */
  clear: () => void;
  close: () => void;
};

export class Sitting<T> {
  /** Whether it is asked if what was typed may be thrown away. */
  asking = $state(false);
  busy = $state(false);
  trouble = $state.raw<Failed | null>(null);
  /** Null where nothing is typed, as when an order is only signed. */
  readonly draft: Draft<T> | null;

  constructor(
    session: Session,
    place: DraftPlace | null,
    title: string,
    private readonly ways: Ways<T>,
  ) {
    const draft = place && new Draft<T>(session, place, title);
    this.draft = draft;
    if (!draft) return;
    $effect(() => draft.type(ways.typed()));
    $effect(() => () => draft.leave());
    $effect(() => {
      void draft.found().then((earlier) => {
        if (earlier && ways.typed() === null) ways.restore(earlier);
      });
    });
  }

  /** Esc and Cancel: asks when something would be lost; pressed again, the form stays. */
  readonly leave = () => {
    if (this.asking) this.asking = false;
    else if (this.ways.typed() !== null) this.asking = true;
    else this.ways.close();
  };

  readonly discard = async () => {
    await this.draft?.drop();
    this.ways.close();
  };

  readonly startOver = () => {
    this.ways.clear();
    if (this.draft) this.draft.since = null;
  };

  /** Sends once at a time. What was sent drops the draft; what is refused is shown unless `refused` takes it. */
  async save(send: () => Promise<(() => void) | null>, refused?: (why: Failed) => boolean): Promise<void> {
    if (this.busy) return;
    [this.busy, this.trouble] = [true, null];
    try {
      const saved = await send();
      if (!saved) return;
      await this.draft?.drop();
      saved();
    } catch (thrown) {
      const why = failed(thrown);
      if (!refused?.(why)) this.trouble = why;
    } finally {
      this.busy = false;
    }
  }
}
