/** What counts as current on the lists. */
import type { MedicationView, ProblemView } from "../../api/bindings";

const CURRENT = ["active", "recurrence", "relapse"];
const TAKEN = ["active", "on-hold", "draft", "unknown"];

/** Doubted out of the record: never a current problem, whatever its status says. */
const OUT = ["refuted", "entered-in-error"];

export const isCurrent = ({ problem }: ProblemView) =>
  CURRENT.includes(problem.clinical_status) && !OUT.includes(problem.verification);
export const isTaken = (entry: MedicationView) => TAKEN.includes(entry.status);
