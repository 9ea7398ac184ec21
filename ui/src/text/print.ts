/** Words about print-outs. What stands on the paper itself is the core's. */
import type { PrintDocument, PrintPaper, PrintPurpose } from "../api/bindings";
import { plural } from "./plural";

export const print = {
  open: "Print",
  title: "Print",
  what: "What",
  documents: {
    visit_summary: "Visit summary",
    medication_list: "Medication list",
    referral_letter: "Referral letter",
    patient_copy: "Patient's copy",
    label: "Label",
    wristband: "Wristband",
    todays_list: "Today's list",
  } satisfies Record<PrintDocument, string>,
  visit: "Which visit",
  referral: "Which referral",
  lastVisit: "the last one",
  purpose: "What is it for?",
  purposes: [
    ["treatment", "Care of the patient"],
    ["patient_request", "The patient asks for it"],
    ["payment", "A payer asks for it"],
    ["operations", "The clinic's own work"],
  ] as Array<[PrintPurpose, string]>,
  purposeFirst: "Choose what it is for; then the preview opens. It is written into the audit log.",
  paper: "Paper",
  papers: [
    ["letter", "Letter"],
    ["a4", "A4"],
  ] as Array<[PrintPaper, string]>,
  preview: "Preview",
  busy: "Making the pages…",
  ready: (title: string, pages: number) => `${title}: ${plural(pages, "page", "pages")}`,
  page: (nth: number, of: number) => `Page ${nth} of ${of}`,
  submit: "Print…",
  save: "Save as PDF…",
  printing: "The print dialog is open.",
  saved: (pages: number) =>
    `Saved: ${plural(pages, "page", "pages")}. The file isn't encrypted: keep it accordingly.`,
  cancelled: "Nothing was saved.",
  missing: (letters: number) =>
    `${plural(letters, "letter", "letters")} of this print-out can't be set in a PDF's font and would be an empty box there. Use Print…: it has the letters you see here.`,
  damaged: (entries: number) =>
    `${plural(entries, "entry", "entries")} failed the integrity check. The paper says that something is missing.`,
  leaves:
    "A saved file lies only where you say. A printed page passes through this computer's print queue, which Wardseal can't empty.",
};
