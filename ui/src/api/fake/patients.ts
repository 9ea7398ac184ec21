/** Registering people in the invented clinic. The core weighs likeness; here a name is enough. */
import type { Entered, Invalid, LikelyPatient, Registered } from "../bindings";
import { Failed } from "../backend";
import type { Answer, Args, Name } from "../backend";
import { fold, foldGiven } from "../../fold";
import { Details } from "./details";
import { row } from "./directory";
import type { Person } from "./people";
import type { Account } from "./roles";

type Mine =
  | "check_registration"
  | "register_patient"
  | "register_unknown"
  | "confirm_identity"
  | keyof ReturnType<Details["handlers"]>;

export class Registrations {
  private made = 0;
  private details: Details;

  constructor(
    private readonly people: Person[],
    private readonly date: () => Date,
  ) {
    this.details = new Details(people);
  }

  handlers(holder: () => Account): { [N in Mine & Name]: (args: Args<N>) => Answer<N> } {
    return {
      check_registration: ({ entered }) => {
        const alike = this.alike(entered);
        return { invalid: this.invalid(entered), alike, opened: alike.length };
      },
      register_patient: ({ entered, despite }) => this.registered(entered, despite),
      register_unknown: ({ sex, mother, birth_order }) => {
        const of = this.people.find((who) => who.id === mother);
        const letter = birth_order ? `-${"ABCDEFGH"[birth_order - 1]}` : "";
        const name = of
          ? { surname: of.surname, given: `${of.given}sGirl${letter}` }
          : { surname: "Unknown-Tango", given: "Zulu" };
        return this.add({ ...name, sex: sex as Person["sex"], mrn: `TMP-0000000${this.made}K` });
      },
      ...this.details.handlers(holder),
      confirm_identity: ({ patient, birth_date, second }) => {
        const who = this.people.find((one) => one.id === patient);
        const fits = who?.birth_date === birth_date && [who?.mrn, who?.phone?.slice(-4)].includes(second);
        if (!fits) throw new Failed("identity_differs");
        return {};
      },
    };
  }

  /** Somebody on file as one who may be meant. */
  likely(who: Person, entered?: Entered): LikelyPatient {
    const born = entered?.identity.birth_date;
    const differs =
      born && who.birth_date && born !== who.birth_date
        ? [{ what: "birth_date", this: born, other: who.birth_date }]
        : [];
    return { row: row(who, this.date()), likeness: 1_000, stops: true, differs };
  }

  private registered(entered: Entered, despite: string | undefined): Registered {
    const wrong = this.invalid(entered)[0];
    if (wrong) throw new Failed("invalid", { field: wrong.field.split(".").pop() ?? "", why: wrong.why });
    const alike = this.alike(entered);
    if (alike.length > 0 && despite === undefined) return { is: "stopped", alike };
    const { surname, given, sex, birth_date } = entered.identity;
    const mrn = `MRN-00000000000000${String(this.made).padStart(2, "0")}`;
    return this.add({ surname, given, sex: sex as Person["sex"], birth_date, mrn });
  }

  private add(who: Omit<Person, "id">): Registered {
    this.made += 1;
    const id = `60000000-0000-4000-8000-${String(this.made).padStart(12, "0")}`;
    this.people.push({ ...who, id });
    return { is: "registered", patient: id, mrn: who.mrn, wristband: `WB-${who.mrn}-0` };
  }

  private alike({ identity }: Entered): LikelyPatient[] {
    const same = (who: Person) =>
      fold(who.surname) === fold(identity.surname) && foldGiven(who.given) === foldGiven(identity.given);
    const found = identity.given ? this.people.filter((who) => !who.damaged && same(who)) : [];
    return found.map((who) => this.likely(who, { identity } as Entered));
  }

  private invalid({ identity, contact }: Entered): Invalid[] {
    const found: Invalid[] = [];
    const needed = { surname: "name.surname", given: "name.given", birth_date: "birth_date", sex: "sex" };
    for (const [key, path] of Object.entries(needed)) {
      const value = identity[key as keyof typeof needed].trim();
      if (!value) found.push({ field: `identity.${path}`, why: "empty" });
      else if (path.startsWith("name") && value.length === 1 && !identity.one_letter)
        found.push({ field: `identity.${path}`, why: "one_letter" });
    }
    if (contact?.email && !contact.email.includes("@")) found.push({ field: "contact.email", why: "form" });
    return found;
  }
}
