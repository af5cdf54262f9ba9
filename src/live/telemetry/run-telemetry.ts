/**
 * Publishes what a run does: rows as they are recorded, and what watchers are told. What does not fit is dropped and counted; the run
 * never waits for it.
 */
import { BeamloopError } from '../../core/errors.js';
import type { RowOfTable } from '../../record/follower.js';
import type { Row } from '../../record/schema.js';
import type { FeedListener } from '../feed-listener.js';
import type { LiveMessage, RunHello } from '../messages.js';
import type { Settled } from './link-messages.js';
import { bytesOfSlots, PowerBatch } from './power-batch.js';
import { inMessages } from './row-messages.js';
import { KINDS, type Kind, prefixOf, type Tally, type TelemetryCounts } from './subjects.js';
import type { TelemetryLink } from './telemetry-link.js';

/** Of a message of powers, whatever more the server takes. */
const MOST_POWER_BYTES = 1 << 20;
/** Of a document of rows, beside its rows. */
const MOST_ROWS_HEAD_BYTES = 100;
const COUNTS_INTERVAL_MS = 1000;
const NUMBERED: ReadonlySet<LiveMessage['type']> = new Set(['event', 'estimate', 'epoch', 'position', 'end']);

type Count = { -readonly [Part in keyof Tally]: number };

