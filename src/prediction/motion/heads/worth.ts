/**
 * What a codeword brings to a user whose best codeword is another one. The most likely codeword is not the one that brings the
 * most on average: between two directions, or on a ring in the middle, one may do well whichever of its neighbours is the best
 * (docs/model.md eq. 98).
 */
import { type PointM, polarPointM } from '../../../array/linear-array.js';
import { createEvaluator } from '../../../channel/evaluator.js';
import type { PolarCodebook } from '../../../codebook/polar.js';
import { Random } from '../../../core/random.js';
import type { RankedCodeword } from '../../../tracking/tracker.js';

/** Farther apart in direction, codewords bring next to nothing to each other's users. */
const REACH = 3;
const NUM_PLACES = 2000;
/** Uniform by area. */
const PLACES_M = [3, 200] as const;
const PLACES_RAD = Math.PI / 3;

/** Tables are the same for the same codebook, and take half a second. */
const known = new Map<string, WorthTable>();

export function worthTableOf(codebook: PolarCodebook): WorthTable {
  const { array, numAngles, ringDistancesM } = codebook;
  const key = [
    array.numElements,
    array.carrierHz,
    array.speedOfLightMPerS,
    numAngles,
    ...ringDistancesM,
  ].join();
  const table = known.get(key) ?? new WorthTable(codebook);
  known.set(key, table);
  return table;
}

export class WorthTable {
  readonly #numAngles: number;
  readonly #numRings: number;
  /** Mean gain by ring of the best codeword, ring of the other, and by how many directions it is farther on. */
  readonly #gains: Float64Array;

  /** From users in the line of sight, drawn by themselves: same codebook, same table. */
  constructor(codebook: PolarCodebook) {
    const { numAngles, numRings } = codebook;
    this.#numAngles = numAngles;
    this.#numRings = numRings;
    const width = 2 * REACH + 1;
    this.#gains = new Float64Array(numRings * numRings * width);
    const counts = new Float64Array(numRings * numRings * width);
    const evaluator = createEvaluator(codebook);
    const powerOf = (column: number) => {
      const { re, im } = evaluator.receive(codebook.codeword(codebook.indexOf(column)));
      return re * re + im * im;
    };
    for (let place = 0; place < NUM_PLACES; place++) {
      evaluator.setChannel([{ gain: { re: 1, im: 0 }, positionM: placeOf(new Random('worth', place)) }]);
      const best = codebook.column(evaluator.best());
      const most = powerOf(best);
      for (let ring = 0; ring < numRings; ring++) {
        for (let shift = -REACH; shift <= REACH; shift++) {
          const angle = (best % numAngles) + shift;
          if (angle < 0 || angle >= numAngles) continue;
          const at = this.#at(Math.floor(best / numAngles), ring, shift);
          this.#gains[at]! += powerOf(ring * numAngles + angle) / most;
          counts[at]!++;
        }
      }
    }
    for (const [at, count] of counts.entries()) if (count > 0) this.#gains[at]! /= count;
  }

  /** Mean share of the best codeword's power that `column` brings where `best` is the best. */
  gain(best: number, column: number): number {
    const shift = (column % this.#numAngles) - (best % this.#numAngles);
    if (Math.abs(shift) > REACH) return 0;
    if (best === column) return 1;
    return this.#gains[
      this.#at(Math.floor(best / this.#numAngles), Math.floor(column / this.#numAngles), shift)
    ]!;
  }

  /** The codeword that brings the most on average first, and the others as they are. */
  servingFirst(ranked: readonly RankedCodeword[]): RankedCodeword[] {
    let serving = ranked[0]!;
    let most = -1;
    for (const candidate of ranked) {
      let worth = 0;
      for (const { column, probability } of ranked)
        worth += probability * this.gain(column, candidate.column);
      if (worth > most) [serving, most] = [candidate, worth];
    }
    return [serving, ...ranked.filter((each) => each !== serving)];
  }

  #at(bestRing: number, ring: number, shift: number): number {
    return (bestRing * this.#numRings + ring) * (2 * REACH + 1) + shift + REACH;
  }
}

function placeOf(random: Random): PointM {
  const [nearM, farM] = PLACES_M;
  const distanceM = Math.sqrt(nearM ** 2 + (farM ** 2 - nearM ** 2) * random.uniform());
  return polarPointM(distanceM, PLACES_RAD * (2 * random.uniform() - 1));
}
