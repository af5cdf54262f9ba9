/** The beam that is focused on the UE, over directions, as the errors that were found make it: with the table and without it. */
import type { AntennaArray, PlaceM } from '../../array/antenna-array.js';
import type { Codeword } from '../../codebook/codeword.js';

const NUM_DIRECTIONS = 361;

export interface FocusPattern {
  /** Azimuth from the x axis, at the UE's distance and height, rad, ascending. */
  readonly angleRad: readonly number[];
  /** Received power over that of all elements in phase, dB; shape [numDirections] each. */
  readonly beforeDb: readonly number[];
  readonly afterDb: readonly number[];
  /** Of an array without errors. */
  readonly perfectDb: readonly number[];
}

export interface PatternSetup {
  readonly array: AntennaArray;
  readonly placeM: PlaceM;
  /** What the board is told, as codes that it has. */
  readonly before: Codeword;
  readonly after: Codeword;
  /** Errors that were found; gain 0 for elements that do not follow. Shape [numElements] each. */
  readonly phaseErrorRad: Float64Array;
  readonly gain: Float64Array;
}

export function focusPattern(setup: PatternSetup): FocusPattern {
  const { array, placeM, before, after, phaseErrorRad, gain } = setup;
  const [xM, yM, zM] = placeM;
  const rangeM = Math.hypot(xM, yM);
  const middleRad = Math.atan2(yM, xM);
  const numElements = array.numElements;
  const focusRad = array.propagationPhaseRad(placeM, array.carrierHz);
  // A linear array radiates from its x > 0; others are looked at as far to either side of the UE.
  const span = zM === undefined ? Math.PI / 2 : Math.PI / 3;
  const centre = zM === undefined ? 0 : middleRad;
  const angleRad = Array.from(
    { length: NUM_DIRECTIONS },
    (_, k) => centre + span * ((2 * (k + 0.5)) / NUM_DIRECTIONS - 1),
  );
  const levels = angleRad.map((rad) => {
    const [x, y] = [rangeM * Math.cos(rad), rangeM * Math.sin(rad)];
    const wayRad = array.propagationPhaseRad(zM === undefined ? [x, y] : [x, y, zM], array.carrierHz);
    const level = (phaseOf: (n: number) => number, gainOf: (n: number) => number) => {
      let [re, im] = [0, 0];
      for (let n = 0; n < numElements; n++) {
        const phase = phaseOf(n) - wayRad[n]!;
        re += gainOf(n) * Math.cos(phase);
        im += gainOf(n) * Math.sin(phase);
      }
      return 20 * Math.log10(Math.max(Math.hypot(re, im) / numElements, 1e-6));
    };
    const erring = ({ phaseRad }: Codeword) =>
      level(
        (n) => phaseRad[n]! + phaseErrorRad[n]!,
        (n) => gain[n]!,
      );
    return [
      erring(before),
      erring(after),
      level(
        (n) => focusRad[n]!,
        () => 1,
      ),
    ] as const;
  });
  const column = (k: 0 | 1 | 2) => levels.map((row) => Number(row[k].toFixed(3)));
  return { angleRad, beforeDb: column(0), afterDb: column(1), perfectDb: column(2) };
}
