/** An emulated board in a process of its own, behind a port that any program can open. */
import { rmSync } from 'node:fs';
import type { EmulatedBoardConfig } from '../../drivers/emulator/emulated-board.js';
import type { PlugKind } from '../../drivers/emulator/plug.js';
import type { BoardCommand, BoardReport } from '../../drivers/emulator/side-channel.js';
import { BeamloopError } from '../core/errors.js';
import { Child } from './child.js';
import { compiledEntry } from './compiled-entry.js';

type Ready = Extract<BoardReport, { type: 'ready' }>;
type BoardChild = Child<BoardCommand, BoardReport, Ready>;

/**
 * Starts an emulated board. Its process ends with this one, even when this one is killed, and removes its files.
 *
 * @param onFailure told when its process ends without having been closed.
 * @param at where it can be reached.
 * @throws BeamloopError PORT_FAILED where the board cannot be started, e.g. without pseudo-terminals.
 */
export async function startEmulatedBoard(
  config: EmulatedBoardConfig,
  onFailure: (error: BeamloopError) => void = () => {},
  at: PlugKind = { kind: 'pty' },
): Promise<EmulatedBoardHandle> {
  const advances = new Advances();
  const { child, ready } = await Child.start<BoardCommand, BoardReport, Ready>({
    entry: compiledEntry('../../drivers/emulator/board-process.js', import.meta.url),
    start: { type: 'start', config, at },
    onReport: (report) => {
      if (report.type === 'advanced') advances.settle(report.id, report.nowS);
    },
    onLost: (what) =>
      onFailure(
        new BeamloopError('BOARD_SILENT', {
          what: `The emulated board is gone: ${what}`,
          todo: 'See whether something on this machine ends processes, for want of memory say',
        }),
      ),
    failure: ({ what, where, todo }) =>
      new BeamloopError('PORT_FAILED', {
        what: `The emulated board did not start: ${what}`,
        ...(where !== undefined && { where }),
        ...(todo !== undefined && { todo }),
      }),
  });
  return new EmulatedBoardHandle(child, ready, advances);
}

/** What the laboratory can do to a running emulated board; its bytes go through the port at `path`. */
export class EmulatedBoardHandle {
  /** Name of its port; stays the same when the board is unplugged and put back. */
  readonly path: string;
  /** What programs that are to reach it must be started with; nothing but for USB. */
  readonly environment: Readonly<Record<string, string>>;
  /** Unix socket that tells what the array radiates. */
  readonly airPath: string;
  /** Resolves when the process has ended, by `close` or by itself. */
  readonly ended: Promise<void>;
  readonly #child: BoardChild;
  readonly #advances: Advances;

  constructor(child: BoardChild, { path, environment, airPath, directory }: Ready, advances: Advances) {
    this.#child = child;
    this.#advances = advances;
    this.path = path;
    this.environment = environment;
    this.airPath = airPath;
    this.ended = child.ended.then(() => {
      advances.fail(this.#gone());
      // The process removes its files itself, unless it was killed.
      rmSync(directory, { recursive: true, force: true });
    });
  }

  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Virtual time: lets the board run through its slots up to its time `toS`. Resolves with its time then: later when
   * `toS` was already past, 0 when it lost power on the way. Rejects with BOARD_SILENT when the process is gone.
   */
  advance(toS: number): Promise<number> {
    if (this.#child.over) return Promise.reject(this.#gone());
    const { id, settled } = this.#advances.begin();
    this.#child.send({ type: 'advance', id, toS });
    return settled;
  }

  /** The trigger input rises. */
  trigger(): void {
    this.#child.send({ type: 'trigger' });
  }

  /** Power cycle. */
  reset(): void {
    this.#child.send({ type: 'reset' });
  }

  /** Nothing moves on the line for a while. */
  stall(durationS: number): void {
    this.#child.send({ type: 'stall', durationS });
  }

  /** Pulls the cable, for `durationS` or until `replug`. */
  unplug(durationS?: number): void {
    this.#child.send({ type: 'unplug', ...(durationS !== undefined && { durationS }) });
  }

  replug(): void {
    this.#child.send({ type: 'replug' });
  }

  /** Ends the process and waits for it; safe to call twice. */
  async close(): Promise<void> {
    await this.#child.close();
    await this.ended;
  }

  #gone(): BeamloopError {
    return new BeamloopError('BOARD_SILENT', {
      what: "The emulated board's process has ended",
      where: this.path,
      todo: 'See the messages before this one',
    });
  }
}

/** Requests to advance that were not answered yet. */
class Advances {
  readonly #waiting = new Map<number, { resolve: (nowS: number) => void; reject: (error: Error) => void }>();
  #lastId = 0;

  begin(): { id: number; settled: Promise<number> } {
    const id = ++this.#lastId;
    const settled = new Promise<number>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    return { id, settled };
  }

  settle(id: number, nowS: number): void {
    this.#waiting.get(id)?.resolve(nowS);
    this.#waiting.delete(id);
  }

  fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
