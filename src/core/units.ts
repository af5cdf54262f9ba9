/** Quantities with units, as people write them on the command line and in scenario files. */
import { createRequire } from 'node:module';
import type { MathJsInstance, Unit } from 'mathjs';
import { BeamloopError } from './errors.js';
import { clipped } from './printable.js';
import { checkQuantityTree, type QuantityNode } from './quantity-tree.js';

/** Units that beamloop computes in. */
export type BaseUnit = 'Hz' | 's' | 'm' | '1/m' | 'm/s' | 'rad' | 'dB' | '1';

/** A quantity in each of them, as complaints show it. */
export const EXAMPLE: Readonly<Record<BaseUnit, string>> = {
  Hz: '100 GHz',
  s: '125 us',
  m: '12.5 m',
  '1/m': '0.1/m',
  'm/s': '299792458 m/s',
  rad: '60 deg',
  dB: '13 dB',
  '1': '2^9',
};

/** Longer ones are not what a person writes for a quantity. */
const MAX_LENGTH = 200;

/**
 * Reads a quantity: '100 GHz', '125 us', '13 dB', '2 * 60 deg', 'Infinity'.
 *
 * A number alone will do for 0 and infinity, which are the same in any unit; for counts and ratios ('1'); for rings ('1/m'),
 * which papers give as plain numbers; and for speeds ('m/s'), whose bounds leave room for no other unit. Of anything else it
 * is an error that shows what it could mean.
 *
 * @param where names the option or the key of the file, for the error.
 * @returns the value in `unit`; never NaN.
 * @throws BAD_UNIT with what was read, the unit expected and an example.
 */
export function parseQuantity(text: string | number, unit: BaseUnit, where?: string): number {
  const given = typeof text === 'number' ? text : evaluate(text, unit, where);
  if (typeof given === 'number' && !Number.isNaN(given)) {
    if (mayBeBare(given, unit)) return given;
    throw lacksUnit(text, given, unit, where);
  }
  if (typeof given !== 'number' && math().isUnit(given)) return toBaseUnit(given, text, unit, where);
  throw badUnit(text, unit, `it is ${typeof given === 'number' ? given : math().typeOf(given)}`, where);
}

function mayBeBare(value: number, unit: BaseUnit): boolean {
  return value === 0 || Math.abs(value) === Infinity || unit === '1' || unit === '1/m' || unit === 'm/s';
}

/** A quantity as people write it: `28e9` → `28 GHz`, angles in degrees. */
export function formatQuantity(value: number, unit: BaseUnit): string {
  if (!Number.isFinite(value)) return `${value > 0 ? '' : '-'}infinite`;
  if (unit === 'rad') return `${Number(((value * 180) / Math.PI).toPrecision(6))} deg`;
  if (unit === '1') return plain(value);
  return unit === 'Hz' || unit === 's' || unit === 'm' ? withPrefix(value, unit) : `${plain(value)} ${unit}`;
}

/** `28e9` → `28 GHz`. */
function withPrefix(value: number, unit: string): string {
  const [factor, prefix] = PREFIXES.find(([least]) => Math.abs(value) >= least) ?? [1, ''];
  return `${plain(value / factor)} ${prefix}${unit}`;
}

const PREFIXES: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
  [1, ''],
  [1e-3, 'm'],
  [1e-6, 'u'],
  [1e-9, 'n'],
  [1e-12, 'p'],
  [1e-15, 'f'],
];

function plain(value: number): string {
  return String(Number(value.toPrecision(12)));
}

/** What a number without a unit may have been meant as, the likeliest first. */
function readingsOf(value: number, unit: BaseUnit): string[] {
  const number = plain(value);
  const size = Math.abs(value);
  switch (unit) {
    case 'Hz':
      return size >= 1e6 ? [withPrefix(value, unit)] : [`${number} GHz`, `${number} Hz`];
    case 's':
      return size < 1e-2 ? [withPrefix(value, unit)] : [`${number} us`, `${number} ms`, `${number} s`];
    case 'm':
      return [`${number} m`, `${number} mm`];
    case 'rad': {
      const turned = Math.atan2(Math.sin(value), Math.cos(value)) * (180 / Math.PI);
      return [`${number} deg`, `${number} rad (= ${Number(turned.toPrecision(3))} deg)`];
    }
    default:
      return [`${number} ${unit}`, `${number} as a ratio`];
  }
}

