/** Where users can be, as options of the command line. */
import { ringRangeOf } from '../../array/focal-point.js';
import { BeamloopError } from '../../core/errors.js';
import { pairOption, pairOptionOf, quantityOption } from '../options.js';

const DEFAULT_MAX_ANGLE = '60 deg';

export const maxAngleOption = {
  'max-angle': {
    type: 'string',
    requiresArg: true,
    describe: `Largest angle from broadside; ${DEFAULT_MAX_ANGLE} unless given`,
  },
} as const;

export const ringRangeOptions = {
  'ring-range': pairOptionOf(
    'Distance rings alpha = (1 - sin^2)/(2 r), farthest and nearest, 1/m, e.g. 1/400,1/10',
  ),
  distances: pairOptionOf('Instead of --ring-range: nearest and farthest distance, e.g. "5 m,30 m"'),
} as const;

/** @returns rad in (0, pi/2]. */
export function maxAngleFromOptions({
  maxAngle = DEFAULT_MAX_ANGLE,
}: {
  maxAngle?: string | undefined;
}): number {
  const angleRad = quantityOption('max-angle', maxAngle, 'rad');
  if (angleRad > 0 && angleRad <= Math.PI / 2 + 1e-12) return Math.min(angleRad, Math.PI / 2);
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `The largest angle is ${Number(((angleRad * 180) / Math.PI).toPrecision(6))} degrees`,
    where: '--max-angle',
    todo: 'Give an angle above 0, up to 90 degrees, such as "60 deg"',
  });
}

export interface RingRangeArguments {
  readonly ringRange?: string | undefined;
  readonly distances?: string | undefined;
  readonly maxAngle?: string | undefined;
}

/** @returns farthest and nearest ring, 1/m; null when neither rings nor distances are given. */
export function ringRangeFromOptions(args: RingRangeArguments): [number, number] | null {
  const { ringRange, distances } = args;
  if (ringRange !== undefined && distances !== undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: '--ring-range and --distances both say which rings to cover',
      todo: 'Give one of them',
    });
  }
  if (ringRange !== undefined) return pairOption('ring-range', ringRange, ['1/m', '1/m']);
  if (distances === undefined) return null;
  const [nearM, farM] = pairOption('distances', distances, ['m', 'm']);
  if (!(nearM > 0 && farM > nearM)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `The distances are ${nearM} to ${farM} m`,
      where: '--distances',
      todo: 'Give the nearest first, above 0, then the farthest, such as "5 m,30 m"',
    });
  }
  return ringRangeOf({ maxAngleRad: maxAngleFromOptions(args), distanceM: [nearM, farM] });
}
