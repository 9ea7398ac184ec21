/** Dialogs sit outside the page, which is inert while one is open. */

let open = 0;

/** Moves `node` beside the page, keeps Tab inside it, and gives the focus back when it goes. */
export function layer(node: HTMLElement): () => void {
  const before = document.activeElement;
  const page = document.getElementById("page");
  document.body.append(node);
  open += 1;
  if (page) page.inert = true;
  const wrap = (event: KeyboardEvent) => keepInside(node, event);
  node.addEventListener("keydown", wrap);
  const first = node.querySelector<HTMLElement>("[data-first]") ?? focusable(node)[0] ?? node;
  first.focus();
  return () => {
    node.removeEventListener("keydown", wrap);
    node.remove();
    open -= 1;
    if (page && open === 0) page.inert = false;
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  };
}

function focusable(node: HTMLElement): HTMLElement[] {
  const every = "button, input, select, textarea, a[href], [tabindex]";
  return [...node.querySelectorAll<HTMLElement>(every)].filter(
    (one) => one.tabIndex >= 0 && !one.hasAttribute("disabled"),
  );
}

function keepInside(node: HTMLElement, event: KeyboardEvent): void {
  if (event.key !== "Tab") return;
  const all = focusable(node);
  const edge = event.shiftKey ? all[0] : all.at(-1);
  if (document.activeElement !== edge && node.contains(document.activeElement)) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0])?.focus();
}
