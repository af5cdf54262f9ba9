/** The content of a table, whatever the layout of its file. */
import { createHash } from 'node:crypto';
import { BeamloopError } from '../../src/core/errors.js';
import { yaml } from '../../src/core/yaml.js';

/**
 * SHA-256, 64 hexadecimal digits, of all keys but `hash` and the date in the order of the alphabet: what was measured, whenever. Throws
 * FILE_UNREADABLE for what is no map.
 */
export function hashOf(text: string, file: string): string {
  const data: unknown = yaml().parse(text);
  if (data === null || typeof data !== 'object') {
    throw new BeamloopError('FILE_UNREADABLE', { what: 'This is no calibration table', where: file });
  }
  const { hash: _, measured, ...rest } = data as Record<string, unknown>;
  return createHash('sha256')
    .update(JSON.stringify(ordered({ ...rest, measured: undated(measured) })))
    .digest('hex');
}

function undated(measured: unknown): unknown {
  if (measured === null || typeof measured !== 'object') return measured;
  const { date: _, ...rest } = measured as Record<string, unknown>;
  return rest;
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, ordered(each)]));
}
