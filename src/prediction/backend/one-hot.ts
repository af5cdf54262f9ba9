/**
 * One-hot rows of the WASM backend. Its kernel writes integers whatever type is asked for, so that ones of a floating-point tensor
 * come out as 1e-45: what it writes is cast.
 */
import type { NamedAttrMap } from '@tensorflow/tfjs-core';
import { kernelCalls } from './kernel-calls.js';
import type { TensorFlow } from './tensorflow-type.js';

export function registerOneHot(tf: TensorFlow): void {
  const plain = tf.getKernel('OneHot', 'wasm');
  tf.unregisterKernel('OneHot', 'wasm');
  tf.registerKernel({
    ...plain,
    kernelFunc: (args) => {
      const attrs = args.attrs as NamedAttrMap;
      if (attrs.dtype === 'int32') return plain.kernelFunc(args);
      const whole = plain.kernelFunc({ ...args, attrs: { ...attrs, dtype: 'int32' } });
      const { call, free } = kernelCalls(tf, args.backend);
      const { dataId, shape, dtype } = Array.isArray(whole) ? whole[0]! : whole;
      const x = { dataId, shape, dtype };
      const made = call('Cast', { x }, { dtype: attrs.dtype as string });
      free(x);
      return made;
    },
  });
}
