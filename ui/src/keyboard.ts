/**
 * Keys, in layers: the topmost layer that knows a key gets it, and a modal layer lets only Ctrl and function keys
 * through. Single letters act only outside fields; a scanner's burst of characters is handed over whole.
 */

export type Bindings = Record<string, () => void>;

/** Characters that follow each other faster than this come from a scanner. */
const BURST_MS = 35;
const CHORD_MS = 1_500;
const SHORTEST_SCAN = 4;

type Layer = { bindings: Bindings; modal: boolean };

export class Keyboard {
  private layers: Layer[] = [];
  private burst = "";
  private settle: ReturnType<typeof setTimeout> | undefined;
  private chord = "";
  private forget: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly letters: () => boolean = () => true,
    private readonly scanned: (text: string) => void = () => undefined,
  ) {}

  /** Adds a layer on top. Returns a way to take it off. */
  layer(bindings: Bindings, modal = false): () => void {
    const layer = { bindings, modal };
    this.layers.push(layer);
    return () => void (this.layers = this.layers.filter((other) => other !== layer));
  }

  /** Whether a modal lies over the page. */
  get covered(): boolean {
    return this.layers.some((layer) => layer.modal);
  }

  /** Handles one `keydown`. */
  handle(event: KeyboardEvent): void {
    if (event.isComposing || event.defaultPrevented) return;
    const name = nameOf(event);
    if (isLetter(event)) return this.letter(event, name);
    if (event.key === "Enter" && this.burst) return this.endBurst(event);
    const act = this.find(name);
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** Drops timers. */
  stop(): void {
    clearTimeout(this.settle);
    clearTimeout(this.forget);
  }

  private letter(event: KeyboardEvent, key: string): void {
    if (inField(event.target)) return;
    this.burst += key;
    clearTimeout(this.settle);
    this.settle = setTimeout(() => {
      const keys = this.burst;
      this.burst = "";
      if ([...keys].length === 1 && this.letters()) this.press(keys);
    }, BURST_MS);
  }

  private endBurst(event: KeyboardEvent): void {
    clearTimeout(this.settle);
    const text = this.burst;
    this.burst = "";
    if ([...text].length < SHORTEST_SCAN || this.covered) return;
    event.preventDefault();
    this.scanned(text);
  }

  private press(key: string): void {
    const name = this.chord ? `${this.chord} ${key}` : key;
    clearTimeout(this.forget);
    this.chord = "";
    const act = this.find(name);
    if (act) return act();
    if (
      !this.layers.some((layer) => Object.keys(layer.bindings).some((known) => known.startsWith(`${key} `)))
    )
      return;
    this.chord = key;
    this.forget = setTimeout(() => (this.chord = ""), CHORD_MS);
  }

  private find(name: string): (() => void) | undefined {
    const passes = /^(Ctrl\+(?!Enter)|F\d)/.test(name);
    // A modal stays on top of whatever the page behind it registers meanwhile.
    const newest = [...this.layers].reverse();
    const order = [...newest.filter((layer) => layer.modal), ...newest.filter((layer) => !layer.modal)];
    for (const layer of order) {
      const act = layer.bindings[name];
      if (act) return act;
      if (layer.modal && !passes) return undefined;
    }
    return undefined;
  }
}

/** A key press by name, such as `e`, `Escape`, `Ctrl+Shift+H`. */
export function nameOf(event: KeyboardEvent): string {
  if (!event.ctrlKey && !event.metaKey && !event.altKey) return event.key;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const held = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift"];
  return [...held.filter(Boolean), key].join("+");
}

function isLetter(event: KeyboardEvent): boolean {
  return (
    [...event.key].length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey
  );
}

/** Whether typing goes into a field here. */
export function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return (
    target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
  );
}
