/** What people of the invented clinic have typed and not saved: each sees the own ones. */
import type { DraftPlace, DraftView } from "../bindings";
import { Failed, type Answer, type Args, type Name } from "../backend";

type Handlers<N extends Name> = { [K in N]: (args: Args<K>) => Answer<K> };

const key = (place: DraftPlace) => [place.form, place.patient, place.item].join("|");

/** The commands of `app/drafts`. */
export function drafts(
  who: () => string,
  date: () => Date,
): Handlers<"keep_draft" | "drafts" | "drop_draft"> {
  const kept = new Map<string, DraftView>();
  let open: string | null = null;
  const named = (place: DraftPlace) => `${who()}|${key(place)}`;
  return {
    keep_draft: ({ place, title, typed }) => {
      // As the core has it: a fake that takes more would hide a form that keeps nothing.
      if (!/^[\w-]+(\.[\w-]+)*$/.test(place.form)) throw new Failed("invalid", { field: "form" });
      open = named(place);
      kept.delete(open);
      kept.set(open, { place, title, typed, at: date().toISOString(), open: false });
      return {};
    },
    drafts: ({ place }) => {
      const own = [...kept].filter(([name]) =>
        place ? name === named(place) : name.startsWith(`${who()}|`),
      );
      const views = own.map(([name, { typed, ...view }]) => ({
        ...view,
        open: name === open,
        ...(place && typed !== undefined ? { typed } : {}),
      }));
      return { drafts: views.reverse() };
    },
    drop_draft: ({ place }) => {
      if (open === named(place)) open = null;
      kept.delete(named(place));
      return {};
    },
  };
}
