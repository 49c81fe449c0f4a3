// The duty room's screen, left on for weeks. What is on the screen is made once and then only changed: no page is loaded
// anew (but for a newer version of it), nothing is added without end, no timer is started twice.
import "./wall.css";

interface Told {
  mark: string;
  at: string;
  version: string;
  shapes: number;
  day: string;
  weekday: string;
  working: boolean;
  counts: Record<string, number>;
  hours: number[] | null; // null: few
  channels: { name: string; count: number }[] | null;
  lights: Record<string, number>;
  places: Record<string, { name: string; count: number | null }>; // null: few
  grids: Record<string, number>;
  lines: { place: string; category: string; stage: string }[];
  leaders: { half: string; now: boolean; name: string; office: string }[];
  units: { name: string; note: string }[];
  more_units: number;
}
type Position = [number, number];
interface Shapes {
  bounds: [number, number, number, number] | null;
  features: {
    properties: { code: string; name: string; middle?: Position };
    geometry: { type: "Polygon"; coordinates: Position[][] } | { type: "MultiPolygon"; coordinates: Position[][][] };
  }[];
}

const EVERY = 15_000;
const PATIENCE = 10_000;
const OLD = 60_000; // what is shown is no longer "now"
const NS = "http://www.w3.org/2000/svg";
const body = document.body;
let mark = "";
let version = "";
let drawn = -1; // the version of the shapes on the map
let ahead = 0; // of the server's clock
let seenAt = 0;
let looking = false;
let timer = 0;

const all = (selector: string): NodeListOf<HTMLElement> => document.querySelectorAll<HTMLElement>(selector);
const one = (selector: string): HTMLElement => document.querySelector<HTMLElement>(selector)!;
const put = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text;
};
const text = (name: string, value: string): void => all(`[data-text="${name}"]`).forEach((element) => put(element, value));

// As many children as there are items, the same ones every time.
function fill<T>(parent: HTMLElement, items: T[], make: () => HTMLElement, change: (element: HTMLElement, item: T) => void): void {
  while (parent.children.length > items.length) parent.lastElementChild!.remove();
  while (parent.children.length < items.length) parent.append(make());
  items.forEach((item, place) => change(parent.children[place] as HTMLElement, item));
}

function element(tag: string, ...children: string[]): () => HTMLElement {
  return () => {
    const made = document.createElement(tag);
    children.forEach((child) => made.append(document.createElement(child)));
    return made;
  };
}

function show(told: Told): void {
  text("day", told.day);
  text("weekday", told.weekday);
  text("rest", told.working ? "" : "休息日");
  all("[data-count]").forEach((cell) => put(cell, String(told.counts[cell.dataset.count ?? ""] ?? "—")));
  all("[data-light]").forEach((cell) => put(cell, String(told.lights[cell.dataset.light ?? ""] ?? "—")));
  const channels = told.channels ?? [];
  const hours = told.hours ?? [];
  const none = told.counts.registered ? `今天登记${few}件，不分渠道和时段。` : "今天还没有登记。";
  all("[data-quiet]").forEach((note) => {
    note.hidden = channels.length > 0;
    put(note, none);
  });
  const most = Math.max(1, ...channels.map((channel) => channel.count));
  fill(one("[data-channels]"), channels, element("li", "span", "i", "b"), (line, channel) => {
    put(line.children[0]!, channel.name);
    (line.children[1] as HTMLElement).style.setProperty("--part", String(channel.count / most));
    put(line.children[2]!, String(channel.count));
  });
  const busiest = Math.max(1, ...hours);
  fill(one("[data-hours]"), hours.map((count, hour) => ({ count, hour })), element("div", "b", "i", "span"), (bar, { count, hour }) => {
    put(bar.children[0]!, count ? String(count) : "");
    (bar.children[1] as HTMLElement).style.setProperty("--part", String(count / busiest));
    put(bar.children[2]!, hour % 3 ? "" : `${hour}时`);
  });
  fill(one("[data-leaders]"), told.leaders, element("li", "span", "b", "small"), (line, leader) => {
    put(line.children[0]!, leader.half);
    put(line.children[1]!, leader.name || "未安排");
    put(line.children[2]!, leader.office);
    line.classList.toggle("duty-now", leader.now);
  });
  const units = told.units.length ? told.units : [{ name: "今天没有安排", note: "" }];
  const rest = told.more_units ? [{ name: `另有${told.more_units}个单位`, note: "" }] : [];
  fill(one("[data-units]"), [...units, ...rest], element("li", "span", "small"), (line, unit) => {
    put(line.children[0]!, unit.name);
    put(line.children[1]!, unit.note);
  });
  const lines = told.lines.length ? told.lines : [{ place: "", category: "还没有登记", stage: "" }];
  fill(one("[data-lines]"), lines, element("li", "span", "span", "b"), (line, matter) => {
    put(line.children[0]!, matter.category || "其他事项");
    put(line.children[1]!, matter.place || "—");
    put(line.children[2]!, matter.stage);
  });
  colour(told);
}

// --- the map: shapes are drawn once for their version, then only coloured

const labels = new Map<string, SVGTextElement>();
const areas = new Map<string, SVGPathElement>();
const grids = new Map<string, SVGPathElement>();

