/** Quantities with units, as people write them on the command line and in scenario files. */
import { createRequire } from 'node:module';
import type { MathJsInstance, Unit } from 'mathjs';
import { BeamloopError } from './errors.js';

/** Units that beamloop computes in; a plain number is taken to be in the unit that is expected. */
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

/**
 * Reads a quantity: '100 GHz', '125 us', '13 dB', '2 * 60 deg', 'Infinity', or a plain number in `unit` itself.
 *
 * @param where names the option or the key of the file, for the error.
 * @returns the value in `unit`; never NaN.
 * @throws BAD_UNIT with what was read, the unit expected and an example.
 */
export function parseQuantity(text: string | number, unit: BaseUnit, where?: string): number {
  const given = typeof text === 'number' ? text : evaluate(text, unit, where);
  const value =
    typeof given !== 'number' && math().isUnit(given) ? toBaseUnit(given, text, unit, where) : given;
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  throw badUnit(text, unit, `it is ${typeof value === 'number' ? value : math().typeOf(value)}`, where);
}

const INFINITE = /^\s*[+-]?inf(inity)?\s*$/i;

function evaluate(text: string, unit: BaseUnit, where: string | undefined): unknown {
  // Most quantities are plain numbers; they need no expression parser.
  if (text.trim() === '') throw badUnit(text, unit, 'it is empty', where);
  if (!Number.isNaN(Number(text))) return Number(text);
  if (INFINITE.test(text))
    return text.trim().startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  try {
    // '0.6 1/m' is a quantity to people, and two values to mathjs.
    return math().evaluate(text.replace(/\s1\/m\s*$/, ' m^-1'));
  } catch (error) {
    throw badUnit(text, unit, (error as Error).message, where);
  }
}

function toBaseUnit(value: Unit, text: string | number, unit: BaseUnit, where: string | undefined): number {
  if (unit === '1' || !value.equalBase(math().unit(unit))) {
    throw badUnit(text, unit, `its unit is ${value.formatUnits()}`, where);
  }
  // mathjs takes '1/m' for a quantity of value 1 where it wants a unit.
  return value.toNumber(unit === '1/m' ? 'm^-1' : unit);
}

function badUnit(text: string | number, unit: BaseUnit, reason: string, where: string | undefined) {
  const expected = unit === '1' ? 'a number without a unit' : `a quantity in ${unit}`;
  return new BeamloopError('BAD_UNIT', {
    what: `'${text}' is not ${expected}: ${reason}`,
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
    // An expression is a value, not a program: it may not change what later expressions mean.
    const forbidden = ['import', 'createUnit', 'config', 'reviver'];
    instance.import(Object.fromEntries(forbidden.map((name) => [name, refuse])), { override: true });
  }
  return instance;
}

function refuse(): never {
  throw new Error('an expression cannot change the units');
}
