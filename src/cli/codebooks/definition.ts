/**
 * The codebooks that the command line can build. Each is a set of options and a function from them to codewords; the
 * commands that print codewords and that evaluate them share these.
 */
import type { ArgumentsCamelCase, InferredOptionTypes, Options } from 'yargs';
import type { LinearArray } from '../../array/linear-array.js';
import type { PlanarArray } from '../../array/planar-array.js';
import type { SplitCodebook } from '../../codebook/beam-split.js';
import type { Codeword } from '../../codebook/codeword.js';

export type CodebookKind = 'dpc' | 'polar' | 'dft' | 'planar' | 'tdps' | 'rainbow' | 'far-rainbow';

/** Codewords for one frequency, each with what tells it apart. */
export interface NarrowbandSelection {
  readonly kind: 'narrowband';
  readonly array: LinearArray | PlanarArray;
  /** Built one by one, as they are asked for. */
  readonly entries: Iterable<NarrowbandEntry>;
  /** Settings per element that are printed for machines. */
  readonly settings: readonly ('phaseRad' | 'delayS' | 'amplitude')[];
}

export interface NarrowbandEntry {
  readonly columns: Readonly<Record<string, unknown>>;
  /** Null where the codebook has an empty place. */
  readonly codeword: Codeword | null;
}

/** Pilots whose subcarriers focus on points of their own. */
export interface SplitSelection {
  readonly kind: 'split';
  readonly codebook: SplitCodebook;
  readonly parameters: readonly Parameter[];
  /** What the codebook leaves uncovered. */
  readonly warnings: readonly string[];
}

export interface Parameter {
  /** Key in JSON. */
  readonly name: string;
  /** For people, with a unit in brackets. */
  readonly label: string;
  readonly value: number | string | null | readonly number[];
}

export type Selection = NarrowbandSelection | SplitSelection;

export interface CodebookDefinition {
  readonly name: CodebookKind;
  readonly describe: string;
  readonly options: Readonly<Record<string, Options>>;
  /** Arguments of an example. */
  readonly example: string;
  /** @throws BAD_ARGUMENT, BAD_UNIT when options do not make a codebook. */
  readonly build: (args: never) => Selection;
}

/** Keeps the types of options and arguments together while they are written down. */
export function defineCodebook<O extends Record<string, Options>>(definition: {
  readonly name: CodebookKind;
  readonly describe: string;
  readonly options: O;
  readonly example: string;
  readonly build: (args: ArgumentsCamelCase<InferredOptionTypes<O>>) => Selection;
}): CodebookDefinition {
  return definition;
}
