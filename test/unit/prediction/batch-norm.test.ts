import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import { openBackend } from '../../../src/prediction/backend/tensorflow.js';
import { batchNorm } from '../../../src/prediction/layers/batch-norm.js';

describe('batch normalisation', () => {
  const random = new Random(4, 'rows');
  const [numRows, numColumns] = [6, 3];
  const numbers = (count: number) => Array.from({ length: count }, () => Math.fround(random.normal()));
  const given = { x: numbers(numRows * numColumns), scale: numbers(numColumns), shift: numbers(numColumns) };
  /** What the loss makes of each number that comes out. */
  const worth = numbers(numRows * numColumns);

  /** The loss by its definition, in double precision. */
  function lossOf({ x, scale, shift }: typeof given): number {
    let loss = 0;
    for (let k = 0; k < numColumns; k++) {
      const column = Array.from({ length: numRows }, (_, row) => x[row * numColumns + k]!);
      const mean = column.reduce((a, b) => a + b) / numRows;
      const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numRows;
      column.forEach((value, row) => {
        const y = ((value - mean) / Math.sqrt(variance + 1e-5)) * scale[k]! + shift[k]!;
        loss += worth[row * numColumns + k]! * y * y;
      });
    }
    return loss;
  }

  it('has the values and the gradients of its definition', async () => {
    const { tf } = await openBackend('wasm');
    const f = (x: never, scale: never, shift: never) => {
      const y = batchNorm(tf, x, scale, shift, () => {});
      return tf.sum(tf.mul(tf.tensor2d(worth, [numRows, numColumns]), tf.square(y)));
    };
    const { value, grads } = tf.valueAndGrads(f as never)([
      tf.tensor2d(given.x, [numRows, numColumns]),
      tf.tensor2d(given.scale, [1, numColumns]),
      tf.tensor2d(given.shift, [1, numColumns]),
    ]);
    expect(value.dataSync()[0]).toBeCloseTo(lossOf(given), 4);
    for (const [place, name] of (['x', 'scale', 'shift'] as const).entries()) {
      grads[place]!.dataSync().forEach((slope, k) => {
        const at = (step: number) =>
          lossOf({ ...given, [name]: given[name].map((v, j) => (j === k ? v + step : v)) });
        expect(slope).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 3);
      });
    }
  });

  it('tells the mean and the variance of each column', async () => {
    const { tf } = await openBackend('wasm');
    const told: number[][] = [];
    const [one, zero] = [tf.ones([1, 2]), tf.zeros([1, 2])] as [never, never];
    batchNorm(tf, tf.tensor2d([1, 10, 3, 30], [2, 2]), one, zero, ({ mean, variance }) => {
      told.push([...mean], [...variance]);
    });
    expect(told).toEqual([
      [2, 20],
      [1, 100],
    ]);
  });
});
