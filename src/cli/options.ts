/** Options of the command line that are quantities, and the array that several commands describe with them. */
import { Band } from '../array/band.js';
import { LinearArray } from '../array/linear-array.js';
import { BANDWIDTH, BAUD, type Bounds, CARRIER, outside, SPEED_OF_LIGHT } from '../core/bounds.js';
import { BeamloopError } from '../core/errors.js';
import { SPEED_OF_LIGHT_M_PER_S } from '../core/physics.js';
import { type BaseUnit, parseQuantity } from '../core/units.js';

/** For yargs: quantities stay strings until `quantityOption` reads them with their unit. */
export const arrayOptions = {
  elements: {
    type: 'string',
    demandOption: true,
    requiresArg: true,
    describe: 'Elements of the array, half a wavelength apart',
  },
  carrier: {
    type: 'string',
    demandOption: true,
    requiresArg: true,
    describe: 'Carrier frequency, e.g. "100 GHz"',
  },
  'speed-of-light': {
    type: 'string',
    default: String(SPEED_OF_LIGHT_M_PER_S),
    requiresArg: true,
    describe: 'Speed of light; "3e8 m/s" reproduces papers that use it (m/s may be left out)',
  },
} as const;

/** The subcarriers of a wideband codebook. */
export const bandOptions = {
  bandwidth: {
    type: 'string',
    demandOption: true,
    requiresArg: true,
    describe: 'Bandwidth around the carrier, e.g. "5 GHz"',
  },
  subcarriers: {
    type: 'string',
    demandOption: true,
    requiresArg: true,
    describe: 'Number of subcarriers',
  },
} as const;

/** For yargs: two quantities with a comma. `nargs` takes `-31,0.5` as a value where `requiresArg` sees options. */
export function pairOptionOf(describe: string) {
  return { type: 'string', nargs: 1, describe } as const;
}

/**
 * Reads one option.
 *
 * @throws BAD_UNIT when it is no such quantity; BAD_ARGUMENT when it was given twice.
 */
export function quantityOption(name: string, text: unknown, unit: BaseUnit): number {
  if (Array.isArray(text)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `--${name} was given ${text.length} times: ${text.join(', ')}`,
      todo: 'Give it once',
    });
  }
  return parseQuantity(String(text), unit, `--${name}`);
}

/** As in a scenario. */
export const MAX_SEED = 2 ** 32 - 1;

/** Reads an option that has bounds. Throws BAD_UNIT, BAD_ARGUMENT. */
export function boundedOption(name: string, text: unknown, bounds: Bounds): number {
  const value = quantityOption(name, text, bounds.unit);
  const complaint = outside(value, bounds);
  if (complaint === null) return value;
  throw new BeamloopError('BAD_ARGUMENT', { what: `--${name} ${complaint}`, todo: 'Check its unit' });
}

/** Reads an option that is a whole number. Throws BAD_UNIT, BAD_ARGUMENT. */
export function wholeOption(
  option: string,
  text: unknown,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const value = Array.isArray(text) ? Number.NaN : parseQuantity(String(text), '1', `--${option}`);
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `'${text}' is not a whole number from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ''}`,
    where: `--${option}`,
    todo: `Give it once, such as --${option} ${Math.max(least, 2)}`,
  });
}

/** Bits per second. Throws BAD_UNIT, BAD_ARGUMENT. */
export function baudOption(text: unknown): number {
  return wholeOption('baud', text, BAUD.least, BAUD.most);
}

/**
 * Reads an option of two quantities, such as `0.0025,0.1` or `5 m,30 m`.
 *
 * @throws BAD_UNIT when one is no such quantity; BAD_ARGUMENT when there are not two.
 */
export function pairOption(
  name: string,
  text: unknown,
  [first, second]: readonly [BaseUnit, BaseUnit],
): [number, number] {
  const parts = Array.isArray(text) ? [] : String(text).split(',');
  if (parts.length === 2) {
    return [quantityOption(name, parts[0], first), quantityOption(name, parts[1], second)];
  }
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `'${text}' is not two quantities`,
    where: `--${name}`,
    todo: `Give two with a comma between them, once: --${name}=first,second`,
  });
}

export interface BandArguments {
  readonly carrier: string;
  readonly bandwidth: string;
  readonly subcarriers: string;
}

export function bandFromOptions({ carrier, bandwidth, subcarriers }: BandArguments): Band {
  return new Band({
    carrierHz: boundedOption('carrier', carrier, CARRIER),
    bandwidthHz: boundedOption('bandwidth', bandwidth, BANDWIDTH),
    numSubcarriers: quantityOption('subcarriers', subcarriers, '1'),
  });
}

export interface ArrayArguments {
  readonly elements: string;
  readonly carrier: string;
  readonly speedOfLight?: string;
}

export function arrayFromOptions({ elements, carrier, speedOfLight }: ArrayArguments): LinearArray {
  return new LinearArray({
    numElements: quantityOption('elements', elements, '1'),
    carrierHz: boundedOption('carrier', carrier, CARRIER),
    ...(speedOfLight !== undefined && {
      speedOfLightMPerS: boundedOption('speed-of-light', speedOfLight, SPEED_OF_LIGHT),
    }),
  });
}
