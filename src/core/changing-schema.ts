/** A schema that is asked for anew at each use; zod's own lazy schemas keep the first answer for good. */
import { z } from 'zod';

const ChangingSchema = z.core.$constructor<z.ZodLazy>('ChangingSchema', (schema, definition) => {
  z.ZodLazy.init(schema, definition);
  Object.defineProperty(schema._zod, 'innerType', { get: () => definition.getter() });
});

export function changingSchema<S extends z.ZodType>(current: () => S): z.ZodLazy<S> {
  return new ChangingSchema({ type: 'lazy', getter: current }) as z.ZodLazy<S>;
}
