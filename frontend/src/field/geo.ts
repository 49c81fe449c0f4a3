// In which of the cached grids a point lies. Degrees; shapes are GeoJSON polygons.

export type Ring = number[][];
export interface Shape {
  type: "Polygon" | "MultiPolygon";
  coordinates: Ring[] | Ring[][];
}
export interface Grid {
  code: string;
  name: string;
  level_name: string;
  shape: Shape | null;
  below?: boolean;
}

export function polygons(shape: Shape): Ring[][] {
  return shape.type === "Polygon" ? [shape.coordinates as Ring[]] : (shape.coordinates as Ring[][]);
}

function inRing(lon: number, lat: number, ring: Ring): boolean {
  let inside = false;
  for (let at = 0, before = ring.length - 1; at < ring.length; before = at++) {
    const [x, y] = ring[at] as [number, number];
    const [u, v] = ring[before] as [number, number];
    if (y > lat !== v > lat && lon < ((u - x) * (lat - y)) / (v - y) + x) inside = !inside;
  }
  return inside;
}

/** Holes are outside. */
export function isInside(lon: number, lat: number, shape: Shape): boolean {
  return polygons(shape).some((rings) => {
    const [outer, ...holes] = rings;
    return !!outer && inRing(lon, lat, outer) && !holes.some((hole) => inRing(lon, lat, hole));
  });
}

function area(shape: Shape): number {
  let sum = 0;
  for (const rings of polygons(shape)) {
    const ring = rings[0] ?? [];
    let own = 0;
    for (let at = 0, before = ring.length - 1; at < ring.length; before = at++)
      own += ring[before]![0]! * ring[at]![1]! - ring[at]![0]! * ring[before]![1]!;
    sum += Math.abs(own) / 2;
  }
  return sum;
}

export interface Lies {
  /** the smallest grid that holds the point; null when it is in none that the phone knows */
  grid: Grid | null;
  /** whether that is the worker's own, or one below it; null when that cannot be told, since no shape is drawn */
  own: boolean | null;
}

export function liesIn(lon: number, lat: number, own: Grid | null, around: readonly Grid[]): Lies {
  const mine = [...(own ? [own] : []), ...around.filter((one) => one.below)];
  const holding = (grids: readonly Grid[]): Grid | null =>
    grids
      .filter((one) => one.shape && isInside(lon, lat, one.shape))
      .sort((one, other) => area(one.shape!) - area(other.shape!))[0] ?? null;
  const found = holding(mine);
  if (found) return { grid: found, own: true };
  return { grid: holding(around), own: mine.some((one) => one.shape) ? false : null };
}
