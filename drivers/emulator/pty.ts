/**
 * A pseudo-terminal whose master this process owns; the other end is a device path that any serial program can open.
 * Linux only: /dev/ptmx, with the C library's calls reached through koffi.
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { BeamloopError } from '../../src/core/errors.js';

/** sizeof(struct termios) is 60 on Linux with glibc and musl; the rest is margin. */
const TERMIOS_BYTES = 256;
const PATH_BYTES = 128;
/** What waits for a host that does not read; beyond it bytes are lost, as on a UART that nobody reads. */
const MAX_WAITING_BYTES = 256 * 1024;
const RETRY_MS = 1;

interface LibC {
  unlockpt(fd: number): number;
  ptsname_r(fd: number, path: Buffer, size: number): number;
  tcgetattr(fd: number, termios: Buffer): number;
  tcsetattr(fd: number, when: number, termios: Buffer): number;
  cfmakeraw(termios: Buffer): void;
}

let libC: LibC | undefined;

async function loadLibC(): Promise<LibC> {
  if (libC !== undefined) return libC;
  const { default: koffi } = await import('koffi');
  const program = koffi.load(null);
  libC = {
    unlockpt: program.func('int unlockpt(int fd)'),
    ptsname_r: program.func('int ptsname_r(int fd, _Out_ uint8_t *path, size_t size)'),
    tcgetattr: program.func('int tcgetattr(int fd, _Out_ uint8_t *termios)'),
    tcsetattr: program.func('int tcsetattr(int fd, int when, uint8_t *termios)'),
    cfmakeraw: program.func('void cfmakeraw(_Inout_ uint8_t *termios)'),
  };
  return libC;
}

function failed(what: string, cause?: unknown): BeamloopError {
  return new BeamloopError('PORT_FAILED', {
    what,
    where: '/dev/ptmx',
    todo: 'Emulated boards need Linux with pseudo-terminals (/dev/ptmx and a mounted /dev/pts)',
    cause,
  });
}

export class Pty {
  /** Device path of the end that a host opens, e.g. `/dev/pts/3`. */
  readonly path: string;
  readonly #master: ReadStream;
  readonly #masterFd: number;
  /** Held open so that the pair lives on, in raw mode, while no host has it open. */
  readonly #slaveFd: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #retry: NodeJS.Timeout | undefined;
  #isFlushDue = false;
  #open = true;

  /**
   * Opens a pair in raw mode. `onBytes` gets what the host writes.
   *
   * @throws BeamloopError PORT_FAILED where there are no pseudo-terminals.
   */
  static async open(onBytes: (chunk: Uint8Array) => void): Promise<Pty> {
    if (process.platform !== 'linux') throw failed(`No pseudo-terminal on ${process.platform}`);
    let master: number | undefined;
    try {
      const c = await loadLibC();
      master = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
      const name = Buffer.alloc(PATH_BYTES);
      const termios = Buffer.alloc(TERMIOS_BYTES);
      if (c.unlockpt(master) !== 0) throw new Error('unlockpt failed');
      if (c.ptsname_r(master, name, PATH_BYTES) !== 0) throw new Error('ptsname_r failed');
      if (c.tcgetattr(master, termios) !== 0) throw new Error('tcgetattr failed');
      c.cfmakeraw(termios);
      if (c.tcsetattr(master, 0, termios) !== 0) throw new Error('tcsetattr failed');
      const path = name.toString('utf8', 0, name.indexOf(0));
      const slave = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
      return new Pty(path, master, slave, onBytes);
    } catch (cause) {
      if (master !== undefined) closeSync(master);
      throw failed(`No pseudo-terminal could be opened: ${(cause as Error).message}`, cause);
    }
  }

  private constructor(path: string, masterFd: number, slaveFd: number, onBytes: (chunk: Uint8Array) => void) {
    this.path = path;
    this.#masterFd = masterFd;
    this.#slaveFd = slaveFd;
    this.#master = new ReadStream(masterFd);
    this.#master.on('data', (chunk: Buffer) => onBytes(chunk));
    // Only closing our own slave end raises an error here, and by then nobody listens.
    this.#master.on('error', () => {});
  }

  /** Bytes for the host. Those that it does not read in time are lost beyond 256 KiB. */
  write(bytes: Uint8Array): void {
    if (!this.#open || this.#waitingBytes + bytes.length > MAX_WAITING_BYTES) return;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#retry !== undefined || this.#isFlushDue) return;
    // What is written in one turn goes together: every write wakes the reader, which takes longer than to write.
    this.#isFlushDue = true;
    queueMicrotask(() => {
      this.#isFlushDue = false;
      this.#flush();
    });
  }

  /** Stops taking bytes from the host; its writes then wait in the kernel, as with a full transmit buffer. */
  pause(): void {
    this.#master.pause();
  }

  resume(): void {
    if (this.#open) this.#master.resume();
  }

  /** Closes both ends: a host that has the path open finds a dead line, and the path is gone. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    clearTimeout(this.#retry);
    this.#waiting = [];
    this.#master.destroy();
    closeSync(this.#slaveFd);
  }

  #flush(): void {
    this.#retry = undefined;
    if (this.#waiting.length > 1) this.#waiting = [Buffer.concat(this.#waiting)];
    while (this.#waiting.length > 0) {
      const chunk = this.#waiting[0]!;
      let written = 0;
      try {
        written = writeSync(this.#masterFd, chunk);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
      this.#waitingBytes -= written;
      if (written === chunk.length) {
        this.#waiting.shift();
      } else {
        this.#waiting[0] = chunk.subarray(written);
        this.#retry = setTimeout(() => this.#flush(), RETRY_MS);
        return;
      }
    }
  }
}
