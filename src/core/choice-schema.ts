/** Schemas of what files choose by a name (schemes, trackers): the name alone, or a map with its name and options. */
import { z } from 'zod';

export interface ChoiceSchemas<Choice> {
  /** A map of name and options. */
  readonly withOptions: z.ZodType<Choice>;
  /** Name alone, or name and options. */
  readonly either: z.ZodType<Choice>;
}

/**
 * @param names in the order of `schemas`.
 * @param schemas of the maps, each with its name as a literal. A name alone stands for the map whose options are all left out.
 * @param hint what may be done about a name that is none of them, besides writing one that is.
 */
export function choiceSchemas<Choice>(
  names: readonly string[],
  schemas: readonly z.ZodObject[],
  hint?: string,
): ChoiceSchemas<Choice> {
  const withOptions = z.discriminatedUnion('name', schemas as [z.ZodObject], {
    error: ({ code }) => (code === 'invalid_union' ? hint : undefined),
  });
  const error = ({ input }: { readonly input?: unknown }) => (typeof input === 'string' ? hint : undefined);
  const byNameAlone = z.enum(names, { error }).transform((name, context) => {
    const parsed = withOptions.safeParse({ name });
    if (parsed.success) return parsed.data;
    const missing = parsed.error.issues.map(({ path }) => String(path[0]));
    const options = missing.map((key) => `${key}: …`).join(', ');
    const message = `lacks ${missing.join(', ')}; write { name: ${name}, ${options} }`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
  return {
    withOptions: withOptions as unknown as z.ZodType<Choice>,
    either: z.union([byNameAlone, withOptions]) as unknown as z.ZodType<Choice>,
  };
}
