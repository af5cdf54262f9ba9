import { describe, expect, it } from 'vitest';
import { BeamloopError } from '../../src/core/errors.js';
import { type BaseUnit, parseQuantity } from '../../src/core/units.js';

function errorOf(text: string | number, unit: BaseUnit, where?: string): BeamloopError {
  try {
    parseQuantity(text, unit, where);
  } catch (error) {
    if (error instanceof BeamloopError) return error;
    throw error;
  }
  throw new Error(`'${text}' was accepted`);
}

describe('parseQuantity', () => {
  it.each<[string | number, BaseUnit, number]>([
    ['100 GHz', 'Hz', 100e9],
    ['28GHz', 'Hz', 28e9],
    ['125 us', 's', 125e-6],
    ['2 * 62.5 us', 's', 125e-6],
    ['13 dB', 'dB', 13],
    ['-3 dB', 'dB', -3],
    ['13', 'dB', 13],
    ['Infinity', 'dB', Infinity],
    ['inf', 'm', Infinity],
    ['Infinity', 'm', Infinity],
    ['60 deg', 'rad', Math.PI / 3],
    ['pi/3', 'rad', Math.PI / 3],
    ['3e8', 'm/s', 3e8],
    ['3e8 m/s', 'm/s', 3e8],
    ['300 km/ms', 'm/s', 3e8],
    ['0.1/m', '1/m', 0.1],
    ['0.6 1/m', '1/m', 0.6],
    ['-427/800 1/m', '1/m', -427 / 800],
    ['1/(400 m)', '1/m', 1 / 400],
    ['349/11', '1/m', 349 / 11],
    [12.5, 'm', 12.5],
    ['2^9', '1', 512],
    ['10 dB + 3 dB', 'dB', 13],
  ])('reads %s in %s', (text, unit, value) => {
    const read = parseQuantity(text, unit);
    if (value === Infinity) expect(read).toBe(Infinity);
    else expect(Math.abs(read - value)).toBeLessThanOrEqual(1e-12 * Math.abs(value));
  });

  it.each<[string | number, BaseUnit]>([
    ['100 GHz', 's'],
    ['100 ghz', 'Hz'],
    ['', 'Hz'],
    ['ten', 'm'],
    ['13 dB', '1'],
    ['[1, 2]', 'm'],
    ['sqrt(-1)', 'm'],
    [Number.NaN, 'm'],
    ['0/0', 'm'],
    ['NaN dB', 'dB'],
    ['createUnit("ghz")', 'Hz'],
    ['1 m; 2 m', 'm'],
  ])('refuses %s in %s with what was read, the unit and an example', (text, unit) => {
    const error = errorOf(text, unit, 'array.carrier');
    expect(error.code).toBe('BAD_UNIT');
    expect(error.where).toBe('array.carrier');
    expect(error.what).toContain(`'${text}'`);
    expect(error.what).toContain(unit === '1' ? 'without a unit' : `in ${unit}`);
    expect(error.todo).toMatch(/Write it like '.+'/);
  });

  it('names the unit that was written', () => {
    expect(errorOf('5 ms', 'Hz').what).toBe("'5 ms' is not a quantity in Hz: its unit is ms");
  });
});
