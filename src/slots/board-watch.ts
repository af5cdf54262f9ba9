/** Watches for a board that restarts, forgets the session or stays away, so that whoever waits for it is told. */
import type { ArrayBoard } from '../../drivers/array-board.js';
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { Stop, type StopSignal } from '../core/stop-signal.js';
import { isKept } from './slot-outcome.js';

/** How long the board may be unplugged, s. */
const RECONNECT_TIMEOUT_S = 60;

const INTERRUPTED = Symbol('the board restarted or forgot the session');

export class BoardWatch {
  readonly #clock: Clock;
  /** Raised with INTERRUPTED (and replaced) or, for good, with an error. */
  #life = new AbortController();
  #away: AbortController | undefined;
  #isClosed = false;
  #numSilences = 0;
  #breach: string | null = null;
  #says: string | null = null;

  /** @param onEvent what to record; 'board reset' comes before waiters are told. */
  constructor(board: ArrayBoard, clock: Clock, onEvent: (kind: string, detail: unknown) => void) {
    this.#clock = clock;
    board.on('fault', (fault) => {
      if (fault.code === 'watchdog') this.#numSilences++;
      this.#breach ??= fault.breach ?? null;
      this.#says = fault.says ?? this.#says;
      onEvent('board fault', fault);
    });
    board.on('link', (state, reason) => {
      onEvent(`link ${state}`, { reason });
      this.#onLink(state, reason);
    });
    let lastKept: number | null = null;
    board.on('receipt', ({ slot, status }) => {
      if (isKept(status)) lastKept = slot;
    });
    const interrupted = (kind: string, detail: unknown = {}) => {
      onEvent(kind, detail);
      const before = this.#life;
      this.#life = new AbortController();
      before.abort(INTERRUPTED);
    };
    board.on('reset', () => {
      // A board of its own language was heard after the end of the slots that it has told of.
      const isInDoubt = lastKept !== null && board.description.hostTimed === undefined;
      interrupted('board reset', isInDoubt ? { inOrAfterSlot: lastKept } : {});
    });
    board.on('replaced', () => interrupted('board session lost'));
  }

  /** How often the board's watchdog has found this machine silent. */
  get numSilences(): number {
    return this.#numSilences;
  }

  /** The first thing that the board did against its protocol; null while it did none. */
  get breach(): string | null {
    return this.#breach;
  }

  /** What was wrong last in the words of a board, or of its driver; null where none said any. */
  get says(): string | null {
    return this.#says;
  }

  /**
   * Runs a step that depends on the board. Returns false when the board restarted or forgot the session meanwhile. The step's
   * signal is raised then, and when the step is over, so that nothing of it stays behind. Throws what the step throws, BOARD_SILENT when the board stays away, the caller's reason when aborted.
   */
  async during(step: (signal: StopSignal) => Promise<void>, signal: StopSignal): Promise<boolean> {
    const life = this.#life.signal;
    const either = new Stop(signal, life);
    try {
      await untilAborted(step(either), either);
      either.end('over');
      return true;
    } catch (error) {
      either.end(error);
      if (life.aborted && life.reason === INTERRUPTED && !signal.aborted) return false;
      throw error;
    }
  }

  /** A board that goes after that is nobody's concern, and no timer waits for it. */
  close(): void {
    this.#isClosed = true;
    this.#away?.abort();
  }

  #onLink(state: 'up' | 'down', reason: string): void {
    this.#away?.abort();
    this.#away = undefined;
    if (state === 'up' || this.#isClosed) return;
    this.#away = new AbortController();
    this.#clock.sleep(RECONNECT_TIMEOUT_S, this.#away.signal).then(
      () =>
        this.#life.abort(
          new BeamloopError('BOARD_SILENT', {
            what: `The link to the board was down for ${RECONNECT_TIMEOUT_S} s: ${reason}`,
            todo: 'Check cable and power',
          }),
        ),
      () => {},
    );
  }
}

/** Waits for a promise unless the signal is raised first; then rejects with its reason. */
function untilAborted<T>(promise: Promise<T>, signal: StopSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
