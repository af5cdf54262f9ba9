/**
 * Power gains of all pilots and subcarriers at every point of a grid (docs/model.md eq. 58), as rows that are ready to be
 * held against powers, with what it takes to leave most of them out (eq. 60 to 62).
 */
import { BeamloopError } from '../../core/errors.js';
import type { PointGrid } from './point-grid.js';
import type { Score } from './score.js';
import { createSearchKernel, layOutSearch, type SearchKernel, type SearchLayout } from './search-kernel.js';

/** Neighbouring directions of a ring that share their bounds. */
const GROUP = 8;

const MAX_BYTES = 2 ** 31;

/** Fills a row with the power gains of all pilots and subcarriers at a point of the grid, by its index, in ascending order. */
export type GainsOfPoint = (index: number, out: Float32Array) => void;

export class Dictionary {
  readonly grid: PointGrid;
  readonly numValues: number;
  readonly kernel: SearchKernel;
  readonly layout: SearchLayout;
  readonly numGroups: number;
  /** Sum of each weighted row, its norm, shape [numPoints]. */
  readonly rowSums: Float64Array;
  readonly rowNorms: Float64Array;
  /** What one step of a row's codes is worth, and the norm of what the codes leave out, shape [numPoints]. */
  readonly codeSteps: Float64Array;
  readonly codeErrors: Float64Array;
  /** Fills the rows, some milliseconds a step; searches do what is left of it. */
  readonly filling: Iterator<void>;
  readonly #groupsPerRing: number;

  /**
   * @param gains of a user at each point of the grid.
   * @param score rows are divided by their norm unless it is `plain`.
   * @throws BAD_ARGUMENT when it would take more than 2 GiB.
   */
  constructor(grid: PointGrid, numValues: number, gains: GainsOfPoint, score: Score) {
    const { numPoints } = grid;
    this.grid = grid;
    this.numValues = numValues;
    this.#groupsPerRing = Math.ceil(grid.directions.length / GROUP);
    this.numGroups = this.#groupsPerRing * grid.ringsPerM.length;
    this.layout = layOutSearch(numPoints, numValues, this.numGroups);
    if (this.layout.numBytes > MAX_BYTES) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what:
          `A matched filter of ${grid.directions.length} directions, ${grid.ringsPerM.length} rings and ` +
          `${numValues} powers needs ${Math.round(this.layout.numBytes / 2 ** 20)} MiB, and may have 2048`,
        todo: 'Give fewer directions or rings',
      });
    }
    this.kernel = createSearchKernel(this.layout);
    this.rowSums = new Float64Array(numPoints);
    this.rowNorms = new Float64Array(numPoints);
    this.codeSteps = new Float64Array(numPoints);
    this.codeErrors = new Float64Array(numPoints);
    this.filling = this.#fill(gains, score);
  }

  /** Fills what is not filled yet. */
  complete(): void {
    while (!this.filling.next().done);
  }

  get numPoints(): number {
    return this.grid.numPoints;
  }

  /** Index of the first point of a group. */
  firstOf(group: number): number {
    const ring = Math.floor(group / this.#groupsPerRing);
    return ring * this.grid.directions.length + (group % this.#groupsPerRing) * GROUP;
  }

  /** How many points a group has: the last of a ring may have fewer than the others. */
  sizeOf(group: number): number {
    return Math.min(GROUP, this.grid.directions.length - (group % this.#groupsPerRing) * GROUP);
  }

  addressOfRow(index: number): number {
    return this.layout.rows + 4 * this.layout.rowLength * index;
  }

  addressOfCodes(index: number): number {
    return this.layout.codes + this.layout.rowLength * index;
  }

  *#fill(gainsOf: GainsOfPoint, score: Score): Generator<void, void, void> {
    const { buffer } = this.kernel.memory;
    for (let group = 0; group < this.numGroups; group++) {
      const first = this.firstOf(group);
      for (let index = first; index < first + this.sizeOf(group); index++) {
        // What fills a row up stays 0.
        gainsOf(index, new Float32Array(buffer, this.addressOfRow(index), this.numValues));
        this.#weigh(index, group, score);
      }
      yield;
    }
  }

  #weigh(index: number, group: number, score: Score): void {
    const { kernel } = this;
    const { rowLength, bounds, boundLength, exactZ } = this.layout;
    const row = this.addressOfRow(index);
    const norm = Math.sqrt(kernel.energy(row, rowLength));
    const weight = score === 'plain' || norm === 0 ? 1 : 1 / norm;
    const groupBounds = bounds + 4 * boundLength * group;
    // No search is on yet: its powers' place serves for what comes back.
    kernel.weigh(row, rowLength, weight, this.addressOfCodes(index), groupBounds, exactZ);
    const [sum, step, missed] = new Float64Array(kernel.memory.buffer, exactZ, 3);
    this.rowSums[index] = sum!;
    this.rowNorms[index] = weight * norm;
    this.codeSteps[index] = step!;
    // Their energy was added up in single precision.
    this.codeErrors[index] = Math.sqrt(missed!) * 1.001 + 1e-6 * weight * norm;
  }
}
