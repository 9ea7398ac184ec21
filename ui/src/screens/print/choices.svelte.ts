/** What may be chosen. What is really given out, the core decides. */
import type { PrintDocument, PrintPaper, Recipient } from "../../api/bindings";

const OF_PATIENT: PrintDocument[] = ["patient_copy", "label", "wristband"];
const CLINICAL: PrintDocument[] = ["visit_summary", "medication_list", "referral_letter"];

/** Documents that this role prints: of the open chart, else of the day. */
export function documentsFor(role: string, chart: boolean): PrintDocument[] {
  if (!chart) return ["todays_list"];
  return role === "front_desk" ? OF_PATIENT : [...CLINICAL, ...OF_PATIENT];
}

/** Whether it stays in the house, so that nobody is asked who gets it. */
export const isTheClinicsOwn = (document: PrintDocument): boolean =>
  document === "label" || document === "wristband" || document === "todays_list";

/** Who usually gets a document. */
export function usualRecipient(document: PrintDocument): Recipient {
  if (isTheClinicsOwn(document)) return "clinic";
  return document === "referral_letter" ? "another_clinician" : "patient";
}

/** The paper in the printer stays the same from one print-out to the next. */
export const paper = $state<{ size: PrintPaper }>({ size: paperOf(navigator.language) });

/** Letter where it is usual, A4 elsewhere. */
export function paperOf(language: string): PrintPaper {
  return /-(US|CA|MX|PH|CL|CO|VE)$/i.test(language) ? "letter" : "a4";
}
