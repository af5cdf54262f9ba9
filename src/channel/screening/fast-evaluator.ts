/**
 * Evaluates channels with SIMD kernels: an FFT per ring screens the polar codebook, exact double-precision evaluation of
 * the few codewords that may be the best settles it. The answer is that of evaluating all of them.
 */
import type { Codeword } from '../../codebook/codeword.js';
import type { PolarCodebook, PolarIndex } from '../../codebook/polar.js';
import { codewordWeights } from '../../codebook/weights.js';
import type { Complex, ComplexVector } from '../../core/complex.js';
import type { ChannelEvaluator, ColumnNoise } from '../channel.js';
import type { Path } from '../paths.js';
import { createKernel, type Kernel } from './kernel.js';
import { type KernelLayout, layOut } from './kernel-memory.js';
import { Screen } from './screen.js';

/** For double precision, where a bound is held against what was evaluated. */
const ROUNDING = 1 + 1e-9;
/** Channels that are weaker, or stronger than one over it, are not what single precision suits. */
const LEAST_NORM = 1e-30;
/** Weights kept ready take no more than this; the whole codebooks of 512 elements fit. */
const WEIGHTS_BYTES = 64 * 2 ** 20;

interface Contender {
  /** Among the columns that were asked for. */
  readonly place: number;
  readonly noise: Complex;
  /** Amplitude that it does not exceed, noise included. */
  readonly most: number;
}

export class FastEvaluator implements ChannelEvaluator {
  readonly #codebook: PolarCodebook;
  readonly #kernel: Kernel;
  readonly #layout: KernelLayout;
  readonly #screen: Screen;
  readonly #channel: Float64Array;
  readonly #result: Float64Array;
  readonly #numWeights: number;
  readonly #weightsOf = new Map<Codeword, number>();
  /** Norm of the channel; null before it is transformed. */
  #norm: number | null = null;

  /**
   * The numbers of elements and of angles must be powers of two of at least 16, and angles no more than elements.
   *
   * @param numWeights codewords whose weights are kept ready.
   */
  constructor(
    codebook: PolarCodebook,
    numWeights = Math.max(64, Math.floor(WEIGHTS_BYTES / (16 * codebook.array.numElements))),
  ) {
    const { array, numAngles, numRings } = codebook;
    const { numElements } = array;
    this.#codebook = codebook;
    this.#numWeights = numWeights;
    this.#layout = layOut({ numElements, numAngles, numRings, numWeights });
    this.#kernel = createKernel(this.#layout.numBytes);
    const { buffer } = this.#kernel.memory;
    new Float64Array(buffer, this.#layout.elementY, numElements).set(array.elementYM);
    this.#channel = new Float64Array(buffer, this.#layout.channel, 2 * numElements);
    this.#result = new Float64Array(buffer, this.#layout.result, 2);
    this.#screen = new Screen(codebook, this.#kernel, this.#layout);
    this.#channel.fill(0);
  }

  setChannel(paths: readonly Path[]): void {
    const { array } = this.#codebook;
    const { channel, elementY, path } = this.#layout;
    this.#channel.fill(0);
    this.#norm = null;
    for (const { gain, positionM } of paths) {
      const [x, y] = positionM;
      this.#kernel.addPath(
        channel,
        elementY,
        array.numElements,
        gain.re,
        gain.im,
        x,
        y,
        1 / array.wavelengthM,
        path,
      );
    }
  }

