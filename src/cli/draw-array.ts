/** A planar array as a dry run draws it: how large it is, where it looks, and which element is where. */
import type { PlanarArray } from '../array/planar-array.js';

/** Arrays with more rows or columns are told of by their corners. */
const MOST_DRAWN = 16;
const DEG = Math.PI / 180;

/** Elements count from 1, as in scenarios; the first line is the highest row, seen from in front of the array. */
export function drawArray(array: PlanarArray): string[] {
  const { rows, columns, spacingM, wavelengthM, frame } = array;
  const [alongY, alongZ] = spacingM.map((lengthM) => Number((lengthM / wavelengthM).toPrecision(4)));
  const spacing = alongY === alongZ ? `${alongY}` : `${alongY} and ${alongZ}`;
  const turned = [
    ['boresight', frame.boresightRad],
    ['tilt', frame.tiltRad],
  ] as const;
  const looks = turned.map(([what, rad]) => `${what} ${Number((rad / DEG).toPrecision(4))} deg`);
  const head =
    `${rows} rows and ${columns} columns, ${spacing} wavelengths apart, ${looks.join(', ')}, ` +
    `${Number(frame.heightM.toPrecision(4))} m high`;
  const width = String(array.numElements).length;
  const rowText = (row: number) =>
    Array.from({ length: columns }, (_, column) => String(row * columns + column + 1).padStart(width)).join(
      ' ',
    );
  const isSmall = rows <= MOST_DRAWN && columns <= MOST_DRAWN;
  const drawn = isSmall
    ? Array.from({ length: rows }, (_, k) => rowText(rows - 1 - k))
    : [`${(rows - 1) * columns + 1} … ${rows * columns}`, '…', `1 … ${columns}`];
  return [`${head}; elements seen from in front:`, ...drawn];
}
