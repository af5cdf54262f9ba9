/** What the classes of a network stand for. */
import type { PolarCodebook } from '../../../codebook/polar.js';

/** Class of a codeword that the head has none for. */
export const NO_CLASS = -1;

export interface Head {
  readonly numClasses: number;
  /** Whether classes are counted from the last beam. */
  readonly isRelative: boolean;
  /** Class of a codeword when `last` was the last beam known; NO_CLASS where there is none. */
  classOf(column: number, last: number): number;
  /** Codeword of a class. */
  columnOf(oneClass: number, last: number): number;
  /** Whether several classes mean the same codeword, because others would lie outside the codebook. */
  isClipped(last: number): boolean;
}

/** Directions to either side of the last beam that the relative head tells apart. */
const MOST_SHIFT = 12;

/** Class = (shift of direction against the last beam + 12) rings + ring, clipped to the codebook: means the same everywhere. */
export function relativeHead({ numAngles, numRings }: PolarCodebook): Head {
  return {
    numClasses: (2 * MOST_SHIFT + 1) * numRings,
    isRelative: true,
    classOf(column, last) {
      const shift = (column % numAngles) - (last % numAngles);
      if (Math.abs(shift) > MOST_SHIFT) return NO_CLASS;
      return (shift + MOST_SHIFT) * numRings + Math.floor(column / numAngles);
    },
    columnOf(oneClass, last) {
      const shift = Math.floor(oneClass / numRings) - MOST_SHIFT;
      const angle = Math.min(numAngles - 1, Math.max(0, (last % numAngles) + shift));
      return (oneClass % numRings) * numAngles + angle;
    },
    isClipped: (last) => last % numAngles < MOST_SHIFT || last % numAngles >= numAngles - MOST_SHIFT,
  };
}

/** A class per codeword. */
export function absoluteHead({ numCodewords }: PolarCodebook): Head {
  return {
    numClasses: numCodewords,
    isRelative: false,
    classOf: (column) => column,
    columnOf: (oneClass) => oneClass,
    isClipped: () => false,
  };
}
