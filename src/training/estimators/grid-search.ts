/**
 * The row of a dictionary with the largest product with the measured powers; the first of equals. Products are settled in
 * double precision. What is left out before has a bound below the winner, so the answer is that of computing all
 * (docs/model.md eq. 60 to 62).
 */
import type { Dictionary } from './dictionary.js';
import { BLOCK } from './search-kernel.js';

/** Half a unit in the last place of single precision, relative. */
const ROUNDING = 2 ** -24;

/** So many of the most promising groups are screened before it is decided whether to go on like that. */
const TRIED_GROUPS = 64;
/** Where bounds then leave more than this share of the groups, it is faster to go through all rows in order. */
const FULL_SEARCH_SHARE = 0.5;

export class GridSearch {
  readonly #dictionary: Dictionary;
  readonly #exactZ: Float64Array;
  readonly #codedZ: Int16Array;
  readonly #blockZ: Float32Array;
  readonly #products: Float32Array;
  readonly #codedProducts: Int32Array;
  readonly #bounds: Float64Array;
  /** Powers less bias and background. */
  readonly #above: Float64Array;
  readonly #maxCodeNorm: number;
  /** Of the powers that are being searched for: mean that all have above the bias, norm of what is above it. */
  #background = 0;
  #norm = 0;
  /** What one step of the coded powers is worth, and the norm of what the codes leave out. */
  #step = 0;
  #codeError = 0;
  /** The largest product known from below. */
  #certain = 0;
  /** Rows that may win, and the most that their products can be. */
  readonly #indices: number[] = [];
  readonly #most: number[] = [];

