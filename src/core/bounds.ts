/**
 * Between which values a quantity makes sense here. They are wide, and yet a wrong prefix or a forgotten one (28 mHz, 28 Hz)
 * falls outside.
 */
import { BeamloopError } from './errors.js';
import { type BaseUnit, formatQuantity } from './units.js';

export interface Bounds {
  readonly unit: BaseUnit;
  readonly least: number;
  readonly most: number;
}

export const CARRIER: Bounds = { unit: 'Hz', least: 10e6, most: 10e12 };
export const BANDWIDTH: Bounds = { unit: 'Hz', least: 1e3, most: 10e12 };
/** From that of a slow cable up to a little more than the 3e8 m/s of papers. */
export const SPEED_OF_LIGHT: Bounds = { unit: 'm/s', least: 1e8, most: 3.1e8 };
/** Of a user, scatterer or ring from the array. */
export const DISTANCE: Bounds = { unit: 'm', least: 1e-3, most: 100e3 };
/** Of a direction from broadside: an array sees what is in front of it. */
export const DIRECTION: Bounds = { unit: 'rad', least: -Math.PI / 2 - 1e-12, most: Math.PI / 2 + 1e-12 };
/** Bits per second of a serial line. */
export const BAUD = { least: 1200, most: 100_000_000 } as const;
/** Levels whose ratios stay numbers, in single precision too. */
export const LEVEL: Bounds = { unit: 'dB', least: -300, most: 300 };

/** `must be from 10 MHz to 10 THz, not 28 Hz`; null for a value within. */
export function outside(value: number, { unit, least, most }: Bounds): string | null {
  if (value >= least && value <= most) return null;
  const show = (bound: number) => formatQuantity(bound, unit);
  return `must be from ${show(least)} to ${show(most)}, not ${show(value)}`;
}

/**
 * For functions that programs call, whose arguments are plain numbers.
 *
 * @param name the argument's, which carries its unit: `carrierHz`.
 * @throws BAD_ARGUMENT, with what the number may have been meant as.
 */
export function requireWithin(name: string, value: number, bounds: Bounds): void {
  const complaint = outside(value, bounds);
  if (complaint === null) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `${name} ${complaint}`,
    where: name,
    todo: guess(name, value, bounds),
  });
}

/** Units that a number is often given in by mistake, as factors to the base unit. */
const SLIPS: Readonly<Partial<Record<BaseUnit, readonly (readonly [string, number])[]>>> = {
  Hz: [
    ['GHz', 1e9],
    ['MHz', 1e6],
  ],
  m: [
    ['mm', 1e-3],
    ['km', 1e3],
  ],
  rad: [['deg', Math.PI / 180]],
  s: [
    ['us', 1e-6],
    ['ms', 1e-3],
  ],
  'm/s': [['km/s', 1e3]],
};

function guess(name: string, value: number, bounds: Bounds): string {
  const slip = SLIPS[bounds.unit]?.find(([, factor]) => outside(value * factor, bounds) === null);
  if (slip === undefined) return `Give it in ${bounds.unit}`;
  const [unit, factor] = slip;
  return `It is in ${bounds.unit}: for ${value} ${unit} give ${name}: ${Number((value * factor).toPrecision(12))}`;
}
