// Maps on pages: the grids, the matters on them as marks, drawing one grid. Pages hold the same in words, so without this
// script nothing is missing but the picture.
import "maplibre-gl/dist/maplibre-gl.css";
import "./map.css";
import { type Base, type Collection, type Mark, type Position, type Surface } from "./map/kinds";
import { svgSurface } from "./map/svg";

const hasWebGl = (): boolean => {
  try {
    return document.createElement("canvas").getContext("webgl2") !== null && typeof Worker !== "undefined";
  } catch {
    return false;
  }
};

async function surfaceFor(box: HTMLElement, base: Base): Promise<Surface> {
  if (hasWebGl()) {
    try {
      const made = await (await import("./map/gl")).glSurface(box, base);
      box.dataset.drawnBy = "webgl";
      return made;
    } catch {
      box.replaceChildren(); // too old for it, or its graphics do not work: the plain way
    }
  }
  box.dataset.drawnBy = "svg";
  box.className = box.className.replace(/ ?maplibregl-map/, "");
  return svgSurface(box);
}

async function read<T>(address: string): Promise<T> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as T;
}

interface Link {
  href: string;
  label: string;
}

// What is on the map, and beside it what somebody has pressed: the answer to a map that moved must not take that away.
interface Told {
  view(text: string): void;
  pressed(text: string, links: Link[]): void;
}

function told(box: HTMLElement): Told {
  const line = document.createElement("p");
  line.className = "map-told";
  line.setAttribute("role", "status");
  const view = document.createElement("span");
  const pressed = document.createElement("span");
  line.append(view, " ", pressed);
  box.after(line);
  return {
    view(text) {
      view.textContent = text;
    },
    pressed(text, links) {
      pressed.textContent = text;
      for (const { href, label } of links) {
        const anchor = document.createElement("a");
        anchor.href = href;
        anchor.textContent = label;
        pressed.append(" ", anchor);
      }
    },
  };
}

async function start(box: HTMLElement): Promise<void> {
  const base = box.dataset.base ? (JSON.parse(box.dataset.base) as Base) : {};
  const say = told(box);
  const surface = await surfaceFor(box, base);
  let first = true;
  const shapes = async (): Promise<void> => {
    try {
      const address = box.dataset.shapes ?? "";
      const join = address.includes("?") ? "&" : "?";
      const found = await read<Collection>(first ? address : `${address}${join}bounds=${surface.bounds().join(",")}`);
      surface.shapes(found);
      if (first && found.bounds) surface.fit(found.bounds);
      if (first && !found.features.length) say.view("这里还没有画了范围的网格。");
      first = false;
    } catch {
      say.view("网格没有取到，请检查网络后刷新页面。");
    }
  };
  await shapes();
  if (box.dataset.marks) matters(box, surface, say, shapes);
  if (box.dataset.draw) drawing(box, surface, box.dataset.draw);
  surface.onPress((_, grid) => {
    if (!grid || box.dataset.drawing) return;
    const { name, code } = grid.properties;
    say.pressed(`${name}：`, box.dataset.list && code ? [{ href: box.dataset.list + encodeURIComponent(code), label: "看这里的事项" }] : []);
  });
  box.dataset.ready = "yes";
}

// Matters that may be seen, gathered by the server into marks; asked for again when the map has moved.
function matters(box: HTMLElement, surface: Surface, say: Told, shapes: () => Promise<void>): void {
  const open = (mark: Mark): void => {
    if (mark.numbers.length === 1) location.href = (box.dataset.case ?? "").replace("NUMBER", mark.numbers[0]!);
    else if (mark.numbers.length && tooNear(surface)) list(box, mark.numbers, say);
    else surface.nearer([mark.lon, mark.lat]);
  };
  let turn = 0;
  const ask = async (): Promise<void> => {
    const mine = ++turn;
    try {
      const address = `${box.dataset.marks}&bounds=${surface.bounds().map((edge) => edge.toFixed(6)).join(",")}`;
      const found = await read<{ marks: Mark[]; count: number; without: number; capped: boolean }>(address);
      if (mine !== turn) return; // the map has moved on meanwhile
      surface.marks(found.marks.map((mark) => ({ at: [mark.lon, mark.lat] as Position, element: button(mark, open) })));
      const rest = found.without ? `，另有${found.without}件没有位置` : "";
      say.view(`图上${found.count}件${rest}。${found.capped ? "件数很多，只画最新的两万件。" : ""}点网格看它的名称和事项。`);
    } catch {
      say.view("事项没有取到，请检查网络后刷新页面。");
    }
  };
  surface.onMove(() => {
    void ask();
    void shapes();
  });
  void ask();
}

const tooNear = (surface: Surface): boolean => {
  const [west, , east] = surface.bounds();
  return east - west < 0.003;
};

function button(mark: Mark, open: (mark: Mark) => void): HTMLElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = `map-mark ${mark.count > 99 ? "map-mark-large" : mark.count > 9 ? "map-mark-middle" : ""}`;
  element.textContent = String(mark.count);
  element.setAttribute("aria-label", `${mark.count}件事项${mark.count === 1 ? ` ${mark.numbers[0] ?? ""}` : ""}`);
  element.addEventListener("click", (event) => {
    event.stopPropagation();
    open(mark);
  });
  return element;
}

function list(box: HTMLElement, numbers: string[], say: Told): void {
  const address = box.dataset.case ?? "";
  say.pressed("这里的事项：", numbers.map((number) => ({ href: address.replace("NUMBER", number), label: number })));
}

// Point by point into the text field of the form, which is saved like any other shape.
function drawing(box: HTMLElement, surface: Surface, field: string): void {
  const text = document.getElementById(field) as HTMLTextAreaElement | null;
  if (!text) return;
  const bar = document.createElement("div");
  bar.className = "map-tools";
  let points: Position[] = [];
  const make = (label: string, press: () => void): HTMLButtonElement => {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "btn btn-sm";
    element.textContent = label;
    element.addEventListener("click", press);
    bar.append(element);
    return element;
  };
  const note = document.createElement("span");
  const begin = make("画范围", () => {
    points = [];
    box.dataset.drawing = "yes";
    show();
  });
  const back = make("退一点", () => {
    points.pop();
    show();
  });
  const end = make("画完", () => {
    const ring = [...points, points[0]!].map(([lon, lat]) => [Number(lon.toFixed(7)), Number(lat.toFixed(7))]);
    text.value = JSON.stringify({ type: "Polygon", coordinates: [ring] });
    const system = document.getElementById("system") as HTMLSelectElement | null;
    if (system) system.value = "cgcs2000"; // what is drawn here is in the system of the map
    surface.line([...points, points[0]!]);
    delete box.dataset.drawing;
    show();
    note.textContent = "画好了，请按“保存范围”。";
  });
  bar.append(note);
  box.before(bar);
  const show = (): void => {
    const busy = box.dataset.drawing === "yes";
    begin.hidden = busy;
    back.hidden = end.hidden = !busy;
    back.disabled = !points.length;
    end.disabled = points.length < 3;
    note.textContent = busy ? `沿边线依次点，已有${points.length}个点。` : "";
    if (busy) surface.line(points);
  };
  surface.onPress((at) => {
    if (box.dataset.drawing !== "yes") return;
    points.push(at);
    show();
  });
  show();
}

document.querySelectorAll<HTMLElement>("[data-map]").forEach((box) => void start(box));
