/** Loads layers.as.ts, compiled to WebAssembly by the build, and gives out its memory. */
import { FIRST_ADDRESS, instantiate, type WasmKernel } from '../../kernels/wasm-module.js';

interface Layers extends WasmKernel {
  dense(
    x: number,
    xStride: number,
    rows: number,
    inputs: number,
    w: number,
    b: number,
    outputs: number,
    activation: number,
    out: number,
    outStride: number,
  ): void;
  recur(input: number, past: number, state: number, rows: number, hidden: number): void;
}

export type Activation = 'none' | 'relu' | 'sigmoid';
const ACTIVATIONS: readonly Activation[] = ['none', 'relu', 'sigmoid'];

/** Rows of numbers in the kernel's memory. */
export interface Matrix {
  readonly address: number;
  readonly rows: number;
  readonly columns: number;
  /** From row to row. */
  readonly strideBytes: number;
  /** The numbers; of a part of a wider matrix, from its first to its last. */
  readonly values: Float32Array;
}

/** A matrix and a row that is added: a dense layer. */
export interface DenseLayer {
  readonly weight: Matrix;
  readonly bias: Matrix | null;
}

export class LayerKernel {
  readonly #layers: Layers;
  readonly #end: number;
  #next = FIRST_ADDRESS;

  /** @param numFloats that will be asked for, at most, in all; and in how many matrices. */
  constructor(numFloats: number, numMatrices = 100) {
    // Each matrix begins at a multiple of 16 bytes.
    this.#end = FIRST_ADDRESS + 4 * numFloats + 16 * numMatrices;
    this.#layers = instantiate<Layers>('prediction/forward/layers.wasm', this.#end);
  }

  /** Zeros. */
  matrix(rows: number, columns: number): Matrix {
    const address = this.#next;
    this.#next += Math.ceil((4 * rows * columns) / 16) * 16;
    if (this.#next > this.#end) throw new Error('more memory is asked for than was said');
    return {
      ...{ address, rows, columns, strideBytes: 4 * columns },
      values: new Float32Array(this.#layers.memory.buffer, address, rows * columns),
    };
  }

  /** The beginning of a matrix's memory as one of another shape. */
  reshaped(of: Matrix, rows: number, columns: number): Matrix {
    const values = new Float32Array(this.#layers.memory.buffer, of.address, rows * columns);
    return { address: of.address, rows, columns, strideBytes: 4 * columns, values };
  }

  /** Some columns of a matrix. */
  columnsOf(of: Matrix, first: number, columns: number): Matrix {
    return {
      ...{ ...of, columns, address: of.address + 4 * first },
      values: of.values.subarray(first, of.values.length - of.columns + first + columns),
    };
  }

  /** Some rows of a matrix. */
  rowsOf(of: Matrix, first: number, rows: number): Matrix {
    const width = of.strideBytes / 4;
    return {
      ...{ ...of, rows, address: of.address + first * of.strideBytes },
      values: of.values.subarray(first * width, (first + rows) * width),
    };
  }

  /** out = f(x w + b). */
  dense(x: Matrix, { weight, bias }: DenseLayer, activation: Activation, out: Matrix): void {
    this.#layers.dense(
      x.address,
      x.strideBytes,
      x.rows,
      x.columns,
      weight.address,
      bias?.address ?? 0,
      weight.columns,
      ACTIVATIONS.indexOf(activation),
      out.address,
      out.strideBytes,
    );
  }

  /** One slot of the gated recurrent unit, in place. */
  recur(input: Matrix, past: Matrix, state: Matrix): void {
    this.#layers.recur(input.address, past.address, state.address, state.rows, state.columns);
  }
}
