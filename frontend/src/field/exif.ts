// How a photo is to be turned. Browsers of different years disagree on whether a decoded picture is turned already; so
// the mark is read here and set to "as it is" in the copy that is decoded, and the turning is ours.

/** Reads the orientation (1–8) of a JPEG and sets it to 1 in these bytes; 1 where there is none. */
export function takeOrientation(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0xffd8) return 1;
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1]!;
    if (marker === 0xda || marker === 0xd9) break;
    const length = view.getUint16(at + 2);
    if (length < 2) break;
    if (marker === 0xe1 && isExif(bytes, at + 4)) return takeFrom(view, at + 10, Math.min(bytes.length, at + 2 + length));
    at += 2 + length;
  }
  return 1;
}

function isExif(bytes: Uint8Array, at: number): boolean {
  return String.fromCharCode(...bytes.subarray(at, at + 4)) === "Exif" && bytes[at + 4] === 0 && bytes[at + 5] === 0;
}

function takeFrom(view: DataView, start: number, end: number): number {
  if (start + 8 > end) return 1;
  const order = view.getUint16(start);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  const first = start + view.getUint32(start + 4, little);
  if (first < start || first + 2 > end) return 1;
  const fields = view.getUint16(first, little);
  for (let number = 0; number < fields; number++) {
    const field = first + 2 + number * 12;
    if (field + 12 > end) return 1;
    if (view.getUint16(field, little) !== 0x0112) continue;
    const found = view.getUint16(field + 8, little);
    view.setUint16(field + 8, 1, little);
    return found >= 1 && found <= 8 ? found : 1;
  }
  return 1;
}

/** The canvas transform that turns a picture of that width and height upright, and the size of the upright one. */
export function upright(orientation: number, width: number, height: number): { matrix: number[]; width: number; height: number } {
  const turned = orientation >= 5;
  const matrix = [
    [1, 0, 0, 1, 0, 0],
    [-1, 0, 0, 1, width, 0],
    [-1, 0, 0, -1, width, height],
    [1, 0, 0, -1, 0, height],
    [0, 1, 1, 0, 0, 0],
    [0, 1, -1, 0, height, 0],
    [0, -1, -1, 0, height, width],
    [0, -1, 1, 0, 0, width],
  ][orientation - 1]!;
  return { matrix, width: turned ? height : width, height: turned ? width : height };
}
