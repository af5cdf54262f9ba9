import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { FocalPoint } from '../array/focal-point.js';
import { type Clock, monotonicClock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { Stop, type StopSignal } from '../core/stop-signal.js';
import { objectionTo, refusalOf, reject, sameSecret } from './admission.js';
import type {
  Complaint,
  EstimateSetup,
  PowerRecord,
  UeBridge,
  UeDescription,
  UeStatistics,
} from './bridge.js';
import type { BridgeOptions } from './bridge-options.js';
import { whyNoEstimate } from './estimate-request.js';
import { Handshakes } from './handshakes.js';
import { type BridgeLimits, DEFAULT_LIMITS } from './limits.js';
import { listen, requireToken } from './listen.js';
import { Listeners } from './listeners.js';
import { type Answer, type Hello, MAX_CONTROL_LENGTH, UE_PROTOCOL, type WireSlotClock } from './messages.js';
import { ReadingCount } from './reading-count.js';
import { Refusals } from './refusals.js';
import type { SensorRecord } from './sensor-reading.js';
import { toRanges } from './slot-ranges.js';
import { type ConnectionOwner, type Refusal, UeConnection } from './ue-connection.js';
import { type Request, UeSession } from './ue-session.js';
import { websocket } from './websocket.js';

/** Complaints about one UE that are told one by one; all are counted. */
const MAX_COMPLAINT_EVENTS = 1000;
/** Sensor readings that wait for somebody to listen. */
const MOST_UNHEARD_READINGS = 10_000;

/**
 * Starts the bridge. Rejects with BRIDGE_TOKEN when it would listen beyond this machine without a token, and with
 * BRIDGE_LISTEN when it cannot listen.
 */
export async function startBridge(options: BridgeOptions = {}): Promise<UeBridge> {
  const host = options.host ?? '127.0.0.1';
  requireToken(host, options.token);
  const server = createServer((_request, response) => {
    response.writeHead(426, { 'content-type': 'text/plain', connection: 'close' });
    response.end(`This is a beamloop UE bridge. Connect with a WebSocket, subprotocol ${UE_PROTOCOL}.\n`);
  });
  await listen(server, host, options.port ?? 0);
  return new BridgeServer(server, host, options);
}

class BridgeServer implements UeBridge, ConnectionOwner {
  readonly url: string;
  readonly limits: BridgeLimits;
  readonly clock: Clock;
  readonly #options: BridgeOptions;
  readonly #server: Server;
  readonly #run: string;
  readonly #sessions = new Map<string, UeSession>();
  readonly #connections = new Set<UeConnection>();
  /** The only UEs that may connect; null = any. */
  readonly #ueIds: ReadonlySet<string> | null;
  readonly #handshakes: Handshakes;
  readonly #sockets = new WeakMap<UeConnection, Socket>();
  #strangerEvents = 0;
  readonly #refusals = new Refusals();
  /** UEs are quick to send again what an earlier bridge of the run had not acknowledged: before anybody listens. */
  readonly #powers = new Listeners<PowerRecord>();
  readonly #readings = new Listeners<SensorRecord>(MOST_UNHEARD_READINGS);
  readonly #closed = new AbortController();

  constructor(server: Server, host: string, options: BridgeOptions) {
    this.#server = server;
    this.#options = options;
    this.#run = options.run ?? randomUUID();
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.clock = options.clock ?? monotonicClock;
    const { port } = server.address() as AddressInfo;
    this.url = `ws://${host.includes(':') ? `[${host}]` : host}:${port}`;
    for (const ueId of options.durable?.keys() ?? []) this.#sessionOf(ueId);

    this.#ueIds = options.ueIds === undefined ? null : new Set(options.ueIds);
    this.#handshakes = new Handshakes(this.limits, this.clock);
    server.on('connection', (socket) => this.#handshakes.begin(socket));
    const sockets = new (websocket().WebSocketServer)({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: this.limits.maxMessageBytes,
      handleProtocols: () => UE_PROTOCOL,
    });
    server.on('upgrade', (request, duplex, head) => {
      const socket = duplex as Socket;
      const objection = objectionTo(request, options.token);
      if (objection !== null) {
        const [, reason, todo] = objection;
        this.#refusedStranger(null, 'upgrade-refused', { message: reason, todo });
        return reject(socket, objection);
      }
      sockets.handleUpgrade(request, socket, head, (webSocket) => {
        const connection = new UeConnection(webSocket, this);
        this.#connections.add(connection);
        this.#sockets.set(connection, socket);
        this.#handshakes.endsBy(socket, (reason) => connection.endHandshake(reason));
      });
    });
  }

  async waitForUe(ueId: string, timeoutS: number, signal?: StopSignal): Promise<UeDescription> {
    const session = this.#sessionOf(ueId);
    if (session.connection !== null) return session.description!;
    return this.#waitFor<UeDescription>(
      (resolve) => session.whenWelcomed(resolve),
      timeoutS,
      () =>
        new BeamloopError('UE_ABSENT', {
          what: `The UE ${ueId} did not connect within ${timeoutS} s${this.#refusals.meanwhile(ueId)}`,
          where: this.url,
          todo: `Start the UE and point it at ${this.url}${this.#refusals.advice(ueId)}`,
        }),
      signal,
    );
  }

  async measure(
    ueId: string,
    slots: readonly number[],
    timeoutS: number,
    signal?: StopSignal,
    keep = false,
    clock?: WireSlotClock,
  ): Promise<boolean> {
    const ranges = toRanges(slots);
    const valid = slots.every(
      (slot, k) => Number.isInteger(slot) && slot >= 0 && slot > (slots[k - 1] ?? -1),
    );
    if (!valid || slots.length === 0 || JSON.stringify(ranges).length > MAX_CONTROL_LENGTH / 2)
      throw new BeamloopError('BAD_ARGUMENT', {
        what: 'A measure request needs ascending slots, at least one and not too scattered',
        where: `UE ${ueId}, ${slots.length} slots`,
      });
    const asked: Request = {
      type: 'measure',
      slots: ranges.map(([a, b]): [number, number] => [a, b]),
      ...(keep && { keep }),
      ...(clock !== undefined && { clock }),
    };
    return (await this.#ask(ueId, asked, 'measuring', timeoutS, signal)).type === 'measuring';
  }

  async estimate(
    ueId: string,
    slots: readonly number[],
    setup: EstimateSetup,
    timeoutS: number,
    signal?: StopSignal,
  ): Promise<FocalPoint> {
    const refused = whyNoEstimate(slots.length, setup);
    if (refused !== null) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: refused,
        where: `UE ${ueId}`,
        todo: 'Ask for fewer pilots, or for their powers',
      });
    }
    const asked: Request = { type: 'estimate', slots: [...slots], setup };
    const answer = await this.#ask(ueId, asked, 'an estimate', timeoutS, signal);
    if (answer.type !== 'estimated')
      throw this.#notEstimated(ueId, answer.type === 'not-estimated' ? answer.message : answer.type);
    const { sinAngle, ringPerM } = answer;
    // The ring of a point half a wavelength away: no user is nearer to an array, whose elements lie that far apart.
    const largestRingPerM = setup.array.carrierHz / setup.array.speedOfLightMPerS;
    if (ringPerM <= largestRingPerM) return { sinAngle, ringPerM };
    const why = `malformed answer, ringPerM: ${ringPerM} is more than ${largestRingPerM}, nearer than half a wavelength`;
    const session = this.#sessionOf(ueId);
    session.malformed++;
    this.complained(session, 'malformed', {
      code: 'bad-control',
      message: `sent a ${why}`,
      todo: 'Compare it with docs/ue-protocol.md, "Local estimates"',
    });
    throw this.#notEstimated(ueId, why);
  }

  onPower(listener: (record: PowerRecord) => void): void {
    this.#powers.add(listener);
  }

  onSensor(listener: (reading: SensorRecord) => void): void {
    this.#readings.add(listener);
  }

  acknowledge(ueId: string, sequence: number): void {
    this.#sessions.get(ueId)?.acknowledge(sequence);
  }

  statistics(ueId?: string): UeStatistics[] {
    const sessions = ueId === undefined ? [...this.#sessions.values()] : [this.#sessions.get(ueId)];
    return sessions.flatMap((session) => session?.statistics() ?? []);
  }

  complaint(ueId: string): Complaint | null {
    return this.#sessions.get(ueId)?.complaint ?? null;
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    const stopped = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#closed.abort(
      new BeamloopError('UE_ABSENT', {
        what: 'The UE bridge was closed while a UE was waited for',
        where: this.url,
      }),
    );
    await Promise.all([...this.#connections].map((connection) => connection.goAway()));
    this.#server.closeAllConnections();
    await stopped;
  }

  greet(connection: UeConnection, hello: Hello): void {
    const { token } = this.#options;
    const { maxSubcarriers } = this.limits;
    const refusal =
      refusalOf(hello, { token, ueIds: this.#ueIds, maxSubcarriers }) ?? this.#lackOfRoom(hello);
    if (refusal === null) void this.#admit(connection, hello);
    else connection.refuse(refusal);
  }

  deliver(record: PowerRecord): void {
    this.#powers.tell(record);
  }

  deliverReading(reading: SensorRecord): void {
    this.#readings.tell(reading);
  }

  complained(session: UeSession, kind: 'malformed' | 'remarked', { code, message, todo }: Complaint): void {
    // What is only odd may be so of every record; what is wrong ends the connection after a while.
    const isNews = kind === 'remarked' ? session.isFirst(code) : session.malformed <= MAX_COMPLAINT_EVENTS;
    if (isNews) this.#options.onEvent?.({ kind, ueId: session.ueId, code, reason: message, todo });
  }

  passed(connection: UeConnection, stage: 'greeted' | 'done'): void {
    const socket = this.#sockets.get(connection);
    if (socket !== undefined) this.#handshakes[stage](socket);
  }

  ended(connection: UeConnection, reason: string, refusal: Refusal | null): void {
    this.#connections.delete(connection);
    const { session } = connection;
    session?.detach(connection);
    const ueId = session?.ueId ?? null;
    if (refusal !== null && ueId === null) this.#refusedStranger(connection.claimedId, refusal.code, refusal);
    else if (refusal !== null) {
      this.#refusals.note(ueId, refusal);
      this.#options.onEvent?.({ kind: 'refused', ueId, code: refusal.code, reason });
    }
    if (ueId !== null) this.#options.onEvent?.({ kind: 'disconnected', ueId, reason });
  }

  /** Whoever is no UE of the run yet may come as often as it likes; told of it is only so much. */
  #refusedStranger(
    claimedId: string | null,
    code: string,
    { message, todo }: { readonly message: string; readonly todo: string },
  ): void {
    const ueId = claimedId !== null && this.#ueIds?.has(claimedId) ? claimedId : null;
    this.#refusals.note(ueId, { message, todo });
    const left = this.limits.maxStrangerEvents - ++this.#strangerEvents;
    if (left < 0) return;
    const more = left === 0 ? ' (refusals of strangers after this one are not told)' : '';
    this.#options.onEvent?.({ kind: 'refused', ueId, code, reason: `${message}${more}` });
  }

  #lackOfRoom({ ueId }: Hello): Refusal | null {
    if (this.#hasRoomFor(ueId)) return null;
    return {
      code: 'too-many-ues',
      message: `This bridge serves at most ${this.limits.maxUes} UEs`,
      todo: 'Use fewer names',
    };
  }

  #hasRoomFor(ueId: string): boolean {
    if (this.#sessions.has(ueId) || this.#sessions.size < this.limits.maxUes) return true;
    for (const session of this.#sessions.values())
      if (session.isBlank) return this.#sessions.delete(session.ueId);
    return false;
  }

  /**
   * One id, one living UE. A connection that holds the id gives way when the newcomer shows its session key, or when it
   * shows no sign of life: it may be half open, and the newcomer the same UE after a restart.
   */
  async #admit(connection: UeConnection, hello: Hello): Promise<void> {
    const session = this.#sessionOf(hello.ueId);
    const holder = this.#holderOf(session);
    const isSameUe = sameSecret(hello.resume?.session ?? '', session.key);
    const lives = holder !== null && !isSameUe && (await holder.answersWithin(this.limits.challengeS));
    if (connection.isOver) return;
    const holderNow = this.#holderOf(session);
    if (holderNow !== null && (lives || holderNow !== holder)) {
      connection.refuse({
        code: 'duplicate-ue',
        message: `Another UE called ${hello.ueId} is connected`,
        todo: 'Give each UE its own id, or stop the other one',
      });
      return;
    }
    holderNow?.refuse({
      code: 'replaced',
      message: `The UE ${hello.ueId} came back on a new connection`,
      todo: 'Nothing, if it was you',
    });
    this.#refusals.forget(hello.ueId);
    const nextSequence = connection.welcome(session, hello, this.#run);
    this.#options.onEvent?.({ kind: 'connected', ueId: hello.ueId, nextSequence });
  }

  #holderOf(session: UeSession): UeConnection | null {
    return session.connection instanceof UeConnection ? session.connection : null;
  }

  #sessionOf(ueId: string): UeSession {
    const known = this.#sessions.get(ueId);
    if (known !== undefined) return known;
    const { durable, kept, sensors = false, durableReadings } = this.#options;
    const isNew = (durable?.size ?? 0) + (kept?.size ?? 0) === 0;
    const acknowledged = durable?.get(ueId) ?? 0;
    const readings = sensors ? new ReadingCount(durableReadings?.get(ueId)) : null;
    const memory = { acknowledged, kept: kept?.get(ueId) ?? [], isNew };
    const session = new UeSession(ueId, this.limits.window, memory, readings);
    this.#sessions.set(ueId, session);
    return session;
  }

  #notEstimated(ueId: string, why: string): BeamloopError {
    return new BeamloopError('UE_ESTIMATE', {
      what: `The UE ${ueId} could not estimate where it is: ${why}`,
      where: this.url,
      todo: 'Measure the pilots again, or have the powers reported',
    });
  }

  /** Puts a request to a UE and waits for its answer. `wanted` names what it has to answer with. */
  #ask(ueId: string, asked: Request, wanted: string, timeoutS: number, signal?: StopSignal): Promise<Answer> {
    const session = this.#sessionOf(ueId);
    return this.#waitFor<Answer>(
      (resolve) => session.request(asked, resolve),
      timeoutS,
      () =>
        session.connection === null
          ? new BeamloopError('UE_ABSENT', {
              what: `The UE ${ueId} is not connected and could not be asked to ${asked.type} within ${timeoutS} s${this.#refusals.meanwhile(ueId)}`,
              where: this.url,
              todo: `Check that the UE runs and reaches this machine${this.#refusals.advice(ueId)}`,
            })
          : new BeamloopError('UE_SILENT', {
              what:
                `The UE ${ueId} is connected but did not confirm a ${asked.type} request within ${timeoutS} s` +
                (session.complaint === null ? '' : `; it ${session.complaint.message}`),
              where: this.url,
              todo: `${session.complaint === null ? '' : `${session.complaint.todo}. `}Check the log of the UE: it must answer every ${asked.type} with ${wanted}`,
            }),
      signal,
    );
  }

  /** Waits for what `start` brings, at most `timeoutS`, and always cleans up with what `start` returned. */
  async #waitFor<T>(
    start: (resolve: (value: T) => void) => () => void,
    timeoutS: number,
    timeoutError: () => BeamloopError,
    signal?: StopSignal,
  ): Promise<T> {
    const wait = new Stop(this.#closed.signal, ...(signal === undefined ? [] : [signal]));
    let withdraw: (() => void) | undefined;
    try {
      const arrived = new Promise<T>((resolve) => {
        withdraw = start(resolve);
      });
      const tooLate = this.clock.sleep(timeoutS, wait).then(() => {
        throw timeoutError();
      });
      return await Promise.race([arrived, tooLate]);
    } finally {
      withdraw?.();
      wait.end('done');
    }
  }
}
