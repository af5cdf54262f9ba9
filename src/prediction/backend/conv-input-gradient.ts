/**
 * Gradient of a 2-D convolution by its input. The WASM backend has a plain loop for it; with strides of 1 and a padding that keeps the
 * size it is a convolution itself, with the filter turned round.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernelCalls } from './kernel-calls.js';
import type { TensorFlow } from './tensorflow-type.js';

export function registerConvInputGradient(tf: TensorFlow): void {
  const plain = tf.getKernel('Conv2DBackpropInput', 'wasm');
  tf.unregisterKernel('Conv2DBackpropInput', 'wasm');
  tf.registerKernel({
    ...plain,
    kernelFunc: (args) => {
      const { dy, filter } = args.inputs as { dy: TensorInfo; filter: TensorInfo };
      const { strides, pad } = args.attrs as { strides: number | number[]; pad: unknown };
      const [height, width] = filter.shape;
      const isSame = pad === 'same' && [strides].flat().every((stride) => stride === 1);
      if (!isSame || height! % 2 === 0 || width! % 2 === 0) return plain.kernelFunc(args);
      const { call, free } = kernelCalls(tf, args.backend);
      const reversed = call('Reverse', { x: filter }, { dims: [0, 1] });
      const turned = call('Transpose', { x: reversed }, { perm: [0, 1, 3, 2] });
      const gradient = call(
        'Conv2D',
        { x: dy, filter: turned },
        { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] },
      );
      free(reversed, turned);
      return gradient;
    },
  });
}
