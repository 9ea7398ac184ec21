/** Who waits for access in the invented clinic, and whose password is whose. */
import type { ConfirmedView, RequestRow, WaitingView } from "../bindings";
import { Failed } from "../backend";
import { NEWCOMER, PASSWORD, STAFF, type Account } from "./roles";

/** What N. Diaz's screen shows and her colleagues have to type. */
export const CODE = "204816";
const DIAZ = "40000000-0000-4000-8000-000000000001";
const HOLDS: Record<string, string[]> = {
  doctor: ["front", "insurance", "national_id", "clinical"],
  nurse: ["front", "clinical"],
  front_desk: ["front", "insurance"],
  auditor: ["audit"],
};

export class Access {
  private passwords = new Map<Account, string>();
  private given = new Set([STAFF[NEWCOMER]]);
  private left = ["front", "clinical"];

  fits(account: Account, password: string): boolean {
    return password === (this.passwords.get(account) ?? PASSWORD);
  }

  mustChoose(account: Account): boolean {
    return this.given.has(account);
  }

  change(account: Account, current: string, next: string): void {
    if (!this.fits(account, current)) throw new Failed("wrong_sign_in");
    if (next === current) throw new Failed("invalid", { field: "new", why: "same" });
    if (next.toLowerCase() === "passwordpassword")
      throw new Failed("invalid", { field: "new", why: "password_common" });
    this.passwords.set(account, next);
    this.given.delete(account);
  }

  waiting(account: Account): WaitingView[] {
    const waits = account === STAFF[NEWCOMER] && this.left.length > 0;
    return waits ? [{ code: CODE, compartments: this.left }] : [];
  }

  requests(role: string, at: number): RequestRow[] {
    if (this.left.length === 0) return [];
    return [
      {
        user: DIAZ,
        name: "N. Diaz",
        username: NEWCOMER,
        role: "nurse",
        compartments: this.left,
        yours: this.yours(role),
        ordered_by: "C. Adams",
        at,
      },
    ];
  }

  confirm(role: string, user: string, code: string): ConfirmedView {
    if (user !== DIAZ || this.left.length === 0) throw new Failed("not_found");
    if (code.replace(/\s/g, "") !== CODE) throw new Failed("wrong_code");
    const compartments = this.yours(role);
    if (compartments.length === 0) throw new Failed("not_held");
    this.left = this.left.filter((one) => !compartments.includes(one));
    return { compartments, left: this.left.length };
  }

  private yours = (role: string) => this.left.filter((one) => HOLDS[role]?.includes(one));
}
