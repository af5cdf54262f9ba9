/** Runs code of a plugin that may never come back. */
import { Script } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { BeamloopError } from '../../core/errors.js';

/** What one step of a search, or setting one up, may take, s. Meanwhile nothing else of this process runs. */
export const MOST_STEP_S = 60;

const WORK = Symbol.for('beamloop.plugin.work');
const shared = globalThis as { [WORK]?: () => void };
const script = new Script("globalThis[Symbol.for('beamloop.plugin.work')]()");

/**
 * What `work` returns. A loop that does not end is cut off; so it is by Ctrl-C, which nobody else would hear.
 *
 * @throws what `work` throws; an Error that says so when it takes too long; INTERRUPTED.
 */
export function inTime<T>(work: () => T, mostS = MOST_STEP_S): T {
  let result: { readonly value: T } | undefined;
  // What it throws is kept: on its way through the script it would lose the line where it was thrown.
  let failure: { readonly error: unknown } | undefined;
  shared[WORK] = () => {
    try {
      result = { value: work() };
    } catch (error) {
      failure = { error };
    }
  };
  try {
    script.runInThisContext({ timeout: mostS * 1e3, breakOnSigint: isMainThread });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new Error(`a step takes longer than ${mostS} s`);
    if (code !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw error;
    // Whoever listens for it was kept from hearing it.
    process.emit('SIGINT');
    throw new BeamloopError('INTERRUPTED', { what: 'Interrupted in the search of a plugin' });
  } finally {
    delete shared[WORK];
  }
  if (failure !== undefined) throw failure.error;
  return result!.value;
}
