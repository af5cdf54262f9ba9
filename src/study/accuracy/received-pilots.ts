/**
 * What one user receives of any pilot: its signal, evaluated once however many schemes and SNRs ask for it, and noise.
 *
 * A pilot's noise depends on the study's seed, the user and the pilot alone: it is the same whichever scheme sends the
 * pilot and whenever, scaled from SNR to SNR, on any thread. Schemes are so compared on equal terms.
 */
import { MOST_NOISE, PlaceNoise } from '../../channel/block-noise.js';
import type { ChannelEvaluator } from '../../channel/channel.js';
import type { Path } from '../../channel/paths.js';
import { MAX_SETTINGS } from '../../codebook/codebook-size.js';
import type { Codeword } from '../../codebook/codeword.js';
import type { PolarCodebook, PolarIndex } from '../../codebook/polar.js';
import { type ComplexVector, complexVector } from '../../core/complex.js';
import { RandomKeys } from '../../core/random.js';
import { type Powers, powersOf } from '../../sounding/powers.js';
import type { PilotBatch } from '../../sounding/sounding.js';

/** Of a codeword that is not of the polar codebook; valid where the stamp is the present user's number. */
interface Received {
  stamp: number;
  signalRe: number;
  signalIm: number;
  noiseRe: number;
  noiseIm: number;
}

export class ReceivedPilots {
  readonly #polar: PolarCodebook;
  readonly #evaluator: ChannelEvaluator;
  /** Of the polar codebook, by column; valid where the stamps carry the present user's number. */
  readonly #signal: ComplexVector;
  readonly #noise: ComplexVector;
  readonly #signalStamp: Int32Array;
  readonly #noiseStamp: Int32Array;
  /** Of all other codewords, as many as can be kept: schemes may make new ones for every user. */
  readonly #others = new Map<Codeword, Received>();
  readonly #mostOthers: number;
  /** Columns of batches that are sent again and again; null for those with other codewords. */
  readonly #columnsOf = new WeakMap<PilotBatch, Int32Array | null>();
  #stamp = 0;
  #noiseKeys = new RandomKeys();
  #placeNoise = new PlaceNoise(this.#noiseKeys);

  constructor(polar: PolarCodebook, evaluator: ChannelEvaluator) {
    this.#polar = polar;
    this.#evaluator = evaluator;
    this.#mostOthers = MAX_SETTINGS / polar.array.numElements;
    this.#signal = complexVector(polar.numCodewords);
    this.#noise = complexVector(polar.numCodewords);
    this.#signalStamp = new Int32Array(polar.numCodewords);
    this.#noiseStamp = new Int32Array(polar.numCodewords);
  }

  /** Turns to another user: its channel, and the keys of its noise's random streams. */
  setUser(paths: readonly Path[], ...noiseKeys: readonly (number | string)[]): void {
    this.#evaluator.setChannel(paths);
    this.#noiseKeys = new RandomKeys(...noiseKeys);
    this.#placeNoise = new PlaceNoise(this.#noiseKeys);
    if (this.#others.size > this.#mostOthers) this.#others.clear();
    this.#stamp++;
  }

  /** |h^T w + n|^2 where n has standard deviation `deviation`. */
  power(pilot: Codeword, deviation: number): number {
    const { label } = pilot;
    if (label.kind === 'polar') return this.#polarPower(pilot, this.#polar.column(label), deviation);
    const { signalRe, signalIm, noiseRe, noiseIm } = this.#other(pilot);
    return (signalRe + deviation * noiseRe) ** 2 + (signalIm + deviation * noiseIm) ** 2;
  }

  /** Powers of a batch, for the present user; none is evaluated before it is asked for. */
  powers(batch: PilotBatch, deviation: number): Powers {
    return new BatchPowers(this, batch, deviation);
  }

  /** Place in the batch of the pilot with the largest `power`, the first of equals; null where all have to be evaluated. */
  strongestOf(batch: PilotBatch, deviation: number): number | null {
    const columns = this.#columns(batch);
    if (columns === null || this.#evaluator.strongestOf === undefined) return null;
    return this.#evaluator.strongestOf(columns, {
      most: deviation * MOST_NOISE,
      at: (column) => {
        this.#drawNoise(column);
        return { re: deviation * this.#noise.re[column]!, im: deviation * this.#noise.im[column]! };
      },
    });
  }

  /** Codeword of the polar codebook with the largest noise-free power. */
  best(): PolarIndex {
    return this.#evaluator.best();
  }

  /** Codeword of the polar codebook with the largest `power`, without evaluating all of them one by one. */
  bestReceived(deviation: number): PolarIndex {
    if (deviation === 0) return this.#evaluator.best();
    for (let column = 0; column < this.#noiseStamp.length; column++) this.#drawNoise(column);
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
    this.#drawNoise(column);
    const re = this.#signal.re[column]! + deviation * this.#noise.re[column]!;
    const im = this.#signal.im[column]! + deviation * this.#noise.im[column]!;
    return re ** 2 + im ** 2;
  }

  #other(pilot: Codeword): Received {
    let received = this.#others.get(pilot);
    if (received === undefined) {
      received = { stamp: 0, signalRe: 0, signalIm: 0, noiseRe: 0, noiseIm: 0 };
      this.#others.set(pilot, received);
    }
    if (received.stamp === this.#stamp) return received;
    received.stamp = this.#stamp;
    const { re, im } = this.#evaluator.receive(pilot);
    const random = this.#noiseKeys.stream(pilot.key);
    received.signalRe = re;
    received.signalIm = im;
    received.noiseRe = random.normal() * Math.SQRT1_2;
    received.noiseIm = random.normal() * Math.SQRT1_2;
    return received;
  }

  #drawNoise(column: number): void {
    if (this.#noiseStamp[column] === this.#stamp) return;
    this.#noiseStamp[column] = this.#stamp;
    this.#placeNoise.draw(column, this.#noise);
  }

  #columns(batch: PilotBatch): Int32Array | null {
    const known = this.#columnsOf.get(batch);
    if (known !== undefined) return known;
    const columns = batch.every(({ label }) => label.kind === 'polar')
      ? Int32Array.from(batch, ({ label }) => (label.kind === 'polar' ? this.#polar.column(label) : 0))
      : null;
    this.#columnsOf.set(batch, columns);
    return columns;
  }
}

/** Powers of a batch at one SNR, while the user stays the same. */
class BatchPowers implements Powers {
  readonly numSubcarriers = 1;
  readonly noiseFloor = 0;
  readonly fullGainPower = null;
  readonly #received: ReceivedPilots;
  readonly #batch: PilotBatch;
  readonly #deviation: number;
  #evaluated: Powers | undefined;

  constructor(received: ReceivedPilots, batch: PilotBatch, deviation: number) {
    this.#received = received;
    this.#batch = batch;
    this.#deviation = deviation;
  }

  get mean(): Float64Array {
    return this.#all.mean;
  }

  get perSubcarrier(): Float64Array {
    return this.#all.perSubcarrier;
  }

  strongest(): number | null {
    return this.#received.strongestOf(this.#batch, this.#deviation);
  }

  get #all(): Powers {
    if (this.#evaluated !== undefined) return this.#evaluated;
    const powers = new Float64Array(this.#batch.length);
    for (let k = 0; k < powers.length; k++) {
      powers[k] = this.#received.power(this.#batch[k]!, this.#deviation);
    }
    this.#evaluated = powersOf(powers, 1);
    return this.#evaluated;
  }
}
