/**
 * Runs an exchange on a transport: the only place of the link with timers and I/O. Opens the transport again when the
 * link is down, with growing pauses, and gives up when the policy says so.
 */
import { FrameDecoder } from '../../firmware-protocol/frame.js';
import { Hello } from '../../firmware-protocol/messages/hello.js';
import type { PayloadOf } from '../../firmware-protocol/registry.js';
import type { Clock } from '../../src/core/clock.js';
import { BeamloopError } from '../../src/core/errors.js';
import { Stop } from '../../src/core/stop-signal.js';
import type { Transport } from '../transports/transport.js';
import { Exchange, type ExchangeEvents, type ExchangeOptions, type HostMessageName } from './exchange.js';

export interface LinkOptions extends ExchangeOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Time that the link may be down before it is given up, s; Infinity: never. */
  readonly giveUpAfterS: number;
}

export interface LinkEvents extends ExchangeEvents {
  /** The link was given up; nothing comes any more. */
  onDead(error: BeamloopError): void;
}

/** Handed to the transport at once: enough to keep it busy, little enough that an urgent frame need not wait long. */
const MAX_WRITE_BYTES = 4096;
const FIRST_PAUSE_S = 0.02;
/** Of what came first, to be shown where it is no board. */
const FIRST_BYTES = 1024;
const LONGEST_PAUSE_S = 0.5;

export class Link {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  readonly #exchange: Exchange;
  readonly #decoder: FrameDecoder;
  /** Raised by `close` and by giving up. */
  readonly #end = new AbortController();
  #open = false;
  #reopening = false;
  #writing = false;
  #turnAsked = false;
  #wake: { atS: number; stop: Stop } | null = null;
  #downSinceS: number | null = null;
  #framesSent = 0;
  #bytesSent = 0;
  #bytesReceived = 0;
  #firstBytes: Uint8Array = new Uint8Array(0);
  #echoedHellos = 0;
  #reconnects = 0;
  #lastLoss: string | null = null;

