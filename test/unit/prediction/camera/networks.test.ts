import { beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../../src/core/random.js';
import { type Backend, openBackend } from '../../../../src/prediction/backend/tensorflow.js';
import { cameraDesign, historyDesign, scoresOfAll } from '../../../../src/prediction/camera/camera-lesson.js';
import { MaskStore } from '../../../../src/prediction/camera/data/mask-store.js';
import { NUM_MASKS, NUM_SLOTS, type WindowSet } from '../../../../src/prediction/camera/data/window-set.js';
import { CameraPass } from '../../../../src/prediction/camera/forward/camera-pass.js';
import { cameraSizes } from '../../../../src/prediction/camera/networks/camera-network.js';
import {
  multiplicationsPerFrame,
  numParameters,
} from '../../../../src/prediction/camera/networks/camera-weights.js';
import { initialWeights, type Weights } from '../../../../src/prediction/learning/weights.js';

const NUM_BEAMS = 64;
const full = cameraSizes('full', { numBeams: NUM_BEAMS, withAttention: true });
const miniature = cameraSizes('miniature', { numBeams: NUM_BEAMS, withAttention: true });
const withoutAttention = (sizes: typeof full) => ({ ...sizes, withAttention: false });

describe('sizes', () => {
  it('are those that were counted by hand', () => {
    const count = (sizes: typeof full) => numParameters(cameraDesign(sizes).shapes);
    expect(count(full)).toBe(1_788_280);
    expect(count(withoutAttention(full))).toBe(1_771_640);
    expect(count(miniature)).toBe(126_520);
    expect(count(withoutAttention(miniature))).toBe(109_880);
    expect(numParameters(historyDesign(NUM_BEAMS).shapes)).toBe(54_080);
  });

  it('take 18 million multiplications for a frame of the full network', () => {
    expect(multiplicationsPerFrame(full)).toBe(17_989_632);
    expect(multiplicationsPerFrame(miniature)).toBe(884_480);
  });
});

/** Weights that are nothing special, statistics included: variances above 0. */
function drawnWeights(sizes: typeof full): Weights {
  const { shapes } = cameraDesign(sizes);
  const random = new Random(7);
  return initialWeights(shapes, 7).map((weight, k) =>
    /\.(mean|variance|scale|shift|bias)$/.test(shapes[k]!.name)
      ? weight.map((value) => value + 0.2 * random.uniform())
      : weight,
  );
}

function drawnWindows(size: number, numWindows: number): WindowSet {
  const random = new Random(8);
  const masks = new MaskStore(size);
  const drawMask = () =>
    masks.add(Uint8Array.from({ length: size ** 2 }, () => (random.uniform() < 0.1 ? 1 : 0)));
  return {
    ...{ numWindows, numBeams: NUM_BEAMS, masks },
    passes: Int32Array.from({ length: numWindows }, (_, k) => k),
    maskPlaces: Int32Array.from({ length: numWindows * NUM_MASKS }, drawMask),
    past: new Int32Array(numWindows * 8),
    future: new Int32Array(numWindows * NUM_SLOTS),
  };
}

describe('the forward pass without TensorFlow', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend('wasm');
  });

  it.each([
    ['miniature', miniature, 3],
    ['miniature without attention', withoutAttention(miniature), 2],
    ['full', full, 1],
  ] as const)('%s: scores are those of TensorFlow', (_, sizes, numWindows) => {
    const weights = drawnWeights(sizes);
    const set = drawnWindows(sizes.size, numWindows);
    const wanted = scoresOfAll(backend.tf, cameraDesign(sizes), weights, set);
    const pass = new CameraPass(sizes, weights);
    const mask = new Uint8Array(sizes.size ** 2);
    const perWindow = NUM_SLOTS * NUM_BEAMS;
    for (let w = 0; w < numWindows; w++) {
      // What was there before goes out of the window mask by mask.
      for (let m = 0; m < NUM_MASKS; m++) {
        set.masks.read(set.maskPlaces[w * NUM_MASKS + m]!, mask);
        pass.push(mask);
      }
      const scores = pass.scores();
      const own = wanted.subarray(w * perWindow, (w + 1) * perWindow);
      expect(Math.max(...own.map(Math.abs))).toBeGreaterThan(0.05);
      for (const [k, score] of own.entries()) expect(Math.abs(scores[k]! - score)).toBeLessThan(1e-4);
    }
  });
});
