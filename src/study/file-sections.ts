/** Sections that study files of several kinds share. Keys and units: docs/study.md. */
import { z } from 'zod';
import { LinearArray } from '../array/linear-array.js';
import { PolarCodebook } from '../codebook/polar.js';
import { SPEED_OF_LIGHT_M_PER_S } from '../core/physics.js';
import { positiveQuantity, quantity } from '../core/settings-quantity.js';
import { short } from './format.js';

export const numElementsSchema = z.int().min(2).max(65_535);

/** Array and polar codebook; `elements` may stand in the cases instead. */
export const arraySchema = z.strictObject({
  elements: numElementsSchema.optional(),
  carrier: positiveQuantity('Hz').default(100e9),
  speedOfLight: positiveQuantity('m/s').default(SPEED_OF_LIGHT_M_PER_S),
});

export const codebookSchema = z
  .strictObject({
    rings: z.int().min(1).max(1000).default(6),
    ringSpacing: positiveQuantity('1').default(1.2),
  })
  .prefault({});

export type ArraySection = z.output<typeof arraySchema>;
export type CodebookSection = z.output<typeof codebookSchema>;

export function buildArray(section: ArraySection, numElements: number): LinearArray {
  return new LinearArray({
    numElements,
    carrierHz: section.carrier,
    speedOfLightMPerS: section.speedOfLight,
  });
}

export function buildPolar(array: LinearArray, section: CodebookSection): PolarCodebook {
  return new PolarCodebook(array, { numRings: section.rings, ringSpacing: section.ringSpacing });
}

/** What every kind of study may say about itself. */
export const headingShape = {
  title: z.string().min(1),
  description: z.string().optional(),
};

/** A claim of the paper that no number of this study bears out or contradicts. */
export const plainClaimSchema = z.strictObject({
  claim: z.string(),
  paper: z.string(),
  ours: z.string(),
});

const coordinate = quantity('m').pipe(z.number('must be finite'));
export const pointSchema = z.tuple([coordinate, coordinate], 'must be [x, y] in metres');

/** Label and value of what all kinds of study have in common. */
export function describeCodebook(array: ArraySection, codebook: CodebookSection): [string, string][] {
  return [
    ['Carrier', `${short(array.carrier / 1e9)} GHz`],
    ['Speed of light', `${array.speedOfLight} m/s`],
    ['Polar codebook', `${codebook.rings} rings, ring spacing ${codebook.ringSpacing}`],
  ];
}
