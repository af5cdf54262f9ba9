import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { Pty } from './pty.js';

/**
 * The plug of an emulated board: a path that stays the same while the pseudo-terminal behind it comes and goes.
 *
 * `path` is a symbolic link to the current device. Unplugging removes the link and hangs up whoever has the device
 * open; plugging in again opens a new device and points the link at it.
 */
export class PtyHost {
  readonly path: string;
  readonly #onBytes: (chunk: Uint8Array) => void;
  #pty: Pty | undefined;
  #paused = false;
  #closed = false;

  /** `path` is where the link will be; its directory exists and is private. `onBytes` gets what a host writes. */
  constructor(path: string, onBytes: (chunk: Uint8Array) => void) {
    this.path = path;
    this.#onBytes = onBytes;
  }

  get plugged(): boolean {
    return this.#pty !== undefined;
  }

  /** @throws BeamloopError PORT_FAILED where there are no pseudo-terminals. */
  async plug(): Promise<void> {
    if (this.#pty !== undefined) return;
    const pty = await Pty.open(this.#onBytes);
    if (this.#closed || this.#pty !== undefined) return pty.close();
    if (this.#paused) pty.pause();
    // Made beside and renamed, so that the path never names a half-made link.
    const link = `${this.path}.new`;
    symlinkSync(pty.path, link);
    renameSync(link, this.path);
    this.#pty = pty;
  }

  unplug(): void {
    rmSync(this.path, { force: true });
    this.#pty?.close();
    this.#pty = undefined;
  }

  /** Bytes for the host; while unplugged they are lost. */
  write(bytes: Uint8Array): void {
    this.#pty?.write(bytes);
  }

  /** Whether bytes from the host are taken or left in the kernel. */
  setPaused(paused: boolean): void {
    this.#paused = paused;
    if (paused) this.#pty?.pause();
    else this.#pty?.resume();
  }

  close(): void {
    this.#closed = true;
    this.unplug();
  }
}
