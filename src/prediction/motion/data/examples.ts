/** What a network is trained on: windows as features, graphs and classes. */
import type { Tensor3D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../backend/tensorflow-type.js';
import { writeAdjacency } from '../features/adjacency.js';
import { type Standardisation, standardise } from '../features/standardisation.js';
import type { FeatureMap } from '../features/user-slot.js';
import type { Head } from '../heads/head.js';
import type { Batch, BatchShape } from '../networks/network.js';
import type { WindowSet } from './window-set.js';

export interface Examples extends BatchShape {
  /** Of the users, [W, T, K, features]. */
  readonly features: Float32Array;
  /** [W, T, K + 1, K + 1]. */
  readonly adjacency: Float32Array;
  /** Last beam known before the slot that is to be predicted, [W, K]. */
  readonly last: Int32Array;
  /** [W, K]. */
  readonly classes: Int32Array;
}

export function examplesOf(set: WindowSet, map: FeatureMap, head: Head, epochS: number): Examples {
  const { numWindows, numSlots, numUsers } = set;
  const { numFeatures } = map;
  const numNodes = numUsers + 1;
  const features = new Float32Array(numWindows * numSlots * numUsers * numFeatures);
  const adjacency = new Float32Array(numWindows * numSlots * numNodes * numNodes);
  const last = new Int32Array(numWindows * numUsers);
  const classes = new Int32Array(numWindows * numUsers);
  const sensed = withoutGaps(set, epochS);
  for (let graph = 0; graph < numWindows * numSlots; graph++) {
    const amplitudes = set.amplitudes.subarray(
      graph * numUsers * numUsers,
      (graph + 1) * numUsers * numUsers,
    );
    writeAdjacency(amplitudes, numUsers, adjacency, graph * numNodes * numNodes);
    for (let k = 0; k < numUsers; k++) {
      const row = graph * numUsers + k;
      map.write(
        {
          column: set.known[row]!,
          amplitude: amplitudes[k * numUsers + k]!,
          positionM: [sensed[4 * row]!, sensed[4 * row + 1]!],
          velocityMPerS: [sensed[4 * row + 2]!, sensed[4 * row + 3]!],
        },
        features,
        row * numFeatures,
      );
    }
  }
  for (let w = 0; w < numWindows; w++) {
    for (let k = 0; k < numUsers; k++) {
      const column = set.known[((w + 1) * numSlots - 1) * numUsers + k]!;
      last[w * numUsers + k] = column;
      classes[w * numUsers + k] = head.classOf(bestNext(set, w, k), column);
    }
  }
  return { numWindows, numSlots, numUsers, features, adjacency, last, classes };
}

/** Best codeword of the slot that is to be predicted. */
export function bestNext({ best, numSlots, numUsers }: WindowSet, w: number, k: number): number {
  return best[(w * (numSlots + 1) + numSlots) * numUsers + k]!;
}

/** A reading that is missing is the last one, carried on along its velocity, as at run time. */
function withoutGaps({ sensed, numSlots, numUsers }: WindowSet, epochS: number): Float32Array {
  const filled = sensed.slice();
  const perSlot = numUsers * 4;
  for (let at = 0; at < filled.length; at += 4) {
    const isFirstSlot = Math.floor(at / perSlot) % numSlots === 0;
    if (!Number.isNaN(filled[at]!) || isFirstSlot) continue;
    const [x, y, vx, vy] = filled.subarray(at - perSlot, at - perSlot + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    filled.set([x + epochS * vx, y + epochS * vy, vx, vy], at);
  }
  return filled;
}

/** Standardises the features in place. */
export function standardiseExamples({ features }: Examples, standardisation: Standardisation): void {
  standardise(features, standardisation);
}

/**
 * Tensors of some windows, to be disposed of by whoever asked, and their classes.
 *
 * @param windows of the examples, in the batch's order.
 */
export function batchOf(
  tf: TensorFlow,
  examples: Examples,
  windows: readonly number[],
): { readonly batch: Batch; readonly classes: Int32Array } {
  const { numSlots, numUsers } = examples;
  const numNodes = numUsers + 1;
  const numWindows = windows.length;
  const numFeatures = examples.features.length / (examples.numWindows * numSlots * numUsers);
  const features = new Float32Array(numSlots * numWindows * numNodes * numFeatures);
  const adjacency = new Float32Array(numSlots * numWindows * numNodes * numNodes);
  const classes = new Int32Array(numWindows * numUsers);
  windows.forEach((w, b) => {
    for (let slot = 0; slot < numSlots; slot++) {
      const from = w * numSlots + slot;
      const to = slot * numWindows + b;
      const row = numUsers * numFeatures;
      features.set(
        examples.features.subarray(from * row, (from + 1) * row),
        (to * numNodes + 1) * numFeatures,
      );
      const size = numNodes * numNodes;
      adjacency.set(examples.adjacency.subarray(from * size, (from + 1) * size), to * size);
    }
    classes.set(examples.classes.subarray(w * numUsers, (w + 1) * numUsers), b * numUsers);
  });
  const numGraphs = numSlots * numWindows;
  const tensor = (values: Float32Array, width: number): Tensor3D =>
    tf.tensor3d(values, [numGraphs, numNodes, width]);
  const batch = {
    numWindows,
    numSlots,
    numUsers,
    features: tensor(features, numFeatures),
    adjacency: tensor(adjacency, numNodes),
  };
  return { batch, classes };
}
