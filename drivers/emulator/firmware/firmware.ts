/**
 * The board's firmware, as a model: bytes of the host in, bytes for the host out. It is written from
 * firmware-protocol/SPEC.md and shares no code with the driver, so that either can show the other's mistakes.
 */
import { type DecodedMessage, decodePayload, encodePayload } from '../../../firmware-protocol/codec.js';
import {
  encodeFrame,
  type Frame,
  FrameDecoder,
  maximumFrameLength,
} from '../../../firmware-protocol/frame.js';
import { Hello, PROTOCOL_VERSION, peekHelloVersion } from '../../../firmware-protocol/messages/hello.js';
import {
  isReliableType,
  type MessageName,
  messageByName,
  type PayloadOf,
  type QuestionName,
  type RequestName,
  type ResponseName,
  responseTo,
} from '../../../firmware-protocol/registry.js';
import { FAULT, STATUS } from '../../../firmware-protocol/status.js';
import { BITS_PER_BYTE } from '../line.js';
import { BoardState } from './board-state.js';
import { carryOut } from './carry-out.js';
import type { Hardware } from './hardware.js';
import { Outbox } from './outbox.js';
import { ReliableDelivery } from './reliable-delivery.js';

import { Watchdog } from './watchdog.js';
import { welcome } from './welcome.js';

/** Bit 7 of the type marks what a board sends. SPEC 3.7. */
const FROM_BOARD = 0x80;
/** Accepted messages that wait while the board is busy. */
const INBOX_DEPTH = 32;
const TELEMETRY_PERIOD_S = 1;
const MALFORMED_REPORT_PERIOD_S = 1;

interface Accepted {
  readonly type: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
}

export class Firmware {
  readonly #hardware: Hardware;
  readonly #board: BoardState;
  readonly #delivery: ReliableDelivery;
  readonly #outbox: Outbox;
  readonly #watchdog: Watchdog;
  readonly #decoder: FrameDecoder;
  /** 32-bit session id; 0 = none yet. */
  #session = 0;
  /** A good frame other than Hello has come in this session. */
  #resumable = false;
  /** A host has acknowledged the report. */
  #powerUpKnown = false;
  #malformedReportedAtS = Number.NEGATIVE_INFINITY;
  #inbox: Accepted[] = [];
  #busy = false;
  #draining = false;
  #on = true;
  #cancelTelemetry: (() => void) | undefined;

