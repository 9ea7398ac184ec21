/** Words about who may be told of a patient. The desk reads them: nothing here says what stands in a chart. */
import type {
  DirectiveEndReason,
  DirectiveKind,
  DirectivePurpose,
  DirectiveReason,
  DirectiveStanding,
  DirectiveTerms,
  DirectiveTo,
  DirectiveWay,
  EmergencyReason,
  Recipient,
  RecordPart,
} from "../api/bindings";

const to: Record<DirectiveTo, string> = {
  health_plan: "a health plan",
  another_clinician: "another clinician",
  family: "family or friends",
  employer: "the employer",
  legal: "lawyers, courts or agencies",
  research: "research",
  anyone: "anyone else",
};

const purposes: Record<DirectivePurpose, string> = {
  any: "whatever it is for",
  treatment: "for care",
  payment: "for payment",
  operations: "for the work around care",
};

const parts: Record<RecordPart, string> = {
  whole_record: "the whole record",
  visits: "visits",
  drug_list: "the list of what is taken",
  referral_letters: "referral letters",
  attachments: "what is attached",
};

const whys: Record<DirectiveReason, string> = {
  paid_in_full: "paid in full by the patient",
  agreed: "agreed with the patient",
  required_by_law: "required by law",
};

const recipients: Record<Recipient, string> = {
  patient: "The patient, or a representative",
  health_plan: "A health plan",
  another_clinician: "Another clinician",
  family: "Family or friends",
  employer: "The employer",
  legal: "A lawyer, a court or an agency",
  research: "Research",
  clinic: "The clinic itself: it stays in the house",
};

const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

/** What a directive says, as a sentence without its days. */
function says(one: Pick<DirectiveTerms, "kind" | "to" | "purpose" | "part" | "why">): string {
  const aim = one.purpose === "any" ? "" : ` ${purposes[one.purpose]}`;
  const who = `${to[one.to]}${aim}`;
  const rule =
    one.kind === "restriction"
      ? `Don't disclose ${parts[one.part]} to ${who}`
      : `${capital(parts[one.part])} may be disclosed to ${who}`;
  return `${rule}: ${whys[one.why]}.`;
}

/** Why nothing is made, and what to do next; with the words of the directive where there is one. */
function refused({ directive, to: recipient }: RefusedFields): string {
  if (directive)
    return `${says(directive)} So nothing is made. Choose who else gets it; if the patient takes it back, end it under “Who may be told” in the patient's record.`;
  const who = recipient ? recipients[recipient] : "This recipient";
  return `${who}: for this purpose it takes the patient's authorization, and none in force is on file. So nothing is made. Choose another purpose, or note the signed authorization under “Who may be told” in the patient's record.`;
}

/** What the core says when it refuses to disclose. */
export type RefusedFields = {
  to?: Recipient;
  may_override?: boolean;
  directive?: Pick<DirectiveTerms, "kind" | "to" | "purpose" | "part" | "why">;
};

export const directives = {
  refused,
  forWhom: "Who gets it",
  recipients,
  emergency: "Emergency treatment elsewhere",
  emergencyLead:
    "A clinician who treats this patient in an emergency may get it all the same. It is written into the audit log with your reason; ask the other clinician not to use or disclose it further.",
  emergencyReason: "Why it can't wait",
  emergencyReasons: {
    life_threatening: "life or limb are in danger",
    cannot_be_asked: "the patient can't be asked",
    emergency_transfer: "the patient is on the way to an emergency department",
  } satisfies Record<EmergencyReason, string>,
  override: "Disclose for emergency treatment",
  overridden: "Made for emergency treatment, past a restriction. The audit log says so.",
  title: "Who may be told",
  lead: "Every print-out and copy that leaves the clinic is checked against this list. The patient can always have the own record.",
  none: "Nothing is noted. Employers, lawyers and research get nothing without an authorization.",
  mark: "Restriction on file",
  says,
  kind: "The patient",
  kinds: {
    restriction: "asks us not to disclose",
    authorization: "lets us disclose",
  } satisfies Record<DirectiveKind, string>,
  part: "What",
  parts,
  to: "To whom",
  tos: to,
  purpose: "For what",
  purposes,
  why: "Why we follow it",
  whys,
  way: "How it came",
  ways: {
    paper_signed: "on paper, signed",
    in_person: "said in person",
    portal: "through the portal",
  } satisfies Record<DirectiveWay, string>,
  from: "First day",
  until: "Last day",
  dayHint: "Month first, such as 11/23/2026",
  untilHint: "Empty: it goes on",
  note: "Note it",
  noted: "Noted. It holds from its first day on.",
  standings: {
    in_force: "in force",
    not_yet: "not yet in force",
    over: "over",
    ended: "ended",
  } satisfies Record<DirectiveStanding, string>,
  days: (from: string, until: string | undefined) =>
    until ? `From ${from} to ${until}` : `From ${from}, no last day`,
  written: (way: string, at: string, by: string) => `Came ${way}. Noted ${at} by ${by}`,
  end: "End it…",
  endNow: "End it now",
  keep: "Keep it",
  endReason: "Why it ends",
  endReasons: {
    patient_wrote: "the patient took it back in writing",
    patient_said: "the patient took it back in person",
    noted_by_mistake: "it was noted by mistake",
  } satisfies Record<DirectiveEndReason, string>,
  ended: (why: string, at: string, by: string) => `Ended ${at} by ${by}: ${why}`,
  endedNow: "Ended. It stays in this list.",
  elsewhere: "Noted in a merged record of this person: open that one to end it.",
  past: (count: number) => `No longer in force (${count})`,
  /** What is wrong with a field, by its name. */
  wrong: {
    from: "Type the first day.",
    until:
      "Type a last day that isn't over and not before the first. An authorization to anybody but family or a study needs one.",
    way: "This takes a signature: on paper or through the portal.",
    to: "Choose whom: what is paid in full is kept from a health plan, and an authorization names one recipient.",
    purpose: "This recipient has no purposes to choose from.",
    why: "This is no reason for an authorization.",
  } as Record<string, string>,
};
