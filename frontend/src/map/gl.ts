// The map with WebGL: MapLibre with the grids, above a base map where one is configured. This file comes only then.
import { addProtocol, AttributionControl, type GeoJSONSource, type LayerSpecification, Map as GlMap, Marker, NavigationControl, setWorkerUrl, type SourceSpecification, type StyleSpecification } from "maplibre-gl";
import worker from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import { PMTiles, Protocol, TileType } from "pmtiles";
import { type Base, type Bounds, type Collection, COLOURS, type Feature, type Position, type Surface, WHOLE_COUNTRY } from "./kinds";

const NOTHING = { type: "FeatureCollection" as const, features: [] };
const PATIENCE = 10_000; // a worker that an old browser cannot read never answers

type ByKind = ["match", ["get", "kind"], ...(string | number)[]];
const byKind = (value: (one: (typeof COLOURS)[string]) => string | number): ByKind =>
  ["match", ["get", "kind"], ...Object.entries(COLOURS).flatMap(([kind, one]) => [kind, value(one)]), value(COLOURS.ordinary!)] as ByKind;

const OWN: LayerSpecification[] = [
  { id: "grid-fill", type: "fill", source: "grids", paint: { "fill-color": byKind((one) => one.fill) as never, "fill-opacity": byKind((one) => one.strength) as never } },
  { id: "grid-line", type: "line", source: "grids", paint: { "line-color": byKind((one) => one.line) as never, "line-width": 1.2 } },
  { id: "grid-name", type: "symbol", source: "grids", minzoom: 12, filter: ["!=", ["get", "kind"], "fault"], layout: { "text-field": ["get", "name"], "text-size": 12, "text-max-width": 8 }, paint: { "text-color": "#26323d", "text-halo-color": "#fff", "text-halo-width": 1.2 } },
  { id: "drawing", type: "line", source: "drawing", paint: { "line-color": "#a61b12", "line-width": 2.5 } },
];

async function style(base: Base): Promise<StyleSpecification> {
  const sources: Record<string, SourceSpecification> = {
    grids: { type: "geojson", data: NOTHING },
    drawing: { type: "geojson", data: NOTHING },
  };
  const layers: LayerSpecification[] = [{ id: "ground", type: "background", paint: { "background-color": "#f4f6f8" } }];
  const credit = base.credit ?? "";
  (base.tiles ?? []).forEach((tiles, place) => {
    sources[`base${place}`] = { type: "raster", tiles: [tiles], tileSize: 256, maxzoom: 18, attribution: credit };
    layers.push({ id: `base${place}`, type: "raster", source: `base${place}` });
  });
  if (base.pmtiles) layers.push(...(await archive(new URL(base.pmtiles, location.href).href, credit, sources)));
  return { version: 8, sources, layers: [...layers, ...OWN] };
}

// A PMTiles archive: pictures as they are; vector tiles in quiet lines and areas, for their layers are not known here.
async function archive(address: string, credit: string, sources: Record<string, SourceSpecification>): Promise<LayerSpecification[]> {
  const file = new PMTiles(address);
  const protocol = new Protocol();
  protocol.add(file);
  addProtocol("pmtiles", protocol.tile);
  const header = await file.getHeader();
  const url = `pmtiles://${address}`;
  if (header.tileType !== TileType.Mvt) {
    sources.base = { type: "raster", url, tileSize: 256, attribution: credit };
    return [{ id: "base", type: "raster", source: "base" }];
  }
  sources.base = { type: "vector", url, attribution: credit };
  const known = (await file.getMetadata()) as { vector_layers?: { id: string }[] };
  return (known.vector_layers ?? []).flatMap(({ id }): LayerSpecification[] => [
    { id: `base-${id}-area`, type: "fill", source: "base", "source-layer": id, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": /water/.test(id) ? "#cfe3ee" : "#e6eae6", "fill-opacity": 0.6 } },
    { id: `base-${id}-line`, type: "line", source: "base", "source-layer": id, filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": "#b9c1c8", "line-width": 1 } },
  ]);
}

export async function glSurface(box: HTMLElement, base: Base): Promise<Surface> {
  setWorkerUrl(new URL(worker, import.meta.url).href);
  const map = new GlMap({
    container: box,
    style: await style(base),
    bounds: WHOLE_COUNTRY,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxZoom: 19,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  if (base.credit) map.addControl(new AttributionControl({ compact: false }));
  try {
    await new Promise<void>((done, failed) => {
      const timer = window.setTimeout(() => failed(new Error("no answer")), PATIENCE);
      map.once("load", () => {
        window.clearTimeout(timer);
        done();
      });
    });
  } catch (error) {
    map.remove();
    throw error;
  }
  let markers: Marker[] = [];
  const source = (name: string): GeoJSONSource => map.getSource(name)!;
  return {
    shapes: (collection: Collection) => void source("grids").setData(collection),
    marks(placed): void {
      markers.forEach((one) => one.remove());
      markers = placed.map(({ at, element }) => new Marker({ element }).setLngLat(at).addTo(map));
    },
    line(points: Position[]): void {
      source("drawing").setData({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: points } });
    },
    bounds(): Bounds {
      const seen = map.getBounds();
      return [Math.max(seen.getWest(), -180), Math.max(seen.getSouth(), -85), Math.min(seen.getEast(), 180), Math.min(seen.getNorth(), 85)];
    },
    fit: (bounds: Bounds) => void map.fitBounds(bounds, { padding: 24, animate: false }),
    nearer: (at: Position) => void map.easeTo({ center: at, zoom: map.getZoom() + 2, animate: false }),
    onMove: (listener) => void map.on("moveend", listener),
    onPress: (listener) =>
      void map.on("click", (event) => {
        const [hit] = map.queryRenderedFeatures(event.point, { layers: ["grid-fill"] });
        listener([event.lngLat.lng, event.lngLat.lat], (hit as unknown as Feature | undefined) ?? null);
      }),
  };
}
