/** Quantities with units, as people write them on the command line and in scenario files. */
import { all, create, type MathNode, type Unit } from 'mathjs';
import { BeamloopError } from './errors.js';

/** Units that beamloop computes in; a plain number is taken to be in the unit that is expected. */
export type BaseUnit = 'Hz' | 's' | 'm' | 'm/s' | 'rad' | 'dB' | '1';

const EXAMPLE: Record<BaseUnit, string> = {
  Hz: '100 GHz',
  s: '125 us',
  m: '12.5 m',
  'm/s': '299792458 m/s',
  rad: '60 deg',
  dB: '13 dB',
  '1': '2^9',
};

const math = create(all!);
math.createUnit('dB');
const { evaluate, isUnit, isNode } = math;
// An expression is a value, not a program: it may not change what later expressions mean.
const refused = ['import', 'createUnit', 'config'];
math.import(Object.fromEntries(refused.map((name) => [name, () => forbidden(name)])), { override: true });

function forbidden(name: string): never {
  throw new Error(`${name} is not allowed in an expression`);
}

function badUnit(text: string, unit: BaseUnit, reason: string, where: string | undefined): BeamloopError {
  const expected = unit === '1' ? 'a number without a unit' : `a quantity in ${unit}`;
  return new BeamloopError('BAD_UNIT', {
    what: `'${text}' is not ${expected}: ${reason}`,
    ...(where === undefined ? {} : { where }),
    todo: `Write it like '${EXAMPLE[unit]}'`,
  });
}

/**
 * Reads a quantity: '100 GHz', '125 us', '13 dB', '2 * 60 deg', 'Infinity', or a plain number in `unit` itself.
 *
 * @param where names the option or the key of the file, for the error.
 * @returns the value in `unit`; never NaN.
 * @throws BAD_UNIT with what was read, the unit expected and an example.
 */
export function parseQuantity(text: string | number, unit: BaseUnit, where?: string): number {
  const shown = String(text);
  let value: unknown = text;
  if (typeof text === 'string') {
    if (text.trim() === '') throw badUnit(shown, unit, 'it is empty', where);
    try {
      value = evaluate(text);
    } catch (error) {
      throw badUnit(shown, unit, (error as Error).message, where);
    }
  }
  if (isUnit(value)) value = toBaseUnit(value, shown, unit, where);
  if (typeof value !== 'number') {
    const kind = isNode(value as MathNode) ? 'an expression' : `a ${math.typeOf(value)}`;
    throw badUnit(shown, unit, `it is ${kind}`, where);
  }
  if (Number.isNaN(value)) throw badUnit(shown, unit, 'it has no value', where);
  return value;
}

function toBaseUnit(value: Unit, shown: string, unit: BaseUnit, where: string | undefined): number {
  if (unit === '1' || !value.equalBase(math.unit(unit))) {
    throw badUnit(shown, unit, `its unit is ${value.formatUnits()}`, where);
  }
  return value.toNumber(unit);
}
