/** Quantities with units in settings files, as zod schemas. */
import { z } from 'zod';
import { BeamloopError } from './errors.js';
import { type BaseUnit, EXAMPLE, parseQuantity } from './units.js';

/**
 * A quantity such as `100 GHz`, or a plain number in `unit`; its value in `unit` comes out. Add `.pipe(z.number()…)` for
 * bounds; z.number() refuses Infinity, `quantity` alone takes it.
 */
export function quantity(unit: BaseUnit) {
  return z
    .custom<string | number>((value) => typeof value === 'string' || typeof value === 'number', {
      error: ({ input }) =>
        input === undefined
          ? 'is missing'
          : `expected ${unit === '1' ? 'a number' : `a quantity in ${unit}`}, such as ${EXAMPLE[unit]}`,
    })
    .transform((value, context) => {
      try {
        return parseQuantity(value, unit);
      } catch (error) {
        if (!(error instanceof BeamloopError)) throw error;
        context.addIssue({ code: 'custom', message: error.what, params: { todo: error.todo } });
        return z.NEVER;
      }
    });
}

/** A quantity that must be finite and above 0. */
export function positiveQuantity(unit: BaseUnit) {
  return quantity(unit).pipe(z.number('must be finite').positive('must be above 0'));
}

/** One quantity or a list of them; always a list comes out, never an empty one. */
export function quantities(unit: BaseUnit) {
  return z.union([
    quantity(unit).transform((value) => [value]),
    z.array(quantity(unit)).nonempty('must list at least one value'),
    z
      .strictObject({ from: quantity(unit), to: quantity(unit), points: z.int().min(2).max(10_000) })
      .transform(({ from, to, points }) =>
        Array.from({ length: points }, (_, k) => from + ((to - from) * k) / (points - 1)),
      ),
  ]);
}
