/** What lies over the schedule. */
import type { VisitView } from "../../api/bindings";
import type { Start } from "./BookDialog.svelte";

export type Over =
  | { is: "visit"; visit: VisitView }
  | { is: "check_in"; visit: VisitView }
  | { is: "book"; start: Start }
  | null;