  constructor(options: LinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
    this.#exchange = new Exchange(options, {
      onWelcome: (welcome, continuity) => {
        if (this.#downSinceS !== null) this.#reconnects++;
        this.#downSinceS = null;
        events.onWelcome(welcome, continuity);
      },
      onDown: (reason) => {
        this.#downSinceS = options.clock.nowS();
        events.onDown(reason);
        void this.#reopen();
      },
      onRefused: (refusal) => events.onRefused(refusal),
      onMessage: (message) => events.onMessage(message),
      onClock: (exchange, token) => events.onClock(exchange, token),
      onMalformed: (where) => events.onMalformed(where),
    });
    this.#decoder = new FrameDecoder((frame) => {
      if (frame.type === Hello.type) this.#echoedHellos++;
      this.#exchange.receive(options.clock.nowS(), frame);
    });
  }

  /** Opens the transport and starts to greet. Rejects as the transport's `open` does. */
  async start(): Promise<void> {
    await this.#openTransport();
  }

  /** Sends a reliable message; returns its sequence number. Throws RangeError when the value does not fit the layout. */
  send<N extends HostMessageName>(name: N, value: PayloadOf<N>): number {
    const sequence = this.#exchange.send(name, value);
    this.#askTurn();
    return sequence;
  }

  /** Forgets the reliable messages whose turn has not come yet. */
  dropUnsent(): void {
    this.#exchange.dropUnsent();
  }

  sendDatagram<N extends HostMessageName>(name: N, value: PayloadOf<N>): void {
    this.#exchange.sendDatagram(name, value);
    this.#askTurn();
  }

  /** Asks for the board's time now; returns the token that `onClock` will bring. */
  readClock(): number {
    const token = this.#exchange.readClock(this.#options.clock.nowS());
    this.#askTurn();
    return token;
  }

  get isUp(): boolean {
    return this.#exchange.isUp;
  }

  get statistics() {
    const { good, tooLong, badCobs, tooShort, badCrc } = this.#decoder.counts;
    return {
      ...this.#exchange.statistics,
      framesSent: this.#framesSent,
      framesReceived: good,
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
      corruptFrames: tooLong + badCobs + tooShort + badCrc,
      /** Our own greetings that came back: the other end is an echo, no board. */
      echoedHellos: this.#echoedHellos,
      reconnects: this.#reconnects,
    };
  }

  /** Why the transport last closed by itself. */
  get lastLoss(): string | null {
    return this.#lastLoss;
  }

  /** The first kilobyte that came. */
  get firstBytes(): Uint8Array {
    return this.#firstBytes;
  }

  /** Ends the link and closes the transport. Never rejects. */
  async close(): Promise<void> {
    this.#stop(new Error('closed'));
    await this.#options.transport.close();
  }

  #stop(reason: Error): void {
    if (this.#end.signal.aborted) return;
    this.#open = false;
    this.#end.abort(reason);
    this.#wake?.stop.end('cancelled');
    this.#wake = null;
  }

  async #openTransport(): Promise<void> {
    await this.#options.transport.open({
      onBytes: (bytes) => {
        this.#bytesReceived += bytes.length;
        if (this.#firstBytes.length < FIRST_BYTES) {
          this.#firstBytes = Buffer.concat([this.#firstBytes, bytes]).subarray(0, FIRST_BYTES);
        }
        this.#decoder.push(bytes);
        this.#turn();
      },
      onClosed: (reason) => {
        this.#open = false;
        this.#lastLoss = reason;
        this.#exchange.lineClosed(reason);
        void this.#reopen();
      },
    });
    this.#decoder.reset();
    this.#open = true;
    this.#exchange.lineOpened(this.#options.clock.nowS());
    this.#turn();
  }

  /** Several messages that are sent in one turn of the event loop share a write. */
  #askTurn(): void {
    if (this.#turnAsked) return;
    this.#turnAsked = true;
    process.nextTick(() => {
      this.#turnAsked = false;
      this.#turn();
    });
  }

  #turn(): void {
    const nowS = this.#options.clock.nowS();
    if (!this.#open || this.#end.signal.aborted) return;
    this.#exchange.watchSilence(nowS);
    if (!this.#writing) this.#write(nowS);
    this.#watchPolicy(nowS);
    this.#wakeAt(this.#writing ? this.#exchange.silenceDueS : this.#exchange.deadlineS, nowS);
  }

  #write(nowS: number): void {
    const frames: Uint8Array[] = [];
    let numBytes = 0;
    while (numBytes < MAX_WRITE_BYTES) {
      const frame = this.#exchange.output(nowS);
      if (frame === null) break;
      frames.push(frame);
      numBytes += frame.length;
    }
    if (frames.length === 0) return;
    this.#framesSent += frames.length;
    this.#bytesSent += numBytes;
    this.#writing = true;
    const done = () => {
      this.#writing = false;
      this.#turn();
    };
    // A failed write also shows as onClosed, which is where it is dealt with.
    this.#options.transport
      .write(frames.length === 1 ? frames[0]! : Buffer.concat(frames, numBytes))
      .then(done, done);
  }

  #wakeAt(atS: number, nowS: number): void {
    if (!this.#open || atS === Number.POSITIVE_INFINITY) return;
    // An earlier wake finds nothing to do and sets the next one; cheaper than a new timer for every frame.
    if (this.#wake !== null && this.#wake.atS <= atS) return;
    this.#wake?.stop.end('cancelled');
    const wake = { atS, stop: new Stop() };
    this.#wake = wake;
    this.#options.clock.sleep(Math.max(0, atS - nowS), wake.stop).then(
      () => {
        if (this.#wake === wake) this.#wake = null;
        this.#turn();
      },
      () => {},
    );
  }

  async #reopen(): Promise<void> {
    if (this.#reopening || this.#end.signal.aborted) return;
    this.#reopening = true;
    const { transport, clock } = this.#options;
    this.#open = false;
    let pauseS = FIRST_PAUSE_S;
    let failure: unknown = null;
    await transport.close();
    while (!this.#open && !this.#end.signal.aborted) {
      try {
        await this.#openTransport();
      } catch (error) {
        failure = error;
        this.#watchPolicy(clock.nowS(), failure);
        await clock.sleep(pauseS, this.#end.signal).catch(() => {});
        pauseS = Math.min(LONGEST_PAUSE_S, 2 * pauseS);
      }
    }
    this.#reopening = false;
    if (this.#end.signal.aborted) await transport.close();
  }

  #watchPolicy(nowS: number, cause?: unknown): void {
    const { giveUpAfterS, transport } = this.#options;
    if (this.#downSinceS === null || nowS - this.#downSinceS < giveUpAfterS) return;
    const portGone = cause instanceof BeamloopError ? `; ${cause.what}` : '';
    const error = new BeamloopError('BOARD_SILENT', {
      what: `The board has not answered for ${giveUpAfterS} s${portGone}`,
      where: transport.name,
      todo: 'Check power and cable',
      cause,
    });
    this.#stop(error);
    void transport.close();
    this.#events.onDead(error);
  }
}
