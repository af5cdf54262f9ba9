import { expect, it } from 'vitest';
import { drawBlockNoise, MOST_NOISE, PlaceNoise } from '../../../src/channel/block-noise.js';
import { complexVector } from '../../../src/core/complex.js';
import { RandomKeys } from '../../../src/core/random.js';

const COUNT = 150;

it.each<[string, readonly number[]]>([
  ['in order', Array.from({ length: COUNT }, (_, k) => k)],
  ['backwards', Array.from({ length: COUNT }, (_, k) => COUNT - 1 - k)],
  ['here and there', [40, 31, 32, 149, 0, 33, 40, 63, 64]],
])('noise of single places is that of their blocks: %s', (_, places) => {
  const all = complexVector(COUNT);
  drawBlockNoise(all, 0, COUNT, 3, 'noise', 9);
  const single = complexVector(COUNT);
  const noise = new PlaceNoise(new RandomKeys(3, 'noise', 9));
  for (const place of places) {
    noise.draw(place, single);
    expect([single.re[place], single.im[place]]).toEqual([all.re[place], all.im[place]]);
  }
});

it('no noise is larger than that of the smallest uniform number', () => {
  const largest = Math.sqrt(-2 * Math.log(1 - (1 - 2 ** -53))) * Math.SQRT1_2;
  expect(MOST_NOISE).toBeGreaterThanOrEqual(largest);
  expect(MOST_NOISE).toBeLessThan(largest * (1 + 1e-9));
});
