/** Where the dashboard finds the runs of this user. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { runFolder } from '../live/run-folder.js';
import { runSockets } from '../live/run-sockets.js';
import { RunWatch } from '../live/watch-run.js';

export interface RunSource {
  /**
   * Names of runs that are there now and are not among `known`; of this user's they are sockets.
   *
   * @throws WATCH_REFUSED where no run can be watched on this machine.
   */
  newRuns(known: ReadonlySet<string>): Promise<string[]>;
  /** @throws WATCH_REFUSED. */
  watch(name: string, signal: AbortSignal): Promise<Watched>;
  /** Whether it goes on still, as far as one knows. */
  isThere(name: string): boolean;
}

export type Watched = Pick<RunWatch, 'hello' | 'order' | 'close'> &
  Pick<RunWatch, typeof Symbol.asyncIterator> & {
    /** Of another machine; none of runs of this user on this one. */
    readonly host?: string;
    readonly whyNoOrders?: string;
  };

export const runsOfThisUser: RunSource = {
  async newRuns(known) {
    const folder = runFolder();
    // Whether a run lives is asked of itself, which it would notice if it were done all the time.
    const isNew = readdirSync(folder).some(
      (name) => name.endsWith('.sock') && !known.has(path.join(folder, name)),
    );
    return isNew ? (await runSockets()).filter((socket) => !known.has(socket)) : [];
  },
  watch: (socketPath, signal) => RunWatch.open(socketPath, signal),
  isThere: existsSync,
};
