/** The look for likely duplicates, slice by slice beside other work. Lives as long as the session's workplace. */
import type { DuplicatesPage, LikelyPair } from "../../api/bindings";
import { failed, type Failed } from "../../api/backend";
import type { Session } from "../../session.svelte";

/** Between two slices others are served. */
const PAUSE_MS = 20;

/** The same for both orders of two records. */
const key = (pair: LikelyPair) => [pair.patient.patient, pair.other.row.patient].sort().join();

export class Duplicates {
  pairs = $state.raw<LikelyPair[]>([]);
  done = $state(0);
  of = $state(0);
  damaged = $state(0);
  running = $state(false);
  finished = $state(false);
  trouble = $state.raw<Failed | null>(null);
  private run = 0;

  constructor(private readonly session: Session) {}

  async find(): Promise<void> {
    const run = ++this.run;
    this.pairs = [];
    this.done = this.of = this.damaged = 0;
    [this.running, this.finished, this.trouble] = [true, false, null];
    let after: string | null = null;
    try {
      do {
        const page: DuplicatesPage = await this.session.call("find_duplicates", { after });
        if (run !== this.run) return;
        this.take(page);
        after = page.next ?? null;
        if (after !== null) await new Promise((go) => setTimeout(go, PAUSE_MS));
      } while (after !== null && run === this.run);
      this.finished = run === this.run;
    } catch (thrown) {
      if (run === this.run) this.trouble = failed(thrown);
    } finally {
      if (run === this.run) this.running = false;
    }
  }

  /** They are two people: remembered, and off the list. */
  async tellApart(pair: LikelyPair): Promise<void> {
    this.trouble = null;
    try {
      await this.session.call("tell_apart", {
        patient: pair.patient.patient,
        other: pair.other.row.patient,
      });
      this.drop(pair);
    } catch (thrown) {
      this.trouble = failed(thrown);
    }
  }

  drop(pair: LikelyPair): void {
    this.pairs = this.pairs.filter((one) => key(one) !== key(pair));
  }

  /** What was found so far stays. */
  stop(): void {
    this.run += 1;
    this.running = false;
  }

  private take(page: DuplicatesPage): void {
    const known = new Set(this.pairs.map(key));
    const fresh = page.pairs.filter((pair) => !known.has(key(pair)) && known.add(key(pair)));
    this.pairs = [...this.pairs, ...fresh].sort((a, b) => b.other.likeness - a.other.likeness);
    [this.done, this.of] = [page.done, page.of];
    this.damaged += page.damaged;
  }
}
