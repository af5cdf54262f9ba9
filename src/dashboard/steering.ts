/** A beam that is pointed by hand: `beamloop steer --stdin`, which mutes the array when we are gone. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { BeamloopError } from '../core/errors.js';
import { errorOf, steeringProcess } from './child-command.js';
import type { PageError, StartedEntry } from './page-messages.js';

/** Orders that wait for the board at once. */
const MOST_ORDERS = 16;
/** Of what the command says on standard error, characters. */
const MOST_SAID = 10_000;
/** From being told to end to being ended, ms. */
const GRACE_MS = 5000;

interface Waiting {
  /** The line that asked. */
  readonly order: string;
  readonly resolve: (line: SteerLine) => void;
  readonly reject: (error: Error) => void;
}

/** A line of the command's standard output. */
interface SteerLine {
  /** The line that is answered. */
  readonly order?: string;
  /** A later order came before the board was free. */
  readonly skipped?: boolean;
  readonly to?: string;
  readonly receipt?: { readonly hash: string; readonly status: string; readonly boardTimeS: number } | null;
  readonly error?: PageError;
}

export interface Point {
  /** Null for the far field. */
  readonly distanceM: number | null;
  readonly angleRad: number;
  /** Null for linear arrays. */
  readonly elevationRad: number | null;
}

export class Steering {
  readonly #child: ChildProcess;
  readonly #waiting: Waiting[] = [];
  readonly ended: Promise<PageError | null>;
  #isOver = false;

  constructor(scenarioFile: string, spawned = steeringProcess(scenarioFile)) {
    this.#child = spawned;
    let stderr = '';
    let last = '';
    spawned.stdin!.on('error', () => {});
    spawned.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-MOST_SAID);
    });
    createInterface({ input: spawned.stdout! }).on('line', (line) => {
      last = line;
      this.#answer(line);
    });
    this.ended = new Promise((resolve) => {
      const end = (error: PageError | null) => {
        this.#isOver = true;
        for (const { reject } of this.#waiting.splice(0)) reject(gone(error));
        resolve(error);
      };
      spawned.once('error', ({ message }) => end({ code: 'INTERNAL', what: message }));
      spawned.once('close', (code) => end(code === 0 ? null : errorOf(last, stderr, code)));
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /**
   * Resolves with what the board latched, in words.
   *
   * @throws what the command says of it; BOARD_SILENT when it is over.
   */
  async to({ distanceM, angleRad, elevationRad }: Point): Promise<string> {
    const distance = distanceM === null ? 'inf' : `${Number(distanceM.toPrecision(6))} m`;
    const angles = [angleRad, ...(elevationRad === null ? [] : [elevationRad])];
    const degrees = angles.map((angle) => `${Number(((angle * 180) / Math.PI).toFixed(4))} deg`);
    const place = [distance, ...degrees].join(', ');
    const { receipt, skipped } = await this.#order({ to: place });
    if (skipped === true) return `Not steered to ${place}: a later order came before the board was free`;
    if (receipt === undefined || receipt === null) return `Steered to ${place}`;
    return `Steered to ${place}: ${receipt.status}, codeword ${receipt.hash}, at board time ${receipt.boardTimeS.toFixed(6)} s`;
  }

  /** Ends the command, which mutes the array first. Resolves when it has ended. */
  async close(): Promise<PageError | null> {
    this.#child.stdin!.end();
    const timer = setTimeout(() => this.#child.kill('SIGTERM'), GRACE_MS);
    const error = await this.ended;
    clearTimeout(timer);
    return error;
  }

  #order(order: { readonly to: string } | { readonly mute: true }): Promise<SteerLine> {
    if (this.#isOver) throw gone(null);
    if (this.#waiting.length >= MOST_ORDERS) {
      throw new BeamloopError('BOARD_SILENT', {
        what: `${MOST_ORDERS} beams wait for the board already`,
        todo: 'Wait until it has latched them',
      });
    }
    return new Promise((resolve, reject) => {
      const line = JSON.stringify(order);
      this.#waiting.push({ order: line, resolve, reject });
      this.#child.stdin!.write(`${line}\n`);
    });
  }

  #answer(line: string): void {
    const answer = answerOf(line);
    const at = this.#waiting.findIndex(({ order }) => order === answer?.order);
    if (answer === null || at < 0) return;
    const [waiting] = this.#waiting.splice(at, 1) as [Waiting];
    const { error } = answer;
    if (error === undefined) {
      waiting.resolve(answer);
      return;
    }
    const { code, what, where, todo } = error;
    waiting.reject(
      new BeamloopError(code as BeamloopError['code'], {
        what,
        ...(where && { where }),
        ...(todo && { todo }),
      }),
    );
  }
}

function answerOf(line: string): SteerLine | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function gone(error: PageError | null): BeamloopError {
  return new BeamloopError('BOARD_SILENT', {
    what: `Nobody steers any more${error === null ? '' : `: ${error.what}`}`,
    todo: 'Begin to steer again',
  });
}

export const NOTHING_STARTED: StartedEntry = { state: 'idle', pid: null, error: null };
