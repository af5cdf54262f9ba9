/**
 * What one user receives of any pilot: its signal, evaluated once however many schemes and SNRs ask for it, and noise.
 *
 * A pilot's noise depends on the study's seed, the user and the pilot alone: it is the same whichever scheme sends the
 * pilot and whenever, scaled from SNR to SNR, on any thread. Schemes are so compared on equal terms.
 */
import { drawBlockNoise, NOISE_BLOCK } from '../../channel/block-noise.js';
import type { ChannelEvaluator } from '../../channel/channel.js';
import type { Path } from '../../channel/paths.js';
import type { Codeword } from '../../codebook/codeword.js';
import type { PolarCodebook, PolarIndex } from '../../codebook/polar.js';
import { type ComplexVector, complexVector } from '../../core/complex.js';
import { Random } from '../../core/random.js';

interface Received {
  readonly signalRe: number;
  readonly signalIm: number;
  readonly noiseRe: number;
  readonly noiseIm: number;
}

export class ReceivedPilots {
  readonly #polar: PolarCodebook;
  readonly #evaluator: ChannelEvaluator;
  /** Of the polar codebook, by column; valid where the stamps carry the present user's number. */
  readonly #signal: ComplexVector;
  readonly #noise: ComplexVector;
  readonly #signalStamp: Int32Array;
  readonly #noiseStamp: Int32Array;
  /** Of all other codewords. */
  readonly #others = new Map<Codeword, Received>();
  #stamp = 0;
  #noiseKeys: readonly (number | string)[] = [];

  constructor(polar: PolarCodebook, evaluator: ChannelEvaluator) {
    this.#polar = polar;
    this.#evaluator = evaluator;
    this.#signal = complexVector(polar.numCodewords);
    this.#noise = complexVector(polar.numCodewords);
    this.#signalStamp = new Int32Array(polar.numCodewords);
    this.#noiseStamp = new Int32Array(Math.ceil(polar.numCodewords / NOISE_BLOCK));
  }

  /** Turns to another user: its channel, and the keys of its noise's random streams. */
  setUser(paths: readonly Path[], ...noiseKeys: readonly (number | string)[]): void {
    this.#evaluator.setChannel(paths);
    this.#noiseKeys = noiseKeys;
    this.#others.clear();
    this.#stamp++;
  }

  /** |h^T w + n|^2 where n has standard deviation `deviation`. */
  power(pilot: Codeword, deviation: number): number {
    const { label } = pilot;
    if (label.kind === 'polar') return this.#polarPower(pilot, this.#polar.column(label), deviation);
    const { signalRe, signalIm, noiseRe, noiseIm } = this.#other(pilot);
    return (signalRe + deviation * noiseRe) ** 2 + (signalIm + deviation * noiseIm) ** 2;
  }

  /** Codeword of the polar codebook with the largest noise-free power. */
  best(): PolarIndex {
    return this.#evaluator.best();
  }

  /** Codeword of the polar codebook with the largest `power`, without evaluating all of them one by one. */
  bestReceived(deviation: number): PolarIndex {
    if (deviation === 0) return this.#evaluator.best();
    for (let block = 0; block < this.#noiseStamp.length; block++) this.#drawBlockNoise(block);
    const { re, im } = this.#noise;
    return this.#evaluator.bestWithNoise({
      re: re.map((x) => deviation * x),
      im: im.map((x) => deviation * x),
    });
  }

  #polarPower(pilot: Codeword, column: number, deviation: number): number {
    if (this.#signalStamp[column] !== this.#stamp) {
      this.#signalStamp[column] = this.#stamp;
      const { re, im } = this.#evaluator.receive(pilot);
      this.#signal.re[column] = re;
      this.#signal.im[column] = im;
    }
    this.#drawBlockNoise(Math.floor(column / NOISE_BLOCK));
    const re = this.#signal.re[column]! + deviation * this.#noise.re[column]!;
    const im = this.#signal.im[column]! + deviation * this.#noise.im[column]!;
    return re ** 2 + im ** 2;
  }

  #other(pilot: Codeword): Received {
    const known = this.#others.get(pilot);
    if (known !== undefined) return known;
    const { re, im } = this.#evaluator.receive(pilot);
    const random = new Random(...this.#noiseKeys, pilot.key);
    const received = {
      signalRe: re,
      signalIm: im,
      noiseRe: random.normal() * Math.SQRT1_2,
      noiseIm: random.normal() * Math.SQRT1_2,
    };
    this.#others.set(pilot, received);
    return received;
  }

  #drawBlockNoise(block: number): void {
    if (this.#noiseStamp[block] === this.#stamp) return;
    this.#noiseStamp[block] = this.#stamp;
    const end = Math.min(this.#polar.numCodewords, (block + 1) * NOISE_BLOCK);
    drawBlockNoise(this.#noise, block * NOISE_BLOCK, end, ...this.#noiseKeys);
  }
}
