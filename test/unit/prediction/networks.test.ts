import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/core/random.js';
import { type BackendName, openBackend } from '../../../src/prediction/backend/tensorflow.js';
import type { TensorFlow } from '../../../src/prediction/backend/tensorflow-type.js';
import { numWeights, sizeOf } from '../../../src/prediction/layers/weight-shapes.js';
import type { Weights } from '../../../src/prediction/learning/weights.js';
import { forwardPass } from '../../../src/prediction/motion/forward/passes.js';
import { NO_CLASS } from '../../../src/prediction/motion/heads/head.js';
import { lossAndGradients, scoresOf } from '../../../src/prediction/motion/loss.js';
import { codebookOf } from '../../../src/prediction/motion/model-file.js';
import {
  NETWORK_KINDS,
  type NetworkKind,
  networkDesign,
} from '../../../src/prediction/motion/networks/kinds.js';
import type { Batch } from '../../../src/prediction/motion/networks/network.js';

const letter = {
  array: { elements: 512, carrier: 60e9, speedOfLight: 299_792_458 },
  codebook: { rings: 8, angles: 256, ringSpacing: 1.2 },
};
const small = {
  array: { ...letter.array, elements: 16 },
  codebook: { rings: 2, angles: 8, ringSpacing: 1.2 },
};

function designFor(kind: NetworkKind, of: typeof letter, numSlots: number) {
  return networkDesign(kind, { codebook: codebookOf(of), epochS: 0.02, numSlots });
}

describe('networks have the parameters of the letter and of the derivation', () => {
  for (const [kind, wanted] of [
    ['stgcn', 59_016],
    ['stgcn-literal', 162_760],
    // 576 + 2 x 4096 of the embedding, 128 x 64 + 64, 64 x 200 + 200.
    ['gcn', 30_024],
    ['gru', 59_016],
    // 3 x 3 x 16 + 16, 3 x 3 x 16 x 32 + 32, 512 x 64 + 64, 64 x 200 + 200.
    ['cnn', 50_632],
  ] as const) {
    it(`${kind}: ${wanted}`, () => {
      expect(numWeights(designFor(kind, letter, 8).network.weights)).toBe(wanted);
    });
  }
});

const SIZES = { numWindows: 2, numSlots: 3, numUsers: 3 };

/** Features and symmetric adjacencies of random graphs. */
function inputs(numFeatures: number) {
  const random = new Random(4, 'inputs');
  const { numWindows, numSlots, numUsers } = SIZES;
  const numNodes = numUsers + 1;
  const numGraphs = numWindows * numSlots;
  const features = new Float32Array(numGraphs * numNodes * numFeatures);
  const adjacency = new Float32Array(numGraphs * numNodes * numNodes);
  for (let graph = 0; graph < numGraphs; graph++) {
    for (let k = numFeatures; k < numNodes * numFeatures; k++) {
      features[graph * numNodes * numFeatures + k] = random.normal();
    }
    for (let i = 0; i < numNodes; i++) {
      for (let j = 0; j <= i; j++) {
        const edge = random.uniform();
        adjacency[(graph * numNodes + i) * numNodes + j] = edge;
        adjacency[(graph * numNodes + j) * numNodes + i] = edge;
      }
    }
  }
  return { features, adjacency };
}

function batchOf(tf: TensorFlow, numFeatures: number): Batch {
  const { features, adjacency } = inputs(numFeatures);
  const { numWindows, numSlots, numUsers } = SIZES;
  const numGraphs = numWindows * numSlots;
  return {
    ...SIZES,
    features: tf.tensor3d(features, [numGraphs, numUsers + 1, numFeatures]),
    adjacency: tf.tensor3d(adjacency, [numGraphs, numUsers + 1, numUsers + 1]),
  };
}

/** All drawn, biases too: zeros would hide what is missing. */
function weightsFor(kind: NetworkKind): Weights {
  const random = new Random(5, 'weights', kind);
  return designFor(kind, small, SIZES.numSlots).network.weights.map(({ shape }) => {
    const scale = 1 / Math.sqrt(sizeOf(shape.slice(0, -1)));
    return Float32Array.from({ length: sizeOf(shape) }, () => scale * random.normal());
  });
}

/** The larger ones may pass a kink of a ReLU, the smaller ones show rounding; a wrong gradient fits none. */
const STEPS = [1e-2, 3e-3, 1e-3, 3e-4];

function unit(vector: Float32Array): Float32Array {
  const norm = Math.hypot(...vector);
  return vector.map((value) => value / norm);
}

const CLASSES = Int32Array.of(0, 3, NO_CLASS, 7, 5, 2);

