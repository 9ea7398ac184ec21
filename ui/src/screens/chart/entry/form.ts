/** A form as data: its fields, what they start with, and how it is sent. One dialog shows them all. */
import type { ItemView } from "../../../api/bindings";

export type Option = readonly [code: string, words: string];
export type FieldSpec = {
  key: string;
  label: string;
  hint?: string;
  kind?: "text" | "number" | "choice" | "long" | "check" | "when";
  options?: readonly Option[];
  required?: boolean;
};
export type Typed = Record<string, string>;
/** What a small form is about, besides its item: enough to open it again. */
export type About = Record<string, string>;
/** What is kept while one types: the fields, the revision they began from, what the form is about. */
export type Kept = { typed: Typed; began?: number; about?: About };
/** What the core answers: saved, or what somebody else saved meanwhile. */
export type Sent = { is: "saved" } | { is: "conflict"; current: ItemView };
export type Form = {
  title: string;
  intro?: string;
  /** What speaks against it. */
  warning?: string;
  fields: readonly FieldSpec[];
  start: Typed;
  /** `rev` is that of a newer version, once it was shown. */
  send: (typed: Typed, rev?: number) => Promise<Sent>;
  /** Said when it is saved. */
  said: string;
  /** Under which name what is typed is kept; absent where nothing is typed. The item it is about, at the revision read. */
  draft?: { form: string; item?: string; rev?: number; about?: About };
  /** Signing rather than saving. */
  signs?: boolean;
};

/** Fields that are needed and empty. */
export function missing(form: Form, typed: Typed): Record<string, string> {
  const empty = form.fields.filter((field) => field.required && !typed[field.key]?.trim());
  return Object.fromEntries(empty.map((field) => [field.key, "missing"]));
}

/** The typed text, or nothing where it is empty. */
export function optional<K extends string>(typed: Typed, ...keys: K[]): { [P in K]?: string } {
  const filled = keys.map((key) => [key, typed[key]?.trim()] as const).filter(([, value]) => value);
  return Object.fromEntries(filled) as { [P in K]?: string };
}

/** The moment of the clock as the field for it writes it. */
export function localMoment(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** What was typed into a field for a moment, as an instant. */
export function instant(typed: string): string {
  const date = new Date(typed);
  return Number.isNaN(date.getTime()) ? typed : date.toISOString();
}

/** Today as ISO. */
export function today(date: Date): string {
  return localMoment(date).slice(0, 10);
}

/** Every value of a content by its path, as text, for showing what is stored. */
export function flat(value: unknown, path = ""): Array<[string, string]> {
  if (value === null || value === undefined) return [];
  if (typeof value !== "object") return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, path ? `${path}.${key}` : key));
}
