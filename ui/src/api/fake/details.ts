/** What the invented clinic knows of its patients as people: changed, corrected by two, merged. */
import type { Amendment, AmendmentsView, DetailsView, PhotoView, SavedDetails } from "../bindings";
import { Failed } from "../backend";
import type { Answer, Args, Name } from "../backend";
import { fold, foldGiven } from "../../fold";
import { HANDLE } from "./clinical";
import { row } from "./directory";
import type { Person } from "./people";
import type { Account } from "./roles";

type Mine =
  | "scan_wristband"
  | "find_look_alikes"
  | "patient_details"
  | "edit_contact"
  | "edit_insurance"
  | "set_standing"
  | "correct_identity"
  | "decide_correction"
  | "patient_history"
  | "restore_version"
  | "merge_patients"
  | "unmerge_patients"
  | "find_duplicates"
  | "tell_apart"
  | "amendments"
  | "note_amendment"
  | "extend_amendment"
  | "decide_amendment"
  | "show_photo"
  | "take_photo"
  | "remove_photo";

const NOW = "2026-11-23T09:41:00Z";

/** One grey pixel, as the core would send it. */
export const FACE =
  "data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AKp//2Q==";

export class Details {
  private kept = new Map<string, DetailsView>();
  private apart = new Set<string>();
  private photos = new Map<string, PhotoView>();
  private requests = new Map<string, Amendment[]>();

  constructor(private readonly people: Person[]) {}

  private amendments(patient: string, role: string): AmendmentsView {
    const requests = (this.requests.get(patient) ?? []).map((request) => {
      const last = Date.parse(request.received) + (request.extended ? 90 : 60) * 86_400_000;
      const due = new Date(last).toISOString().slice(0, 10);
      const days = Math.round((last - Date.parse(NOW.slice(0, 10))) / 86_400_000);
      const may_be_extended = !request.extended && !request.decided && days >= 0;
      return { request, due, days, may_be_extended, attached: !!request.decided?.entry };
    });
    return { today: NOW.slice(0, 10), requests, may_note: true, may_decide: role === "doctor" };
  }

  private amend(patient: string, id: string, role: string, more: Partial<Amendment>): AmendmentsView {
    const all = this.requests.get(patient) ?? [];
    this.requests.set(
      patient,
      all.map((one) => (one.id === id ? { ...one, ...more } : one)),
    );
    return this.amendments(patient, role);
  }

  handlers(holder: () => Account): { [N in Mine & Name]: (args: Args<N>) => Answer<N> } {
    const by = () => holder().user.name;
    const photo = (patient: string, rev: number, image: Partial<PhotoView>) => {
      if ((this.photos.get(patient)?.rev ?? 0) !== rev) throw new Failed("conflict");
      const next = { rev: rev + 1, ...image, may_edit: true };
      this.photos.set(patient, next);
      return next;
    };
    return {
      find_duplicates: ({ after }) => {
        const sound = this.people.filter((one) => !one.damaged);
        const from = after ? sound.findIndex((one) => one.id === after) + 1 : 0;
        const slice = sound.slice(from, from + 40);
        const pairs = slice.flatMap((who) =>
          this.alike(who)
            .filter((other) => !this.apart.has([who.id, other.patient].sort().join()))
            .map((other) => ({
              patient: row(who, new Date("2026-11-22T09:41:00Z")),
              other: {
                row: row(this.person(other.patient), new Date("2026-11-22T09:41:00Z")),
                likeness: 900,
                stops: true,
                differs: other.differs,
              },
            })),
        );
        const done = from + slice.length;
        const next = done < sound.length ? (slice.at(-1)?.id ?? null) : null;
        return { pairs, done, of: sound.length, next, damaged: 0 };
      },
      tell_apart: ({ patient, other }) => {
        this.apart.add([patient, other].sort().join());
        return {};
      },
      amendments: ({ patient }) => this.amendments(patient, holder().user.role),
      note_amendment: ({ patient, received, way, about }) => {
        const old = this.requests.get(patient) ?? [];
        const one = { id: `r${old.length}`, received, way, about, at: NOW, by: by() };
        this.requests.set(patient, [one, ...old]);
        return this.amendments(patient, holder().user.role);
      },
      extend_amendment: ({ patient, id, reason }) =>
        this.amend(patient, id, holder().user.role, { extended: { reason, at: NOW, by: by() } }),
      decide_amendment: ({ patient, id, accepted, reason, entry }) =>
        this.amend(patient, id, holder().user.role, {
          decided: { accepted, reason, at: NOW, by: by(), ...(entry ? { entry } : {}) },
        }),
      show_photo: ({ patient }) => this.photos.get(patient) ?? { rev: 0, may_edit: true },
      take_photo: ({ patient, rev }) =>
        photo(patient, rev, { image: FACE, taken: "2026-11-22T09:41:00Z", by: by() }),
      remove_photo: ({ patient, rev }) => photo(patient, rev, {}),
      scan_wristband: ({ code }) => {
        const who = this.people.find((one) => `WB-${one.mrn}-0` === code);
        if (!who)
          throw new Failed(code.endsWith("-0") ? "not_found" : "invalid", {
            field: "wristband",
            why: "form",
          });
        return { patient: who.id };
      },
      find_look_alikes: ({ patient }) => ({ alike: this.alike(this.person(patient)), more: false }),
      patient_details: ({ patient }) => this.shown(patient, holder().user.role),
      edit_contact: ({ patient, rev, contact }) => this.save(patient, rev, "contact_rev", { contact }),
      edit_insurance: ({ patient, rev, insurance }) =>
        this.save(patient, rev, "insurance_rev", { insurance }),
      set_standing: ({ patient, rev, standing }) => this.save(patient, rev, "identity_rev", { standing }),
      correct_identity: ({ patient, rev, identity, document, note }) => {
        const old = this.of(patient);
        const named = old.identity.surname !== identity.surname || old.identity.given !== identity.given;
        const born = old.identity.birth_date !== identity.birth_date;
        if ((named || born) && !document)
          throw new Failed("invalid", { field: "document", why: "not_listed" });
        if (!named || !born) return this.save(patient, rev, "identity_rev", { identity });
        if (!note) throw new Failed("invalid", { field: "reason", why: "empty" });
        const name = `${identity.given} ${identity.surname}`;
        const waiting = {
          name,
          birth_date: identity.birth_date,
          document,
          note,
          by: by(),
          at: "2026-11-22T09:41:00Z",
        };
        this.kept.set(patient, { ...old, correction: { ...waiting, own: true } });
        return { is: "waiting" };
      },
      decide_correction: ({ patient, approve }) => {
        const { correction, ...old } = this.of(patient);
        if (!correction) throw new Failed("not_found");
        if (approve && correction.by === by()) throw new Failed("same_person");
        const identity = { ...old.identity, birth_date: correction.birth_date };
        this.kept.set(patient, approve ? { ...old, identity } : old);
        return { is: "saved" };
      },
      patient_history: () => ({
        changes: [
          {
            section: "contact",
            version: 2,
            at: "2026-11-22T09:41:00Z",
            by: "M. Lopez",
            changes: [{ field: "phones.1.number", old: "555-0100", new: "555-0142" }],
            now: true,
          },
          {
            section: "contact",
            version: 1,
            at: "2026-01-02T08:00:00Z",
            by: "",
            changes: [{ field: "phones.1.number", new: "555-0100" }],
            now: false,
          },
        ],
        damaged: 0,
      }),
      restore_version: () => ({ is: "saved" }),
      merge_patients: ({ patient, merged, reason }) => {
        const [goes, ends] = [this.of(patient), this.of(merged)];
        if (goes.merged.length + ends.merged.length > 0) throw new Failed("merged_already");
        const link = { by: by(), at: "2026-11-22T09:41:00Z", reason };
        const as = (one: DetailsView, absorbed: boolean) => ({
          patient: one.patient,
          name: `${one.identity.given} ${one.identity.surname}`,
          mrn: one.mrn,
          absorbed,
          ...link,
        });
        this.kept.set(patient, { ...goes, merged: [as(ends, true)] });
        this.kept.set(merged, { ...ends, merged: [as(goes, false)] });
        return {};
      },
      unmerge_patients: ({ patient, merged }) => {
        for (const id of [patient, merged]) this.kept.set(id, { ...this.of(id), merged: [] });
        return {};
      },
    };
  }

