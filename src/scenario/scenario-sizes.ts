/**
 * How large a scenario may be: what passes is planned within seconds and a gigabyte. Every number by itself may be as large as
 * its schema says; what is bounded here is what they make together.
 */
import { BeamloopError } from '../core/errors.js';
import { dictionaryPoints } from '../training/estimators/choice.js';
import { needsBand, splitOf } from '../training/registry.js';
import type { Scenario } from './scenario-schema.js';

interface Size {
  readonly what: string;
  /** The keys that it is the product of. */
  readonly keys: string;
  readonly size: number;
  readonly most: number;
}

/** @throws SCENARIO_INVALID with the number that is too large. */
export function checkSizes(scenario: Scenario, file: string): void {
  const tooLarge = sizesOf(scenario).find(({ size, most }) => size > most);
  if (tooLarge === undefined) return;
  const { what, keys, size, most } = tooLarge;
  throw new BeamloopError('SCENARIO_INVALID', {
    what: `${what} (${keys}) is ${size}; at most ${most} can be planned`,
    where: file,
    todo: 'Make one of them smaller',
  });
}

function sizesOf({ array, scheme, users, channel }: Scenario): Size[] {
  const { elements, rings, subcarriers = 1, planar } = array;
  const numPaths = Array.isArray(users)
    ? users.map(({ paths, scatterers }) => paths?.length ?? 1 + (scatterers ?? channel.scatterers))
    : Array.from({ length: users.count }, () => 1 + channel.scatterers);
  const allPaths = numPaths.reduce((sum, paths) => sum + paths, 0);
  const polar = elements * rings;
  const sizes: Size[] = [
    {
      what: 'The number of propagation paths of all users',
      keys: 'users × (1 + scatterers)',
      size: allPaths,
      most: 100_000,
    },
    {
      what: 'What propagation paths reach',
      keys: 'users × (1 + scatterers) × array.elements',
      size: allPaths * elements,
      most: 20_000_000,
    },
    {
      what: 'What the subcarriers of all elements are',
      keys: 'array.subcarriers × array.elements',
      size: subcarriers * elements,
      most: 16_000_000,
    },
  ];
  if (planar !== undefined) {
    const beams = planar.beams[0] * planar.beams[1];
    sizes.push(
      { what: 'The planar codebook', keys: 'array.beams, multiplied', size: beams, most: 100_000 },
      {
        what: 'What the planar codebook weighs for all users',
        keys: 'users × array.beams × array.rows × array.columns',
        size: numPaths.length * beams * elements,
        most: 1_000_000_000,
      },
    );
  } else if (!needsBand(scheme)) {
    sizes.push(
      { what: 'The polar codebook', keys: 'array.elements × array.rings', size: polar, most: 100_000 },
      {
        what: 'The codebook for all users',
        keys: 'users × array.elements × array.rings',
        size: numPaths.length * polar,
        most: 10_000_000,
      },
    );
  }
  const split = splitOf(scheme);
  const points = split && dictionaryPoints(split.estimator);
  if (points !== null) {
    sizes.push({
      what: 'The dictionary of the matched filter for one pilot',
      keys: 'scheme.estimator.directions × rings × array.subcarriers',
      size: points * subcarriers,
      most: 64_000_000,
    });
  }
  return sizes;
}
