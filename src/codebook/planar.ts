/** Beams of a planar array to a grid of azimuths and elevations (docs/model.md eq. 104 and 105). */
import { type Direction, directionOf, vectorOf } from '../array/array-frame.js';
import type { PlanarArray } from '../array/planar-array.js';
import { requireWhole } from '../core/arguments.js';
import { type Codeword, phaseCodeword } from './codeword.js';
import { CodewordCache } from './codeword-cache.js';
import { requireIndex } from './polar.js';

/** Place in the grid, 1-based: both ascend with the angle. */
export interface PlanarIndex {
  readonly azimuthIndex: number;
  readonly elevationIndex: number;
}

/**
 * `angles`: evenly spaced azimuths from -60 deg, below 60 deg, and elevations from -90 deg, below 90 deg (eq. 104). `sines`: a
 * discrete Fourier transform along rows and columns (eq. 105).
 */
export const PLANAR_SPREADS = ['angles', 'sines'] as const;
export type PlanarSpread = (typeof PLANAR_SPREADS)[number];

export interface PlanarCodebookOptions {
  readonly numAzimuths: number;
  readonly numElevations: number;
  /** `angles` unless given. */
  readonly spread?: PlanarSpread;
  /** Elements that radiate, in the middle of rows and of columns; all of them unless given. Fewer make wider beams. */
  readonly active?: readonly [columns: number, rows: number];
}

const HALF_SECTOR_RAD = Math.PI / 3;

export class PlanarCodebook {
  readonly array: PlanarArray;
  readonly numAzimuths: number;
  readonly numElevations: number;
  readonly spread: PlanarSpread;
  /** Column (azimuthIndex - 1) numElevations + elevationIndex - 1. */
  readonly numCodewords: number;
  readonly #active: readonly [columns: number, rows: number];
  readonly #codewords: CodewordCache<number, Codeword>;

  /** @throws BAD_ARGUMENT unless there are 1 to 1024 azimuths and elevations, and as many active elements as there can be. */
  constructor(array: PlanarArray, options: PlanarCodebookOptions) {
    const { numAzimuths, numElevations, spread = 'angles', active = [array.columns, array.rows] } = options;
    requireWhole('numAzimuths', numAzimuths, 1, 1024);
    requireWhole('numElevations', numElevations, 1, 1024);
    requireWhole('active', active[0], 1, array.columns);
    requireWhole('active', active[1], 1, array.rows);
    this.array = array;
    this.numAzimuths = numAzimuths;
    this.numElevations = numElevations;
    this.spread = spread;
    this.numCodewords = numAzimuths * numElevations;
    this.#active = active;
    this.#codewords = new CodewordCache(array.numElements);
  }

  /** @throws BAD_ARGUMENT when there is no such column. */
  column({ azimuthIndex, elevationIndex }: PlanarIndex): number {
    requireIndex('azimuth index', azimuthIndex, this.numAzimuths);
    requireIndex('elevation index', elevationIndex, this.numElevations);
    return (azimuthIndex - 1) * this.numElevations + elevationIndex - 1;
  }

  indexOf(column: number): PlanarIndex {
    return {
      azimuthIndex: Math.floor(column / this.numElevations) + 1,
      elevationIndex: (column % this.numElevations) + 1,
    };
  }

  codewordAt(column: number): Codeword {
    return this.codeword(this.indexOf(column));
  }

  /** Where the beam points, in the array's own frame. A Fourier beam of no direction counts for the nearest one, along the array. */
  direction(index: PlanarIndex): Direction {
    const { azimuthIndex, elevationIndex } = index;
    if (this.spread === 'angles') {
      this.column(index);
      return {
        azimuthRad: -HALF_SECTOR_RAD + (2 * HALF_SECTOR_RAD * (azimuthIndex - 1)) / this.numAzimuths,
        elevationRad: -Math.PI / 2 + (Math.PI * (elevationIndex - 1)) / this.numElevations,
      };
    }
    const [y, z] = this.#sines(index);
    const length = Math.max(1, Math.hypot(y, z));
    const across = (y * y + z * z) / length ** 2;
    return directionOf([Math.sqrt(Math.max(0, 1 - across)), y / length, z / length]);
  }

  codeword(index: PlanarIndex): Codeword {
    return this.#codewords.get(this.column(index), () => {
      const { array, numAzimuths, numElevations, spread } = this;
      const [columns, rows] = this.#active;
      const isWhole = columns === array.columns && rows === array.rows;
      const name = spread === 'angles' ? 'planar' : 'planar-sines';
      const part = isWhole ? '' : `-${columns}x${rows}`;
      const beam = phaseCodeword(
        `${name}${part}/${numAzimuths}x${numElevations}/${index.azimuthIndex}/${index.elevationIndex}`,
        {
          kind: 'planar',
          spread,
          numAzimuths,
          numElevations,
          ...index,
          ...(!isWhole && { activeColumns: columns, activeRows: rows }),
        },
        () => array.planeWavePhaseRad(...this.#sines(index)),
      );
      if (isWhole) return beam;
      const amplitude = this.#amplitude();
      return {
        key: beam.key,
        label: beam.label,
        get phaseRad() {
          return beam.phaseRad;
        },
        delayS: null,
        amplitude,
      };
    });
  }

  /** Of the direction along y and z of the array's frame; beyond the unit circle a Fourier beam has none. */
  #sines(index: PlanarIndex): [sineY: number, sineZ: number] {
    if (this.spread === 'angles') {
      const [, y, z] = vectorOf(this.direction(index));
      return [y, z];
    }
    this.column(index);
    const { azimuthIndex, elevationIndex } = index;
    return [
      (2 * azimuthIndex - 1 - this.numAzimuths) / this.numAzimuths,
      (2 * elevationIndex - 1 - this.numElevations) / this.numElevations,
    ];
  }

  #amplitude(): Float64Array {
    const { rows, columns, numElements } = this.array;
    const [activeColumns, activeRows] = this.#active;
    const firstColumn = Math.floor((columns - activeColumns) / 2);
    const firstRow = Math.floor((rows - activeRows) / 2);
    const size = Math.sqrt(numElements / (activeColumns * activeRows));
    return Float64Array.from({ length: numElements }, (_, k) => {
      const column = (k % columns) - firstColumn;
      const row = Math.floor(k / columns) - firstRow;
      return column >= 0 && column < activeColumns && row >= 0 && row < activeRows ? size : 0;
    });
  }
}
