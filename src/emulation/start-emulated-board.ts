/** Emulated boards in a process of their own, each behind a port that any program can open. */
import { rmSync } from 'node:fs';
import type { EmulatedBoardConfig } from '../../drivers/emulator/emulated-board.js';
import type { FailureReport } from '../../drivers/emulator/parent.js';
import type { PlugKind } from '../../drivers/emulator/plug.js';
import type { BoardCommand, BoardReport } from '../../drivers/emulator/side-channel.js';
import { compiledEntry } from '../core/compiled-entry.js';
import { BeamloopError } from '../core/errors.js';
import { Child } from './child.js';

type Ready = Extract<BoardReport, { type: 'ready' }>;
/** Of whatever process it is, what its handle uses. */
type BoardChild = Pick<Child<never, BoardReport, Ready>, 'pid' | 'over' | 'ended' | 'close'> & {
  send(command: Exclude<BoardCommand, { type: 'start' }>): void;
};

/**
 * Starts an emulated board. Its process ends with this one, even when this one is killed, and removes its files.
 *
 * @param onFailure told when its process ends without having been closed.
 * @param at where it can be reached.
 * @throws BeamloopError PORT_FAILED where the board cannot be started, e.g. without pseudo-terminals.
 */
export function startEmulatedBoard(
  config: EmulatedBoardConfig,
  onFailure: (error: BeamloopError) => void = () => {},
  at: PlugKind = { kind: 'pty' },
): Promise<EmulatedBoardHandle> {
  return startEmulatedBoards([config], onFailure, at);
}

/** As `startEmulatedBoard`, of boards that radiate as one array: each has its places, and all are on real time or none. */
export async function startEmulatedBoards(
  boards: readonly EmulatedBoardConfig[],
  onFailure: (error: BeamloopError) => void = () => {},
  at: PlugKind = { kind: 'pty' },
): Promise<EmulatedBoardHandle> {
  const advances = new Advances();
  const { child, ready } = await Child.start<BoardCommand, BoardReport, Ready>({
    entry: compiledEntry('../../drivers/emulator/board-process.js', import.meta.url),
    start: { type: 'start', boards, at },
    onReport: (report) => {
      if (report.type === 'advanced') advances.settle(report.id, report.timesS);
    },
    ...boardTroubles(onFailure),
  });
  return new EmulatedBoardHandle(child, ready, advances);
}

/** What is said where the process of an emulated board is lost, or does not start. */
export function boardTroubles(onFailure: (error: BeamloopError) => void) {
  return {
    onLost: (what: string) =>
      onFailure(
        new BeamloopError('BOARD_SILENT', {
          what: `The emulated board is gone: ${what}`,
          todo: 'See whether something on this machine ends processes, for want of memory say',
        }),
      ),
    failure: ({ what, where, todo }: Omit<FailureReport, 'type'>) =>
      new BeamloopError('PORT_FAILED', {
        what: `The emulated board did not start: ${what}`,
        ...(where !== undefined && { where }),
        ...(todo !== undefined && { todo }),
      }),
  };
}

/** What the laboratory can do to running emulated boards, counted from 0; their bytes go through the ports at `paths`. */
export class EmulatedBoardHandle {
  /** Names of their ports; stay the same when a board is unplugged and put back. */
  readonly paths: readonly string[];
  /** What programs that are to reach it must be started with; nothing but for USB. */
  readonly environment: Readonly<Record<string, string>>;
  /** Unix socket that tells what the array radiates. */
  readonly airPath: string;
  /** Resolves when the process has ended, by `close` or by itself. */
  readonly ended: Promise<void>;
  readonly #child: BoardChild;
  readonly #advances: Advances;

  constructor(
    child: BoardChild,
    { paths, environment, airPath, directory }: Ready,
    advances: Advances = new Advances(),
  ) {
    this.#child = child;
    this.#advances = advances;
    this.paths = paths;
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

  /** That of the first board. */
  get path(): string {
    return this.paths[0]!;
  }

  /**
   * Virtual time: lets the boards run through their slots up to time `toS` of the first. Resolves with its time then: later when
   * `toS` was already past, 0 when it lost power on the way. Rejects with BOARD_SILENT when the process is gone.
   */
  async advance(toS: number): Promise<number> {
    return (await this.#advance(toS))[0]!;
  }

  /** Virtual time: each board's time now, of one moment, s. Rejects as `advance`. */
  timesS(): Promise<readonly number[]> {
    return this.#advance(Number.NEGATIVE_INFINITY);
  }

  #advance(toS: number): Promise<readonly number[]> {
    if (this.#child.over) return Promise.reject(this.#gone());
    const { id, settled } = this.#advances.begin();
    this.#child.send({ type: 'advance', id, toS });
    return settled;
  }

  /** The trigger inputs of all boards rise. */
  trigger(): void {
    this.#child.send({ type: 'trigger' });
  }

  /** Power cycle. */
  reset(board = 0): void {
    this.#child.send({ type: 'reset', board });
  }

  /** Nothing moves on the line for a while. */
  stall(durationS: number, board = 0): void {
    this.#child.send({ type: 'stall', board, durationS });
  }

  /** Pulls the cable, for `durationS` or until `replug`. */
  unplug(durationS?: number, board = 0): void {
    this.#child.send({ type: 'unplug', board, ...(durationS !== undefined && { durationS }) });
  }

  replug(board = 0): void {
    this.#child.send({ type: 'replug', board });
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
  readonly #waiting = new Map<
    number,
    { resolve: (timesS: readonly number[]) => void; reject: (error: Error) => void }
  >();
  #lastId = 0;

  begin(): { id: number; settled: Promise<readonly number[]> } {
    const id = ++this.#lastId;
    const settled = new Promise<readonly number[]>((resolve, reject) =>
      this.#waiting.set(id, { resolve, reject }),
    );
    return { id, settled };
  }

  settle(id: number, timesS: readonly number[]): void {
    this.#waiting.get(id)?.resolve(timesS);
    this.#waiting.delete(id);
  }

  fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
