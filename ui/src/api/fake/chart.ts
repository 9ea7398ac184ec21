/** A whole chart of the fake clinic, before a role's projection. */
import type { ChartView } from "../bindings";
import { whole } from "./bare";
import { COLLEAGUES, HANDLE } from "./clinical";
import { allergies, encounters, medications, notes, observations, other } from "./clinic";
import { longMedications, longObservations, longOther } from "./history";
import { row } from "./directory";
import type { Person } from "./people";
import { rights } from "./roles";

/** Everything about a person that never changes. */
export function wholeChart(who: Person, now: Date): ChartView {
  const allergy = allergies(who);
  const {
    phone_last4: _p,
    inactive: _i,
    similar_name: _s,
    damaged: _d,
    patient,
    ...identity
  } = row(who, now);
  return {
    patient,
    handle: HANDLE,
    restriction_on_file: false,
    banner: { ...identity, test: who.test ?? false, vip: false, absorbed: 0, allergies: allergy.banner },
    may: rights(true, true, true),
    contact: {
      phones: who.phone ? [who.phone] : [],
      ...(who.email ? { email: who.email } : {}),
      addresses: ["12 Alder Lane, Springfield, MA 01103"],
      emergency: "Ruth Baker, sister, 555-010-0199",
      language: "English",
    },
    insurance: [{ carrier: "Example Health Plan", policy: `EHP-${who.mrn.slice(4)}`, group: "G-2201" }],
    medications: whole.medications(who.long ? [...longMedications(), ...medications()] : medications()),
    allergies: whole.allergies(allergy.list),
    observations: whole.series(who.long ? longObservations() : observations()),
    notes: whole.notes(notes()),
    encounters: whole.encounters(encounters()),
    other: whole.other(who.long ? longOther() : other()),
    refills: [],
    administrations: [],
    tasks: [],
    colleagues: COLLEAGUES,
    kept: 12,
    damaged_items: who.id.endsWith("7") ? 1 : 0,
  };
}