  /** Completes the dictionary. */
  constructor(dictionary: Dictionary) {
    dictionary.complete();
    const { kernel, layout, numPoints, numGroups, numValues, rowNorms, codeErrors, codeSteps } = dictionary;
    const { buffer } = kernel.memory;
    this.#dictionary = dictionary;
    this.#exactZ = new Float64Array(buffer, layout.exactZ, layout.rowLength);
    this.#codedZ = new Int16Array(buffer, layout.codedZ, layout.rowLength);
    this.#blockZ = new Float32Array(buffer, layout.blockZ, layout.rowLength / BLOCK);
    this.#products = new Float32Array(buffer, layout.out, numPoints);
    this.#codedProducts = new Int32Array(buffer, layout.out, numPoints);
    this.#bounds = new Float64Array(numGroups);
    this.#above = new Float64Array(numValues);
    this.#maxCodeNorm = codeSteps.reduce(
      (most, step, k) => Math.max(most, (rowNorms[k]! + codeErrors[k]!) / step),
      1,
    );
  }

  /**
   * @param powers finite, shape [numValues].
   * @param bias taken off every power before it is held against the rows.
   */
  full(powers: Float64Array, bias: number): number {
    this.#take(powers, bias);
    this.#screen(0, this.#dictionary.numPoints);
    return this.#settled();
  }

  /** @returns null where the bounds leave too many rows: then only the full search will do. */
  coarseToFine(powers: Float64Array, bias: number): number | null {
    this.#take(powers, bias);
    const dictionary = this.#dictionary;
    const best = this.#boundGroups();
    this.#screen(dictionary.firstOf(best), dictionary.sizeOf(best));
    const bounds = this.#bounds;
    const left = Array.from(bounds.keys()).filter(
      (group) => group !== best && bounds[group]! >= this.#certain,
    );
    left.sort((a, b) => bounds[b]! - bounds[a]!);
    for (const [k, group] of left.entries()) {
      if (bounds[group]! < this.#certain) break;
      if (k === TRIED_GROUPS) {
        const numLeft = left.filter((other) => bounds[other]! >= this.#certain).length;
        if (numLeft > FULL_SEARCH_SHARE * dictionary.numGroups) return null;
      }
      this.#screen(dictionary.firstOf(group), dictionary.sizeOf(group));
    }
    return this.#settled();
  }

  #take(powers: Float64Array, bias: number): void {
    const background = backgroundOf(powers);
    this.#background = background - bias;
    let energy = 0;
    let largest = 0;
    for (let k = 0; k < powers.length; k++) {
      this.#exactZ[k] = powers[k]! - bias;
      const above = powers[k]! - background;
      this.#above[k] = above;
      energy += above * above;
      largest = Math.max(largest, Math.abs(above));
    }
    this.#norm = Math.sqrt(energy);
    // No sum of products of codes may leave 32 bits.
    this.#step = Math.max(largest / 32_767, (this.#norm * this.#maxCodeNorm) / (0.99 * 2 ** 31)) || 1;
    let missed = 0;
    for (let k = 0; k < powers.length; k++) {
      const code = Math.round(this.#above[k]! / this.#step);
      this.#codedZ[k] = code;
      missed += (this.#above[k]! - code * this.#step) ** 2;
    }
    this.#codeError = Math.sqrt(missed);
    this.#certain = Number.NEGATIVE_INFINITY;
    this.#indices.length = 0;
    this.#most.length = 0;
  }

  /** The most that any row of each group can reach (eq. 60); returns the group that can reach most. */
  #boundGroups(): number {
    const { kernel, layout } = this.#dictionary;
    const bounds = this.#bounds;
    // Scaled by the norm: single precision can hold it whatever the unit of the powers.
    const perNorm = this.#norm > 0 ? 1 / this.#norm : 1;
    for (let block = 0; block < this.#blockZ.length; block++) {
      let energy = 0;
      const end = Math.min(this.#above.length, (block + 1) * BLOCK);
      for (let k = block * BLOCK; k < end; k++) {
        // What lies below the background can only lower a product.
        const above = this.#above[k]!;
        if (above > 0) energy += above * above;
      }
      this.#blockZ[block] = Math.sqrt(energy) * perNorm;
    }
    kernel.products(layout.bounds, bounds.length, layout.boundLength, layout.blockZ, layout.out);
    const scale = this.#norm * (1 + (layout.boundLength / 16 + 32) * 2 * ROUNDING);
    let best = 0;
    for (let group = 0; group < bounds.length; group++) {
      bounds[group] = this.#products[group]! * scale + this.#mostOfBackground(group);
      if (bounds[group]! > bounds[best]!) best = group;
    }
    return best;
  }

  /** The most that the background gives any row of the group. */
  #mostOfBackground(group: number): number {
    const { rowSums } = this.#dictionary;
    const first = this.#dictionary.firstOf(group);
    const end = first + this.#dictionary.sizeOf(group);
    let most = Number.NEGATIVE_INFINITY;
    for (let index = first; index < end; index++) {
      const share = this.#background * rowSums[index]!;
      if (share > most) most = share;
    }
    return most;
  }

  /** Rows one after the other, by their codes: keeps those that may win (eq. 61 and 62). */
  #screen(first: number, count: number): void {
    const { kernel, layout, rowSums, rowNorms, codeSteps, codeErrors } = this.#dictionary;
    const address = this.#dictionary.addressOfCodes(first);
    kernel.codedProducts(address, count, layout.rowLength, layout.codedZ, layout.out);
    for (let k = 0; k < count; k++) {
      const index = first + k;
      const product =
        this.#codedProducts[k]! * codeSteps[index]! * this.#step + this.#background * rowSums[index]!;
      const doubt =
        this.#norm * codeErrors[index]! + this.#codeError * (rowNorms[index]! + codeErrors[index]!);
      const most = product + doubt;
      if (most < this.#certain) continue;
      this.#certain = Math.max(this.#certain, product - doubt);
      this.#indices.push(index);
      this.#most.push(most);
    }
  }

  /** The best of the rows that are left. */
  #settled(): number {
    const { kernel, layout } = this.#dictionary;
    let best = 0;
    let bestProduct = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < this.#indices.length; k++) {
      if (this.#most[k]! < this.#certain) continue;
      const index = this.#indices[k]!;
      const address = this.#dictionary.addressOfRow(index);
      const product = kernel.exactProduct(address, layout.rowLength, layout.exactZ);
      if (product > bestProduct || (product === bestProduct && index < best)) {
        best = index;
        bestProduct = product;
      }
    }
    return best;
  }
}

/** The mean of powers that are not far above it: about the noise. Any value will do; this one makes bounds tight. */
function backgroundOf(powers: Float64Array): number {
  let background = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const limit = 4 * background;
    let sum = 0;
    let below = 0;
    for (let k = 0; k < powers.length; k++) {
      if (!(powers[k]! <= limit)) continue;
      sum += powers[k]!;
      below++;
    }
    if (below === 0) break;
    background = sum / below;
  }
  return background;
}
