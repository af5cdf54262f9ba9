import { expect, it } from 'vitest';
import { LinearArray } from '../../../src/array/linear-array.js';
import { MAX_SETTINGS } from '../../../src/codebook/codebook-size.js';
import { PolarCodebook } from '../../../src/codebook/polar.js';
import { polarBlock, refinements } from '../../../src/training/polar-estimate.js';

it('refinements are made once, and again only when more came than can be kept', () => {
  const array = new LinearArray({ numElements: 32_768, carrierHz: 100e9 });
  const polar = new PolarCodebook(array, { numRings: 6 });
  const made: number[] = [];
  const refinement = refinements(polar, (region) => {
    made.push(region);
    return polarBlock(polar, region, region + 9);
  });
  const first = refinement(1);
  expect(refinement(1)).toBe(first);
  expect(first.pilots.map(({ label }) => label)).toEqual(
    first.indices.map((index) => ({ kind: 'polar', ...index })),
  );
  const numKept = Math.floor(MAX_SETTINGS / (60 * array.numElements));
  for (let region = 2; region <= numKept; region++) refinement(region);
  expect(refinement(1)).toBe(first);
  refinement(numKept + 1);
  expect(refinement(1).indices).toEqual(first.indices);
  expect(made).toEqual([...Array.from({ length: numKept + 1 }, (_, k) => k + 1), 1]);
});
