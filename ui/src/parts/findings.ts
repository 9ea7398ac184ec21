/** Which findings interrupt, one line for each rule. */
import type { InteractionsView } from "../api/bindings";
import { text } from "../text";

/** The answer to a rule that interrupts, as the core takes it with an order. */
export type Answer = { rule: string; reason: string; text: string };

export function rulesToAnswer(check: InteractionsView): { rule: string; words: string }[] {
  const major = check.findings.filter((one) => one.severity === "major");
  const rules = [...new Set(major.map((one) => one.rule))];
  return rules.map((rule) => {
    const reason = major.find((one) => one.rule === rule)?.reason;
    return { rule, words: reason || text.interactions.restricted };
  });
}
