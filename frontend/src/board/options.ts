// How each kind of table is drawn. Colour never tells alone: numbers are written beside it, slices are patterned too.
import type { EChartsCoreOption } from "echarts/core";

export interface Cell {
  count: number;
  list: string; // the address of exactly these matters; "" for none
}
export interface Row {
  key: string;
  name: string;
  board: string; // the same board one level down
  cells: Cell[];
}
export interface Table {
  first: string;
  columns: string[];
  rows: Row[];
}
export interface Datum {
  value: unknown;
  list?: string;
  board?: string;
}
interface Said {
  name: string;
  seriesName?: string;
  value: unknown;
  data: Datum & Record<string, unknown>;
  percent?: number;
  dataType?: string;
}

const INK = "#26323d";
const QUIET = "#56636f";
const LINE = "#e1e6ea";
export const BLUE = "#1f5f8b";
const GREEN = "#2f8f5b";
export const STEPS = ["#dbe9f4", "#a9cbe3", "#6ca4cb", "#3579aa", "#164a70"];
const SLICES = ["#1f5f8b", "#c26b12", "#2f8f5b", "#7b4bb3", "#a61b12", "#3d8f9c", "#8a7a18", "#6b7681"];
// the lights as on every page
const LIGHTS = ["#a61b12", "#b07a00", "#2f7d4f", "#7a858f"];
const SHOWN_ROWS = 15;

const text = { color: INK, fontSize: 13 };
const axisText = { color: QUIET, fontSize: 12 };
const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export function base(): EChartsCoreOption {
  return {
    animation: !still,
    animationDuration: 300,
    color: SLICES,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, ...text },
    // as a picture, not as HTML: its styles would be inline
    tooltip: { renderMode: "richText", confine: true, textStyle: text, backgroundColor: "#fff", borderColor: "#c4ccd4" },
  };
}

const datum = (cell: Cell | undefined, row: Row): Datum => ({ value: cell?.count ?? 0, list: cell?.list ?? "", board: row.board });
const cut = (name: string, most: number): string => (name.length > most ? `${name.slice(0, most - 1)}…` : name);
// whole matters: no axis says 0.5
const counts = (more: object = {}): object => ({ type: "value", minInterval: 1, axisLabel: axisText, splitLine: { lineStyle: { color: LINE } }, ...more });

// In per cent as the server writes it: half up to one digit, and never 100 while one is missing.
function share(part: number, whole: number): string {
  const tenths = Math.floor((2000 * part + whole) / (2 * whole));
  return `${(Math.min(tenths, part < whole ? 999 : 1000) / 10).toFixed(1)}%`;
}

// Lines of names with their numbers at the end, the longest first.
function bars(table: Table, width: number): EChartsCoreOption {
  const rows = table.rows.filter((row) => row.cells[0]?.count).slice(0, SHOWN_ROWS);
  return {
    ...base(),
    grid: { left: 8, right: 56, top: 4, bottom: 4, containLabel: true },
    xAxis: counts({ show: false }),
    yAxis: {
      type: "category", inverse: true, data: rows.map((row) => row.name), axisTick: { show: false },
      axisLine: { lineStyle: { color: LINE } },
      axisLabel: { ...text, interval: 0, formatter: (name: string) => cut(name, width < 420 ? 8 : 12) },
    },
    series: [{
      type: "bar", barMaxWidth: 22, itemStyle: { color: BLUE, borderRadius: [0, 3, 3, 0] },
      label: { show: true, position: "right", ...text },
      data: rows.map((row) => datum(row.cells[0], row)),
    }],
  };
}

