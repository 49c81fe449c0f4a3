// The charts of the board, drawn from the tables that stand in the page: so a chart says what its table says, and
// without this script nothing is missing but the picture.
import "./board.css";
import { BarChart, HeatmapChart, LineChart, MapChart, PieChart, SankeyChart } from "echarts/charts";
import { AriaComponent, GeoComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use, type ECharts } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { drawn, placesOf } from "./board/map";
import { type Datum, heightOf, KINDS, type Table } from "./board/options";

use([
  BarChart, HeatmapChart, LineChart, MapChart, PieChart, SankeyChart, AriaComponent, GeoComponent, GridComponent, LegendComponent,
  TooltipComponent, VisualMapComponent, LabelLayout, CanvasRenderer,
]);

const charts = new Map<string, ECharts>();

function tableOf(figure: Element | null): Table | null {
  const table = figure?.querySelector("table");
  if (!table) return null;
  const [first = "", ...columns] = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent ?? "");
  const rows = [...table.querySelectorAll<HTMLTableRowElement>("tbody tr")].map((row) => {
    const head = row.querySelector("th");
    return {
      key: row.dataset.key ?? "",
      name: head?.textContent ?? "",
      board: head?.querySelector("a")?.getAttribute("href") ?? "",
      cells: [...row.querySelectorAll("td")].map((cell) => ({
        count: Number(cell.textContent),
        list: cell.querySelector("a")?.getAttribute("href") ?? "",
      })),
    };
  });
  return { first, columns, rows };
}

const boxOf = (figure: HTMLElement): HTMLElement => figure.querySelector<HTMLElement>("[data-chart]")!;

function chartOf(figure: HTMLElement): ECharts {
  const box = boxOf(figure);
  const chart = init(box, null, { renderer: "canvas" });
  charts.set(figure.dataset.figure ?? "", chart);
  return chart;
}

function drawTable(figure: HTMLElement): void {
  const table = tableOf(figure);
  const option = KINDS[figure.dataset.kind ?? ""];
  if (!table || !option) return;
  const box = boxOf(figure);
  let width = box.clientWidth;
  box.style.height = `${heightOf(figure.dataset.kind!, table, width)}px`;
  const chart = chartOf(figure);
  chart.setOption(option(table, width));
  chart.on("click", (event) => {
    const { list } = (event.data ?? {}) as Datum;
    if (list) location.assign(list);
  });
  new ResizeObserver(() => {
    if (!box.clientWidth || box.clientWidth === width) return;
    width = box.clientWidth;
    box.style.height = `${heightOf(figure.dataset.kind!, table, width)}px`;
    chart.resize();
    chart.setOption(option(table, width), true);
  }).observe(box);
  figure.dataset.drawn = "yes";
}

