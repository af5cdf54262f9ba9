import { describe, expect, it } from 'vitest';
import { Band } from '../../../src/array/band.js';
import { LinearArray } from '../../../src/array/linear-array.js';
import { CarrierReceiver } from '../../../src/channel/carrier-receiver.js';
import { createMotion, type MotionPlan } from '../../../src/channel/motion/create-motion.js';
import { type SensorPlan, Sensors } from '../../../src/channel/motion/sensors.js';
import { WALK_DEFAULTS } from '../../../src/channel/motion/walk.js';
import { pathsFrom } from '../../../src/channel/moving-paths.js';
import type { Path } from '../../../src/channel/paths.js';
import { noisyPowers } from '../../../src/channel/slot-noise.js';
import { createSubcarrierSum } from '../../../src/channel/wideband/subcarrier-sum.js';
import { EmulatedUe, type EmulatedUeOptions } from '../../../src/emulation/emulated-ue.js';
import { isSensorReport, type SensorReport, type SlotPower } from '../../../src/ue/power-source.js';

const array = new LinearArray({ numElements: 32, carrierHz: 30e9, speedOfLightMPerS: 3e8 });
const paths: Path[] = [
  { gain: { re: 0.9, im: 0.1 }, positionM: [20, 0] },
  { gain: { re: 0.1, im: 0.4 }, positionM: [10, 8] },
];
const plan: MotionPlan = { ...WALK_DEFAULTS, kind: 'walk', startM: [20, 0], stepS: 0.02, turnRad: 0.1 };
const weights = {
  re: Float64Array.from({ length: 32 }, (_, n) => Math.cos(n * n)),
  im: Float64Array.from({ length: 32 }, (_, n) => Math.sin(n * n)),
  delayS: null,
};
const SLOT_S = 0.01;
/** Slot 0 begins at this time of the UE's clock. */
const timingFrom = (startS: number) => ({
  slot: 0,
  startS,
  slotDurationS: SLOT_S,
  uncertaintyS: 0,
  maxDrift: 0,
});

const walker = () => createMotion(plan, 7, 'ue1');
const sensorPlan: SensorPlan = {
  positionM: 0.5,
  velocity: { speedMPerS: 1, headingRad: 0.2 },
  rateHz: 50,
  latencyS: 0.015,
  gapsS: [],
  outliers: null,
  lie: null,
};

function moving(options: Partial<EmulatedUeOptions> = {}): EmulatedUe {
  const base = { ueId: 'ue1', array, paths, snrDb: 20, seed: 7, subcarriers: null, motion: walker() };
  return new EmulatedUe({ ...base, ...options });
}

/** What comes of listening in slots; the motion begins when the UE's clock shows `originS`. */
async function heard(ue: EmulatedUe, slots: readonly number[], originS = 0) {
  ue.listenFor(slots, timingFrom(originS));
  for (const slot of slots) {
    const fromS = originS + slot * SLOT_S;
    ue.hear({ fromS, untilS: fromS + SLOT_S, weights });
  }
  const stop = new AbortController();
  const items: (SlotPower | SensorReport)[] = [];
  for await (const item of ue.powers(stop.signal)) {
    items.push(item);
    if (!isSensorReport(item) && item.slot === slots.at(-1)) break;
  }
  return items;
}

const powersOf = (items: readonly (SlotPower | SensorReport)[]) =>
  items.flatMap((item) => (isSensorReport(item) ? [] : [item]));
const reportsOf = (items: readonly (SlotPower | SensorReport)[]) => items.filter(isSensorReport);

describe('an emulated UE that moves', () => {
  const slots = Array.from({ length: 100 }, (_, k) => 3 * k);

  it('hears each slot through the channel of where it is then', async () => {
    const motion = walker();
    for (const { slot, powers } of powersOf(await heard(moving(), slots))) {
      const now = pathsFrom(paths, [20, 0], motion.positionAt(slot * SLOT_S), array);
      const received = new CarrierReceiver(array, now).receive(weights);
      const [expected] = noisyPowers(received, 1, 0.01, 7, 'ue1', slot);
      expect(Math.abs(powers[0]! / expected! - 1)).toBeLessThan(1e-5);
    }
  });

  it('reports the same from the middle of its way on, after a restart', async () => {
    const whole = powersOf(await heard(moving(), slots));
    const rest = powersOf(await heard(moving(), slots.slice(60)));
    expect(rest).toEqual(whole.slice(60));
  });

  it('walks from when its clock shows the beginning', async () => {
    const early = powersOf(await heard(moving(), slots.slice(0, 20)));
    const late = powersOf(await heard(moving({ motionOriginS: 1000 }), slots.slice(0, 20), 1000));
    late.forEach(({ powers, ueTimeS }, k) => {
      expect(powers[0]! / early[k]!.powers[0]!).toBeCloseTo(1, 5);
      expect(ueTimeS).toBeCloseTo(1000 + early[k]!.ueTimeS, 9);
    });
  });

  it('hears noise alone while it is blocked', async () => {
    const items = powersOf(await heard(moving({ blockedS: [[0.5, 1]] }), slots));
    const free = powersOf(await heard(moving(), slots));
    items.forEach(({ slot, powers }, k) => {
      const isBlocked = slot * SLOT_S >= 0.5 && slot * SLOT_S < 1;
      const expected = isBlocked ? noisyPowers(null, 1, 0.01, 7, 'ue1', slot) : free[k]!.powers;
      expect(powers).toEqual(expected);
    });
  });

  it('measures all subcarriers', async () => {
    const band = new Band({ carrierHz: 30e9, bandwidthHz: 1e9, numSubcarriers: 8 });
    const subcarriers = createSubcarrierSum(32, band);
    const items = powersOf(await heard(moving({ subcarriers, snrDb: Infinity }), [0, 50, 100]));
    expect(items.map(({ powers }) => powers.length)).toEqual([8, 8, 8]);
    expect(items[1]!.powers[3]).not.toBeCloseTo(items[0]!.powers[3]!, 6);
    expect(items[2]!.powers[3]).not.toBeCloseTo(items[1]!.powers[3]!, 6);
  });
});

describe('an emulated UE with sensors', () => {
  const sensing = () => moving({ sensors: new Sensors(sensorPlan, walker(), 7, 'ue1') });

  it('sends a reading before the power of the first slot that begins when it is ready', async () => {
    const items = await heard(sensing(), [0, 1, 2, 3, 4, 10]);
    // Measured at 0, 20, 40, … ms and ready 15 ms later; slots begin at 0, 10, 20, 30, 40 and 100 ms.
    expect(items.map((item) => (isSensorReport(item) ? `at ${item.ueTimeS * 1e3}` : item.slot))).toEqual([
      ...[0, 1, 'at 0', 2, 3, 'at 20', 4, 'at 40', 'at 60', 'at 80', 10],
    ]);
    expect(reportsOf(items).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  });

  it('sends the same again after a restart, with the same numbers', async () => {
    const whole = reportsOf(await heard(sensing(), [10, 50, 90]));
    expect(reportsOf(await heard(sensing(), [90]))).toEqual(whole);
    expect(whole).toHaveLength(45);
  });
});
