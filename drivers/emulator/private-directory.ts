import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new directory under the system's temporary one that only this user can enter; removed when the process exits. */
export class PrivateDirectory {
  readonly path = mkdtempSync(path.join(tmpdir(), 'beamloop-'));
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
