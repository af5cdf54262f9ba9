/** Checks of plain numbers that programs give. Each throws BAD_ARGUMENT and names the argument. */
import { BeamloopError } from './errors.js';

/** @param name the argument's, which carries its unit: `angleRad`. */
export function requireFinite(name: string, ...values: readonly number[]): void {
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) refuse(name, wrong, 'a finite number');
}

/** Above 0 and finite. */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) refuse(name, value, 'a number above 0');
}

export function requireWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    refuse(name, value, `a whole number from ${least} to ${most}`);
  }
}

/** As many as there must be. */
export function requireLength(name: string, values: ArrayLike<number>, length: number): void {
  if (values.length === length) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `${name} has ${values.length} values`,
    where: name,
    todo: `Give ${length}`,
  });
}

function refuse(name: string, value: number, wanted: string): never {
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `${name} cannot be ${value}`,
    where: name,
    todo: `Give ${wanted}`,
  });
}
