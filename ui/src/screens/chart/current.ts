/** What counts as current on the lists. */
import type { MedicationView, ProblemView } from "../../api/bindings";

const CURRENT = ["active", "recurrence", "relapse"];
const TAKEN = ["active", "on-hold", "draft", "unknown"];

export const isCurrent = (entry: ProblemView) => CURRENT.includes(entry.problem.clinical_status);
export const isTaken = (entry: MedicationView) => TAKEN.includes(entry.status);
