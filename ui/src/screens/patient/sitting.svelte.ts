/**
 * A form of a patient's record while it lies open. What is typed is kept as the chart's forms keep it; what comes back goes
 * into the fields only while they say what they said when it was typed: otherwise it is shown beside what is stored now.
 */
import type { DetailsView, SavedDetails } from "../../api/bindings";
import type { Failed } from "../../api/backend";
import { Draft } from "../../parts/draft.svelte";
import { text } from "../../text";
import type { Session } from "../../session.svelte";
import { flat } from "../chart/entry/form";
import { wrongOf, type PersonRecord } from "./person.svelte";

type Kept<T> = { typed: T; from: T };
type Ways<T> = {
  /** The name it is kept under, after `person.`. */
  form: string;
  title: string;
  stored: DetailsView;
  /** The fields as they are stored. */
  start: T;
  /** Whether what an earlier sitting typed belongs into these fields; as they were then, if nothing else is said. */
  fits?: (earlier: Kept<T>) => boolean;
};

export class RecordSitting<T extends object> {
  typed = $state() as T;
  /** What an earlier sitting typed before somebody else changed the same fields. */
  earlier = $state.raw<T | null>(null);
  why = $state.raw<Failed | null>(null);
  readonly draft: Draft<Kept<T>>;
  readonly wrong = $derived(wrongOf(this.why));
  private readonly start: T;

  constructor(
    session: Session,
    private readonly person: PersonRecord,
    { form, title, stored, start, fits = ({ from }) => same(from, start) }: Ways<T>,
  ) {
    const place = { form: `person.${form}`, patient: person.patient };
    const draft = new Draft<Kept<T>>(session, place, text.chart.draftOf(title, stored.identity));
    [this.draft, this.start] = [draft, start];
    this.typed = structuredClone(start);
    $effect(() => {
      const kept = this.dirty ? { typed: this.now(), from: start } : null;
      // What is shown beside the fields stays kept until somebody says what becomes of it.
      if (!this.earlier) draft.type(kept);
    });
    $effect(() => () => draft.leave());
    $effect(() => {
      void draft.found().then((found) => {
        if (!found || this.dirty) return;
        if (fits(found)) this.typed = found.typed;
        else this.earlier = found.typed;
      });
    });
  }

  /** Whether anything is typed that isn't stored. */
  get dirty(): boolean {
    return !same(this.now(), this.start);
  }

  /** What is typed now, to be sent. */
  now(): T {
    return $state.snapshot(this.typed) as T;
  }

  /** What differs from what is stored, of what was typed earlier. */
  differing(): Array<{ path: string; typed: string; stored: string }> {
    const stored = new Map(flat(this.start));
    return flat(this.earlier)
      .map(([path, typed]) => ({ path, typed, stored: stored.get(path) ?? "" }))
      .filter((one) => one.typed !== one.stored);
  }

  /** Puts what was typed earlier into the fields after all, by whoever has seen both. */
  readonly putBack = () => {
    if (this.earlier) [this.typed, this.earlier] = [this.earlier, null];
  };

  /** The fields as they are stored; nothing typed is kept. */
  readonly startOver = () => {
    [this.typed, this.earlier, this.draft.since] = [structuredClone(this.start), null, null];
  };

  /** Sends it. What was saved isn't kept any longer; the record is shown as it is stored then. */
  async save(send: () => Promise<SavedDetails | Record<string, never> | null>, said?: string): Promise<void> {
    this.why = await this.person.change(send, said, this.draft);
  }
}

const same = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b);
