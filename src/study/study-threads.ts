import { requireWhole } from '../core/arguments.js';
import type { Executor } from '../fan-out/executor.js';
import { threadExecutor } from '../fan-out/threads.js';
import { loadedPlugins } from '../training/plugins/plugin-file.js';
import { simulatorOf } from './simulators.js';

/** Module of threads that do the jobs of any study, and draw data of any learned tracker. */
export const STUDY_THREAD = new URL('./study-worker.js', import.meta.url);

/** Threads that do the jobs of any study, and draw data of any learned tracker; with one thread it is this one. */
export function studyThreads(numThreads: number): Executor {
  requireWhole('numThreads', numThreads, 1, 1e9);
  return threadExecutor({
    numThreads,
    worker: STUDY_THREAD,
    plugins: loadedPlugins().map(({ file }) => file),
    simulatorOf,
  });
}
