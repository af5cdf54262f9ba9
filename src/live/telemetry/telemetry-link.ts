/**
 * What this process publishes on a NATS server, through a thread of its own. Handing something over takes no longer than copying it;
 * what waits for the server is bounded, and what does not fit is turned away.
 */
import { hostname } from 'node:os';
import { Worker } from 'node:worker_threads';
import { compiledEntry } from '../../core/compiled-entry.js';
import { BeamloopError } from '../../core/errors.js';
import { errorOf } from '../../core/failure.js';
import type { NatsSettings } from '../../nats/nats-settings.js';
import type { LinkData, LinkReport, LinkRequest, Parcel, Settled } from './link-messages.js';
import { hostToken, type Kind } from './subjects.js';

/** Handed over and not settled yet, at most. Powers leave room for what is small and matters more. */
const MOST_WAITING_BYTES = 64 << 20;
const SHARE: Readonly<Record<Kind, number>> = { powers: 0.75, slots: 0.85, receipts: 0.9, messages: 1 };
/** Buffers that wait to be used again. */
const MOST_SPARE_BUFFERS = 32;
/** What a server may take to confirm the last that was sent. */
const DRAIN_PATIENCE_MS = 2000;
const CLOSE_PATIENCE_MS = 3000;

export interface LinkEvents {
  readonly settled: (parcel: Settled) => void;
  /** The server is gone, or back. */
  readonly state: (state: 'gone' | 'back') => void;
  /** Somebody begins to follow the run. */
  readonly asked: () => void;
}

export interface LinkTroubles {
  readonly gone: (shown: string) => void;
  readonly back: (shown: string) => void;
  readonly refused: (error: BeamloopError) => void;
}

type Opened = Extract<LinkReport, { type: 'open' }>;

export class TelemetryLink {
  /** Of this machine, as subjects name it. */
  readonly host: string;
  readonly shown: string;
  readonly maxPayloadBytes: number;
  readonly #worker: Worker;
  readonly #troubles: LinkTroubles;
  readonly #spare: ArrayBuffer[] = [];
  readonly #drains = new Map<number, () => void>();
  #run: { readonly number: number; readonly events: LinkEvents } | null = null;
  #numRuns = 0;
  #numDrains = 0;
  #waitingBytes = 0;
  #isGone = false;
  #closed: (() => void) | null = null;
  #isEnded = false;

