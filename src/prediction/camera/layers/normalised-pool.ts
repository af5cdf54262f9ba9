/**
 * What follows a convolution while a network learns: batch normalisation (Ioffe and Szegedy 2015), the largest of 2 x 2 pixels, and
 * ReLU, in one go over the numbers. As single operations of TensorFlow.js they take most of a step's time.
 */
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../backend/tensorflow-type.js';
import { type BatchStatistics, SMALL_VARIANCE } from '../../layers/batch-norm.js';

/**
 * Channels brought to mean 0 and variance 1 over the batch, scaled and shifted; of 2 x 2 pixels the largest, 0 at least.
 *
 * @param x [batch, height, width, channels]; a last row or column of an odd size is seen by the statistics alone.
 * @param scale [1, channels]; `shift` likewise.
 * @param onStatistics told what the channels' mean and variance were.
 * @returns [batch, floor(height / 2), floor(width / 2), channels].
 */
export function normalisedPool(
  tf: TensorFlow,
  x: Tensor4D,
  scale: Tensor2D,
  shift: Tensor2D,
  onStatistics: (statistics: BatchStatistics) => void,
): Tensor4D {
  const withGradient = tf.customGrad((...args) => {
    const [given, by, plus] = (args.slice(0, 3) as Tensor[]).map((each) => each.dataSync() as Float32Array);
    const save = args[3] as unknown as (saved: Tensor[]) => void;
    save([]);
    const pooled = new Pooled(given!, x.shape, by!, plus!);
    onStatistics(pooled.statistics);
    return {
      value: tf.tensor4d(pooled.out, pooled.shape),
      gradFunc: (dy) => {
        const { dx, dScale, dShift } = pooled.gradients((dy as Tensor).dataSync() as Float32Array);
        return [tf.tensor4d(dx, x.shape), tf.tensor2d(dScale, scale.shape), tf.tensor2d(dShift, shift.shape)];
      },
    };
  });
  return withGradient(x, scale, shift) as Tensor4D;
}

class Pooled {
  readonly shape: [number, number, number, number];
  readonly out: Float32Array;
  readonly statistics: BatchStatistics;
  readonly #x: Float32Array;
  readonly #scale: Float32Array;
  /** 1 / deviation. */
  readonly #inverse: Float32Array;
  /** Where in `x` each pooled number is from. */
  readonly #from: Int32Array;

  constructor(
    x: Float32Array,
    [numImages, height, width, channels]: readonly [number, number, number, number],
    scale: Float32Array,
    shift: Float32Array,
  ) {
    this.#x = x;
    this.#scale = scale;
    this.statistics = statisticsOf(x, channels);
    const { mean, variance } = this.statistics;
    this.#inverse = variance.map((each) => 1 / Math.sqrt(each + SMALL_VARIANCE));
    const slope = this.#inverse.map((inverse, c) => inverse * scale[c]!);
    const offset = shift.map((each, c) => each - mean[c]! * slope[c]!);
    const [rows, columns] = [Math.floor(height / 2), Math.floor(width / 2)];
    this.shape = [numImages, rows, columns, channels];
    this.out = new Float32Array(numImages * rows * columns * channels);
    this.#from = new Int32Array(this.out.length);
    const line = width * channels;
    let at = 0;
    for (let image = 0; image < numImages; image++) {
      for (let row = 0; row < rows; row++) {
        let corner = (image * height + 2 * row) * line;
        for (let column = 0; column < columns; column++, corner += 2 * channels) {
          for (let c = 0; c < channels; c++, at++) {
            const by = slope[c]!;
            let from = corner + c;
            let most = by * x[from]!;
            for (const other of [corner + channels + c, corner + line + c, corner + line + channels + c]) {
              const value = by * x[other]!;
              if (value > most) [most, from] = [value, other];
            }
            this.#from[at] = from;
            this.out[at] = Math.max(0, most + offset[c]!);
          }
        }
      }
    }
  }

  /** @param dy of the pooled numbers. */
  gradients(dy: Float32Array): { dx: Float32Array; dScale: Float32Array; dShift: Float32Array } {
    const x = this.#x;
    const { mean } = this.statistics;
    const channels = mean.length;
    const dShift = new Float32Array(channels);
    const dScale = new Float32Array(channels);
    for (let at = 0, c = 0; at < dy.length; at++, c = c + 1 === channels ? 0 : c + 1) {
      if (this.out[at]! <= 0) continue;
      dShift[c]! += dy[at]!;
      dScale[c]! += dy[at]! * (x[this.#from[at]!]! - mean[c]!) * this.#inverse[c]!;
    }
    const dx = new Float32Array(x.length);
    const numRows = x.length / channels;
    const slope = this.#scale.map((scale, c) => scale * this.#inverse[c]!);
    // What mean and variance pass on: a constant and a multiple of x.
    const multiple = slope.map((each, c) => (-each * this.#inverse[c]! * dScale[c]!) / numRows);
    const constant = slope.map((each, c) => (-each * dShift[c]!) / numRows - multiple[c]! * mean[c]!);
    for (let at = 0, c = 0; at < dx.length; at++, c = c + 1 === channels ? 0 : c + 1) {
      dx[at] = constant[c]! + multiple[c]! * x[at]!;
    }
    for (let at = 0, c = 0; at < dy.length; at++, c = c + 1 === channels ? 0 : c + 1) {
      if (this.out[at]! > 0) dx[this.#from[at]!]! += slope[c]! * dy[at]!;
    }
    return { dx, dScale, dShift };
  }
}

function statisticsOf(x: Float32Array, channels: number): BatchStatistics {
  const numRows = x.length / channels;
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  for (let at = 0, c = 0; at < x.length; at++, c = c + 1 === channels ? 0 : c + 1) {
    const value = x[at]!;
    sums[c]! += value;
    squares[c]! += value * value;
  }
  const mean = Float32Array.from(sums, (sum) => sum / numRows);
  const variance = Float32Array.from(squares, (square, c) =>
    Math.max(0, square / numRows - (sums[c]! / numRows) ** 2),
  );
  return { mean, variance };
}