function days(table: Table, width: number): EChartsCoreOption {
  const series = (place: number): Datum[] => table.rows.map((row) => datum(row.cells[place], row));
  const few = table.rows.length <= 16 && width / table.rows.length > 36;
  return {
    ...base(),
    tooltip: { ...(base().tooltip as object), trigger: "axis", axisPointer: { type: "shadow" } },
    legend: { top: 0, left: 0, textStyle: text, data: table.columns },
    grid: { left: 8, right: 16, top: 36, bottom: 4, containLabel: true },
    xAxis: {
      type: "category", data: table.rows.map((row) => row.name), axisTick: { alignWithLabel: true },
      axisLine: { lineStyle: { color: LINE } }, axisLabel: { ...axisText, hideOverlap: true },
    },
    yAxis: counts(),
    series: [
      {
        name: table.columns[0], type: "bar", barMaxWidth: 28, itemStyle: { color: "#6ca4cb", borderRadius: [3, 3, 0, 0] },
        label: { show: few, position: "top", ...text }, data: series(0),
      },
      {
        name: table.columns[1], type: "line", symbol: "diamond", symbolSize: 8, itemStyle: { color: GREEN },
        lineStyle: { type: "dashed", width: 2, color: GREEN }, data: series(1),
      },
    ],
  };
}

function pie(table: Table, width: number): EChartsCoreOption {
  const rows = table.rows.filter((row) => row.cells[0]?.count);
  const sum = rows.reduce((all, row) => all + row.cells[0]!.count, 0);
  return {
    ...base(),
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    series: [{
      type: "pie", radius: ["40%", "66%"], center: ["50%", "50%"], minAngle: 4, avoidLabelOverlap: true,
      itemStyle: { borderColor: "#fff", borderWidth: 2 },
      label: {
        ...text, overflow: "break",
        formatter: (said: Said) => (width < 420 ? `${said.name}\n${String(said.value)}件` : `${said.name} ${String(said.value)}件，${share(said.value as number, sum)}`),
      },
      labelLine: { length: 12, length2: 10 },
      data: rows.map((row) => ({ name: row.name, ...datum(row.cells[0], row) })),
    }],
  };
}

function heat(table: Table, width: number): EChartsCoreOption {
  const most = Math.max(1, ...table.rows.flatMap((row) => row.cells.map((cell) => cell.count)));
  const upright = width < 640; // on a phone the hours go down and the days across
  const days = table.columns.map((name) => name.replace("星期", "周"));
  const hours = table.rows.map((row) => row.name);
  const data = table.rows.flatMap((row, hour) =>
    row.cells.map((cell, day) => ({ value: upright ? [day, hour, cell.count] : [hour, day, cell.count], list: cell.list, of: `${days[day]} ${row.name}` })),
  );
  const category = (data: string[], inverse: boolean): object => ({
    type: "category", data, inverse, splitArea: { show: false }, axisTick: { show: false }, axisLine: { show: false }, axisLabel: { ...axisText, interval: 0 },
  });
  return {
    ...base(),
    tooltip: { ...(base().tooltip as object), formatter: (said: Said) => `${String(said.data.of)}登记 ${String((said.value as number[])[2])} 件` },
    grid: { left: 4, right: 8, top: 4, bottom: 44, containLabel: true },
    xAxis: category(upright ? days : hours, false),
    yAxis: category(upright ? hours : days, true),
    visualMap: {
      type: "continuous", min: 0, max: most, calculable: false, orient: "horizontal", left: "center", bottom: 0, itemHeight: 120, itemWidth: 12,
      text: [`${most}件`, "0"], textStyle: text, inRange: { color: ["#f4f6f8", ...STEPS] },
    },
    series: [{
      type: "heatmap", data, itemStyle: { borderColor: "#fff", borderWidth: 2 },
      label: {
        show: true, fontSize: 12,
        formatter: (said: Said) => {
          const count = (said.value as number[])[2] ?? 0;
          return count ? `{${count > most * 0.7 ? "light" : "dark"}|${count}}` : "";
        },
        rich: { light: { color: "#fff", fontSize: 12 }, dark: { color: INK, fontSize: 12 } },
      },
    }],
  };
}

