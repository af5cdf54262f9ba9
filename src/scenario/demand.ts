/** What a scheme may ask for at worst, and what that costs on link and slots. */

import { inTurn, larger } from '../../drivers/link/link-cost.js';
import { Random } from '../core/random.js';
import type { Demand } from '../slots/plan-lint.js';
import { type PlannerOptions, SlotPlanner } from '../slots/slot-planner.js';
import { powersOf } from '../sounding/powers.js';
import type { PilotBatch } from '../sounding/sounding.js';
import type { SchemeFactory } from '../training/scheme-factory.js';

/** Searches with made-up powers; each takes another way through the scheme's decisions. */
const NUM_SEARCHES = 32;

/** Codeword keys of one search, batch by batch. */
export type Search = readonly (readonly string[])[];

/** Searches with random powers. Needs no board: it takes a while, and a board wants to hear from us meanwhile. */
export function sampleSearches({ start, adaptive, band, onlySubcarrier }: SchemeFactory): Search[] {
  if (!adaptive) return [[(start().next().value as PilotBatch).map(({ key }) => key)]];
  const numSubcarriers = band === null || onlySubcarrier !== null ? 1 : band.numSubcarriers;
  return Array.from({ length: NUM_SEARCHES }, (_, k) => {
    const random = new Random(k, 'search');
    const batches: string[][] = [];
    const scheme = start();
    for (let step = scheme.next(); !step.done; ) {
      batches.push(step.value.map(({ key }) => key));
      step = scheme.next(
        powersOf(
          Float64Array.from({ length: step.value.length * numSubcarriers }, () => random.uniform()),
          numSubcarriers,
        ),
      );
    }
    return batches;
  });
}

/** The worst of the searches, each starting with an empty codeword memory. Every figure is the largest over all. */
export function worstDemand(searches: readonly Search[], options: PlannerOptions): Demand {
  const demands = searches.map((search) => demandOf(search, options));
  return demands.reduce((a, b) => ({
    numPilots: Math.max(a.numPilots, b.numPilots),
    largestBatch: Math.max(a.largestBatch, b.largestBatch),
    largestBatchCodewords: Math.max(a.largestBatchCodewords, b.largestBatchCodewords),
    userTimeS: Math.max(a.userTimeS, b.userTimeS),
    link: larger(a.link, b.link),
  }));
}

function demandOf(search: Search, options: PlannerOptions): Demand {
  const planner = new SlotPlanner({ ...options, startBoardTimeS: 0 });
  let link = options.link.none;
  for (const batch of search) {
    let left = batch.map((key) => ({ hash: key }));
    while (left.length > 0) {
      const chunk = planner.next(left);
      link = inTurn(link, chunk.link);
      left = left.slice(chunk.slots.length);
    }
  }
  return {
    numPilots: search.reduce((sum, batch) => sum + batch.length, 0),
    largestBatch: Math.max(0, ...search.map((batch) => batch.length)),
    largestBatchCodewords: Math.max(0, ...search.map((batch) => new Set(batch).size)),
    userTimeS: planner.startOfSlotS(planner.lastSlot + 1),
    link,
  };
}
