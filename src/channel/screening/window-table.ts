/**
 * Codewords as sums of neighbouring bins of their ring, for the kernel: what lies outside of the window bounds how far off the sum is
 * (docs/model.md eq. 59).
 */
import { GROUP_BYTES, type KernelLayout, MAX_WINDOW } from './kernel-memory.js';

/** A window leaves out this much of its codeword if it can with MAX_WINDOW bins. */
const WINDOW_RESIDUAL = 0.1;
/** A window that leaves out more than this excludes next to nothing. */
const USELESS_RESIDUAL = 0.5;
/** Bins come in groups of this many. */
const GROUP = 4;

/** The transform of the steering vector of a codeword's focus, on the codeword's ring. */
interface Expansion {
  readonly column: number;
  /** Place of the codeword's own bin, and address of the ring's bins. */
  readonly ownBin: number;
  readonly bins: number;
  /** Shape [numAngles]. */
  readonly re: Float32Array;
  readonly im: Float32Array;
  readonly numElements: number;
}

export class WindowTable {
  readonly #layout: KernelLayout;
  readonly #residualOf: (energy: number) => number;
  /** Shape [numCodewords, 8]; the residuals, single precision, are among them. */
  readonly #entries: Uint32Array;
  readonly #residuals: Float32Array;
  readonly #coefficients: Float32Array;
  #numGroups = 0;
  /** Columns that have none yet: one group of each has its place. */
  #numWithout: number;

  /** @param residualOf norm of what is left of a unit vector when so much energy is accounted for. */
  constructor(
    buffer: ArrayBuffer,
    layout: KernelLayout,
    numCodewords: number,
    residualOf: (energy: number) => number,
  ) {
    this.#layout = layout;
    this.#residualOf = residualOf;
    this.#entries = new Uint32Array(buffer, layout.windows, 8 * numCodewords);
    this.#residuals = new Float32Array(buffer, layout.windows, 8 * numCodewords);
    this.#coefficients = new Float32Array(buffer, layout.coefficients, layout.coefficientBytes / 4);
    this.#numWithout = numCodewords;
  }

  /** The group of the codeword's own bin where that is enough, or where there is no room for more. */
  add({ column, ownBin, bins, re, im, numElements }: Expansion): void {
    this.#numWithout--;
    const energyOf = (bin: number) => (re[bin]! ** 2 + im[bin]! ** 2) / numElements;
    const own = { first: ownBin - (ownBin % GROUP), count: GROUP };
    const isEnough = this.#residualOf(energyWithin(own, re.length, energyOf)) <= WINDOW_RESIDUAL;
    const best = isEnough
      ? own
      : inGroups(bestWindow(Float64Array.from(re, (_, bin) => energyOf(bin))), re.length);
    const room = this.#layout.coefficientBytes / GROUP_BYTES - this.#numGroups - this.#numWithout;
    const window = best.count / GROUP > room ? own : best;
    const residual = this.#residualOf(energyWithin(window, re.length, energyOf));
    const count = residual > USELESS_RESIDUAL ? 0 : window.count;
    const start = (this.#numGroups * GROUP_BYTES) / 4;
    this.#entries.set([bins, this.#layout.coefficients + 4 * start, window.first, count], 8 * column);
    this.#residuals[8 * column + 4] = count === 0 ? Infinity : residual;
    const scale = 1 / Math.sqrt(numElements);
    for (let k = 0; k < count; k++) {
      const bin = (window.first + k) % re.length;
      const at = start + 2 * GROUP * Math.floor(k / GROUP) + (k % GROUP);
      this.#coefficients[at] = scale * re[bin]!;
      this.#coefficients[at + GROUP] = -scale * im[bin]!;
    }
    this.#numGroups += count / GROUP;
  }
}

/** The bins `first`, `first` + 1, … (cyclic). */
interface BinWindow {
  readonly first: number;
  readonly count: number;
}

function energyWithin(
  { first, count }: BinWindow,
  numBins: number,
  energyOf: (bin: number) => number,
): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += energyOf((first + k) % numBins);
  return sum;
}

/** Widened to whole groups, no more than MAX_WINDOW bins and no more than there are. */
function inGroups({ first, count }: BinWindow, numBins: number): BinWindow {
  const start = first - (first % GROUP);
  const wanted = GROUP * Math.ceil((first + count - start) / GROUP);
  return { first: start, count: Math.min(wanted, MAX_WINDOW, numBins) };
}

/** Shortest cyclic window of bins that leaves out no more than WINDOW_RESIDUAL, or the best of MAX_WINDOW bins. */
function bestWindow(energy: Float64Array): BinWindow {
  const numBins = energy.length;
  const wanted = 1 - WINDOW_RESIDUAL ** 2;
  const longest = Math.min(MAX_WINDOW, numBins);
  let best = { first: 0, count: 0, energy: 0 };
  let inside = 0;
  // [first, end) slides once around; it grows to the wanted energy, or to the longest window.
  for (let first = 0, end = 0; first < numBins; first++) {
    while (end - first < longest && (end === first || inside < wanted)) inside += energy[end++ % numBins]!;
    const reached = Math.min(inside, wanted);
    const bestReached = Math.min(best.energy, wanted);
    const count = end - first;
    if (reached > bestReached || (reached === bestReached && count < best.count)) {
      best = { first, count, energy: inside };
    }
    inside -= energy[first]!;
  }
  return best;
}
