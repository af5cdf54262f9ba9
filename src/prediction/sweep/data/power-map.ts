/** What goes into a network: the powers of a coarse sweep as a small picture (docs/model.md eq. 117). */

/** Of the strongest power, that is added to all: nobody hears less. */
const LEAST_SHARE = 1e-4;
/** That range becomes 1, dB. */
const RANGE_DB = 40;
const MIDDLE = 0.5;

/**
 * Powers relative to the strongest, in parts of 40 dB.
 *
 * @param powers of the coarse sweep, linear, in any unit; NaN where none was measured, which counts as nothing.
 * @returns from -0.5 to 0.5, the strongest has the most.
 */
export function relativeLevels(powers: ArrayLike<number>, levels: Float32Array, at = 0): void {
  let most = 0;
  for (let k = 0; k < powers.length; k++) if (powers[k]! > most) most = powers[k]!;
  for (let k = 0; k < powers.length; k++) {
    const share = most > 0 && powers[k]! > 0 ? powers[k]! / most : 0;
    levels[at + k] = (10 * Math.log10(share + LEAST_SHARE)) / RANGE_DB + MIDDLE;
  }
}

/**
 * Bilinear interpolation of a square map to a larger one, whose pixels stand centred on the same area (half-pixel centres).
 *
 * @param levels [size, size], of one user, at `from`.
 * @param map [wanted, wanted], written at `to`.
 */
export function interpolate(
  levels: Float32Array,
  from: number,
  size: number,
  map: Float32Array,
  to: number,
  wanted: number,
): void {
  for (let row = 0; row < wanted; row++) {
    const [top, below, shareY] = neighbours(row, wanted, size);
    for (let column = 0; column < wanted; column++) {
      const [left, right, shareX] = neighbours(column, wanted, size);
      const at = (y: number, x: number) => levels[from + y * size + x]!;
      const upper = at(top, left) + shareX * (at(top, right) - at(top, left));
      const lower = at(below, left) + shareX * (at(below, right) - at(below, left));
      map[to + row * wanted + column] = upper + shareY * (lower - upper);
    }
  }
}

/** The two old pixels around a new one, and how near it is to the second. */
function neighbours(place: number, wanted: number, size: number): [number, number, number] {
  const exact = Math.min(size - 1, Math.max(0, ((place + 0.5) * size) / wanted - 0.5));
  const before = Math.min(size - 1, Math.floor(exact));
  return [before, Math.min(size - 1, before + 1), exact - before];
}
