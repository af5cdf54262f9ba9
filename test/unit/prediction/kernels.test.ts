import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import { type BackendName, openBackend } from '../../../src/prediction/backend/tensorflow.js';
import type { TensorFlow } from '../../../src/prediction/backend/tensorflow-type.js';

/** What a computation gives on a backend. */
async function on(backend: BackendName, compute: (tf: TensorFlow) => Tensor): Promise<Float32Array> {
  const { tf } = await openBackend(backend);
  return (await tf.tidy(() => compute(tf)).data()) as Float32Array;
}

async function expectSame(compute: (tf: TensorFlow) => Tensor): Promise<void> {
  const wanted = await on('cpu', compute);
  const found = await on('wasm', compute);
  expect(found).toHaveLength(wanted.length);
  const worst = wanted.reduce((most, value, k) => Math.max(most, Math.abs(value - found[k]!)), 0);
  expect(worst).toBeLessThan(1e-5);
}

function numbers(count: number, key: string): Float32Array {
  const random = new Random(1, key);
  return Float32Array.from({ length: count }, () => random.normal());
}

describe('matrix products with transposes agree with the plain backend', () => {
  for (const [transposeA, transposeB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    it(`A${transposeA ? '^T' : ''} B${transposeB ? '^T' : ''}`, () =>
      expectSame((tf) => {
        const a = tf.tensor2d(numbers(15, 'a'), transposeA ? [5, 3] : [3, 5]);
        const b = tf.tensor2d(numbers(35, 'b'), transposeB ? [7, 5] : [5, 7]);
        return tf.matMul(a, b, transposeA, transposeB);
      }));

    it(`several of A${transposeA ? '^T' : ''} B${transposeB ? '^T' : ''}`, () =>
      expectSame((tf) => {
        const a = tf.tensor3d(numbers(60, 'a'), transposeA ? [4, 5, 3] : [4, 3, 5]);
        const b = tf.tensor3d(numbers(140, 'b'), transposeB ? [4, 7, 5] : [4, 5, 7]);
        return tf.matMul(a, b, transposeA, transposeB);
      }));
  }
});

describe('the gradient of a convolution by its filter agrees with the plain backend', () => {
  for (const [stride, height, width] of [
    [1, 8, 8],
    [2, 8, 8],
    [2, 5, 7],
  ] as const) {
    it(`stride ${stride} on ${height} x ${width}`, () =>
      expectSame((tf) => {
        const x = tf.tensor4d(numbers(2 * height * width * 3, 'x'), [2, height, width, 3]);
        const filter: Tensor4D = tf.tensor4d(numbers(3 * 3 * 3 * 4, 'filter'), [3, 3, 3, 4]);
        const square = (f: Tensor4D) => tf.sum(tf.square(tf.conv2d(x, f, stride, 'same')));
        return tf.mul(0.01, tf.grad(square as never)(filter));
      }));
  }
});
