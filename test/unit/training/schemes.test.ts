import { describe, expect, it } from 'vitest';
import { LinearArray } from '../../../src/array/linear-array.js';
import { createEvaluator } from '../../../src/channel/evaluator.js';
import { ChirpCodebook } from '../../../src/codebook/chirp.js';
import type { Codeword } from '../../../src/codebook/codeword.js';
import { DftCodebook } from '../../../src/codebook/dft.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { codewordWeights } from '../../../src/codebook/weights.js';
import { transposeProduct } from '../../../src/core/complex.js';
import { powersOf } from '../../../src/sounding/powers.js';
import { runSounding } from '../../../src/sounding/run-sounding.js';
import { withPilots } from '../../../src/study/common/scheme-pilots.js';
import { expansionOfRing } from '../../../src/training/dpc-refinement.js';
import { createScheme, findScheme, schemeNames, schemeSchema } from '../../../src/training/registry.js';
import type { Estimate } from '../../../src/training/scheme.js';
import { schemeLabel } from '../../../src/training/scheme-label.js';
import { middleOfSupport } from '../../../src/training/schemes/far-field-sweep.js';

const polarOf = (numElements: number) =>
  new PolarCodebook(new LinearArray({ numElements, carrierHz: 100e9, speedOfLightMPerS: 3e8 }), {
    numRings: 6,
  });

/** Drives a scheme by a script: `power` says how strong each pilot is. Returns the batches as `kind/…` keys. */
function drive(
  options: unknown,
  numElements: number,
  power: (pilot: Codeword) => number,
): { batches: string[][]; estimate: Estimate } {
  const scheme = createScheme(schemeSchema.parse(options), polarOf(numElements)).start();
  const batches: string[][] = [];
  let step = scheme.next();
  while (!step.done) {
    batches.push(step.value.map((pilot) => pilot.key));
    step = scheme.next(powersOf(Float64Array.from(step.value, power), 1));
  }
  return { batches, estimate: step.value };
}

/** A user that always answers as if it were in coarse region `target` of 2^levels, and prefers `favourite` after. */
function userIn(target: number, levels: number, favourite = ''): (pilot: Codeword) => number {
  return ({ key, label }) => {
    if (key === favourite) return 2;
    if (!('level' in label)) return 0;
    return label.index === Math.ceil(target / 2 ** (levels - label.level)) ? 1 : 0;
  };
}

/** `polar/ring/first` … `polar/ring/last`. */
const angles = (ring: number, first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, k) => `polar/${ring}/${first + k}`);

describe('evenly spaced rings', () => {
  it('may be as many as the pilots that a study tries them with', () => {
    const choice = schemeSchema.parse({ name: 'near-field-rainbow', rings: 5000 });
    expect(withPilots(schemeSchema.parse({ name: 'near-field-rainbow', rings: 2 }), 5000, 'pilots')).toEqual(
      choice,
    );
    expect(() => schemeSchema.parse({ name: 'near-field-rainbow', rings: 65_536 })).toThrow();
  });
});

