/**
 * Power gain of beams that split, to second order in the element's position: one function of two arguments serves all
 * pilots, subcarriers and points (docs/model.md eq. 23), so it is tabulated once and looked up (eq. 54).
 */
import { Band } from '../../array/band.js';
import type { FocalPoint } from '../../array/focal-point.js';
import type { LinearArray } from '../../array/linear-array.js';
import type { SplitParameters } from '../../codebook/beam-split.js';
import { complexVector } from '../../core/complex.js';
import { BeamloopError } from '../../core/errors.js';
import { FIRST_ADDRESS, instantiate, type WasmKernel } from '../../kernels/wasm-module.js';
import { createSubcarrierSum } from './subcarrier-sum.js';

/** fresnel-gain.as.ts says what the function does. */
interface GainKernel extends WasmKernel {
  gains(
    table: number,
    stride: number,
    columns: number,
    rows: number,
    tilt: number,
    bend: number,
    slope: number,
    count: number,
    sinAngle: number,
    ring: number,
    out: number,
  ): void;
}

/** Table points per 1/N of u and per 1/N^2 of v; cubic interpolation is then off by 5e-7, single precision by 2e-7. */
const COLUMNS_PER_BEAM = 28;
const ROWS_PER_BEND = 8;
const GIGA = 1e9;
/** A table beyond the processor's caches takes longer to look up than the sum over elements, and seconds to fill. */
const MAX_TABLE_BYTES = 2 ** 25;

export interface FresnelGainsOptions {
  readonly array: LinearArray;
  readonly band: Band;
  /** One per pilot; the pilots of a codebook have them. */
  readonly pilots: readonly SplitParameters[];
  /** Rings of the points that will be asked for, 1/m. */
  readonly ringRangePerM: readonly [number, number];
}

/**
 * Ideal power gains of splitting pilots at points, off by less than 1e-6 from the direct sum of the Fresnel model. Made
 * for many points: building one takes up to tenths of a second (its table), each row of 3 x 1024 gains some 50 us. For
 * beams as a board makes them, for spherical waves, or where the table would be too large, see `SubcarrierSum`.
 */
export class FresnelGains {
  /** Pilots times subcarriers. */
  readonly numValues: number;
  readonly #kernel: GainKernel;
  readonly #ringRangePerM: readonly [number, number];
  readonly #spacingM: number;
  readonly #table: TableSize;
  readonly #at: {
    readonly table: number;
    readonly tilt: number;
    readonly bend: number;
    readonly slope: number;
  };
  readonly #out: Float64Array;

  /** Null where the table would take more than 32 MiB. */
  static create(options: FresnelGainsOptions): FresnelGains | null {
    const beams = argumentsOf(options);
    const table = tableSize(options, beams);
    return table.numBytes <= MAX_TABLE_BYTES ? new FresnelGains(options, beams, table) : null;
  }

  private constructor(
    { array: { numElements, spacingM }, ringRangePerM }: FresnelGainsOptions,
    { tilt, bend, slope }: BeamArguments,
    table: TableSize,
  ) {
    this.numValues = tilt.length;
    this.#ringRangePerM = ringRangePerM;
    this.#spacingM = spacingM;
    this.#table = table;
    const count = this.numValues + (this.numValues % 2);
    const arguments0 = FIRST_ADDRESS;
    const place = (k: number) => arguments0 + k * (8 * count + 192);
    this.#at = { tilt: place(0), bend: place(1), slope: place(2), table: place(4) };
    this.#kernel = instantiate<GainKernel>(
      'channel/wideband/fresnel-gain.wasm',
      this.#at.table + table.numBytes,
    );
    const { buffer } = this.#kernel.memory;
    const view = (at: number) => new Float64Array(buffer, at, this.numValues);
    view(this.#at.tilt).set(tilt);
    view(this.#at.bend).set(bend);
    view(this.#at.slope).set(slope);
    this.#out = view(place(3));
    this.#tabulate(new Float32Array(buffer, this.#at.table), numElements);
  }

  /**
   * @param out shape [numPilots, numSubcarriers]; 1 is a perfectly focused beam.
   * @throws BAD_ARGUMENT when the point's ring lies outside the range given at first.
   */
  evaluate({ sinAngle, ringPerM }: FocalPoint, out: Float64Array | Float32Array): void {
    const [least, most] = this.#ringRangePerM;
    if (!(ringPerM >= least && ringPerM <= most)) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `The ring ${ringPerM} 1/m lies outside the range from ${least} to ${most} 1/m`,
        todo: 'Make the gains for the whole range of rings',
      });
    }
    this.#kernel.gains(
      this.#at.table,
      this.#table.stride,
      this.#table.columns,
      this.#table.rowsPerUnit,
      this.#at.tilt,
      this.#at.bend,
      this.#at.slope,
      this.numValues + (this.numValues % 2),
      sinAngle,
      ringPerM * this.#spacingM,
      this.#out.byteOffset,
    );
    out.set(this.#out);
  }

  /** |S(u, v)|^2 row by row; a row is a transform of the elements' chirp from position to u/2 (eq. 23). */
  #tabulate(table: Float32Array, numElements: number): void {
    const { columns, rowsPerUnit, numRows, stride } = this.#table;
    const numColumns = columns + 3;
    const step = 1 / (2 * columns);
    // Half u, from one step below 1 on: one period up, because a band lies above 0. It is told as frequencies of radio, 1 for a
    // GHz, and positions as delays, 1 for a ns: their product is the same.
    const band = new Band({
      carrierHz: GIGA * (1 + step * ((numColumns - 1) / 2 - 1)),
      bandwidthHz: GIGA * step * numColumns,
      numSubcarriers: numColumns,
    });
    const sum = createSubcarrierSum(numElements, band);
    const position = Float64Array.from({ length: numElements }, (_, n) => n - (numElements - 1) / 2);
    const delayS = position.map((place) => place / GIGA);
    const chirp = complexVector(numElements);
    const received = complexVector(numColumns);
    for (let row = 0; row < numRows; row++) {
      const v = (row - 1) / rowsPerUnit;
      for (let n = 0; n < numElements; n++) {
        const phase = Math.PI * position[n]! ** 2 * v;
        chirp.re[n] = Math.cos(phase) / numElements;
        chirp.im[n] = Math.sin(phase) / numElements;
      }
      sum.evaluate(chirp.re, chirp.im, delayS, received);
      const first = (row * stride) / 4;
      for (let k = 0; k < numColumns; k++) table[first + k] = received.re[k]! ** 2 + received.im[k]! ** 2;
    }
  }
}

