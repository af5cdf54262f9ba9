/** Walks settings files key by key: which keys a schema has, and a document with one value in the place of another. */
import type { z } from 'zod';

export type KeyPath = readonly (string | number)[];

/** `users[].position.ring`: entries of a list are one key. */
export function keyText(path: KeyPath): string {
  return path.map((key, k) => (typeof key === 'number' ? '[]' : k === 0 ? key : `.${key}`)).join('');
}

/** Of everything in a document that has a key or a place in a list. */
export function* pathsIn(value: unknown, at: KeyPath = []): Iterable<KeyPath> {
  if (at.length > 0) yield at;
  if (value === null || typeof value !== 'object') return;
  for (const key of Object.keys(value)) {
    const next = Array.isArray(value) ? Number(key) : key;
    yield* pathsIn((value as Record<string, unknown>)[key], [...at, next]);
  }
}

export function valueIn(document: unknown, path: KeyPath): unknown {
  return path.reduce((value, key) => (value as Record<string | number, unknown>)[key], document);
}

export function withValue<T>(document: T, path: KeyPath, value: unknown): T {
  const copy = structuredClone(document);
  (valueIn(copy, path.slice(0, -1)) as Record<string | number, unknown>)[path.at(-1)!] = value;
  return copy;
}

/** All keys of maps that a schema knows, as `keyText` writes them. */
export function* keysOf(schema: z.core.$ZodType, at = ''): Iterable<string> {
  const { def } = schema._zod as z.core.$ZodTypes['_zod'];
  switch (def.type) {
    case 'object':
      for (const [key, member] of Object.entries(def.shape)) {
        const path = at === '' ? key : `${at}.${key}`;
        yield path;
        yield* keysOf(member, path);
      }
      return;
    case 'array':
      yield* keysOf(def.element, `${at}[]`);
      return;
    case 'tuple':
      for (const item of def.items) yield* keysOf(item, `${at}[]`);
      return;
    case 'union':
      for (const option of def.options) yield* keysOf(option, at);
      return;
    case 'pipe':
      yield* keysOf(def.in, at);
      return;
    case 'optional':
    case 'default':
    case 'prefault':
    case 'nullable':
    case 'nonoptional':
    case 'readonly':
      yield* keysOf(def.innerType, at);
  }
}
