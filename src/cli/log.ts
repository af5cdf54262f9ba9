/** `--log FILE`: what a command was told, what came between and how it ended, as pino writes it: a JSON document a line. */
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Logger } from 'pino';
import type { Progress } from '../campaign/campaign-parts.js';
import { interruptionSentence } from '../campaign/interruptions.js';
import { BeamloopError } from '../core/errors.js';
import { VERSION } from '../core/version.js';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What has gone wrong, of what comes between while a run goes on (docs/recording.md, table `events`). */
const TROUBLE = /fault|down|lost|reset|disconnected|refused|malformed|trouble|left out|failed/;

export class CommandLog {
  #logger: Logger | null = null;
  readonly #onFailure: (what: string) => void;
  readonly #startMs = performance.now();

  /** @param onFailure told once when the log can be written no more; the command goes on. */
  constructor(onFailure: (what: string) => void) {
    this.#onFailure = onFailure;
  }

  /**
   * Appends to a file from now on.
   *
   * @throws FILE_UNWRITABLE.
   */
  open(file: string, level: LogLevel, argv: readonly string[]): void {
    try {
      if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new Error('it is a folder');
      // Few commands are called with a log: the others do not load it.
      const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino');
      const destination = pino.destination({ dest: file, append: true, sync: true });
      let isTold = false;
      destination.on('error', (error: Error) => {
        this.#logger = null;
        if (!isTold) this.#onFailure(`The log ${file} ends here: ${error.message}`);
        isTold = true;
      });
      this.#logger = pino({ name: 'beamloop', level }, destination);
    } catch (cause) {
      throw new BeamloopError('FILE_UNWRITABLE', {
        what: `The log cannot be written: ${cause instanceof Error ? cause.message : cause}`,
        where: file,
        todo: 'Name a file in a folder that is there and can be written to',
        cause,
      });
    }
    this.info(
      { argv: withoutSecrets(argv), version: VERSION, node: process.version, cwd: process.cwd() },
      'started',
    );
  }

  debug(detail: object, text: string): void {
    this.#logger?.debug(detail, text);
  }

  info(detail: object, text: string): void {
    this.#logger?.info(detail, text);
  }

  warn(detail: object, text: string): void {
    this.#logger?.warn(detail, text);
  }

  /** @param error why the command did not end well; null when it did. */
  ended(error: BeamloopError | null, exitCode: number): void {
    const tookS = (performance.now() - this.#startMs) / 1e3;
    if (error === null) this.info({ exitCode, tookS }, 'ended');
    else {
      const { code, what, where, todo, recording } = error;
      this.#logger?.error({ exitCode, tookS, code, where, todo, recording }, what);
    }
  }

  /** The same progress, which the log hears of as well. */
  around(progress: Progress): Progress {
    if (this.#logger === null) return progress;
    return {
      warning: (text) => progress.warning(text),
      waiting: (user, url) => {
        this.info({ user, url }, 'waiting for UE');
        progress.waiting(user, url);
      },
      batch: (user, turn, numUsers, numPilots, mostPilots) => {
        this.debug({ user, numPilots, mostPilots }, 'pilots measured');
        progress.batch(user, turn, numUsers, numPilots, mostPilots);
      },
      finished: (outcome, turn, numUsers) => {
        const { ue, estimate, failure } = outcome;
        this.info(
          { ue, turn, numUsers, estimate, failure },
          estimate === null ? 'user not found' : 'user found',
        );
        progress.finished(outcome, turn, numUsers);
      },
      epoch: (numDone, numEpochs, states) => {
        this.debug({ numDone, numEpochs, states }, 'epoch');
        progress.epoch?.(numDone, numEpochs, states);
      },
      interruption: (kind, detail) => {
        const text = interruptionSentence(kind, detail) ?? kind;
        if (TROUBLE.test(kind)) this.warn({ event: kind, detail }, text);
        else this.info({ event: kind, detail }, text);
        progress.interruption?.(kind, detail);
      },
    };
  }
}

/** `--set bridge.token=…` is nobody's business but the bridge's; nor is who asks in `--nats nats://user:password@host`. */
function withoutSecrets(argv: readonly string[]): string[] {
  return argv.map((word, k) => {
    if (/(token|password)=/i.test(word)) return word.replace(/((token|password)=).*/i, '$1…');
    if (/(token|password)$/i.test(argv[k - 1] ?? '')) return '…';
    const isServer = argv[k - 1] === '--nats' || word.startsWith('--nats=');
    return isServer ? word.replace(/^(--nats=)?.*@/, '$1…@') : word;
  });
}
