/**
 * The point of a dictionary with the highest score; the first of equals. What is left out has a bound below the winner,
 * so the answer is that of computing all scores in double precision (docs/model.md eq. 68, 69 and 71).
 */
import type { Powers } from '../../sounding/powers.js';
import type { Dictionary } from './dictionary.js';
import { biasOf, scoreOf } from './score.js';

/** Half a unit in the last place of single precision, relative. */
const ROUNDING = 2 ** -24;

/** So many of the most promising groups are screened before it is decided whether to go on like that. */
const TRIED_GROUPS = 64;
/** Where bounds then leave more than this share of the groups, it is faster to go through all rows in order. */
const FULL_SEARCH_SHARE = 0.5;

/** A point that may win, and the most that its score can be. */
interface Candidate {
  readonly index: number;
  readonly most: number;
}

export class GridSearch {
  readonly #dictionary: Dictionary;
  readonly #z: Float64Array;
  readonly #products: Float32Array;
  readonly #codedProducts: Int32Array;
  readonly #bounds: Float64Array;
  readonly #gains: Float64Array;
  readonly #maxCodeNorm: number;
  #powers!: Powers;
  /** Of the powers that are being searched for: mean that all have above the bias, norm of what is above it. */
  #background = 0;
  #norm = 0;
  /** Their norm with the background, at most. */
  #wholeNorm = 0;
  /** What one step of the coded powers is worth, and the norm of what the codes leave out. */
  #step = 0;
  #codeError = 0;
  /** The highest score known from below. */
  #certain = 0;
  #candidates: Candidate[] = [];

