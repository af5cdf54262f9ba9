import { describe, expect, it } from 'vitest';
import { LinearArray, polarPointM } from '../../../src/array/linear-array.js';
import { channelVector, drawNoise } from '../../../src/channel/channel.js';
import { DirectEvaluator } from '../../../src/channel/direct-evaluator.js';
import { createEvaluator } from '../../../src/channel/evaluator.js';
import { drawPaths, drawPosition, type Path, type UserRegion } from '../../../src/channel/paths.js';
import { FastEvaluator } from '../../../src/channel/screening/fast-evaluator.js';
import { DftCodebook } from '../../../src/codebook/dft.js';
import { DpcCodebook } from '../../../src/codebook/dpc.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { codewordWeights } from '../../../src/codebook/weights.js';
import { type ComplexVector, complexVector, transposeProduct } from '../../../src/core/complex.js';
import { Random } from '../../../src/core/random.js';

const at100GHz = (numElements: number) =>
  new LinearArray({ numElements, carrierHz: 100e9, speedOfLightMPerS: 3e8 });

/** The evaluators of one codebook; building them takes longer than most tests, so they are shared. */
const evaluatorsOf = new Map<number, ReturnType<typeof buildEvaluators>>();

function buildEvaluators(numElements: number) {
  const array = at100GHz(numElements);
  const polar = new PolarCodebook(array, { numRings: 6 });
  // Ring distances of N = 512, scaled with the near field.
  const rings = (nearM: number, farM: number): readonly [number, number] => {
    const scale = (numElements / 512) ** 2;
    return [nearM * scale, farM * scale];
  };
  return { array, polar, fast: new FastEvaluator(polar), direct: new DirectEvaluator(polar), rings };
}

function setUp(numElements: number) {
  const built = evaluatorsOf.get(numElements) ?? buildEvaluators(numElements);
  evaluatorsOf.set(numElements, built);
  return built;
}

function users(region: UserRegion, numUsers: number, ricianFactorDb: number, seed: string): Path[][] {
  return Array.from({ length: numUsers }, (_, user) => {
    const random = new Random(11, seed, user);
    return drawPaths(drawPosition(region, random), region, { numScatterers: 5, ricianFactorDb }, random);
  });
}

