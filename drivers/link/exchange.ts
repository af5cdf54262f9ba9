/**
 * What a host says to a board and when, as a pure state machine: frames and the time go in, frames to write and events
 * come out. It owns no timer and does no I/O; link.ts runs it on a transport. SPEC 5 and 6.1.
 *
 * It greets until the board welcomes it, then delivers reliable messages in order, exactly once, both ways. Silence makes
 * it greet again with the same session, which costs a living board nothing, and tells a restarted one from a resumed one.
 */
import { type DecodedMessage, decodePayload, encodePayload } from '../../firmware-protocol/codec.js';
import { encodeFrame, type Frame } from '../../firmware-protocol/frame.js';
import type { MessageDefinition, MessageOf } from '../../firmware-protocol/layout.js';
import { Ack } from '../../firmware-protocol/messages/ack.js';
import {
  HELLO_MAGIC,
  Hello,
  PROTOCOL_VERSION,
  peekWelcomeVersion,
  Welcome,
} from '../../firmware-protocol/messages/hello.js';
import { ReadClock } from '../../firmware-protocol/messages/read-clock.js';
import {
  isReliableType,
  messageByName,
  type NameFrom,
  type PayloadOf,
} from '../../firmware-protocol/registry.js';
import type { ClockExchange } from './clock-sync.js';
import { LineModel } from './line-model.js';
import { RoundTrip } from './round-trip.js';
import {
  type Continuity,
  newSessionId,
  type Refusal,
  Session,
  type WelcomeMessage,
  WINDOW,
} from './session.js';

export type HostMessageName = NameFrom<'host'>;
export type BoardMessage = DecodedMessage<NameFrom<'board'>>;

export interface ExchangeOptions {
  /** Uniform 32-bit integers, for session ids. */
  readonly random: () => number;
  /** Time without a word after which the board mutes itself, s; 0: never. */
  readonly watchdogS: number;
  /** Time without a good frame after which the link counts as down, s. */
  readonly linkTimeoutS: number;
  /** What the line carries; null where bytes take no time. */
  readonly lineBytesPerS: number | null;
}

export interface ExchangeEvents {
  onWelcome(welcome: WelcomeMessage, continuity: Continuity): void;
  /** The board speaks another major version. The exchange is over. */
  onRefused(refusal: Refusal): void;
  onMessage(message: BoardMessage): void;
  onClock(exchange: ClockExchange, token: number): void;
  /** A good frame that is no message of this protocol. */
  onMalformed(where: string): void;
  /** No good frame for `linkTimeoutS`, or the line closed. Greets on; `onWelcome` says how it went. */
  onDown(reason: string): void;
}

const HELLO_INTERVAL_S = 0.1;
/** Readings right after a welcome, to find a short round trip soon. */
const FIRST_READINGS = 8;
const FIRST_READINGS_INTERVAL_S = 0.004;
const MAX_HEARTBEAT_S = 0.25;
const MAX_OPEN_READINGS = 64;
/** Silent heartbeats after which it asks whether the board is still in the session. */
const HEARTBEATS_BEFORE_GREETING = 2.5;

type State = 'closed' | 'greeting' | 'up' | 'refused';

