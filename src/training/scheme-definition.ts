/**
 * What beamloop knows of a scheme. Whoever wants to know something of one asks its definition; nobody else tells schemes apart.
 * Every scheme is one file in schemes/ and one entry of its list; those of users are made complete by plugins/own-definition.ts.
 */
import type { z } from 'zod';
import type { LinearArray } from '../array/linear-array.js';
import type { SplitCodebook, SplitParameters } from '../codebook/beam-split.js';
import type { ChirpCodebook } from '../codebook/chirp.js';
import type { Codeword } from '../codebook/codeword.js';
import type { PlanarCodebook } from '../codebook/planar.js';
import type { PolarCodebook } from '../codebook/polar.js';
import type { EstimatorChoice } from './estimators/choice.js';
import type { SchemeFactory, WidebandSetting } from './scheme-factory.js';

/** A scheme with its options as a scenario or study file chooses it: plain data, defaults filled in. */
export interface SchemeChoice {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** Colours of figures, which report/drawing/colour.ts makes of them. */
export const SCHEME_COLOURS = ['blue', 'orange', 'green', 'purple', 'red', 'sky', 'muted', 'ink'] as const;
export type SchemeColour = (typeof SCHEME_COLOURS)[number];

/** Codewords of sector 1..2^level: several when the strongest of them speaks for the sector, none when it has no pilot. */
export type SectorBeams = readonly (readonly Codeword[])[];

/** The beams that a coarse search tells directions apart with. */
type CoarseBeams<O> =
  /** Level by level, two for each of the level before. */
  | {
      readonly kind: 'levels';
      /** Null for a level that the search does not reach. */
      beamsOf(options: O, polar: PolarCodebook, level: number): SectorBeams | null;
      /** How many codewords speak for a sector. */
      numPerSector(numRings: number): number;
    }
  /** Cells of direction and slope, tier by tier. */
  | { readonly kind: 'tiers'; codebookOf(polar: PolarCodebook): ChirpCodebook }
  /** All far-field beams of the polar codebook at once. */
  | { readonly kind: 'sweep' };

interface Described<O> {
  /** As files and recordings have it. */
  readonly name: string;
  /** As figures and reports have it. */
  readonly title: string;
  /** Where it is published. */
  readonly source: string;
  /** How many pilots it sends, in words and formulas, for docs/schemes.md. */
  readonly pilots: string;
  /** In figures; null: the next that is free. */
  readonly colour: SchemeColour | null;
  /** File of a scheme that is not ours; null for ours. */
  readonly plugin: string | null;
  /** Options, each with its schema, in the order in which they are recorded. */
  readonly options: z.core.$ZodLooseShape;
  /** What options ask of one another; null where each stands for itself. */
  readonly rules: ((options: O, context: z.core.$RefinementCtx) => void) | null;
  /**
   * What sets a choice apart, in words.
   *
   * @param changed options that are not at their defaults, as `key=value`; all of them, or those of the keys.
   */
  readonly label: (options: O, changed: (keys?: readonly string[]) => string[]) => string[];
}

/** What studies want to know. */
interface Studied<O> {
  /** Which of a user's pilots refine what was found before; null: none, or all. */
  readonly refinement: 'last batch' | 'after the first batch' | null;
  /** Null where there is no coarse search, or nobody looks at its beams. */
  readonly coarseBeams: CoarseBeams<O> | null;
  /** Whether it sends all of the polar codebook and takes the strongest, which can be computed at once. */
  readonly searchesWholeCodebook: boolean;
  /** Pilots of one user for an array, about: what traces of a study take. */
  readonly tracedPilots: (numElements: number, numRings: number) => number;
  /** The same scheme with so many pilots; null where their number cannot be chosen. */
  readonly withPilots: ((options: O, count: number) => O) | null;
  /** Pilots as far as the options tell; null where array and sector decide. */
  readonly chosenPilots: (options: O) => number | null;
}

/** Decides by what is received at the carrier, or by the mean over the band. */
interface OfCarrier<O> {
  readonly needs: 'carrier';
  /** @throws BAD_ARGUMENT when it cannot work with the array. */
  readonly build: (options: O, polar: PolarCodebook) => SchemeFactory;
}

/** For planar arrays; decides as one of the carrier does. */
interface OfPlanarArray<O> {
  readonly needs: 'planar array';
  /** @throws BAD_ARGUMENT when it cannot work with the codebook. */
  readonly build: (options: O, codebook: PlanarCodebook) => SchemeFactory;
}

/** Decides by the powers of single subcarriers. */
interface OfBand<O> {
  readonly needs: 'band';
  /** @throws BAD_ARGUMENT when it cannot work with array and band. */
  readonly build: (options: O, polar: PolarCodebook, setting: WidebandSetting) => SchemeFactory;
}

/** Sends pilots that split over the band, once, and estimates by one of the estimators (option `estimator`). */
interface OfSplitBeams<O> {
  readonly needs: 'split beams';
  /** @throws BAD_ARGUMENT when band and array do not allow them. */
  readonly codebook: (options: O, array: LinearArray, setting: WidebandSetting) => SplitCodebook;
  /** Parameters of the first pilot that the options give in place of a design; null where they give none. */
  readonly givenParameters: (options: O) => SplitParameters | null;
  /** What the pilots leave unsearched, in words with the numbers; nothing when all is well. */
  readonly advice: (options: O, array: LinearArray, setting: WidebandSetting) => readonly string[];
}

type Definition<O> = Described<O> &
  Studied<O> &
  (OfCarrier<O> | OfPlanarArray<O> | OfBand<O> | OfSplitBeams<O>);

/** Everything about one scheme. Nothing may be left out: what does not apply is null. */
export type SchemeDefinition = Definition<SchemeChoice>;

/** Options as their schemas leave them, with the name. */
export type OptionsOf<S extends z.core.$ZodLooseShape> = { readonly name: string } & z.output<z.ZodObject<S>>;

/** The part that holds for schemes whose pilots split: they have an estimator. */
type Checked<S extends z.core.$ZodLooseShape> =
  OptionsOf<S> extends { readonly estimator: EstimatorChoice }
    ? OfSplitBeams<OptionsOf<S>>
    : OfCarrier<OptionsOf<S>> | OfPlanarArray<OptionsOf<S>> | OfBand<OptionsOf<S>>;

/** One of our schemes: a part that is missing does not compile. */
export function builtIn<const S extends z.core.$ZodLooseShape>(
  definition: { readonly options: S } & Omit<Described<OptionsOf<S>>, 'options' | 'plugin'> &
    Studied<OptionsOf<S>> &
    Checked<S>,
): SchemeDefinition {
  // Whoever calls it has the options from the very schema that is in the definition.
  return { plugin: null, ...definition } as unknown as SchemeDefinition;
}