export class RunTelemetry implements FeedListener {
  readonly #link: TelemetryLink;
  readonly #prefix: string;
  readonly #powerBytes: number;
  readonly #tallies = Object.fromEntries(
    KINDS.map((kind) => [kind, { made: 0, sent: 0, unconfirmed: 0, dropped: 0 }]),
  ) as Record<Kind, Count>;
  /** Of messages, from 1. */
  readonly #sequences: Record<Kind, number> = { slots: 0, receipts: 0, powers: 0, messages: 0 };
  readonly #told = new Set<string>();
  readonly #run: number;
  readonly #timer: NodeJS.Timeout;
  #numOutages = 0;
  #isOver = false;

  /** @throws NATS_FULL where the server takes no messages of the size that this run needs. */
  constructor(link: TelemetryLink, hello: RunHello) {
    this.#link = link;
    this.#prefix = prefixOf(link.host, hello.id);
    this.#powerBytes = Math.min(MOST_POWER_BYTES, link.maxPayloadBytes);
    const text = JSON.stringify(hello);
    requireRoom(link, hello, Buffer.byteLength(text));
    this.#run = link.begin(this.#prefix, text, {
      settled: (parcel) => this.#settled(parcel),
      state: (state) => {
        if (state === 'gone') this.#numOutages++;
        // What was lost is made up for by what watchers ask for anew.
        else this.#told.clear();
      },
      asked: () => this.#told.clear(),
    });
    this.#offer('messages', 'live.hello', encoded(text), 1, false);
    this.#timer = setInterval(() => this.#tellCounts(false), COUNTS_INTERVAL_MS);
    this.#timer.unref();
  }

  /** What waits is bounded, and frames have their room in it. */
  readonly isBehind = false;

  isNew(hash: string, most: number): boolean {
    if (this.#told.has(hash)) return false;
    if (this.#told.size >= most) this.#told.clear();
    this.#told.add(hash);
    return true;
  }

  tell(message: LiveMessage): void {
    const isNumbered = NUMBERED.has(message.type);
    const text = isNumbered
      ? JSON.stringify({ sequence: ++this.#sequences.messages, ...message })
      : JSON.stringify(message);
    this.#offer('messages', `live.${message.type}`, encoded(text), 1, isNumbered);
  }

  /** Rows that were written. */
  take(rows: readonly RowOfTable[]): void {
    const slots: Row<'slots'>[] = [];
    const receipts: Row<'receipts'>[] = [];
    const powers: Row<'powers'>[] = [];
    for (const each of rows) {
      if (each.table === 'slots') slots.push(each.row);
      else if (each.table === 'receipts') receipts.push(each.row);
      else if (each.table === 'powers') powers.push(each.row);
    }
    this.#tellRows('slots', slots);
    this.#tellRows('receipts', receipts);
    this.#tellPowers(powers);
  }

  get counts(): TelemetryCounts {
    return this.#counts(false);
  }

  /** The run is over, and all that it does was told. What is under way may take a while to arrive, bounded. */
  async end(): Promise<TelemetryCounts> {
    clearInterval(this.#timer);
    const isDrained = await this.#link.drain();
    this.#isOver = true;
    for (const kind of KINDS) {
      const tally = this.#tallies[kind];
      tally.unconfirmed += tally.made - tally.sent - tally.unconfirmed - tally.dropped;
    }
    const counts = this.#tellCounts(true);
    // A server that took too long once is not waited for again.
    if (isDrained) await this.#link.drain();
    this.#link.end();
    return counts;
  }

  #tellRows(kind: 'slots' | 'receipts', rows: readonly object[]): void {
    this.#tallies[kind].made += rows.length;
    for (const { text, numRows } of inMessages(rows, this.#link.maxPayloadBytes - MOST_ROWS_HEAD_BYTES)) {
      const sequence = ++this.#sequences[kind];
      if (text === null) this.#tallies[kind].dropped += numRows;
      else {
        const document = `{"sequence":${sequence},"lost":${this.#lost(kind)},"${kind}":${text}}`;
        this.#publish(kind, kind, encoded(document), numRows, false);
      }
    }
  }

  #tellPowers(rows: readonly Row<'powers'>[]): void {
    this.#tallies.powers.made += rows.length;
    let batch: PowerBatch | null = null;
    for (const [k, row] of rows.entries()) {
      if (batch !== null && batch.numSubcarriers === row.powers.length && batch.add(row)) continue;
      this.#sendPowers(batch);
      batch = this.#newBatch(rows.slice(k));
      if (batch?.add(row) === true) continue;
      // Where there is no room for it, whoever reads sees a number that is missing.
      if (batch !== null) this.#link.giveBack(batch.buffer);
      batch = null;
      this.#sequences.powers++;
      this.#tallies.powers.dropped++;
    }
    this.#sendPowers(batch);
  }

  /** Null where it would not fit into what may wait. */
  #newBatch(rows: readonly Row<'powers'>[]): PowerBatch | null {
    const numSubcarriers = rows[0]!.powers.length;
    const needed = bytesOfSlots(
      numSubcarriers,
      rows.map(({ ue }) => ue),
    );
    const numBytes = Math.min(needed, this.#powerBytes);
    if (!this.#link.hasRoom('powers', numBytes)) return null;
    return new PowerBatch(this.#link.buffer(numBytes), numSubcarriers);
  }

  #sendPowers(batch: PowerBatch | null): void {
    if (batch === null) return;
    const { numSlots } = batch;
    const bytes = batch.finish(++this.#sequences.powers, this.#lost('powers'));
    this.#publish('powers', 'powers', bytes, numSlots, false);
  }

  #offer(
    kind: Kind,
    subject: string,
    bytes: Uint8Array<ArrayBuffer>,
    numItems: number,
    isRemembered: boolean,
  ): void {
    this.#tallies[kind].made += numItems;
    this.#publish(kind, subject, bytes, numItems, isRemembered);
  }

  #publish(
    kind: Kind,
    subject: string,
    bytes: Uint8Array<ArrayBuffer>,
    numItems: number,
    isRemembered: boolean,
  ): void {
    if (bytes.length > this.#link.maxPayloadBytes || !this.#link.hasRoom(kind, bytes.length)) {
      this.#tallies[kind].dropped += numItems;
      return;
    }
    const run = this.#run;
    this.#link.publish({ run, subject: `${this.#prefix}.${subject}`, bytes, kind, numItems, isRemembered });
  }

  #tellCounts(isFinal: boolean): TelemetryCounts {
    const counts = this.#counts(isFinal);
    const bytes = encoded(JSON.stringify(counts));
    // Where the server is gone, a heartbeat of long ago says nothing.
    if (this.#link.isGone || !this.#link.hasRoom(null, bytes.length)) return counts;
    this.#link.publish({
      ...{ run: this.#run, subject: `${this.#prefix}.counts`, bytes },
      ...{ kind: null, numItems: 1, isRemembered: false },
    });
    return counts;
  }

  #counts(isFinal: boolean): TelemetryCounts {
    const copies = Object.fromEntries(KINDS.map((kind) => [kind, { ...this.#tallies[kind] }]));
    return {
      ...{ type: 'counts', wallTimeMs: Date.now(), numOutages: this.#numOutages, isFinal },
      ...(copies as Record<Kind, Tally>),
    };
  }

  #settled({ kind, numItems, outcome }: Settled): void {
    if (kind !== null && !this.#isOver) this.#tallies[kind][outcome] += numItems;
  }

  #lost(kind: Kind): number {
    const { dropped, unconfirmed } = this.#tallies[kind];
    return dropped + unconfirmed;
  }
}

/** In a buffer of its own. */
function encoded(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text));
}

function requireRoom(link: TelemetryLink, { band, users }: RunHello, helloBytes: number): void {
  const longest = users.reduce((most, { id }) => (id.length > most.length ? id : most), '');
  const needs = [
    [helloBytes, 'what says what the run is'],
    [bytesOfSlots(band?.numSubcarriers ?? 1, [longest]), 'the powers of one slot'],
  ] as const;
  for (const [numBytes, what] of needs) {
    if (numBytes <= link.maxPayloadBytes) continue;
    throw new BeamloopError('NATS_FULL', {
      what: `The NATS server takes messages of at most ${link.maxPayloadBytes} bytes; ${what} takes ${numBytes}`,
      where: link.shown,
      todo: `Set max_payload in its configuration to ${numBytes} or more`,
    });
  }
}
