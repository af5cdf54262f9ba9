/** The firmware as a process behind a pseudo-terminal, for the checks of drivers/conformance. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Rig } from '../../drivers/conformance/rig.js';
import { SerialTransport } from '../../drivers/transports/serial.js';
import { monotonicClock } from '../../src/core/clock.js';

const BAUD = 3_000_000;
/** What a machine that does other things may add to a time that the board keeps, s. */
const SLACK_S = 0.15;
/** For a signal to reach the program, s. */
const SIGNAL_S = 0.05;

export class PosixBoard {
  readonly path: string;
  readonly #child: ChildProcess;
  readonly #said: string[];

  /**
   * Starts the program `beamboard` that lies in a folder.
   *
   * @param onAir told of every latch, as `beamboard --air` tells it.
   * @param baud of the line, bit/s; bytes take no time unless given.
   */
  static async start(
    folder: string,
    { onAir, baud }: { readonly onAir?: (bytes: Buffer) => void; readonly baud?: number } = {},
  ): Promise<PosixBoard> {
    const args = ['--with-stdin'];
    if (onAir !== undefined) args.push('--air', '3');
    if (baud !== undefined) args.push('--baud', String(baud));
    const child = spawn(path.join(folder, 'beamboard'), args, {
      stdio: ['pipe', 'pipe', 'pipe', onAir === undefined ? 'ignore' : 'pipe'],
    });
    if (onAir !== undefined) (child.stdio[3] as Readable).on('data', onAir);
    const said: string[] = [];
    child.stderr!.on('data', (chunk) => said.push(String(chunk)));
    const [line] = await Promise.race([
      once(createInterface(child.stdout!), 'line'),
      once(child, 'close').then(([status]) => {
        throw new Error(`beamboard ended with ${status}: ${said.join('')}`);
      }),
    ]);
    return new PosixBoard(String(line), child, said);
  }

  private constructor(port: string, child: ChildProcess, said: string[]) {
    this.path = port;
    this.#child = child;
    this.#said = said;
  }

  rig(): Rig {
    return {
      transport: new SerialTransport({ port: this.path, baudRate: BAUD }),
      clock: monotonicClock,
      random: () => randomBytes(4).readUInt32LE(),
      slackS: SLACK_S,
      powerCycle: async () => {
        this.#child.kill('SIGHUP');
        await monotonicClock.sleep(SIGNAL_S);
      },
      trigger: () => this.#child.kill('SIGUSR1'),
    };
  }

  /** Ends it. Rejects with what a sanitizer, or anything else, said about it. */
  async end(): Promise<void> {
    const isRunning = this.#child.exitCode === null && this.#child.signalCode === null;
    const closed = isRunning ? once(this.#child, 'close') : null;
    this.#child.stdin?.end();
    if (closed !== null) await closed;
    const { exitCode, signalCode } = this.#child;
    const said = this.#said.join('');
    if (exitCode !== 0 || said !== '')
      throw new Error(`beamboard ended with ${exitCode ?? signalCode}: ${said}`);
  }
}
