/**
 * A host that does nothing by itself but acknowledge, for judging a board by SPEC.md: frames go out when a check says so,
 * and all that comes back is kept. It shares no code with the driver's link, so that either can show the other's mistakes.
 */
import { type DecodedMessage, decodePayload, encodePayload } from '../../firmware-protocol/codec.js';
import { encodeFrame, FrameDecoder } from '../../firmware-protocol/frame.js';
import { HELLO_MAGIC, PROTOCOL_VERSION } from '../../firmware-protocol/messages/hello.js';
import {
  isReliableType,
  type MessageName,
  messageByName,
  type NameFrom,
  type PayloadOf,
} from '../../firmware-protocol/registry.js';
import type { Clock } from '../../src/core/clock.js';
import type { BeamloopError } from '../../src/core/errors.js';
import type { Transport } from '../transports/transport.js';
import { whyNotWelcomed } from './not-welcomed.js';
import { portLost } from './port-lost.js';
import { Trace } from './trace.js';
import { CLAUSE_OF, must, Unmet } from './unmet.js';

type BoardMessage = DecodedMessage<NameFrom<'board'>>;

/** A good frame of the board, as it came. */
interface Heard {
  readonly atS: number;
  readonly type: number;
  readonly session: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
  /** Null when the payload is no message of a board. */
  readonly message: BoardMessage | null;
}

type Welcome = PayloadOf<'Welcome'>;
type Answer = BoardMessage & { readonly value: { readonly request: number; readonly status: number } };

export interface ProbeOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Uniform 32-bit integers, for session ids. */
  readonly random: () => number;
  /** What the line and the machine may add to a time that the board keeps, s. */
  readonly slackS: number;
  /** Takes the board's power away and gives it back. */
  readonly powerCycle?: () => Promise<void>;
}

const HELLO_INTERVAL_S = 0.1;
const REPEAT_S = 0.2;
/** For what a board does at once, or after one retransmission timeout. */
const PATIENCE_S = 3;
export const HOST_WINDOW = 32;
/** A board whose checker was killed, with slots queued, does not radiate for ever. No check is silent for so long. */
const WATCHDOG_MS = 20_000;
/** No check makes a board send so much; what goes on beyond would fill the memory. */
const MOST_BYTES = 2 ** 24;
const MOST_FRAMES = 600_000;
/** Bytes in a row that hold no frame: a line spoils some, and no line so many. */
const MOST_NOISE_BYTES = 2 ** 16;
/** A port that goes away with the board's power is waited for. */
const REPLUG_S = 15;
const REPLUG_INTERVAL_S = 0.25;
/** For a write to show that the port is gone. */
const CONFIRM_S = 0.2;

export class Probe {
  /** Every good frame, in order of arrival. */
  readonly heard: Heard[] = [];
  /** Reliable messages in order, each once. */
  readonly delivered: BoardMessage[] = [];
  /** The last of both directions. */
  readonly trace: Trace;
  /** Whether reliable frames are acknowledged, at once. */
  acking = true;
  session = 0;
  nextSequence = 1;
  readonly clock: Clock;
  readonly slackS: number;
  readonly #options: ProbeOptions;
  readonly #decoder = new FrameDecoder((frame) => this.#receive(frame));
  #nextToDeliver = 1;
  readonly #kept = new Map<number, BoardMessage | null>();
  readonly #waiting = new Set<() => void>();
  #chunks: Uint8Array[] = [];
  #numBytes = 0;
  #noiseBytes = 0;
  #closed = false;
  #powerless = false;
  #unplugged = false;
  #lost: BeamloopError | null = null;
  #end: (reason: Error) => void = () => {};
  /** Rejects when nothing more can be judged: the port is lost, the board sends without end, the probe was closed. */
  readonly ended: Promise<never>;
  readonly #over = new AbortController();

  constructor(options: ProbeOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.slackS = options.slackS;
    this.trace = new Trace(() => this.clock.nowS());
    this.ended = new Promise((_resolve, reject) => {
      this.#end = reject;
    });
    this.ended.catch(() => {});
  }

