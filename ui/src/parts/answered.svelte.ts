/** What a panel shows: the core's newest answer, and why a later question has none. */
import { failed, type Failed } from "../api/backend";

export class Answered<T> {
  page = $state.raw<T | null>(null);
  trouble = $state.raw<Failed | null>(null);

  /** Asks, or writes and shows what is stored then. Answers whether that worked. */
  async attempt(ask: () => Promise<T>): Promise<boolean> {
    try {
      [this.page, this.trouble] = [await ask(), null];
      return true;
    } catch (thrown) {
      this.trouble = failed(thrown);
      return false;
    }
  }
}
