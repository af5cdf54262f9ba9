/** A process of the emulation: forked with an IPC channel, told what to be, and gone when this process is gone. */

import { type ChildProcess, fork } from 'node:child_process';
import type { FailureReport } from '../../drivers/emulator/parent.js';
import type { BeamloopError } from '../core/errors.js';

/** How long a process may take to end before it is killed. */
const GRACE_MS = 3000;

export interface ChildOptions<Command, Report> {
  /** Path of the compiled module. */
  readonly entry: string;
  /** First message to it; it answers with a report of type `ready` or `failed`. */
  readonly start: Command;
  /** Reports after `ready`. */
  readonly onReport: (report: Report) => void;
  /** Told how the process ended when it was ready and nobody had closed it. */
  readonly onLost?: (how: string) => void;
  /** Turns a failure into the error to throw; `report` says why. */
  readonly failure: (report: Omit<FailureReport, 'type'>) => BeamloopError;
}

export class Child<Command, Report extends { readonly type: string }, Ready extends Report> {
  /** Resolves when the process has ended, by `close` or by itself. */
  readonly ended: Promise<void>;
  readonly #process: ChildProcess;
  readonly #ready: Promise<Ready>;
  #over = false;
  #isReady = false;
  #isClosing = false;

  private constructor(options: ChildOptions<Command, Report>) {
    // Structured clones: the channel then carries Infinity and typed arrays as they are.
    const child = fork(options.entry, {
      // Not in the terminal's group: Ctrl-C is for us, and we end it when it has muted.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
      serialization: 'advanced',
    });
    this.#process = child;
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#over = true;
        if (this.#isReady && !this.#isClosing) options.onLost?.(endOf(code, signal));
        resolve();
      });
    });
    this.#ready = new Promise((resolve, reject) => {
      // Once it is ready, only messages to a process that is ending fail: its end is told by `ended`.
      child.on('error', (error) => reject(options.failure({ what: error.message })));
      child.once('exit', (code, signal) => reject(options.failure({ what: endOf(code, signal) })));
      child.on('message', (report: Report | FailureReport) => {
        if (report.type === 'ready') {
          this.#isReady = true;
          resolve(report as Ready);
        } else if (report.type === 'failed') reject(options.failure(report as FailureReport));
        if (report.type !== 'ready') options.onReport(report as Report);
      });
    });
    this.send(options.start);
  }

  /** Starts the process and waits until it is ready. Throws what `failure` makes of the reason when it is not. */
  static async start<Command, Report extends { readonly type: string }, Ready extends Report>(
    options: ChildOptions<Command, Report>,
  ): Promise<{ child: Child<Command, Report, Ready>; ready: Ready }> {
    const child = new Child<Command, Report, Ready>(options);
    return { child, ready: await child.#ready };
  }

  get pid(): number {
    return this.#process.pid ?? -1;
  }

  /** The process has ended. */
  get over(): boolean {
    return this.#over;
  }

  send(command: Command): void {
    if (this.#process.connected) this.#process.send(command as object);
  }

  /** Ends the process and waits for it; safe to call twice. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (!this.#over) this.#process.kill('SIGTERM');
    const kill = setTimeout(() => this.#process.kill('SIGKILL'), GRACE_MS);
    await this.ended;
    clearTimeout(kill);
  }
}

function endOf(code: number | null, signal: NodeJS.Signals | null): string {
  return `its process ended (${signal ?? `exit code ${code}`})`;
}