  /** Opens the transport; rejects as that does. */
  async open(): Promise<void> {
    await this.#options.transport.open({
      onBytes: (chunk) => this.#take(chunk),
      onClosed: (reason) => {
        this.#unplugged = true;
        if (this.#powerless) return;
        this.#lost = portLost(this.#options.transport.name, reason);
        this.#end(this.#lost);
      },
    });
    this.#unplugged = false;
  }

  /** Whatever still waits for the board ends now, and sends nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#end(new Error('the probe was closed'));
    this.#over.abort(new Error('the probe was closed'));
    await this.#options.transport.close();
  }

  /** Everything that came, delimiters included. */
  get bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }

  get numBytes(): number {
    return this.#numBytes;
  }

  /** Of what came so far nothing is wanted any more. */
  forget(): void {
    this.delivered.length = 0;
    this.heard.length = 0;
    this.#chunks = [];
    this.#numBytes = 0;
  }

  /** Takes the board's power away and gives it back; opens the port again where it went with the power. */
  async powerCycle(): Promise<void> {
    this.#powerless = true;
    try {
      await this.#options.powerCycle?.();
      const untilS = this.clock.nowS() + REPLUG_S;
      while (this.#unplugged) {
        await this.open().catch((error: unknown) => {
          if (this.clock.nowS() > untilS) throw error;
        });
        if (this.#unplugged) await this.wait(REPLUG_INTERVAL_S);
      }
    } finally {
      this.#powerless = false;
    }
  }

  /**
   * Rejects with PORT_FAILED where the port is lost: many systems tell of that at the next write only, and until then a board that was
   * unplugged looks like a silent one.
   */
  async confirmOpen(): Promise<void> {
    const over = new AbortController();
    const waited = this.clock.sleep(CONFIRM_S, over.signal).catch(() => {});
    // A delimiter more changes nothing (SPEC 3.4).
    const written = this.#options.transport.write(Uint8Array.of(0)).catch(() => {});
    await Promise.race([written, waited]);
    over.abort();
    if (this.#lost !== null) throw this.#lost;
  }

  /** What came that was no frame. */
  get numBad(): number {
    const { tooLong, badCobs, tooShort, badCrc } = this.#decoder.counts;
    return tooLong + badCobs + tooShort + badCrc;
  }

  raw(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.trace.sent(bytes);
    void this.#options.transport.write(bytes).catch(() => {});
  }

  frame(type: number, sequence: number, payload: Uint8Array, session = this.session): void {
    this.raw(encodeFrame({ type, session: session & 0xffff, sequence, payload }));
  }

  /** Sends a message once, with the next number if it is reliable; returns its number. */
  send<N extends MessageName>(name: N, value: PayloadOf<N>, sequence?: number): number {
    const definition = messageByName(name);
    const number = sequence ?? (definition.reliable ? this.takeNumber() : 0);
    this.frame(definition.type, number, encodePayload(definition, value));
    return number;
  }

  takeNumber(): number {
    const number = this.nextSequence;
    this.nextSequence = (number + 1) & 0xffff;
    return number;
  }

  /** Sends a request, again and again until it is answered; returns the answer, whatever its status. */
  ask<N extends MessageName>(name: N, value: PayloadOf<N>): Promise<Answer> {
    const { type } = messageByName(name);
    return this.askRaw(type, encodePayload(messageByName(name), value), name);
  }

  async askRaw(type: number, payload: Uint8Array, name = `type ${type}`): Promise<Answer> {
    const sequence = this.takeNumber();
    const untilS = this.clock.nowS() + PATIENCE_S;
    while (this.clock.nowS() < untilS) {
      this.frame(type, sequence, payload);
      const answer = () => this.answerTo(sequence);
      if (await this.soon(() => answer() !== undefined, REPEAT_S)) return answer()!;
    }
    throw new Unmet('6', `${name} was not answered within ${PATIENCE_S} s`);
  }

  /** As `ask`, for a request that must succeed. */
  async did<N extends MessageName>(name: N, value: PayloadOf<N>): Promise<Answer> {
    const answer = await this.ask(name, value);
    const { status } = answer.value;
    must(
      status === 0,
      CLAUSE_OF[name] ?? '6',
      `${name} is answered with ${answer.name} and status ${status}, not 0`,
    );
    return answer;
  }

  answerTo(request: number): Answer | undefined {
    return this.delivered.find(
      (message): message is Answer => 'request' in message.value && message.value.request === request,
    );
  }

  greet(more: Partial<PayloadOf<'Hello'>> = {}): void {
    this.raw(this.helloFrame(more));
  }

  helloFrame(more: Partial<PayloadOf<'Hello'>> = {}): Uint8Array {
    const definition = messageByName('Hello');
    const { major: versionMajor, minor: versionMinor } = PROTOCOL_VERSION;
    const hello = { magic: HELLO_MAGIC, versionMajor, versionMinor, window: HOST_WINDOW };
    const whose = { session: this.session, watchdogMs: WATCHDOG_MS };
    const payload = encodePayload(definition, { ...hello, ...whose, ...more });
    return encodeFrame({ type: definition.type, session: this.session & 0xffff, sequence: 0, payload });
  }

  /** Greets until the board welcomes this session; returns its first new Welcome. */
  async hello(more: Partial<PayloadOf<'Hello'>> = {}): Promise<Welcome> {
    const before = this.heard.length;
    const welcome = () =>
      this.of('Welcome', before).find(({ session }) => session === (more.session ?? this.session));
    const untilS = this.clock.nowS() + PATIENCE_S;
    while (this.clock.nowS() < untilS) {
      this.greet(more);
      if (await this.soon(() => welcome() !== undefined, HELLO_INTERVAL_S)) return welcome()!;
    }
    throw await whyNotWelcomed(this, before, PATIENCE_S);
  }

  /** Begins a session as a host that starts afresh. */
  begin(more: Partial<PayloadOf<'Hello'>> = {}, session = this.#newSession()): Promise<Welcome> {
    this.session = session;
    this.nextSequence = 1;
    this.#nextToDeliver = 1;
    this.#kept.clear();
    this.delivered.length = 0;
    return this.hello(more);
  }

  /** Payloads of all messages of this name since the frame `from`, repeats included. */
  of<N extends NameFrom<'board'>>(name: N, from = 0): PayloadOf<N>[] {
    return this.heard
      .slice(from)
      .flatMap(({ message }) => (message?.name === name ? [message.value as PayloadOf<N>] : []));
  }

  /** Receipts of this session, each frame once. */
  receipts() {
    return this.delivered.flatMap((message) => (message.name === 'Receipts' ? message.value.entries : []));
  }

  faults(): number[] {
    return this.delivered.flatMap((message) => (message.name === 'Fault' ? [message.value.code] : []));
  }

  async telemetry(): Promise<PayloadOf<'Telemetry'>> {
    const before = this.heard.length;
    this.send('ReadTelemetry', {});
    await this.until(() => this.of('Telemetry', before).length > 0, '6.10', 'ReadTelemetry was not answered');
    return this.of('Telemetry', before).at(-1)!;
  }

  /** Asks for the board's time; the answer must come soon. */
  async readClock(token = this.#options.random() >>> 0): Promise<PayloadOf<'ClockReading'>> {
    const before = this.heard.length;
    const reading = () => this.of('ClockReading', before).find((each) => each.token === token);
    const untilS = this.clock.nowS() + PATIENCE_S;
    while (this.clock.nowS() < untilS) {
      this.send('ReadClock', { token });
      if (await this.soon(() => reading() !== undefined, REPEAT_S)) return reading()!;
    }
    throw new Unmet('6.8', `ReadClock was not answered within ${PATIENCE_S} s`);
  }

  /** Acknowledges everything that was delivered so far. */
  acknowledge(): void {
    let bitmap = 0;
    for (const sequence of this.#kept.keys()) {
      const beyond = (sequence - this.#nextToDeliver) & 0xffff;
      if (beyond > 0 && beyond <= HOST_WINDOW) bitmap |= 1 << (beyond - 1);
    }
    this.send('Ack', { next: this.#nextToDeliver, bitmap: bitmap >>> 0 });
  }

  wait(durationS: number): Promise<void> {
    return Promise.race([this.clock.sleep(durationS, this.#over.signal), this.ended]);
  }

  /** Resolves when the condition holds; rejects with what was wrong when that takes too long. */
  async until(condition: () => boolean, clause: string, wrong: string, withinS = PATIENCE_S): Promise<void> {
    if (!(await this.soon(condition, withinS))) throw new Unmet(clause, `${wrong} within ${withinS} s`);
  }

  /** Whether the condition comes to hold within a time. */
  async soon(condition: () => boolean, withinS: number): Promise<boolean> {
    const over = new AbortController();
    const timeout = this.clock.sleep(withinS, over.signal).then(
      () => false,
      () => true,
    );
    let wake = () => {};
    const holds = new Promise<boolean>((resolve) => {
      wake = () => {
        if (condition()) resolve(true);
      };
    });
    this.#waiting.add(wake);
    wake();
    try {
      return await Promise.race([holds, timeout, this.ended]);
    } finally {
      this.#waiting.delete(wake);
      over.abort();
    }
  }

  #take(chunk: Uint8Array): void {
    this.trace.received(chunk);
    this.#chunks.push(chunk);
    this.#numBytes += chunk.length;
    const numHeard = this.heard.length;
    this.#decoder.push(chunk);
    this.#noiseBytes = this.heard.length > numHeard ? 0 : this.#noiseBytes + chunk.length;
    if (this.#noiseBytes > MOST_NOISE_BYTES) {
      this.#end(
        new Unmet('3.4', `the board sends without end: ${this.#noiseBytes} bytes, and no frame among them`),
      );
    } else if (this.#numBytes > MOST_BYTES || this.heard.length > MOST_FRAMES) {
      const sent = `${this.#numBytes} bytes, ${this.heard.length} frames`;
      this.#end(new Unmet('6', `the board sends without end: ${sent} within one check`));
    }
    for (const wake of this.#waiting) wake();
  }

  #newSession(): number {
    for (;;) {
      const id = this.#options.random() >>> 0;
      if (id !== 0 && (id & 0xffff) !== (this.session & 0xffff)) return id;
    }
  }

  #receive(frame: { type: number; session: number; sequence: number; payload: Uint8Array }): void {
    const decoded = decodePayload(frame.type, frame.payload, 'board');
    const message = decoded.ok ? decoded : null;
    this.heard.push({ ...frame, atS: this.clock.nowS(), message });
    const ours = frame.session === (this.session & 0xffff);
    if (!ours || !isReliableType(frame.type)) return;
    const ahead = (frame.sequence - this.#nextToDeliver) & 0xffff;
    if (ahead < HOST_WINDOW) this.#kept.set(frame.sequence, message);
    while (this.#kept.has(this.#nextToDeliver)) {
      const next = this.#kept.get(this.#nextToDeliver)!;
      this.#kept.delete(this.#nextToDeliver);
      this.#nextToDeliver = (this.#nextToDeliver + 1) & 0xffff;
      if (next !== null) this.delivered.push(next);
    }
    if (this.acking) this.acknowledge();
  }
}
