/** The runs of this user that can be watched now. */
import { readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { runFolder } from './run-folder.js';

/**
 * Their sockets, the latest first. What a run that was killed left behind is removed.
 *
 * @throws as `runFolder`.
 */
export async function runSockets(): Promise<string[]> {
  const folder = runFolder();
  const names = readdirSync(folder).filter((name) => /^[0-9a-f]{12}\.sock$/.test(name));
  const paths = names
    .sort()
    .reverse()
    .map((name) => path.join(folder, name));
  const alive = await Promise.all(paths.map(isAlive));
  return paths.filter((_, k) => alive[k]);
}

function isAlive(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') rmSync(socketPath, { force: true });
      resolve(false);
    });
  });
}
