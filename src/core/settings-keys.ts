import type { z } from 'zod';

type Schema = z.core.$ZodType;

/**
 * Keys that a schema knows at a path of the data, in the order of the schema; empty where it takes no keys.
 * Of a discriminated union only the branches that fit the data count.
 */
export function keysAt(schema: z.ZodType, data: unknown, path: readonly PropertyKey[]): string[] {
  const whole = afterStep(schema, data);
  let here: { schemas: Schema[]; value: unknown } = { schemas: objects(schema, whole), value: whole };
  for (const key of path) {
    const value =
      here.value !== null && typeof here.value === 'object'
        ? (here.value as Record<PropertyKey, unknown>)[key]
        : undefined;
    here = {
      schemas: here.schemas.flatMap((parent) => child(parent, key)).flatMap((s) => objects(s, value)),
      value,
    };
  }
  const keys = here.schemas.flatMap((s) => {
    const { def } = s._zod as z.core.$ZodTypes['_zod'];
    return def.type === 'object' ? Object.keys(def.shape) : [];
  });
  return [...new Set(keys)];
}

function child(schema: Schema, key: PropertyKey): Schema[] {
  const { def } = schema._zod as z.core.$ZodTypes['_zod'];
  if (def.type === 'object') {
    const member = def.shape[String(key)];
    return member === undefined ? [] : [member];
  }
  if (def.type === 'array') return [def.element];
  if (def.type === 'record') return [def.valueType];
  return [];
}

/** Peels optional, default, transform and the like; opens unions; leaves objects, arrays and records. */
function objects(schema: Schema, value: unknown): Schema[] {
  const { def } = schema._zod as z.core.$ZodTypes['_zod'];
  switch (def.type) {
    case 'object':
    case 'array':
    case 'record':
      return [schema];
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'nonoptional':
      return objects(def.innerType, value);
    case 'pipe':
      // A schema after a preprocessing step has the keys, and the step has none.
      return objects(isTransform(def.in) ? def.out : def.in, value);
    case 'lazy':
      return objects(def.getter(), value);
    case 'union':
      return def.options
        .filter((option) => fits(option, value, (def as { discriminator?: string }).discriminator))
        .flatMap((option) => objects(option, value));
    default:
      return [];
  }
}

/** What a preprocessing step makes of the data: names of schemes from files of plugins, say. */
function afterStep(schema: Schema, data: unknown): unknown {
  const { def } = schema._zod as z.core.$ZodTypes['_zod'];
  if (def.type !== 'pipe' || !isTransform(def.in)) return data;
  const step = (def.in._zod as z.core.$ZodTransform['_zod']).def;
  return step.transform(data, { value: data, issues: [] });
}

function isTransform(schema: Schema): boolean {
  return (schema._zod as z.core.$ZodTypes['_zod']).def.type === 'transform';
}

function fits(option: Schema, value: unknown, discriminator: string | undefined): boolean {
  if (discriminator === undefined || value === null || typeof value !== 'object') return true;
  const allowed = (option._zod.propValues as Record<string, Set<unknown>> | undefined)?.[discriminator];
  const given = (value as Record<string, unknown>)[discriminator];
  return given === undefined || allowed === undefined || allowed.has(given);
}
