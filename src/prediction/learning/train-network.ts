/** The training loop: passes over the training windows in drawn order, judged on the validation windows, until it is enough. */
import { setImmediate } from 'node:timers/promises';
import { Random } from '../../core/random.js';
import type { TensorFlow } from '../backend/tensorflow-type.js';
import { batchOf, type Examples } from '../data/examples.js';
import { topColumn } from '../heads/ranking.js';
import type { ModelFile } from '../model-file.js';
import type { NetworkDesign } from '../networks/kinds.js';
import { adamStep, cosineRate } from './adam.js';
import type { Judge } from './judge.js';
import { lossAndGradients, scoresOf } from './loss.js';
import type { TrainingState } from './training-state.js';
import type { Weights } from './weights.js';

export interface LearningOptions {
  readonly training: ModelFile['training'];
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after every step and every epoch. */
  readonly onProgress?: ((state: TrainingState, stepsPerEpoch: number) => void) | undefined;
  /** Called after every epoch: what is interrupted later goes on from there or from the step where it ended. */
  readonly onEpoch?: ((state: TrainingState) => Promise<void>) | undefined;
}

/** Windows whose scores are computed at once. */
const SCORED_AT_ONCE = 50;

/**
 * Trains in place; the state is whole after every step.
 *
 * @throws the signal's reason, between two steps.
 */
export async function trainNetwork(
  tf: TensorFlow,
  { network, head }: NetworkDesign,
  examples: { readonly training: Examples; readonly validation: Examples },
  judge: Judge,
  state: TrainingState,
  options: LearningOptions,
): Promise<void> {
  const { epochs, batch, rate, patience } = options.training;
  const { numWindows } = examples.training;
  const stepsPerEpoch = Math.ceil(numWindows / batch);
  while (state.numEpochs < epochs && !isEnough(state, patience)) {
    const order = shuffled(numWindows, new Random(options.seed, 'order', state.numEpochs));
    let startedMs = performance.now();
    const tick = () => {
      const now = performance.now();
      state.seconds += (now - startedMs) / 1000;
      startedMs = now;
    };
    while (state.numSteps < stepsPerEpoch) {
      options.signal?.throwIfAborted();
      const windows = order.slice(state.numSteps * batch, (state.numSteps + 1) * batch);
      const made = batchOf(tf, examples.training, windows);
      const { loss, gradients } = lossAndGradients(tf, network, state.weights, made.batch, made.classes);
      tf.dispose([made.batch.features, made.batch.adjacency]);
      adamStep(
        state.weights,
        gradients,
        state.adam,
        cosineRate(rate, state.adam.numSteps, epochs * stepsPerEpoch),
      );
      state.numSteps++;
      state.lossSum += loss;
      tick();
      options.onProgress?.(state, stepsPerEpoch);
      await setImmediate();
    }
    const scores = scoresOfAll(tf, network, state.weights, examples.validation);
    const { gain, top1 } = judged(scores, examples.validation, head, judge);
    tick();
    endEpoch(state, { gain, top1 }, stepsPerEpoch);
    options.onProgress?.(state, stepsPerEpoch);
    await options.onEpoch?.(state);
  }
}

function endEpoch(
  state: TrainingState,
  { gain, top1 }: { gain: number; top1: number },
  stepsPerEpoch: number,
): void {
  const epoch = ++state.numEpochs;
  state.history.push({ epoch, loss: state.lossSum / stepsPerEpoch, gain, top1, seconds: state.seconds });
  state.numSteps = 0;
  state.lossSum = 0;
  state.seconds = 0;
  if (state.best !== null && state.best.gain >= gain) return;
  state.best = { epoch, gain, weights: state.weights.map((weight) => weight.slice()) };
}

/** Whether the validation score has not risen for as many epochs as one is patient. */
function isEnough({ best, numEpochs }: TrainingState, patience: number): boolean {
  return best !== null && numEpochs - best.epoch >= patience;
}

/** Scores of all users of all windows, [W * K, classes]. */
export function scoresOfAll(
  tf: TensorFlow,
  network: NetworkDesign['network'],
  weights: Weights,
  examples: Examples,
): Float32Array {
  const { numWindows, numUsers } = examples;
  const all = new Float32Array(numWindows * numUsers * network.numClasses);
  for (let first = 0; first < numWindows; first += SCORED_AT_ONCE) {
    const count = Math.min(SCORED_AT_ONCE, numWindows - first);
    const { batch } = batchOf(
      tf,
      examples,
      Array.from({ length: count }, (_, k) => first + k),
    );
    all.set(scoresOf(tf, network, weights, batch), first * numUsers * network.numClasses);
    tf.dispose([batch.features, batch.adjacency]);
  }
  return all;
}

function judged(
  scores: Float32Array,
  { last }: Examples,
  head: NetworkDesign['head'],
  judge: Judge,
): { readonly gain: number; readonly top1: number } {
  let gain = 0;
  let hits = 0;
  last.forEach((column, row) => {
    const top = topColumn(scores.subarray(row * head.numClasses, (row + 1) * head.numClasses), head, column);
    gain += judge.gain(row, top);
    if (top === judge.best(row)) hits++;
  });
  return { gain: gain / last.length, top1: hits / last.length };
}

function shuffled(count: number, random: Random): number[] {
  const order = Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = random.integer(k + 1);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  return order;
}
