/**
 * Estimates are borne out by what was measured, or they are none: receivers that are stuck, saturated, hear noise alone or make
 * their powers up are told from users that are there.
 */
import { describe, expect, it } from 'vitest';
import { LinearArray } from '../../../src/array/linear-array.js';
import { channelVector, noiseVariance } from '../../../src/channel/channel.js';
import { drawPaths, drawPosition } from '../../../src/channel/paths.js';
import { beamOf } from '../../../src/channel/wideband/response.js';
import type { Codeword } from '../../../src/codebook/codeword.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { transposeProduct } from '../../../src/core/complex.js';
import { Random } from '../../../src/core/random.js';
import { powersOf } from '../../../src/sounding/powers.js';
import { runSounding } from '../../../src/sounding/run-sounding.js';
import { type Doubt, FALSE_ALARM, judge, type MeasuredBatch } from '../../../src/training/evidence.js';
import { chanceOfOrder, judging } from '../../../src/training/evidence-check.js';
import { carrierGains, placesAround, pointOfEstimate } from '../../../src/training/evidence-gains.js';
import { createScheme, schemeSchema } from '../../../src/training/registry.js';

interface Receiver {
  readonly noise: number;
  readonly power: (pilot: Codeword) => number;
}

const arrays = {
  small: new LinearArray({ numElements: 16, carrierHz: 28e9 }),
  large: new LinearArray({ numElements: 256, carrierHz: 100e9 }),
};
const polars = {
  small: new PolarCodebook(arrays.small, { numRings: 6 }),
  large: new PolarCodebook(arrays.large, { numRings: 6 }),
};
type Size = keyof typeof arrays;
const codewords = Array.from({ length: 6 * 16 }, (_, k) =>
  polars.small.codeword({ ring: 1 + Math.floor(k / 16), angleIndex: 1 + (k % 16) }),
);

function judged(size: Size, name: string, { noise, power }: Receiver, noiseExpected = true) {
  const scheme = createScheme(schemeSchema.parse(name), polars[size]);
  const batches: MeasuredBatch[] = [];
  const { result: estimate } = runSounding(scheme.start(), (pilots) => {
    const powers = powersOf(Float64Array.from(pilots, power), 1, noise);
    batches.push({ pilots, powers, numSaturated: 0 });
    return powers;
  });
  const array = arrays[size];
  const verdict = judging(batches, {
    noiseExpected,
    onlySubcarrier: null,
    perSubcarrier: false,
    numAveraged: 1,
    places: placesAround(array, pointOfEstimate(estimate)),
    gainsAt: carrierGains(
      array,
      batches.flatMap(({ pilots }) => pilots),
    )!,
  });
  let step = verdict.next();
  while (!step.done) {
    const powers = powersOf(Float64Array.from(step.value, power), 1, noise);
    step = verdict.next({ pilots: step.value, powers, numSaturated: 0 });
  }
  return { ...step.value, estimate };
}

/** How many of so many receivers are believed. */
function believed(size: Size, name: string, count: number, make: (k: number) => Receiver): number {
  let found = 0;
  for (let k = 0; k < count; k++) if (judged(size, name, make(k)).doubt === null) found++;
  return found;
}

/** A user in the near field; noise of a pilot of unit norm at this SNR. */
function user(
  size: Size,
  k: number,
  snrDb: number,
  ricianFactorDb = 13,
): Receiver & { readonly gain: (codeword: Codeword) => number } {
  const random = new Random(k, 'evidence', snrDb);
  const polar = polars[size];
  const region =
    size === 'large'
      ? {
          ringDistanceM: [polar.ringDistanceM(1), polar.ringDistanceM(5)] as const,
          angleRad: [-1, 1] as const,
        }
      : { ringDistanceM: [1, 20] as const, angleRad: [-1, 1] as const };
  const position = drawPosition(region, random);
  const paths = drawPaths(position, region, { ricianFactorDb, numScatterers: 5 }, random);
  const channel = channelVector(arrays[size], paths);
  const noise = noiseVariance(snrDb);
  const deviation = Math.sqrt(noise / 2);
  return {
    noise,
    gain: (codeword) => {
      const { re, im } = transposeProduct(channel, beamOf(codeword));
      return re * re + im * im;
    },
    power: (pilot) => {
      const { re, im } = transposeProduct(channel, beamOf(pilot));
      return (re + deviation * random.normal()) ** 2 + (im + deviation * random.normal()) ** 2;
    },
  };
}

/** Powers that have nothing to do with the pilot. */
function madeUp(draw: (random: Random) => number, noise: number): (k: number) => Receiver {
  return (k) => {
    const random = new Random(k, 'made up');
    return { noise, power: () => draw(random) };
  };
}

describe('the chance of an order', () => {
  it('is that of all ways to draw it', () => {
    // 8 of 16 ranks: one way to win all pairs, one to lose a single one, two to lose two.
    const strong = [9, 10, 11, 12, 13, 14, 15, 16];
    const weak = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(chanceOfOrder(strong, weak)).toBeCloseTo(1 / 12_870, 12);
    expect(chanceOfOrder([8, ...strong.slice(1)], [...weak.slice(0, 7), 9])).toBeCloseTo(2 / 12_870, 12);
    expect(chanceOfOrder(weak, strong)).toBe(1);
    expect(chanceOfOrder([1, 1], [1, 1])).toBe(1);
  });

  it('is as rare as it says, whatever the distribution', () => {
    let numRare = 0;
    for (let k = 0; k < 4000; k++) {
      const random = new Random(k, 'order');
      const draw = () => Array.from({ length: 8 }, () => 10 ** (3 * random.uniform()));
      if (chanceOfOrder(draw(), draw()) <= 0.05) numRare++;
    }
    expect(numRare / 4000).toBeLessThan(0.06);
    expect(numRare / 4000).toBeGreaterThan(0.03);
  });
});

