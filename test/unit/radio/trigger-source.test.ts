/** Slots by a trigger: powers of a carrier, and what becomes of streams and triggers that are not as they should be. */
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import { sampleFormat } from '../../../src/radio/sample-format.js';
import { TriggerSource } from '../../../src/radio/trigger-source.js';
import {
  FIRST_SLOT,
  heard,
  RATE_HZ,
  SLOT_S,
  SLOT_SAMPLES,
  stream,
  type TriggerOutcome,
  wrongOf,
} from './trigger-rig.js';

const NUM_SLOTS = 40;
const END = (NUM_SLOTS + 2) * SLOT_SAMPLES;
const ALL = Array.from({ length: NUM_SLOTS }, (_, k) => FIRST_SLOT + k);
const slotsOf = ({ records }: TriggerOutcome) => records.map(({ slot }) => slot);
const without = (...left: number[]) => ALL.filter((slot) => !left.includes(slot - FIRST_SLOT));

describe('a carrier and a trigger', () => {
  it.each(['cs16', 'cu8', 'cs8'])('give the power of every slot, in %s', async (formatName) => {
    const outcome = await heard({
      pieces: stream(END, { formatName }),
      numSlots: NUM_SLOTS,
      options: { format: sampleFormat(formatName) },
    });
    expect(slotsOf(outcome)).toEqual(ALL);
    // Weak carriers go through few steps of eight bits.
    expect(wrongOf(outcome, formatName === 'cs16' ? undefined : 0.1)).toEqual([]);
    expect(outcome.troubles).toEqual([]);
    expect(outcome.statistics).toMatchObject({ clipped: 0, leftOut: 0, trigger: { periodS: SLOT_S } });
  });

  it('tell the noise of each slot by how samples of one amplitude differ', async () => {
    const { records } = await heard({ pieces: stream(END), numSlots: NUM_SLOTS });
    // 1e-6 of noise, and what sixteen bits add, a thousandth of that; of 500 samples.
    for (const { noiseFloor } of records) {
      expect(noiseFloor).toBeGreaterThan(0.7e-6);
      expect(noiseFloor).toBeLessThan(1.3e-6);
    }
  });

  it.each([3, 7, 333, 4096, 10_000])('do so in pieces of %i samples', async (size) => {
    const outcome = await heard({
      pieces: stream(END, { size }),
      numSlots: NUM_SLOTS,
      options: { settleS: 0 },
    });
    expect(slotsOf(outcome)).toEqual(ALL);
    expect(wrongOf(outcome)).toEqual([]);
  });

  it('begin where annotations say, whatever the lowest bits are', async () => {
    const starts = Array.from({ length: NUM_SLOTS + 22 }, (_, k) => k * SLOT_SAMPLES);
    const outcome = await heard({
      pieces: stream(END, { highSamples: 0 }),
      numSlots: NUM_SLOTS,
      options: { starts },
    });
    expect(slotsOf(outcome)).toEqual(ALL);
    expect(wrongOf(outcome)).toEqual([]);
  });

  it('change no power by being high', async () => {
    const quiet = await heard({ pieces: stream(END, { highSamples: 1 }), numSlots: NUM_SLOTS });
    const loud = await heard({ pieces: stream(END, { highSamples: 990 }), numSlots: NUM_SLOTS });
    loud.records.forEach(({ powers }, k) => {
      expect(Math.abs(powers[0]! / quiet.records[k]!.powers[0]! - 1)).toBeLessThan(1e-3);
    });
  });
});