describe('spatial chirp', () => {
  it('sends a coarse grid of directions, then the quarters of the strongest cell', () => {
    const path = ['chirp/0/9/1', 'chirp/1/18/2', 'chirp/2/35/3', 'chirp/3/70/6'];
    const { batches, estimate } = drive('spatial-chirp', 64, ({ key }) => (path.includes(key) ? 1 : 0));
    expect(batches.map((batch) => batch.length)).toEqual([16, 4, 4, 4]);
    expect(batches[1]).toEqual(['chirp/1/17/1', 'chirp/1/17/2', 'chirp/1/18/1', 'chirp/1/18/2']);
    expect(batches[3]).toEqual(['chirp/3/69/5', 'chirp/3/69/6', 'chirp/3/70/5', 'chirp/3/70/6']);
    // Slope cell 6 of 8 over six rings: -0.5 + 6 * 5.5 / 8 = 3.625 rings from infinity, nearest to ring 2. Direction 70 of 128.
    expect(estimate.codeword.key).toBe('polar/2/35');
  });

  it.each([
    [64, 16, 3],
    [128, 32, 3],
    [256, 32, 4],
    [512, 64, 4],
  ])('has the pilots of the paper with %i elements: %i and %i times 4', (numElements, first, tiers) => {
    const { batches } = drive('spatial-chirp', numElements, () => 1);
    expect(batches.map((batch) => batch.length)).toEqual([first, ...Array(tiers).fill(4)]);
  });

  it('focuses its cells on the rings of the polar codebook where they meet', () => {
    const polar = polarOf(64);
    const chirps = new ChirpCodebook(polar);
    expect(chirps.ringsFromInfinity(0, 1)).toBe(2.5);
    // The second tier's slopes lie 1 and 4 rings from infinity, that is on rings 5 and 2.
    expect([1, 2].map((slope) => chirps.ringsFromInfinity(1, slope))).toEqual([1, 4]);
    expect([1, 2].map((slope) => chirps.nearestRing(1, slope))).toEqual([5, 2]);
    expect([39, 40].map((direction) => chirps.nearestAngle(3, direction))).toEqual([20, 20]);
    // The tier before the last has the polar codebook's angles, the last two directions for each.
    expect(chirps.sinAngle(2, 20)).toBe(polar.sinAngles[19]);
    expect(chirps.ringsFromInfinity(3, 1)).toBe(0);
  });

  // Angles one by one, or every third: odd and even ones fare differently.
  it.each([
    [64, 0.988, 1],
    [128, 0.997, 1],
    [256, 0.631, 1],
    [512, 0.641, 3],
  ])(
    'finds these of the users on the polar codebook’s own grid, without noise: %i elements, %f',
    (numElements, share, step) => {
      const polar = polarOf(numElements);
      const evaluator = createEvaluator(polar);
      const { start } = createScheme(schemeSchema.parse('spatial-chirp'), polar);
      const angles = Array.from({ length: polar.numAngles }, (_, k) => k + 1).filter(
        (angleIndex) => angleIndex % step === 0 && Math.abs(polar.angleRad(angleIndex)) <= Math.PI / 3,
      );
      const users = angles.flatMap((angleIndex) => [1, 2, 3, 4, 5, 6].map((ring) => ({ ring, angleIndex })));
      const numRight = users.filter((user) => {
        const angleRad = polar.angleRad(user.angleIndex);
        const focusM = polar.focusM(user) ?? [1e6 * Math.cos(angleRad), 1e6 * Math.sin(angleRad)];
        evaluator.setChannel([{ gain: { re: 1, im: 0 }, positionM: focusM }]);
        const { result: estimate } = runSounding(start(), (batch) =>
          powersOf(
            Float64Array.from(batch, (codeword) => {
              const { re, im } = evaluator.receive(codeword);
              return re * re + im * im;
            }),
            1,
          ),
        );
        return estimate.codeword.key === `polar/${user.ring}/${user.angleIndex}`;
      }).length;
      // Of a sample a little more or less.
      expect(Math.abs(numRight / users.length - share)).toBeLessThan(step === 1 ? 0.001 : 0.02);
    },
  );
});

describe('shaped far-field beams', () => {
  const { array } = polarOf(128);
  const power = (codeword: Codeword, sinAngle: number) => {
    const b = array.steeringVector([1e5 * Math.sqrt(1 - sinAngle ** 2), 1e5 * sinAngle]);
    const { re, im } = transposeProduct(b, codewordWeights(codeword, array.carrierHz));
    return re * re + im * im;
  };

  it('are flat over their sector and dark outside it, at unit power', () => {
    const shaped = new DftCodebook(array, 'shaped');
    const subArrays = new DftCodebook(array);
    for (let index = 1; index <= 8; index++) {
      const beam = shaped.codeword(3, index);
      const square = beam.amplitude!.reduce((sum, a) => sum + a * a, 0) / 128;
      expect(square).toBeCloseTo(1, 12);
      const middle = shaped.sinAngle(3, index);
      for (const off of [-0.08, -0.04, 0, 0.04, 0.08]) {
        expect(power(beam, middle + off)).toBeGreaterThan(7.5);
        expect(power(beam, middle + off)).toBeLessThan(9);
      }
      for (let sine = -0.99; sine < 1; sine += 0.01) {
        const away = Math.min(Math.abs(sine - middle), 2 - Math.abs(sine - middle));
        if (away > 0.19) expect(power(beam, sine)).toBeLessThan(0.01);
      }
    }
    // Switched-off elements leave 3.9 dB at the edge of the sector and side lobes of -13 dB.
    const edge = power(subArrays.codeword(3, 4), subArrays.sinAngle(3, 4) + 0.1);
    expect(edge).toBeLessThan(5);
  });

  it('are other codewords than those of sub-arrays, down to the last level', () => {
    const shaped = new DftCodebook(array, 'shaped');
    expect(shaped.codeword(3, 1).key).not.toBe(new DftCodebook(array).codeword(3, 1).key);
    expect(shaped.codeword(7, 1).amplitude).toBeNull();
  });
});

