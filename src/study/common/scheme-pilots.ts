/** Schemes of the whole band with more or fewer pilots. */
import { BeamloopError } from '../../core/errors.js';
import type { SchemeChoice } from '../../training/registry.js';

/**
 * The scheme with so many pilots: a codebook of as many, or the first ones of its codebook.
 *
 * @param where the key that asks for them, for the error.
 */
export function withPilots(choice: SchemeChoice, count: number, where: string): SchemeChoice {
  switch (choice.name) {
    case 'near-field-rainbow':
      return typeof choice.rings === 'number' ? { ...choice, rings: count } : { ...choice, pilots: count };
    case 'tdps':
    case 'exhaustive-grid':
      return { ...choice, pilots: count };
    default:
      throw new BeamloopError('SCENARIO_INVALID', {
        what: `The number of pilots of ${choice.name} cannot be chosen`,
        where,
        todo: 'Leave it out',
      });
  }
}

/** What a scheme sends where the file does not say; Algorithm 1 asks for few. */
export function pilotsOf(choice: SchemeChoice): number {
  return 'pilots' in choice && choice.pilots !== undefined ? choice.pilots : 1;
}
