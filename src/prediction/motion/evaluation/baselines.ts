/** What a lab would use without a learned tracker, on windows: one codeword per user for the slot after each. */
import { createEvaluator } from '../../../channel/evaluator.js';
import type { PolarCodebook } from '../../../codebook/polar.js';
import { PlaceFilter } from '../../../tracking/ekf.js';
import type { WindowSet } from '../data/window-set.js';
import type { ModelFile } from '../model-file.js';

export interface Baseline {
  readonly name: string;
  readonly title: string;
  /** Codewords of a row (window * users + user): what is scored is their mean. */
  columnsOf(row: number): readonly number[];
}

export function baselinesOf(model: ModelFile, set: WindowSet, codebook: PolarCodebook): Baseline[] {
  const { numSlots, numUsers } = set;
  const knownOf = (row: number, slot: number) =>
    set.known[(Math.floor(row / numUsers) * numSlots + slot) * numUsers + (row % numUsers)]!;
  return [
    { name: 'hold', title: 'hold the last beam', columnsOf: (row) => [knownOf(row, numSlots - 1)] },
    {
      name: 'hold-slots',
      title: `hold for ${numSlots} slots`,
      // At any time in between, the beam is from one of so many slots ago.
      columnsOf: (row) => Array.from({ length: numSlots }, (_, slot) => knownOf(row, slot)),
    },
    filterBaseline(model, set, codebook, false),
    filterBaseline(model, set, codebook, true),
  ];
}

/** Floors of deviations, m and m/s: exact sensors are no reason for a singular filter. */
const LEAST_M = 1e-3;
const LEAST_M_PER_S = 1e-3;

/** Kalman filter over the readings of a window; the beam is that of the place predicted, with nothing but its line of sight. */
function filterBaseline(
  { sensors, motion, epoch }: ModelFile,
  set: WindowSet,
  codebook: PolarCodebook,
  withVelocity: boolean,
): Baseline {
  const { numSlots, numUsers, sensed } = set;
  const evaluator = createEvaluator(codebook);
  // Users that go anywhere at each step turn through a right angle in root mean square terms.
  const turnRad = motion.turn === 'any' ? Math.PI / 2 : motion.turn;
  const accelerationDensity = Math.max(1e-6, (motion.speed * turnRad) ** 2 / epoch);
  const place = Math.max(LEAST_M, sensors.position) ** 2;
  const anyVelocity = Math.max(1, motion.speed ** 2 / 2);
  const velocityNoise = (vx: number, vy: number) => {
    const speed = Math.max(LEAST_M_PER_S, Math.hypot(vx, vy));
    const [cos, sin] = [vx / speed, vy / speed];
    const along = Math.max(LEAST_M_PER_S, sensors.speed) ** 2;
    const across = Math.max(LEAST_M_PER_S, speed * sensors.heading) ** 2;
    const both = (along - across) * sin * cos;
    return [along * cos * cos + across * sin * sin, both, both, along * sin * sin + across * cos * cos];
  };
  return {
    name: withVelocity ? 'ekf-velocity' : 'ekf-position',
    title: withVelocity ? 'EKF on positions and velocities' : 'EKF on positions',
    columnsOf(row) {
      const filter = new PlaceFilter({ accelerationDensity });
      for (let slot = 0; slot < numSlots; slot++) {
        const at = ((Math.floor(row / numUsers) * numSlots + slot) * numUsers + (row % numUsers)) * 4;
        const [x, y, vx, vy] = sensed.subarray(at, at + 4) as unknown as [number, number, number, number];
        if (slot === 0) {
          const covariance = Float64Array.of(
            place,
            0,
            0,
            0,
            0,
            place,
            0,
            0,
            0,
            0,
            anyVelocity,
            0,
            0,
            0,
            0,
            anyVelocity,
          );
          filter.start({ positionM: [x, y], velocityMPerS: [0, 0], covariance }, 0);
          if (!withVelocity) continue;
        }
        if (withVelocity) {
          const [a, b, c, d] = velocityNoise(vx, vy) as [number, number, number, number];
          filter.correct(
            [x, y, vx, vy],
            [place, 0, 0, 0, 0, place, 0, 0, 0, 0, a, b, 0, 0, c, d],
            slot * epoch,
          );
        } else filter.correct([x, y], [place, 0, 0, place], slot * epoch);
      }
      const [xM, yM] = filter.at(numSlots * epoch).positionM;
      evaluator.setChannel([{ gain: { re: 1, im: 0 }, positionM: [Math.max(0.1, xM), yM] }]);
      return [codebook.column(evaluator.best())];
    },
  };
}
