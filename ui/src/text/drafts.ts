/** Words about what is typed and not saved yet. */
export const drafts = {
  kept: "Kept as you type. A lock or a crash loses nothing.",
  notKept: "What you type can't be kept just now: save before you leave.",
  restored: (when: string) => `This is what you had typed and not saved, ${when}.`,
  startOver: "Start over",
  title: "Not saved yet",
  left: (title: string, when: string) => `${title}, typed ${when}`,
  goOn: "Continue",
  discard: "Discard",
  gone: "Its form can't be opened here any more.",
  key: "g d",
};
