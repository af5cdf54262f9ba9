/** An emulated radio whose samples other programs take over TCP, in real time: they make powers of them, and are the UE. */
import { createServer, type Server, type Socket } from 'node:net';
import type { Signal } from '../../drivers/emulator/air.js';
import { noiseVariance } from '../channel/channel.js';
import { isWithin } from '../channel/motion/sensors.js';
import { monotonicClock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { Random } from '../core/random.js';
import type { EmulatedRadioPlan } from '../radio/radio-plan.js';
import { type SampleFormat, sampleFormat } from '../radio/sample-format.js';
import { addressOf } from '../radio/streams/open-stream.js';
import { Waveform } from '../radio/waveform.js';
import type { PowerSource, SlotPower } from '../ue/power-source.js';
import { Dropper, fullScaleOf, scale } from './emulated-radio.js';
import { type EmulatedUeOptions, receiverOf } from './emulated-ue.js';
import { SampleSynthesis, spreadOver } from './sample-synthesis.js';
import { SlotOutput } from './slot-output.js';

/** What is on the air is known here so late at most: samples are made after that. */
const LATE_S = 0.1;
const INTERVAL_S = 0.01;
/** A listener that lets so many bytes wait has gone to sleep. */
const MOST_WAITING = 64 << 20;

export class ServedRadio implements PowerSource {
  readonly isIdle = false;
  readonly #options: EmulatedUeOptions;
  readonly #plan: EmulatedRadioPlan;
  readonly #waveform: Waveform;
  readonly #receive: ReturnType<typeof receiverOf>;
  readonly #format: SampleFormat;
  readonly #address: string;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #dropper: Dropper;
  /** Null of a radio without a trigger. */
  readonly #slotOutput: SlotOutput | null;
  #synthesis: SampleSynthesis | null = null;

  /** @param address HOST:PORT. */
  constructor(options: EmulatedUeOptions, plan: EmulatedRadioPlan, address: string) {
    this.#options = options;
    this.#plan = plan;
    this.#waveform = new Waveform(plan);
    this.#receive = receiverOf(options);
    this.#format = sampleFormat(plan.format);
    this.#address = address;
    this.#dropper = new Dropper(plan, new Random(options.seed, 'radio drops', options.ueId));
    this.#slotOutput = plan.hasTrigger ? new SlotOutput(plan.slotDurationS) : null;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
      socket.resume();
    });
  }

  /** @throws BRIDGE_LISTEN when nobody may listen there. */
  async listen(onFailure: (error: unknown) => void): Promise<void> {
    const { host, port } = addressOf(this.#address, this.#address);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (cause: Error) =>
        reject(
          new BeamloopError('BRIDGE_LISTEN', {
            what: `The samples of ${this.#options.ueId} cannot be served: ${cause.message}`,
            where: `radio.emulated.serve, ${this.#address}`,
            todo: 'Choose another port',
            cause,
          }),
        ),
      );
      this.#server.listen(port, host, resolve);
    });
    this.#server.on('error', onFailure);
  }

  /** Gives out samples until `signal` is raised. */
  async untilAborted(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await monotonicClock.sleep(INTERVAL_S, signal).catch(() => {});
      this.#giveOut(monotonicClock.nowS() - LATE_S);
    }
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  listenFor(): void {
    throw new Error('the agent of a served radio is elsewhere');
  }

  powers(): AsyncIterable<SlotPower> {
    throw new Error('the agent of a served radio is elsewhere');
  }

  leave(): void {}

  hear({ fromS, untilS, weights, slot }: Signal): void {
    const { motionOriginS = 0, blockedS = [] } = this.#options;
    const { numPilots, slotDurationS } = this.#waveform;
    const startS = untilS - slotDurationS;
    const motionS = startS - motionOriginS;
    this.#slotOutput?.begins(startS);
    if (this.#synthesis === null || weights === null || isWithin(motionS, blockedS)) return;
    const response = spreadOver(this.#receive(weights, motionS), numPilots);
    this.#synthesis.radiates({ slot, fromS, untilS, response });
  }

  #giveOut(untilS: number): void {
    if (this.#sockets.size === 0) {
      this.#synthesis = null;
      return;
    }
    const { seed, ueId, snrDb, array } = this.#options;
    this.#synthesis ??= new SampleSynthesis(untilS, {
      ...this.#plan,
      waveform: this.#waveform,
      noiseVariance: noiseVariance(snrDb),
      random: new Random(seed, 'radio noise', ueId),
    });
    const synthesis = this.#synthesis;
    const first = synthesis.next;
    const count = synthesis.samplesUntil(untilS);
    const { re, im } = synthesis;
    scale(re, im, count, fullScaleOf(this.#plan, array.numElements));
    for (const { from, to } of this.#dropper.kept(count)) {
      const bytes = new Uint8Array((to - from) * this.#format.bytes);
      this.#format.write(re, im, from, to - from, bytes);
      this.#slotOutput?.mark(bytes, this.#format, (k) => synthesis.timeOf(first + from + k));
      for (const socket of this.#sockets) {
        if (socket.writableLength > MOST_WAITING) socket.destroy();
        else socket.write(bytes);
      }
    }
  }
}
