/** Which of a board's fixed lines comes nearest to a delay, element by element. */
export class NearestLine {
  /** Of every element, its lines by ascending delay; of equal ones the first. Shape [numElements][up to numLines]. */
  readonly #lines: readonly Uint16Array[];
  /** Their delays, s. */
  readonly #delaysS: readonly Float64Array[];

  /** @param linesS shape [numLines][numElements]. */
  constructor(linesS: readonly Float64Array[]) {
    this.#lines = Array.from({ length: linesS[0]!.length }, (_, n) => {
      const delayS = (line: number) => linesS[line]![n]!;
      const sorted = Uint16Array.from(linesS.keys()).sort((a, b) => delayS(a) - delayS(b) || a - b);
      return sorted.filter((line, k) => k === 0 || delayS(line) !== delayS(sorted[k - 1]!));
    });
    this.#delaysS = this.#lines.map((lines, n) => Float64Array.from(lines, (line) => linesS[line]![n]!));
  }

  /**
   * The line of element `n` from which an adjustable delay within [0, rangeS] leaves least of `delayS` missing; of several
   * that do, the longest that is not too long.
   */
  of(n: number, delayS: number, rangeS: number): number {
    const lines = this.#lines[n]!;
    const delaysS = this.#delaysS[n]!;
    let above = 0;
    for (let end = lines.length; above < end; ) {
      const middle = (above + end) >>> 1;
      if (delaysS[middle]! <= delayS) above = middle + 1;
      else end = middle;
    }
    if (above === 0) return lines[0]!;
    if (above === lines.length) return lines[above - 1]!;
    const missingS = Math.max(0, delayS - delaysS[above - 1]! - rangeS);
    return missingS <= delaysS[above]! - delayS ? lines[above - 1]! : lines[above]!;
  }
}
