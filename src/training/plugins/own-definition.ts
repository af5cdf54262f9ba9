/** From what a plugin exports to a definition that lacks nothing. */
import { z } from 'zod';
import { BeamloopError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { quantity } from '../../core/settings-quantity.js';
import { EXAMPLE } from '../../core/units.js';
import { SCHEME_COLOURS, type SchemeChoice, type SchemeDefinition } from '../scheme-definition.js';
import { inTime } from './limited-time.js';
import { ownFactory } from './own-factory.js';
import type { OptionKit, OwnScheme } from './own-scheme.js';

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
    options = inTime(() => own.options!({ z, quantity: ownQuantity }));
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

/** Of a unit that there is, finite, and within bounds where there are some. */
const ownQuantity: OptionKit['quantity'] = (unit, { min = -Infinity, max = Infinity } = {}) => {
  // '1', for plain numbers, would come first.
  const units = [...Object.keys(EXAMPLE).filter((each) => each !== '1'), '1'];
  if (!units.includes(unit)) throw new Error(`quantity('${unit}') has no unit; units: ${units.join(', ')}`);
  return quantity(unit).pipe(
    z
      .number('must be finite')
      .min(min, `must be at least ${min} ${unit}`)
      .max(max, `must be at most ${max} ${unit}`),
  );
};

function wrong(
  file: string,
  what: string,
  todo = 'Correct the plugin; docs/how-to/add-a-scheme.md shows one',
): BeamloopError {
  return new BeamloopError('PLUGIN_INVALID', { what, where: file, todo });
}
