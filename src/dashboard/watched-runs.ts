/** The runs that can be watched: found as they begin, kept for a while when they are over. */
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import type { RunEntry } from './page-messages.js';
import type { RunSource } from './run-source.js';
import { type Tell, WatchedRun } from './watched-run.js';

/** Between two looks for new runs, s: the beginning of a run that takes a second is not to be missed. */
const LOOK_S = 0.1;
/** Watched at once, and remembered when they are over. */
const MOST_RUNS = 16;
const MOST_OVER = 8;
const MOST_TROUBLES = 8;

export class WatchedRuns {
  readonly #source: RunSource;
  readonly #clock: Clock;
  readonly #tell: Tell;
  readonly #changed: () => void;
  readonly #closed = new AbortController();
  /** Oldest first. */
  readonly #runs = new Map<string, WatchedRun>();
  /** Names of runs that were opened or refused us. */
  readonly #known = new Set<string>();
  readonly #troubles: string[] = [];
  #looking: Promise<void> | null = null;

  /** @param changed is told when runs come or end. */
  constructor(source: RunSource, tell: Tell, changed: () => void, clock: Clock) {
    this.#source = source;
    this.#tell = tell;
    this.#changed = changed;
    this.#clock = clock;
  }

  get troubles(): readonly string[] {
    return this.#troubles;
  }

  find(id: string): WatchedRun | null {
    return this.#runs.get(id) ?? null;
  }

  /** Newest first. @param isOwn whether this dashboard started the process. */
  entries(isOwn: (pid: number) => boolean): RunEntry[] {
    return [...this.#runs.values()].reverse().map(({ hello, isOver, host, whyNoOrders }) => ({
      id: hello.id,
      pid: hello.pid,
      name: hello.name,
      command: hello.command,
      startedAt: hello.startedAt,
      isEmulated: hello.board.isEmulated,
      isOver,
      // Another machine has processes of the same numbers.
      isOwn: host === null && isOwn(hello.pid),
      ...{ host, whyNoOrders },
    }));
  }

  /** Looks for runs from now on. */
  begin(): void {
    this.#looking = this.#look();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    for (const run of this.#runs.values()) run.close();
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { signal } = this.#closed;
    while (!signal.aborted) {
      try {
        for (const name of await this.#source.newRuns(this.#known)) await this.#open(name);
      } catch (error) {
        this.#trouble(error);
      }
      await this.#clock.sleep(LOOK_S, signal).catch(() => undefined);
    }
  }

  async #open(name: string): Promise<void> {
    if ([...this.#runs.values()].filter(({ isOver }) => !isOver).length >= MOST_RUNS) {
      this.#trouble(`More than ${MOST_RUNS} runs go on; the others are not watched`);
      return;
    }
    // Names are never used again, so a run that cannot be watched is tried once.
    this.#known.add(name);
    try {
      const watched = await this.#source.watch(name, this.#closed.signal);
      const run = new WatchedRun(watched, this.#tell, this.#clock);
      this.#runs.set(run.hello.id, run);
      this.#forgetOld();
      this.#changed();
      void run.follow().then(this.#changed);
    } catch (error) {
      // A run that was over before it greeted is none that cannot be watched.
      if (!this.#closed.signal.aborted && this.#source.isThere(name)) this.#trouble(error);
    }
  }

  #forgetOld(): void {
    const over = [...this.#runs.values()].filter(({ isOver }) => isOver);
    for (const { hello } of over.slice(0, Math.max(0, over.length - MOST_OVER))) this.#runs.delete(hello.id);
  }

  #trouble(error: unknown): void {
    const text = error instanceof BeamloopError ? error.message : String(error);
    if (this.#troubles.includes(text)) return;
    this.#troubles.push(text);
    if (this.#troubles.length > MOST_TROUBLES) this.#troubles.shift();
    this.#changed();
  }
}
