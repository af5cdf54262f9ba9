/** Samples of sweeps over beams, whatever files they came from. */
import type { Problem } from './problems.js';
import type { Segments } from './segments.js';

export interface Sample {
  /** Recording that it is from, and its user; null in data sets of one user. */
  readonly recording: string | null;
  readonly user: string | null;
  readonly pass: number;
  /** No window goes from one segment to another. */
  readonly segment: number;
  /** The source's own count; null where it has none. */
  readonly index: number | null;
  /** Seconds after midnight, or of the board's clock; null where nobody knows. */
  readonly timeS: number | null;
  /** Linear, one a beam; null where there is no sweep. NaN stays NaN. */
  readonly powers: Float32Array | null;
  /** Keys of the codewords that the powers are of; null where they are those of a codebook, in its order. */
  readonly codewords: readonly string[] | null;
  /** Of the strongest beam, from 0: its index in `powers`, or in the data set's codebook where there are `codewords`; null where no power is finite. */
  readonly label: number | null;
  /** As the source says it, from its own base; null where it says nothing. */
  readonly sourceLabel: number | null;
  readonly xM: number | null;
  readonly yM: number | null;
  /** Path from the source's folder; null where there is no image. */
  readonly image: string | null;
}

/** A table of samples, opened. */
export interface SampleScenario {
  readonly layout: 'DeepSense 6G scenario';
  readonly files: readonly string[];
  readonly numRows: number;
  readonly segments: Segments;
  readonly has: {
    readonly powers: boolean;
    readonly images: boolean;
    readonly positions: boolean;
    readonly labels: boolean;
  };
  /** Where x (east) and y (north) count from; null without positions. */
  readonly origin: { readonly latitudeDeg: number; readonly longitudeDeg: number } | null;
  /** In order of the table; files are read as they are needed. */
  samples(signal?: AbortSignal): AsyncGenerator<Sample>;
  /** What is known once all samples were gone through. */
  findings(): SampleFindings;
}

export interface SampleFindings {
  readonly numBeams: number | null;
  readonly labelBase: 0 | 1 | null;
  /** Released labels that could be compared with powers, and those that are the strongest beam. */
  readonly numLabelsCompared: number;
  readonly numLabelsAgreeing: number;
  readonly numNanPowers: number;
  readonly numSamplesWithNan: number;
  readonly problems: readonly Problem[];
}
