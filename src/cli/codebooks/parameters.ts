/** A splitting codebook's parameters and warnings as they are printed. */
import { largest } from '../../core/extremes.js';
import type { Parameter } from './definition.js';

/** For JSON; a number that JSON does not have is null. */
export function parametersOf(parameters: readonly Parameter[]): Record<string, Parameter['value']> {
  return Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
}

/** One line per parameter, for people. */
export function parameterLines(parameters: readonly Parameter[]): string[] {
  const width = largest(parameters.map(({ label }) => label.length));
  return parameters.map(({ label, value }) => `${label.padEnd(width)}  ${shown(value)}\n`);
}

function shown(value: Parameter['value']): string {
  if (value === null) return '-';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toPrecision(7);
  return value.map(shown).join(', ');
}
