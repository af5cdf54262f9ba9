/** What a scheme may ask for at worst, and what that costs on link and slots. */
import { Random } from '../core/random.js';
import { packedBytes } from '../schedule/link-budget.js';
import type { Demand } from '../schedule/lint.js';
import { type PlannerOptions, SlotPlanner } from '../schedule/slot-planner.js';
import type { SchemeFactory } from '../training/registry.js';

/** Searches with made-up powers; each takes another way through the scheme's decisions. */
const NUM_WALKS = 64;

type BoardFormat = Parameters<typeof packedBytes>[0];

/**
 * The worst of many searches with random powers, each starting with an empty codeword memory. Every figure is the
 * largest over all searches.
 */
export function worstDemand(start: SchemeFactory, board: BoardFormat, options: PlannerOptions): Demand {
  const walks = Array.from({ length: NUM_WALKS }, (_, k) =>
    walk(start, board, options, new Random(k, 'walk')),
  );
  return walks.reduce((a, b) => ({
    numPilots: Math.max(a.numPilots, b.numPilots),
    largestBatch: Math.max(a.largestBatch, b.largestBatch),
    largestBatchCodewords: Math.max(a.largestBatchCodewords, b.largestBatchCodewords),
    userTimeS: Math.max(a.userTimeS, b.userTimeS),
    lineTimeS: Math.max(a.lineTimeS, b.lineTimeS),
    lineBytes: Math.max(a.lineBytes, b.lineBytes),
    baud: a.baud,
  }));
}

function walk(start: SchemeFactory, board: BoardFormat, options: PlannerOptions, random: Random): Demand {
  const planner = new SlotPlanner({ ...options, startBoardTimeS: 0 });
  const bytes = packedBytes(board);
  const demand = {
    numPilots: 0,
    largestBatch: 0,
    largestBatchCodewords: 0,
    lineTimeS: 0,
    lineBytes: 0,
    baud: options.baud,
  };
  const scheme = start();
  for (let step = scheme.next(); !step.done; ) {
    const batch = step.value.map(({ key }) => ({ hash: key, packedBytes: bytes }));
    demand.numPilots += batch.length;
    demand.largestBatch = Math.max(demand.largestBatch, batch.length);
    const codewords = new Set(batch.map(({ hash }) => hash)).size;
    demand.largestBatchCodewords = Math.max(demand.largestBatchCodewords, codewords);
    for (let left = batch; left.length > 0; ) {
      const chunk = planner.next(left);
      demand.lineTimeS += chunk.lineTimeS;
      demand.lineBytes += chunk.lineBytes;
      left = left.slice(chunk.slots.length);
    }
    step = scheme.next(Float64Array.from(batch, () => random.uniform()));
  }
  return { ...demand, userTimeS: planner.startOfSlotS(planner.lastSlot + 1) };
}
