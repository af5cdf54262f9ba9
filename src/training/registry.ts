/** Scheme names, their options, and how each is built: used by campaigns, studies, replay and the command line. */
import { z } from 'zod';
import { DftCodebook } from '../codebook/dft.js';
import { DpcCodebook } from '../codebook/dpc.js';
import type { PolarCodebook, PolarIndex } from '../codebook/polar.js';
import { SectorCodebook } from '../codebook/sector.js';
import { BeamloopError } from '../core/errors.js';
import { dpcHierarchical } from './dpc.js';
import { refinementPilots } from './dpc-refinement.js';
import { exhaustive } from './exhaustive.js';
import { farFieldHierarchical } from './far-field-hierarchical.js';
import { farFieldSweep } from './far-field-sweep.js';
import { nearFieldHierarchical } from './near-field-hierarchical.js';
import type { Scheme } from './scheme.js';

/** Starts the search for one user. Codebooks are shared between the searches of one factory. */
export type SchemeFactory = () => Scheme;

/** One scheme with its options, as scenario and study files write it. */
const schemeWithOptions = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('exhaustive') }),
  z.strictObject({
    name: z.literal('dpc'),
    /** Clip the codebook's angles to +-60 degrees (section V-A of the paper). */
    rangeReduction: z.boolean().default(true),
    /** Refine with neighbouring angles too (section V-B of the paper). */
    pilotSetExpansion: z.boolean().default(true),
  }),
  z.strictObject({ name: z.literal('far-field-sweep') }),
  z.strictObject({ name: z.literal('near-field-hierarchical') }),
  z.strictObject({
    name: z.literal('far-field-hierarchical'),
    /** Angles left for the refinement, a power of two; the coarse search stops there. */
    refinementAngles: z
      .int()
      .min(1)
      .refine((angles) => Number.isInteger(Math.log2(angles)), 'must be a power of two, such as 32')
      .default(32),
  }),
]);

export type SchemeChoice = z.output<typeof schemeWithOptions>;
export type SchemeName = SchemeChoice['name'];

export const SCHEME_NAMES = [
  'exhaustive',
  'dpc',
  'far-field-sweep',
  'near-field-hierarchical',
  'far-field-hierarchical',
] as const satisfies readonly SchemeName[];

/** Schema of a scheme: its name alone (`dpc`), or a map with its name and options. */
export const schemeSchema = z.union([
  z.enum(SCHEME_NAMES).transform((name) => schemeWithOptions.parse({ name })),
  schemeWithOptions,
]);

/**
 * Builds a scheme for a polar codebook.
 *
 * @throws BeamloopError BAD_ARGUMENT when the scheme cannot work with the array (not a power of two of elements).
 */
export function createScheme(choice: SchemeChoice, polar: PolarCodebook): SchemeFactory {
  const { array } = polar;
  switch (choice.name) {
    case 'exhaustive':
      return () => exhaustive(polar);
    case 'dpc': {
      const dpc = new DpcCodebook(array, { rangeReduction: choice.rangeReduction });
      const known = new Map<number, readonly PolarIndex[]>();
      const refinement = (region: number) => {
        const pilots = known.get(region) ?? refinementPilots(polar, region, choice.pilotSetExpansion);
        known.set(region, pilots);
        return pilots;
      };
      return () => dpcHierarchical(dpc, polar, refinement);
    }
    case 'far-field-sweep':
      return () => farFieldSweep(polar);
    case 'near-field-hierarchical': {
      const sectors = new SectorCodebook(polar);
      return () => nearFieldHierarchical(sectors);
    }
    case 'far-field-hierarchical': {
      const dft = new DftCodebook(array);
      const numLevels = dft.numLevels - Math.log2(choice.refinementAngles);
      if (numLevels < 0) {
        throw new BeamloopError('BAD_ARGUMENT', {
          what: `far-field-hierarchical cannot refine ${choice.refinementAngles} angles with ${array.numElements} elements`,
          todo: `Give refinementAngles up to ${array.numElements}`,
        });
      }
      return () => farFieldHierarchical(dft, polar, numLevels);
    }
  }
}

/** A scheme's name with the options that are not at their defaults: `dpc (rangeReduction=false)`. */
export function schemeLabel(choice: SchemeChoice): string {
  const defaults: Record<string, unknown> = schemeWithOptions.parse({ name: choice.name });
  const changed = Object.entries(choice).filter(([key, value]) => value !== defaults[key]);
  if (changed.length === 0) return choice.name;
  return `${choice.name} (${changed.map(([key, value]) => `${key}=${value}`).join(', ')})`;
}
