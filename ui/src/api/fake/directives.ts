/** What the patients of the invented clinic have said about who may be told. */
import type {
  Directive,
  DirectivesView,
  DirectiveStanding,
  EmergencyReason,
  PrintPurpose,
  Recipient,
  RecordPart,
} from "../bindings";
import { Failed, type Answer, type Args, type Name } from "../backend";

type Handlers<N extends Name> = { [K in N]: (args: Args<K>) => Answer<K> };

type Asked = {
  for_whom: Recipient;
  purpose: PrintPurpose;
  part: RecordPart;
  emergency?: EmergencyReason | null | undefined;
};

const NOW = "2026-11-23T09:41:00Z";
const TODAY = NOW.slice(0, 10);

export class Directives {
  private kept = new Map<string, Directive[]>();

  constructor(private readonly by: () => string) {}

  /** Refuses what isn't disclosed, roughly as the core does: the parts of a paper are its own alone here. */
  check(patient: string | null, asked: Asked, role: string): void {
    const { for_whom, purpose, part, emergency } = asked;
    if (for_whom === "patient" || for_whom === "clinic" || !patient) return;
    const fitting = this.of(patient).filter(
      ({ terms, ...one }) =>
        standing({ terms, ...one }) === "in_force" &&
        (terms.to === for_whom || terms.to === "anyone") &&
        (terms.purpose === "any" || terms.purpose === purpose) &&
        (terms.part === "whole_record" || terms.part === part || part === "whole_record"),
    );
    const directive = fitting.find(({ terms }) => terms.kind === "restriction")?.terms;
    const treats = for_whom === "another_clinician" && purpose === "treatment";
    const may_override = !!directive && treats && role !== "front_desk";
    if (directive && !(may_override && emergency))
      throw new Failed("restricted_disclosure", { to: for_whom, may_override, directive });
    const usual = treats || for_whom === "family" || (for_whom === "health_plan" && purpose === "payment");
    if (!directive && !usual && fitting.length === 0)
      throw new Failed("restricted_disclosure", { to: for_whom, may_override: false });
  }

  /** Whether a restriction holds, or will. */
  restricts(patient: string): boolean {
    const stands = (one: Directive) => ["in_force", "not_yet"].includes(standing(one));
    return this.of(patient).some((one) => one.terms.kind === "restriction" && stands(one));
  }

  private of(patient: string): Directive[] {
    return this.kept.get(patient) ?? [];
  }

  private view(patient: string): DirectivesView {
    const list = this.of(patient).map((directive) => ({ directive, standing: standing(directive) }));
    return { today: TODAY, list, may_note: true };
  }

  readonly handlers: Handlers<"directives" | "note_directive" | "end_directive"> = {
    directives: ({ patient }) => this.view(patient),
    note_directive: ({ patient, terms }) => {
      const unsigned = terms.kind === "authorization" && terms.way === "in_person" && terms.to !== "family";
      if (unsigned) throw new Failed("invalid", { field: "way", why: "not_listed" });
      const one = { id: `d${this.of(patient).length}`, terms, at: NOW, by: this.by() };
      this.kept.set(patient, [one, ...this.of(patient)]);
      return this.view(patient);
    },
    end_directive: ({ patient, id, reason }) => {
      const ended = { reason, at: NOW, by: this.by() };
      const next = this.of(patient).map((one) => (one.id === id ? { ...one, ended } : one));
      this.kept.set(patient, next);
      return this.view(patient);
    },
  };
}

function standing({ ended, terms }: Directive): DirectiveStanding {
  if (ended) return "ended";
  if (terms.from > TODAY) return "not_yet";
  return terms.until && terms.until < TODAY ? "over" : "in_force";
}
