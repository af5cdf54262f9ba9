/** Scheme names, their options, and how each is built: used by campaigns, studies, replay and the command line. */
import { z } from 'zod';
import type { Band } from '../array/band.js';
import { ringRangeOf, type Sector } from '../array/focal-point.js';
import type { LinearArray } from '../array/linear-array.js';
import type { SplitCodebook } from '../codebook/beam-split.js';
import { ChirpCodebook } from '../codebook/chirp.js';
import { requireFewCodewords } from '../codebook/codebook-size.js';
import type { Codeword } from '../codebook/codeword.js';
import { DftCodebook } from '../codebook/dft.js';
import { DpcCodebook } from '../codebook/dpc.js';
import type { PolarCodebook, PolarIndex } from '../codebook/polar.js';
import { evenRings, farRainbowCodebook, polarRings, rainbowCodebook } from '../codebook/rainbow.js';
import { SectorCodebook } from '../codebook/sector.js';
import { describeTdPs, designTdPs, type TdPsDesign, tdPsCodebook } from '../codebook/tdps.js';
import { BeamloopError } from '../core/errors.js';
import { once } from '../core/once.js';
import { plural } from '../core/plural.js';
import { quantity } from '../core/settings-quantity.js';
import { dpcHierarchical } from './dpc.js';
import { refinementPilots } from './dpc-refinement.js';
import { estimatorSchema } from './estimators/choice.js';
import { createEstimator } from './estimators/create-estimator.js';
import type { SearchStatistics } from './estimators/point-estimator.js';
import { exhaustive } from './exhaustive.js';
import { exhaustiveGrid, gridPilots } from './exhaustive-grid.js';
import { farFieldHierarchical } from './far-field-hierarchical.js';
import { farFieldSweep } from './far-field-sweep.js';
import { nearFieldHierarchical } from './near-field-hierarchical.js';
import type { Scheme } from './scheme.js';
import { spatialChirp } from './spatial-chirp.js';
import { splitTraining } from './split-training.js';

/** Codebooks and dictionaries are shared between the searches of one factory. */
export interface SchemeFactory {
  /** Starts the search for one user. */
  start(): Scheme;
  /**
   * What takes long to get ready, in steps of some milliseconds: who must not be kept that long does these before the first
   * powers come. Nothing is lost by not doing them.
   */
  preparing(): Iterator<void>;
  /** The subcarriers whose powers it wants one by one; null when it decides by their mean. */
  readonly band: Band | null;
  /**
   * The one subcarrier by which it decides; powers of that one alone will do (`numSubcarriers` 1). Null when it wants all
   * of the band, or their mean.
   */
  readonly onlySubcarrier: number | null;
  /** Searches of the estimator's dictionary so far, over all users; null where it has none. */
  searches(): SearchStatistics | null;
  /** Whether what it sends depends on the powers; if not, it sends everything in one batch. */
  readonly adaptive: boolean;
}

/** What schemes that use the whole band need to know besides the array. */
export interface WidebandSetting {
  readonly band: Band;
  /** Where users can be. */
  readonly sector: Sector;
  /** What the board radiates when it is told to send a codeword; the codeword itself where nobody knows better. */
  readonly realise?: (codeword: Codeword) => Codeword;
}

/** A number or an expression such as `349/11`. */
const plainNumber = quantity('1').pipe(z.number('must be finite'));
const pair = z.tuple([plainNumber, plainNumber], 'must be two numbers: direction and ring (1/m)');

/** `polar`: the rings of the polar codebook down to the nearest distance; a number: so many, evenly spaced. */
const rings = z.union([z.literal('polar'), z.int().min(1).max(65_535)]).default('polar');

