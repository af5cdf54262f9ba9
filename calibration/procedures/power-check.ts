/** Powers that no calibration can be made of are refused before anything is computed of them. */
import { BeamloopError } from '../../src/core/errors.js';
import type { Powers } from '../../src/sounding/powers.js';

/** So many equal powers at the top are a receiver's full scale, not chance. */
const LEAST_EQUAL = 3;

/**
 * @param fullScalePower that the UE cannot report more than; null where nobody knows.
 * @throws NO_EVIDENCE for powers that are saturated, in dB, not numbers or all none; with the numbers.
 */
export function requireCalibrationPowers(
  { mean, perSubcarrier }: Powers,
  fullScalePower: number | null,
): void {
  const wrong = perSubcarrier.findIndex((power) => !Number.isFinite(power));
  if (wrong >= 0) {
    const count = perSubcarrier.reduce((sum, power) => sum + (Number.isFinite(power) ? 0 : 1), 0);
    refuse(
      `${count} of ${perSubcarrier.length} powers are no numbers; one is ${perSubcarrier[wrong]}`,
      'Let the UE report linear powers of every slot',
    );
  }
  const least = mean.reduce((a, b) => Math.min(a, b));
  const most = mean.reduce((a, b) => Math.max(a, b));
  if (least < 0) {
    const count = mean.filter((power) => power < 0).length;
    refuse(
      `${count} of ${mean.length} powers are negative, down to ${figure(least)}`,
      'Powers are linear; a UE that measures in dB reports 10^(dB/10)',
    );
  }
  if (most === 0) refuse(`All ${mean.length} powers are 0`, 'Check that the UE hears the array');
  const atTop = mean.filter((power) => power === most).length;
  const full = fullScalePower !== null && most >= fullScalePower;
  if (full || (atTop >= LEAST_EQUAL && atTop < mean.length && atTop >= mean.length / 50)) {
    const reached = full ? mean.filter((power) => power >= fullScalePower).length : atTop;
    refuse(
      `${reached} of ${mean.length} powers are at the UE's full scale, ${figure(full ? fullScalePower : most)}: it is saturated`,
      'Lower its gain or the transmitted power; a focused beam is as many times stronger than one element as there are elements, squared',
    );
  }
  if (atTop === mean.length && mean.length > 1) {
    refuse(
      `All ${mean.length} powers are ${figure(most)}`,
      'Check the UE: what it measures does not depend on the beam',
    );
  }
}

/** Throws UE_MISMATCH when the UE reports other subcarriers than are wanted. */
export function requireSubcarriers({ numSubcarriers }: Powers, wanted: number): void {
  if (numSubcarriers === wanted) return;
  throw new BeamloopError('UE_MISMATCH', {
    what: `The UE reports ${numSubcarriers} subcarriers; ${wanted} were expected`,
    todo: 'Let it report the power of each subcarrier; the mean over the band tells no delay',
  });
}

function refuse(what: string, todo: string): never {
  throw new BeamloopError('NO_EVIDENCE', { what, todo });
}

function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
