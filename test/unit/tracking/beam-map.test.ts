import { describe, expect, it } from 'vitest';
import { LinearArray, type PointM, polarPointM } from '../../../src/array/linear-array.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { Random } from '../../../src/core/random.js';
import { BeamMap } from '../../../src/tracking/beam-map.js';
import { CoarseGains } from '../../../src/tracking/coarse-gains.js';

describe.each([512, 256, 100, 64])('gains from every few of %d elements', (numElements) => {
  const codebook = codebookOf(numElements);
  const map = new BeamMap(codebook);
  const coarse = new CoarseGains(codebook);

  it('are those of all elements to 1 % of the most', () => {
    const random = new Random(3, 'places');
    for (let place = 0; place < 100; place++) {
      const placeM = placeOf(random, codebook);
      const best = map.best(placeM);
      const most = map.gain(best, placeM);
      const columns = columnsBeside(codebook, best);
      for (const [k, gain] of coarse.gains(placeM, columns).entries()) {
        expect(Math.abs(gain - map.gain(columns[k]!, placeM))).toBeLessThan(0.01 * most);
      }
    }
  });

  it('name the same best codeword, or one that is as good', () => {
    const random = new Random(4, 'places');
    for (let place = 0; place < 200; place++) {
      const placeM = placeOf(random, codebook);
      const [first] = map.rank(placeM, [1e-12, 0, 0, 1e-12]);
      const gain = map.gain(first!.column, placeM);
      expect(gain / map.gain(map.best(placeM), placeM)).toBeGreaterThan(0.99);
    }
  });
});

it('probabilities of a belief are of how often each codeword is the best for users drawn from it', () => {
  const codebook = codebookOf(512);
  const map = new BeamMap(codebook);
  const random = new Random(5, 'belief');
  const placeM = polarPointM(40, 0.4);
  const sigmaM = 0.3;
  const counts = new Map<number, number>();
  const numUsers = 2000;
  for (let user = 0; user < numUsers; user++) {
    const column = map.best([placeM[0] + sigmaM * random.normal(), placeM[1] + sigmaM * random.normal()]);
    counts.set(column, (counts.get(column) ?? 0) + 1);
  }
  const ranked = map.rank(placeM, [sigmaM ** 2, 0, 0, sigmaM ** 2]);
  expect(ranked.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 1);
  const said = ranked.filter(({ probability }) => probability > 0.05);
  expect(said.length).toBeGreaterThan(1);
  for (const { column, probability } of said) {
    expect(Math.abs(probability - (counts.get(column) ?? 0) / numUsers)).toBeLessThan(0.15);
  }
});

function codebookOf(numElements: number): PolarCodebook {
  const array = new LinearArray({ numElements, carrierHz: 100e9 });
  return new PolarCodebook(array, { numRings: 6 });
}

/** From a little nearer than the nearest ring on. */
function placeOf(random: Random, { ringDistancesM }: PolarCodebook): PointM {
  const angleRad = 1.1 * (2 * random.uniform() - 1);
  const nearM = Math.max(0.2, 0.8 * ringDistancesM[0]! * Math.cos(angleRad) ** 2);
  return polarPointM(nearM * (1 + 20 * random.uniform() ** 2), angleRad);
}

/** All rings of two directions to either side. */
function columnsBeside({ numAngles, numRings }: PolarCodebook, best: number): number[] {
  const angle = best % numAngles;
  const angles = [-2, -1, 0, 1, 2].map((k) => angle + k).filter((k) => k >= 0 && k < numAngles);
  return Array.from({ length: numRings }, (_, ring) => angles.map((k) => ring * numAngles + k)).flat();
}
