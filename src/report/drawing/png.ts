/** A PNG encoder for indexed images: heat maps are small pictures inside the SVG instead of tens of thousands of rectangles. */
import { crc32, deflateSync } from 'node:zlib';
import type { Rgb } from './colour-map.js';

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/**
 * @param indices palette entry per pixel, row by row from the top, shape [height * width]
 * @param palette at most 256 colours
 */
export function encodeIndexedPng(
  indices: Uint8Array,
  widthPx: number,
  heightPx: number,
  palette: readonly Rgb[],
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  header.set([8, 3, 0, 0, 0], 8); // 8 bits a pixel, indexed colour, no interlacing
  // Every row is preceded by its filter: 0 = none, which suits indexed colour.
  const rows = Buffer.alloc(heightPx * (widthPx + 1));
  for (let row = 0; row < heightPx; row++) {
    rows.set(indices.subarray(row * widthPx, (row + 1) * widthPx), row * (widthPx + 1) + 1);
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Uint8Array.from(palette.flat())),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ]);
}
