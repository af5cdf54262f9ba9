/** Where runs of this user are found by whoever wants to watch them: a folder of sockets that nobody else can enter. */
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BeamloopError } from '../core/errors.js';

/** The path of a Unix socket has at most 107 bytes. */
const MOST_BYTES = 107;
/** `/` and 12 hexadecimal digits and `.sock.new`. */
const NAME_BYTES = 22;
const GROUP_AND_OTHERS = 0o077;

/**
 * The folder, made where it is not there yet: `$BEAMLOOP_RUNTIME_DIR`, or `beamloop` in `$XDG_RUNTIME_DIR`, or one of this user's in the temporary
 * folder.
 *
 * @throws WATCH_REFUSED where it cannot be made, is somebody else's, or the system has no Unix sockets.
 */
export function runFolder(env: NodeJS.ProcessEnv = process.env): string {
  const uid = process.getuid?.();
  if (uid === undefined) {
    throw new BeamloopError('WATCH_REFUSED', {
      what: 'Runs are watched through Unix sockets in a folder of the user, which this system does not have',
      todo: 'Use Linux or macOS, or read the recording when the run has ended',
    });
  }
  const folder = folderOf(env, uid);
  if (Buffer.byteLength(folder) + NAME_BYTES > MOST_BYTES) {
    throw refused(folder, 'Its path is too long for a socket', 'Set BEAMLOOP_RUNTIME_DIR to a shorter one');
  }
  try {
    // Not with those above it: under /proc that never ends.
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EEXIST')
      throw refused(
        folder,
        `It could not be made (${code})`,
        'Set BEAMLOOP_RUNTIME_DIR to a folder of yours',
        cause,
      );
  }
  const found = lstatSync(folder);
  // Others could put sockets there, and the orders of whoever watches would go to them.
  if (!found.isDirectory() || found.uid !== uid || (found.mode & GROUP_AND_OTHERS) !== 0) {
    throw refused(
      folder,
      'It is not a folder that only you can enter',
      `Remove it, or: chmod 700 it, or set BEAMLOOP_RUNTIME_DIR to a folder of yours`,
    );
  }
  return folder;
}

function folderOf(env: NodeJS.ProcessEnv, uid: number): string {
  if (env.BEAMLOOP_RUNTIME_DIR) return path.resolve(env.BEAMLOOP_RUNTIME_DIR);
  if (env.XDG_RUNTIME_DIR) return path.join(env.XDG_RUNTIME_DIR, 'beamloop');
  return path.join(tmpdir(), `beamloop-${uid}`);
}

function refused(where: string, what: string, todo: string, cause?: unknown): BeamloopError {
  return new BeamloopError('WATCH_REFUSED', {
    what: `The folder where runs are watched cannot be used: ${what}`,
    where,
    todo,
    cause,
  });
}
