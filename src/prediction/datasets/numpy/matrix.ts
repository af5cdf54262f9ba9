/** Arrays of numbers as files hold them: in rows or in columns, as one stretch of numbers. */

export interface NumberArray {
  readonly dimensions: readonly number[];
  readonly values: ArrayLike<number>;
  /** Whether neighbours along the first axis lie side by side (MATLAB, Fortran), or along the last one (C). */
  readonly columnsFirst: boolean;
}

/** One of two axes: [rows, columns]. A list counts as a column, further axes are part of a row. */
export class Matrix {
  readonly numRows: number;
  readonly numColumns: number;
  readonly #values: ArrayLike<number>;
  readonly #rowStep: number;
  readonly #columnStep: number;

  constructor({ dimensions, values, columnsFirst }: NumberArray) {
    const [rows = 1, ...others] = dimensions;
    this.numRows = rows;
    this.numColumns = others.reduce((product, size) => product * size, 1);
    this.#values = values;
    this.#rowStep = columnsFirst ? 1 : this.numColumns;
    this.#columnStep = columnsFirst ? rows : 1;
  }

  at(row: number, column: number): number {
    return this.#values[row * this.#rowStep + column * this.#columnStep]!;
  }
}
