/** Later letters of a name, looked for among rows that are here already. Numbers and dates are the core's alone. */
import type { SearchRow } from "../../api/bindings";
import { fold, foldGiven } from "../../fold";

/** With fewer rows than this the core is asked: it knows those who sound alike. */
export const ENOUGH = 5;

/** How many letters and digits a line has. */
export const letters = (line: string) => [...line.replace(/[^\p{L}\p{N}]/gu, "")].length;

const parts = (line: string) => line.split(",");
const oneName = (line: string) => /^[^\s\d,"@]+$/u.test(line);
const bothNames = (line: string) => /^[^\d,"@]+,\s*[^\d,"@]*$/u.test(line);

/** Whether `line` asks for a part of what `whole` asks for. */
export function narrows(whole: string, line: string): boolean {
  if (oneName(whole)) return (oneName(line) || bothNames(line)) && begins(parts(line)[0], whole);
  const [surname = "", given = ""] = parts(whole);
  if (!bothNames(whole) || !bothNames(line)) return false;
  // After the comma the surname stands as it was.
  return (
    fold(parts(line)[0] ?? "") === fold(surname) &&
    foldGiven(parts(line)[1] ?? "").startsWith(foldGiven(given))
  );
}

function begins(line: string | undefined, start: string): boolean {
  return fold(line ?? "").startsWith(fold(start));
}

/** Whether a row fits a name. One that was found by a former surname or a damaged one always stays. */
export function rowFits(row: SearchRow, line: string): boolean {
  if (row.damaged) return true;
  const [surname = "", given = ""] = parts(line);
  const by = fold(surname);
  const named = fold(row.surname).startsWith(by) || row.fit === "former";
  if (!line.includes(",")) return named || foldGiven(row.given).startsWith(by);
  return named && foldGiven(row.given).startsWith(foldGiven(given));
}