export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #events: ExchangeEvents;
  readonly #heartbeatS: number;
  readonly #line: LineModel;
  readonly #roundTrip = new RoundTrip();
  #session: Session;
  #state: State = 'closed';
  #bootId: number | null = null;
  #down = true;
  #lastGoodS = 0;
  #helloDueS = 0;
  #clockDueS = 0;
  #firstReadingsLeft = 0;
  #clockToken = 0;
  readonly #openReadings = new Map<number, number>();
  #datagrams: Uint8Array[] = [];
  #retiredRetransmissions = 0;
  #retiredDuplicates = 0;
  #foreignFrames = 0;

  constructor(options: ExchangeOptions, events: ExchangeEvents) {
    this.#options = options;
    this.#events = events;
    this.#heartbeatS = Math.min(MAX_HEARTBEAT_S, (options.watchdogS || Number.POSITIVE_INFINITY) / 4);
    this.#line = new LineModel(options.lineBytesPerS);
    this.#session = new Session(newSessionId(options.random, 0), this.#roundTrip);
  }

  /** The line was opened, or opened again. */
  lineOpened(nowS: number): void {
    if (this.#state === 'refused') return;
    this.#line.reset();
    this.#lastGoodS = nowS;
    this.#greet(nowS);
  }

  lineClosed(reason: string): void {
    if (this.#state === 'refused') return;
    this.#state = 'closed';
    this.#goDown(reason);
  }

  /** Sends a reliable message when its turn comes; returns its sequence number. */
  send<N extends HostMessageName>(name: N, value: PayloadOf<N>): number {
    const definition: MessageDefinition = messageByName(name);
    return this.#session.sender.enqueue(definition.type, encodePayload(definition, value));
  }

  /** Forgets the reliable messages that have never been sent; their sequence numbers are given again. */
  dropUnsent(): void {
    this.#session.sender.dropWaiting();
  }

  /** Sends a message that may get lost; dropped while the board is not there. */
  sendDatagram<N extends HostMessageName>(name: N, value: PayloadOf<N>): void {
    const definition: MessageDefinition = messageByName(name);
    if (this.#state === 'up') this.#datagrams.push(this.#datagram(definition, value));
  }

  /** Asks for the board's time at the next opportunity; `onClock` brings the token that is returned here. */
  readClock(nowS: number): number {
    this.#clockDueS = nowS;
    return this.#clockToken;
  }

  receive(nowS: number, frame: Frame): void {
    if (frame.type === Welcome.type) {
      // A welcome that nobody waits for is a copy of an old one.
      if (this.#state === 'greeting') this.#receiveWelcome(nowS, frame.payload);
      return;
    }
    if (this.#state === 'closed' || this.#state === 'refused') return;
    if (frame.session !== (this.#session.id & 0xffff) || !this.#session.established) {
      this.#foreignFrames++;
      return;
    }
    this.#lastGoodS = nowS;
    // Until the welcome it is unknown whether these numbers are of the streams that we know.
    if (this.#state === 'greeting') return;
    const due = isReliableType(frame.type) ? this.#session.receiver.receive(nowS, frame) : [frame];
    for (const next of due) this.#deliver(nowS, next);
  }

  /** The next frame to write at `nowS`; null: nothing until `deadlineS`. */
  output(nowS: number): Uint8Array | null {
    this.watchSilence(nowS);
    if (nowS < this.#line.roomAtS) return null;
    if (this.#state === 'greeting') return nowS >= this.#helloDueS ? this.#hello(nowS) : null;
    if (this.#state !== 'up') return null;
    const { sender, receiver } = this.#session;
    if (nowS >= receiver.ackDueS) return this.#put(nowS, this.#datagram(Ack, receiver.takeAck()));
    if (nowS >= this.#clockDueS) return this.#put(nowS, this.#clockRequest(nowS));
    const datagram = this.#datagrams.shift();
    if (datagram !== undefined) return this.#put(nowS, datagram);
    return sender.take(nowS, this.#line);
  }

  /** When `output` must be called again if nothing else happens; Infinity while closed. */
  get deadlineS(): number {
    return Math.min(this.silenceDueS, Math.max(this.#outputDueS, this.#line.roomAtS));
  }

  /** When `watchSilence` must be called again; Infinity while closed. */
  get silenceDueS(): number {
    if (this.#state === 'up') return this.#greetAgainS;
    if (this.#state !== 'greeting' || this.#down) return Number.POSITIVE_INFINITY;
    return this.#lastGoodS + this.#options.linkTimeoutS;
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }

  /** Reliable messages that the board has not confirmed to have received. */
  get numUnconfirmed(): number {
    return this.#session.sender.numUnconfirmed;
  }

  get statistics() {
    return {
      retransmissions: this.#retiredRetransmissions + this.#session.sender.retransmissions,
      duplicatesReceived: this.#retiredDuplicates + this.#session.receiver.duplicates,
      foreignFrames: this.#foreignFrames,
      roundTripS: this.#roundTrip.smoothedS,
    };
  }

  get #outputDueS(): number {
    if (this.#state === 'greeting') return this.#helloDueS;
    if (this.#state !== 'up') return Number.POSITIVE_INFINITY;
    if (this.#datagrams.length > 0) return Number.NEGATIVE_INFINITY;
    return Math.min(this.#session.receiver.ackDueS, this.#clockDueS, this.#session.sender.dueS);
  }

  get #greetAgainS(): number {
    return this.#lastGoodS + HEARTBEATS_BEFORE_GREETING * this.#heartbeatS;
  }

  /** Looks whether the board has been silent for too long; `output` does so too. */
  watchSilence(nowS: number): void {
    if (this.#state === 'up' && nowS >= this.#greetAgainS) this.#greet(nowS);
    if (this.#state === 'greeting' && !this.#down && nowS >= this.#lastGoodS + this.#options.linkTimeoutS) {
      this.#goDown(`no answer for ${this.#options.linkTimeoutS} s`);
    }
  }

  #greet(nowS: number): void {
    this.#state = 'greeting';
    this.#helloDueS = nowS;
    this.#datagrams = [];
    this.#openReadings.clear();
  }

  #goDown(reason: string): void {
    if (this.#down) return;
    this.#down = true;
    this.#events.onDown(reason);
  }

  #receiveWelcome(nowS: number, payload: Uint8Array): void {
    const version = peekWelcomeVersion(payload);
    if (version !== null && version.major !== PROTOCOL_VERSION.major) {
      this.#state = 'refused';
      this.#events.onRefused({ board: version, host: PROTOCOL_VERSION });
      return;
    }
    const decoded = decodePayload(Welcome.type, payload, 'board');
    if (!decoded.ok) {
      this.#events.onMalformed(`${decoded.error.where}: ${decoded.error.kind}`);
    } else if (decoded.name === 'Welcome' && decoded.value.session === this.#session.id) {
      this.#lastGoodS = nowS;
      this.#acceptWelcome(nowS, decoded.value);
    }
  }

  #acceptWelcome(nowS: number, welcome: WelcomeMessage): void {
    if (!this.#session.established) {
      this.#establish(nowS, welcome);
    } else if (welcome.resumed === 1 && welcome.bootId === this.#bootId) {
      this.#session.sender.resend();
      this.#session.receiver.oweAck(nowS);
      this.#goUp(nowS, welcome, 'resumed');
    } else {
      // Frames of the forgotten session may still be underway and their numbers would fit the new streams: new id.
      this.#retiredRetransmissions += this.#session.sender.retransmissions;
      this.#retiredDuplicates += this.#session.receiver.duplicates;
      this.#session = new Session(newSessionId(this.#options.random, this.#session.id), this.#roundTrip);
      this.#greet(nowS);
    }
  }

  #establish(nowS: number, welcome: WelcomeMessage): void {
    const continuity =
      this.#bootId === null ? 'first' : this.#bootId === welcome.bootId ? 'replaced' : 'restarted';
    this.#bootId = welcome.bootId;
    // What was enqueued before anybody knew that the session is new belongs to the old one.
    if (continuity !== 'first') this.#session = new Session(this.#session.id, this.#roundTrip);
    this.#session.established = true;
    this.#session.sender.window = Math.min(WINDOW, welcome.window);
    this.#goUp(nowS, welcome, continuity);
  }

  #goUp(nowS: number, welcome: WelcomeMessage, continuity: Continuity): void {
    const wasDown = this.#down;
    this.#state = 'up';
    this.#down = false;
    this.#clockDueS = nowS;
    this.#firstReadingsLeft = FIRST_READINGS;
    // A living board that was merely asked again whether it is there is no news.
    if (wasDown || continuity !== 'resumed') this.#events.onWelcome(welcome, continuity);
  }

  #deliver(nowS: number, frame: Frame): void {
    const message = decodePayload(frame.type, frame.payload, 'board');
    if (!message.ok) {
      this.#events.onMalformed(`${message.error.where}: ${message.error.kind}`);
    } else if (message.name === 'Ack') {
      this.#session.sender.acknowledge(nowS, message.value.next, message.value.bitmap);
    } else if (message.name === 'ClockReading') {
      this.#takeReading(nowS, message.value);
    } else {
      this.#events.onMessage(message);
    }
  }

  #takeReading(nowS: number, reading: PayloadOf<'ClockReading'>): void {
    const sentS = this.#openReadings.get(reading.token);
    if (sentS === undefined) return;
    this.#openReadings.delete(reading.token);
    const { receivedTicks: boardReceivedTicks, sentTicks: boardSentTicks } = reading;
    this.#events.onClock({ sentS, receivedS: nowS, boardReceivedTicks, boardSentTicks }, reading.token);
  }

  #hello(nowS: number): Uint8Array {
    this.#helloDueS = nowS + HELLO_INTERVAL_S;
    const value = {
      magic: HELLO_MAGIC,
      versionMajor: PROTOCOL_VERSION.major,
      versionMinor: PROTOCOL_VERSION.minor,
      session: this.#session.id,
      window: WINDOW,
      watchdogMs: Math.round(this.#options.watchdogS * 1e3),
    };
    return this.#put(nowS, this.#datagram(Hello, value));
  }

  #clockRequest(nowS: number): Uint8Array {
    const first = this.#firstReadingsLeft > 0;
    if (first) this.#firstReadingsLeft--;
    this.#clockDueS = nowS + (first ? FIRST_READINGS_INTERVAL_S : this.#heartbeatS);
    const token = this.#clockToken;
    this.#clockToken = (token + 1) >>> 0;
    const [oldest] = this.#openReadings.keys();
    if (oldest !== undefined && this.#openReadings.size >= MAX_OPEN_READINGS)
      this.#openReadings.delete(oldest);
    this.#openReadings.set(token, nowS);
    return this.#datagram(ReadClock, { token });
  }

  #datagram<D extends MessageDefinition>(definition: D, value: MessageOf<D>): Uint8Array {
    const payload = encodePayload(definition, value);
    return encodeFrame({ type: definition.type, session: this.#session.id & 0xffff, sequence: 0, payload });
  }

  #put(nowS: number, bytes: Uint8Array): Uint8Array {
    this.#line.occupy(nowS, bytes.length);
    return bytes;
  }
}