function drawMap(figure: HTMLElement): void {
  const box = boxOf(figure);
  const told = figure.querySelector<HTMLElement>("[data-told]")!;
  const kept = new Map<string, Promise<never>>();
  let chart: ECharts | null = null;
  let turn = 0;
  const once = (address: string): Promise<never> => {
    const asked = kept.get(address) ?? fetch(address).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))) as Promise<never>);
    kept.set(address, asked);
    return asked;
  };
  const show = async (by: string): Promise<void> => {
    const mine = ++turn;
    let found: Parameters<typeof placesOf>[0];
    let counts: Record<string, number> = {};
    try {
      const shapes = figure.dataset.shapes ?? "";
      // what lies in each grid is counted when somebody looks at grids
      if (by === "grids") [found, counts] = await Promise.all([once(`${shapes}&by=grid`), once(figure.dataset.counts ?? "")]);
      else found = await once(shapes);
    } catch {
      kept.clear();
      told.textContent = "范围没有取到，请检查网络后再试。";
      return;
    }
    if (mine !== turn) return;
    figure.dataset.drawn = by;
    if (!found.features.length) {
      box.hidden = true;
      told.textContent = by === "grids" ? "这里还没有画了范围的网格，数字见“区域”的表。" : "这里的下级区域还没有画了范围的网格，数字见“区域”的表。";
      return;
    }
    box.hidden = false;
    const table = by === "divisions" ? tableOf(document.querySelector('[data-figure="divisions"]')) : null;
    const places = placesOf(found, table, counts, figure.dataset.grid ?? "");
    if (!chart) {
      chart = chartOf(figure);
      const own = chart;
      own.on("click", (event) => {
        const { list, board } = (event.data ?? {}) as Datum;
        const next = board || list; // a region opens its own board, a grid its matters
        if (next) location.assign(next);
      });
      new ResizeObserver(() => box.clientWidth && own.resize()).observe(box);
    }
    chart.setOption(drawn(found, places, by === "divisions", box.clientWidth), true);
    const sum = places.reduce((all, place) => all + place.count, 0);
    const all = tableOf(document.querySelector('[data-figure="divisions"]'))?.rows.reduce((more, row) => more + row.cells[0]!.count, 0) ?? sum;
    const rest = all > sum ? `，另有${all - sum}件不在图上画出的范围里` : "";
    told.textContent = by === "grids" ? `落在网格里的${sum}件${rest}。点网格看它的事项。` : `图上${sum}件${rest}。点区域看下一级。`;
  };
  figure.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-by]");
    if (!button) return;
    figure.querySelectorAll<HTMLElement>("[data-by]").forEach((one) => {
      one.classList.toggle("active", one === button);
      one.setAttribute("aria-pressed", String(one === button));
    });
    void show(button.dataset.by!);
  });
  void show("divisions");
}

// The picture of a chart under its title and what it counts.
function picture(code: string): HTMLCanvasElement | null {
  const chart = charts.get(code);
  if (!chart) return null;
  const ratio = 2;
  const inner = chart.renderToCanvas({ pixelRatio: ratio, backgroundColor: "#fff" });
  const canvas = document.createElement("canvas");
  const head = 64 * ratio;
  const edge = 12 * ratio;
  canvas.width = inner.width + 2 * edge;
  canvas.height = inner.height + head + edge;
  const pen = canvas.getContext("2d")!;
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#26323d";
  const family = getComputedStyle(document.body).fontFamily;
  pen.font = `600 ${17 * ratio}px ${family}`;
  pen.fillText(titleOf(code), edge, 28 * ratio, canvas.width - 2 * edge);
  pen.font = `${12 * ratio}px ${family}`;
  pen.fillStyle = "#56636f";
  pen.fillText(caption(), edge, 48 * ratio, canvas.width - 2 * edge);
  pen.drawImage(inner, edge, head);
  return canvas;
}

const titleOf = (code: string): string => document.querySelector(`[data-figure="${code}"] h2`)?.textContent ?? "";
const caption = (): string => document.querySelector<HTMLElement>("[data-caption]")?.dataset.caption ?? "";

function save(code: string): void {
  picture(code)?.toBlob((blob) => {
    if (!blob) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${titleOf(code)}-${caption().split("　")[0] ?? ""}.png`;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }, "image/png");
}

// On paper charts are pictures: a canvas would be cut at the edge of the page.
function printing(): void {
  window.addEventListener("beforeprint", () => {
    charts.forEach((chart, code) => {
      const image = document.querySelector<HTMLImageElement>(`[data-figure="${code}"] .chart-print`);
      if (!image) return;
      image.src = chart.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: "#fff" });
      image.hidden = false;
    });
  });
  window.addEventListener("afterprint", () =>
    document.querySelectorAll<HTMLImageElement>(".chart-print").forEach((image) => {
      image.hidden = true;
      image.removeAttribute("src");
    }),
  );
}

document.querySelectorAll<HTMLElement>("[data-figure][data-kind]").forEach((figure) => (figure.dataset.kind === "map" ? drawMap(figure) : drawTable(figure)));
document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-png]");
  if (button) save(button.dataset.png ?? "");
});
printing();
