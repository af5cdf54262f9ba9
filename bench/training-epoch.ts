/** A training epoch of 4,000 windows, measured on a share of its steps: WASM against the plain backend of TensorFlow.js. */
import { Random } from '../src/core/random.js';
import { type BackendName, openBackend } from '../src/prediction/backend/tensorflow.js';
import { lossAndGradients } from '../src/prediction/motion/loss.js';
import { type Benchmark, comparison, processorTimeS } from './benchmark.js';
import { DRAWN_MODEL, LETTER_DESIGN, LETTER_MODEL } from './letter-model.js';

/** Windows of a step of the plain backend, which takes its time. */
const PLAIN_WINDOWS = 5;
const NUM_STEPS = 10;

export const trainingEpoch: Benchmark = {
  name: 'training-epoch',
  async run() {
    const { windows, training } = LETTER_MODEL;
    const value = (await windowTimeS('wasm', training.batch, NUM_STEPS)) * windows.training;
    const alternativeValue = (await windowTimeS('cpu', PLAIN_WINDOWS, 1)) * windows.training;
    return [
      comparison({
        ...{ what: 'loss and gradients of 4,000 windows of 10 users, 59,016 weights, one core', value },
        ...{ unit: 's', alternative: 'the plain backend, from 5 windows', alternativeValue },
        target: { of: 'ratio', atMost: 0.1 },
      }),
    ];
  },
};

/** Processor time per window, s. */
async function windowTimeS(backend: BackendName, numWindows: number, numSteps: number): Promise<number> {
  const { tf } = await openBackend(backend);
  const { numSlots, numUsers } = { numSlots: LETTER_MODEL.slots, numUsers: LETTER_MODEL.users.count };
  const random = new Random(3, 'batch');
  const numGraphs = numSlots * numWindows;
  const numbers = (count: number) => Float32Array.from({ length: count }, () => random.uniform() / 5);
  const batch = {
    ...{ numWindows, numSlots, numUsers },
    features: tf.tensor3d(numbers(numGraphs * (numUsers + 1) * 8), [numGraphs, numUsers + 1, 8]),
    adjacency: tf.tensor3d(numbers(numGraphs * (numUsers + 1) ** 2), [numGraphs, numUsers + 1, numUsers + 1]),
  };
  const classes = Int32Array.from({ length: numWindows * numUsers }, () => random.integer(200));
  const step = () => lossAndGradients(tf, LETTER_DESIGN.network, DRAWN_MODEL.weights, batch, classes);
  if (numSteps > 1) step();
  const startedS = processorTimeS();
  for (let k = 0; k < numSteps; k++) step();
  const tookS = processorTimeS() - startedS;
  tf.dispose([batch.features, batch.adjacency]);
  return tookS / (numSteps * numWindows);
}
