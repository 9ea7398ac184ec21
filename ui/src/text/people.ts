/** Words about accounts and access: the password of one's own, access that waits, access to confirm. */
import { plural } from "./plural";

const COMPARTMENTS: Record<string, string> = {
  front: "identity, contact and appointments",
  insurance: "insurance",
  national_id: "social security numbers",
  clinical: "clinical records",
  restricted: "sensitive records",
  audit: "the audit log",
};

const ROLES: Record<string, string> = {
  doctor: "doctor",
  nurse: "nurse",
  front_desk: "front desk",
  administrator: "administrator",
  auditor: "auditor",
  import: "import service",
};

/** `123456` becomes `123 456`: three digits are read out at a time. */
const spaced = (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`;

const parts = (compartments: string[]) => compartments.map((one) => COMPARTMENTS[one] ?? one).join(" · ");

export const people = {
  role: (role: string) => ROLES[role] ?? role,
  parts,
  seat: {
    title: "Your seat",
    open: "your seat",
    password: "Change password",
    confirm: "Access to confirm",
    signOut: "Sign out",
  },
  waiting: {
    title: "Your access is waiting",
    code: "Your code",
    spaced,
    words: (compartments: string[]) =>
      `Ordered for you: ${parts(compartments)}. Ask a colleague who works with it to open “Access to confirm”, and read this code out. It opens here by itself.`,
    foreign:
      "Somebody ordered access in your name for keys that aren't yours. Read no code to anybody, and tell your administrator.",
  },
  confirm: {
    title: "Access to confirm",
    lead: "Confirm only for someone who stands before you or whose voice you know. Let them read out the code on their screen and type it here.",
    busy: "Looking for requests…",
    none: "Nobody waits for access.",
    noneNext: "When an administrator adds a colleague or resets a password, it shows here.",
    asks: (role: string, by: string, day: string) => `${ROLES[role] ?? role} · ordered by ${by}, ${day}`,
    wants: "Waits for",
    notYours: "Nothing of this is yours to give. Someone who works with it can confirm it.",
    yours: (compartments: string[]) => `You can give: ${parts(compartments)}`,
    code: (name: string) => `Code that ${name} reads out`,
    codeHint: "Six digits",
    needCode: "Type the six digits.",
    submit: "Confirm",
    done: (name: string, left: number) =>
      left === 0
        ? `${name} has access now.`
        : `${name} has access to what you hold. ${plural(left, "part still waits", "parts still wait")} for someone else.`,
  },
  password: {
    title: "Change password",
    first: "Choose your own password",
    firstLead:
      "The password you signed in with was given to you by somebody else, so it's good for this one time only.",
    current: "Password in use",
    next: "New password",
    hint: "15 characters or more, of any kind. A short sentence is easier to remember than a word.",
    again: "New password once more",
    needCurrent: "Type the password in use.",
    needNext: "Type a new password.",
    short: "The new password needs 15 characters or more.",
    differs: "The two aren't the same. Type it once more.",
    wrong: "This isn't the password in use.",
    submit: "Change password",
    busy: "Sealing your keys anew…",
    done: "Your password is changed. Your other sessions have ended.",
  },
};
