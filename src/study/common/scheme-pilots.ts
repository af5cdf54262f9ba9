/** Schemes of the whole band with more or fewer pilots. */
import { BeamloopError } from '../../core/errors.js';
import { schemeOf } from '../../training/registry.js';
import type { SchemeChoice } from '../../training/scheme-definition.js';

/**
 * The scheme with so many pilots: a codebook of as many, or the first ones of its codebook.
 *
 * @param where the key that asks for them, for the error.
 */
export function withPilots(choice: SchemeChoice, count: number, where: string): SchemeChoice {
  const { withPilots: ofPilots } = schemeOf(choice);
  if (ofPilots !== null) return ofPilots(choice, count);
  throw new BeamloopError('SCENARIO_INVALID', {
    what: `The number of pilots of ${choice.name} cannot be chosen`,
    where,
    todo: 'Leave it out',
  });
}

/** What a scheme sends where the file does not say; Algorithm 1 asks for few. */
export function pilotsOf(choice: SchemeChoice): number {
  return schemeOf(choice).chosenPilots(choice) ?? 1;
}
