/** What a splitting codebook leaves uncovered, in words with the numbers; nothing when all is well. */
import type { Band } from '../array/band.js';
import type { LinearArray } from '../array/linear-array.js';
import { plural } from '../core/plural.js';
import { splitFoci } from './beam-split.js';
import { halfWidthRingPerM } from './beam-width.js';
import { coverageRatio, enoughSubcarriers, missedShare } from './coverage.js';
import { rainbowParameters } from './rainbow.js';
import type { TdPsDesign } from './tdps.js';

/** @param numPilots how many pilots there are, not how many it takes. */
export function tdPsAdvice(
  array: LinearArray,
  band: Band,
  design: TdPsDesign,
  numPilots: number,
): readonly string[] {
  const advice: string[] = [];
  if (design.coverageRatio > 1) {
    const enough = enoughSubcarriers(
      band,
      (other) => coverageRatio(array, other, splitFoci(design.parameters, other)) <= 1,
    );
    advice.push(directionsMissed(design.coverageRatio, design.missedShare, band, enough));
  }
  if (numPilots * design.numSweeps < 1) {
    advice.push(
      `A pilot sweeps ${percent(design.numSweeps)} of all directions, and ${plural(numPilots, 'pilot')} ` +
        `${percent(Math.min(1, numPilots * design.numSweeps))} of them; give delays a larger direction (gamma), the band ` +
        `more width, or more pilots: ${design.minPilots} would do`,
    );
  }
  if (numPilots < design.pilotRatio) {
    advice.push(
      ringsMissed(
        design.holePerM / numPilots,
        design.facingBeamsPerM,
        plural(numPilots, 'pilot'),
        design.minPilots,
      ),
    );
  }
  return advice;
}

/** @param evenRings rings that share a range evenly; null for rings that need no checking, such as polar ones. */
export function rainbowAdvice(
  array: LinearArray,
  band: Band,
  maxSinAngle: number,
  evenRings: { readonly count: number; readonly rangePerM: readonly [number, number] } | null,
): readonly string[] {
  const advice: string[] = [];
  const parameters = rainbowParameters(band, maxSinAngle, 0);
  const ratioWith = (other: Band) => coverageRatio(array, other, splitFoci(parameters, other, 'first'));
  const ratio = ratioWith(band);
  if (ratio > 1) {
    const missed = missedShare(array, band, splitFoci(parameters, band, 'first'));
    const enough = enoughSubcarriers(band, (other) => ratioWith(other) <= 1);
    advice.push(directionsMissed(ratio, missed, band, enough));
  }
  if (evenRings !== null) {
    const { count, rangePerM } = evenRings;
    const widthPerM = rangePerM[1] - rangePerM[0];
    const facingPerM = 2 * halfWidthRingPerM(array, band.frequenciesHz.at(-1)!);
    if (widthPerM / count > facingPerM) {
      advice.push(
        ringsMissed(widthPerM / count, facingPerM, plural(count, 'ring'), Math.ceil(widthPerM / facingPerM)),
      );
    }
  }
  return advice;
}

function directionsMissed(ratio: number, missed: number, band: Band, enough: number | null): string {
  const remedy =
    enough === null
      ? 'even 65535 subcarriers would not do'
      : `${enough} subcarriers would do, there are ${band.numSubcarriers}`;
  return (
    `Neighbouring subcarriers lie up to ${ratio.toFixed(3)} times as far apart as they may to meet at half power: ` +
    `${percent(missed)} of the directions swept are missed; ${remedy}`
  );
}

function ringsMissed(stepPerM: number, facingPerM: number, what: string, enough: number): string {
  const remedy = Number.isFinite(enough) ? `${enough} would do` : 'no number would do';
  return (
    `With ${what}, beams of one direction lie ${stepPerM.toPrecision(4)} 1/m apart over the distance rings and two of them ` +
    `close ${facingPerM.toPrecision(4)} 1/m at half power: ${percent(1 - facingPerM / stepPerM)} of the rings are missed; ${remedy}`
  );
}

function percent(share: number): string {
  return share > 0 && share < 5e-4 ? 'less than 0.1 %' : `${(100 * share).toFixed(1)} %`;
}