function lacksUnit(text: string | number, value: number, unit: BaseUnit, where: string | undefined) {
  const readings = readingsOf(value, unit);
  return new BeamloopError('BAD_UNIT', {
    what: `'${clipped(String(text))}' has no unit: it could mean ${readings.join(' or ')}`,
    ...(where === undefined ? {} : { where }),
    todo: `Write the unit, such as '${readings[0]}'`,
    cause: { bare: value, unit } satisfies BareNumber,
  });
}

/** The cause of a complaint about a number without a unit: versions that took one took it in this unit. */
export interface BareNumber {
  readonly bare: number;
  readonly unit: BaseUnit;
}

const INFINITE = /^\s*[+-]?inf(inity)?\s*$/i;

/** Other spellings of what mathjs reads: U+00B5 and U+03BC for micro, and what typesetting makes of signs and spaces. */
const SPELLINGS: Readonly<Record<string, string>> = {
  '\u00b5': 'u',
  '\u03bc': 'u',
  '\u00d7': '*',
  '\u00b7': '*',
  '\u00f7': '/',
  '\u2212': '-',
  '\u00a0': ' ',
  '\u2009': ' ',
  '\u202f': ' ',
  '\u00b0': ' deg',
};

function evaluate(text: string, unit: BaseUnit, where: string | undefined): unknown {
  // Most quantities are plain numbers; they need no expression parser.
  if (text.trim() === '') throw badUnit(text, unit, 'it is empty', where);
  if (text.length > MAX_LENGTH) {
    throw badUnit(text, unit, `it has ${text.length} characters; ${MAX_LENGTH} are the most`, where);
  }
  if (!Number.isNaN(Number(text))) return Number(text);
  if (INFINITE.test(text))
    return text.trim().startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const spelt = text.replace(/[^\x20-\x7e]/g, (character) => SPELLINGS[character] ?? character);
  try {
    // '0.6 1/m' is a quantity to people, and two values to mathjs.
    const tree = math().parse(spelt.replace(/\s1\/m\s*$/, ' m^-1'));
    const known = math() as unknown as { readonly Unit: UnitNames; readonly [name: string]: unknown };
    const isUnitName = (name: string) =>
      known.Unit.isValuelessUnit(name) && typeof known[name] !== 'function';
    checkQuantityTree(tree as unknown as QuantityNode, spelt, isUnitName);
    return tree.evaluate();
  } catch (error) {
    throw badUnit(text, unit, inWords((error as Error).message), where);
  }
}

/** What the evaluator says of types of arguments means nothing to who wrote the quantity. */
function inWords(complaint: string): string {
  return /type of argument|arguments in function|different base|Units do not match|is no angle/.test(
    complaint,
  )
    ? 'it puts numbers and units together that do not fit'
    : complaint;
}

interface UnitNames {
  isValuelessUnit(name: string): boolean;
}

function toBaseUnit(value: Unit, text: string | number, unit: BaseUnit, where: string | undefined): number {
  if (unit === '1' || !value.equalBase(math().unit(unit))) {
    throw badUnit(text, unit, `its unit is ${value.formatUnits()}`, where);
  }
  if (value.value === null) throw badUnit(text, unit, 'it is a unit without a number', where);
  // A root of a negative number is complex, for all that the type says.
  if (typeof value.value !== 'number' || Number.isNaN(value.value)) {
    throw badUnit(text, unit, 'it is not a real number', where);
  }
  // mathjs takes '1/m' for a quantity of value 1 where it wants a unit.
  return value.toNumber(unit === '1/m' ? 'm^-1' : unit);
}

function badUnit(text: string | number, unit: BaseUnit, reason: string, where: string | undefined) {
  const expected = unit === '1' ? 'a number without a unit' : `a quantity in ${unit}`;
  return new BeamloopError('BAD_UNIT', {
    what: `'${clipped(String(text))}' is not ${expected}: ${clipped(reason, 120)}`,
    ...(where === undefined ? {} : { where }),
    todo: `Write it like '${EXAMPLE[unit]}'`,
  });
}

let instance: MathJsInstance | undefined;

/** mathjs with decibels. Its bundle loads in a tenth of a second, its thousand modules take ten times as long. */
function math(): MathJsInstance {
  if (instance === undefined) {
    const bundle = createRequire(import.meta.url)('mathjs/lib/browser/math.js') as MathJsInstance;
    instance = bundle.create({});
    instance.createUnit('dB');
  }
  return instance;
}