  receive(codeword: Codeword): Complex {
    const { channel, result } = this.#layout;
    this.#kernel.dot(channel, this.#weights(codeword), this.#codebook.array.numElements, result);
    return { re: this.#result[0]!, im: this.#result[1]! };
  }

  best(): PolarIndex {
    return this.#codebook.indexOf(this.#argmax(null));
  }

  bestWithNoise(noise: ComplexVector): PolarIndex {
    this.#screen.setNoise(noise.re, noise.im);
    return this.#codebook.indexOf(this.#argmax(noise));
  }

  strongestOf(columns: Int32Array, noise: ColumnNoise): number | null {
    const norm = this.#transform();
    if (!(norm > LEAST_NORM && norm < 1 / LEAST_NORM)) return null;
    const contenders = this.#contenders(columns, noise, norm);
    let best = contenders[0]!;
    for (const contender of contenders) if (contender.most > best.most) best = contender;
    let bestPower = this.#power(columns[best.place]!, best.noise);
    const first = best;
    for (const contender of contenders) {
      if (contender === first || (contender.most * ROUNDING) ** 2 < bestPower) continue;
      const power = this.#power(columns[contender.place]!, contender.noise);
      if (power > bestPower || (power === bestPower && contender.place < best.place)) {
        best = contender;
        bestPower = power;
      }
    }
    return best.place;
  }

  /** Those that may be the strongest, with their noise and the most that they may receive; others are not asked for their noise. */
  #contenders(columns: Int32Array, noise: ColumnNoise, norm: number): Contender[] {
    const estimates = this.#screen.estimates(columns);
    // Some column receives this much whatever its noise.
    let least = 0;
    for (let place = 0; place < columns.length; place++) {
      const re = estimates[3 * place]!;
      const im = estimates[3 * place + 1]!;
      least = Math.max(least, Math.sqrt(re * re + im * im) - norm * estimates[3 * place + 2]!);
    }
    least -= noise.most;
    const contenders: Contender[] = [];
    for (let place = 0; place < columns.length; place++) {
      const re = estimates[3 * place]!;
      const im = estimates[3 * place + 1]!;
      const error = norm * estimates[3 * place + 2]!;
      if ((Math.sqrt(re * re + im * im) + error + noise.most) * ROUNDING < least) continue;
      const ours = noise.at(columns[place]!);
      const most = Math.sqrt((re + ours.re) ** 2 + (im + ours.im) ** 2) + error;
      contenders.push({ place, noise: ours, most });
    }
    return contenders;
  }

  #power(column: number, noise: Complex | null): number {
    const { re, im } = this.receive(this.#codebook.codewordAt(column));
    return (re + (noise?.re ?? 0)) ** 2 + (im + (noise?.im ?? 0)) ** 2;
  }

  /** Transforms the channel unless it is. Returns its norm. */
  #transform(): number {
    if (this.#norm === null) {
      this.#screen.transform();
      this.#norm = Math.sqrt(this.#kernel.energy(this.#layout.channel, this.#codebook.array.numElements));
    }
    return this.#norm;
  }

  #argmax(noise: ComplexVector | null): number {
    const norm = this.#transform();
    const noiseOf = (column: number) =>
      noise === null ? null : { re: noise.re[column]!, im: noise.im[column]! };
    let best = this.#screen.screen(noise !== null);
    let bestPower = this.#power(best, noiseOf(best));
    const first = best;
    const candidates = this.#screen.candidates(Math.sqrt(bestPower), norm);
    const estimates = this.#screen.estimates(candidates);
    for (let k = 0; k < candidates.length; k++) {
      const column = candidates[k]!;
      if (column === first) continue;
      const re = estimates[3 * k]! + (noise?.re[column] ?? 0);
      const im = estimates[3 * k + 1]! + (noise?.im[column] ?? 0);
      const most = (Math.sqrt(re * re + im * im) + norm * estimates[3 * k + 2]!) * ROUNDING;
      if (most ** 2 < bestPower) continue;
      const power = this.#power(column, noiseOf(column));
      if (power > bestPower || (power === bestPower && column < best)) {
        best = column;
        bestPower = power;
      }
    }
    return best;
  }

  /** Address of a codeword's weights, computed when first needed. */
  #weights(codeword: Codeword): number {
    const known = this.#weightsOf.get(codeword);
    if (known !== undefined) return known;
    const { array } = this.#codebook;
    if (this.#weightsOf.size === this.#numWeights) this.#weightsOf.clear();
    const at = this.#layout.weights + 16 * array.numElements * this.#weightsOf.size;
    const { re, im } = codewordWeights(codeword, array.carrierHz);
    const target = new Float64Array(this.#kernel.memory.buffer, at, 2 * array.numElements);
    target.set(re, 0);
    target.set(im, array.numElements);
    this.#weightsOf.set(codeword, at);
    return at;
  }
}
