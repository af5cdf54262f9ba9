/** From the sections of a study file to array and codebook. Apart from the schemas: worker threads start faster without. */
import { LinearArray } from '../../array/linear-array.js';
import { PolarCodebook } from '../../codebook/polar.js';
import type { ArraySection, CodebookSection } from './file-sections.js';

export function buildArray(section: Omit<ArraySection, 'elements'>, numElements: number): LinearArray {
  return new LinearArray({
    numElements,
    carrierHz: section.carrier,
    speedOfLightMPerS: section.speedOfLight,
  });
}

export function buildPolar(array: LinearArray, section: CodebookSection): PolarCodebook {
  return new PolarCodebook(array, { numRings: section.rings, ringSpacing: section.ringSpacing });
}