async function gradientsOn(backend: BackendName, kind: NetworkKind, weights = weightsFor(kind)) {
  const { tf } = await openBackend(backend);
  const { network, features } = designFor(kind, small, SIZES.numSlots);
  return lossAndGradients(tf, network, weights, batchOf(tf, features.numFeatures), CLASSES);
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let k = 0; k < a.length; k++) most = Math.max(most, Math.abs(a[k]! - b[k]!));
  return most;
}

describe.each(NETWORK_KINDS)('%s', (kind) => {
  it('has the same loss and gradients on the WASM backend as on the plain one', async () => {
    const wanted = await gradientsOn('cpu', kind);
    const found = await gradientsOn('wasm', kind);
    expect(found.loss).toBeCloseTo(wanted.loss, 5);
    wanted.gradients.forEach((gradient, k) => {
      expect(largestDifference(gradient, found.gradients[k]!)).toBeLessThan(1e-5);
    });
  });

  it('has the gradients of finite differences', async () => {
    const weights = weightsFor(kind);
    const { gradients } = await gradientsOn('wasm', kind, weights);
    const random = new Random(6, kind);
    for (const [k, gradient] of gradients.entries()) {
      // Downhill, where the slope is largest, and half aside: single weights would tell of rounding and of kinks of ReLUs.
      const steepest = unit(gradient);
      const aside = unit(Float32Array.from(gradient, () => random.normal()));
      for (const direction of [steepest, unit(steepest.map((value, at) => value + aside[at]!))]) {
        const lossAt = async (by: number) => {
          const moved = weights.map((one, j) =>
            j === k ? one.map((value, at) => value + by * direction[at]!) : one,
          );
          return (await gradientsOn('wasm', kind, moved)).loss;
        };
        const wanted = direction.reduce((sum, value, at) => sum + value * gradient[at]!, 0);
        const misses: number[] = [];
        for (const step of STEPS) {
          const slope = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
          misses.push(Math.abs(slope - wanted) / (1 + Math.abs(wanted)));
        }
        expect(Math.min(...misses)).toBeLessThan(1e-3);
      }
    }
  });

  it('has the same forward pass without TensorFlow, window after window', async () => {
    const { tf } = await openBackend('cpu');
    const design = designFor(kind, small, SIZES.numSlots);
    const { numFeatures } = design.features;
    const weights = weightsFor(kind);
    const wanted = scoresOf(tf, design.network, weights, batchOf(tf, numFeatures));
    const { features, adjacency } = inputs(numFeatures);
    const { numWindows, numSlots, numUsers } = SIZES;
    const pass = forwardPass(kind, design, weights, { numUsers, numSlots });
    const perWindow = numUsers * design.head.numClasses;
    for (let w = 0; w < numWindows; w++) {
      for (let slot = 0; slot < numSlots; slot++) {
        const graph = slot * numWindows + w;
        const from = (graph * (numUsers + 1) + 1) * numFeatures;
        const size = (numUsers + 1) ** 2;
        pass.push(
          features.subarray(from, from + numUsers * numFeatures),
          adjacency.subarray(graph * size, (graph + 1) * size),
          new Array(numUsers).fill(slot === 0),
        );
      }
      const scores = pass.scores();
      expect(largestDifference(scores, wanted.subarray(w * perWindow, (w + 1) * perWindow))).toBeLessThan(
        1e-5,
      );
    }
  });
});

it('the first slot of a new user stands in for the slots before it, and of that user alone', () => {
  const design = designFor('gru', small, SIZES.numSlots);
  const { numUsers, numSlots } = SIZES;
  const weights = weightsFor('gru');
  const { features, adjacency } = inputs(design.features.numFeatures);
  const perSlot = (numUsers + 1) * design.features.numFeatures;
  const slot = (k: number) => features.subarray(k * perSlot + design.features.numFeatures, (k + 1) * perSlot);
  const graph = adjacency.subarray(0, (numUsers + 1) ** 2);
  const run = (slots: readonly number[], isNew: readonly boolean[]) => {
    const pass = forwardPass('gru', design, weights, { numUsers, numSlots });
    slots.forEach((k, position) => {
      pass.push(
        slot(k),
        graph,
        position === slots.length - 1 ? isNew : new Array(numUsers).fill(position === 0),
      );
    });
    return pass.scores().slice();
  };
  const renewed = run([0, 1, 2], [false, true, false]);
  const asBefore = run([0, 1, 2], [false, false, false]);
  const anew = run([2, 2, 2], [false, false, false]);
  const { numClasses } = design.head;
  const of = (scores: Float32Array, user: number) => [
    ...scores.subarray(user * numClasses, (user + 1) * numClasses),
  ];
  expect(of(renewed, 0)).toEqual(of(asBefore, 0));
  expect(of(renewed, 1)).toEqual(of(anew, 1));
  expect(of(renewed, 2)).toEqual(of(asBefore, 2));
  expect(of(renewed, 1)).not.toEqual(of(asBefore, 1));
});
