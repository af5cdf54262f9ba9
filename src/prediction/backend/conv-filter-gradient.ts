/**
 * Gradient of a 2-D convolution by its filter, which the WASM backend lacks: per tap of the filter, what the tap saw times the
 * gradient of what came out. What taps see is copied here: the backend's own slices copy the whole picture for each of them first.
 */
import type { backend_util, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
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
  { call, free, make, valuesOf }: KernelCalls,
  x: TensorInfo,
  dy: TensorInfo,
  sizes: backend_util.Conv2DInfo,
): TensorInfo {
  const { batchSize, inChannels, outChannels, outHeight, outWidth, filterHeight, filterWidth } = sizes;
  const numPlaces = batchSize * outHeight * outWidth;
  const out = call('Reshape', { x: dy }, { shape: [1, numPlaces, outChannels] });
  const taps: TensorInfo[] = [];
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < filterWidth; column++) {
      const seen = make([1, inChannels, numPlaces]);
      look(valuesOf(x), valuesOf(seen), row, column, sizes);
      taps.push(call('BatchMatMul', { a: seen, b: out }, { transposeA: false, transposeB: false }));
      free(seen);
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
  free(out, ...taps, together);
  return gradient;
}

/**
 * What one tap sees from every place, zeros beyond the edges.
 *
 * @param x [batch, height, width, channels].
 * @param seen [channels, places], written.
 */
function look(
  x: Float32Array,
  seen: Float32Array,
  row: number,
  column: number,
  sizes: backend_util.Conv2DInfo,
): void {
  const { batchSize, inChannels, inHeight, inWidth, outHeight, outWidth } = sizes;
  const { strideHeight, strideWidth, padInfo } = sizes;
  const left = column - padInfo.left;
  // Places from `first` up to `end` see a pixel.
  const first = Math.min(outWidth, Math.max(0, Math.ceil(-left / strideWidth)));
  const end = Math.max(first, Math.min(outWidth, Math.floor((inWidth - 1 - left) / strideWidth) + 1));
  const step = strideWidth * inChannels;
  const numPlaces = batchSize * outHeight * outWidth;
  for (let channel = 0; channel < inChannels; channel++) {
    let to = channel * numPlaces;
    for (let b = 0; b < batchSize; b++) {
      for (let place = 0; place < outHeight; place++, to += outWidth) {
        const y = place * strideHeight + row - padInfo.top;
        if (y < 0 || y >= inHeight) {
          seen.fill(0, to, to + outWidth);
          continue;
        }
        seen.fill(0, to, to + first);
        let from = ((b * inHeight + y) * inWidth + first * strideWidth + left) * inChannels + channel;
        for (let k = first; k < end; k++, from += step) seen[to + k] = x[from]!;
        seen.fill(0, to + end, to + outWidth);
      }
    }
  }
}
