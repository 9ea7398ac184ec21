/** Looking through what is open already. Nothing leaves the screen, and nothing is kept: it goes with the chart. */
import type { NoteView, SeriesView } from "../../api/bindings";
import { fold } from "../../fold";

/** The words of a line, folded. */
const words = (line: string) => line.split(/\s+/).map(fold).filter(Boolean);

/** Whether every word of the line occurs somewhere in the texts. */
export function holds(line: string, texts: (string | number | null | undefined)[]): boolean {
  const all = texts.map((text) => fold(String(text ?? ""))).join(" ");
  return words(line).every((word) => all.includes(word));
}

/** The notes that hold all words, in title, text or author. */
export const findNotes = (notes: NoteView[], line: string) =>
  notes.filter((note) => holds(line, [note.title, note.text, note.author]));

/** The kinds of results that hold all words, in name, code, kind, unit or a value in words. */
export const findResults = (series: SeriesView[], line: string) =>
  series.filter((one) =>
    holds(line, [one.name, one.code, one.category, one.unit, ...one.points.map((point) => point.text)]),
  );
