/** An emulated radio with the board's slot output in its samples: powers by the side of what slots really brought. */
import { describe, expect, it } from 'vitest';
import type { SlotPower } from '../../../src/ue/power-source.js';
import { hearSlots, type RadioRun } from './radio-rig.js';

const SLOT_S = 1e-3;
const RATE_HZ = 1.92e6;
/** Samples of the middle half. */
const WINDOW_SAMPLES = (RATE_HZ * SLOT_S) / 2;
/** Half of the waveform's band is empty. */
const FILLED = 0.5;
/** The window cuts symbols at both ends, whose samples are not all of one size. */
const RELATIVE = 0.15;
const MOST_SIGMAS = 6;

type Heard = Awaited<ReturnType<typeof hearSlots>>;

function hear({ plan = {}, ...run }: RadioRun): Promise<Heard> {
  const trigger = { hasTrigger: true, sampleRateHz: RATE_HZ, slotDurationS: SLOT_S };
  return hearSlots({ ...run, plan: { ...trigger, ...plan } });
}

function isOf({ powers }: SlotPower, truth: number, noise: number): boolean {
  const signal = FILLED * truth;
  const deviation = Math.sqrt((2 * signal * noise + noise ** 2) / WINDOW_SAMPLES);
  return Math.abs(powers[0]! - noise - signal) <= RELATIVE * signal + MOST_SIGMAS * deviation;
}

function wrongOf({ records, truth, noise }: Heard): number[] {
  return records
    .filter((record) => !isOf(record, truth.get(record.slot)![0]!, noise))
    .map(({ slot }) => slot);
}

describe('a radio with a trigger', () => {
  it.each([
    ['sixteen bits', {}],
    ['eight bits without a sign', { plan: { format: 'cu8', gainDb: 12 } }],
    ['eight bits', { plan: { format: 'cs8', gainDb: 12 } }],
    ['a carrier that is far off', { plan: { carrierOffsetHz: -200e3 } }],
    ['a stream that tells no gaps', { plan: { tellsGaps: false } }],
    ['slots in which nothing is radiated', { isSilent: (slot: number) => slot % 3 === 0 }],
    ['little signal', { snrDb: 0 }],
  ] as const)('measures every slot, as it was: %s', async (_, run) => {
    const heard = await hear({ ...run, spreadDb: 20 });
    expect(wrongOf(heard)).toEqual([]);
    expect(heard.records.map(({ slot }) => slot)).toEqual(Array.from({ length: 40 }, (_, k) => 1000 + k));
    expect(heard.statistics).toMatchObject({ slots: 40, leftOut: 0, trigger: { bounces: 0, broken: 0 } });
  });

  it('tells the noise by quiet slots', async () => {
    const { records, noise } = await hear({ isSilent: (slot) => slot % 4 === 3 });
    const last = records.at(-1)!.noiseFloor;
    expect(last).toBeGreaterThan(0.9 * noise);
    expect(last).toBeLessThan(1.2 * noise);
  });

  it('finds 20 ppm of drift to 1 ppm, with a start that is known to 300 us', async () => {
    for (const clockDriftPpm of [20, -20]) {
      const { records, statistics } = await hear({ numSlots: 400, plan: { clockDriftPpm } });
      expect(records).toHaveLength(400);
      expect(Math.abs(statistics.driftPpm! - clockDriftPpm)).toBeLessThan(1);
    }
  });

  it('cannot tell slots apart when the start is known to half of one', async () => {
    await expect(hear({ plan: { startUncertaintyS: SLOT_S / 2 } })).rejects.toThrow(/not which one/);
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
      for (const seed of SEEDS) {
        const clockDriftPpm = seed % 2 === 0 ? 20 : -20;
        const plan = { dropShare: 0.01, dropSamples, tellsGaps, clockDriftPpm, startUncertaintyS: 300e-6 };
        const heard = await hear({ seed, numSlots: 200, spreadDb: 20, plan });
        expect(wrongOf(heard), `seed ${seed}`).toEqual([]);
        numReported += heard.records.length;
        numLikeNext += heard.records.filter((record) =>
          isOf(record, heard.truth.get(record.slot + 1)?.[0] ?? Infinity, heard.noise),
        ).length;
      }
      // The check tells slots from their neighbours: few of them pass for the next one.
      expect(numLikeNext).toBeLessThan(0.15 * numReported);
      expect(numReported).toBeGreaterThan(0.75 * 200 * SEEDS.length);
    },
  );
});
