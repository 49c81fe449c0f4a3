// The own grid drawn from what is cached: shapes, places, own entries. No base map, nothing from elsewhere.

import * as box from "../box";
import { button, h, note, svg } from "../dom";
import { type Grid, polygons } from "../geo";
import { locate } from "../place";
import { session } from "../session";

const WIDE = 1000;

export async function mapPage(): Promise<HTMLElement> {
  const down = session()!.down;
  const grids = down ? [down.grid, ...down.around].filter((one) => one.shape) : [];
  if (!down || !grids.length) return h("div", {}, h("h1", {}, "网格图"), note("您的网格还没有画出范围。"));
  const own = down.grid.shape ? [down.grid] : down.around.filter((one) => one.below && one.shape);
  const points = (own.length ? own : grids).flatMap((one) => polygons(one.shape!).flat(2));
  const west = Math.min(...points.map((one) => one[0]!));
  const east = Math.max(...points.map((one) => one[0]!));
  const south = Math.min(...points.map((one) => one[1]!));
  const north = Math.max(...points.map((one) => one[1]!));
  const narrow = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const scale = WIDE / Math.max((east - west) * narrow, north - south, 1e-6);
  const at = (lon: number, lat: number): [number, number] => [(lon - west) * narrow * scale, (north - lat) * scale];
  const [width, height] = at(east, south);

  const shapes = grids.map((one) => shapeOf(one, at, own.includes(one) || one.below === true));
  const places = down.places.filter((one) => one.lon !== null && one.lat !== null).map((one) => mark("place", at(one.lon!, one.lat!), one.name));
  const entries = (await box.items())
    .filter((one) => one.entry.kind === "report" && one.entry.lon !== null && one.entry.lat !== null)
    .map((one) => mark("entry", at(one.entry.lon!, one.entry.lat!), one.title));
  const here = svg("g");
  const map = svg("svg", { class: "map", role: "img", "aria-label": `${down.grid.name}的范围、场所和我上报的地点` }, ...shapes.map(([path]) => path), ...shapes.map(([, name]) => name), ...places, ...entries, here);

  const pad = WIDE * 0.06;
  const view = { x: -pad, y: -pad, w: width + 2 * pad, h: height + 2 * pad };
  const show = (): void => {
    map.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
    // marks and letters keep their size on the screen
    map.style.setProperty("--unit", `${view.w / 360}px`);
  };
  const zoom = (by: number): void => {
    view.x += (view.w * (1 - by)) / 2;
    view.y += (view.h * (1 - by)) / 2;
    view.w *= by;
    view.h *= by;
    show();
  };
  drag(map, view, show);
  show();

  const said = h("div", { role: "status" });
  const find = async (): Promise<void> => {
    said.replaceChildren(note("正在定位……"));
    try {
      const { lon, lat, accuracy } = await locate();
      const [x, y] = at(lon, lat);
      here.replaceChildren(mark("me", [x, y], "我在这里"));
      view.x = x - view.w / 2;
      view.y = y - view.h / 2;
      show();
      said.replaceChildren(note(`误差约${accuracy}米。只看一下，不记录。`));
    } catch (error) {
      said.replaceChildren(note((error as Error).message));
    }
  };
  return h(
    "div",
    {},
    h("h1", {}, down.grid.name),
    map as unknown as HTMLElement,
    h("div", { class: "pair tools" }, button("放大", "small", () => zoom(0.6)), button("缩小", "small", () => zoom(1 / 0.6)), button("我在哪", "small", find)),
    said,
    h("p", { class: "key soft" }, h("span", { class: "dot place" }), "场所　", h("span", { class: "dot entry" }), "我上报的"),
  );
}

type At = (lon: number, lat: number) => [number, number];

function shapeOf(grid: Grid, at: At, mine: boolean): [SVGElement, SVGElement] {
  const rings = polygons(grid.shape!).flat();
  const path = rings.map((ring) => `M${ring.map(([lon, lat]) => at(lon!, lat!).map((one) => one.toFixed(1)).join(" ")).join("L")}Z`).join("");
  const outer = polygons(grid.shape!)[0]?.[0] ?? [];
  const mean = (axis: 0 | 1): number => outer.reduce((sum, point) => sum + point[axis]!, 0) / Math.max(1, outer.length);
  const [x, y] = at(mean(0), mean(1));
  return [svg("path", { class: mine ? "mine" : "other", d: path, "fill-rule": "evenodd" }), svg("text", { x, y }, grid.name)];
}

function mark(what: string, [cx, cy]: [number, number], name: string): SVGElement {
  return svg("circle", { class: what, cx, cy }, svg("title", {}, name));
}

function drag(map: SVGElement, view: { x: number; y: number; w: number; h: number }, show: () => void): void {
  let last: [number, number] | null = null;
  map.addEventListener("pointerdown", (event) => {
    last = [event.clientX, event.clientY];
    map.setPointerCapture(event.pointerId);
  });
  map.addEventListener("pointermove", (event) => {
    if (!last) return;
    const unit = view.w / map.clientWidth;
    view.x -= (event.clientX - last[0]) * unit;
    view.y -= (event.clientY - last[1]) * unit;
    last = [event.clientX, event.clientY];
    show();
  });
  for (const end of ["pointerup", "pointercancel"]) map.addEventListener(end, () => (last = null));
}
