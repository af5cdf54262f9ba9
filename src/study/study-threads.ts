import { requireWhole } from '../core/arguments.js';
import type { Executor } from '../fan-out/executor.js';
import { threadExecutor } from '../fan-out/threads.js';
import { loadedPlugins } from '../training/plugins/plugin-file.js';
import { simulatorOf } from './study-kinds.js';

/** Module of threads that simulate users of any kind of study. */
export const STUDY_THREAD = new URL('./study-worker.js', import.meta.url);

/** Threads that simulate users of any kind of study; with one thread it is this one. */
export function studyThreads(numThreads: number): Executor {
  requireWhole('numThreads', numThreads, 1, 1e9);
  return threadExecutor({
    numThreads,
    worker: STUDY_THREAD,
    plugins: loadedPlugins().map(({ file }) => file),
    simulatorOf,
  });
}
