/** A long imported history: many series, drugs named like catalogue entries, a pregnancy's worth of small entries. */
import type { ProblemView } from "../bindings";
import type { EntryView, MedicationView, SeriesView } from "./bare";
import { daysAgo, id, observations, series, type Shape } from "./clinic";

const DRUGS: Array<[string, string, string]> = [
  [
    "insulin isophane, human 70 UNT/ML / insulin, regular, human 30 UNT/ML Injectable Suspension [Humulin]",
    "Inject 22 units under the skin twice a day, 30 minutes before breakfast and supper",
    "active",
  ],
  ["24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet", "", "active"],
  ["Hydrochlorothiazide 12.5 MG / Lisinopril 20 MG Oral Tablet", "1 tablet every morning", "active"],
  ["sodium fluoride 0.0272 MG/MG Oral Gel", "As needed", "active"],
  [
    "120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler",
    "2 puffs twice a day",
    "on-hold",
  ],
  ["Epoetin Alfa 4000 UNT/ML Injectable Solution [Epogen]", "", "stopped"],
  ["Amoxicillin 250 MG / Clavulanate 125 MG Oral Tablet", "1 tablet every 8 hours for 10 days", "completed"],
];

const PROBLEMS: Array<[string, string, string, string?]> = [
  ["Disorder of kidney due to diabetes mellitus (disorder)", "127013003", "active"],
  ["Microalbuminuria due to type 2 diabetes mellitus (disorder)", "90781000119102", "active"],
  ["Body mass index 30+ - obesity (finding)", "162864005", "active"],
  ["Received higher education (finding)", "224299000", "active"],
  ["Pneumonia caused by Severe acute respiratory syndrome coronavirus 2", "", "resolved", "2021-02-03"],
  ["Viral sinusitis (disorder)", "444814009", "resolved", "2019-11"],
];

const MORE: Array<[string, string, string, number, number, number?, number?]> = [
  ["33914-3", "Glomerular filtration rate/1.73 sq M.predicted", "mL/min/{1.73_m2}", 71, 48, 60],
  ["6299-2", "Urea nitrogen [Mass/volume] in Blood", "mg/dL", 14, 21, 7, 20],
  ["2947-0", "Sodium [Moles/volume] in Blood", "mmol/L", 139, 141, 136, 145],
  ["2069-3", "Chloride [Moles/volume] in Blood", "mmol/L", 104, 107, 98, 107],
  ["20565-8", "Carbon dioxide, total [Moles/volume] in Blood", "mmol/L", 24, 22, 22, 29],
  ["49765-1", "Calcium [Mass/volume] in Blood", "mg/dL", 9.2, 8.9, 8.5, 10.2],
  ["2093-3", "Cholesterol [Mass/volume] in Serum or Plasma", "mg/dL", 214, 187, undefined, 200],
  ["2571-8", "Triglycerides", "mg/dL", 180, 149, undefined, 150],
  ["14959-1", "Microalbumin/Creatinine [Mass Ratio] in Urine", "mg/g", 12, 138, undefined, 30],
  ["777-3", "Platelets [#/volume] in Blood by Automated count", "10*3/uL", 251, 243, 150, 400],
];

/** Sixty-four visits, a value in two units, one below what can be measured, one without a date. */
export function longObservations(): SeriesView[] {
  const more = MORE.map(([code, name, unit, from, to, low, high], at) => {
    const shape: Shape = { code, name, category: "laboratory", unit, from, to };
    if (low !== undefined) shape.low = low;
    if (high !== undefined) shape.high = high;
    return series(shape, at, 22);
  });
  const weight: Shape = {
    code: "29463-7",
    name: "Body weight",
    category: "vital-signs",
    unit: "[lb_av]",
    from: 165,
    to: 157,
  };
  const troponin: SeriesView = {
    code: "6598-7",
    name: "Troponin T",
    category: "laboratory",
    unit: "ng/mL",
    points: [{ at: daysAgo(3), value: 0.01, text: "< 0.01" }],
    count: 1,
    high: 0.04,
  };
  const housing: SeriesView = {
    code: "71802-3",
    name: "Housing status",
    category: "social-history",
    unit: "",
    points: [{ at: "", text: "I have housing" }],
    count: 1,
  };
  return [...observations(64), series(weight, 3, 5), ...more, troponin, housing];
}

export const longMedications = (): MedicationView[] =>
  DRUGS.map(([text, dosage, status], n) => ({
    item: id(2, 100 + n),
    text,
    ...(dosage ? { dosage } : {}),
    status,
    ordered: daysAgo(12 + n * 41),
  }));

export const longProblems = (): ProblemView[] =>
  PROBLEMS.map(([text, code, clinical_status, abatement], n) => ({
    item: id(1, 100 + n),
    rev: 1,
    problem: {
      text,
      ...(code ? { code, system: "SNOMED CT" } : {}),
      clinical_status,
      verification: "confirmed",
      onset: daysAgo(600 + n * 333).slice(0, 10),
      ...(abatement ? { abatement } : {}),
    },
    changed: daysAgo(12),
    by: "Thị Minh Khai Rosenqvist-Abernathy, MD",
  }));

const EVENTS: Array<[string, string]> = [
  [
    "immunization",
    "SARS-COV-2 (COVID-19) vaccine, mRNA, spike protein, LNP, preservative free, 30 mcg/0.3mL dose",
  ],
  ["immunization", "Influenza, seasonal, injectable, preservative free"],
  ["procedure", "Assessment of health and social care needs (procedure)"],
  ["procedure", "Depression screening using Patient Health Questionnaire Two-Item score (procedure)"],
  ["report", "Comprehensive metabolic 2000 panel - Serum or Plasma"],
];

/** Thirty-six of them. */
export const longOther = (): EntryView[] =>
  Array.from({ length: 36 }, (_, n) => {
    const [kind, text] = EVENTS[n % EVENTS.length] ?? ["procedure", ""];
    return { item: id(6, 100 + n), kind, text, at: daysAgo(5 + n * 47), status: "completed" };
  });
