/** The registration as it is typed: an empty form, the paths of its fields, and which errors stand where. */
import type { Entered, EnteredCoverage, EnteredPerson, Invalid } from "../../api/bindings";

const nobody = (): EnteredPerson => ({ name: "", relationship: "", phone: "" });
const noCoverage = (): EnteredCoverage => ({
  carrier: "",
  policy: "",
  group: "",
  subscriber: "",
  relationship: "",
  from: "",
  until: "",
  deductible: "",
});

/** A form nobody has typed into. */
export function empty(): Entered {
  return {
    identity: {
      surname: "",
      given: "",
      prefix: "",
      suffix: "",
      birth_date: "",
      sex: "",
      gender_identity: "",
      former_surname: "",
      one_letter: false,
    },
    contact: {
      phones: ["", ""],
      email: "",
      street: "",
      city: "",
      state: "",
      postal_code: "",
      country: "",
      language: "",
      general_practitioner: "",
      emergency: [nobody()],
    },
    insurance: { coverages: [noCoverage(), noCoverage()], guarantor: nobody() },
    ssn: "",
  };
}

/** What is sent: rows that stayed empty are left out. */
export function cleaned(typed: Entered): Entered {
  const filled = (row: object) => Object.values(row).some((value) => String(value).trim() !== "");
  const { contact, insurance } = typed;
  return {
    ...typed,
    contact: {
      ...contact,
      phones: contact.phones.filter((phone) => phone.trim() !== ""),
      emergency: contact.emergency.filter(filled),
    },
    insurance: { ...insurance, coverages: insurance.coverages.filter(filled) },
  };
}

/** Whether anything was typed. */
export function touched(typed: Entered): boolean {
  return JSON.stringify(cleaned(typed)) !== JSON.stringify(cleaned(empty()));
}

/** A draft as it was kept; nothing of one that an older screen left. */
export function restored(kept: Partial<Entered> | null): Entered | null {
  if (!kept) return null;
  try {
    const blank = empty();
    if (!kept.identity || !kept.contact || !kept.insurance) return null;
    const rows = <T>(have: T[] | undefined, least: T[]) =>
      (have ?? []).concat(least.slice((have ?? []).length));
    return {
      identity: { ...blank.identity, ...kept.identity },
      contact: {
        ...blank.contact,
        ...kept.contact,
        phones: rows(kept.contact.phones, blank.contact.phones),
        emergency: rows(kept.contact.emergency, blank.contact.emergency),
      },
      insurance: {
        coverages: rows(kept.insurance.coverages, blank.insurance.coverages),
        guarantor: { ...blank.insurance.guarantor, ...kept.insurance.guarantor },
      },
      ssn: kept.ssn ?? "",
    };
  } catch {
    return null;
  }
}

/** What is wrong, by the path the core names. */
export function byField(invalid: Invalid[]): Map<string, string> {
  return new Map([...invalid].reverse().map(({ field, why }) => [field, why]));
}