  /** Completes the dictionary. */
  constructor(dictionary: Dictionary) {
    dictionary.complete();
    const { kernel, layout, gains, grid, numGroups, rowNorms, codeErrors, codeSteps } = dictionary;
    const { buffer } = kernel.memory;
    this.#dictionary = dictionary;
    this.#z = new Float64Array(buffer, layout.z, gains.numValues);
    this.#products = new Float32Array(buffer, layout.out, numGroups);
    this.#codedProducts = new Int32Array(buffer, layout.out, grid.numPoints);
    this.#bounds = new Float64Array(numGroups);
    this.#gains = new Float64Array(gains.numValues);
    this.#maxCodeNorm = codeSteps.reduce(
      (most, step, k) => Math.max(most, (rowNorms[k]! + codeErrors[k]!) / step),
      1,
    );
  }

  /** @param powers finite, as many as the dictionary has columns. */
  full(powers: Powers): number {
    this.#take(powers);
    this.#screen(0, this.#dictionary.grid.numPoints);
    return this.#settled();
  }

  /** @returns null where the bounds leave too many rows: then only the full search will do. */
  coarseToFine(powers: Powers): number | null {
    this.#take(powers);
    const dictionary = this.#dictionary;
    const best = this.#boundGroups();
    this.#screen(dictionary.firstOf(best), dictionary.sizeOf(best));
    const left = this.#groupsLeft().filter((group) => group !== best);
    const bounds = this.#bounds;
    left.sort((a, b) => bounds[b]! - bounds[a]!);
    for (const [k, group] of left.entries()) {
      if (bounds[group]! < this.#certain) break;
      if (k === TRIED_GROUPS && this.#groupsLeft().length > FULL_SEARCH_SHARE * dictionary.numGroups) {
        return null;
      }
      this.#screen(dictionary.firstOf(group), dictionary.sizeOf(group));
    }
    return this.#settled();
  }

  #take(powers: Powers): void {
    const { kernel, layout, score } = this.#dictionary;
    const { z, codedZ, blockZ } = layout;
    const count = this.#z.length;
    this.#powers = powers;
    this.#z.set(powers.perSubcarrier);
    const centre = this.#backgroundOfPowers();
    this.#background = centre - biasOf(score, powers);
    kernel.measurePowers(z, count, centre, layout.out);
    const [energy, largest] = new Float64Array(kernel.memory.buffer, layout.out, 2);
    this.#norm = Math.sqrt(energy!);
    this.#wholeNorm = this.#norm + Math.abs(this.#background) * Math.sqrt(count);
    // No sum of products of codes may leave 32 bits.
    this.#step = Math.max(largest! / 32_767, (this.#norm * this.#maxCodeNorm) / (0.99 * 2 ** 31)) || 1;
    // Norms of blocks are scaled by the norm of all: single precision can hold them whatever the unit of the powers.
    const perNorm = this.#norm > 0 ? 1 / this.#norm : 1;
    this.#codeError = Math.sqrt(kernel.codePowers(z, count, centre, this.#step, codedZ, perNorm, blockZ));
    this.#certain = Number.NEGATIVE_INFINITY;
    this.#candidates = [];
  }

  /** The mean of powers that are not far above it: about the noise. Any value will do; this one makes bounds tight. */
  #backgroundOfPowers(): number {
    const { kernel, layout } = this.#dictionary;
    let background = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 3; round++) {
      const mean = kernel.meanUpTo(4 * background, layout.z, this.#z.length);
      if (Number.isNaN(mean)) break;
      background = mean;
    }
    return background;
  }

  /** The most that any row of each group can reach (eq. 68); returns the group that can reach most. */
  #boundGroups(): number {
    const { kernel, layout } = this.#dictionary;
    const bounds = this.#bounds;
    kernel.products(layout.bounds, bounds.length, layout.boundLength, layout.blockZ, layout.out);
    const scale = this.#norm * (1 + (layout.boundLength / 16 + 32) * 2 * ROUNDING);
    let best = 0;
    for (let group = 0; group < bounds.length; group++) {
      bounds[group] = this.#products[group]! * scale + this.#mostBesides(group);
      if (bounds[group]! > bounds[best]!) best = group;
    }
    return best;
  }

  /** The most that the background, and that its gains are approximate, give any row of the group. */
  #mostBesides(group: number): number {
    const { rowSums, rowErrors } = this.#dictionary;
    const first = this.#dictionary.firstOf(group);
    const end = first + this.#dictionary.sizeOf(group);
    let most = Number.NEGATIVE_INFINITY;
    for (let index = first; index < end; index++) {
      const share = this.#background * rowSums[index]! + this.#wholeNorm * rowErrors[index]!;
      if (share > most) most = share;
    }
    return most;
  }

  /** Groups whose bounds do not exclude them. */
  #groupsLeft(): number[] {
    const left: number[] = [];
    for (let group = 0; group < this.#bounds.length; group++) {
      if (this.#bounds[group]! >= this.#certain) left.push(group);
    }
    return left;
  }

  /** Rows one after the other, by their codes: keeps those that may win (eq. 69 and 71). */
  #screen(first: number, count: number): void {
    const { kernel, layout, rowSums, rowNorms, rowErrors, codeSteps, codeErrors } = this.#dictionary;
    const address = this.#dictionary.addressOfCodes(first);
    kernel.codedProducts(address, count, layout.rowLength, layout.codedZ, layout.out);
    for (let k = 0; k < count; k++) {
      const index = first + k;
      const product =
        this.#codedProducts[k]! * codeSteps[index]! * this.#step + this.#background * rowSums[index]!;
      const doubt =
        this.#norm * codeErrors[index]! +
        this.#codeError * (rowNorms[index]! + codeErrors[index]!) +
        this.#wholeNorm * rowErrors[index]!;
      const most = product + doubt;
      if (most < this.#certain) continue;
      this.#certain = Math.max(this.#certain, product - doubt);
      this.#candidates.push({ index, most });
    }
  }

  /** The best of the candidates that are left, evaluated one by one, most promising first. */
  #settled(): number {
    // Nothing was received: all points score nothing.
    if (this.#wholeNorm === 0) return 0;
    const left = this.#candidates.filter(({ most }) => most >= this.#certain);
    if (left.length === 1) return left[0]!.index;
    left.sort((a, b) => b.most - a.most);
    let best = 0;
    let bestScore = Number.NEGATIVE_INFINITY;
    for (const { index, most } of left) {
      if (most < bestScore) break;
      this.#dictionary.gains.exact(index, this.#gains);
      const score = scoreOf(this.#dictionary.score, this.#powers, this.#gains);
      if (score > bestScore || (score === bestScore && index < best)) {
        best = index;
        bestScore = score;
      }
    }
    return best;
  }
}
