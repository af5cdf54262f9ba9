import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BeamloopError } from '../../src/core/errors.js';

/**
 * Longest path that leaves room for a Unix socket in a directory of ours: its whole path has at most 107 bytes, and what is
 * longer is cut off without a word.
 */
const MAX_PARENT_BYTES = 107 - '/beamloop-XXXXXX/board'.length;

/** The system's temporary directory, or /tmp where the path of that one is too long. */
function parent(): string {
  return Buffer.byteLength(tmpdir()) <= MAX_PARENT_BYTES ? tmpdir() : '/tmp';
}

function make(): string {
  try {
    return mkdtempSync(path.join(parent(), 'beamloop-'));
  } catch (cause) {
    throw new BeamloopError('PORT_FAILED', {
      what: `No directory for it could be made (${(cause as NodeJS.ErrnoException).code})`,
      where: parent(),
      todo: 'Set TMPDIR to a directory that can be written to',
      cause,
    });
  }
}

/**
 * A new directory under the temporary one that only this user can enter; removed when the process exits. Names of files in
 * it have at most five characters.
 *
 * @throws BeamloopError PORT_FAILED where it cannot be made.
 */
export class PrivateDirectory {
  readonly path = make();
  readonly #atExit = () => rmSync(this.path, { recursive: true, force: true });

  constructor() {
    process.once('exit', this.#atExit);
  }

  file(name: string): string {
    return path.join(this.path, name);
  }

  remove(): void {
    process.off('exit', this.#atExit);
    this.#atExit();
  }
}