describe('DPC', () => {
  it('sends the two halves of what is left, then the expanded set, at N = 512', () => {
    // 300 - 1 = 0b100101011: the branches, level by level.
    const { batches, estimate } = drive('dpc', 512, userIn(300, 9, 'polar/2/305'));
    expect(batches.slice(0, 9)).toEqual([
      ['dpc/1/1', 'dpc/1/2'],
      ['dpc/2/3', 'dpc/2/4'],
      ['dpc/3/5', 'dpc/3/6'],
      ['dpc/4/9', 'dpc/4/10'],
      ['dpc/5/19', 'dpc/5/20'],
      ['dpc/6/37', 'dpc/6/38'],
      ['dpc/7/75', 'dpc/7/76'],
      ['dpc/8/149', 'dpc/8/150'],
      ['dpc/9/299', 'dpc/9/300'],
    ]);
    // k = 8, 7, 5, 4, 2, 1 from the innermost ring outwards: 17 + 15 + 11 + 9 + 5 + 3 = 60 pilots.
    expect(batches.slice(9)).toEqual([
      [
        ...angles(1, 292, 308),
        ...angles(2, 293, 307),
        ...angles(3, 295, 305),
        ...angles(4, 296, 304),
        ...angles(5, 298, 302),
        ...angles(6, 299, 301),
      ],
    ]);
    expect(estimate.regionIndex).toBe(300);
    expect(estimate.codeword.key).toBe('polar/2/305');
    // sin = (2 * 305 - 513) / 512; ring 2 of 6 is at 17 m.
    expect(Math.sin(estimate.angleRad)).toBeCloseTo(97 / 512, 12);
    expect(estimate.distanceM).toBeCloseTo(17.0 * (1 - (97 / 512) ** 2), 1);
  });

  it('takes the upper half of level 1 without range reduction, where both halves are equal but for rounding', () => {
    const polar = polarOf(64);
    for (const angleRad of [-1, -0.5, 0.1, 0.4, 0.9]) {
      const user = { x: 0.9 * Math.cos(angleRad), y: 0.9 * Math.sin(angleRad) };
      const wavelengthM = 3e8 / 100e9;
      const received = ({ phaseRad }: Codeword) => {
        let [re, im] = [0, 0];
        for (let n = 0; n < 64; n++) {
          const elementY = (n - 31.5) * (wavelengthM / 2);
          const phase = phaseRad[n]! - (2 * Math.PI * Math.hypot(user.x, elementY - user.y)) / wavelengthM;
          re += Math.cos(phase);
          im += Math.sin(phase);
        }
        return re * re + im * im;
      };
      const scheme = createScheme(schemeSchema.parse({ name: 'dpc', rangeReduction: false }), polar).start();
      const [lower, upper] = scheme.next().value as Codeword[];
      const powers = Float64Array.of(received(lower!), received(upper!));
      expect(powers[0]! / powers[1]!).toBeCloseTo(1, 9);
      const next = scheme.next(powersOf(powers, 1)).value as Codeword[];
      expect(next.map(({ key }) => key)).toEqual(['dpc-full-range/2/3', 'dpc-full-range/2/4']);
    }
  });

  it.each([64, 128, 256, 512])('costs 2 log2 N + 60 pilots for interior users, N = %i', (numElements) => {
    const levels = Math.log2(numElements);
    for (const region of [numElements / 4, numElements / 2, numElements / 2 + 1, (3 * numElements) / 4]) {
      const { batches } = drive('dpc', numElements, userIn(region, levels));
      expect(batches.flat()).toHaveLength(2 * levels + 60);
      expect(batches.slice(0, -1).every((batch) => batch.length === 2)).toBe(true);
    }
  });

  it.each([64, 512])('gives ring s its k by r_k = N D / (2 (2k - 1)), N = %i', (numElements) => {
    expect([1, 2, 3, 4, 5, 6].map((ring) => expansionOfRing(polarOf(numElements), ring))).toEqual([
      8, 7, 5, 4, 2, 1,
    ]);
  });

  it('sends only foci within the region without expansion', () => {
    const { batches } = drive({ name: 'dpc', pilotSetExpansion: false }, 512, userIn(300, 9));
    expect(batches.at(-1)).toEqual([
      ...angles(1, 293, 307),
      ...angles(2, 294, 306),
      ...angles(3, 296, 304),
      ...angles(4, 297, 303),
      ...angles(5, 299, 301),
      ...angles(6, 300, 300),
    ]);
  });

  it('passes over an empty lower half without a pilot (case I: level 4 from i_3 = 1)', () => {
    const { batches, estimate } = drive('dpc', 16, userIn(1, 4));
    expect(batches.slice(0, -1)).toEqual([
      ['dpc/1/1', 'dpc/1/2'],
      ['dpc/2/1', 'dpc/2/2'],
      ['dpc/3/1', 'dpc/3/2'],
    ]);
    expect(estimate.regionIndex).toBe(2);
  });

  it('passes over an empty upper half without a pilot (case II: level 4 from i_3 = 8)', () => {
    const { batches, estimate } = drive('dpc', 16, userIn(16, 4));
    expect(batches.slice(0, -1)).toEqual([
      ['dpc/1/1', 'dpc/1/2'],
      ['dpc/2/3', 'dpc/2/4'],
      ['dpc/3/7', 'dpc/3/8'],
    ]);
    expect(estimate.regionIndex).toBe(15);
  });

  it('sends every pilot without range reduction', () => {
    const { batches, estimate } = drive({ name: 'dpc', rangeReduction: false }, 16, userIn(1, 4));
    expect(batches[3]).toEqual(['dpc-full-range/4/1', 'dpc-full-range/4/2']);
    expect(estimate.regionIndex).toBe(1);
  });

  it('drops angles outside 1..N and keeps those beyond 60 degrees', () => {
    // Region 35 is the first with something left above sin = -0.866; levels 4 and 8 have an empty lower half.
    const { batches, estimate } = drive('dpc', 512, userIn(35, 9));
    expect(batches.slice(0, -1)).toEqual([
      ['dpc/1/1', 'dpc/1/2'],
      ['dpc/2/1', 'dpc/2/2'],
      ['dpc/3/1', 'dpc/3/2'],
      ['dpc/5/3', 'dpc/5/4'],
      ['dpc/6/5', 'dpc/6/6'],
      ['dpc/7/9', 'dpc/7/10'],
      ['dpc/9/35', 'dpc/9/36'],
    ]);
    expect(estimate.regionIndex).toBe(35);
    expect(batches.at(-1)!.slice(0, 17)).toEqual(angles(1, 27, 43));
    const low = drive({ name: 'dpc', rangeReduction: false }, 512, userIn(2, 9)).batches.at(-1)!;
    expect(low).toEqual([
      ...angles(1, 1, 10),
      ...angles(2, 1, 9),
      ...angles(3, 1, 7),
      ...angles(4, 1, 6),
      ...angles(5, 1, 4),
      ...angles(6, 1, 3),
    ]);
    const high = drive({ name: 'dpc', rangeReduction: false }, 512, userIn(512, 9)).batches.at(-1)!;
    expect(high).toEqual([
      ...angles(1, 504, 512),
      ...angles(2, 505, 512),
      ...angles(3, 507, 512),
      ...angles(4, 508, 512),
      ...angles(5, 510, 512),
      ...angles(6, 511, 512),
    ]);
  });

  it('takes the second branch on a tie', () => {
    const { batches, estimate } = drive({ name: 'dpc', rangeReduction: false }, 16, () => 1);
    expect(batches.slice(0, -1)).toEqual([
      ['dpc-full-range/1/1', 'dpc-full-range/1/2'],
      ['dpc-full-range/2/3', 'dpc-full-range/2/4'],
      ['dpc-full-range/3/7', 'dpc-full-range/3/8'],
      ['dpc-full-range/4/15', 'dpc-full-range/4/16'],
    ]);
    expect(estimate.regionIndex).toBe(16);
  });
});

