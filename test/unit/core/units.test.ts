import { describe, expect, it } from 'vitest';
import { BeamloopError } from '../../../src/core/errors.js';
import { type BaseUnit, parseQuantity } from '../../../src/core/units.js';

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
    ['Infinity', 'dB', Infinity],
    ['inf', 'm', Infinity],
    ['Infinity', 'm', Infinity],
    ['60 deg', 'rad', Math.PI / 3],
    ['(pi/3) rad', 'rad', Math.PI / 3],
    ['60°', 'rad', Math.PI / 3],
    ['0', 'rad', 0],
    [0, 's', 0],
    ['125 \u00b5s', 's', 125e-6],
    ['125 \u03bcs', 's', 125e-6],
    ['2 × 62.5 us', 's', 125e-6],
    ['sqrt(4) m', 'm', 2],
    ['max(1 m, 3 m)', 'm', 3],
    ['cos(60 deg)', '1', 0.5],
    ['3e8', 'm/s', 3e8],
    ['3e8 m/s', 'm/s', 3e8],
    ['300 km/ms', 'm/s', 3e8],
    ['0.1/m', '1/m', 0.1],
    ['0.6 1/m', '1/m', 0.6],
    ['-427/800 1/m', '1/m', -427 / 800],
    ['1/(400 m)', '1/m', 1 / 400],
    ['349/11', '1/m', 349 / 11],
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
    ['m', 'm'],
    ['sqrt(-1) m', 'm'],
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

  it.each<[string | number, BaseUnit, string, string]>([
    [28, 'Hz', '28 GHz or 28 Hz', '28 GHz'],
    ['28e9', 'Hz', '28 GHz', '28 GHz'],
    [45, 'rad', '45 deg or 45 rad (= 58.3 deg)', '45 deg'],
    ['pi/3', 'rad', 'deg or 1.0471975512 rad (= 60 deg)', 'deg'],
    [125, 's', '125 us or 125 ms or 125 s', '125 us'],
    ['1.2e-12', 's', '1.2 ps', '1.2 ps'],
    [20, 'm', '20 m or 20 mm', '20 m'],
    ['13', 'dB', '13 dB or 13 as a ratio', '13 dB'],
    ['3 s * 5 Hz', 'rad', '15 deg', '15 deg'],
  ])('refuses %s without a unit in %s and shows what it could mean', (text, unit, readings, advice) => {
    const error = errorOf(text, unit, '--x');
    expect(error.code).toBe('BAD_UNIT');
    expect(error.what).toContain('has no unit: it could mean');
    expect(error.what).toContain(readings);
    expect(error.todo).toContain(advice);
  });

  it.each([
    ['ones(1e5,1e5)', "the function 'ones'", 'at character 1'],
    ['2 * zeros(1e9)', "the function 'zeros'", 'at character 5'],
    ['format(1,{precision:1e9})', "the function 'format'", ''],
    ['det(identity(2000))', "the function 'det'", ''],
    ['sum(1:3e7)', "the function 'sum'", ''],
    ['f(x)=f(x);f(1)', 'a second expression', 'at character 10'],
    ['f(x)=f(x)', 'a definition', ''],
    ['5 m!', "'factorial'", 'at character 4'],
    ['[1 m, 2 m]', 'a list', 'at character 1'],
    ['import({}, {})', "the function 'import'", ''],
    ['i m', "there is no unit 'i'", ''],
    ['9^9^9^9', 'an exponent must be a number from -1000 to 1000', ''],
    ['m^1e9', 'an exponent must be', ''],
    [`${'('.repeat(90)}1${')'.repeat(90)}`, 'nested more than 40 levels', ''],
    ['1+'.repeat(200), 'it has 400 characters; 200 are the most', ''],
  ])('evaluates no %s, and says why', (text, why, where) => {
    const error = errorOf(text, 'm');
    expect(error.code).toBe('BAD_UNIT');
    expect(error.what).toContain(why);
    expect(error.what).toContain(where);
    expect(error.what.length).toBeLessThan(250);
  });

  it.each([
    ['125 min', "'min' is a function, not a unit"],
    ['125 sec', "there is no unit 'sec'"],
    ['1 chain', "there is no unit 'chain'"],
    ['3 m + 2', 'numbers and units together that do not fit'],
    ['1 m + 1 s', 'numbers and units together that do not fit'],
    ['sin(3 m)', 'numbers and units together that do not fit'],
  ])('says of %s what is wrong in plain words', (text, why) => {
    expect(errorOf(text, 's').what).toContain(why);
  });

  it('shows control characters of a file as text', () => {
    expect(errorOf('5 m\u001b[31m\u009b', 'm').message).toContain('\\u001b[31m\\u009b');
    expect(errorOf('5 m\u001b[31m\u009b', 'm').message).not.toMatch(/\p{Cc}/u);
  });
});
