/** A look through one's own patients, slice by slice: it shows how far it has come and can be stopped. */
import type { CohortQuery, MemberView, CohortPage } from "../../api/bindings";
import { failed, type Failed } from "../../api/backend";
import type { Session } from "../../session.svelte";

export class Look {
  members = $state.raw<MemberView[]>([]);
  done = $state(0);
  of = $state(0);
  damaged = $state(0);
  running = $state(false);
  finished = $state(false);
  trouble = $state.raw<Failed | null>(null);
  private run = 0;

  constructor(private session: Session) {}

  async find(query: CohortQuery): Promise<void> {
    const run = ++this.run;
    this.members = [];
    this.done = this.of = this.damaged = 0;
    this.running = true;
    this.finished = false;
    this.trouble = null;
    let after: string | null = null;
    try {
      do {
        const page: CohortPage = await this.session.call("find_cohort", { query, after });
        if (run !== this.run) return;
        this.members = [...this.members, ...page.members].sort((a, b) => a.name.localeCompare(b.name));
        this.done = page.slice.done;
        this.of = page.slice.of;
        this.damaged += page.slice.damaged;
        after = page.slice.next ?? null;
      } while (after !== null);
      this.finished = true;
    } catch (thrown) {
      if (run === this.run) this.trouble = failed(thrown);
    } finally {
      if (run === this.run) this.running = false;
    }
  }

  /** What was found so far stays. */
  stop(): void {
    this.run += 1;
    this.running = false;
  }
}
