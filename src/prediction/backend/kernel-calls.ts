/** Kernels of the WASM backend, called from kernels that are composed of them. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelBackend, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { TensorFlow } from './tensorflow-type.js';

/** What a composed kernel uses. */
export interface KernelCalls {
  /** The result of one kernel; what it made has to be given back by `free`. */
  call(name: string, inputs: NamedTensorInfoMap, attrs: NamedAttrMap): TensorInfo;
  free(...made: readonly TensorInfo[]): void;
  /** With anything in it. */
  make(shape: number[]): TensorInfo;
  /** As they lie in the backend's memory, until the next kernel is called: that may move it. */
  valuesOf(info: TensorInfo): Float32Array;
}

export function kernelCalls(tf: TensorFlow, backend: unknown): KernelCalls {
  return {
    call(name, inputs, attrs) {
      const kernel = tf.getKernel(name, 'wasm');
      return kernel.kernelFunc({ inputs, attrs, backend: backend as object }) as TensorInfo;
    },
    free(...made) {
      for (const { dataId } of made) (backend as KernelBackend).disposeData(dataId);
    },
    make: (shape) => (backend as BackendWasm).makeOutput(shape, 'float32'),
    valuesOf: (info) => (backend as BackendWasm).typedArrayFromHeap(info) as Float32Array,
  };
}
