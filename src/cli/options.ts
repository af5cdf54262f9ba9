/** Options of the command line that are quantities, and the array that several commands describe with them. */
import { LinearArray } from '../array/linear-array.js';
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
    describe: 'Speed of light, m/s; 3e8 reproduces papers that use it',
  },
} as const;

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

export interface ArrayArguments {
  readonly elements: string;
  readonly carrier: string;
  readonly speedOfLight: string;
}

export function arrayFromOptions({ elements, carrier, speedOfLight }: ArrayArguments): LinearArray {
  return new LinearArray({
    numElements: quantityOption('elements', elements, '1'),
    carrierHz: quantityOption('carrier', carrier, 'Hz'),
    speedOfLightMPerS: quantityOption('speed-of-light', speedOfLight, 'm/s'),
  });
}
