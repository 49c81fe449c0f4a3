// The map without WebGL: the same shapes as SVG, to be moved and enlarged; no base map.
import { type Bounds, type Collection, COLOURS, type Feature, type Position, ringsOf, type Surface, WHOLE_COUNTRY } from "./kinds";

const NS = "http://www.w3.org/2000/svg";
const SIZE = 1_000_000; // units around the earth; strokes do not scale

const across = (lon: number): number => ((lon + 180) / 360) * SIZE;
const down = (lat: number): number => (0.5 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / (2 * Math.PI)) * SIZE;
const lonAt = (x: number): number => (x / SIZE) * 360 - 180;
const latAt = (y: number): number => (Math.atan(Math.exp((0.5 - y / SIZE) * 2 * Math.PI)) * 360) / Math.PI - 90;

export function svgSurface(box: HTMLElement): Surface {
  const svg = document.createElementNS(NS, "svg");
  const layer = document.createElementNS(NS, "g");
  const drawing = document.createElementNS(NS, "polyline");
  const over = document.createElement("div");
  over.className = "map-over";
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "网格图");
  drawing.setAttribute("class", "map-line");
  svg.append(layer, drawing);
  box.append(svg, over);
  let centre: Position = [across(105), down(35)];
  let scale = 1; // pixels for a unit
  let origin: Position = centre; // paths are written from here: an SVG number has too few digits for the whole earth
  let placed: { at: Position; element: HTMLElement }[] = [];
  let drawn: Position[] = [];
  const moved: (() => void)[] = [];
  const pressed: ((at: Position, grid: Feature | null) => void)[] = [];

  const width = (): number => box.clientWidth || 1;
  const height = (): number => box.clientHeight || 1;
  const toScreen = ([lon, lat]: Position): Position => [
    (across(lon) - centre[0]) * scale + width() / 2,
    (down(lat) - centre[1]) * scale + height() / 2,
  ];
  const toPlace = (x: number, y: number): Position => [
    lonAt((x - width() / 2) / scale + centre[0]),
    latAt((y - height() / 2) / scale + centre[1]),
  ];
  const render = (): void => {
    const x = width() / 2 - (centre[0] - origin[0]) * scale;
    const y = height() / 2 - (centre[1] - origin[1]) * scale;
    layer.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
    drawing.setAttribute("points", drawn.map((point) => toScreen(point).join(",")).join(" "));
    for (const { at, element } of placed) {
      const [left, top] = toScreen(at);
      element.style.left = `${left}px`;
      element.style.top = `${top}px`;
    }
  };
  let waiting = 0;
  const settled = (): void => {
    render();
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => moved.forEach((one) => one()), 250);
  };
  const zoom = (by: number, x = width() / 2, y = height() / 2): void => {
    const stays: Position = [(x - width() / 2) / scale + centre[0], (y - height() / 2) / scale + centre[1]];
    scale = Math.min(Math.max(scale * by, 0.0005), 20_000);
    centre = [stays[0] - (x - width() / 2) / scale, stays[1] - (y - height() / 2) / scale];
    settled();
  };

  const buttons = document.createElement("div");
  buttons.className = "map-zoom";
  for (const [sign, label, by] of [["＋", "放大", 2], ["－", "缩小", 0.5]] as const) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => zoom(by));
    buttons.append(button);
  }
  box.append(buttons);

  let held: { x: number; y: number; centre: Position; far: boolean } | null = null;
  svg.addEventListener("pointerdown", (event) => {
    held = { x: event.clientX, y: event.clientY, centre, far: false };
  });
  window.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [x, y] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.far && Math.hypot(x, y) < 5) return;
    held.far = true;
    centre = [held.centre[0] - x / scale, held.centre[1] - y / scale];
    settled();
  });
  window.addEventListener("pointerup", (event) => {
    const was = held;
    held = null;
    if (!was || was.far || event.target === null || !svg.contains(event.target as Node)) return;
    const frame = box.getBoundingClientRect();
    const grid = features.get(event.target as Element) ?? null;
    pressed.forEach((one) => one(toPlace(event.clientX - frame.left, event.clientY - frame.top), grid));
  });
  box.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const frame = box.getBoundingClientRect();
      zoom(event.deltaY < 0 ? 1.25 : 0.8, event.clientX - frame.left, event.clientY - frame.top);
    },
    { passive: false },
  );
  window.addEventListener("resize", settled);

  const features = new Map<Element, Feature>();
  const surface: Surface = {
    shapes(collection: Collection): void {
      layer.replaceChildren();
      features.clear();
      const first = collection.features[0];
      const start = first && ringsOf(first)[0]?.[0];
      if (start) origin = [across(start[0]), down(start[1])];
      for (const feature of collection.features) {
        const path = document.createElementNS(NS, "path");
        const colour = COLOURS[feature.properties.kind] ?? COLOURS.ordinary!;
        const lines = ringsOf(feature).map(
          (ring) => "M" + ring.map(([lon, lat]) => `${(across(lon) - origin[0]).toFixed(4)} ${(down(lat) - origin[1]).toFixed(4)}`).join("L") + "Z",
        );
        path.setAttribute("d", lines.join(""));
        path.setAttribute("fill", colour.fill);
        path.setAttribute("fill-opacity", String(colour.strength));
        path.setAttribute("fill-rule", "evenodd");
        path.setAttribute("stroke", colour.line);
        path.setAttribute("vector-effect", "non-scaling-stroke");
        path.setAttribute("data-code", feature.properties.code);
        const title = document.createElementNS(NS, "title");
        title.textContent = feature.properties.name;
        path.append(title);
        features.set(path, feature);
        layer.append(path);
      }
      render();
    },
    marks(next): void {
      placed.forEach(({ element }) => element.remove());
      placed = next;
      over.append(...placed.map(({ element }) => element));
      render();
    },
    line(points: Position[]): void {
      drawn = points;
      render();
    },
    bounds(): Bounds {
      const [west, north] = toPlace(0, 0);
      const [east, south] = toPlace(width(), height());
      return [Math.max(west, -180), Math.max(south, -85), Math.min(east, 180), Math.min(north, 85)];
    },
    fit([west, south, east, north]: Bounds): void {
      centre = [(across(west) + across(east)) / 2, (down(south) + down(north)) / 2];
      scale = 0.92 * Math.min(width() / Math.max(across(east) - across(west), 0.05), height() / Math.max(down(south) - down(north), 0.05));
      settled();
    },
    nearer([lon, lat]: Position): void {
      centre = [across(lon), down(lat)];
      zoom(3);
    },
    onMove: (listener) => void moved.push(listener),
    onPress: (listener) => void pressed.push(listener),
  };
  surface.fit(WHOLE_COUNTRY);
  return surface;
}
