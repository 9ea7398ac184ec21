/** What the invented clinic answers to writing into a chart: enough for screens to be driven. */
import type { EntryContent, ItemView } from "../bindings";
import type { Answer, Args, Name } from "../backend";

type Handlers<N extends Name> = { [K in N]: (args: Args<K>) => Answer<K> };

const NOTE: EntryContent = {
  kind: "note",
  value: { title: "Visit", at: "2026-11-20T10:00:00Z", text: "Feels well." },
};

/** The commands of `app/clinical`. */
export function clinical(): Handlers<"mark_in_error" | "move_item" | "item_history"> {
  const at = "2026-11-22T09:41:00Z";
  const by = "Dr. R. Osei";
  const marked = (args: { item: string; rev: number; reason: string }, moved: boolean): ItemView => ({
    item: args.item,
    rev: args.rev + 1,
    content: NOTE,
    changed: at,
    by,
    in_error: { at, by, reason: args.reason, moved },
  });
  return {
    mark_in_error: (args) => ({ is: "saved", saved: marked(args, false) }),
    move_item: (args) => ({ is: "saved", saved: marked(args, true) }),
    item_history: () => ({
      versions: [
        { rev: 2, at, by, changes: [{ field: "text", old: "Hypertension", new: "Essential hypertension" }] },
        { rev: 1, at: "2026-01-12T10:00:00Z", by, changes: [{ field: "text", new: "Hypertension" }] },
      ],
      damaged: 0,
    }),
  };
}
