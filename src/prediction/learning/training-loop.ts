/** The training loop: passes over the examples in drawn order, judged after each, until it is enough. */
import { setImmediate } from 'node:timers/promises';
import { Random } from '../../core/random.js';
import { type AdamOptions, adamStep } from './adam.js';
import type { Lesson } from './lesson.js';
import type { TrainingState } from './training-state.js';

export interface LearningOptions extends AdamOptions {
  readonly epochs: number;
  /** Examples of a step. */
  readonly batch: number;
  /** Epochs without a better score after which it ends. */
  readonly patience: number;
  /** Rate of the step, from 0, of so many. */
  readonly rateAt: (step: number, numSteps: number) => number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after every step and every epoch. */
  readonly onProgress?: ((state: TrainingState, stepsPerEpoch: number) => void) | undefined;
  /** Called after every epoch: what is interrupted later goes on from there or from the step where it ended. */
  readonly onEpoch?: ((state: TrainingState) => Promise<void>) | undefined;
}

/**
 * Trains in place; the state is whole after every step.
 *
 * @throws the signal's reason, between two steps.
 */
export async function learn(lesson: Lesson, state: TrainingState, options: LearningOptions): Promise<void> {
  const { epochs, batch, patience, rateAt, seed } = options;
  const { numExamples } = lesson;
  const stepsPerEpoch = Math.ceil(numExamples / batch);
  while (state.numEpochs < epochs && !isEnough(state, patience)) {
    const order = shuffled(numExamples, new Random(seed, 'order', state.numEpochs));
    let startedMs = performance.now();
    const tick = () => {
      const now = performance.now();
      state.seconds += (now - startedMs) / 1000;
      startedMs = now;
    };
    while (state.numSteps < stepsPerEpoch) {
      options.signal?.throwIfAborted();
      const examples = order.slice(state.numSteps * batch, (state.numSteps + 1) * batch);
      const { numSteps } = state.adam;
      const { loss, gradients } = lesson.step(state.weights, examples, new Random(seed, 'step', numSteps));
      adamStep(state.weights, gradients, state.adam, rateAt(numSteps, epochs * stepsPerEpoch), options);
      state.numSteps++;
      state.lossSum += loss;
      tick();
      options.onProgress?.(state, stepsPerEpoch);
      await setImmediate();
    }
    const { score, figures } = lesson.judge(state.weights);
    tick();
    const epoch = ++state.numEpochs;
    const { lossSum, seconds } = state;
    state.history.push({ epoch, loss: lossSum / stepsPerEpoch, score, figures, seconds });
    Object.assign(state, { numSteps: 0, lossSum: 0, seconds: 0 });
    if (state.best === null || score > state.best.score) {
      state.best = { epoch, score, weights: state.weights.map((weight) => weight.slice()) };
    }
    options.onProgress?.(state, stepsPerEpoch);
    await options.onEpoch?.(state);
  }
}

/** Whether the score has not risen for as many epochs as one is patient. */
function isEnough({ best, numEpochs }: TrainingState, patience: number): boolean {
  return best !== null && numEpochs - best.epoch >= patience;
}

function shuffled(count: number, random: Random): number[] {
  const order = Array.from({ length: count }, (_, k) => k);
  for (let k = count - 1; k > 0; k--) {
    const other = random.integer(k + 1);
    [order[k], order[other]] = [order[other]!, order[k]!];
  }
  return order;
}