async function ground(wanted: number): Promise<void> {
  if (drawn === wanted) return;
  const address = body.dataset.shapes ?? "";
  const [below, fine] = (await Promise.all([ask(address), ask(`${address}?by=grid`)])) as (Shapes | null)[];
  if (below === undefined || fine === undefined || !below || !fine) return;
  const box = one("[data-map]");
  box.querySelector("svg")?.remove();
  [labels, areas, grids].forEach((kept) => kept.clear());
  drawn = wanted;
  const note = one("[data-map-told]");
  note.hidden = Boolean(below.bounds);
  if (!below.bounds) return put(note, "下级区域还没有画了范围的网格。");
  const [west, south, east, north] = below.bounds;
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const size = 1000 / Math.max((east - west) * narrow, north - south);
  const place = ([lon, lat]: Position): Position => [(lon - west) * narrow * size, (north - lat) * size];
  const [width, height] = place([east, south]);
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("viewBox", `-10 -10 ${(width + 20).toFixed(1)} ${(height + 20).toFixed(1)}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "各区域正在办理的件数");
  const path = (feature: Shapes["features"][number]): SVGPathElement => {
    const rings = feature.geometry.type === "Polygon" ? feature.geometry.coordinates : feature.geometry.coordinates.flat();
    const made = document.createElementNS(NS, "path");
    made.setAttribute("d", rings.map((ring) => `M${ring.map((at) => place(at).map((value) => value.toFixed(1)).join(" ")).join("L")}Z`).join(""));
    svg.append(made);
    return made;
  };
  below.features.forEach((feature) => areas.set(feature.properties.code, path(feature)));
  fine.features.forEach((feature) => {
    const made = path(feature);
    made.setAttribute("class", "duty-grid");
    grids.set(feature.properties.code, made);
  });
  for (const { properties } of below.features) {
    const [x, y] = place(properties.middle ?? [west, north]);
    const label = document.createElementNS(NS, "text");
    label.setAttribute("x", x.toFixed(1));
    label.setAttribute("y", y.toFixed(1));
    const name = document.createElementNS(NS, "tspan");
    const count = document.createElementNS(NS, "tspan");
    count.setAttribute("x", x.toFixed(1));
    count.setAttribute("dy", "1.25em");
    count.setAttribute("class", "duty-number");
    name.textContent = properties.name;
    label.append(name, count);
    labels.set(properties.code, label);
    svg.append(label);
  }
  box.append(svg);
}

const STEPS = 4;
const few = body.dataset.few ?? "";
const said = (count: number | null | undefined): string => (count === null || count === undefined ? few : String(count));
function colour(told: Told): void {
  const most = Math.max(STEPS, ...Object.values(told.places).map(({ count }) => count ?? 0));
  const step = Math.ceil(most / STEPS); // the number stands beside the colour
  areas.forEach((area, code) => {
    const count = told.places[code]?.count;
    const kind = count === null || count === undefined ? "duty-few" : count === 0 ? "duty-step-0" : `duty-step-${Math.ceil(count / step)}`;
    if (area.getAttribute("class") !== kind) area.setAttribute("class", kind);
    const label = labels.get(code)?.lastElementChild;
    if (label) put(label, said(count));
  });
  const others = Object.entries(told.places).filter(([code, { count }]) => !areas.has(code) && count !== 0);
  put(one("[data-others]"), others.length ? `图上没有画出的：${others.map(([, place]) => `${place.name} ${said(place.count)}`).join("，")}` : "");
  grids.forEach((grid, code) => {
    const kind = `duty-grid${told.grids[code] ? ` duty-grid-${told.grids[code]}` : ""}`;
    if (grid.getAttribute("class") !== kind) grid.setAttribute("class", kind);
  });
  put(one("[data-steps]"), `数字是件数，越亮越多`);
}

// --- asking

async function ask(address: string): Promise<unknown> {
  const patience = new AbortController();
  const stop = window.setTimeout(() => patience.abort(), PATIENCE);
  try {
    const answer = await fetch(address, { cache: "no-cache", signal: patience.signal });
    if (answer.status === 403) return location.reload(); // the key is no longer good: the page says so
    if (answer.status === 204) return null;
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()) as unknown;
  } finally {
    window.clearTimeout(stop);
  }
}

async function look(): Promise<void> {
  if (looking) return;
  looking = true;
  window.clearTimeout(timer);
  try {
    const told = (await ask(`${body.dataset.board ?? ""}?since=${mark}`)) as Told | null | undefined;
    if (told) {
      if (version && told.version !== version) return location.reload();
      version = told.version;
      await ground(told.shapes);
      show(told);
      mark = told.mark;
      ahead = new Date(told.at).getTime() - Date.now();
    }
    if (told !== undefined) seen();
  } catch {
    lost(true);
  } finally {
    looking = false;
    body.dataset.looks = String(Number(body.dataset.looks ?? 0) + 1);
    timer = window.setTimeout(() => void look(), EVERY);
  }
}

function seen(): void {
  seenAt = Date.now();
  const at = new Date(seenAt + ahead).toLocaleTimeString("zh-CN", { hour12: false, timeZone: "Asia/Shanghai" });
  text("updated", at);
  text("seen", at);
  lost(false);
}

function lost(is: boolean): void {
  const sign = one("[data-lost]");
  if (sign.hidden === is) sign.hidden = !is;
  body.classList.toggle("duty-stale", is);
}

const clock = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
window.setInterval(() => {
  put(one("[data-clock]"), clock.format(Date.now() + ahead));
  if (seenAt && Date.now() - seenAt > OLD) lost(true);
}, 1000);
window.addEventListener("online", () => void look());
window.addEventListener("offline", () => lost(true));
void look();
