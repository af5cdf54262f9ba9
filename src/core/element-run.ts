/** Place in an array of each of a board's elements, from 0, in the board's order. */
export type TileElements = Uint32Array;

/** Neighbours, in order or the other way round. */
export function runOfElements(first: number, count: number, reversed: boolean): TileElements {
  return Uint32Array.from({ length: count }, (_, k) => first + (reversed ? count - 1 - k : k));
}
