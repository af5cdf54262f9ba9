import { Band } from '../src/array/band.js';
import { LinearArray } from '../src/array/linear-array.js';
import type { SplitCodebook } from '../src/codebook/beam-split.js';
import { describeTdPs, tdPsCodebook } from '../src/codebook/tdps.js';

/** Pilots of the evaluation in the paper on distance-dependent beam split: 256 elements, 1024 subcarriers, 3 pilots. */
export function evaluationCodebook(): SplitCodebook {
  const carrierHz = 30e9;
  const array = new LinearArray({ numElements: 256, carrierHz, speedOfLightMPerS: 3e8 });
  const band = new Band({ carrierHz, bandwidthHz: 5e9, numSubcarriers: 1024 });
  const parameters = {
    delaySinAngle: 349 / 11,
    delayRingPerM: -427 / 800,
    phaseSinAngle: -30,
    phaseRingPerM: 1859 / 3200,
  };
  return tdPsCodebook(array, band, describeTdPs(array, band, parameters), 3);
}
