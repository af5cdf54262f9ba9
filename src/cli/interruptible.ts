/** What Ctrl-C, or a terminal that is gone, may end. */
import { BeamloopError } from '../core/errors.js';
import type { CommandContext } from './command.js';

/**
 * @param left what is said of what was done until then.
 * @throws what `run` throws; with the code of the signal's reason where that was raised.
 */
export async function interruptible<T>(
  { signal }: CommandContext,
  left: string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!signal.aborted) throw error;
    const { reason } = signal;
    const code = reason instanceof BeamloopError ? reason.code : 'INTERRUPTED';
    throw new BeamloopError(code, {
      what: reason instanceof BeamloopError ? reason.what : 'Interrupted',
      todo: left,
    });
  }
}