const NARROWBAND = [
  'dpc',
  'far-field-sweep',
  'near-field-hierarchical',
  'spatial-chirp',
  'exhaustive',
] as const;
const doubtOf = (receiver: Receiver): Doubt | null => judged('small', 'far-field-sweep', receiver).doubt;

describe('a receiver at fault', () => {
  it.each([
    ['hears nothing', { noise: 0, power: () => 0 }, 'All 34 powers are 0'],
    ['is stuck', { noise: 0.01, power: () => 1.5 }, 'All 34 powers are the same, 1.5'],
    ['is at full scale', { noise: 1e-3, power: () => 3e38 }, 'the same'],
    ['says that it has no noise', { ...user('small', 1, 20), noise: 0 }, 'noise floor of 0'],
  ])('that %s is no evidence, and the reason says so', (_, receiver, reason) => {
    expect(doubtOf(receiver)?.what).toContain(reason);
  });

  it('whose full scale several pilots of a batch reach cannot tell which is stronger; one may', () => {
    const pilots = [
      polars.small.codeword({ ring: 6, angleIndex: 1 }),
      polars.small.codeword({ ring: 6, angleIndex: 9 }),
    ];
    const verdict = (numSaturated: number) =>
      judge([{ pilots, powers: powersOf(Float64Array.of(8, 80), 1, 0.01), numSaturated }], {
        noiseExpected: true,
        onlySubcarrier: null,
        perSubcarrier: false,
        numAveraged: 1,
        places: [],
        gainsAt: () => new Float64Array(0),
      }).doubt?.what ?? null;
    expect(verdict(2)).toContain('2 pilots of a batch are at the UE');
    expect(verdict(1)).toBeNull();
  });
});

describe.each(NARROWBAND)('%s', (name) => {
  const numSeeds = 100;

  it('does not find users in powers that are made up, whatever their distribution', () => {
    const flat = madeUp((random) => 1 + random.uniform(), 0.01);
    const wobble = madeUp((random) => 1 + 0.01 * random.uniform(), 1e-4);
    const fromZero = madeUp((random) => random.uniform(), 1e-4);
    const exponential = madeUp((random) => -Math.log(1 - random.uniform()), 1e-4);
    const noisy = madeUp((random) => -Math.log(1 - random.uniform()), 0.1);
    const decibels = madeUp((random) => 10 ** (3 * random.uniform()), 1e-6);
    // The fit alone lets one in eight pass, of chirps every second; sent again, the strongest pilot is none.
    for (const receiver of [flat, wobble, fromZero, exponential, noisy, decibels])
      expect(believed('small', name, numSeeds, receiver)).toBeLessThanOrEqual(numSeeds / 50);
  });

  it('takes noise for a signal no more often than it says', () => {
    const noise = madeUp((random) => -Math.log(1 - random.uniform()), 1);
    expect(believed('small', name, 1000, noise)).toBeLessThan(1000 * FALSE_ALARM * 10);
  });

  it('finds nobody at -40 dB', () => {
    expect(believed('small', name, 100, (k) => user('small', k, -40))).toBe(0);
  });

  it.each([
    [5, 13],
    [5, 3],
    [15, 13],
  ])(
    'believes at %i dB, Rician factor %i dB, what is right: beams within 3 dB of the best',
    (snrDb, ricianFactorDb) => {
      let numRight = 0;
      let numBelieved = 0;
      for (let k = 0; k < 100; k++) {
        const receiver = user('small', k, snrDb, ricianFactorDb);
        const { doubt, estimate } = judged('small', name, receiver);
        const gains = codewords.map((codeword) => receiver.gain(codeword));
        if (receiver.gain(estimate.codeword) < Math.max(...gains) / 2) continue;
        numRight++;
        if (doubt === null) numBelieved++;
      }
      // Of so few elements chirps find less than half of the users.
      expect(numRight).toBeGreaterThan((name === 'spatial-chirp' ? 30 : 50) * (snrDb < 15 ? 0.8 : 1));
      expect(numBelieved).toBeGreaterThanOrEqual(0.98 * numRight);
    },
  );
});

it('a large array tells everything that is made up from a user, and finds users with and without noise', () => {
  const numSeeds = 25;
  for (const name of ['dpc', 'far-field-sweep'] as const) {
    for (const draw of [
      (random: Random) => 1 + random.uniform(),
      (random: Random) => -Math.log(1 - random.uniform()),
      (random: Random) => 10 ** (6 * random.uniform()),
    ])
      expect(believed('large', name, numSeeds, madeUp(draw, 1e-6))).toBe(0);
    // DPC takes a wrong turn for one of them, and ends where there is nothing but noise: it was found elsewhere before.
    expect(believed('large', name, numSeeds, (k) => user('large', k, 10))).toBeGreaterThanOrEqual(
      numSeeds - 1,
    );
    const silent = judged('large', name, user('large', 3, Number.POSITIVE_INFINITY), false);
    expect(silent).toMatchObject({ doubt: null, evidence: { peakOverNoiseDb: null } });
    expect(silent.evidence.likeness).toBeGreaterThan(0.9);
  }
});
