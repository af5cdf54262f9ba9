import { FIRST_ADDRESS, instantiate, type WasmKernel } from '../../kernels/wasm-module.js';

/** Pointers are byte offsets into `memory`; search.as.ts says what each function does. */
export interface SearchKernel extends WasmKernel {
  products(rows: number, count: number, length: number, z: number, out: number): void;
  energy(row: number, length: number): number;
  codeRow(row: number, length: number, weight: number, codes: number, norms: number, out: number): void;
  codedProducts(codes: number, count: number, length: number, z: number, out: number): void;
  meanUpTo(limit: number, z: number, count: number): number;
  measurePowers(z: number, count: number, centre: number, out: number): void;
  codePowers(
    z: number,
    count: number,
    centre: number,
    step: number,
    codes: number,
    scale: number,
    norms: number,
  ): number;
}

/** Columns that share one bound. */
const BLOCK = 16;

/** Where everything lies that a search keeps in the kernel's memory; lengths in values. */
export interface SearchLayout {
  /** Of a row, filled up with zeros: a multiple of 16. */
  readonly rowLength: number;
  /** Of the block norms of a row, filled up likewise. */
  readonly boundLength: number;
  /** A row on its way into the codes, single [rowLength]. */
  readonly row: number;
  /** Rows in steps of their own size, bytes [numRows, rowLength]. */
  readonly codes: number;
  /** Largest block norms of groups of rows, single [numGroups, boundLength]. */
  readonly bounds: number;
  /** The measured powers: double, and 16-bit integers, [rowLength]; norms of their blocks, single [boundLength]. */
  readonly z: number;
  readonly codedZ: number;
  readonly blockZ: number;
  /** Results, 4 bytes each, [numRows]. */
  readonly out: number;
  readonly numBytes: number;
}

export function layOutSearch(numRows: number, numValues: number, numGroups: number): SearchLayout {
  let end = FIRST_ADDRESS;
  const take = (numBytes: number) => {
    const at = end;
    end += Math.ceil(numBytes / 64) * 64;
    return at;
  };
  const rowLength = Math.ceil(numValues / BLOCK) * BLOCK;
  const boundLength = Math.ceil(rowLength / BLOCK / 16) * 16;
  return {
    rowLength,
    boundLength,
    row: take(4 * rowLength),
    z: take(8 * rowLength),
    codedZ: take(2 * rowLength),
    blockZ: take(4 * boundLength),
    out: take(4 * numRows),
    bounds: take(4 * numGroups * boundLength),
    codes: take(numRows * rowLength),
    numBytes: end,
  };
}

export function createSearchKernel({ numBytes }: SearchLayout): SearchKernel {
  return instantiate('training/estimators/search.wasm', numBytes);
}