describe('exhaustive', () => {
  it('sends the whole codebook in ring-major order and takes the first of the strongest', () => {
    const { batches, estimate } = drive('exhaustive', 64, ({ key }) => Number(/polar\/[35]\/17/.test(key)));
    expect(batches).toEqual([[1, 2, 3, 4, 5, 6].flatMap((ring) => angles(ring, 1, 64))]);
    expect(estimate.codeword.key).toBe('polar/3/17');
    expect(estimate.regionIndex).toBeUndefined();
  });

  it('estimates infinity on the last ring', () => {
    const { estimate } = drive('exhaustive', 64, ({ key }) => Number(key === 'polar/6/33'));
    expect(estimate.distanceM).toBe(Infinity);
    expect(Math.sin(estimate.angleRad)).toBeCloseTo(1 / 64, 12);
  });
});

describe('far-field sweep', () => {
  const beams = (strong: Record<number, number>) =>
    Float64Array.from({ length: 64 }, (_, k) => strong[k + 1] ?? 0.1);

  it.each([
    ['one beam', { 20: 1 }, 20],
    ['a run of five', { 18: 0.6, 19: 0.9, 20: 1, 21: 0.8, 22: 0.5 }, 20],
    ['a lopsided run: the middle, not the peak', { 18: 1, 19: 0.9, 20: 0.8, 21: 0.7, 22: 0.6 }, 20],
    ['an even run: the lower of the two', { 18: 1, 19: 0.9, 20: 0.8, 21: 0.7 }, 19],
    ['just below half power', { 18: 1, 19: 0.9, 20: 0.8, 21: 0.49, 22: 0.49 }, 19],
  ])('takes the middle of the half-power support: %s', (_, strong, middle) => {
    expect(middleOfSupport(beams(strong))).toBe(middle);
  });

  it('sends N beams at infinity, then 18 pilots around the middle', () => {
    const user = ({ label }: Codeword) =>
      label.kind === 'polar' && label.ring === 2 && label.angleIndex === 31
        ? 3
        : Number(label.kind === 'polar' && label.angleIndex === 30);
    const { batches, estimate } = drive('far-field-sweep', 64, user);
    expect(batches).toEqual([angles(6, 1, 64), [1, 2, 3, 4, 5, 6].flatMap((ring) => angles(ring, 29, 31))]);
    expect(estimate.codeword.key).toBe('polar/2/31');
  });

  it('drops a neighbour beyond the edge', () => {
    const { batches } = drive('far-field-sweep', 64, ({ key }) => Number(key === 'polar/6/64'));
    expect(batches[1]).toEqual([1, 2, 3, 4, 5, 6].flatMap((ring) => angles(ring, 63, 64)));
  });
});

