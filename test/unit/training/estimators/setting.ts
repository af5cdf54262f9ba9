/** The codebooks of the paper on distance-dependent beam split, and what users receive of them. */
import { Band } from '../../../../src/array/band.js';
import type { FocalPoint, Sector } from '../../../../src/array/focal-point.js';
import { LinearArray } from '../../../../src/array/linear-array.js';
import { travelTimeDifferenceS } from '../../../../src/channel/wideband/response.js';
import type { SplitCodebook } from '../../../../src/codebook/beam-split.js';
import type { Codeword } from '../../../../src/codebook/codeword.js';
import { describeTdPs, tdPsCodebook } from '../../../../src/codebook/tdps.js';
import type { Random } from '../../../../src/core/random.js';
import { type Powers, powersOf } from '../../../../src/sounding/powers.js';

export const SECTOR: Sector = { maxAngleRad: Math.PI / 3, distanceM: [5, 30] };

function codebookOf(
  [numElements, carrierHz, bandwidthHz, numSubcarriers]: [number, number, number, number],
  [delaySinAngle, delayRingPerM, phaseSinAngle, phaseRingPerM]: [number, number, number, number],
  numPilots: number,
): SplitCodebook {
  const array = new LinearArray({ numElements, carrierHz, speedOfLightMPerS: 3e8 });
  const band = new Band({ carrierHz, bandwidthHz, numSubcarriers });
  const parameters = { delaySinAngle, delayRingPerM, phaseSinAngle, phaseRingPerM };
  return tdPsCodebook(array, band, describeTdPs(array, band, parameters), numPilots);
}

/** Two pilots of 512 subcarriers on 128 elements. */
export const demonstration = (): SplitCodebook =>
  codebookOf([128, 10e9, 2e9, 512], [-31, -0.454, 15, 0.5], 2);

/** Three pilots of 1024 subcarriers on 256 elements. */
export const evaluation = (): SplitCodebook =>
  codebookOf([256, 30e9, 5e9, 1024], [349 / 11, -427 / 800, -30, 1859 / 3200], 3);

/** As the evaluation's, small enough to be searched point by point: 2 pilots of 250 subcarriers on 64 elements. */
export const small = (): SplitCodebook =>
  codebookOf([64, 30e9, 5e9, 250], [349 / 11, -427 / 800, -30, 1859 / 3200], 2);

/**
 * |g|^2 of every pilot and subcarrier: element by element, and from subcarrier to subcarrier by a constant turn.
 *
 * @returns shape [numPilots, numSubcarriers].
 */
export function gainsAt(
  { array, band, pilots }: SplitCodebook,
  point: FocalPoint,
  model: 'fresnel' | 'exact',
  codewords: readonly Codeword[] = pilots.map(({ codeword }) => codeword),
): Float64Array {
  const M = band.numSubcarriers;
  const N = array.numElements;
  const travelS = travelTimeDifferenceS(array, point, model);
  const gains = new Float64Array(codewords.length * M);
  const re = new Float64Array(M);
  const im = new Float64Array(M);
  codewords.forEach(({ phaseRad, delayS, amplitude }, k) => {
    re.fill(0);
    im.fill(0);
    for (let n = 0; n < N; n++) {
      const totalS = travelS[n]! + (delayS?.[n] ?? 0);
      const turns = band.frequenciesHz[0]! * totalS;
      const start = phaseRad[n]! - 2 * Math.PI * (turns - Math.round(turns));
      const stepTurns = band.spacingHz * totalS;
      const stepRe = Math.cos(2 * Math.PI * (stepTurns - Math.round(stepTurns)));
      const stepIm = -Math.sin(2 * Math.PI * (stepTurns - Math.round(stepTurns)));
      const size = amplitude?.[n] ?? 1;
      let a = size * Math.cos(start);
      let b = size * Math.sin(start);
      for (let m = 0; m < M; m++) {
        re[m]! += a;
        im[m]! += b;
        const next = a * stepRe - b * stepIm;
        b = a * stepIm + b * stepRe;
        a = next;
      }
    }
    for (let m = 0; m < M; m++) gains[k * M + m] = (re[m]! ** 2 + im[m]! ** 2) / N ** 2;
  });
  return gains;
}

/** Noiseless, a perfect beam receiving 1. */
export function noiseless(codebook: SplitCodebook, gains: Float64Array): Powers {
  return powersOf(gains, codebook.band.numSubcarriers, 0, 1);
}

/** In noise of mean power 1, at the SNR of a perfectly focused beam. */
export function noisy(codebook: SplitCodebook, gains: Float64Array, snrDb: number, random: Random): Powers {
  const snr = 10 ** (snrDb / 10);
  const powers = gains.map((gain) => {
    const re = Math.sqrt(snr * gain) + random.normal() * Math.SQRT1_2;
    const im = random.normal() * Math.SQRT1_2;
    return re * re + im * im;
  });
  return powersOf(powers, codebook.band.numSubcarriers, 1, snr);
}

/** Uniform in direction and ring over a sector. */
export function anyPoint(random: Random, { maxAngleRad, distanceM: [nearM, farM] }: Sector): FocalPoint {
  const sinAngle = (2 * random.uniform() - 1) * Math.sin(maxAngleRad);
  const distance = nearM + random.uniform() * (farM - nearM);
  return { sinAngle, ringPerM: (1 - sinAngle ** 2) / (2 * distance) };
}
