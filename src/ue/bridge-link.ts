import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { isThisMachine } from '../bridge/listen.js';
import {
  decodeFromBridge,
  type ErrorMessage,
  type EstimateRequest,
  type Measure,
  type MessageFromUe,
  type Notice,
  type TimeAnswer,
  UE_PROTOCOL,
  type Welcome,
} from '../bridge/messages.js';
import { websocket } from '../bridge/websocket.js';
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';

const OPEN_TIMEOUT_S = 5;
const LEAVE_TIMEOUT_S = 1;
/** Heartbeats of the bridge that may go missing before the link counts as dead. */
const SILENT_HEARTBEATS = 3;
/** Bytes; a control message of the greatest length fits. */
const MAX_MESSAGE_FROM_BRIDGE = 4 << 20;

export interface LinkEvents {
  welcome(welcome: Welcome): void;
  measure(measure: Measure): void;
  estimate(request: EstimateRequest): void;
  ack(through: number): void;
  time(answer: TimeAnswer): void;
  notice(notice: Notice): void;
  /** Called once. `refusal` is set when trying again cannot help. */
  over(reason: string, refusal: BeamloopError | null): void;
}

/** One connection of a UE to a bridge, from dialling to the end. */
export class BridgeLink {
  readonly #url: string;
  readonly #socket: WebSocket;
  readonly #events: LinkEvents;
  readonly #clock: Clock;
  readonly #over = new AbortController();
  #welcomed = false;
  #heardAtS: number;

  /** Throws BAD_ARGUMENT when the address is not one of a WebSocket. */
  constructor(url: string, hello: MessageFromUe, events: LinkEvents, clock: Clock) {
    this.#url = url;
    this.#events = events;
    this.#clock = clock;
    this.#heardAtS = clock.nowS();
    this.#socket = dial(url);
    this.#socket.on('open', () => this.send(hello));
    this.#socket.on('message', (data, isBinary) => this.#onMessage(isBinary ? null : data.toString()));
    this.#socket.on('ping', () => this.#heard());
    this.#socket.on('unexpected-response', (_request, response) => this.#onHttpAnswer(response));
    this.#socket.on('error', (error) => this.#finish(error.message, null));
    this.#socket.on('close', (code) => this.#finish(`connection closed (${code})`, null));
    this.#dropAfter(OPEN_TIMEOUT_S, () => !this.#welcomed, 'the bridge did not answer');
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(message: MessageFromUe): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  /** Sends a power message; `sent` is called when it has left this process. */
  sendPowers(message: Uint8Array, sent: () => void): void {
    this.#socket.send(message, { binary: true }, sent);
  }

  /** Says bye and closes; resolves when the connection is closed. */
  async leave(): Promise<void> {
    this.send({ type: 'bye' });
    this.#finish('left', null);
    if (this.#socket.readyState === this.#socket.CLOSED) return;
    const closed = new AbortController();
    this.#socket.once('close', () => closed.abort());
    this.#socket.close(1000, 'bye');
    await this.#clock.sleep(LEAVE_TIMEOUT_S, closed.signal).catch(() => undefined);
    this.#socket.terminate();
  }

  #onMessage(text: string | null): void {
    if (this.#over.signal.aborted) return;
    this.#heard();
    const decoded = text === null ? null : decodeFromBridge(text);
    if (!decoded?.ok) {
      const detail = decoded === null ? 'a binary message' : decoded.detail;
      this.#drop(`the bridge sent something that is not ${UE_PROTOCOL}: ${detail}`);
      return;
    }
    const { message } = decoded;
    if (message.type === 'error') this.#onError(message);
    else if (message.type === 'welcome') this.#onWelcome(message);
    else if (!this.#welcomed) this.#drop(`the bridge sent ${message.type} before welcome`);
    else if (message.type === 'ack') this.#events.ack(message.through);
    else if (message.type === 'estimate') this.#events.estimate(message);
    else if (message.type === 'time') this.#events.time(message);
    else if (message.type === 'notice') this.#events.notice(message);
    else this.#events.measure(message);
  }

  #onWelcome(welcome: Welcome): void {
    this.#welcomed = true;
    const silenceS = SILENT_HEARTBEATS * welcome.heartbeatS;
    const isSilent = () => this.#clock.nowS() - this.#heardAtS >= silenceS;
    this.#dropAfter(silenceS, isSilent, 'the bridge fell silent', true);
    this.#events.welcome(welcome);
  }

  #onError({ code, message, todo }: ErrorMessage): void {
    // One that was too slow to introduce itself, or one of too many at once, tries again.
    const hopeless = code === 'replaced' || (!this.#welcomed && code !== 'hello-late');
    this.#finish(`${code}: ${message}`, hopeless ? this.#refusal(`${message} [${code}]`, todo) : null);
    this.#socket.close();
  }

  #onHttpAnswer(response: IncomingMessage): void {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      if (body.length < 1000) body += chunk;
    });
    response.on('error', (error) => this.#finish(error.message, null));
    response.on('end', () => {
      const status = `${response.statusCode} ${body.trim().slice(0, 1000)}`;
      const todo = 'Check that the address is that of a beamloop UE bridge';
      this.#finish(status, response.statusCode === 503 ? null : this.#refusal(status, todo));
      this.#socket.terminate();
    });
  }

  #refusal(message: string, todo: string): BeamloopError {
    return new BeamloopError('UE_REFUSED', {
      what: `The bridge refused this UE: ${message}`,
      where: this.#url,
      todo,
    });
  }

  #heard(): void {
    this.#heardAtS = this.#clock.nowS();
  }

  /** Drops the link after a while if `isDead` by then; keeps an eye on it when `again`. */
  #dropAfter(durationS: number, isDead: () => boolean, reason: string, again = false): void {
    this.#clock.sleep(durationS, this.#over.signal).then(
      () => {
        if (isDead()) this.#drop(reason);
        else if (again) this.#dropAfter(durationS, isDead, reason, again);
      },
      () => undefined,
    );
  }

  #drop(reason: string): void {
    this.#finish(reason, null);
    this.#socket.terminate();
  }

  #finish(reason: string, refusal: BeamloopError | null): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#events.over(reason, refusal);
  }
}

function dial(url: string): WebSocket {
  try {
    return new (websocket().WebSocket)(url, UE_PROTOCOL, {
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_FROM_BRIDGE,
      handshakeTimeout: OPEN_TIMEOUT_S * 1e3,
      // Masks guard against proxies between the machines. There are none on the way to ourselves, where masking and
      // unmasking byte by byte would take more time than all else.
      ...(isThisMachine(new URL(url).hostname.replace(/^\[|\]$/g, '')) && {
        generateMask: (mask) => mask.fill(0),
      }),
    });
  } catch (cause) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'The address of the bridge is not one of a WebSocket',
      where: url,
      todo: 'Use the address that beamloop prints, for example ws://127.0.0.1:8517',
      cause,
    });
  }
}
