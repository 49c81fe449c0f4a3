// What both ways of drawing a map have in common.
export type Position = [number, number]; // longitude, latitude
export type Bounds = [number, number, number, number]; // west, south, east, north
type Rings = Position[][];

export interface Feature {
  type: "Feature";
  properties: { code: string; name: string; kind: string };
  geometry: { type: "Polygon"; coordinates: Rings } | { type: "MultiPolygon"; coordinates: Rings[] };
}
export interface Collection {
  type: "FeatureCollection";
  bounds?: Bounds | null;
  features: Feature[];
}
export interface Mark {
  lon: number;
  lat: number;
  count: number;
  numbers: string[];
}
export interface Base {
  pmtiles?: string;
  tiles?: string[];
  credit?: string;
}

// A place on which shapes and marks are drawn, whatever draws them.
export interface Surface {
  shapes(collection: Collection): void;
  marks(placed: { at: Position; element: HTMLElement }[]): void;
  line(points: Position[]): void;
  bounds(): Bounds;
  fit(bounds: Bounds): void;
  nearer(at: Position): void;
  onMove(listener: () => void): void;
  onPress(listener: (at: Position, grid: Feature | null) => void): void;
}

export const WHOLE_COUNTRY: Bounds = [73, 18, 135, 54];

export function ringsOf(feature: Feature): Rings {
  return feature.geometry.type === "Polygon" ? feature.geometry.coordinates : feature.geometry.coordinates.flat();
}

// Colours are told by words too: each grid says what it is when it is pressed.
export const COLOURS: Record<string, { fill: string; line: string; strength: number }> = {
  ordinary: { fill: "#1f5f8b", line: "#1f5f8b", strength: 0.08 },
  special: { fill: "#7b4bb3", line: "#7b4bb3", strength: 0.18 },
  own: { fill: "#1f5f8b", line: "#0f3b5c", strength: 0.3 },
  fault: { fill: "#a61b12", line: "#a61b12", strength: 0.55 },
};
