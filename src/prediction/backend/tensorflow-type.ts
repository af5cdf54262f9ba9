/** TensorFlow.js as a value: whoever computes with it is handed it, and loads nothing. */
export type TensorFlow = typeof import('@tensorflow/tfjs-core');
