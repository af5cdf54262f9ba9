import { describe, expect, it } from 'vitest';
import type { RadiatedWeights } from '../../../drivers/emulator/rf.js';
import { Band } from '../../../src/array/band.js';
import { LinearArray, polarPointM } from '../../../src/array/linear-array.js';
import type { Path } from '../../../src/channel/paths.js';
import { createSubcarrierSum } from '../../../src/channel/wideband/subcarrier-sum.js';
import { EmulatedUe } from '../../../src/emulation/emulated-ue.js';
import { isSensorReport } from '../../../src/ue/power-source.js';

const SPEED = 3e8;
const array = new LinearArray({ numElements: 32, carrierHz: 100e9, speedOfLightMPerS: SPEED });
const paths: Path[] = [
  { gain: { re: 0.8, im: 0.1 }, positionM: polarPointM(3, 0.4) },
  { gain: { re: -0.2, im: 0.5 }, positionM: polarPointM(5, -0.9) },
];

/** The definition, term by term: sum over elements and paths of g w exp(-j 2 pi f (d / c + tau)). */
function byDefinition({ re, im, delayS }: RadiatedWeights, frequencyHz: number) {
  let sumRe = 0;
  let sumIm = 0;
  for (let n = 0; n < 32; n++) {
    const y = (n - 15.5) * (SPEED / 100e9 / 2);
    for (const { gain, positionM } of paths) {
      const distanceM = Math.hypot(positionM[0], positionM[1] - y);
      const phase = -2 * Math.PI * frequencyHz * (distanceM / SPEED + (delayS?.[n] ?? 0));
      const wRe = re[n]! * Math.cos(phase) - im[n]! * Math.sin(phase);
      const wIm = re[n]! * Math.sin(phase) + im[n]! * Math.cos(phase);
      sumRe += gain.re * wRe - gain.im * wIm;
      sumIm += gain.re * wIm + gain.im * wRe;
    }
  }
  return sumRe ** 2 + sumIm ** 2;
}

async function read(ue: EmulatedUe, count: number) {
  const stop = new AbortController();
  const records = [];
  for await (const record of ue.powers(stop.signal)) {
    if (isSensorReport(record)) throw new Error('it has no sensors');
    records.push(record);
    if (records.length === count) break;
  }
  stop.abort();
  return records;
}

/** Slots of 1 s, the first of which begins at 0. */
const TIMING = { slot: 0, startS: 0, slotDurationS: 1, uncertaintyS: 0.1, maxDrift: 1e-5 };

const inSlot = (slot: number, weights: RadiatedWeights | null) => ({
  fromS: slot,
  untilS: slot + 1,
  weights,
});

describe('receiver of an emulated UE', () => {
  it.each([
    [1, false],
    [1, true],
    [5, false],
    [5, true],
  ])(
    'receives what the channel makes of it on every subcarrier (%i subcarriers, delays: %s)',
    async (numSubcarriers, delays) => {
      const band = new Band({ carrierHz: 100e9, bandwidthHz: 3e9, numSubcarriers });
      const subcarriers = numSubcarriers === 1 ? null : createSubcarrierSum(32, band);
      const options = { ueId: 'a', array, paths, snrDb: Number.POSITIVE_INFINITY, seed: 1, subcarriers };
      const ue = new EmulatedUe(options);
      const weights: RadiatedWeights = {
        re: Float64Array.from({ length: 32 }, (_, n) => Math.cos(n * n)),
        im: Float64Array.from({ length: 32 }, (_, n) => Math.sin(n * n)),
        delayS: delays ? Float64Array.from({ length: 32 }, (_, n) => 3e-9 + n * 7e-12) : null,
      };
      ue.listenFor([4], TIMING);
      ue.hear(inSlot(4, weights));
      const [record] = await read(ue, 1);
      expect(record).toMatchObject({ slot: 4, ueTimeS: 4, noiseFloor: 0 });
      expect(record!.powers).toHaveLength(numSubcarriers);
      band.frequenciesHz.forEach((frequencyHz, k) => {
        const power = byDefinition(weights, frequencyHz);
        // float32 on the wire.
        expect(Math.abs(record!.powers[k]! / power - 1)).toBeLessThan(1e-6);
      });
    },
  );

  it('measures the slots it was asked for, once each, and no others', async () => {
    const ue = new EmulatedUe({ ueId: 'a', array, paths, snrDb: 10, seed: 1, subcarriers: null });
    ue.hear(inSlot(0, null));
    ue.listenFor([2, 5], TIMING);
    for (const slot of [1, 2, 3, 5, 5, 2]) ue.hear(inSlot(slot, null));
    ue.listenFor([6], TIMING);
    ue.hear(inSlot(6, null));
    expect((await read(ue, 3)).map(({ slot }) => slot)).toEqual([2, 5, 6]);
  });

  it('adds noise of the right power', async () => {
    const ue = new EmulatedUe({ ueId: 'a', array, paths, snrDb: 7, seed: 1, subcarriers: null });
    const slots = Array.from({ length: 4000 }, (_, slot) => slot);
    ue.listenFor(slots, TIMING);
    for (const slot of slots) ue.hear(inSlot(slot, null));
    const records = await read(ue, slots.length);
    const variance = 10 ** -0.7;
    const mean = records.reduce((sum, { powers }) => sum + powers[0]!, 0) / slots.length;
    // Exponentially distributed powers: the mean of 4000 is good to 1.6 %; five of those.
    expect(Math.abs(mean / variance - 1)).toBeLessThan(0.08);
    expect(records[0]!.noiseFloor).toBeCloseTo(variance, 12);
  });

  it('clips at its full scale', async () => {
    const ue = new EmulatedUe({
      ueId: 'a',
      array,
      paths,
      snrDb: 7,
      fullScale: 0.2,
      seed: 1,
      subcarriers: null,
    });
    const free = new EmulatedUe({ ueId: 'a', array, paths, snrDb: 7, seed: 1, subcarriers: null });
    const slots = Array.from({ length: 100 }, (_, slot) => slot);
    const measured = async (one: EmulatedUe) => {
      one.listenFor(slots, TIMING);
      for (const slot of slots) one.hear(inSlot(slot, null));
      return (await read(one, slots.length)).map(({ powers }) => powers[0]!);
    };
    const unclipped = await measured(free);
    expect(Math.max(...unclipped)).toBeGreaterThan(0.2);
    expect(await measured(ue)).toEqual(unclipped.map((power) => Math.min(power, Math.fround(0.2))));
  });
});