  private constructor(
    worker: Worker,
    host: string,
    { shown, maxPayloadBytes }: Opened,
    troubles: LinkTroubles,
  ) {
    this.#worker = worker;
    this.host = host;
    this.shown = shown;
    this.maxPayloadBytes = maxPayloadBytes;
    this.#troubles = troubles;
    worker.on('message', (report: LinkReport) => this.#take(report));
    worker.on('error', (error) =>
      troubles.refused(
        new BeamloopError('INTERNAL', { what: `The thread that publishes has ended: ${error.message}` }),
      ),
    );
    worker.on('exit', () => this.#end());
    // A run that is over need not wait for it.
    worker.unref();
  }

  /**
   * @throws BAD_ARGUMENT, FILE_NOT_FOUND, FILE_UNREADABLE for settings; NATS_UNREACHABLE; NATS_REFUSED, also where the server does not
   *   allow publishing under our subjects.
   */
  static async open(settings: NatsSettings, troubles: LinkTroubles): Promise<TelemetryLink> {
    const host = hostToken(hostname());
    const worker = new Worker(compiledEntry('./telemetry-worker.js', import.meta.url), {
      workerData: { settings, host } satisfies LinkData,
      // Options of the program, such as --input-type, are not for this file.
      execArgv: [],
    });
    const first = await new Promise<LinkReport>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
    });
    if (first.type === 'open') return new TelemetryLink(worker, host, first, troubles);
    await worker.terminate();
    throw errorOf((first as Extract<LinkReport, { type: 'failed' }>).failure);
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** A run begins, one after the other. @returns its number, for parcels. */
  begin(prefix: string, hello: string, events: LinkEvents): number {
    this.#run = { number: ++this.#numRuns, events };
    this.#ask({ type: 'begin', prefix, hello });
    return this.#numRuns;
  }

  /** Whether something of so many bytes may wait. */
  hasRoom(kind: Kind | null, numBytes: number): boolean {
    const share = kind === null ? 1 : SHARE[kind];
    return !this.#isEnded && this.#waitingBytes + numBytes <= share * MOST_WAITING_BYTES;
  }

  /** A buffer to be filled, handed over or given back. */
  buffer(numBytes: number): Uint8Array<ArrayBuffer> {
    const k = this.#spare.findLastIndex(({ byteLength }) => byteLength === numBytes);
    return new Uint8Array(k < 0 ? new ArrayBuffer(numBytes) : this.#spare.splice(k, 1)[0]!);
  }

  giveBack(buffer: ArrayBuffer): void {
    this.#spare.push(buffer);
    if (this.#spare.length > MOST_SPARE_BUFFERS) this.#spare.shift();
  }

  /** Hands something over; whoever calls has asked for room. Its bytes must not be touched any more. */
  publish(parcel: Parcel): void {
    this.#waitingBytes += parcel.bytes.buffer.byteLength;
    this.#ask({ type: 'publish', ...parcel }, [parcel.bytes.buffer]);
  }

  /** Resolves when all that was handed over is settled, or with false when the server takes too long. */
  drain(): Promise<boolean> {
    if (this.#isEnded) return Promise.resolve(true);
    const id = ++this.#numDrains;
    return new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => {
        this.#drains.delete(id);
        resolve(false);
      }, DRAIN_PATIENCE_MS);
      this.#drains.set(id, () => {
        clearTimeout(timer);
        resolve(true);
      });
      this.#ask({ type: 'drain', id });
    });
  }

  /** The run is over: nobody is told of it any more. */
  end(): void {
    this.#run = null;
    this.#ask({ type: 'end' });
  }

  async close(): Promise<void> {
    if (!this.#isEnded) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, CLOSE_PATIENCE_MS);
        this.#closed = () => {
          clearTimeout(timer);
          resolve();
        };
        this.#ask({ type: 'close' });
      });
    }
    await this.#worker.terminate();
  }

  #ask(request: LinkRequest, transfer: ArrayBuffer[] = []): void {
    if (!this.#isEnded) this.#worker.postMessage(request, transfer);
  }

  #take(report: LinkReport): void {
    switch (report.type) {
      case 'settled':
        for (const parcel of report.parcels) this.#settle(parcel);
        return;
      case 'gone':
        if (this.#isGone) return;
        this.#isGone = true;
        this.#run?.events.state('gone');
        this.#troubles.gone(this.shown);
        return;
      case 'back':
        this.#isGone = false;
        this.#run?.events.state('back');
        this.#troubles.back(this.shown);
        return;
      case 'asked':
        this.#run?.events.asked();
        return;
      case 'refused':
        this.#troubles.refused(errorOf(report.failure));
        return;
      case 'drained':
        this.#drained(report.id);
        return;
      case 'closed':
        this.#closed?.();
    }
  }

  #settle(parcel: Settled): void {
    this.#waitingBytes -= parcel.numBytes;
    // Only those of powers are large.
    if (parcel.buffer !== null && parcel.kind === 'powers') this.giveBack(parcel.buffer);
    // What is told of a run that is over was told with it.
    if (parcel.run === this.#run?.number) this.#run.events.settled(parcel);
  }

  #drained(id: number): void {
    const resolve = this.#drains.get(id);
    this.#drains.delete(id);
    resolve?.();
  }

  /** Nothing is published any more, and nobody waits. */
  #end(): void {
    this.#isEnded = true;
    this.#isGone = true;
    for (const id of [...this.#drains.keys()]) this.#drained(id);
    this.#closed?.();
  }
}
