/** Hadamard matrices and their fast product (docs/model.md eq. 119): Sylvester's, Paley's, and products of the two. */
import type { ComplexVector } from '../../src/core/complex.js';

/** A matrix of -1 and 1 whose columns are orthogonal; shape [order, order]. */
export class HadamardMatrix {
  readonly order: number;
  /** Of Paley, shape [coreOrder, coreOrder], row by row; 1 where the whole is Sylvester's. */
  readonly #core: Int8Array;
  readonly #coreOrder: number;
  /** Order of the Sylvester factor, a power of two. */
  readonly #blockOrder: number;

  /** The smallest there is a construction for here with at least so many columns. */
  constructor(numColumns: number) {
    let order = numColumns;
    let coreOrder = coreOrderOf(order);
    while (coreOrder === null) coreOrder = coreOrderOf(++order);
    this.order = order;
    this.#coreOrder = coreOrder;
    this.#blockOrder = order / coreOrder;
    this.#core = coreOrder === 1 ? Int8Array.of(1) : paley(coreOrder);
  }

  /** 1 or -1. */
  sign(row: number, column: number): number {
    const block = this.#blockOrder;
    const core = this.#core[Math.floor(row / block) * this.#coreOrder + Math.floor(column / block)]!;
    let shared = (row % block) & (column % block);
    let sign = core;
    for (; shared !== 0; shared &= shared - 1) sign = -sign;
    return sign;
  }

  /** Transpose times a vector, in place; shape [order]. */
  transposeTimes({ re, im }: ComplexVector): void {
    for (const part of [re, im]) {
      for (let width = 1; width < this.#blockOrder; width *= 2) {
        for (let start = 0; start < this.order; start += 2 * width) {
          for (let k = start; k < start + width; k++) {
            const a = part[k]!;
            const b = part[k + width]!;
            part[k] = a + b;
            part[k + width] = a - b;
          }
        }
      }
      if (this.#coreOrder > 1) this.#coreTimes(part);
    }
  }

  #coreTimes(part: Float64Array): void {
    const block = this.#blockOrder;
    const given = part.slice();
    part.fill(0);
    for (let row = 0; row < this.#coreOrder; row++) {
      for (let column = 0; column < this.#coreOrder; column++) {
        const sign = this.#core[row * this.#coreOrder + column]!;
        for (let k = 0; k < block; k++) part[column * block + k]! += sign * given[row * block + k]!;
      }
    }
  }
}

/** Of the least Paley factor that leaves a power of two; null when there is no construction. */
function coreOrderOf(order: number): number | null {
  if (Number.isInteger(Math.log2(order))) return 1;
  let odd = order;
  while (odd % 2 === 0) odd /= 2;
  for (let core = 4 * odd; core <= order; core *= 2) {
    if (order % core === 0 && paleyPrime(core) !== null) return core;
  }
  return null;
}

/** The prime q that Paley's matrix of this order is made of: q + 1 with q = 3 mod 4, or 2 (q + 1) with q = 1 mod 4. */
function paleyPrime(order: number): number | null {
  if (isPrime(order - 1) && (order - 1) % 4 === 3) return order - 1;
  const half = order / 2 - 1;
  return isPrime(half) && half % 4 === 1 ? half : null;
}

function paley(order: number): Int8Array {
  const q = paleyPrime(order)!;
  const squares = new Set(Array.from({ length: q - 1 }, (_, k) => ((k + 1) * (k + 1)) % q));
  const character = (a: number) => (a === 0 ? 0 : squares.has(a) ? 1 : -1);
  const first = order === q + 1;
  // Conference matrix of order q + 1: antisymmetric for the first kind, symmetric for the second.
  const conference = (row: number, column: number) => {
    if (row === 0) return column === 0 ? 0 : 1;
    if (column === 0) return first ? -1 : 1;
    return character((((column - row) % q) + q) % q);
  };
  return Int8Array.from({ length: order * order }, (_, at) => {
    const row = Math.floor(at / order);
    const column = at % order;
    if (first) return row === column ? 1 : conference(row, column);
    const entry = conference(row >> 1, column >> 1);
    const both = (row & 1) === 1 && (column & 1) === 1;
    if (entry === 0) return (row & 1) === 0 && (column & 1) === 0 ? 1 : -1;
    return both ? -entry : entry;
  });
}

function isPrime(value: number): boolean {
  if (value < 2 || !Number.isInteger(value)) return false;
  for (let k = 2; k * k <= value; k++) if (value % k === 0) return false;
  return true;
}
