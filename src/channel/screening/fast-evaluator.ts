/**
 * Evaluates channels with SIMD kernels: an FFT per ring screens the polar codebook, exact double-precision evaluation of
 * the few codewords that may be the best settles it. The answer is that of evaluating all of them.
 */
import type { Codeword } from '../../codebook/codeword.js';
import type { PolarCodebook, PolarIndex } from '../../codebook/polar.js';
import { codewordWeights } from '../../codebook/weights.js';
import type { Complex, ComplexVector } from '../../core/complex.js';
import type { ChannelEvaluator } from '../channel.js';
import type { Path } from '../paths.js';
import { createKernel, type Kernel } from './kernel.js';
import { type KernelLayout, layOut } from './kernel-memory.js';
import { Screen } from './screen.js';

/** Weights kept ready take no more than this; the whole codebooks of 512 elements fit. */
const WEIGHTS_BYTES = 64 * 2 ** 20;

export class FastEvaluator implements ChannelEvaluator {
  readonly #codebook: PolarCodebook;
  readonly #kernel: Kernel;
  readonly #layout: KernelLayout;
  readonly #screen: Screen;
  readonly #channel: Float64Array;
  readonly #result: Float64Array;
  readonly #numWeights: number;
  readonly #weightsOf = new Map<Codeword, number>();
  #transformed = false;

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
    const { channel, elementY } = this.#layout;
    this.#channel.fill(0);
    this.#transformed = false;
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

  #argmax(noise: ComplexVector | null): number {
    const withNoise = noise !== null;
    const power = (column: number) => {
      const { re, im } = this.receive(this.#codebook.codeword(this.#codebook.indexOf(column)));
      return (re + (noise?.re[column] ?? 0)) ** 2 + (im + (noise?.im[column] ?? 0)) ** 2;
    };
    if (!this.#transformed) this.#screen.transform();
    this.#transformed = true;
    const norm = Math.sqrt(this.#kernel.energy(this.#layout.channel, this.#codebook.array.numElements));
    let best = this.#screen.screen(withNoise);
    let bestPower = power(best);
    for (const column of this.#screen.candidates(Math.sqrt(bestPower), norm)) {
      if (column === best || this.#screen.bound(column, norm, withNoise) ** 2 < bestPower) continue;
      const columnPower = power(column);
      if (columnPower > bestPower || (columnPower === bestPower && column < best)) {
        best = column;
        bestPower = columnPower;
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
