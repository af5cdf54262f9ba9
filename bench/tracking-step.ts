/**
 * One step of the learned tracker for 10 users: what an epoch brought goes in (features, graph), ranked codewords come out
 * (network, choice). Against the network alone through TensorFlow.js and in plain loops, which run the whole window anew.
 */
import type { Tensor3D } from '@tensorflow/tfjs-core';
import { Random } from '../src/core/random.js';
import { openBackend } from '../src/prediction/backend/tensorflow.js';
import { scoresOf } from '../src/prediction/motion/loss.js';
import { LearnedTracker } from '../src/prediction/motion/trackers/learned-tracker.js';
import type { UserEpoch } from '../src/tracking/tracker.js';
import { type Benchmark, comparison } from './benchmark.js';
import { DRAWN_MODEL, LETTER_CODEBOOK, LETTER_DESIGN, LETTER_MODEL } from './letter-model.js';
import { PlainForward } from './plain-forward.js';

const NUM_USERS = 10;
const NUM_STEPS = 1000;
const WARM_UP = 100;

export const trackingStep: Benchmark = {
  name: 'tracking-step',
  async run() {
    const value = ownStepMs();
    const tensorFlow = await tensorFlowMs();
    const plain = plainMs();
    const what = 'a tracking step of 10 users, features to ranked codewords, p50';
    return [
      comparison({
        ...{ what, value, unit: 'ms', alternativeValue: tensorFlow },
        alternative: 'the network alone through TensorFlow.js (WASM), op by op',
        target: { of: 'value', atMost: 1 },
      }),
      comparison({
        ...{ what, value, unit: 'ms', alternativeValue: plain },
        alternative: 'the network alone in plain loops',
      }),
    ];
  },
};

function ownStepMs(): number {
  const { epoch } = LETTER_MODEL;
  const setting = { codebook: LETTER_CODEBOOK, numUsers: NUM_USERS, epochS: epoch, seed: 1 };
  const tracker = new LearnedTracker(DRAWN_MODEL, setting);
  for (let user = 0; user < NUM_USERS; user++) {
    tracker.found(user, { column: 1800 + 9 * user, positionM: [50 + user, user] }, 0);
  }
  const epochs = Array.from({ length: NUM_STEPS }, (_, step) => drawnEpoch(step));
  return median(NUM_STEPS, (step) => {
    tracker.observe(epochs[step]!, step * epoch);
    tracker.predict(step * epoch);
  });
}

function drawnEpoch(step: number): UserEpoch[] {
  const random = new Random(1, 'epoch', step);
  return Array.from({ length: NUM_USERS }, (_, user) => ({
    pilots: Array.from({ length: NUM_USERS }, (_, servedUser) => ({
      column: 1800 + 9 * servedUser,
      purpose: servedUser === user ? ('serve' as const) : ('interference' as const),
      power: servedUser === user ? 200 + 10 * random.uniform() : 1 + random.uniform(),
      servedUser,
    })),
    noiseFloor: 0.1,
    sensors: [
      {
        boardTimeS: step * LETTER_MODEL.epoch,
        positionM: [50 + user + 0.5 * random.normal(), user + 0.5 * random.normal()],
        velocityMPerS: [random.normal(), random.normal()],
        covariance: [0.25, 0, 0, 0, 0, 0.25, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
      },
    ],
  }));
}

async function tensorFlowMs(): Promise<number> {
  const { tf } = await openBackend('wasm');
  const { features, adjacency, numSlots, numNodes } = drawnWindow();
  const tensor = (values: number[][][]): Tensor3D => tf.tensor3d(values);
  return median(NUM_STEPS / 5, () => {
    const batch = {
      ...{ numWindows: 1, numSlots, numUsers: numNodes - 1 },
      ...{ features: tensor(features), adjacency: tensor(adjacency) },
    };
    scoresOf(tf, LETTER_DESIGN.network, DRAWN_MODEL.weights, batch);
    tf.dispose([batch.features, batch.adjacency]);
  });
}

function plainMs(): number {
  const forward = new PlainForward(LETTER_DESIGN.network.weights, DRAWN_MODEL.weights);
  const { features, adjacency } = drawnWindow();
  return median(NUM_STEPS / 5, () => void forward.scores(features, adjacency));
}

function drawnWindow() {
  const random = new Random(2, 'window');
  const numSlots = LETTER_MODEL.slots;
  const numNodes = NUM_USERS + 1;
  const drawn = (columns: number) =>
    Array.from({ length: numSlots }, () =>
      Array.from({ length: numNodes }, () => Array.from({ length: columns }, () => random.uniform() / 5)),
    );
  return { features: drawn(8), adjacency: drawn(numNodes), numSlots, numNodes };
}

/** Of the time that a step takes, ms. */
function median(numSteps: number, step: (index: number) => void): number {
  const times: number[] = [];
  for (let k = 0; k < numSteps; k++) {
    const startedMs = performance.now();
    step(k);
    if (k >= Math.min(WARM_UP, numSteps / 2)) times.push(performance.now() - startedMs);
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}