  /** What datagrams are answered with. */
  readonly #answers: { readonly [N in QuestionName]: (value: PayloadOf<N>) => PayloadOf<ResponseName<N>> } = {
    ReadTelemetry: () => this.#board.telemetry(),
    ReadClock: ({ token }) => this.#clockReading(token),
  };

  /** Power-up. */
  constructor(hardware: Hardware) {
    this.#hardware = hardware;
    this.#delivery = new ReliableDelivery({
      timers: hardware.timers,
      sendFrame: (type, sequence, payload) => this.#send(type, sequence, payload),
      sendAck: (ack) => this.#datagram('Ack', ack),
      deliver: (type, sequence, payload) => this.#accept({ type, sequence, payload }),
      hasRoom: () => this.#inbox.length < INBOX_DEPTH,
    });
    this.#outbox = new Outbox(hardware.timers, this.#delivery);
    this.#board = new BoardState(
      hardware,
      (receipt) => this.#outbox.receipt(receipt, this.#board.clock.queued > 1),
      (fault) => this.#outbox.post('Fault', fault),
    );
    this.#watchdog = new Watchdog(hardware.timers, (silenceS) => {
      this.#board.clock.run();
      this.#board.watchdogFired = true;
      this.#board.fault(FAULT.watchdog, Math.round(silenceS * 1e3));
    });
    this.#decoder = new FrameDecoder((frame) => this.#frame(frame));
  }

  /** Bytes from the host, cut anywhere. */
  receive(chunk: Uint8Array): void {
    if (this.#on) this.#decoder.push(chunk);
  }

  /** The trigger input rises. */
  trigger(): void {
    this.#board.clock.trigger();
  }

  /** Power fails: nothing is sent any more, and everything that was known is gone with this object. */
  powerOff(): void {
    this.#on = false;
    this.#inbox = [];
    this.#outbox.close();
    this.#delivery.stop();
    this.#watchdog.stop();
    this.#board.clock.stop();
    this.#cancelTelemetry?.();
  }

  #frame(frame: Frame): void {
    if (!this.#on || frame.type >= FROM_BOARD || frame.payload.length > this.#hardware.model.maxPayload)
      return;
    // Slots that came up before this frame are judged by what was known before it.
    this.#board.clock.run();
    // A slot may have been this board's last.
    if (!this.#on) return;
    if (frame.type === Hello.type) {
      this.#hello(frame);
      return;
    }
    if (this.#session === 0 || frame.session !== (this.#session & 0xffff)) return;
    this.#resumable = true;
    this.#heard();
    if (isReliableType(frame.type)) {
      this.#delivery.receive(frame.type, frame.sequence, frame.payload);
      this.#drain();
    } else {
      this.#receiveDatagram(frame);
    }
  }

  #receiveDatagram(frame: Frame): void {
    const message = decodePayload(frame.type, frame.payload, 'host');
    if (!message.ok) {
      if (message.error.kind !== 'unknownType') this.#reportMalformed(frame.type);
    } else if (message.name === 'Ack') {
      this.#delivery.acknowledged(message.value);
    } else {
      // A Hello has gone another way, and what is reliable too.
      this.#answer(message as DecodedMessage<QuestionName>);
    }
  }

  #answer<N extends QuestionName>({ name, value }: DecodedMessage<N>): void {
    this.#datagram(responseTo(name), this.#answers[name](value));
  }

  #clockReading(token: number): PayloadOf<'ClockReading'> {
    const { timers, timebase, uart } = this.#hardware;
    const receivedTicks = timebase.nowTicks();
    // Not before the frame that is being sent has left; it is known how long that takes.
    const waitS = Math.max(0, uart.urgentAtS() - timers.nowS());
    const waitTicks = Math.floor(waitS * timebase.rateHz);
    return { token, receivedTicks: BigInt(receivedTicks), sentTicks: BigInt(receivedTicks + waitTicks) };
  }

  #reportMalformed(type: number): void {
    const nowS = this.#hardware.timers.nowS();
    if (nowS - this.#malformedReportedAtS < MALFORMED_REPORT_PERIOD_S) return;
    this.#malformedReportedAtS = nowS;
    this.#board.fault(FAULT.malformedMessage, type);
  }

  /** SPEC 5.9. */
  #hello(frame: Frame): void {
    const version = peekHelloVersion(frame.payload);
    if (version === null) return;
    const { model, bootId } = this.#hardware;
    if (version.major !== PROTOCOL_VERSION.major) {
      this.#datagram('Welcome', welcome(model, bootId, 0, false), 0);
      return;
    }
    const hello = decodePayload(Hello.type, frame.payload, 'host');
    if (!hello.ok || hello.name !== 'Hello') return;
    const { session, window, watchdogMs } = hello.value;
    const isNew = session !== this.#session;
    const resumed = !isNew && this.#resumable;
    if (isNew) this.#startSession(session);
    this.#delivery.setPeerWindow(window);
    this.#heard();
    this.#watchdog.start(watchdogMs / 1e3);
    this.#datagram('Welcome', welcome(model, bootId, session, resumed));
    if (resumed) this.#delivery.resume();
    if (isNew && !this.#powerUpKnown) {
      this.#outbox.post('Fault', { code: FAULT.powerUp, detail: 0, ticks: this.#board.ticks }, () => {
        this.#powerUpKnown = true;
      });
    }
  }

  #startSession(session: number): void {
    this.#session = session;
    this.#resumable = false;
    this.#board.sessionMuted ||= this.#board.clock.armed;
    this.#board.memory.dropUnfinished();
    this.#inbox = [];
    this.#delivery.start();
    this.#outbox.open();
    this.#scheduleTelemetry();
  }

  #heard(): void {
    this.#watchdog.heard();
    this.#board.watchdogFired = false;
  }

  /** A numbered message, in order, for the first time. */
  #accept(message: Accepted): void {
    const { timebase, model } = this.#hardware;
    // The longest encoding, not the real one: that depends on the session's random number through zeros in the frame.
    const bytes = maximumFrameLength(message.payload.length);
    timebase.charge(Math.round((bytes * BITS_PER_BYTE * model.clockRateHz) / model.baud));
    if (this.#on) this.#inbox.push(message);
  }

  /** Carries out what was accepted, one after the other. */
  #drain(): void {
    if (this.#draining) return;
    this.#draining = true;
    while (this.#on && !this.#busy) {
      const next = this.#inbox.shift();
      if (next === undefined) break;
      this.#busy = true;
      this.#carryOut(next, () => {
        this.#busy = false;
        this.#drain();
      });
    }
    this.#draining = false;
  }

  #carryOut({ type, sequence, payload }: Accepted, done: () => void): void {
    const message = decodePayload(type, payload, 'host');
    if (message.ok) {
      // Only reliable types get here, so the datagrams among the host's messages are out of the question.
      carryOut(this.#board, message as DecodedMessage<RequestName>, sequence, this.#outbox, done);
      return;
    }
    const status = message.error.kind === 'unknownType' ? STATUS.unknownMessage : STATUS.malformed;
    this.#outbox.post('Refused', { request: sequence, status, type });
    done();
  }

  #datagram<N extends MessageName>(
    name: N,
    value: PayloadOf<N>,
    session: number = this.#session & 0xffff,
  ): void {
    const definition = messageByName(name);
    const payload = encodePayload(definition, value);
    this.#hardware.uart.send(encodeFrame({ type: definition.type, session, sequence: 0, payload }), true);
  }

  #send(type: number, sequence: number, payload: Uint8Array): number {
    const { uart } = this.#hardware;
    uart.send(encodeFrame({ type, session: this.#session & 0xffff, sequence, payload }), false);
    return uart.drainedAtS();
  }

  #scheduleTelemetry(): void {
    this.#cancelTelemetry?.();
    this.#cancelTelemetry = this.#hardware.timers.after(TELEMETRY_PERIOD_S, () => {
      this.#datagram('Telemetry', this.#board.telemetry());
      this.#scheduleTelemetry();
    });
  }
}
