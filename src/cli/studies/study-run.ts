/** Where a study is computed, and what is done about it when it ends: in threads of this process here, by workers in cluster-run.ts. */
import path from 'node:path';
import { Checkpoint } from '../../fan-out/checkpoint.js';
import type { Executor } from '../../fan-out/executor.js';
import { namedInputs } from '../../study/named-inputs.js';
import { kindOf, type Study } from '../../study/study-kinds.js';
import { studyThreads } from '../../study/study-threads.js';
import type { CommandContext } from '../command.js';

export interface StudyRun {
  readonly executor: Executor;
  /** What is said of what was done when it is interrupted. */
  readonly left: string;
  /** Results are written: nothing of it is needed any more. */
  finish(): Promise<void>;
}

/** @param folder where results go; null where nothing is written, nor kept. */
export function runInThreads(
  { stderr }: CommandContext,
  study: Study,
  numThreads: number,
  { folder, isFresh }: { readonly folder: string | null; readonly isFresh: boolean },
): StudyRun {
  const threads = studyThreads(numThreads);
  if (folder === null) {
    return { executor: threads, left: 'No results were written', finish: async () => {} };
  }
  const { counts = 'users' } = kindOf(study);
  const checkpoint = new Checkpoint(path.join(folder, 'checkpoint'), {
    inputs: namedInputs(study),
    onResume: (numDone, numUsers) => {
      stderr.write(`Goes on where it was stopped: ${numDone} of ${numUsers} ${counts} are done\n`);
    },
  });
  if (isFresh) checkpoint.remove();
  return {
    executor: checkpoint.around(threads),
    left: 'No results were written; what was done is kept, and the same command goes on with it',
    finish: async () => checkpoint.remove(),
  };
}
