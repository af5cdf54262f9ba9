/** Quantities with units in settings files, as zod schemas. */
import { z } from 'zod';
import { type Bounds, outside } from './bounds.js';
import { BeamloopError } from './errors.js';
import { type BaseUnit, EXAMPLE, parseQuantity } from './units.js';

/**
 * A quantity such as `100 GHz`; its value in `unit` comes out, Infinity too. Most quantities have bounds: see `within`.
 *
 * @param hint what else can be done about one that cannot be read.
 */
export function quantity(unit: BaseUnit, hint?: string) {
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
        const todo = [error.todo, hint].filter(Boolean).join('; ');
        context.addIssue({ code: 'custom', message: error.what, params: { todo, number: error.cause } });
        return z.NEVER;
      }
    });
}

/** A quantity between these bounds, which are part of the complaint. */
export function within(bounds: Bounds) {
  return quantity(bounds.unit).superRefine((value, context) => {
    const message = outside(value, bounds);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
}

/** A level, or one that is infinite: no noise, no other paths. */
export function levelOrInfinite(bounds: Bounds) {
  return quantity('dB').superRefine((value, context) => {
    const message = Math.abs(value) === Infinity ? null : outside(value, bounds);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
}

/** A length of time, or another quantity, above 0 and up to a bound. */
export function upTo(most: string, unit: BaseUnit) {
  return bounded(quantity(unit), most, unit, (finite, value) =>
    finite.positive('must be above 0').max(value, `must be at most ${most}`),
  );
}

/** The same from 0 on. */
export function zeroTo(most: string, unit: BaseUnit) {
  return bounded(quantity(unit), most, unit, (finite, value) =>
    finite.nonnegative('must not be negative').max(value, `must be at most ${most}`),
  );
}

/** A length of either sign, an angle, a delay: from -most to most. */
export function upToEitherWay(most: string, unit: BaseUnit, hint?: string) {
  const message = `must be from -${most} to ${most}`;
  return bounded(quantity(unit, hint), most, unit, (finite, value) =>
    finite.min(-value, message).max(value, message),
  );
}

/** The bound is read when the first value is: every command would load the whole of mathjs for it as it starts. */
function bounded(
  of: ReturnType<typeof quantity>,
  most: string,
  unit: BaseUnit,
  check: (finite: z.ZodNumber, most: number) => z.ZodNumber,
) {
  return of.pipe(z.lazy(() => check(z.number('must be finite'), parseQuantity(most, unit))));
}

/** A schema of one quantity. */
type Quantity = z.ZodType<number, string | number>;

/** Values of a sweep or a list that a study goes through. */
const MAX_VALUES = 10_000;

/**
 * One quantity or a list of them; always a list comes out, never an empty one.
 *
 * @param one of the values, with its bounds.
 */
export function quantities(unit: BaseUnit, one: Quantity = quantity(unit)) {
  return z.union([
    one.transform((value) => [value]),
    z.array(one).nonempty('must list at least one value').max(MAX_VALUES),
    unitOnce(one, MAX_VALUES),
    z
      .strictObject({ from: one, to: one, points: z.int().min(2).max(MAX_VALUES) })
      .transform(({ from, to, points }) =>
        Array.from({ length: points }, (_, k) => from + ((to - from) * k) / (points - 1)),
      ),
  ]);
}

/** As many values as there are elements, say: each with its unit, or the unit once. */
export function list(one: Quantity) {
  return z.union([z.array(one).nonempty('must list at least one value'), unitOnce(one)]);
}

/** `{ unit: deg, values: [3, -11] }` for `[3 deg, -11 deg]`. */
function unitOnce(one: Quantity, most = Infinity) {
  return z
    .strictObject({
      unit: z.string().regex(/^[A-Za-z\u00b5\u03bc\u00b0]{1,20}$/, 'must be a unit, such as deg, ps or dB'),
      values: z.array(z.number()).nonempty('must list at least one value').max(most),
    })
    .transform(({ unit, values }): (string | number)[] => values.map((value) => `${value} ${unit}`))
    .pipe(z.array(one));
}
