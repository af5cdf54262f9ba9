import { describe, expect, it } from 'vitest';
import { LinearArray } from '../../src/array/linear-array.js';
import { DirectEvaluator } from '../../src/channel/direct-evaluator.js';
import { FastEvaluator } from '../../src/channel/fast-evaluator.js';
import { drawPaths, drawPosition } from '../../src/channel/paths.js';
import { PolarCodebook } from '../../src/codebook/polar.js';
import { Random } from '../../src/core/random.js';

const array = new LinearArray({ numElements: 512, carrierHz: 100e9, speedOfLightMPerS: 3e8 });
const codebook = new PolarCodebook(array, { numRings: 6 });

describe('fast evaluation', () => {
  it('x', () => {
    let t0 = performance.now();
    const fast = new FastEvaluator(codebook);
    console.log('setup fast', performance.now() - t0);
    t0 = performance.now();
    const direct = new DirectEvaluator(codebook);
    console.log('setup direct', performance.now() - t0);
    const region = { ringDistanceM: [12, 80], angleRad: [-Math.PI / 3, Math.PI / 3] } as const;
    const random = new Random(1);
    const users = Array.from({ length: 500 }, () => {
      const u = drawPosition(region, random);
      return drawPaths(u, region, { numScatterers: 5, ricianFactorDb: 13 }, random);
    });
    const run = (e: FastEvaluator | DirectEvaluator, list = users) => {
      const t = performance.now();
      const found = list.map((p) => {
        e.setChannel(p);
        return e.best();
      });
      console.log('us/user', ((performance.now() - t) * 1e3) / list.length);
      return found;
    };
    const a = run(fast);
    run(fast);
    run(fast);
    const b = run(direct, users.slice(0, 100));
    expect(a.slice(0, 100)).toEqual(b);
  });
});
