// Making elements. Texts are always texts: nothing here reads markup.

type Child = Node | string | false | null | undefined;
type Props = Record<string, unknown>;

const SVG = "http://www.w3.org/2000/svg";

function fill(node: Element, props: Props, children: readonly Child[]): void {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value as EventListener);
    else if (name === "value" || name === "checked") (node as unknown as Props)[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child): child is Node | string => child !== false && child != null));
}

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  fill(node, props, children);
  return node;
}

export function svg(tag: string, props: Props = {}, ...children: Child[]): SVGElement {
  const node = document.createElementNS(SVG, tag);
  fill(node, props, children);
  return node;
}

export function link(to: string, className: string, ...children: Child[]): HTMLAnchorElement {
  return h("a", { href: `#/${to}`, class: className }, ...children);
}

export function button(label: string, className: string, act: () => unknown, more: Props = {}): HTMLButtonElement {
  return h("button", { type: "button", class: className, onclick: () => void act(), ...more }, label);
}

/** A message that is read out. */
export function note(text: string, className = "note"): HTMLElement {
  return h("p", { class: className, role: "status" }, text);
}

export function go(to: string): void {
  location.hash = `#/${to}`;
}

const ZONE = "Asia/Shanghai";

/** 11月28日 14:03, by Chinese time wherever the phone believes it is. */
export function when(at: string | number): string {
  const parts = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
  const found = Object.fromEntries(parts.formatToParts(new Date(at)).map((part) => [part.type, part.value]));
  return `${found.month}月${found.day}日 ${found.hour === "24" ? "00" : found.hour}:${found.minute}`;
}

export function dayOf(at: number): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

/** 11月28日 for 2026-11-28. */
export function dayName(day: string): string {
  const [, month, date] = day.split("-");
  return `${Number(month)}月${Number(date)}日`;
}
