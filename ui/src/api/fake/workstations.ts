/** The machines of the invented clinic: one that asks to be let in, two that are. */
import type { ApprovedView, EnrolmentRow, RetiredView, WorkstationRow, WorkstationsView } from "../bindings";
import { Failed } from "../backend";

/** What the new machine shows, and what is typed there in return. */
export const SHOWN = "730194";
export const RETURNED = "551208";
const REQUEST = "60000000-0000-4000-8000-000000000001";
const SINCE = Date.UTC(2026, 9, 1, 8);

export class Workstations {
  private requests: EnrolmentRow[] = [
    { request: REQUEST, name: "exam room 3", asked: SINCE, answered: false, ready: false },
  ];
  private all: WorkstationRow[] = [
    {
      id: "61000000-0000-4000-8000-000000000001",
      name: "reception",
      enrolled: SINCE,
      here: true,
      vouched: true,
      last_seen: SINCE,
      program: "0.1.0",
    },
    {
      id: "61000000-0000-4000-8000-000000000002",
      name: "exam room 2",
      enrolled: SINCE,
      here: false,
      vouched: true,
      last_seen: SINCE,
    },
  ];

  list(): WorkstationsView {
    const shown = this.requests.map((one) => ({ ...one }));
    // The new machine shows its code a moment after the answer.
    for (const one of this.requests) one.ready = one.answered;
    return { workstations: this.all.map((one) => ({ ...one })), requests: shown };
  }

  answer(request: string): Record<string, never> {
    this.request(request).answered = true;
    return {};
  }

  approve(request: string, code: string): ApprovedView {
    const { name } = this.request(request);
    if (code.replace(/\s/g, "") !== SHOWN) throw new Failed("wrong_code");
    this.requests = [];
    this.all.push({
      id: "61000000-0000-4000-8000-000000000003",
      name,
      enrolled: SINCE,
      here: false,
      vouched: true,
    });
    return { code: RETURNED, name };
  }

  refuse(request: string): Record<string, never> {
    this.request(request);
    this.requests = [];
    return {};
  }

  revoke(workstation: string): Record<string, never> {
    const found = this.all.find((one) => one.id === workstation);
    if (!found) throw new Failed("not_found");
    Object.assign(found, { ended: "revoked", ended_at: SINCE });
    return {};
  }

  /** What is kept of this machine, which is the last one but those that came since. */
  retire(): RetiredView {
    const here = this.all.find((one) => one.here);
    const others = this.all.some((one) => !one.here && !one.ended);
    if (!here || !others) throw new Failed("last_workstation");
    return {
      site: "Juniper Street Clinic",
      name: here.name,
      workstation: here.id,
      key: "5f2c".repeat(16),
      audit_row: 4_711,
      audit_hash: "a90e".repeat(16),
      at: SINCE,
      deleted: 2,
    };
  }

  private request(id: string): EnrolmentRow {
    const found = this.requests.find((one) => one.request === id);
    if (!found) throw new Failed("not_found");
    return found;
  }
}

/** The screen's commands about them, for administrators. */
export function workstationCommands(all: Workstations) {
  return {
    list_workstations: () => all.list(),
    answer_enrolment: ({ request }: { request: string }) => all.answer(request),
    approve_enrolment: ({ request, code }: { request: string; code: string }) => all.approve(request, code),
    refuse_enrolment: ({ request }: { request: string }) => all.refuse(request),
    revoke_workstation: ({ workstation }: { workstation: string }) => all.revoke(workstation),
    order_rotation: () => ({
      job: "62000000-0000-4000-8000-000000000001",
      kind: "site" as const,
      compartment: null,
      from: 1,
      ordered: SINCE,
      per_mille: 0,
      documents: 0,
      paused: false,
      stuck: false,
      ended: false,
      mine: true,
    }),
  };
}
