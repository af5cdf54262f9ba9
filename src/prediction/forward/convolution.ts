/** Convolutions as products of matrices: what each place sees, times the filters. Maps are [places, channels], row after row. */
import type { Activation, DenseLayer, LayerKernel, Matrix } from './layer-kernel.js';

export interface ConvolutionSizes {
  /** Rows and columns of a filter: 1 or 3. */
  readonly filterSize: number;
  readonly stride: number;
  /** Rows and columns of the map that comes in. */
  readonly mapSize: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly numGroups: number;
}

export function outputSize({ mapSize, stride }: Pick<ConvolutionSizes, 'mapSize' | 'stride'>): number {
  return Math.ceil(mapSize / stride);
}

/** Numbers that all places together see of one group. */
export function numSeen(sizes: ConvolutionSizes): number {
  return isPlain(sizes)
    ? 0
    : outputSize(sizes) ** 2 * sizes.filterSize ** 2 * (sizes.inputs / sizes.numGroups);
}

/** Every place sees itself alone. */
function isPlain({ filterSize, stride, numGroups }: ConvolutionSizes): boolean {
  return filterSize === 1 && stride === 1 && numGroups === 1;
}

export class Convolution {
  readonly #kernel: LayerKernel;
  readonly #sizes: ConvolutionSizes;
  readonly #activation: Activation;
  /** Of each group, [filterSize^2 * inputs of the group, outputs of the group]. */
  readonly #layers: readonly DenseLayer[];
  readonly #seen: Matrix;

  /**
   * @param filter [size, size, inputs of a group, outputs], as TensorFlow has it.
   * @param bias [outputs].
   * @param seen has room for `numSeen` numbers; others may use it between two runs.
   */
  constructor(
    kernel: LayerKernel,
    sizes: ConvolutionSizes,
    filter: ArrayLike<number>,
    bias: ArrayLike<number>,
    activation: Activation,
    seen: Matrix,
  ) {
    this.#kernel = kernel;
    this.#sizes = sizes;
    this.#activation = activation;
    this.#seen = seen;
    const { filterSize, inputs, outputs, numGroups } = sizes;
    const own = outputs / numGroups;
    const rows = filterSize ** 2 * (inputs / numGroups);
    this.#layers = Array.from({ length: numGroups }, (_, group) => {
      const weight = kernel.matrix(rows, own);
      const shift = kernel.matrix(1, own);
      for (let row = 0; row < rows; row++) {
        for (let k = 0; k < own; k++) weight.values[row * own + k] = filter[row * outputs + group * own + k]!;
      }
      for (let k = 0; k < own; k++) shift.values[k] = bias[group * own + k]!;
      return { weight, bias: shift };
    });
  }

  /**
   * @param map [mapSize^2, inputs].
   * @param out [places, outputs].
   */
  run(map: Matrix, out: Matrix): void {
    const { filterSize, inputs, outputs, numGroups } = this.#sizes;
    if (isPlain(this.#sizes)) {
      this.#kernel.dense(map, this.#layers[0]!, this.#activation, out);
      return;
    }
    const own = inputs / numGroups;
    const seen = this.#kernel.reshaped(this.#seen, outputSize(this.#sizes) ** 2, filterSize ** 2 * own);
    for (const [group, layer] of this.#layers.entries()) {
      this.#look(map, group * own, own, seen.values);
      const part =
        numGroups === 1
          ? out
          : this.#kernel.columnsOf(out, (group * outputs) / numGroups, outputs / numGroups);
      this.#kernel.dense(seen, layer, this.#activation, part);
    }
  }

  /** What every place sees of some channels; beyond the map's edge there is nothing. */
  #look({ values }: Matrix, first: number, own: number, seen: Float32Array): void {
    const { filterSize, stride, mapSize, inputs } = this.#sizes;
    const size = outputSize(this.#sizes);
    const before = (filterSize - 1) / 2;
    let at = 0;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        for (let tap = 0; tap < filterSize ** 2; tap++, at += own) {
          const y = row * stride + Math.floor(tap / filterSize) - before;
          const x = column * stride + (tap % filterSize) - before;
          if (y < 0 || x < 0 || y >= mapSize || x >= mapSize) {
            seen.fill(0, at, at + own);
            continue;
          }
          const from = (y * mapSize + x) * inputs + first;
          for (let k = 0; k < own; k++) seen[at + k] = values[from + k]!;
        }
      }
    }
  }
}
