/**
 * What a study gives: rows for machines, tables and figures for people, the paper's words beside ours.
 * Everything is plain data: it is written to results.json and drawn by src/report.
 */

/** Null stands for infinity (a ring at infinity, a noise-free SNR) and for what does not apply. */
type Cell = string | number | boolean | null | readonly number[];

/** One machine-readable row; its keys are the same in all rows of a study. docs/study.md lists them by kind. */
export type StudyRow = Readonly<Record<string, Cell>>;

/** A table whose cells are ready to print. */
export interface Table {
  readonly title: string;
  readonly columns: readonly { readonly title: string; readonly align: 'left' | 'right' }[];
  /** Shape [numRows, numColumns]. */
  readonly rows: readonly (readonly string[])[];
}

export interface Axis {
  /** With its unit in brackets, such as `Ring distance (m)`. */
  readonly label: string;
  /**
   * `near-one` draws y at 1 - (1 - y)^0.6, which spreads accuracies close to 1 (the paper's Fig. 17). `sine` and `ring`
   * are linear; ticks of a sine name its angle too, ticks of a distance ring its distance at broadside.
   */
  readonly scale: 'linear' | 'log' | 'near-one' | 'sine' | 'ring';
}

export interface Series {
  readonly name: string;
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    /** Bounds of the 95 % interval of y. */
    readonly interval95?: readonly [number, number];
  }[];
  /** Drawn dashed and without markers: a bound, a boundary, the paper's own line. */
  readonly reference?: boolean;
  /** Name of the series that this one is a variant of: it has the same colour and another line. */
  readonly variantOf?: string;
}

export interface LineFigure {
  readonly kind: 'lines';
  readonly title: string;
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** Curves in the plane, not values over x: round ticks, no markers. */
  readonly plane?: boolean;
  /** Where on the x axis a sector begins or ends: thin lines across the figure. */
  readonly edges?: readonly number[];
}

/** Values on a grid, with lines drawn over them. */
export interface HeatFigure {
  readonly kind: 'heat';
  readonly title: string;
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Cell centres, ascending. */
  readonly xs: readonly number[];
  readonly ys: readonly number[];
  /** Shape [ys, xs]; null where there is nothing to show. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly valueLabel: string;
  /** Values of the darkest and the brightest colour; those of the values themselves unless given. */
  readonly range?: readonly [number, number];
  readonly outlines: readonly {
    readonly name: string;
    readonly points: readonly (readonly [number, number])[];
  }[];
}

/** Points in the plane, by groups. */
export interface PointFigure {
  readonly kind: 'points';
  readonly title: string;
  readonly caption: string;
  readonly x: Axis;
  readonly y: Axis;
  /** [least, most] of each axis. */
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
  readonly groups: readonly { readonly name: string; readonly points: readonly PlanePoint[] }[];
  /** What the figure is about a part of: a dashed frame, [least, most] of each axis. */
  readonly frame?: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
  /** What the values of the points are; they colour the points where there is one group, or too many to tell apart. */
  readonly valueLabel: string;
}

interface PlanePoint {
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

export type Figure = LineFigure | HeatFigure | PointFigure;

/** One sentence or number of the paper with what came out here. */
export interface PaperClaim {
  readonly claim: string;
  /** The paper's number or words. */
  readonly paper: string;
  /** Said by the study itself, of what the paper leaves out. */
  readonly isOurs?: boolean;
  readonly ours: string;
  /** Null where the paper gives nothing that could be checked by a number. */
  readonly agrees: boolean | null;
}

/** What `--trace` adds per user, scheme and SNR; docs/study.md gives the JSON. */
export interface UserTrace {
  readonly scheme: string;
  /** Label of the case in the study file; null where it has none. */
  readonly case: string | null;
  /** 1-based, as listed or sampled. */
  readonly user: number;
  readonly positionM: readonly [number, number];
  /** Null = no noise. */
  readonly snrDb: number | null;
  readonly pilots: readonly PilotTrace[];
  readonly regionIndex: number | null;
  readonly chosen: CodewordTrace;
  readonly best: CodewordTrace;
  readonly correct: boolean;
}

/** A codeword as its paper names it: {level, index} on the coarse levels, {ring, angleIndex} in the polar codebook. */
export type PilotTrace = Readonly<Record<string, number | string>> & { readonly amplitude: number };

export interface CodewordTrace {
  readonly ring: number;
  readonly angleIndex: number;
}

export interface StudyResult {
  readonly kind: string;
  readonly title: string;
  readonly description: string | null;
  /** Where the paper's figures come from, such as `arXiv 2509.16035, Fig. 19`; null for a study of one's own. */
  readonly reference: string | null;
  /** Label and value of what the study was run with: array, codebook, channel, users, seed. */
  readonly settings: readonly (readonly [string, string])[];
  readonly rows: readonly StudyRow[];
  readonly tables: readonly Table[];
  readonly figures: readonly Figure[];
  readonly claims: readonly PaperClaim[];
  readonly traces?: readonly UserTrace[];
}
