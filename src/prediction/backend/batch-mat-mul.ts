/**
 * Matrix products of the WASM backend. Its kernel has a fast product for one pair of matrices as they are; with a transpose,
 * which all gradients have, it falls back to a plain loop. Transposed first, every product of one pair is fast.
 */
import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { kernelCalls } from './kernel-calls.js';
import type { TensorFlow } from './tensorflow-type.js';

export function registerBatchMatMul(tf: TensorFlow): void {
  const plain = tf.getKernel('BatchMatMul', 'wasm');
  tf.unregisterKernel('BatchMatMul', 'wasm');
  tf.registerKernel({
    ...plain,
    kernelFunc: (args) => {
      const { a, b } = args.inputs as { a: TensorInfo; b: TensorInfo };
      const attrs = args.attrs as NamedAttrMap;
      const isPair = numMatrices(a.shape) === 1 && numMatrices(b.shape) === 1;
      if (!isPair || (!attrs.transposeA && !attrs.transposeB)) return plain.kernelFunc(args);
      const { call, free } = kernelCalls(tf, args.backend);
      const turned = (x: TensorInfo, transpose: unknown) =>
        transpose ? call('Transpose', { x }, { perm: lastTwoSwapped(x.shape.length) }) : x;
      const first = turned(a, attrs.transposeA);
      const second = turned(b, attrs.transposeB);
      const product = plain.kernelFunc({
        ...args,
        inputs: { a: first, b: second },
        attrs: { ...attrs, transposeA: false, transposeB: false },
      });
      free(...[first, second].filter((x) => x !== a && x !== b));
      return product;
    },
  });
}

function numMatrices(shape: readonly number[]): number {
  return shape.slice(0, -2).reduce((product, size) => product * size, 1);
}

function lastTwoSwapped(rank: number): number[] {
  return [...Array.from({ length: rank - 2 }, (_, k) => k), rank - 1, rank - 2];
}
