import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../core/clock.js';
import type { Complaint, PowerRecord } from './bridge.js';
import { CLOSE_GOING_AWAY, CLOSE_NORMAL, CLOSE_POLICY, closeSocket } from './close-socket.js';
import { complaintOfPowers, complaintOfText, complaintOfTime, complaintOfUnasked } from './complaint.js';
import type { BridgeLimits } from './limits.js';
import {
  decodeFromUe,
  type ErrorMessage,
  type Hello,
  MAX_CONTROL_LENGTH,
  type MessageFromBridge,
  type RefusalCode,
} from './messages.js';
import { RateLimit } from './rate-limit.js';
import { recordOf, type SensorMessage, type SensorRecord } from './sensor-reading.js';
import type { UeLink, UeSession } from './ue-session.js';
import { welcomeTo } from './welcome.js';
import { decodePowerMessage } from './wire.js';

/** More than a control message can have; the decoder refuses what is cut off here. */
const MAX_CONTROL_BYTES = 4 * (MAX_CONTROL_LENGTH + 1);

/** Why a connection is refused: `ErrorMessage` with a code that the protocol lists. */
export type Refusal = Omit<ErrorMessage, 'type'> & { readonly code: RefusalCode };

/** What a connection needs from the bridge that it belongs to. */
export interface ConnectionOwner {
  readonly limits: BridgeLimits;
  readonly clock: Clock;
  /** The UE introduced itself. The owner answers with `welcome` or `refuse`, now or later. */
  greet(connection: UeConnection, hello: Hello): void;
  deliver(record: PowerRecord): void;
  deliverReading(reading: SensorRecord): void;
  /** Something that the UE sent was dropped (`malformed`) or taken with a remark. */
  complained(session: UeSession, kind: 'malformed' | 'remarked', complaint: Complaint): void;
  /** It is no stranger any more: its hello is there, or it was welcomed or refused. */
  passed(connection: UeConnection, stage: 'greeted' | 'done'): void;
  /** Called once, as soon as nothing more is taken from this connection. */
  ended(connection: UeConnection, reason: string, refusal: Refusal | null): void;
}

/** One WebSocket of one UE, from accept to close. */
export class UeConnection implements UeLink {
  readonly #socket: WebSocket;
  readonly #owner: ConnectionOwner;
  readonly #control: RateLimit;
  readonly #records: RateLimit;
  readonly #readings: RateLimit;
  readonly #over = new AbortController();
  #state: 'new' | 'greeted' | 'welcomed' | 'over' = 'new';
  #session: UeSession | null = null;
  #claimedId: string | null = null;
  /** Kinds of mistakes that the UE was told of. */
  readonly #told = new Set<string>();
  #malformed = 0;
  #silentBeats = 0;
  /** When the last message was taken from the socket, s. */
  #receivedS = 0;
  #readAgainAtS: number | null = null;
  #ackDue = false;
  #whenHeard = new Set<() => void>();

