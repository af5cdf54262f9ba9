/** Runs of the command line can be watched from another terminal and from the dashboard. */
import type { OngoingRun, Showing } from '../campaign/conduct.js';
import { BeamloopError } from '../core/errors.js';
import type { RunHello } from '../live/messages.js';
import { type Published, showRun } from '../live/show-run.js';
import { type CommandContext, warn } from './command.js';

const NOBODY: Showing = { waiting: () => {}, batch: () => {}, epoch: () => {}, end: async () => {} };

/**
 * For `RunOptions.show`. Where runs cannot be watched, a warning says why, and the run goes on; one that is to be published is refused.
 *
 * @param published as for `showRun`.
 */
export function shownAs<E>(
  context: CommandContext,
  command: RunHello['command'],
  published: Published | null = null,
): (run: OngoingRun<E>) => Promise<Showing> {
  return (run) =>
    showRun(command, run, published).catch((error) => {
      if (published !== null) throw error;
      return unseen(context, error);
    });
}

function unseen(context: CommandContext, error: unknown): Showing {
  if (!(error instanceof BeamloopError) || error.code !== 'WATCH_REFUSED') throw error;
  const { what, where, todo } = error;
  warn(context, [`This run cannot be watched. ${what}${where === undefined ? '' : ` (${where})`}. ${todo}`]);
  return NOBODY;
}
