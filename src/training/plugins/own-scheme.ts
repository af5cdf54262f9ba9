/** What a user of beamloop says of a scheme of their own (docs/how-to/add-a-scheme.md). */
import type { z } from 'zod';
import type { Band } from '../../array/band.js';
import type { FocalPoint, Sector } from '../../array/focal-point.js';
import type { LinearArray } from '../../array/linear-array.js';
import type { Codeword } from '../../codebook/codeword.js';
import type { PolarCodebook, PolarIndex } from '../../codebook/polar.js';
import type { BaseUnit } from '../../core/units.js';
import type { Estimate, Scheme } from '../scheme.js';
import type { OptionsOf, SchemeChoice, SchemeColour } from '../scheme-definition.js';

/** What schemas of options are made with; given, so that a plugin needs to import nothing. */
export interface OptionKit {
  readonly z: typeof z;
  /**
   * A quantity with its unit, such as `quantity('m')` for `20 m`; a number in the base unit comes out, and defaults are such
   * numbers. Bounds, where given, are in the base unit, too.
   */
  readonly quantity: (
    unit: BaseUnit,
    bounds?: { readonly min?: number; readonly max?: number },
  ) => z.ZodType<number, string | number>;
}

/** What a scheme is set up for, with tools that it may use. */
export interface OwnSetting<Options = SchemeChoice> {
  readonly options: Options;
  readonly array: LinearArray;
  readonly polar: PolarCodebook;
  /** The subcarriers; null for a scheme that needs the carrier only. */
  readonly band: Band | null;
  /** Where users can be; null for a scheme that needs the carrier only. */
  readonly sector: Sector | null;
  /** What the board radiates when it is told to send a codeword; the codeword itself where nobody knows better. */
  readonly realise: (codeword: Codeword) => Codeword;
  /** A pilot by its phases, rad, shape [numElements]. */
  readonly codewordOfPhases: (name: string, phaseRad: ArrayLike<number>) => Codeword;
  /** A pilot by true time delays, s, and phases, rad, shape [numElements] each; phases 0 unless given. */
  readonly codewordOfDelays: (
    name: string,
    delayS: ArrayLike<number>,
    phaseRad?: ArrayLike<number>,
  ) => Codeword;
  /** A pilot that focuses on a point at the carrier; `ringPerM` 0 is the far field. */
  readonly focusCodeword: (point: FocalPoint) => Codeword;
  /** Position of the largest power; the first of equals. */
  readonly strongest: (powers: ArrayLike<number>) => number;
  /** The estimate that a codeword of the polar codebook stands for. */
  readonly polarEstimate: (index: PolarIndex) => Estimate;
  /** The estimate that serves a point over the whole band, by delays. */
  readonly servedAt: (point: FocalPoint) => Estimate;
}

export interface OwnScheme<S extends z.core.$ZodLooseShape = z.core.$ZodLooseShape> {
  /** As files and recordings have it: lower-case words with dashes. */
  readonly name: string;
  /** As figures and reports have it. */
  readonly title: string;
  /** `carrier`: decides by powers at the carrier, or their mean; `band`: by those of single subcarriers. */
  readonly needs: 'carrier' | 'band';
  /** Sets it up for an array; what it returns is called for every user and begins a search. */
  build(setting: OwnSetting<OptionsOf<S>>): () => Scheme;
  /** Its options, each with its schema; none unless given. */
  options?(kit: OptionKit): S;
  /** Whether what it sends depends on the powers (true unless given); if not, it sends everything in one batch. */
  readonly adaptive?: boolean;
  /** In figures; the next that is free unless given. */
  readonly colour?: SchemeColour;
  /** Where it is published. */
  readonly source?: string;
}

/** Gives a plugin's scheme its types. What is wrong with it is told when it is loaded. */
export function defineScheme<const S extends z.core.$ZodLooseShape = Record<never, never>>(
  scheme: OwnScheme<S>,
): OwnScheme<S> {
  return scheme;
}