describe('fast evaluation', () => {
  const sixty = [-Math.PI / 3, Math.PI / 3] as const;
  const all = [-Math.PI / 2, Math.PI / 2] as const;
  const edge = [1.35, Math.PI / 2] as const;

  it.each<[string, number, number, number, readonly [number, number], number, number]>([
    ['users of the paper', 512, 12, 80, sixty, 13, 40],
    ['users close by', 512, 1, 14, sixty, 13, 15],
    ['users at every angle', 512, 5, 400, all, 13, 15],
    ['users at the edge', 512, 12, 80, edge, 13, 15],
    ['no strong path', 512, 12, 80, sixty, -10, 15],
    ['line of sight only', 512, 12, 80, sixty, Infinity, 15],
    ['users of the paper', 128, 12, 80, sixty, 13, 300],
    ['users at every angle', 64, 1, 500, all, 3, 500],
    ['users at the edge', 64, 12, 80, edge, 13, 300],
    ['users at every angle', 16, 5, 100, all, 13, 500],
    ['users at every angle', 32, 5, 100, all, 0, 500],
  ])(
    'finds what evaluating the whole codebook finds: %s, N = %i',
    (name, numElements, nearM, farM, angleRad, ricianFactorDb, numUsers) => {
      const { polar, fast, direct, rings } = setUp(numElements);
      const region = { ringDistanceM: rings(nearM, farM), angleRad };
      const random = new Random(12, name);
      const noise = complexVector(polar.numCodewords);
      for (const paths of users(region, numUsers, ricianFactorDb, name)) {
        fast.setChannel(paths);
        direct.setChannel(paths);
        const best = direct.best();
        expect(fast.best()).toEqual(best);
        const variance = 10 ** -random.integer(5);
        fillWithNoise(noise, variance, random);
        expect(fast.bestWithNoise(noise)).toEqual(direct.bestWithNoise(noise));
        expect(fast.best()).toEqual(best);
      }
    },
  );

  it.each<[number, number, number, number, readonly [number, number]]>([
    [512, 256, 3, 200, sixty],
    [512, 256, 0.7, 15, all],
    [128, 64, 0.3, 20, all],
    [128, 16, 0.3, 20, all],
  ])(
    'finds the best of fewer angles than elements: N = %i, M = %i',
    (numElements, numAngles, nearM, farM, angleRad) => {
      const array = new LinearArray({ numElements, carrierHz: 60e9 });
      const polar = new PolarCodebook(array, {
        numRings: 8,
        numAngles,
        withInfinity: false,
        name: 'tracking',
      });
      const fast = new FastEvaluator(polar);
      const direct = new DirectEvaluator(polar);
      const region = { ringDistanceM: [nearM, farM], angleRad } as const;
      const noise = complexVector(polar.numCodewords);
      const random = new Random(13, numAngles);
      for (const paths of users(region, 60, 13, `fold ${numElements}`)) {
        fast.setChannel(paths);
        direct.setChannel(paths);
        expect(fast.best()).toEqual(direct.best());
        fillWithNoise(noise, 0.01, random);
        expect(fast.bestWithNoise(noise)).toEqual(direct.bestWithNoise(noise));
      }
    },
  );

  it.each<[string, number, readonly [number, number], number]>([
    ['users of the paper', 512, sixty, 13],
    ['users at every angle', 256, all, 13],
    ['no strong path', 64, sixty, -10],
    ['users at the edge', 64, edge, 13],
    ['few elements', 16, all, 0],
  ])(
    'finds the strongest of some columns in any noise: %s, N = %i',
    (name, numElements, angleRad, factorDb) => {
      const { polar, fast, direct, rings } = setUp(numElements);
      const random = new Random(16, name);
      const numUsers = numElements > 64 ? 40 : 1000;
      const noise = complexVector(polar.numCodewords);
      let numAsked = 0;
      for (const paths of users({ ringDistanceM: rings(6, 200), angleRad }, numUsers, factorDb, name)) {
        fast.setChannel(paths);
        direct.setChannel(paths);
        const numColumns = 1 + random.integer(80);
        const first = fast.best().angleIndex + polar.numAngles - 6;
        // Around the best, on all rings, in no order, some of them twice.
        const columns = Int32Array.from({ length: numColumns }, () =>
          polar.column({
            ring: 1 + random.integer(polar.numRings),
            angleIndex: 1 + ((first + random.integer(12)) % polar.numAngles),
          }),
        );
        for (const variance of [0, 1e-4, 0.01, 1, 100]) {
          if (variance === 0) fillWithNothing(noise);
          else fillWithNoise(noise, variance, random);
          const most = Math.max(...noise.re.map((re, k) => Math.hypot(re, noise.im[k]!)));
          const asked = new Set<number>();
          const found = fast.strongestOf(columns, {
            most,
            at: (column) => {
              asked.add(column);
              return { re: noise.re[column]!, im: noise.im[column]! };
            },
          });
          if (variance === 1e-4) numAsked += asked.size / new Set(columns).size / numUsers;
          let best = 0;
          const powers = Array.from(columns, (column) => {
            const { re, im } = fast.receive(polar.codewordAt(column));
            return (re + noise.re[column]!) ** 2 + (im + noise.im[column]!) ** 2;
          });
          for (let k = 1; k < numColumns; k++) if (powers[k]! > powers[best]!) best = k;
          expect(found).toBe(best);
          // By another way of adding up, to its rounding.
          const truth = direct.receive(polar.codewordAt(columns[best]!));
          const column = columns[best]!;
          const power = (truth.re + noise.re[column]!) ** 2 + (truth.im + noise.im[column]!) ** 2;
          expect(Math.abs(power - powers[best]!)).toBeLessThan(1e-8 * (numElements + most ** 2));
        }
      }
      // In little noise few need theirs.
      if (numElements === 512) expect(numAsked).toBeLessThan(0.5);
    },
  );

  it('does not tell the strongest of some columns where single precision cannot', () => {
    const { fast } = setUp(64);
    const noise = { most: 0, at: () => ({ re: 0, im: 0 }) };
    for (const [gain, told] of [
      [Number.NaN, null],
      [1e31, null],
      [0, null],
      [1e-32, null],
      [1e25, 1],
      [1e-25, 1],
    ] as const) {
      fast.setChannel([{ gain: { re: gain, im: 0 }, positionM: polarPointM(1, 0.1) }]);
      // On the innermost ring elsewhere, and at infinity in the user's direction.
      expect(fast.strongestOf(Int32Array.of(5, 5 * 64 + 35), noise)).toBe(told);
    }
  });

  // BEAMLOOP_TEST_LABELS=20000 for as many users as labels may be wanted for: minutes.
  it('labels users uniform by area as exhaustive search does, in the setting of learned trackers', () => {
    const asked = process.env.BEAMLOOP_TEST_LABELS;
    const numUsers = Number(asked ?? 60);
    expect(numUsers).toBeGreaterThan(0);
    const array = new LinearArray({ numElements: 512, carrierHz: 60e9 });
    const polar = new PolarCodebook(array, {
      numRings: 8,
      numAngles: 256,
      withInfinity: false,
      name: 'tracking',
    });
    const fast = new FastEvaluator(polar);
    const direct = new DirectEvaluator(polar);
    const random = new Random(14, 'labels');
    const draw = (variance: number): Path => {
      const scale = Math.sqrt(variance / 2);
      const distanceM = Math.sqrt(3 ** 2 + (200 ** 2 - 3 ** 2) * random.uniform());
      return {
        gain: { re: scale * random.normal(), im: scale * random.normal() },
        positionM: polarPointM(distanceM, (Math.PI / 3) * (2 * random.uniform() - 1)),
      };
    };
    let numEqual = 0;
    let leastRatio = 1;
    for (let user = 0; user < numUsers; user++) {
      const paths = [draw(1), draw(0.01), draw(0.01)];
      fast.setChannel(paths);
      direct.setChannel(paths);
      const [ours, best] = [fast.best(), direct.best()];
      const powerOf = (index: typeof best) => {
        const { re, im } = direct.receive(polar.codeword(index));
        return re * re + im * im;
      };
      if (polar.column(ours) === polar.column(best)) numEqual++;
      else leastRatio = Math.min(leastRatio, powerOf(ours) / powerOf(best));
    }
    if (asked !== undefined) {
      console.info(`Same codeword: ${numEqual} of ${numUsers}; least gain of the others: ${leastRatio}`);
    }
    expect(numEqual / numUsers).toBeGreaterThanOrEqual(0.999);
    expect(leastRatio).toBeGreaterThanOrEqual(0.9998);
  }, 1_200_000);

  it('finds every codeword of the codebook, edges included, for the user at its focus', () => {
    const { polar, fast, direct } = setUp(64);
    for (let column = 0; column < polar.numCodewords; column++) {
      const index = polar.indexOf(column);
      const positionM = polar.focusM(index) ?? polarPointM(1e7, polar.angleRad(index.angleIndex));
      const paths = [{ gain: { re: 0.3, im: -0.7 }, positionM }];
      fast.setChannel(paths);
      direct.setChannel(paths);
      expect(fast.best()).toEqual(index);
      expect(direct.best()).toEqual(index);
    }
  });

  it('is not misled by paths that cancel, are weak or are not there', () => {
    const { fast, direct } = setUp(64);
    const point = polarPointM(0.9, 0.3);
    const near = polarPointM(0.9003, 0.3001);
    for (const paths of [
      [
        { gain: { re: 1, im: 0 }, positionM: point },
        { gain: { re: -0.999, im: 0 }, positionM: near },
      ],
      [{ gain: { re: 1e-12, im: 1e-12 }, positionM: point }],
      [{ gain: { re: 1e9, im: 0 }, positionM: point }],
      [],
    ]) {
      fast.setChannel(paths);
      direct.setChannel(paths);
      expect(fast.best()).toEqual(direct.best());
    }
  });

  it('receives every kind of codeword to 1e-9 of the strongest amplitude', () => {
    const { array, polar, fast } = setUp(256);
    const dpc = new DpcCodebook(array, { rangeReduction: false });
    const dft = new DftCodebook(array);
    const codewords = [
      polar.codeword({ ring: 1, angleIndex: 1 }),
      polar.codeword({ ring: 4, angleIndex: 200 }),
      polar.codeword({ ring: 6, angleIndex: 77 }),
      dpc.codeword(1, 1)!,
      dpc.codeword(8, 256)!,
      dft.codeword(4, 9),
    ];
    const region: UserRegion = { ringDistanceM: [0.1, 300], angleRad: all };
    for (const paths of users(region, 200, 3, 'amplitudes')) {
      fast.setChannel(paths);
      const h = channelVector(array, paths);
      for (const codeword of codewords) {
        const expected = transposeProduct(h, codewordWeights(codeword, array.carrierHz));
        const received = fast.receive(codeword);
        expect(Math.hypot(received.re - expected.re, received.im - expected.im)).toBeLessThan(16e-9);
      }
    }
  });

  it('computes weights again when it had to forget them', () => {
    const array = at100GHz(16);
    const polar = new PolarCodebook(array, { numRings: 2 });
    const fast = new FastEvaluator(polar, 20);
    const direct = new DirectEvaluator(polar);
    const paths = users({ ringDistanceM: [0.01, 1], angleRad: all }, 1, 3, 'forget')[0]!;
    fast.setChannel(paths);
    direct.setChannel(paths);
    for (let round = 0; round < 3; round++) {
      for (let column = 0; column < polar.numCodewords; column++) {
        const codeword = polar.codeword(polar.indexOf(column));
        expect(fast.receive(codeword).re).toBeCloseTo(direct.receive(codeword).re, 10);
        expect(fast.receive(codeword).im).toBeCloseTo(direct.receive(codeword).im, 10);
      }
    }
  });

  it('gives way to direct evaluation where the FFT does not fit', () => {
    const polar = new PolarCodebook(at100GHz(24), { numRings: 3 });
    const evaluator = createEvaluator(polar);
    const index = { ring: 2, angleIndex: 20 };
    const [x, y] = polar.focusM(index)!;
    evaluator.setChannel([{ gain: { re: 1, im: 0 }, positionM: [x, y] }]);
    expect(evaluator.best()).toEqual(index);
    expect(createEvaluator(new PolarCodebook(at100GHz(32), { numRings: 3 }))).toBeInstanceOf(FastEvaluator);
    const withAngles = (numAngles: number) => new PolarCodebook(at100GHz(32), { numRings: 3, numAngles });
    expect(createEvaluator(withAngles(16))).toBeInstanceOf(FastEvaluator);
    for (const numAngles of [20, 64]) {
      const more = createEvaluator(withAngles(numAngles));
      expect(more).toBeInstanceOf(DirectEvaluator);
      more.setChannel([
        { gain: { re: 1, im: 0 }, positionM: withAngles(numAngles).focusM({ ring: 1, angleIndex: 9 })! },
      ]);
      expect(more.best()).toEqual({ ring: 1, angleIndex: 9 });
    }
  });
});

function fillWithNothing(noise: ComplexVector): void {
  noise.re.fill(0);
  noise.im.fill(0);
}

function fillWithNoise(noise: ComplexVector, variance: number, random: Random): void {
  for (let column = 0; column < noise.re.length; column++) {
    const { re, im } = drawNoise(variance, random);
    noise.re[column] = re;
    noise.im[column] = im;
  }
}
