/** Runs of other machines, as they are published on a NATS server, beside those of this user. */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import type { RemoteRuns } from '../live/remote/remote-runs.js';
import { runFolder } from '../live/run-folder.js';
import { hostToken, type RunAnswer } from '../live/telemetry/subjects.js';
import type { RunSource, Watched } from './run-source.js';

/** Between two looks for runs whose beginning was not heard, ms. */
const LOOK_MS = 5000;

export class PublishedRuns implements RunSource {
  readonly #remote: RemoteRuns;
  readonly #own: RunSource;
  /** By name. */
  readonly #there = new Map<string, RunAnswer>();
  /** How often a run was lost: one that is heard again has another name than before. */
  readonly #numLost = new Map<string, number>();
  #lookedMs = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | null = null;

  /** @param own runs of this user, which are not taken twice. */
  constructor(remote: RemoteRuns, own: RunSource) {
    this.#remote = remote;
    this.#own = own;
    remote.onBegin(() => {
      this.#lookedMs = Number.NEGATIVE_INFINITY;
    });
  }

  async newRuns(known: ReadonlySet<string>): Promise<string[]> {
    // Answers take a second, for which runs of this user are not to wait.
    if (performance.now() - this.#lookedMs >= LOOK_MS) {
      this.#lookedMs = performance.now();
      this.#looking ??= this.#look().finally(() => {
        this.#looking = null;
      });
    }
    return [
      ...(await this.#own.newRuns(known)),
      ...[...this.#there.keys()].filter((name) => !known.has(name)),
    ];
  }

  async watch(name: string, signal: AbortSignal): Promise<Watched> {
    const run = this.#there.get(name);
    if (run === undefined) return this.#own.watch(name, signal);
    const watch = await this.#remote.watch(run);
    signal.addEventListener('abort', () => watch.close(), { once: true });
    watch.onLost(() => this.#numLost.set(run.prefix, (this.#numLost.get(run.prefix) ?? 0) + 1));
    return watch;
  }

  isThere(name: string): boolean {
    return this.#there.has(name) || this.#own.isThere(name);
  }

  async #look(): Promise<void> {
    const runs = await this.#remote.list();
    this.#there.clear();
    for (const run of runs) {
      if (isOfThisUser(run)) continue;
      this.#there.set(`${run.prefix}#${this.#numLost.get(run.prefix) ?? 0}`, run);
    }
  }
}

function isOfThisUser({ host, hello }: RunAnswer): boolean {
  return host === hostToken(hostname()) && existsSync(path.join(runFolder(), `${hello.id}.sock`));
}
