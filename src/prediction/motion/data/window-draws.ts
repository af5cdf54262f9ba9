/** Has windows drawn by an executor. Each is drawn from its own streams: who draws it changes nothing. */
import { createEvaluator } from '../../../channel/evaluator.js';
import type { Executor, JobOptions, Simulator } from '../../../fan-out/executor.js';
import { jobsOf, type UserJob } from '../../../fan-out/user-job.js';
import { codebookOf, type DrawnModel } from '../model-file.js';
import type { Purpose } from './draw-channel.js';
import { drawWindows } from './draw-window.js';
import { emptyWindows, placeWindows, type WindowSet } from './window-set.js';

/** As workers find what draws them. */
export const MOTION_WINDOWS = 'motion-windows';

/** All that windows depend on. Plain data. */
export interface WindowDraws {
  readonly model: DrawnModel;
  /** Of the draws; a model's evaluation may have its own. */
  readonly seed: number;
  /** Of each place of a job. */
  readonly purposes: readonly Purpose[];
}

/** A job's place is a purpose, its users are windows. */
export function windowSimulator({ model, seed, purposes }: WindowDraws): Simulator {
  const codebook = codebookOf(model);
  const evaluator = createEvaluator(codebook);
  return {
    run: ({ placeIndex, firstUser, numUsers }: UserJob): WindowSet =>
      drawWindows(model, codebook, evaluator, {
        ...{ purpose: purposes[placeIndex]!, firstWindow: firstUser - 1, numWindows: numUsers, seed },
      }),
  };
}

const WINDOWS_PER_JOB = 20;

/**
 * @param numWindows of each purpose.
 * @returns a set for each purpose.
 * @throws what the executor throws; the signal's reason.
 */
export async function drawWindowSets(
  draws: WindowDraws,
  numWindows: readonly number[],
  executor: Executor,
  options: JobOptions,
): Promise<WindowSet[]> {
  const { model } = draws;
  const sets = numWindows.map((count) =>
    emptyWindows({
      ...{ numWindows: count, numSlots: model.slots, numUsers: model.users.count },
      numPaths: 1 + model.channel.scatterers,
    }),
  );
  const jobs = jobsOf(numWindows, WINDOWS_PER_JOB);
  const simulation = { kind: MOTION_WINDOWS, study: draws, traced: false };
  let index = 0;
  for await (const part of executor.runJobs<WindowSet>(simulation, jobs, options)) {
    const { placeIndex, firstUser } = jobs.at(index++)!;
    placeWindows(sets[placeIndex]!, part, firstUser - 1);
  }
  return sets;
}