  constructor(socket: WebSocket, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#owner = owner;
    const { clock, limits } = owner;
    this.#control = new RateLimit(limits.controlPerS, clock.nowS());
    this.#records = new RateLimit(limits.recordsPerS, clock.nowS());
    this.#readings = new RateLimit(limits.readingsPerS, clock.nowS());
    socket.on('message', (data, isBinary) => this.#onMessage(data, isBinary));
    socket.on('ping', () => this.#onControl());
    socket.on('pong', () => this.#onControl());
    socket.on('error', (error) => this.#onSocketError(error));
    socket.on('close', (code) => this.#finish(`connection closed (${code})`, null));
  }

  /** Shown the door before its hello came. */
  endHandshake(reason: 'too late' | 'too many'): void {
    this.refuse({
      code: 'hello-late',
      message:
        reason === 'too late'
          ? `No hello within ${this.#owner.limits.helloTimeoutS} s`
          : 'Too many connections that have not said hello; the oldest had to go',
      todo: 'Send hello first, as soon as the connection is open',
    });
  }

  /** The id that its hello gave; null before. */
  get claimedId(): string | null {
    return this.#claimedId;
  }

  get isOver(): boolean {
    return this.#state === 'over';
  }

  get session(): UeSession | null {
    return this.#session;
  }

  /** Lets the UE in: sends `welcome` and everything that waited for it. */
  welcome(session: UeSession, hello: Hello, run: string): number {
    const { limits } = this.#owner;
    this.#state = 'welcomed';
    this.#session = session;
    this.#owner.passed(this, 'done');
    const nextSequence = session.attach(this, hello, run);
    this.send(welcomeTo(session, run, nextSequence, limits));
    this.#beat();
    session.welcomed();
    return nextSequence;
  }

  send(message: MessageFromBridge): void {
    if (this.#state === 'over') return;
    if (this.#socket.bufferedAmount > this.#owner.limits.maxBufferedBytes) {
      this.refuse({
        code: 'too-slow',
        message: 'The UE does not read what it is sent',
        todo: 'Read from the WebSocket all the time, also while measuring',
      });
      return;
    }
    this.#socket.send(JSON.stringify(message), () => {
      if (this.#ackDue) this.#acknowledge();
    });
  }

  acknowledgeSoon(): void {
    if (this.#ackDue) return;
    this.#ackDue = true;
    setImmediate(() => this.#acknowledge());
  }

  /** Says why, then closes. */
  refuse(refusal: Refusal): void {
    if (this.#state === 'over') return;
    this.#socket.send(JSON.stringify({ type: 'error', ...refusal }));
    this.#finish(refusal.message, refusal);
    this.#close(CLOSE_POLICY, refusal.code);
  }

  /** Closes because the bridge does. */
  goAway(): Promise<void> {
    this.#finish('bridge closed', null);
    return this.#close(CLOSE_GOING_AWAY, 'bridge closed');
  }

  /** Whether the peer gives any sign of life within `timeoutS`. */
  answersWithin(timeoutS: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (answer: boolean) => {
        this.#whenHeard.delete(heard);
        resolve(answer);
      };
      const heard = () => settle(true);
      this.#whenHeard.add(heard);
      this.#socket.ping();
      this.#after(
        timeoutS,
        () => settle(this.#readAgainAtS !== null),
        () => settle(false),
      );
    });
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    if (this.#state === 'over') return;
    this.#receivedS = this.#owner.clock.nowS();
    this.#heard();
    // The binary type of a server's socket is 'nodebuffer': one Buffer, whatever the fragmentation.
    const bytes = data as Buffer;
    if (!isBinary) this.#onText(bytes.toString('utf8', 0, MAX_CONTROL_BYTES));
    else if (this.#state === 'welcomed') this.#onPowers(bytes, this.#session!);
    else this.#refuseBeforeWelcome('Power records came before the welcome');
  }

  #onText(text: string): void {
    const decoded = decodeFromUe(text);
    if (decoded.ok && decoded.message.type === 'sensor' && this.#state === 'welcomed') {
      this.#onReading(decoded.message, this.#session!);
      return;
    }
    if (!this.#payControl()) return;
    if (!decoded.ok) {
      if (this.#state === 'welcomed') this.#onMalformedText(this.#session!, text, decoded);
      else this.#refuseBeforeWelcome(`The first message is not a hello: ${decoded.detail}`);
      return;
    }
    const { message } = decoded;
    if (message.type === 'hello') {
      this.#onHello(message);
    } else if (message.type === 'bye') {
      this.#finish('UE said bye', null);
      this.#close(CLOSE_NORMAL, 'bye');
    } else if (this.#state === 'welcomed' && message.type !== 'sensor') {
      if (message.type === 'time') this.#tellTime(message.ueTimeS);
      else {
        if (message.type === 'cannot-tell')
          this.#complain(this.#session!, 'remarked', complaintOfTime(message.message));
        this.#session!.answer(message);
      }
    } else this.#refuseBeforeWelcome(`${message.type} came before the welcome`);
  }

  /** An answer that cannot be read is one all the same: nobody need wait for another. */
  #onMalformedText(
    session: UeSession,
    text: string,
    { detail, answers }: { readonly detail: string; readonly answers: number | null },
  ): void {
    const complaint = complaintOfText(text, detail);
    if (complaint.code === 'bad-sensor' && session.readings !== null) session.readings.malformed++;
    this.#countMalformed(session, complaint);
    if (answers === null) return;
    session.answer({ type: 'not-estimated', request: answers, message: `malformed answer, ${detail}` });
  }

  #onHello(hello: Hello): void {
    if (this.#state === 'new') {
      this.#state = 'greeted';
      this.#claimedId = hello.ueId;
      this.#owner.passed(this, 'greeted');
      this.#owner.greet(this, hello);
    } else this.#refuseBeforeWelcome('hello came twice');
  }

  #onPowers(message: Uint8Array, session: UeSession): void {
    const { limits, clock } = this.#owner;
    const decoded = decodePowerMessage(message, session.ueId, limits);
    if (!decoded.ok) {
      this.#countMalformed(session, complaintOfPowers(decoded.malformed, decoded.detail));
      return;
    }
    for (const record of decoded.records) {
      const objection = session.objectionTo(record);
      if (objection === null) continue;
      this.#countMalformed(session, objection);
      return;
    }
    this.#slowDown(this.#records.take(decoded.records.length, clock.nowS()), session);
    for (const record of decoded.records) {
      const arrival = session.take(record);
      if (arrival === 'new') {
        this.#owner.deliver(record);
        const remark = session.remarkOn(record);
        if (remark !== null) this.#complain(session, 'remarked', remark);
      }
      if (arrival === 'beyond-window') {
        this.refuse({
          code: 'window-exceeded',
          message: `Record ${record.sequence} is beyond the window of ${limits.window} unacknowledged records`,
          todo: 'Wait for ack before sending more',
        });
        return;
      }
    }
  }

  /** Readings have a limit of their own: a UE may send more of them than other messages. */
  #onReading(message: SensorMessage, session: UeSession): void {
    const { clock } = this.#owner;
    this.#slowDown(this.#readings.take(1, clock.nowS()), session);
    if (!session.isAskedForReadings) {
      const announced = session.description?.sensors === true;
      this.#complain(session, 'remarked', complaintOfUnasked(announced));
    } else if (session.readings!.take(message.sequence)) {
      this.#owner.deliverReading(recordOf(message, session.ueId, this.#receivedS));
    }
  }

  #refuseBeforeWelcome(message: string): void {
    this.refuse({ code: 'hello-expected', message, todo: 'Send one hello, then wait for welcome' });
  }

  /** Tells the UE of each kind of mistake once, the owner every time. */
  #complain(session: UeSession, kind: 'malformed' | 'remarked', complaint: Complaint): void {
    session.complaint = complaint;
    this.#owner.complained(session, kind, complaint);
    if (this.#told.has(complaint.code)) return;
    this.#told.add(complaint.code);
    const { code, message, todo } = complaint;
    this.send({ type: 'notice', code, message: `The UE ${message}`, todo });
  }

  #tellTime(ueTimeS: number): void {
    const nowS = this.#owner.clock.nowS();
    this.send({ type: 'time', ueTimeS, receivedS: this.#receivedS, sentS: nowS });
  }

  #countMalformed(session: UeSession, complaint: Complaint): void {
    session.malformed++;
    this.#complain(session, 'malformed', complaint);
    if (++this.#malformed <= this.#owner.limits.malformedPerConnection) return;
    this.refuse({
      code: 'malformed',
      message: `Too many malformed messages; the UE ${complaint.message}`,
      todo: complaint.todo,
    });
  }

  #onControl(): void {
    if (this.#state === 'over') return;
    this.#heard();
    this.#payControl();
  }

  #payControl(): boolean {
    const { limits, clock } = this.#owner;
    if (this.#control.take(1, clock.nowS()) === 0) return true;
    this.refuse({
      code: 'too-fast',
      message: `More than ${limits.controlPerS} control messages per second`,
      todo: 'Send control messages only in answer to the bridge',
    });
    return false;
  }

  /** Stops reading until the debt is paid; meanwhile TCP holds the UE back. */
  #slowDown(debtS: number, session: UeSession): void {
    if (debtS === 0) return;
    const alreadyPaused = this.#readAgainAtS !== null;
    this.#readAgainAtS = this.#owner.clock.nowS() + debtS;
    if (alreadyPaused) return;
    session.throttled++;
    this.#socket.pause();
    const readAgain = () => {
      const leftS = this.#readAgainAtS! - this.#owner.clock.nowS();
      if (leftS > 0) return this.#after(leftS, readAgain);
      this.#readAgainAtS = null;
      this.#silentBeats = 0;
      this.#socket.resume();
    };
    this.#after(debtS, readAgain);
  }

  #acknowledge(): void {
    // A UE that reads slowly gets fewer acks, not more buffered ones; the callback of `send` comes back here.
    if (this.#state !== 'welcomed' || this.#socket.bufferedAmount > this.#owner.limits.maxBufferedBytes / 2)
      return;
    this.#ackDue = false;
    this.send({ type: 'ack', through: this.#session!.tracker.acknowledged });
  }

  #heard(): void {
    this.#silentBeats = 0;
    for (const heard of this.#whenHeard) heard();
  }

  #beat(): void {
    this.#after(this.#owner.limits.heartbeatS, () => {
      if (this.#readAgainAtS === null && this.#silentBeats++ >= 2) {
        this.#finish('the UE fell silent', null);
        this.#socket.terminate();
        return;
      }
      this.#socket.ping();
      this.#beat();
    });
  }

  #onSocketError(error: Error): void {
    if (this.#session !== null && this.#state !== 'over') {
      this.#session.malformed++;
      this.#complain(this.#session, 'malformed', {
        code: 'broken-frame',
        message: `sent what is no WebSocket frame or too long: ${error.message}`,
        todo: 'Use a WebSocket library, and messages no longer than welcome says',
      });
    }
    this.#finish(error.message, null);
  }

  #finish(reason: string, refusal: Refusal | null): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#over.abort();
    this.#owner.passed(this, 'done');
    this.#owner.ended(this, reason, refusal);
  }

  #close(code: number, reason: string): Promise<void> {
    return closeSocket(this.#socket, this.#owner.clock, code, reason);
  }

  /** Runs `then` after a while, or `otherwise` as soon as the connection is over. */
  #after(durationS: number, then: () => void, otherwise: () => void = () => undefined): void {
    this.#owner.clock.sleep(durationS, this.#over.signal).then(then, otherwise);
  }
}
