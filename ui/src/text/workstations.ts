/** Words about the workstations of the clinic: who is let in, who is shut out. */

const ENDED: Record<string, string> = { revoked: "shut out", retired: "out of use" };

export const workstations = {
  title: "Workstations",
  open: "Workstations",
  lead: "Machines that hold the clinic's key. The list looks again by itself.",
  busy: "Looking for workstations…",
  asking: "Asking to be let in",
  nobody: "No machine asks to be let in.",
  nobodyNext: "Start “wardsealctl enrol” on the new machine; it shows here.",
  asked: (when: string) => `asked ${when}`,
  formerly: (name: string) => `It was, or is a copy of, ${name}.`,
  answer: "Answer",
  answeredElsewhere: "Another session has answered it.",
  wait: "Answered. The new machine shows a code in a moment.",
  code: (name: string) => `Code on the screen of ${name}`,
  codeHint: "Six digits. Type what you see there or what somebody you know reads out to you.",
  needCode: "Type the six digits.",
  letIn: "Let in",
  refuse: "Send away",
  letInDone: (name: string) => `${name} is let in. Type this code there:`,
  spaced: (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`,
  sentAway: (name: string) => `${name} was sent away.`,
  all: "In the register",
  here: "this one",
  since: (when: string) => `since ${when}`,
  seen: (when: string) => `last here ${when}`,
  never: "never opened",
  program: (version: string) => `version ${version}`,
  ended: (how: string, when: string) => `${ENDED[how] ?? how} ${when}`,
  unvouched: "No administrator vouches for it: it gets no renewed key.",
  shutOut: "Shut out",
  sure: (name: string) =>
    `Shut ${name} out? Nothing it signs counts any more, and the clinic's key is renewed for all others. If somebody may know a password that was typed there, reset that password too.`,
  shutOutYes: "Shut it out",
  shutOutDone: (name: string) =>
    `${name} is shut out. The clinic's key is being renewed while this seat is quiet.`,
  retire: "A machine is taken out of use on itself: wardsealctl workstations retire.",
};
