/** What the patients of the invented clinic have said about who may be told. */
import type { Directive, DirectivesView, DirectiveStanding } from "../bindings";
import { Failed, type Answer, type Args, type Name } from "../backend";

type Handlers<N extends Name> = { [K in N]: (args: Args<K>) => Answer<K> };

const NOW = "2026-11-23T09:41:00Z";
const TODAY = NOW.slice(0, 10);

export class Directives {
  private kept = new Map<string, Directive[]>();

  constructor(private readonly by: () => string) {}

  /** Those of a patient that hold today. */
  inForce(patient: string): Directive[] {
    return this.of(patient).filter((one) => standing(one) === "in_force");
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
