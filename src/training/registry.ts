/**
 * The schemes that this process knows: ours, and those of plugins once they are loaded. Scenario, study, replay and report find
 * a scheme's definition here by the name that files and recordings have.
 */
import { z } from 'zod';
import type { LinearArray } from '../array/linear-array.js';
import { type ArrayCodebook, requirePlanar, requirePolar } from '../codebook/array-codebook.js';
import type { SplitCodebook, SplitParameters } from '../codebook/beam-split.js';
import { changingSchema } from '../core/changing-schema.js';
import { choiceSchemas } from '../core/choice-schema.js';
import { BeamloopError } from '../core/errors.js';
import { nearest } from '../core/nearest.js';
import type { EstimatorChoice } from './estimators/choice.js';
import type { SchemeChoice, SchemeDefinition } from './scheme-definition.js';
import type { SchemeFactory, WidebandSetting } from './scheme-factory.js';
import { BUILT_IN_SCHEMES } from './schemes/list.js';
import { splitTrainingFactory } from './split-training.js';

/** Of a name that nobody knows. */
const OWN = 'A scheme of your own is loaded with --plugin ./file.js, or named by its file: scheme: ./file.js';

let known = registryOf(BUILT_IN_SCHEMES);

interface Registry {
  readonly byName: ReadonlyMap<string, SchemeDefinition>;
  /** A map of name and options. */
  readonly withOptions: ReadonlyMap<string, z.ZodType<SchemeChoice>>;
  /** Name alone, or name and options. */
  readonly schema: z.ZodType<SchemeChoice>;
}

function registryOf(definitions: readonly SchemeDefinition[]): Registry {
  const schemas = definitions.map(schemaOf);
  const names = definitions.map(({ name }) => name);
  return {
    byName: new Map(definitions.map((definition) => [definition.name, definition])),
    withOptions: new Map(names.map((name, k) => [name, schemas[k] as z.ZodType<SchemeChoice>])),
    schema: choiceSchemas<SchemeChoice>(names, schemas, OWN).either,
  };
}

function schemaOf({ name, options, rules }: SchemeDefinition) {
  const schema = z.strictObject({ name: z.literal(name), ...options });
  return rules === null
    ? schema
    : schema.superRefine((chosen, context) => rules(chosen as SchemeChoice, context));
}

/** Schema of a scheme: its name alone (`dpc`), or a map with its name and options. */
export const schemeSchema = changingSchema(() => known.schema);

/** Adds schemes to those that are known; one of the same name takes the place of the one before. */
export function learnSchemes(definitions: readonly SchemeDefinition[]): void {
  const all = new Map(known.byName);
  for (const definition of definitions) all.set(definition.name, definition);
  known = registryOf([...all.values()]);
}

/** Ours first. */
function knownSchemes(): readonly SchemeDefinition[] {
  return [...known.byName.values()];
}

export function schemeNames(): readonly string[] {
  return [...known.byName.keys()];
}

/** Null for a name that no scheme has. */
export function findScheme(name: string): SchemeDefinition | null {
  return known.byName.get(name) ?? null;
}

/** @throws BAD_ARGUMENT when no scheme has the name. */
export function schemeOf({ name }: Pick<SchemeChoice, 'name'>): SchemeDefinition {
  const definition = known.byName.get(name);
  if (definition !== undefined) return definition;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `There is no scheme ${name}`,
    todo: `Did you mean '${nearest(name, schemeNames())}'? Schemes: ${schemeNames().join(', ')}`,
  });
}

/** The scheme with all options as its schema sets them; an option that must be given is not there. */
export function defaultChoice(name: string): SchemeChoice {
  return known.withOptions.get(name)?.safeParse({ name }).data ?? { name };
}

/**
 * Builds a scheme.
 *
 * @param wideband null where there is no band; schemes that need one refuse then.
 * @throws BeamloopError BAD_ARGUMENT when the scheme cannot work with the array (not a power of two of elements, planar and not
 * linear) or lacks a band.
 */
export function createScheme(
  choice: SchemeChoice,
  arrayCodebook: ArrayCodebook,
  wideband: WidebandSetting | null = null,
): SchemeFactory {
  const definition = schemeOf(choice);
  const what = `Scheme ${choice.name}`;
  if (definition.needs === 'planar array') {
    return definition.build(choice, requirePlanar(arrayCodebook, what));
  }
  const polar = requirePolar(arrayCodebook, what);
  switch (definition.needs) {
    case 'carrier':
      return definition.build(choice, polar);
    case 'band':
      return definition.build(choice, polar, requireBand(choice, wideband));
    case 'split beams': {
      const setting = requireBand(choice, wideband);
      const { estimator, codebook } = splitOf(choice)!;
      return splitTrainingFactory(codebook(polar.array, setting), estimator, setting);
    }
  }
}

function requireBand({ name }: SchemeChoice, wideband: WidebandSetting | null): WidebandSetting {
  if (wideband !== null) return wideband;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `Scheme ${name} needs a band of subcarriers, and none is given`,
    todo: 'Give bandwidth, subcarriers and sector of the array',
  });
}

/** Whether the scheme decides by the powers of single subcarriers. */
export function needsBand(choice: SchemeChoice): boolean {
  const { needs } = schemeOf(choice);
  return needs === 'band' || needs === 'split beams';
}

/** Whether the scheme is for planar arrays; all others are for linear ones. */
export function needsPlanarArray(choice: SchemeChoice): boolean {
  return schemeOf(choice).needs === 'planar array';
}

/** Names of the schemes for planar arrays, or of those for linear ones, for advice. */
export function schemesFor(array: 'planar' | 'linear'): string {
  const names = knownSchemes().flatMap(({ needs, name }) =>
    (needs === 'planar array') === (array === 'planar') ? [name] : [],
  );
  return names.join(', ');
}

/** A scheme whose pilots split over the band. */
export interface SplitScheme {
  readonly estimator: EstimatorChoice;
  /** Its pilots. Throws BAD_ARGUMENT when band and array do not allow them. */
  codebook(array: LinearArray, setting: WidebandSetting): SplitCodebook;
  /** Parameters that its options give in place of a design; null where they give none. */
  givenParameters(): SplitParameters | null;
  /** What the pilots leave unsearched, in words with the numbers; nothing when all is well. */
  advice(array: LinearArray, setting: WidebandSetting): readonly string[];
  /** The same scheme with another estimator. */
  withEstimator(estimator: EstimatorChoice): SchemeChoice;
}

/** Null for schemes whose pilots do not split. */
export function splitOf(choice: SchemeChoice): SplitScheme | null {
  const definition = schemeOf(choice);
  if (definition.needs !== 'split beams') return null;
  return {
    // Its schema has seen to it.
    estimator: choice.estimator as EstimatorChoice,
    codebook: (array, setting) => definition.codebook(choice, array, setting),
    givenParameters: () => definition.givenParameters(choice),
    advice: (array, setting) => definition.advice(choice, array, setting),
    withEstimator: (estimator) => ({ ...choice, estimator }),
  };
}

/**
 * Names of the schemes whose pilots split, for advice.
 *
 * @param word before the last: `tdps, near-field-rainbow or far-field-rainbow`.
 */
export function splitSchemes(word: 'or' | 'and'): string {
  const names = knownSchemes().flatMap(({ needs, name }) => (needs === 'split beams' ? [name] : []));
  return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1)}`;
}