describe('near-field hierarchical', () => {
  it('sends two sector centres on every ring, and polar codewords at the last level', () => {
    const towards = (target: number, ring: number) => (pilot: Codeword) => {
      const { label } = pilot;
      if (label.kind === 'sector') {
        return Number(label.index === Math.ceil(target / 2 ** (4 - label.level)) && label.ring === 6);
      }
      return Number(pilot.key === `polar/${ring}/${target}`);
    };
    const { batches, estimate } = drive('near-field-hierarchical', 16, towards(11, 3));
    const centres = (level: number, index: number) =>
      Array.from({ length: 6 }, (_, k) => `sector/${level}/${index}/${k + 1}`);
    expect(batches).toEqual([
      [...centres(1, 1), ...centres(1, 2)],
      [...centres(2, 3), ...centres(2, 4)],
      [...centres(3, 5), ...centres(3, 6)],
      [1, 2].flatMap((half) => Array.from({ length: 6 }, (_, k) => `polar/${k + 1}/${half + 10}`)),
    ]);
    expect(estimate.codeword.key).toBe('polar/3/11');
  });

  it('takes the second branch on a tie', () => {
    expect(drive('near-field-hierarchical', 16, () => 1).estimate.codeword.key).toBe('polar/1/16');
  });
});

describe('far-field hierarchical', () => {
  // Table II of the paper: P-I and P-II for N = 64, 128, 256, 512.
  it.each([
    [64, 32, 2, 192],
    [128, 32, 4, 192],
    [256, 32, 6, 192],
    [512, 32, 8, 192],
    [64, 16, 4, 96],
    [128, 16, 6, 96],
    [256, 16, 8, 96],
    [512, 16, 10, 96],
  ])('N = %i, %i angles refined: %i + %i pilots', (numElements, refinementAngles, coarse, refined) => {
    const { batches } = drive({ name: 'far-field-hierarchical', refinementAngles }, numElements, () => 1);
    expect(batches.slice(0, -1).flat()).toHaveLength(coarse);
    expect(batches.at(-1)).toHaveLength(refined);
  });

  it('refines the angles of the sector that is left', () => {
    const { batches, estimate } = drive(
      { name: 'far-field-hierarchical', refinementAngles: 16 },
      64,
      userIn(2, 2, 'polar/4/31'),
    );
    expect(batches).toEqual([
      ['dft/1/1', 'dft/1/2'],
      ['dft/2/1', 'dft/2/2'],
      [1, 2, 3, 4, 5, 6].flatMap((ring) => angles(ring, 17, 32)),
    ]);
    expect(estimate.codeword.key).toBe('polar/4/31');
    expect(estimate.regionIndex).toBe(2);
  });

  it('refuses more angles than there are', () => {
    expect(() => drive({ name: 'far-field-hierarchical', refinementAngles: 128 }, 64, () => 1)).toThrow(
      'refinementAngles up to 64',
    );
  });
});

