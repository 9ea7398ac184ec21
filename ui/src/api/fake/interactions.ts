/** What the checker says in the invented clinic: Anna takes two drugs that don't go together, and one nobody knows. */
import type { InteractionsView, Meant } from "../bindings";

const TABLE = { version: "2026.11.22", date: "2026-11-22" };

export function check(meant: Meant[]): InteractionsView {
  const known = meant.some((one) => one.written === "Simvistatin 10 MG");
  const drug = (written: string, ...ingredients: string[]) =>
    ({ is: "drug", text: written, ingredients, stopped: false }) as const;
  return {
    table: TABLE,
    findings: [
      {
        rule: "warfarin-nsaids",
        kind: "drugs",
        severity: "major",
        subjects: [drug("Coumadin 5 mg", "warfarin"), drug("Naproxen 220 mg", "naproxen")],
        reason: "Bleeding.",
        sources: ["US prescribing information"],
        read: "2026-11-22",
      },
      {
        rule: "restricted",
        kind: "drugs",
        severity: "major",
        subjects: [drug("Coumadin 5 mg"), { is: "restricted" }],
        reason: "",
        sources: [],
        read: "2026-11-22",
      },
      {
        rule: "penicillin-cephalosporins",
        kind: "allergy",
        severity: "minor",
        subjects: [
          drug("Cefazolin", "cefazolin"),
          { is: "allergy", text: "Penicillin", item: "1", intolerance: false },
        ],
        reason: "Another side chain: cross-reaction is rare.",
        sources: ["Khan and others 2022"],
        read: "2026-11-22",
      },
    ],
    not_checked: known
      ? []
      : [
          {
            kind: "drug",
            text: "Simvistatin 10 MG",
            whole: true,
            words: ["simvistatin"],
            suggestions: ["simvastatin"],
          },
        ],
    drugs: known ? 4 : 3,
    allergies: "not_asked",
  };
}
