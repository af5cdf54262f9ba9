/** Speeds of users as scenarios give them. */
import { z } from 'zod';
import { quantity } from './settings-quantity.js';

/** Speeds of users come in km/h as well: a number alone would be a guess, as it is not where light is meant. */
function withUnit(schema: ReturnType<typeof quantity>) {
  return z
    .custom<string | number>((value) => value === 0 || (typeof value === 'string' && /[a-z]/i.test(value)), {
      error: ({ input }) =>
        input === undefined ? 'is missing' : 'must be a speed with its unit, such as 18 m/s or 65 km/h',
    })
    .pipe(schema);
}

const FASTEST = 10_000;
export const speedSchema = withUnit(quantity('m/s')).pipe(
  z.number('must be finite').min(0, 'must not be negative').max(FASTEST, `must be at most ${FASTEST} m/s`),
);
/** Of either sign. */
export const velocityPartSchema = withUnit(quantity('m/s')).pipe(
  z
    .number('must be finite')
    .min(-FASTEST, `must be from -${FASTEST} to ${FASTEST} m/s`)
    .max(FASTEST, `must be from -${FASTEST} to ${FASTEST} m/s`),
);
