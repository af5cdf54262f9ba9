/**
 * Gains of codewords that serve around a place, from every few elements: what such a codeword makes of the user's wave turns
 * slowly along the array, so that one element can stand for its neighbours (docs/model.md eq. 99).
 */
import type { LinearArray, PointM } from '../array/linear-array.js';
import type { PolarCodebook } from '../codebook/polar.js';
import { codewordWeights } from '../codebook/weights.js';
import { FIRST_ADDRESS, instantiate, type WasmKernel } from '../kernels/wasm-module.js';

/** Elements are put together until about so many groups are left. */
const NUM_LEFT = 40;
const FLOAT_BYTES = 4;
/** The kernel takes so many numbers at once. */
const LANES = 4;

/** coarse-gains.as.ts, compiled to WebAssembly by the build. */
interface Kernel extends WasmKernel {
  powers(wave: number, half: number, weights: number, rows: number, numRows: number, out: number): void;
}

/** One element of each group, which speaks for it. */
interface Groups {
  /** Shape [numGroups] each. */
  readonly elements: Int32Array;
  readonly sizes: Float64Array;
  /** Where the elements are, m. */
  readonly elementYM: Float64Array;
}

export class CoarseGains {
  readonly #codebook: PolarCodebook;
  readonly #groups: Groups;
  readonly #kernel: Kernel;
  /** numGroups, rounded up to what the kernel takes. */
  readonly #width: number;
  /** Real parts, then imaginary ones, shape [2, width]. */
  readonly #wave: Float32Array;
  /** By column, times the size of the group, shape [numCodewords, 2, width]; of columns that were asked for. */
  readonly #weights: Float32Array;
  readonly #isKnown: Uint8Array;
  readonly #rows: Int32Array;
  readonly #powers: Float32Array;

  constructor(codebook: PolarCodebook) {
    const { numCodewords, array } = codebook;
    this.#codebook = codebook;
    this.#groups = groupsOf(array);
    this.#width = Math.ceil(this.#groups.elements.length / LANES) * LANES;
    const sizes = [2 * this.#width, 2 * this.#width * numCodewords, numCodewords, numCodewords];
    this.#kernel = instantiate<Kernel>(
      'tracking/coarse-gains.wasm',
      FIRST_ADDRESS + FLOAT_BYTES * sizes.reduce((a, b) => a + b, 0),
    );
    const { buffer } = this.#kernel.memory;
    let at = FIRST_ADDRESS;
    const [wave, weights, rows, powers] = sizes.map((size) => {
      const address = at;
      at += FLOAT_BYTES * size;
      return [address, size] as const;
    });
    this.#wave = new Float32Array(buffer, ...wave!);
    this.#weights = new Float32Array(buffer, ...weights!);
    this.#rows = new Int32Array(buffer, ...rows!);
    this.#powers = new Float32Array(buffer, ...powers!);
    this.#isKnown = new Uint8Array(numCodewords);
  }

  /**
   * Share of a perfectly focused beam's power that a user at this place, in front of the array, receives of each codeword.
   *
   * @param columns each once.
   * @returns from 0 to 1, shape [columns].
   */
  gains(placeM: PointM, columns: readonly number[]): number[] {
    this.#moveTo(placeM);
    for (const column of columns) if (this.#isKnown[column] === 0) this.#learn(column);
    this.#rows.set(columns);
    const half = FLOAT_BYTES * this.#width;
    const [wave, weights] = [this.#wave.byteOffset, this.#weights.byteOffset];
    this.#kernel.powers(wave, half, weights, this.#rows.byteOffset, columns.length, this.#powers.byteOffset);
    const { numElements } = this.#codebook.array;
    return columns.map((_, k) => this.#powers[k]! / numElements);
  }

  #moveTo([xM, yM]: PointM): void {
    const { wavelengthM } = this.#codebook.array;
    const { elementYM } = this.#groups;
    const radPerM = (2 * Math.PI) / wavelengthM;
    const awayM = Math.sqrt(xM * xM + yM * yM);
    for (let k = 0; k < elementYM.length; k++) {
      const dyM = elementYM[k]! - yM;
      // Beyond the distance from the centre, which keeps the phase small.
      const phaseRad = radPerM * (Math.sqrt(xM * xM + dyM * dyM) - awayM);
      this.#wave[k] = Math.cos(phaseRad);
      this.#wave[this.#width + k] = -Math.sin(phaseRad);
    }
  }

  #learn(column: number): void {
    const codebook = this.#codebook;
    const { re, im } = codewordWeights(codebook.codeword(codebook.indexOf(column)), codebook.array.carrierHz);
    const { elements, sizes } = this.#groups;
    const at = 2 * this.#width * column;
    for (const [k, n] of elements.entries()) {
      this.#weights[at + k] = sizes[k]! * re[n]!;
      this.#weights[at + this.#width + k] = sizes[k]! * im[n]!;
    }
    this.#isKnown[column] = 1;
  }
}

function groupsOf({ numElements, elementYM }: LinearArray): Groups {
  // An odd number has an element in the middle.
  const size = Math.max(1, 2 * Math.floor((numElements / NUM_LEFT - 1) / 2) + 1);
  const numGroups = Math.ceil(numElements / size);
  const sizes = new Float64Array(numGroups).fill(size);
  sizes[numGroups - 1] = numElements - (numGroups - 1) * size;
  const elements = Int32Array.from(sizes, (of, k) => k * size + (of >> 1));
  return { elements, sizes, elementYM: Float64Array.from(elements, (n) => elementYM[n]!) };
}