interface TableSize {
  /** Points per unit of u, and per unit of v. */
  readonly columns: number;
  readonly rowsPerUnit: number;
  readonly numRows: number;
  /** From row to row, bytes. */
  readonly stride: number;
  readonly numBytes: number;
}

/** So large that v stays within the table at all rings. */
function tableSize(
  { array: { numElements, spacingM }, ringRangePerM }: FresnelGainsOptions,
  { bend, slope }: BeamArguments,
): TableSize {
  const columns = COLUMNS_PER_BEAM * numElements;
  const rowsPerUnit = ROWS_PER_BEND * numElements ** 2;
  const stride = 4 * (4 * Math.ceil((columns + 3) / 4) + 16);
  const largest = bend.reduce((top, b, k) => {
    const ends = ringRangePerM.map((ring) => Math.abs(b - slope[k]! * spacingM * ring));
    return Math.max(top, ...ends);
  }, 0);
  // One row before the first; two after the last that is begun, and one for rounding.
  const numRows = Math.floor(largest * rowsPerUnit) + 5;
  return { columns, rowsPerUnit, numRows, stride, numBytes: numRows * stride };
}

type BeamArguments = ReturnType<typeof argumentsOf>;

/** u = tilt - slope sinAngle and v = bend - slope d ring (eq. 53), shape [numPilots, numSubcarriers] each. */
function argumentsOf({ array: { spacingM }, band, pilots }: FresnelGainsOptions) {
  const { numSubcarriers } = band;
  const out = {
    tilt: new Float64Array(pilots.length * numSubcarriers),
    bend: new Float64Array(pilots.length * numSubcarriers),
    slope: new Float64Array(pilots.length * numSubcarriers),
  };
  pilots.forEach(({ delaySinAngle, delayRingPerM, phaseSinAngle, phaseRingPerM }, pilot) => {
    for (let m = 0; m < numSubcarriers; m++) {
      const k = pilot * numSubcarriers + m;
      const slope = 1 / band.ratio(m);
      out.slope[k] = slope;
      out.tilt[k] = slope * delaySinAngle + phaseSinAngle;
      out.bend[k] = spacingM * (slope * delayRingPerM + phaseRingPerM);
    }
  });
  return out;
}
