/** The form for attaching a file; the file itself is chosen in the system's own dialog when it is saved. */
import type { AttachmentClass, Sensitivity } from "../../../api/bindings";
import { text } from "../../../text";
import { mayWrite } from "../act";
import { mayLabel } from "../labels";
import { optional, type FieldSpec, type Form, type Option } from "./form";
import type { Open } from "./forms";

const words = text.documents;
const CLINICAL: AttachmentClass[] = ["letter", "report"];
const FRONT: AttachmentClass[] = ["insurance_card", "identity_document", "form"];

const sensitive: FieldSpec = {
  key: "label",
  label: words.sensitive,
  kind: "choice",
  options: Object.entries(text.clinical.label.kinds),
  hint: words.sensitiveHint,
};

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
      ...(mayLabel(open.chart, "documents") ? [sensitive] : []),
    ],
    start: { class: may[0] ?? "", title: "", day: "", label: "" },
    send: (typed) =>
      open.session.write("attach_file", {
        patient: open.chart.patient,
        class: typed.class as AttachmentClass,
        title: (typed.title ?? "").trim(),
        ...optional(typed, "day"),
        ...(typed.label ? { label: typed.label as Sensitivity } : {}),
      }),
  };
}
