import type { FocalPoint } from '../array/focal-point.js';
import type { UeDescription } from '../bridge/bridge.js';
import {
  type EstimateRequest,
  MAX_TEXT_LENGTH,
  type Measure,
  type Notice,
  objectionToPoint,
  UE_PROTOCOL,
  type Welcome,
} from '../bridge/messages.js';
import { fromRanges } from '../bridge/slot-ranges.js';
import { encodePowerMessage, HEADER_BYTES, recordBytes } from '../bridge/wire.js';
import { requirePositive } from '../core/arguments.js';
import { type Clock, monotonicClock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { Random } from '../core/random.js';
import { BridgeLink } from './bridge-link.js';
import { HostClock } from './host-clock.js';
import { KeptPowers } from './kept-powers.js';
import { KeptRecords } from './kept-records.js';
import { isSensorReport, type PowerSource, type SlotPower, UntoldSlots } from './power-source.js';
import { SensorReports } from './sensor-reports.js';
import { requirePower, requireReport } from './source-checks.js';

const FIRST_RETRY_S = 0.05;
const LAST_RETRY_S = 2;
/** Bytes that may wait in the socket before the agent stops handing it more. */
const MAX_BUFFERED_BYTES = 1 << 20;
const MAX_RECORDS_AT_ONCE = 1024;
const WINDOW_BEFORE_WELCOME = 1024;

export type AgentState =
  | { readonly kind: 'connected'; readonly nextSequence: number }
  | { readonly kind: 'disconnected'; readonly reason: string; readonly retryInS: number };

export interface UeAgentOptions {
  /** The bridge, e.g. `ws://127.0.0.1:8517`. */
  readonly url: string;
  readonly description: UeDescription;
  readonly token?: string;
  readonly source: PowerSource;
  /**
   * Tells where this UE is by what it measured of each pilot; `setup` is what the controller says was sent. A UE without
   * it always reports its powers. What it throws is told to the controller.
   */
  readonly estimate?: (setup: unknown, pilots: readonly SlotPower[]) => FocalPoint;
  /** Ends with UE_ABSENT when the bridge was out of reach for so long, s; tries for ever when not given. */
  readonly giveUpAfterS?: number;
  readonly onState?: (state: AgentState) => void;
  /** Told what the bridge finds wrong with what this UE sends. */
  readonly onNotice?: (notice: Notice) => void;
  readonly clock?: Clock;
  /** Spreads the retries of several UEs. */
  readonly random?: Random;
}

export interface UeAgentStatistics {
  readonly connections: number;
  readonly recordsSent: number;
  /** Of those, how many had been sent before. */
  readonly recordsResent: number;
  readonly acknowledgedThrough: number;
  /** Records that the bridge has not acknowledged yet. */
  readonly kept: number;
}

/** A UE's end of `beamloop.ue.v1` (docs/ue-protocol.md): answers measure requests and delivers powers, come what may. */
export class UeAgent {
  readonly #options: UeAgentOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #kept = new KeptRecords();
  readonly #keptPowers = new KeptPowers();
  readonly #reports = new SensorReports();
  readonly #hostClock = new HostClock();
  #link: BridgeLink | null = null;
  /** Null while the link is not welcomed. */
  #welcome: Welcome | null = null;
  #memory: { readonly run: string; readonly session: string } | null = null;
  /** Next sequence number to send on this connection. */
  #cursor = 1;
  #sentThrough = 0;
  #recordsSent = 0;
  #recordsResent = 0;
  #connections = 0;
  #flushDue = false;
  #askedThrough = 0;
  #confirmedThrough = 0;
  /** The last request that the source could not take. */
  #doubted: { readonly request: number; readonly message: string } | null = null;
  #listening: Promise<void> = Promise.resolve();
  #wakeFeeder: () => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;

  constructor(options: UeAgentOptions) {
    const { giveUpAfterS = Infinity } = options;
    if (giveUpAfterS !== Infinity) requirePositive('giveUpAfterS', giveUpAfterS);
    this.#options = options;
    this.#clock = options.clock ?? monotonicClock;
    this.#random = options.random ?? new Random('ue-retry', options.description.ueId);
  }

  /**
   * Serves the bridge until `signal` is raised or the source ends and everything is acknowledged; then says bye and
   * resolves. Rejects with UE_REFUSED when the bridge refuses this UE, UE_ABSENT when the bridge is out of reach for
   * `giveUpAfterS`, BAD_ARGUMENT when a power is not one, and with whatever the source throws.
   */
  async run(signal: AbortSignal): Promise<void> {
    const life = new AbortController();
    const stop = new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true, signal: life.signal });
    });
    const feeding = this.#feed(life.signal);
    const connecting = this.#stayConnected(life.signal);
    try {
      await Promise.race([stop, feeding, connecting]);
    } finally {
      life.abort();
      this.#wakeFeeder();
      await this.#link?.leave();
      await Promise.allSettled([feeding, connecting]);
    }
  }

  statistics(): UeAgentStatistics {
    return {
      connections: this.#connections,
      recordsSent: this.#recordsSent,
      recordsResent: this.#recordsResent,
      acknowledgedThrough: this.#kept.acknowledged,
      kept: this.#kept.size,
    };
  }

  /** Moves powers from the source to the records that are kept, never more than a window ahead of the bridge. */
  async #feed(signal: AbortSignal): Promise<void> {
    for await (const item of this.#options.source.powers(signal)) {
      if (signal.aborted) return;
      if (isSensorReport(item)) {
        requireReport(item, this.#options.description);
        this.#reports.add(item, this.#kept.nextSequence - 1);
      } else {
        requirePower(item, this.#options.description);
        this.#kept.append(this.#keptPowers.take(item));
      }
      this.#flushSoon();
      await this.#until(() => this.#kept.size < (this.#welcome?.window ?? WINDOW_BEFORE_WELCOME), signal);
    }
    await this.#until(() => this.#kept.size === 0, signal);
  }

  /** Waits until records were acknowledged or dropped such that `isTrue`. */
  async #until(isTrue: () => boolean, signal: AbortSignal): Promise<void> {
    while (!isTrue() && !signal.aborted)
      await new Promise<void>((resolve) => {
        this.#wakeFeeder = resolve;
      });
  }

  async #stayConnected(signal: AbortSignal): Promise<void> {
    let retryS = FIRST_RETRY_S;
    let lastSeenS = this.#clock.nowS();
    while (!signal.aborted) {
      const connectionsBefore = this.#connections;
      const reason = await this.#connectOnce();
      if (signal.aborted) return;
      if (this.#connections > connectionsBefore) {
        retryS = FIRST_RETRY_S;
        lastSeenS = this.#clock.nowS();
      }
      const { url, giveUpAfterS = Number.POSITIVE_INFINITY } = this.#options;
      if (this.#clock.nowS() - lastSeenS >= giveUpAfterS)
        throw new BeamloopError('UE_ABSENT', {
          what: `The bridge could not be reached for ${giveUpAfterS} s: ${reason}`,
          where: url,
          todo: 'Start beamloop first, and check address and port',
        });
      const waitS = retryS * (0.5 + this.#random.uniform());
      this.#options.onState?.({ kind: 'disconnected', reason, retryInS: waitS });
      await this.#clock.sleep(waitS, signal).catch(() => undefined);
      retryS = Math.min(2 * retryS, LAST_RETRY_S);
    }
  }

  /** One connection from dialling to its end; returns why it ended, throws when another try cannot help. */
  async #connectOnce(): Promise<string> {
    const { url, token, description, estimate } = this.#options;
    const { ueId, model, software, numSubcarriers, sensors = false } = description;
    try {
      return await new Promise<string>((resolve, reject) => {
        this.#link = new BridgeLink(
          url,
          {
            type: 'hello',
            protocol: UE_PROTOCOL,
            ueId,
            description: {
              model,
              software,
              numSubcarriers,
              ...(estimate && { localEstimates: true }),
              ...(sensors && { sensors }),
            },
            ...(token === undefined ? {} : { token }),
            ...(this.#memory === null ? {} : { resume: this.#memory }),
          },
          {
            welcome: (welcome) => this.#onWelcome(welcome),
            measure: (measure) => this.#onMeasure(measure),
            estimate: (request) => this.#onEstimate(request),
            ack: (through) => this.#onAck(through),
            time: (answer) => this.#hostClock.add(answer, this.#clock.nowS()),
            notice: (notice) => this.#options.onNotice?.(notice),
            over: (reason, refusal) => (refusal === null ? resolve(reason) : reject(refusal)),
          },
          this.#clock,
        );
      });
    } finally {
      this.#link = null;
      this.#welcome = null;
    }
  }

  #onWelcome(welcome: Welcome): void {
    this.#connections++;
    const { run, session, nextSequence, acknowledged } = welcome;
    if (this.#memory?.run === run) this.#kept.continueRun(nextSequence, acknowledged);
    else {
      this.#kept.startRun(nextSequence, acknowledged);
      this.#keptPowers.clear();
      this.#sentThrough = nextSequence - 1;
    }
    if (this.#memory?.session !== session) {
      // Another bridge process, or one that did not know us: it numbers its requests afresh.
      this.#askedThrough = 0;
      this.#confirmedThrough = 0;
      this.#doubted = null;
    }
    this.#memory = { run, session };
    this.#welcome = welcome;
    this.#cursor = nextSequence;
    this.#reports.welcomed(welcome.sensors?.after ?? null);
    this.#reports.renumbered(this.#kept.nextSequence - 1);
    this.#hostClock.forget();
    this.#askTime();
    this.#wakeFeeder();
    this.#options.onState?.({ kind: 'connected', nextSequence });
    this.#flush();
  }

  #askTime(): void {
    this.#link?.send({ type: 'time', ueTimeS: this.#clock.nowS() });
  }

  #onMeasure({ request, slots, keep, clock }: Measure): void {
    const { session } = this.#memory!;
    const confirm = () => this.#link?.send({ type: 'measuring', request });
    const doubt = () => this.#link?.send({ type: 'cannot-tell', ...this.#doubted! });
    if (request === this.#doubted?.request) doubt();
    else if (request <= this.#confirmedThrough) confirm();
    if (request <= this.#askedThrough) return;
    this.#askedThrough = request;
    if (keep) this.#keptPowers.want(fromRanges(slots));
    // So that the next request finds the clock known better; on virtual time that says nothing.
    if (clock !== undefined && !clock.virtual) this.#askTime();
    this.#listening = this.#listening
      .then(async () => {
        if (clock !== undefined && !clock.virtual) await this.#hostClock.known();
        const timing = clock === undefined ? null : this.#hostClock.timing(clock, this.#clock.nowS());
        return this.#options.source.listenFor(fromRanges(slots), timing);
      })
      .then(
        () => null,
        (error) => {
          if (error instanceof UntoldSlots) return error.message.slice(0, MAX_TEXT_LENGTH);
          throw error;
        },
      )
      .then((message) => {
        if (this.#memory?.session !== session) return;
        if (message !== null) this.#doubted = { request, message };
        this.#confirmedThrough = request;
        if (this.#welcome !== null) (message === null ? confirm : doubt)();
      });
    this.#listening.catch((error) => this.#fail(error));
  }

  /** Answers anew when it is asked again: the first answer may have been lost with its connection. */
  #onEstimate({ request, slots, setup }: EstimateRequest): void {
    this.#link?.send({ request, ...this.#estimate(slots, setup) });
  }

  #estimate(slots: readonly number[], setup: unknown) {
    const refuse = (why: string) => {
      const message = why.slice(0, MAX_TEXT_LENGTH) || 'no reason was given';
      return { type: 'not-estimated', message } as const;
    };
    const { estimate } = this.#options;
    if (estimate === undefined) return refuse('this UE does not estimate');
    const pilots = slots.map((slot) => this.#keptPowers.get(slot));
    const lacking = pilots.indexOf(undefined);
    if (lacking >= 0) return refuse(`the powers of slot ${slots[lacking]} are not kept`);
    try {
      const { sinAngle, ringPerM } = estimate(setup, pilots as SlotPower[]);
      // As JSON, what is no number would become null, and the bridge could not say what was wrong.
      const objection = objectionToPoint({ sinAngle, ringPerM });
      if (objection !== null) return refuse(`the estimate is not a point: ${objection}`);
      return { type: 'estimated', sinAngle, ringPerM } as const;
    } catch (error) {
      return refuse(error instanceof Error ? error.message : String(error));
    }
  }

  #onAck(through: number): void {
    this.#kept.acknowledge(through);
    this.#wakeFeeder();
    this.#flush();
  }

  /** Gathers what the source yields in one go into one message. */
  #flushSoon(): void {
    if (this.#flushDue) return;
    this.#flushDue = true;
    setImmediate(() => {
      this.#flushDue = false;
      this.#flush();
    });
  }

  /** Sends what may be sent: inside the bridge's window, and not faster than the socket takes it. */
  #flush(): void {
    const link = this.#link;
    const welcome = this.#welcome;
    if (link === null || welcome === null) return;
    const perMessage = this.#recordsPerMessage(welcome);
    for (;;) {
      if (link.bufferedBytes > MAX_BUFFERED_BYTES) return;
      for (const report of this.#reports.takeBefore(this.#cursor)) link.send(report);
      const room = this.#kept.acknowledged + welcome.window - this.#cursor + 1;
      if (room <= 0) return;
      const records = this.#kept.from(
        this.#cursor,
        Math.min(perMessage, room, this.#reports.nextAfter - this.#cursor + 1),
      );
      const last = records.at(-1)?.sequence;
      if (last === undefined) return;
      link.sendPowers(encodePowerMessage(records), () => this.#flush());
      this.#cursor = last + 1;
      this.#recordsSent += records.length;
      this.#recordsResent += records.filter((record) => record.sequence <= this.#sentThrough).length;
      this.#sentThrough = Math.max(this.#sentThrough, last);
    }
  }

  #recordsPerMessage({ limits }: Welcome): number {
    const fitting = Math.floor(
      (limits.maxMessageBytes - HEADER_BYTES) / recordBytes(this.#options.description.numSubcarriers),
    );
    return Math.max(1, Math.min(fitting, limits.maxRecordsPerMessage, MAX_RECORDS_AT_ONCE));
  }
}
