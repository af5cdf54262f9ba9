/** The firmware's image in QEMU's evaluation board, its UART on a pseudo-terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import type { Rig } from '../../drivers/conformance/rig.js';
import { SerialTransport } from '../../drivers/transports/serial.js';
import { monotonicClock } from '../../src/core/clock.js';
import { ownFolder } from './toolchain.js';

const BAUD = 115_200;
/** What the machine, and QEMU on it, may add to a time that the board keeps, s. */
const SLACK_S = 0.3;
/** For a reset, or a button, to reach the board, s. */
const MONITOR_S = 0.1;
/** lm3s6965.ld: the word that is another one after every loss of power. */
const POWER_SEED_AT = 0x2000_fff8;

export class QemuBoard {
  readonly #path: string;
  readonly #child: ChildProcess;
  readonly #monitor: Socket;
  readonly #said: string[];

  /** Starts the image `lm3s6965.elf` that lies in a folder. */
  static async start(folder: string): Promise<QemuBoard> {
    const socket = path.join(ownFolder(), 'monitor');
    const seed = randomBytes(4).readUInt32LE();
    const child = spawn(
      'qemu-system-arm',
      [
        ...['-M', 'lm3s6965evb', '-nodefaults', '-display', 'none', '-serial', 'pty'],
        ...['-qmp', `unix:${socket},server=on,wait=off`],
        ...['-kernel', path.join(folder, 'lm3s6965.elf')],
        ...['-device', `loader,addr=${POWER_SEED_AT},data=${seed},data-len=4`],
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const said: string[] = [];
    const device = new Promise<string>((resolve, reject) => {
      const listen = (chunk: Buffer) => {
        said.push(String(chunk));
        const [, found] = /redirected to (\S+)/.exec(said.join('')) ?? [];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('close', (status) => reject(new Error(`QEMU ended with ${status}: ${said.join('')}`)));
    });
    const port = await device;
    const monitor = connect(socket);
    await once(monitor, 'connect');
    monitor.resume();
    monitor.write('{"execute":"qmp_capabilities"}\n');
    return new QemuBoard(port, child, monitor, said);
  }

  private constructor(port: string, child: ChildProcess, monitor: Socket, said: string[]) {
    this.#path = port;
    this.#child = child;
    this.#monitor = monitor;
    this.#said = said;
  }

  rig(): Rig {
    return {
      transport: new SerialTransport({ port: this.#path, baudRate: BAUD }),
      clock: monotonicClock,
      random: () => randomBytes(4).readUInt32LE(),
      slackS: SLACK_S,
      powerCycle: async () => {
        this.#tell('{"execute":"system_reset"}');
        await monotonicClock.sleep(MONITOR_S);
      },
      // The button SELECT, which the evaluation board's keys of QEMU give to Ctrl.
      trigger: () =>
        this.#tell('{"execute":"send-key","arguments":{"keys":[{"type":"qcode","data":"ctrl"}]}}'),
    };
  }

  /** Ends it. Rejects where QEMU ended by itself. */
  async end(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    this.#monitor.destroy();
    if (exitCode !== null || signalCode !== null) {
      throw new Error(`QEMU ended with ${exitCode ?? signalCode}: ${this.#said.join('')}`);
    }
    const closed = once(this.#child, 'close');
    // It may stand still in a write to a line that nobody reads any more, and hear of no gentler signal.
    this.#child.kill('SIGKILL');
    await closed;
  }

  #tell(command: string): void {
    this.#monitor.write(`${command}\n`);
  }
}
