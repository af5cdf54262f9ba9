/** What a user of beamloop says of a scheme of their own (docs/how-to/add-a-scheme.md). */
import { z } from 'zod';
import type { Band } from '../../array/band.js';
import type { FocalPoint, Sector } from '../../array/focal-point.js';
import type { LinearArray } from '../../array/linear-array.js';
import type { Codeword } from '../../codebook/codeword.js';
import type { PolarCodebook, PolarIndex } from '../../codebook/polar.js';
import { BeamloopError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { quantity } from '../../core/settings-quantity.js';
import type { Estimate, Scheme } from '../scheme.js';
import {
  type OptionsOf,
  SCHEME_COLOURS,
  type SchemeChoice,
  type SchemeColour,
  type SchemeDefinition,
} from '../scheme-definition.js';
import { ownFactory } from './own-factory.js';

/** What schemas of options are made with; given, so that a plugin needs to import nothing. */
export interface OptionKit {
  readonly z: typeof z;
  /** A quantity with its unit, such as `quantity('m')` for `20 m`; a number in the base unit comes out. */
  readonly quantity: typeof quantity;
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

const MUST_HAVE = ['name', 'title', 'needs', 'build'] as const;
const MAY_HAVE = ['options', 'adaptive', 'colour', 'source'] as const;
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * The definition of a scheme of a user's, complete.
 *
 * @param file the plugin, for complaints.
 * @throws PLUGIN_INVALID naming what is missing or wrong.
 */
export function definitionOf(exported: unknown, file: string): SchemeDefinition {
  const own = checked(exported, file);
  const { name, title, needs, colour = null, source = file } = own;
  const common = {
    name,
    title,
    source,
    colour,
    pilots: 'as it decides',
    plugin: file,
    options: optionsOf(own, file),
    rules: null,
    label: (_: SchemeChoice, changed: () => string[]) => changed(),
    refinement: null,
    coarseBeams: null,
    searchesWholeCodebook: false,
    tracedPilots: (numElements: number) => Math.max(100, numElements),
    withPilots: null,
    chosenPilots: () => null,
  };
  return needs === 'carrier'
    ? { ...common, needs, build: (options, polar) => ownFactory(own, file, options, polar, null) }
    : {
        ...common,
        needs,
        build: (options, polar, setting) => ownFactory(own, file, options, polar, setting),
      };
}

function checked(exported: unknown, file: string): OwnScheme {
  if (exported === null || typeof exported !== 'object') {
    throw wrong(
      file,
      `The plugin exports ${exported === null ? 'null' : `a ${typeof exported}`} where a scheme is wanted`,
    );
  }
  const parts = exported as Readonly<Record<string, unknown>>;
  const called = typeof parts.name === 'string' ? `Scheme ${parts.name}` : 'The scheme of the plugin';
  const known: readonly string[] = [...MUST_HAVE, ...MAY_HAVE];
  const unknown = Object.keys(parts).find((part) => !known.includes(part));
  const missing = MUST_HAVE.filter((part) => parts[part] === undefined);
  if (unknown !== undefined) {
    throw wrong(
      file,
      `${called} has a part '${unknown}', which no scheme has`,
      `Did you mean '${nearest(unknown, known)}'? Parts: ${known.join(', ')}`,
    );
  }
  if (missing.length > 0) {
    throw wrong(
      file,
      `${called} lacks ${missing.join(', ')}`,
      `Add what is missing; parts: ${known.join(', ')}`,
    );
  }
  const { name, title, needs, build, options, adaptive, colour, source } = parts;
  const complaints: [boolean, string][] = [
    [
      typeof name === 'string' && NAME.test(name) && name.length <= 60,
      "name must be lower-case words with dashes, such as 'two-stage-sweep'",
    ],
    [isText(title), 'title must be a text'],
    [needs === 'carrier' || needs === 'band', "needs must be 'carrier' or 'band'"],
    [typeof build === 'function', 'build must be a function'],
    [
      options === undefined || typeof options === 'function',
      'options must be a function that returns schemas: ({ z }) => ({ … })',
    ],
    [adaptive === undefined || typeof adaptive === 'boolean', 'adaptive must be true or false'],
    [
      colour === undefined || SCHEME_COLOURS.some((one) => one === colour),
      `colour must be one of ${SCHEME_COLOURS.join(', ')}`,
    ],
    [source === undefined || isText(source), 'source must be a text'],
  ];
  const complaint = complaints.find(([holds]) => !holds);
  if (complaint !== undefined) throw wrong(file, `${called}: ${complaint[1]}`);
  return parts as unknown as OwnScheme;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

function optionsOf(own: OwnScheme, file: string): z.core.$ZodLooseShape {
  if (own.options === undefined) return {};
  let options: unknown;
  try {
    options = own.options({ z, quantity });
  } catch (error) {
    throw wrong(
      file,
      `The options of scheme ${own.name} cannot be made: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const isShape =
    options !== null &&
    typeof options === 'object' &&
    Object.values(options).every((schema) => schema instanceof z.ZodType);
  if (!isShape) {
    throw wrong(
      file,
      `The options of scheme ${own.name} are no map of schemas`,
      'Make them with the z that options is given: ({ z }) => ({ reach: z.int().min(0).default(1) })',
    );
  }
  if (Object.hasOwn(options as object, 'name')) {
    throw wrong(
      file,
      `Scheme ${own.name} has an option 'name', which is what files call the scheme by`,
      'Call it otherwise',
    );
  }
  return options as z.core.$ZodLooseShape;
}

function wrong(
  file: string,
  what: string,
  todo = 'Correct the plugin; docs/how-to/add-a-scheme.md shows one',
): BeamloopError {
  return new BeamloopError('PLUGIN_INVALID', { what, where: file, todo });
}
