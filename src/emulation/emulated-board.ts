/** An emulated board in a process of its own, behind a serial port that any program can open. */
import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { EmulatedBoardConfig } from '../../drivers/emulator/emulated-board.js';
import type { BoardCommand, BoardReport } from '../../drivers/emulator/side-channel.js';
import { BeamloopError } from '../core/errors.js';
import { compiledEntry } from './compiled-entry.js';

type Ready = Extract<BoardReport, { type: 'ready' }>;

export interface EmulatedBoardHandle {
  /** Serial port; stays the same when the board is unplugged and put back. */
  readonly path: string;
  /** Unix socket that tells what the array radiates. */
  readonly airPath: string;
  readonly pid: number;
  /**
   * Virtual time: lets the board run through its slots up to its time `toS`. Resolves with its time then: later when
   * `toS` was already past, 0 when it lost power on the way. Rejects with BOARD_SILENT when the process is gone.
   */
  advance(toS: number): Promise<number>;
  trigger(): void;
  /** Power cycle. */
  reset(): void;
  stall(durationS: number): void;
  /** Pulls the cable, for `durationS` or until `replug`. */
  unplug(durationS?: number): void;
  replug(): void;
  /** Resolves when the process has ended, by `close` or by itself. */
  readonly ended: Promise<void>;
  /** Ends the process and waits for it; safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts an emulated board. Its process ends with this one, even when this one is killed, and removes its files.
 *
 * @throws BeamloopError PORT_FAILED where the board cannot be started, e.g. without pseudo-terminals.
 */
export async function startEmulatedBoard(config: EmulatedBoardConfig): Promise<EmulatedBoardHandle> {
  const entry = compiledEntry('../../drivers/emulator/board-process.js', import.meta.url);
  const child = fork(entry, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  const handle = new BoardProcess(child);
  child.send({ type: 'start', config } satisfies BoardCommand);
  await handle.started();
  return handle;
}

function notStarted(what: string, where?: string, todo?: string): BeamloopError {
  return new BeamloopError('PORT_FAILED', {
    what: `The emulated board did not start: ${what}`,
    ...(where !== undefined && { where }),
    ...(todo !== undefined && { todo }),
  });
}

class BoardProcess implements EmulatedBoardHandle {
  readonly pid: number;
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (nowS: number) => void; reject: (error: Error) => void }>();
  readonly #started: Promise<Ready>;
  #ready: Ready | undefined;
  #nextId = 1;
  #over = false;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.pid = child.pid ?? -1;
    this.ended = new Promise((resolve) => {
      child.once('exit', () => {
        this.#onExit();
        resolve();
      });
    });
    this.#started = new Promise((resolve, reject) => {
      child.once('error', (error) => reject(notStarted(error.message)));
      child.once('exit', (code, signal) => reject(notStarted(`its process ended (${signal ?? code})`)));
      child.on('message', (report: BoardReport) => {
        if (report.type === 'ready') resolve(report);
        else if (report.type === 'failed') reject(notStarted(report.what, report.where, report.todo));
        else if (report.type === 'advanced') this.#advanced(report.id, report.nowS);
      });
    });
  }

  async started(): Promise<void> {
    this.#ready = await this.#started;
  }

  get path(): string {
    return this.#ready!.path;
  }

  get airPath(): string {
    return this.#ready!.airPath;
  }

  advance(toS: number): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#over) return reject(this.#gone());
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#send({ type: 'advance', id, toS });
    });
  }

  trigger(): void {
    this.#send({ type: 'trigger' });
  }

  reset(): void {
    this.#send({ type: 'reset' });
  }

  stall(durationS: number): void {
    this.#send({ type: 'stall', durationS });
  }

  unplug(durationS?: number): void {
    this.#send({ type: 'unplug', ...(durationS !== undefined && { durationS }) });
  }

  replug(): void {
    this.#send({ type: 'replug' });
  }

  async close(): Promise<void> {
    if (!this.#over) this.#child.kill('SIGTERM');
    await this.ended;
  }

  #send(command: BoardCommand): void {
    if (this.#child.connected) this.#child.send(command);
  }

  #advanced(id: number, nowS: number): void {
    this.#waiting.get(id)?.resolve(nowS);
    this.#waiting.delete(id);
  }

  #onExit(): void {
    this.#over = true;
    for (const { reject } of this.#waiting.values()) reject(this.#gone());
    this.#waiting.clear();
    // The process removes its files itself, unless it was killed.
    if (this.#ready !== undefined) rmSync(this.#ready.directory, { recursive: true, force: true });
  }

  #gone(): BeamloopError {
    return new BeamloopError('BOARD_SILENT', {
      what: "The emulated board's process has ended",
      ...(this.#ready !== undefined && { where: this.#ready.path }),
      todo: 'See the messages before this one',
    });
  }
}
