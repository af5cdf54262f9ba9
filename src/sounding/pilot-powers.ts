/** From what a UE reported of each pilot to what a scheme decides by. */
import { BeamloopError } from '../core/errors.js';
import { type Powers, powersOf } from './powers.js';

/** What a UE measured in the slot of one pilot. */
export interface MeasuredPilot {
  /** Received power, linear, shape [numSubcarriers]. */
  readonly powers: Float32Array;
  /** Noise power per subcarrier, same unit. */
  readonly noiseFloor: number;
}

/**
 * @param pilots of one UE.
 * @throws UE_MISMATCH when they have different numbers of subcarriers.
 */
export function powersOfRecords(pilots: readonly MeasuredPilot[]): Powers {
  const numSubcarriers = pilots[0]!.powers.length;
  const values = new Float64Array(pilots.length * numSubcarriers);
  let noise = 0;
  for (const [k, { powers, noiseFloor }] of pilots.entries()) {
    if (powers.length !== numSubcarriers) {
      throw new BeamloopError('UE_MISMATCH', {
        what: `A UE reported ${numSubcarriers} subcarriers of one pilot and ${powers.length} of another`,
        todo: 'Keep its setting as it is while it is trained',
      });
    }
    values.set(powers, k * numSubcarriers);
    noise += noiseFloor;
  }
  return powersOf(values, numSubcarriers, noise / pilots.length);
}
