/** Names as the core compares them: without accents, case and punctuation. */

const PLAIN: Record<string, string> = { ß: "ss", ø: "o", æ: "ae", œ: "oe", ł: "l", đ: "d", ð: "d", þ: "th" };

/** Without accents, case and punctuation. */
export const fold = (text: string) =>
  text
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}]/gu, "")
    .toLowerCase()
    .replace(/[ßøæœłđðþ]/g, (letter) => PLAIN[letter] ?? letter);

/** The first of the given names, folded. */
export const foldGiven = (given: string) => given.split(/\s+/).map(fold).find(Boolean) ?? "";
