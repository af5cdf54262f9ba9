/** Where the dashboard finds the runs of this user. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { runFolder } from '../live/run-folder.js';
import { runSockets } from '../live/run-sockets.js';
import { RunWatch } from '../live/watch-run.js';

export interface RunSource {
  /**
   * Sockets of runs that are there now and are not among `known`.
   *
   * @throws WATCH_REFUSED where no run can be watched on this machine.
   */
  newSockets(known: ReadonlySet<string>): Promise<string[]>;
  /** @throws WATCH_REFUSED. */
  watch(socketPath: string, signal: AbortSignal): Promise<Watched>;
}

export type Watched = Pick<RunWatch, 'hello' | 'order' | 'close'> &
  Pick<RunWatch, typeof Symbol.asyncIterator>;

export const runsOfThisUser: RunSource = {
  async newSockets(known) {
    const folder = runFolder();
    // Whether a run lives is asked of itself, which it would notice if it were done all the time.
    const isNew = readdirSync(folder).some(
      (name) => name.endsWith('.sock') && !known.has(path.join(folder, name)),
    );
    return isNew ? (await runSockets()).filter((socket) => !known.has(socket)) : [];
  },
  watch: (socketPath, signal) => RunWatch.open(socketPath, signal),
};
