/**
 * Gradient of a 2-D convolution by its filter, which the WASM backend lacks: per tap of the filter, what the tap saw, transposed,
 * times the gradient of what came out.
 */
import type { backend_util, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import { type KernelCalls, kernelCalls } from './kernel-calls.js';
import type { TensorFlow } from './tensorflow-type.js';

interface FilterGradientAttrs {
  readonly strides: number | [number, number];
  readonly pad: 'valid' | 'same' | number | backend_util.ExplicitPadding;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly filterShape: [number, number, number, number];
}

export function registerConvFilterGradient(tf: TensorFlow): void {
  tf.registerKernel({
    kernelName: 'Conv2DBackpropFilter',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs as { x: TensorInfo; dy: TensorInfo };
      const { strides, pad, dimRoundingMode, filterShape } = attrs as unknown as FilterGradientAttrs;
      const shape = x.shape as [number, number, number, number];
      const sizes = tf.backend_util.computeConv2DInfo(shape, filterShape, strides, 1, pad, dimRoundingMode);
      return filterGradient(kernelCalls(tf, backend), x, dy, sizes);
    },
  });
}

function filterGradient(
  { call, free }: KernelCalls,
  x: TensorInfo,
  dy: TensorInfo,
  sizes: backend_util.Conv2DInfo,
): TensorInfo {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = sizes;
  const { strideHeight, strideWidth, padInfo } = sizes;
  const numPlaces = batchSize * outHeight * outWidth;
  const padded = call(
    'PadV2',
    { x },
    {
      paddings: [
        [0, 0],
        [padInfo.top, padInfo.bottom],
        [padInfo.left, padInfo.right],
        [0, 0],
      ],
      constantValue: 0,
    },
  );
  const out = call('Reshape', { x: dy }, { shape: [1, numPlaces, outChannels] });
  const taps: TensorInfo[] = [];
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < filterWidth; column++) {
      const seen = call('StridedSlice', { x: padded }, {
        begin: [0, row, column, 0],
        end: [
          batchSize,
          row + (outHeight - 1) * strideHeight + 1,
          column + (outWidth - 1) * strideWidth + 1,
          inChannels,
        ],
        strides: [1, strideHeight, strideWidth, 1],
        ...{ beginMask: 0, endMask: 0, ellipsisMask: 0, newAxisMask: 0, shrinkAxisMask: 0 },
      } as NamedAttrMap);
      const flat = call('Reshape', { x: seen }, { shape: [1, numPlaces, inChannels] });
      taps.push(call('BatchMatMul', { a: flat, b: out }, { transposeA: true, transposeB: false }));
      free(flat, seen);
    }
  }
  const together = call('Concat', taps as unknown as NamedTensorInfoMap, { axis: 0 });
  const gradient = call(
    'Reshape',
    { x: together },
    {
      shape: [filterHeight, filterWidth, inChannels, outChannels],
    },
  );
  free(padded, out, ...taps, together);
  return gradient;
}
