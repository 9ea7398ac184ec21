/** Dialogs that open again and aren't forms of an entry: the names what is typed there is kept under, and what is kept. */
import type { Section } from "../../api/bindings";

/** The patient an entry belongs to instead, and why. */
export const moving = "entry.move";
export type Moving = {
  query: string;
  reason: string;
  began: number;
  about: { section: Section; text: string };
};

/** Why the social security number is to be seen; never the number. */
export const revealing = "entry.reveal";
export type Revealing = { chosen: string; typed: string };