  private person(id: string): Person {
    const who = this.people.find((one) => one.id === id);
    if (!who) throw new Failed("not_found");
    return who;
  }

  private alike(who: Person) {
    const same = (other: Person) =>
      other.id !== who.id &&
      !other.damaged &&
      fold(other.surname) === fold(who.surname) &&
      foldGiven(other.given) === foldGiven(who.given);
    return this.people.filter(same).map((other) => ({
      patient: other.id,
      surname: other.surname,
      given: other.given,
      ...(other.birth_date ? { birth_date: other.birth_date } : {}),
      mrn: other.mrn,
      near: true,
      differs: [{ what: "birth_date", this: who.birth_date ?? "", other: other.birth_date ?? "" }],
    }));
  }

  private save(
    id: string,
    rev: number,
    at: "contact_rev" | "insurance_rev" | "identity_rev",
    change: Partial<DetailsView>,
  ): SavedDetails {
    const old = this.of(id);
    if (old[at] !== rev) return { is: "conflict", current: old };
    this.kept.set(id, { ...old, ...change, [at]: rev + 1 });
    return { is: "saved" };
  }

  private shown(id: string, role: string): DetailsView {
    const { insurance, ...view } = this.of(id);
    const desk = role === "front_desk";
    const may = { edit_identity: true, edit_contact: true, edit_insurance: role !== "nurse", merge: desk };
    return { ...view, ...(role === "nurse" || !insurance ? {} : { insurance }), may };
  }

  private of(id: string): DetailsView {
    const who = this.person(id);
    const nobody = { name: "", relationship: "", phone: "" };
    return (
      this.kept.get(id) ?? {
        handle: HANDLE,
        patient: id,
        mrn: who.mrn,
        wristband: `WB-${who.mrn}-0`,
        identity: {
          surname: who.surname,
          given: who.given,
          prefix: "",
          suffix: "",
          birth_date: who.birth_date ?? "",
          sex: who.sex,
          gender_identity: "",
          former_surname: "",
          one_letter: true,
        },
        identity_rev: 1,
        former: [],
        contact: {
          phones: who.phone ? [who.phone] : [],
          email: who.email ?? "",
          street: "12 Alder Lane",
          city: "Springfield",
          state: "MA",
          postal_code: "01103",
          country: "",
          language: "English",
          general_practitioner: "",
          emergency: [],
        },
        contact_rev: 1,
        old_addresses: [],
        insurance: { coverages: [], guarantor: nobody },
        insurance_rev: 1,
        standing: {
          deceased: who.deceased ?? false,
          deceased_on: "",
          test: who.test ?? false,
          inactive: "",
          retention: "",
          vip: false,
        },
        merged: [],
        may: { edit_identity: true, edit_contact: true, edit_insurance: true, merge: true },
      }
    );
  }
}
