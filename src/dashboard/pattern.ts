/** Gain of one codeword over the plane that the page shows, computed a row at a time so that nothing else has to wait. */
import { polarPointM } from '../array/linear-array.js';
import { BeamGain } from '../codebook/beam-gain.js';
import { DirectionGain, FRONT_RAD } from '../codebook/direction-gain.js';
import type { ShownArray, ToldSettings } from './live-array.js';
import type { PatternMessage } from './page-messages.js';

/** Sums over elements and cells of one pattern, about 100 ms of work. */
const MOST_SUMS = 12 << 20;
const MOST_COLUMNS = 1024;
const MOST_ROWS = 48;
const LEAST_ROWS = 12;
/** A beam of N elements is 4/N of the sine wide between its zeros: four columns, of which the best lacks 1 dB at most. */
const COLUMNS_PER_ELEMENT = 2;
const LEAST_COLUMNS = 128;
const DIRECTIONS = 90;
const FLOOR_DB = -60;
const STEP_DB = 0.25;

export type Pattern = Omit<PatternMessage, 'type' | 'run' | 'radiating'>;

interface Cells {
  readonly numColumns: number;
  readonly numRows: number;
  /** dB of the cells' centres, shape [numColumns]. */
  row(k: number): Float64Array;
  /** Of the centre of a cell, as in `PatternMessage.peak`. */
  at(column: number, row: number): readonly [number, number];
}

/** Yields after every row; returns the pattern. */
export function* patternOf(array: ShownArray, settings: ToldSettings): Generator<void, Pattern, void> {
  const cells = array.kind === 'line' ? planeCells(array, settings) : directionCells(array, settings);
  const { numColumns, numRows } = cells;
  const bytes = Buffer.alloc(numColumns * numRows);
  let peakDb = Number.NEGATIVE_INFINITY;
  let peakAt = 0;
  for (let row = 0; row < numRows; row++) {
    const values = cells.row(row);
    for (let column = 0; column < numColumns; column++) {
      const valueDb = values[column]!;
      const at = row * numColumns + column;
      bytes[at] = Math.max(0, Math.min(255, Math.round((valueDb - FLOOR_DB) / STEP_DB)));
      if (valueDb <= peakDb) continue;
      peakDb = valueDb;
      peakAt = at;
    }
    yield;
  }
  const peak = cells.at(peakAt % numColumns, Math.floor(peakAt / numColumns));
  return {
    numColumns,
    numRows,
    cells: bytes.toString('base64'),
    floorDb: FLOOR_DB,
    stepDb: STEP_DB,
    peakDb,
    peak,
  };
}

/** Sines of angles from -1 to 1, in which beams are equally wide everywhere, by distances, logarithmic. */
function planeCells({ line, axes }: ShownArray & { kind: 'line' }, settings: ToldSettings): Cells {
  const numElements = line.elementYM.length;
  const gain = new BeamGain(line, settings);
  const numColumns = Math.max(LEAST_COLUMNS, Math.min(MOST_COLUMNS, COLUMNS_PER_ELEMENT * numElements));
  const affordable = Math.floor(MOST_SUMS / (numElements * numColumns));
  const numRows = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, affordable));
  const { nearM, farM } = axes;
  const at = (column: number, row: number): readonly [number, number] => [
    nearM * (farM / nearM) ** ((row + 0.5) / numRows),
    (2 * (column + 0.5)) / numColumns - 1,
  ];
  return {
    numColumns,
    numRows,
    at,
    row: (row) =>
      Float64Array.from({ length: numColumns }, (_, column) => {
        const [distanceM, sine] = at(column, row);
        return gain.atDb(...polarPointM(distanceM, Math.asin(sine)));
      }),
  };
}

function directionCells({ grid }: ShownArray & { kind: 'grid' }, settings: ToldSettings): Cells {
  const gain = new DirectionGain(grid, settings);
  const angleRad = (k: number) => (2 * ((k + 0.5) / DIRECTIONS) - 1) * FRONT_RAD;
  const azimuthsRad = Float64Array.from({ length: DIRECTIONS }, (_, k) => angleRad(k));
  return {
    numColumns: DIRECTIONS,
    numRows: DIRECTIONS,
    at: (column, row) => [angleRad(column), angleRad(row)],
    row: (row) => gain.atElevationDb(angleRad(row), azimuthsRad),
  };
}
