/** Print-outs of the invented clinic: a page with the banner and, for clinicians, a drug. The real ones are the core's. */
import type { ChartView, PrintMark, PrintOrder, PrintView, RecordPart } from "../bindings";
import { Failed, type Answer, type Args, type Name } from "../backend";

type Handlers<N extends Name> = { [K in N]: (args: Args<K>) => Answer<K> };

const TITLES: Record<PrintOrder["document"], string> = {
  visit_summary: "Visit summary",
  medication_list: "Medication list",
  referral_letter: "Referral",
  patient_copy: "Patient's copy",
  label: "Label",
  wristband: "Wristband",
  todays_list: "Today's list",
};

const PARTS: Record<PrintOrder["document"], RecordPart> = {
  visit_summary: "visits",
  medication_list: "drug_list",
  referral_letter: "referral_letters",
  patient_copy: "whole_record",
  label: "whole_record",
  wristband: "whole_record",
  todays_list: "whole_record",
};

const VISITS = [
  { item: "13000000-0000-4000-9000-000000000002", start: "2026-11-20T15:00:00Z", kind: "Office visit" },
  { item: "13000000-0000-4000-9000-000000000001", start: "2026-05-04T14:00:00Z", kind: "Annual visit" },
];

/** What the commands of `app/print` answer; `chart` gives a chart as the role at the seat sees it. */
export function printing(
  chart: (patient: string) => ChartView,
  check: (order: PrintOrder, part: RecordPart) => void,
): Handlers<"preview_print" | "print" | "save_print"> {
  const made = (order: PrintOrder, foot: string): PrintView => {
    check(order, PARTS[order.document]);
    const lines = [TITLES[order.document], ...content(order, chart), foot];
    const marks = lines.map<PrintMark>((text, at) => ({
      is: "text",
      x: 42,
      y: 60 + 20 * at,
      size: at === 1 ? 17 : 10.5,
      bold: at < 2,
      text,
    }));
    const rule: PrintMark = { is: "bar", x: 42, y: 46, width: 528, height: 0.8 };
    const missing = lines.some((line) => /\p{Script=Han}/u.test(line)) ? 2 : 0;
    return {
      title: TITLES[order.document],
      pages: [{ width: 612, height: 792, marks: [...marks, rule] }],
      missing,
      damaged: 0,
      visits: order.document === "visit_summary" ? VISITS : [],
    };
  };
  return {
    preview_print: (order) => made(order, "Preview, not printed"),
    print: (order) => made(order, "Printed 22 Nov 2026, 09:41 by Dr. R. Osei"),
    save_print: (order) => ({ pages: made(order, "").pages.length }),
  };
}

function content(order: PrintOrder, chart: (patient: string) => ChartView): string[] {
  if (order.document === "todays_list") return ["Appointments of 22 Nov 2026", "09:00 · SMITH, Anna · …0114"];
  if (!order.patient) throw new Failed("invalid", { field: "patient" });
  const { banner, medications } = chart(order.patient);
  const taken = order.document === "label" || order.document === "wristband" ? [] : (medications ?? []);
  const visit = order.document === "visit_summary" && VISITS.find((one) => one.item === order.visit);
  return [
    ...(visit ? [`Visit of ${visit.start.slice(0, 10)}`] : []),
    `${banner.surname.toUpperCase()}, ${banner.given}`,
    `${banner.birth_date ?? ""} · ${banner.mrn}`,
    ...taken.map((one) => one.text),
  ];
}