describe('samples that are lost, untold', () => {
  it.each([
    ['less than a slot', 10_200, 10_600, [10]],
    ['some slots and a part', 10_200, 13_600, [10, 11, 12, 13]],
    ['exactly one slot', 10_200, 11_200, [10, 11]],
    ['exactly three slots, as a buffer is that long', 10_200, 13_200, [10, 11, 12, 13]],
    ['the middle of a slot and as much of the next', 10_400, 11_400, [10, 11]],
  ])('leave out what they are in, and no slot gets the power of another: %s', async (_, from, to, lost) => {
    const options = { settleS: 0 };
    const outcome = await heard({
      pieces: stream(END, { lost: [[from, to]] }),
      numSlots: NUM_SLOTS,
      options,
    });
    expect(wrongOf(outcome)).toEqual([]);
    // At most a slot more on either side, whose edges are doubtful.
    const missing = without(...slotsOf(outcome).map((slot) => slot - FIRST_SLOT)).map((s) => s - FIRST_SLOT);
    expect(missing).toEqual(expect.arrayContaining(lost));
    expect(missing.length).toBeLessThanOrEqual(lost.length + 2);
  });

  it('end a run where they are told, too', async () => {
    const pieces = stream(END, { lost: [[10_200, 11_200]] });
    pieces.splice((20_000 + 10_200) / 200, 0, null);
    const outcome = await heard({ pieces, numSlots: NUM_SLOTS });
    expect(wrongOf(outcome)).toEqual([]);
    expect(slotsOf(outcome)).toEqual(without(10, 11));
    expect(outcome.statistics.gaps).toBe(1);
  });

  it('are no other slot for any of 40 draws of bursts, slots or parts of them, at whatever lateness is allowed', async () => {
    let numReported = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed, 'bursts');
      const lost = Array.from({ length: 5 }, () => {
        const from = 200 * Math.floor(((NUM_SLOTS * SLOT_SAMPLES) / 200) * random.uniform());
        const length = seed % 2 === 0 ? SLOT_SAMPLES * (1 + Math.floor(3 * random.uniform())) : 400;
        return [from, from + length] as const;
      });
      const latencyS = 0.9 * SLOT_S;
      const outcome = await heard({
        pieces: stream(END, { lost, lateS: () => latencyS * random.uniform() * 0.7 }),
        numSlots: NUM_SLOTS,
        latencyS,
        options: { settleS: 0 },
      });
      expect(wrongOf(outcome), `seed ${seed}`).toEqual([]);
      numReported += outcome.records.length;
    }
    // Five bursts of one to four slots each out of forty.
    expect(numReported).toBeGreaterThan(0.4 * 40 * NUM_SLOTS);
  });
});

describe('samples that are held back beyond what was said', () => {
  const FROM = 12_400;
  const MANY_SLOTS = 120;
  const run = (lateS: (n: number) => number | undefined) =>
    heard({ pieces: stream((MANY_SLOTS + 2) * SLOT_SAMPLES, { lateS }), numSlots: MANY_SLOTS });

  it.each([
    // What was taken meanwhile comes at once, when the program goes on.
    ['all at once, as a program stands still', (n: number) => (FROM + 3000 - n) / RATE_HZ],
    ['by two slots, for four', () => 2.2 * SLOT_S],
    ['by one slot, for four', () => 1.2 * SLOT_S],
  ])('%s: no slot becomes another, and later ones are told again', async (_, lateS) => {
    const outcome = await run((n) => (n >= FROM && n < FROM + 4000 ? Math.max(1e-3, lateS(n)) : undefined));
    expect(wrongOf(outcome)).toEqual([]);
    // Times are believed again after fifty slots.
    expect(outcome.records.length).toBeGreaterThan(MANY_SLOTS - 62);
    expect(outcome.statistics.trigger!.contradictions).toBeGreaterThan(0);
  });

  it('ever more, as the program is too slow by a twentieth: no slot becomes another', async () => {
    const outcome = await run((n) => (n >= FROM ? 1e-3 + (0.05 * (n - FROM)) / RATE_HZ : 1e-3));
    expect(wrongOf(outcome)).toEqual([]);
    expect(outcome.records.length).toBeGreaterThanOrEqual(12);
  });
});

