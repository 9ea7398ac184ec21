/** A handful of diagnosis codes, found as the core finds them: every word, at least its beginning, in any order. */
import type { CodesView } from "../bindings";

const CODES: Array<[code: string, title: string, also: string]> = [
  ["I10", "Essential (primary) hypertension", "high blood pressure"],
  ["E11.9", "Type 2 diabetes mellitus without complications", "t2dm sugar"],
  ["E11.65", "Type 2 diabetes mellitus with hyperglycemia", "high sugar"],
  ["J45.909", "Unspecified asthma, uncomplicated", ""],
  ["M10.9", "Gout, unspecified", ""],
];

const split = (text: string) =>
  text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);

export function suggestCodes(text: string): CodesView {
  const asked = split(text);
  const has = (words: string[], piece: string) => words.some((word) => word.startsWith(piece));
  const bare = (code: string) => code.toLowerCase().replace(".", "");
  const found = CODES.filter(([code, title, also]) => {
    const words = [...split(title), ...split(also)];
    return (
      asked.length > 0 && (bare(code).startsWith(asked.join("")) || asked.every((one) => has(words, one)))
    );
  });
  const suggestions = found.map(([code, title, also]) => {
    const elsewhere = asked.some((one) => !has(split(title), one)) && has(split(also), asked[0] ?? "");
    return { code, title, matched: asked, ...(elsewhere ? { also } : {}) };
  });
  return { system: "ICD-10-CM", version: "ICD-10-CM, April 2026", suggestions };
}
