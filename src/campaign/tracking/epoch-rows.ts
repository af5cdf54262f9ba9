/** What is recorded of an epoch. */
import type { PolarCodebook } from '../../codebook/polar.js';
import type { Row } from '../../record/schema.js';
import type { EpochPowers } from '../../slots/epoch-exchange.js';
import type { EpochPlan } from '../../tracking/epoch-plan.js';
import type { Moment } from './epoch-truth.js';

/** Of a prediction the first so many choices. */
const MOST_RANKED = 8;

/**
 * @param ids of the users, in their order.
 * @param moments of them; null where nobody knows the truth.
 */
export function epochRows(
  plan: EpochPlan,
  firstSlot: number,
  measured: EpochPowers,
  codebook: PolarCodebook,
  ids: readonly string[],
  moments: readonly (Moment | null)[],
): Row<'epochs'>[] {
  const keyOf = (column: number) => codebook.codeword(codebook.indexOf(column)).key;
  return plan.users.map((user, k) => {
    const { state, column, numServingSlots, prediction, probes, found } = user;
    const moment = moments[k] ?? null;
    return {
      epoch: plan.epoch,
      ue: ids[k]!,
      boardTimeS: plan.beginsAtS,
      firstSlot,
      state,
      servedKey: column === null ? null : keyOf(column),
      numServingSlots,
      confidence: prediction?.[0]?.probability ?? null,
      probes: probes.map(keyOf),
      numTrainingPilots: plan.pilots.filter((pilot) => pilot.user === k && pilot.training !== null).length,
      power: servingPower(plan, measured, k),
      foundKey: found === null ? null : keyOf(found.column),
      foundXM: found?.positionM[0] ?? null,
      foundYM: found?.positionM[1] ?? null,
      bestKey: moment === null || moment.bestColumn === null ? null : keyOf(moment.bestColumn),
      gain: moment?.gain ?? null,
    };
  });
}

export function predictionRows(
  { epoch, users }: EpochPlan,
  codebook: PolarCodebook,
  ids: readonly string[],
): Row<'predictions'>[] {
  return users.flatMap(({ prediction }, k) =>
    (prediction ?? []).slice(0, MOST_RANKED).map(({ column, probability }, place) => ({
      epoch,
      ue: ids[k]!,
      rank: place + 1,
      codewordKey: codebook.codeword(codebook.indexOf(column)).key,
      probability,
    })),
  );
}

/** Where users that move truly were. */
export function positionRows(
  { beginsAtS }: EpochPlan,
  ids: readonly string[],
  moments: readonly (Moment | null)[],
): Row<'positions'>[] {
  return moments.flatMap((moment, k) => {
    if (moment === null || moment.positionM === null) return [];
    const [xM, yM] = moment.positionM;
    return [{ ue: ids[k]!, boardTimeS: beginsAtS, xM, yM }];
  });
}

/** Mean over the user's serving slots and subcarriers; null when none was measured. */
function servingPower({ pilots }: EpochPlan, measured: EpochPowers, user: number): number | null {
  const powers = pilots.flatMap(({ purpose, user: of }, k) => {
    const record = purpose === 'serve' && of === user ? measured[k]![0] : null;
    return record === null || record === undefined ? [] : [...record.powers];
  });
  return powers.length === 0 ? null : powers.reduce((sum, power) => sum + power / powers.length, 0);
}
