/**
 * One step of a tracker that sees: a frame goes in (grey, blur, mask), probabilities of seven slots come out. Against the network
 * alone on the plain backend of TensorFlow.js, which runs all seven masks anew.
 */
import { blurredGrey, motionMask } from '../src/camera/motion-mask.js';
import { Random } from '../src/core/random.js';
import { openBackend } from '../src/prediction/backend/tensorflow.js';
import { cameraDesign, scoresOfAll } from '../src/prediction/camera/camera-lesson.js';
import { MaskStore } from '../src/prediction/camera/data/mask-store.js';
import { NUM_MASKS, NUM_SLOTS } from '../src/prediction/camera/data/window-set.js';
import { CameraPass } from '../src/prediction/camera/forward/camera-pass.js';
import { type CameraNetworkName, cameraSizes } from '../src/prediction/camera/networks/camera-network.js';
import { initialWeights } from '../src/prediction/learning/weights.js';
import { type Benchmark, comparison } from './benchmark.js';

const NUM_BEAMS = 64;
const NUM_STEPS = 60;
const WARM_UP = 20;

export const cameraStep: Benchmark = {
  name: 'camera-step',
  async run() {
    return [await row('miniature', 2, 3), await row('full', 60, 1)];
  },
};

async function row(name: CameraNetworkName, atMost: number, numPlain: number) {
  const sizes = cameraSizes(name, { numBeams: NUM_BEAMS, withAttention: true });
  const design = cameraDesign(sizes);
  const weights = initialWeights(design.shapes, 1);
  const { size } = sizes;
  const random = new Random(1, 'frames');
  const frames = Array.from({ length: 8 }, (_, k) => ({
    ...{ boardTimeS: k / 10, width: size, height: size, channels: 3 as const },
    pixels: Uint8Array.from({ length: 3 * size ** 2 }, () => random.integer(256)),
  }));
  const pass = new CameraPass(sizes, weights);
  let before = blurredGrey(frames[0]!);
  const value = median(NUM_STEPS, (step) => {
    const blurred = blurredGrey(frames[step % frames.length]!);
    pass.push(motionMask(before, blurred));
    before = blurred;
    pass.scores();
  });
  const { tf } = await openBackend('cpu');
  const masks = new MaskStore(size);
  const drawMask = () => masks.add(Uint8Array.from({ length: size ** 2 }, () => random.integer(2)));
  const set = {
    ...{ numWindows: 1, numBeams: NUM_BEAMS, passes: new Int32Array(1), masks },
    maskPlaces: Int32Array.from({ length: NUM_MASKS }, drawMask),
    ...{ past: new Int32Array(8), future: new Int32Array(NUM_SLOTS) },
  };
  const alternativeValue = median(numPlain, () => void scoresOfAll(tf, design, weights, set));
  return comparison({
    ...{
      what: `a step of the ${name} camera network, frame to scores, p50`,
      value,
      unit: 'ms',
      alternativeValue,
    },
    alternative: 'the network alone on the plain backend of TensorFlow.js',
    target: { of: 'value', atMost },
  });
}

/** Of the time that a step takes, ms. */
function median(numSteps: number, step: (index: number) => void): number {
  const times: number[] = [];
  for (let k = 0; k < numSteps; k++) {
    const startedMs = performance.now();
    step(k);
    if (k >= Math.min(WARM_UP, Math.floor(numSteps / 2))) times.push(performance.now() - startedMs);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}