/** Stops after the first so many of its pilots; all unless given. */
const firstPilots = z.int().min(1).max(10_000_000).optional();

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
    /** How the coarse beams are widened; shaped ones need amplitudes. */
    wideBeams: z.enum(['sub-array', 'shaped']).default('sub-array'),
  }),
  z.strictObject({ name: z.literal('spatial-chirp') }),
  z
    .strictObject({
      name: z.literal('tdps'),
      /** K; what Algorithm 1 asks for unless given. */
      pilots: z.int().min(1).max(65_535).optional(),
      gamma: plainNumber.pipe(z.number().gt(0).max(1)).optional(),
      epsilon: plainNumber.pipe(z.number().min(1)).optional(),
      endDirection: plainNumber.pipe(z.number().min(-1).max(1)).optional(),
      /** [theta_t, alpha_t] and [theta_p, alpha_p] in place of Algorithm 1. */
      delayParameters: pair.optional(),
      phaseParameters: pair.optional(),
      /** What pilots differ by; by phases one fixed delay per element will do. */
      interleaving: z.enum(['delays', 'phases']).default('delays'),
      estimator: estimatorSchema.prefault('matched-filter'),
    })
    .refine((o) => (o.delayParameters === undefined) === (o.phaseParameters === undefined), {
      message: 'goes together with delayParameters',
      path: ['phaseParameters'],
    })
    .superRefine((o, context) => {
      for (const key of ['gamma', 'epsilon', 'endDirection'] as const) {
        if (o.delayParameters === undefined || o[key] === undefined) continue;
        const message = 'is what parameters are computed from, and delayParameters gives them';
        context.addIssue({ code: 'custom', message, path: [key] });
      }
    }),
  z.strictObject({
    name: z.literal('near-field-rainbow'),
    rings,
    pilots: firstPilots,
    estimator: estimatorSchema.prefault('on-grid'),
  }),
  z.strictObject({
    name: z.literal('far-field-rainbow'),
    estimator: estimatorSchema.prefault('on-grid'),
  }),
  z.strictObject({ name: z.literal('exhaustive-grid'), rings, pilots: firstPilots }),
]);

export type SchemeChoice = z.output<typeof schemeWithOptions>;
export type SchemeName = SchemeChoice['name'];

export const SCHEME_NAMES = [
  'exhaustive',
  'dpc',
  'far-field-sweep',
  'near-field-hierarchical',
  'far-field-hierarchical',
  'spatial-chirp',
  'tdps',
  'near-field-rainbow',
  'far-field-rainbow',
  'exhaustive-grid',
] as const satisfies readonly SchemeName[];

/** Schema of a scheme: its name alone (`dpc`), or a map with its name and options. */
export const schemeSchema = z.union([
  z.enum(SCHEME_NAMES).transform((name) => schemeWithOptions.parse({ name })),
  schemeWithOptions,
]);

/**
 * Builds a scheme.
 *
 * @param wideband null where there is no band; schemes that need one refuse then.
 * @throws BeamloopError BAD_ARGUMENT when the scheme cannot work with the array (not a power of two of elements) or lacks
 * a band.
 */
export function createScheme(
  choice: SchemeChoice,
  polar: PolarCodebook,
  wideband: WidebandSetting | null = null,
): SchemeFactory {
  const { array } = polar;
  switch (choice.name) {
    case 'exhaustive':
      requireFewCodewords('The exhaustive search', polar.numCodewords, array);
      return narrowband(() => exhaustive(polar), false);
    case 'dpc': {
      const dpc = new DpcCodebook(array, { rangeReduction: choice.rangeReduction });
      const known = new Map<number, readonly PolarIndex[]>();
      const refinement = (region: number) => {
        const pilots = known.get(region) ?? refinementPilots(polar, region, choice.pilotSetExpansion);
        known.set(region, pilots);
        return pilots;
      };
      return narrowband(() => dpcHierarchical(dpc, polar, refinement));
    }
    case 'far-field-sweep':
      requireFewCodewords('The far-field sweep', polar.numAngles, array);
      return narrowband(() => farFieldSweep(polar));
    case 'near-field-hierarchical': {
      const sectors = new SectorCodebook(polar);
      return narrowband(() => nearFieldHierarchical(sectors));
    }
    case 'far-field-hierarchical': {
      const dft = new DftCodebook(array, choice.wideBeams);
      const numLevels = dft.numLevels - Math.log2(choice.refinementAngles);
      if (numLevels < 0) {
        throw new BeamloopError('BAD_ARGUMENT', {
          what: `far-field-hierarchical cannot refine ${choice.refinementAngles} angles with ${array.numElements} elements`,
          todo: `Give refinementAngles up to ${array.numElements}`,
        });
      }
      return narrowband(() => farFieldHierarchical(dft, polar, numLevels));
    }
    case 'spatial-chirp': {
      const chirps = new ChirpCodebook(polar);
      return narrowband(() => spatialChirp(chirps));
    }
    case 'exhaustive-grid': {
      const { band, sector } = requireBand(choice, wideband);
      const rings = ringsOf(choice.rings, array, sector);
      requireFewCodewords('The grid of the exhaustive search', rings.length * array.numElements, array);
      const grid = gridPilots(array, Math.sin(sector.maxAngleRad), rings);
      const pilots = firstOf(choice.pilots, grid, choice.name);
      return {
        start: () => exhaustiveGrid(array, pilots, band.middle),
        band,
        onlySubcarrier: band.middle,
        preparing: nothing,
        searches: () => null,
        adaptive: false,
      };
    }
    default: {
      const setting = requireBand(choice, wideband);
      const codebook = splitCodebookOf(choice, array, setting);
      const estimator = once(() =>
        createEstimator(choice.estimator, {
          codebook,
          sector: setting.sector,
          realise: setting.realise ?? ((codeword) => codeword),
        }),
      );
      return {
        start: () => splitTraining(codebook, estimator),
        band: setting.band,
        onlySubcarrier: null,
        preparing: () => estimator().preparing ?? nothing(),
        searches: () => estimator().statistics ?? null,
        adaptive: false,
      };
    }
  }
}

