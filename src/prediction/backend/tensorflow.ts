/**
 * The one place that loads TensorFlow.js and chooses what computes: its native binding where that is installed, WebAssembly
 * elsewhere. It is loaded when something is trained; a tracker that runs needs none of it.
 */
import { once } from '../../core/once.js';
import { registerBatchMatMul } from './batch-mat-mul.js';
import { registerConvFilterGradient } from './conv-filter-gradient.js';
import { registerConvInputGradient } from './conv-input-gradient.js';
import { registerOneHot } from './one-hot.js';
import type { TensorFlow } from './tensorflow-type.js';

/** `cpu` is the plain one in JavaScript, which the others are held against. */
export type BackendName = 'tensorflow' | 'wasm' | 'cpu';

export interface Backend {
  readonly tf: TensorFlow;
  readonly name: BackendName;
  /** As its version reads. */
  readonly version: string;
}

/**
 * TensorFlow.js with the best backend that is installed, or with a given one. All share one process-wide engine: the last one
 * that was opened computes.
 */
export async function openBackend(wanted?: BackendName): Promise<Backend> {
  if (wanted === undefined || wanted === 'tensorflow') {
    const native = await nativeBinding();
    if (native !== null) {
      await native.setBackend('tensorflow');
      return { tf: native, name: 'tensorflow', version: native.version_core };
    }
  }
  const tf = await portable();
  const name = wanted === 'cpu' ? 'cpu' : 'wasm';
  await tf.setBackend(name);
  await tf.ready();
  return { tf, name, version: tf.version_core };
}

/** One line for the log. */
export function backendSentence({ name, version }: Backend): string {
  const what = {
    tensorflow: 'its native binding (@tensorflow/tfjs-node)',
    wasm: 'WebAssembly (@tensorflow/tfjs-node is not installed)',
    cpu: 'plain JavaScript',
  }[name];
  return `TensorFlow.js ${version} computes with ${what}`;
}

const nativeBinding = once(async (): Promise<TensorFlow | null> => {
  // An optional dependency: no types where its download failed.
  const name = '@tensorflow/tfjs-node';
  try {
    return (await import(name)) as TensorFlow;
  } catch {
    return null;
  }
});

const portable = once(async (): Promise<TensorFlow> => {
  const tf = await import('@tensorflow/tfjs-core');
  // In Node the core comes without gradients; the layers register them.
  await import('@tensorflow/tfjs-layers');
  await import('@tensorflow/tfjs-backend-cpu');
  await import('@tensorflow/tfjs-backend-wasm');
  registerBatchMatMul(tf);
  registerConvFilterGradient(tf);
  registerOneHot(tf);
  registerConvInputGradient(tf);
  return tf;
});
