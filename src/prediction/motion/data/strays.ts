/**
 * Last beams that are not the best: in closed loop a tracker serves what it predicted, and learns of better beams late or
 * never. A model that has only seen best beams would trust them.
 */
import type { PolarCodebook } from '../../../codebook/polar.js';
import type { Random } from '../../../core/random.js';

export interface Strays {
  /** Last beams known, [slots]. */
  readonly columns: readonly number[];
  /** Slots without a reading of the sensors; never the first. */
  readonly gaps: readonly boolean[];
}

const MOST_SPACINGS = 2;
const GAP_SHARE = 0.3;

/** @param best beams of the slots. */
export function straysOf(best: readonly number[], codebook: PolarCodebook, random: Random): Strays {
  const kind = random.integer(3);
  const gaps = best.map((_, slot) => random.uniform() < GAP_SHARE && slot > 0);
  if (kind === 0) return { columns: best.map((_, slot) => best[Math.max(0, slot - 1)]!), gaps };
  const draw = () => ({
    angles: random.integer(2 * MOST_SPACINGS + 1) - MOST_SPACINGS,
    rings: random.integer(3) - 1,
  });
  const lasting = draw();
  return { columns: best.map((column) => moved(column, kind === 1 ? lasting : draw(), codebook)), gaps };
}

function moved(
  column: number,
  { angles, rings }: { angles: number; rings: number },
  { numAngles, numRings }: PolarCodebook,
): number {
  const clip = (value: number, count: number) => Math.min(count - 1, Math.max(0, value));
  const ring = clip(Math.floor(column / numAngles) + rings, numRings);
  return ring * numAngles + clip((column % numAngles) + angles, numAngles);
}
