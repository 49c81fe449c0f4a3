// A photo as it is sent: upright, at most 1600 pixels, about 200 KB, and nothing in it but the picture.

import { takeOrientation, upright } from "./exif";
import { bytesOf } from "./vault";

export const LONGEST = 1600;
export const ENOUGH = 200 * 1024;

export async function shrink(file: Blob): Promise<ArrayBuffer> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const orientation = takeOrientation(bytes);
  const picture = await decode(new Blob([bytes], { type: file.type || "image/jpeg" }));
  try {
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const width = Math.max(1, Math.round(picture.width * scale));
    const height = Math.max(1, Math.round(picture.height * scale));
    const turned = upright(orientation, width, height);
    const canvas = document.createElement("canvas");
    canvas.width = turned.width;
    canvas.height = turned.height;
    const pen = canvas.getContext("2d");
    if (!pen) throw new Error("no canvas");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, turned.width, turned.height);
    pen.imageSmoothingQuality = "high";
    pen.setTransform(...(turned.matrix as [number, number, number, number, number, number]));
    pen.drawImage(picture.source, 0, 0, width, height);
    // not toBlob, which waits for idle moments that a slow phone does not have: seconds for each try
    let made = new Uint8Array(0);
    for (const quality of [0.82, 0.7, 0.58, 0.45]) {
      const [kind = "", base64 = ""] = canvas.toDataURL("image/jpeg", quality).split(",");
      if (!kind.startsWith("data:image/jpeg") || !base64) throw new Error("这张照片存不下来，请重新拍照。");
      made = bytesOf(base64);
      if (made.byteLength <= ENOUGH) break;
    }
    canvas.width = canvas.height = 0; // gives the memory back at once
    return made.buffer;
  } finally {
    picture.close();
  }
}

interface Picture {
  source: CanvasImageSource;
  width: number;
  height: number;
  close(): void;
}

async function decode(blob: Blob): Promise<Picture> {
  try {
    const bitmap = await createImageBitmap(blob);
    return { source: bitmap, width: bitmap.width, height: bitmap.height, close: () => bitmap.close() };
  } catch {
    const image = new Image();
    const address = URL.createObjectURL(blob);
    try {
      image.src = address;
      await image.decode();
    } catch {
      URL.revokeObjectURL(address);
      throw new Error("这张照片打不开，请重新拍照。");
    }
    const close = (): void => URL.revokeObjectURL(address);
    return { source: image, width: image.naturalWidth, height: image.naturalHeight, close };
  }
}