describe('registry', () => {
  const needsBand = new Set(['tdps', 'near-field-rainbow', 'far-field-rainbow', 'exhaustive-grid']);

  it('refuses schemes of the whole band where there is none', () => {
    for (const name of needsBand) expect(() => drive(name, 64, () => 1)).toThrow('needs a band');
  });

  it('builds every other scheme by its name alone', () => {
    // Other files of the process may have added schemes of theirs: each says what it needs.
    const linear = schemeNames().filter(
      (name) => !needsBand.has(name) && findScheme(name)!.needs !== 'planar array',
    );
    for (const name of linear) {
      const { batches, estimate } = drive(name, 64, () => 1);
      expect(batches.flat().length).toBeGreaterThan(0);
      expect(estimate.codeword.label.kind).toBe('polar');
    }
  });

  it('labels a scheme by what is not at its default', () => {
    expect(schemeLabel(schemeSchema.parse('dpc'))).toBe('dpc');
    expect(schemeLabel(schemeSchema.parse({ name: 'dpc', rangeReduction: true }))).toBe('dpc');
    expect(schemeLabel(schemeSchema.parse({ name: 'dpc', rangeReduction: false }))).toBe(
      'dpc (rangeReduction=false)',
    );
    const labels = [
      'tdps',
      { name: 'tdps', pilots: 3, gamma: 0.5, estimator: 'on-grid' },
      {
        name: 'tdps',
        pilots: 1,
        delayParameters: ['349/11', -0.5],
        phaseParameters: [-30, 0.5],
        estimator: { name: 'matched-filter', score: 'plain', rings: 5, dictionary: 'ideal', refine: false },
      },
      { name: 'near-field-rainbow', rings: 4, estimator: 'matched-filter' },
      { name: 'near-field-rainbow', pilots: 2 },
      'far-field-rainbow',
      { name: 'exhaustive-grid', pilots: 300 },
    ].map((scheme) => schemeLabel(schemeSchema.parse(scheme)));
    expect(labels).toEqual([
      'tdps (matched filter)',
      'tdps (3 pilots, gamma=0.5, on grid)',
      'tdps (1 pilot, given parameters, matched filter plain 1024 × 5 ideal beams on its grid)',
      'near-field-rainbow (4 even rings, matched filter)',
      'near-field-rainbow (first 2 pilots, on grid)',
      'far-field-rainbow (on grid)',
      'exhaustive-grid (first 300 pilots)',
    ]);
  });

  it.each(['gamma', 'epsilon', 'endDirection'])('tdps refuses %s beside the parameters themselves', (key) => {
    const given = { name: 'tdps', delayParameters: ['349/11', -0.5], phaseParameters: [-30, 0.5] };
    expect(schemeSchema.safeParse(given).success).toBe(true);
    const { error } = schemeSchema.safeParse({ ...given, [key]: 1 });
    expect(error?.issues).toMatchObject([
      { message: expect.stringContaining('what parameters are computed from'), path: [key] },
    ]);
    expect(schemeSchema.safeParse({ name: 'tdps', [key]: 1 }).success).toBe(true);
  });

  it.each(['dpc', 'near-field-hierarchical', 'far-field-hierarchical'])(
    '%s refuses an array that cannot be halved',
    (name) => {
      expect(() => drive(name, 48, () => 1)).toThrow('power of two');
    },
  );
});
