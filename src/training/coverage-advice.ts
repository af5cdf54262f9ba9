import { ringRangeOf } from '../array/focal-point.js';
import type { LinearArray } from '../array/linear-array.js';
import { rainbowAdvice, tdPsAdvice } from '../codebook/split-advice.js';
import { type SchemeChoice, tdPsDesignOf, type WidebandSetting } from './registry.js';

/** What the pilots of a scheme leave unsearched, in words with the numbers; nothing when all is well. */
export function coverageAdvice(
  choice: SchemeChoice,
  array: LinearArray,
  setting: WidebandSetting,
): readonly string[] {
  const { band, sector } = setting;
  const maxSinAngle = Math.sin(sector.maxAngleRad);
  switch (choice.name) {
    case 'tdps': {
      const design = tdPsDesignOf(choice, array, setting);
      return tdPsAdvice(array, band, design, choice.pilots ?? design.minPilots);
    }
    case 'near-field-rainbow': {
      const even = choice.rings === 'polar' ? null : { count: choice.rings, rangePerM: ringRangeOf(sector) };
      return rainbowAdvice(array, band, maxSinAngle, even);
    }
    case 'far-field-rainbow':
      return rainbowAdvice(array, band, maxSinAngle, null);
    default:
      return [];
  }
}
