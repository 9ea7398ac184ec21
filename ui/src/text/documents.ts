/** Words for what is attached to a record. */
import type { AttachmentClass } from "../api/bindings";
import { plural } from "./plural";

export const documents = {
  title: (n: number) => `Documents (${n})`,
  none: "Nothing is attached yet.",
  attach: "Attach a file…",
  form: "Attach a file",
  lead: "A JPEG or PNG picture of at most 24 MB, or a PDF of at most 8 MB and 60 pages. Pictures of its pages are kept, nothing else of the file: scripts, links and files inside a PDF are left behind. Saving asks for the file.",
  said: "The file is attached.",
  class: "What it is",
  classes: {
    letter: "Letter",
    report: "Report",
    insurance_card: "Insurance card",
    identity_document: "Identity document",
    form: "Form",
  } as Record<AttachmentClass, string>,
  seen: {
    clinical: "For clinicians",
    front: "For the desk too",
  },
  name: "Title",
  day: "Dated",
  sensitive: "Sensitive",
  sensitiveHint:
    "For letters and reports: only who has the extra right sees it then. Leave it open otherwise.",
  about: (what: string, pages: number, by: string) => `${what}, ${plural(pages, "page", "pages")}, ${by}`,
  open: "Open",
  incomplete: "Something on these pages couldn't be drawn. Look at the file it came from as well.",
  page: (page: number, pages: number) => `Page ${page} of ${pages}`,
  picture: (title: string, page: number) => `${title}, page ${page}`,
  before: "Page before",
  after: "Next page",
  busy: "Opening…",
  purpose: "A copy is needed for",
  copy: "Save a copy…",
  copied: (pages: number) => `Saved as a PDF of ${plural(pages, "page", "pages")}.`,
  cancelled: "Nothing was saved.",
};
