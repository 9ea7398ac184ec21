/** That a medication was given, or wasn't; and what came of it. */
import type { AdministrationView, MedicationView } from "../../../api/bindings";
import { text } from "../../../text";
import type { Open } from "./forms";
import { instant, localMoment, optional, type Form } from "./form";
import { visit } from "./forms";

const words = text.clinical;
const mar = words.administrations;

/** Whether the order is in force: only then is giving it a matter of course. */
export const inForce = (one: MedicationView) => one.state === "active" || one.state === "unsigned";

/** A dose of an order, given now or a while ago. One that isn't in force warns and asks why. */
export function give(open: Open, one: MedicationView): Form {
  const warned = !inForce(one);
  const state = (words.words[one.state] ?? one.state).toLowerCase();
  return {
    title: words.orders.title(mar.give, one.text),
    draft: { form: "entry.give", item: one.item },
    ...(warned ? { warning: mar.notInForce(state) } : {}),
    said: words.saved(mar.given(one.text)),
    fields: [
      {
        key: "outcome",
        label: mar.outcome,
        kind: "choice",
        options: [
          ["given", mar.wasGiven],
          ["not_given", mar.wasNot],
        ],
      },
      { key: "dose", label: words.fields.dose },
      { key: "route", label: words.fields.route },
      { key: "at", label: words.fields.at, kind: "when", required: true, hint: mar.atHint },
      { key: "scanned", label: mar.scanned, hint: mar.scannedHint },
      { key: "response", label: mar.response },
      { key: "reaction", label: mar.reaction, hint: mar.reactionHint },
      { key: "reason", label: words.fields.reason, required: warned, hint: mar.reasonHint },
    ],
    start: {
      outcome: "given",
      dose: one.order?.dose ?? one.dosage ?? "",
      route: one.order?.route ?? "",
      at: localMoment(open.session.date),
      scanned: "",
      response: "",
      reaction: "",
      reason: "",
    },
    send: (typed) =>
      open.session.write("record_administration", {
        patient: open.chart.patient,
        ...visit(open),
        medication: one.item,
        given: typed.outcome !== "not_given",
        at: instant(typed.at ?? ""),
        ...optional(typed, "dose", "route", "scanned", "response", "reaction", "reason"),
      }),
  };
}

/** How it worked, and what it did besides: known only later. */
export function noteResponse(open: Open, one: AdministrationView): Form {
  return {
    title: words.orders.title(mar.noteResponse, one.drug),
    draft: { form: "entry.response", item: one.item, rev: one.rev },
    said: words.saved(one.drug),
    fields: [
      { key: "response", label: mar.response },
      { key: "reaction", label: mar.reaction, hint: mar.reactionHint },
    ],
    start: { response: one.response ?? "", reaction: one.reaction ?? "" },
    send: (typed, rev) =>
      open.session.write("note_response", {
        patient: open.chart.patient,
        item: one.item,
        rev: rev ?? one.rev,
        ...optional(typed, "response", "reaction"),
      }),
  };
}