function nothing(): Iterator<void> {
  return [].values();
}

/** Whether the scheme decides by the powers of single subcarriers. */
export function needsBand(choice: SchemeChoice): boolean {
  return 'estimator' in choice || choice.name === 'exhaustive-grid';
}

/** Schemes whose pilots split over the band. */
export type SplitChoice = Extract<SchemeChoice, { estimator: unknown }>;

/**
 * The pilots of a splitting scheme.
 *
 * @throws BAD_ARGUMENT when band and array do not allow them.
 */
export function splitCodebookOf(
  choice: SplitChoice,
  array: LinearArray,
  { band, sector }: WidebandSetting,
): SplitCodebook {
  const maxSinAngle = Math.sin(sector.maxAngleRad);
  switch (choice.name) {
    case 'tdps': {
      const design = tdPsDesignOf(choice, array, { band, sector });
      return tdPsCodebook(array, band, design, choice.pilots, choice.interleaving);
    }
    case 'near-field-rainbow': {
      const rings = [...ringsOf(choice.rings, array, sector)];
      return rainbowCodebook(array, band, maxSinAngle, firstOf(choice.pilots, rings, choice.name));
    }
    case 'far-field-rainbow':
      return farRainbowCodebook(array, band, maxSinAngle);
  }
}

/**
 * The parameters of a TD-PS scheme: its own, or those of Algorithm 1 for the sector.
 *
 * @throws BAD_ARGUMENT when band and array do not allow them.
 */
export function tdPsDesignOf(
  { delayParameters, phaseParameters, ...algorithm }: Extract<SchemeChoice, { name: 'tdps' }>,
  array: LinearArray,
  { band, sector }: WidebandSetting,
): TdPsDesign {
  if (delayParameters === undefined || phaseParameters === undefined) {
    return designTdPs(array, band, { ...algorithm, ringRangePerM: ringRangeOf(sector) });
  }
  return describeTdPs(array, band, {
    delaySinAngle: delayParameters[0],
    delayRingPerM: delayParameters[1],
    phaseSinAngle: phaseParameters[0],
    phaseRingPerM: phaseParameters[1],
  });
}

function ringsOf(rings: 'polar' | number, array: LinearArray, sector: Sector): Float64Array {
  return rings === 'polar' ? polarRings(array, sector.distanceM[0]) : evenRings(ringRangeOf(sector), rings);
}

function firstOf<T>(numPilots: number | undefined, all: readonly T[], name: string): readonly T[] {
  if (numPilots === undefined) return all;
  if (numPilots <= all.length) return all.slice(0, numPilots);
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `Scheme ${name} has ${plural(all.length, 'pilot')} here; ${numPilots} are asked for`,
    todo: `Ask for at most ${all.length}`,
  });
}

function narrowband(start: () => Scheme, adaptive = true): SchemeFactory {
  return { start, preparing: nothing, band: null, onlySubcarrier: null, searches: () => null, adaptive };
}

function requireBand({ name }: SchemeChoice, wideband: WidebandSetting | null): WidebandSetting {
  if (wideband !== null) return wideband;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `Scheme ${name} needs a band of subcarriers, and none is given`,
    todo: 'Give bandwidth, subcarriers and sector of the array',
  });
}
