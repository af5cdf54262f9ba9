/**
 * Power gains of all pilots and subcarriers at every point of a grid (docs/model.md eq. 64), coded in one byte each, with
 * what it takes to leave most points out of a search (eq. 68 to 71). Those few that are left are evaluated again.
 */
import { BeamloopError } from '../../core/errors.js';
import type { PointGrid } from './point-grid.js';
import type { Score } from './score.js';
import { createSearchKernel, layOutSearch, type SearchKernel, type SearchLayout } from './search-kernel.js';

/** Neighbouring directions of a ring that share their bounds. */
const GROUP = 8;

const MAX_BYTES = 2 ** 31;

/** Power gains at the points of a grid, 1 at perfect focus, by the points' index. */
export interface GridPowers {
  /** Pilots times subcarriers. */
  readonly numValues: number;
  /** Amplitude that `approximate` may be off, 1 at perfect focus. */
  readonly amplitudeError: number;
  /** Called for points in ascending order. */
  approximate(index: number, out: Float32Array): void;
  exact(index: number, out: Float64Array): void;
}

export class Dictionary {
  readonly grid: PointGrid;
  readonly gains: GridPowers;
  readonly score: Score;
  readonly kernel: SearchKernel;
  readonly layout: SearchLayout;
  readonly numGroups: number;
  /** Of each row as it enters the score: sum and norm, shape [numPoints]. */
  readonly rowSums: Float64Array;
  readonly rowNorms: Float64Array;
  /** The most that the norm of a row's error can be, since its gains are approximate, shape [numPoints]. */
  readonly rowErrors: Float64Array;
  /** What one step of a row's codes is worth, and the norm of what the codes leave out, shape [numPoints]. */
  readonly codeSteps: Float64Array;
  readonly codeErrors: Float64Array;
  /** Fills the rows, some milliseconds a step; searches do what is left of it. */
  readonly filling: Iterator<void>;
  readonly #groupsPerRing: number;

  /**
   * @param score rows are divided by their norm unless it is `plain`.
   * @throws BAD_ARGUMENT when it would take more than 2 GiB.
   */
  constructor(grid: PointGrid, gains: GridPowers, score: Score) {
    const { numPoints } = grid;
    this.grid = grid;
    this.gains = gains;
    this.score = score;
    this.#groupsPerRing = Math.ceil(grid.directions.length / GROUP);
    this.numGroups = this.#groupsPerRing * grid.ringsPerM.length;
    this.layout = layOutSearch(numPoints, gains.numValues, this.numGroups);
    if (this.layout.numBytes > MAX_BYTES) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what:
          `A matched filter of ${grid.directions.length} directions, ${grid.ringsPerM.length} rings and ` +
          `${gains.numValues} powers needs ${Math.round(this.layout.numBytes / 2 ** 20)} MiB, and may have 2048`,
        todo: 'Give fewer directions or rings',
      });
    }
    this.kernel = createSearchKernel(this.layout);
    this.rowSums = new Float64Array(numPoints);
    this.rowNorms = new Float64Array(numPoints);
    this.rowErrors = new Float64Array(numPoints);
    this.codeSteps = new Float64Array(numPoints);
    this.codeErrors = new Float64Array(numPoints);
    this.filling = this.#fill();
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

  addressOfCodes(index: number): number {
    return this.layout.codes + this.layout.rowLength * index;
  }

  *#fill(): Generator<void, void, void> {
    // What fills a row up stays 0.
    const row = new Float32Array(this.kernel.memory.buffer, this.layout.row, this.gains.numValues);
    for (let group = 0; group < this.numGroups; group++) {
      const first = this.firstOf(group);
      for (let index = first; index < first + this.sizeOf(group); index++) {
        this.gains.approximate(index, row);
        this.#takeRow(index, group);
      }
      yield;
    }
  }

  #takeRow(index: number, group: number): void {
    const { kernel } = this;
    const { row, rowLength, bounds, boundLength, z } = this.layout;
    const norm = Math.sqrt(kernel.energy(row, rowLength));
    const weight = this.score === 'plain' || norm === 0 ? 1 : 1 / norm;
    const groupBounds = bounds + 4 * boundLength * group;
    // No search is on yet: its powers' place serves for what comes back.
    kernel.codeRow(row, rowLength, weight, this.addressOfCodes(index), groupBounds, z);
    const [sum, step, missed] = new Float64Array(kernel.memory.buffer, z, 3);
    this.rowSums[index] = sum!;
    this.rowNorms[index] = weight * norm;
    this.codeSteps[index] = step!;
    // Energies were added up in single precision.
    const rounding = 1e-6 * weight * norm;
    this.codeErrors[index] = Math.sqrt(missed!) * 1.001 + rounding;
    this.rowErrors[index] = rounding + weight * this.#gainsError(sum! / weight);
  }

  /**
   * The most that the norm of the error of gains can be whose amplitudes are off by e (eq. 70); twice that once they are
   * divided by their norm, because the norm is off too.
   *
   * @param sum of the approximate gains.
   */
  #gainsError(sum: number): number {
    const { amplitudeError: e, numValues } = this.gains;
    const error = 2 * e * Math.sqrt(sum) + e * e * Math.sqrt(numValues);
    return this.score === 'plain' ? error : 2 * error;
  }
}
