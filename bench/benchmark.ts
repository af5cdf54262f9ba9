/** A benchmark measures something against its alternative in the same run, so that the machine cancels out. */

export interface BenchRow {
  /** What was measured, with its parameters. */
  readonly what: string;
  readonly value: number;
  /** Unit of `value` and `alternativeValue`. */
  readonly unit: string;
  /** What it is held against; null when a row stands alone (a latency with an absolute target). */
  readonly alternative: string | null;
  readonly alternativeValue: number | null;
  /** How `value` compares: value / alternativeValue; null without an alternative. */
  readonly ratio: number | null;
  readonly target?: BenchTarget;
}

interface BenchTarget {
  /** Which column the target is about. */
  readonly of: 'value' | 'ratio';
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Benchmark {
  readonly name: string;
  run(): Promise<BenchRow[]>;
}

/** A row that compares two values of the same unit. */
export function comparison(row: Omit<BenchRow, 'ratio'> & { readonly alternativeValue: number }): BenchRow {
  return { ...row, ratio: row.value / row.alternativeValue };
}

/** Whether the row meets its target; null when it has none. */
export function meetsTarget(row: BenchRow): boolean | null {
  if (row.target === undefined) return null;
  const figure = row[row.target.of];
  if (figure === null) return false;
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = row.target;
  return figure >= atLeast && figure <= atMost;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Processor time of this process so far, s: what else the machine does takes less part in it than in the time that passes. */
export function processorTimeS(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