describe('a trigger that is not as it should be', () => {
  it('bounces: what follows an edge at once is none', async () => {
    const markOf = (n: number) => {
      const k = ((n % SLOT_SAMPLES) + SLOT_SAMPLES) % SLOT_SAMPLES;
      return k < 50 && k !== 3 && k !== 9;
    };
    const outcome = await heard({ pieces: stream(END, { markOf }), numSlots: NUM_SLOTS });
    expect(slotsOf(outcome)).toEqual(ALL);
    expect(wrongOf(outcome)).toEqual([]);
    expect(outcome.statistics.trigger!.bounces).toBeGreaterThanOrEqual(2 * NUM_SLOTS);
  });

  it('has edges where there are no slots: the slot with one is left out', async () => {
    const spikes = new Set([10_700, 20_300]);
    const markOf = (n: number) => ((n % SLOT_SAMPLES) + SLOT_SAMPLES) % SLOT_SAMPLES < 50 || spikes.has(n);
    const outcome = await heard({ pieces: stream(END, { markOf }), numSlots: NUM_SLOTS });
    expect(slotsOf(outcome)).toEqual(without(10, 20));
    expect(wrongOf(outcome)).toEqual([]);
  });

  it('lacks an edge: that slot is left out', async () => {
    const markOf = (n: number) =>
      ((n % SLOT_SAMPLES) + SLOT_SAMPLES) % SLOT_SAMPLES < 50 && Math.floor(n / 1000) !== 17;
    const outcome = await heard({ pieces: stream(END, { markOf }), numSlots: NUM_SLOTS });
    expect(slotsOf(outcome)).toEqual(without(17));
    expect(wrongOf(outcome)).toEqual([]);
  });

  const random = new Random(3, 'bits');
  it.each([
    ['stays low', { highSamples: 0 }, /no edge in .* and is low/],
    ['stays high', { highSamples: SLOT_SAMPLES }, /no edge in .* and is high/],
    ['is noise', { markOf: () => random.uniform() < 0.5 }, /lowest bit of I is noise/],
    [
      'has another period',
      { markOf: (n: number) => ((n % 1300) + 1300) % 1300 < 50 },
      /come every 13 ms, and slots last 10 ms/,
    ],
    [
      'is not where slots are',
      { markOf: (n: number) => (((n - 450) % 1000) + 1000) % 1000 < 50 },
      /where no slot begins by the clock/,
    ],
  ])('%s: no power, and it is said', async (_, how, said) => {
    // Slots are known to 1 ms either way.
    const outcome = await heard({
      pieces: stream(150 * SLOT_SAMPLES, how),
      numSlots: 100,
      latencyS: 0.2 * SLOT_S,
    });
    expect(outcome.records).toEqual([]);
    expect(outcome.troubles[0]).toMatch(said);
    expect(outcome.troubles.length).toBeLessThanOrEqual(3);
  });
});

describe('what a trigger cannot do', () => {
  const options = {
    sampleRateHz: RATE_HZ,
    slotDurationS: SLOT_S,
    format: sampleFormat('cs16'),
    starts: null,
    uncertaintyS: 0.3 * SLOT_S,
    settleS: 0,
  };
  const timing = { slot: 5, startS: 1, slotDurationS: SLOT_S, uncertaintyS: 0, maxDrift: 1e-4 };

  it.each([
    ['time is known to half a slot', { ...timing, uncertaintyS: 0.2 * SLOT_S }, /not which one it is/],
    ['slots have another duration', { ...timing, slotDurationS: 2 * SLOT_S }, /they last 0.02 s/],
    ['nobody says when slots are', null, /did not say/],
  ])('slots are not told apart when %s', async (_, of, said) => {
    const source = new TriggerSource(options);
    source.samples(new Uint8Array(4), { leastS: 0, mostS: 0 });
    await expect(source.listenFor([5, 6], of)).rejects.toThrow(said);
  });

  it('floats have no lowest bit, and slots of few samples no power', () => {
    const bad = { code: 'BAD_ARGUMENT' };
    expect(() => new TriggerSource({ ...options, format: sampleFormat('cf32') })).toThrow(
      expect.objectContaining(bad),
    );
    expect(() => new TriggerSource({ ...options, sampleRateHz: 6000 })).toThrow(expect.objectContaining(bad));
  });
});