function flow(table: Table, width: number): EChartsCoreOption {
  const narrow = width < 640;
  const rows = table.rows.map((row) => ({ row, sum: row.cells.reduce((sum, cell) => sum + cell.count, 0) })).filter((one) => one.sum);
  const ends = table.columns.map((name, place) => ({ name, sum: rows.reduce((sum, { row }) => sum + (row.cells[place]?.count ?? 0), 0) }));
  const node = (key: string, name: string, sum: number, end: number, colour: string): object => ({
    name: key, value: sum, depth: end, itemStyle: { color: colour },
    label: { ...text, fontSize: narrow ? 11 : 13, position: end ? "left" : "right", formatter: `${name} ${sum}` },
  });
  return {
    ...base(),
    tooltip: {
      ...(base().tooltip as object),
      formatter: (said: Said) => (said.dataType === "edge" ? `${String(said.data.of)} ${String(said.value)} 件` : ""),
    },
    series: [{
      type: "sankey", left: 4, right: 4, top: 8, bottom: 8, nodeGap: 18, nodeWidth: 14, draggable: false, layoutIterations: 32,
      emphasis: { focus: "adjacency" }, lineStyle: { color: "source", opacity: 0.28, curveness: 0.5 },
      data: [
        ...rows.map(({ row, sum }, place) => node(`from ${row.key}`, row.name, sum, 0, SLICES[place % SLICES.length]!)),
        ...ends.filter((one) => one.sum).map((one) => node(`to ${one.name}`, one.name, one.sum, 1, "#56636f")),
      ],
      links: rows.flatMap(({ row }) =>
        row.cells.flatMap((cell, place) =>
          cell.count
            ? [{ source: `from ${row.key}`, target: `to ${table.columns[place]}`, value: cell.count, list: cell.list, of: `${row.name} → ${table.columns[place]}` }]
            : [],
        ),
      ),
    }],
  };
}

// Each age as a bar of its lights, the whole number at its end; the colours are patterned and named in the legend.
function ages(table: Table, width: number): EChartsCoreOption {
  const lights = table.columns.slice(1);
  const sums = table.rows.map((row) => row.cells[0]?.count ?? 0);
  return {
    ...base(),
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    legend: { top: 0, left: 0, textStyle: { ...text, fontSize: width < 420 ? 11 : 13 }, itemGap: width < 420 ? 8 : 14, data: lights },
    grid: { left: 8, right: 56, top: width < 520 ? 60 : 36, bottom: 4, containLabel: true },
    xAxis: counts({ show: false }),
    yAxis: { type: "category", inverse: true, data: table.rows.map((row) => row.name), axisTick: { show: false }, axisLine: { lineStyle: { color: LINE } }, axisLabel: { ...text, interval: 0 } },
    series: [
      ...lights.map((name, place) => ({
        name, type: "bar", stack: "lights", barMaxWidth: 24, itemStyle: { color: LIGHTS[place] },
        data: table.rows.map((row) => datum(row.cells[place + 1], row)),
      })),
      {
        name: "合计", type: "bar", stack: "lights", silent: true, itemStyle: { color: "transparent", decal: { symbol: "none" } }, tooltip: { show: false },
        label: { show: true, position: "insideLeft", distance: 4, ...text, formatter: (said: { dataIndex: number }) => String(sums[said.dataIndex]) },
        data: sums.map(() => 0),
      },
    ],
  };
}

export const KINDS: Record<string, (table: Table, width: number) => EChartsCoreOption> = { bars, days, pie, heat, flow, ages };

// How high a chart is, in pixels: as many lines as it has.
export function heightOf(kind: string, table: Table, width: number): number {
  const rows = table.rows.filter((row) => row.cells[0]?.count).length;
  switch (kind) {
    case "bars":
      return Math.max(120, Math.min(rows, SHOWN_ROWS) * 30 + 16);
    case "ages":
      return table.rows.length * 38 + (width < 520 ? 70 : 46);
    case "heat":
      return width < 640 ? table.rows.length * 28 + 90 : 7 * 34 + 90;
    case "flow":
      return 120 + Math.max(rows, table.columns.length) * 40;
    case "pie":
      return 340;
    default:
      return 300;
  }
}
