/** The form for attaching a file; the file itself is chosen in the system's own dialog when it is saved. */
import type { AttachmentClass } from "../../../api/bindings";
import { text } from "../../../text";
import { mayWrite } from "../act";
import { optional, type Form, type Option } from "./form";
import type { Open } from "./forms";

const words = text.documents;
const CLINICAL: AttachmentClass[] = ["letter", "report"];
const FRONT: AttachmentClass[] = ["insurance_card", "identity_document", "form"];

export function attach(open: Open): Form {
  const may = [
    ...(mayWrite(open.chart, "documents") ? CLINICAL : []),
    ...(mayWrite(open.chart, "front_documents") ? FRONT : []),
  ];
  return {
    title: words.form,
    intro: words.lead,
    draft: { form: "entry.attach" },
    said: words.said,
    fields: [
      {
        key: "class",
        label: words.class,
        kind: "choice",
        required: true,
        options: may.map((code): Option => [code, words.classes[code]]),
      },
      { key: "title", label: words.name, required: true },
      { key: "day", label: words.day, hint: text.clinical.hints.day },
    ],
    start: { class: may[0] ?? "", title: "", day: "" },
    send: (typed) =>
      open.session.write("attach_file", {
        patient: open.chart.patient,
        class: typed.class as AttachmentClass,
        title: (typed.title ?? "").trim(),
        ...optional(typed, "day"),
      }),
  };
}
