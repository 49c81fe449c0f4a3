// The map of a place by its divisions or its grids, coloured by count in steps that are written beside it. Drawn on a
// plain canvas, so it needs no WebGL.
import { registerMap } from "echarts/core";
import type { EChartsCoreOption } from "echarts/core";
import { base, STEPS, type Table } from "./options";

interface Shapes {
  type: "FeatureCollection";
  features: { properties: { code: string; name: string } }[];
}
export interface Place {
  code: string;
  name: string;
  count: number;
  list: string;
  board: string;
}

// At most so many steps as colours of whole numbers, none of them empty by making: 0, 1, 2—3, …
export function stepsOf(most: number, colours = STEPS): { min: number; max: number; label: string; color: string }[] {
  const steps = [{ min: 0, max: 0, label: "0件", color: "#f4f6f8" }];
  const size = Math.max(1, Math.ceil(most / colours.length));
  for (let from = 1, place = 0; from <= most; from += size, place += 1) {
    const to = Math.min(from + size - 1, most);
    steps.push({ min: from, max: to, label: from === to ? `${from}件` : `${from}—${to}件`, color: colours[place] ?? colours[colours.length - 1]! });
  }
  return steps;
}

export function placesOf(shapes: Shapes, table: Table | null, counts: Record<string, number>, list: string): Place[] {
  const rows = new Map(table?.rows.map((row) => [row.key, row]) ?? []);
  return shapes.features.map(({ properties: { code, name } }) => {
    const row = rows.get(code);
    const count = table ? (row?.cells[0]?.count ?? 0) : (counts[code] ?? 0);
    return { code, name, count, list: row?.cells[0]?.list ?? (count ? list.replace("GRID", encodeURIComponent(code)) : ""), board: row?.board ?? "" };
  });
}

export function drawn(shapes: Shapes, places: Place[], named: boolean, width: number): EChartsCoreOption {
  registerMap("places", shapes as never);
  const most = Math.max(0, ...places.map((place) => place.count));
  const narrow = width < 480;
  const names = new Map(places.map((place) => [place.code, place]));
  const said = (code: string): string => {
    const place = names.get(code);
    return place ? `${place.name} ${place.count}件` : "";
  };
  return {
    ...base(),
    tooltip: { ...(base().tooltip as object), formatter: ({ name }: { name: string }) => said(name) },
    visualMap: {
      type: "piecewise", pieces: stepsOf(most, narrow ? [STEPS[1]!, STEPS[2]!, STEPS[4]!] : STEPS), orient: "horizontal", left: "center", bottom: 0, itemWidth: 18, itemHeight: 12, itemGap: 10, textGap: 4,
      textStyle: { color: "#26323d", fontSize: 12 },
    },
    series: [{
      type: "map", map: "places", nameProperty: "code", selectedMode: false, left: 8, right: 8, top: 4, bottom: 40, preserveAspect: "contain",
      itemStyle: { borderColor: "#8a97a3", borderWidth: named ? 1 : 0.5 },
      emphasis: { label: { color: "#26323d" }, itemStyle: { areaColor: "#f2c46d" } },
      label: {
        show: true, fontWeight: 600, fontSize: named ? 12 : 11, color: "#26323d", textBorderColor: "#fff", textBorderWidth: 3,
        formatter: ({ name }: { name: string }) => {
          const place = names.get(name);
          if (!place) return "";
          return named ? `${place.name}\n${place.count}` : place.count ? String(place.count) : "";
        },
      },
      labelLayout: { hideOverlap: true },
      data: places.map((place) => ({ name: place.code, value: place.count, list: place.list, board: place.board })),
    }],
  };
}
