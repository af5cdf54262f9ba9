/** From samples to powers of slots, by the side of what the slots really brought. */
import { describe, expect, it } from 'vitest';
import type { SlotPower } from '../../../src/ue/power-source.js';
import { hearSlots, type RadioRun, SLOT_S } from './radio-rig.js';

/** Deviations by which a mean over a slot may be off. */
const MOST_SIGMAS = 6;
/** What quantisation, rounding of places and the other symbols of the slot add, of the power. */
const RELATIVE = 0.03;

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** Whether powers are those of a slot: of each subcarrier, and in the mean. */
function isOf({ powers, noiseFloor }: SlotPower, truth: ArrayLike<number>): boolean {
  const errorOf = (got: number, want: number, count: number) =>
    Math.abs(got - noiseFloor - want) /
    (RELATIVE * want + MOST_SIGMAS * Math.sqrt((2 * want * noiseFloor + noiseFloor ** 2) / count) + 1e-12);
  return errorOf(mean(powers), mean(truth), 64) <= 1;
}

async function wrongSlots(run: RadioRun) {
  const { records, truth, statistics } = await hearSlots(run);
  const wrong = records.filter((record) => !isOf(record, truth.get(record.slot)!)).map(({ slot }) => slot);
  const swapped = records.filter((record) => isOf(record, truth.get(record.slot + 1) ?? [Infinity]));
  return { wrong, numReported: records.length, numLikeNext: swapped.length, statistics };
}

describe('powers of a radio', () => {
  it.each([
    ['one power a slot', {}],
    [
      'many subcarriers',
      { numSubcarriers: 256, numSlots: 18, plan: { numPilots: 256, sampleRateHz: 30.72e6 } },
    ],
    ['more pilots than subcarriers', { numSubcarriers: 48, plan: { numPilots: 64 } }],
    ['beams of 30 dB from weak to strong', { spreadDb: 30 }],
    ['eight bits without a sign', { plan: { format: 'cu8' } }],
    ['eight bits', { plan: { format: 'cs8' } }],
    ['floats', { plan: { format: 'cf32' } }],
    ['little signal', { snrDb: -3 }],
    ['a carrier that is off by less than a subcarrier', { plan: { carrierOffsetHz: 21e3 } }],
    ['a carrier that is off by several subcarriers', { plan: { carrierOffsetHz: -200e3 } }],
    ['a stream that tells no gaps', { plan: { tellsGaps: false } }],
    ['slots in which nothing is radiated', { isSilent: (slot: number) => slot % 3 === 0 }],
  ] as const)('are those of their slots: %s', async (_, run) => {
    const { wrong, numReported } = await wrongSlots(run);
    expect(wrong).toEqual([]);
    const numSlots = 'numSlots' in run ? run.numSlots : 40;
    // Where nothing was radiated nothing proves which slot it is but what lies around it.
    expect(numReported).toBeGreaterThanOrEqual(numSlots - 2);
  });

  it('have a noise floor that is what noise adds, and no bias beyond a tenth of it', async () => {
    const { records, truth, scale } = await hearSlots({ numSlots: 200, snrDb: 0 });
    // The slot's 15 symbols of 7.68 MHz are averaged; noise of a symbol is 1 of the scale.
    const repeats = 12;
    const floor = mean(records.map(({ noiseFloor }) => noiseFloor));
    expect(floor).toBeGreaterThan((0.95 * scale) / repeats);
    expect(floor).toBeLessThan((1.05 * scale) / repeats);
    const bias = mean(
      records.map(({ slot, powers, noiseFloor }) => mean(powers) - noiseFloor - mean(truth.get(slot)!)),
    );
    expect(Math.abs(bias)).toBeLessThan(0.1 * floor);
  });

  it('find 20 ppm of drift to 1 ppm, and a start that is known to 300 us', async () => {
    for (const clockDriftPpm of [20, -20]) {
      const { records, statistics } = await hearSlots({ numSlots: 400, plan: { clockDriftPpm } });
      expect(records).toHaveLength(400);
      expect(Math.abs(statistics.driftPpm! - clockDriftPpm)).toBeLessThan(1);
      const lateS = records.map(({ ueTimeS, slot }) => ueTimeS - (1.234 + (slot - 1000) * SLOT_S));
      // All of them off by what the start is off by, which the UE cannot know, and by the drift since.
      expect(Math.abs(lateS[0]!)).toBeLessThan(300e-6);
      expect(Math.abs(lateS[0]!)).toBeGreaterThan(10e-6);
      const drifted = lateS.at(-1)! - lateS[0]! - clockDriftPpm * 1e-6 * 399 * SLOT_S;
      expect(Math.abs(drifted)).toBeLessThan(1e-6);
    }
  });
});

describe('a stream that loses bursts of samples', () => {
  const SEEDS = Array.from({ length: 20 }, (_, k) => k + 1);

  it.each([
    [300, false],
    [1000, false],
    [5000, false],
    [1000, true],
  ])(
    'gives no slot the power of another: 1 in 100, in bursts of %i, told: %s',
    async (dropSamples, tellsGaps) => {
      let numReported = 0;
      let numLikeNext = 0;
      let numBursts = 0;
      for (const seed of SEEDS) {
        const run = await wrongSlots({
          seed,
          numSlots: 200,
          spreadDb: 30,
          plan: {
            dropShare: 0.01,
            dropSamples,
            tellsGaps,
            clockDriftPpm: 20,
            startUncertaintyS: tellsGaps ? 300e-6 : 2e-3,
          },
        });
        expect(run.wrong, `seed ${seed}`).toEqual([]);
        numReported += run.numReported;
        numLikeNext += run.numLikeNext;
        numBursts += run.statistics.found - 1;
      }
      // The check tells slots from their neighbours: few of them pass for the next one.
      expect(numLikeNext).toBeLessThan(0.1 * numReported);
      expect(numReported).toBeGreaterThan(0.6 * 200 * SEEDS.length);
      expect(numBursts).toBeGreaterThan(dropSamples < 2000 ? 10 : 2);
    },
  );
});
