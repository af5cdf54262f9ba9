/** Users before an array without a board: what they receive of planned pilots over a line of sight, with noise. */
import { LinearArray, type PointM, polarPointM } from '../../../src/array/linear-array.js';
import { createEvaluator } from '../../../src/channel/evaluator.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { codewordWeights } from '../../../src/codebook/weights.js';
import { transposeProduct } from '../../../src/core/complex.js';
import { Random } from '../../../src/core/random.js';
import type { MeasuredPilot } from '../../../src/sounding/pilot-powers.js';
import type { Powers } from '../../../src/sounding/powers.js';
import type { Sounding } from '../../../src/sounding/sounding.js';
import { BeamMap } from '../../../src/tracking/beam-map.js';
import type { EpochPlan, PlannedPilot } from '../../../src/tracking/epoch-plan.js';
import { type TrackingOptions, trackUsers } from '../../../src/tracking/track-users.js';
import type { FoundUser, SensorReading, Tracker } from '../../../src/tracking/tracker.js';
import { createScheme, defaultChoice } from '../../../src/training/registry.js';

export const EPOCH_S = 0.02;
const array = new LinearArray({ numElements: 64, carrierHz: 60e9 });
export const codebook = new PolarCodebook(array, {
  numAngles: 64,
  numRings: 4,
  withInfinity: false,
  name: 'tracking',
});
const polar = new PolarCodebook(array, { numRings: 4 });
const map = new BeamMap(codebook);
const scheme = createScheme(defaultChoice('dpc'), polar);
const evaluator = createEvaluator(codebook);

/** Trains as a campaign does, without a judge. */
export function* train(): Sounding<FoundUser, Powers> {
  const { distanceM, angleRad } = yield* scheme.start();
  const positionM = polarPointM(Math.min(distanceM, 10), angleRad);
  return { column: map.best(positionM), positionM };
}

export interface World {
  /** Where a user is at a time. */
  readonly placeM: (user: number, timeS: number) => PointM;
  /** Power that is left on the way to a user, 1 unless given; null: its receiver tells nothing. */
  readonly through?: (user: number, epoch: number) => number | null;
  readonly sensors?: (user: number, epoch: number, placeM: PointM) => SensorReading[];
  readonly noise?: number;
}

const TRACKING = {
  codebook,
  train,
  servingSlots: 4,
  probing: { budget: 0.2, confidence: 0.9, mostPerEpoch: 3, windowEpochs: 50 },
  loss: { dropDb: 10, overNoiseDb: 3, afterEpochs: 3, giveUpAfter: 3, retryEpochs: 30 },
  fits: (numSlots: number, numCodewords: number) => numSlots <= 40 && numCodewords <= 16,
  first: { epoch: 0, beginsAtS: 0 },
} as const;

export interface EpochSeen {
  readonly plan: EpochPlan;
  /** Of each user, the power that its serving beam brings against the best; 0 where none serves it. */
  readonly gains: readonly number[];
}

/** Runs so many epochs. */
export function track(
  tracker: Tracker,
  numUsers: number,
  numEpochs: number,
  { placeM, through = () => 1, sensors = () => [], noise = 1e-3 }: World,
  options: Partial<TrackingOptions> = {},
): EpochSeen[] {
  const run = trackUsers({ ...TRACKING, tracker, numUsers, ...options });
  const seen: EpochSeen[] = [];
  let step = run.next();
  while (!step.done) {
    const plan = step.value;
    const { epoch, beginsAtS } = plan;
    const measure = (pilot: PlannedPilot, slot: number) =>
      pilot.listeners.map((user): MeasuredPilot | null => {
        const left = through(user, epoch);
        if (left === null) return null;
        const wave = array.steeringVector(placeM(user, beginsAtS));
        const { re, im } = transposeProduct(wave, codewordWeights(pilot.codeword, array.carrierHz));
        const random = new Random(3, 'noise', user, epoch, slot);
        const size = Math.sqrt(noise / 2);
        const power =
          (Math.sqrt(left) * re + size * random.normal()) ** 2 +
          (Math.sqrt(left) * im + size * random.normal()) ** 2;
        return { powers: Float32Array.of(power), noiseFloor: noise };
      });
    seen.push({
      plan,
      gains: plan.users.map(({ column }, user) => {
        if (column === null) return 0;
        const place = placeM(user, beginsAtS);
        evaluator.setChannel([{ gain: { re: 1, im: 0 }, positionM: place }]);
        return map.gain(column, place) / map.gain(codebook.column(evaluator.best()), place);
      }),
    });
    step = run.next({
      measured: plan.pilots.map(measure),
      sensors: plan.users.map((_, user) => sensors(user, epoch, placeM(user, beginsAtS))),
      next: epoch + 1 < numEpochs ? { epoch: epoch + 1, beginsAtS: (epoch + 1) * EPOCH_S } : null,
    });
  }
  return seen;
}

/** Mean gain of one user from an epoch on. */
export function meanGain(seen: readonly EpochSeen[], user: number, from: number): number {
  const gains = seen.slice(from).map(({ gains: all }) => all[user]!);
  return gains.reduce((sum, gain) => sum + gain / gains.length, 0);
}
