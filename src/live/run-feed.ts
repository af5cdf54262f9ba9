/**
 * Tells whoever watches what a run does, from the rows that it writes and from its board. While nobody watches, it counts and remembers a
 * few hundred rows, and does nothing else; a watcher that is slow misses frames. The run never waits for it.
 */
import type { ArrayBoard, BoardTelemetry, Receipt } from '../../drivers/array-board.js';
import { BeamloopError } from '../core/errors.js';
import type { RowOfTable } from '../record/follower.js';
import type { Row } from '../record/schema.js';
import { isKept } from '../slots/slot-outcome.js';
import type { FeedListener } from './feed-listener.js';
import {
  type Done,
  type Frame,
  LIVE_VERSION,
  type LiveMessage,
  MOST_FRAMES_PER_S,
  MOST_REMEMBERED,
  type Order,
  type Radiating,
  type RunEnd,
  type RunHello,
  type RunProgress,
  type Settings,
  type SlotCountsSoFar,
} from './messages.js';
import { type MeasuredSlot, powerRows } from './power-rows.js';
import { RecentSlots } from './recent-slots.js';
import { RunServer } from './run-server.js';
import type { Watcher } from './watcher.js';

/** Slots with powers that wait for the next frame, and element settings that are at hand. */
const MOST_WAITING_SLOTS = 4096;
const MOST_SETTINGS = 512;

export interface RunFeedParts {
  readonly hello: Omit<RunHello, 'type' | 'version' | 'id' | 'pid' | 'startedAt'>;
  readonly board: ArrayBoard;
  /** Settings of a codeword that were told long ago; null where nobody has them. */
  readonly settingsOf?: (hash: string) => Promise<Row<'element_settings'> | null>;
  /** A row as it is told beside frames; null of one that is not. */
  readonly messageOf?: (row: RowOfTable) => LiveMessage | null;
  /** What slots of a run that goes on are behind it. */
  readonly before?: SlotCountsSoFar;
  /** Somebody who is told of the run from its beginning to its end, beside those who watch it. */
  readonly listen?: ((hello: RunHello) => FeedListener) | undefined;
  /** The board is mute, or could not be told: the run has to end with this error. */
  readonly onStop: (error: BeamloopError) => void;
}

export class RunFeed {
  readonly #parts: RunFeedParts;
  readonly #server: RunServer;
  readonly #hello: RunHello;
  readonly #listener: FeedListener | null;
  readonly #slots = new RecentSlots();
  readonly #remembered: LiveMessage[] = [];
  readonly #settings = new Map<string, Row<'element_settings'>>();
  #waiting: MeasuredSlot[] = [];
  #numRowsLost = 0;
  #progress: RunProgress | null = null;
  #telemetry: BoardTelemetry | null = null;
  #link: 'up' | 'down' = 'up';
  #latest: Receipt | null = null;
  #numFrames = 0;
  #timer: NodeJS.Timeout | null = null;
  #framing: Promise<void> | null = null;
  #ended = false;
  /** Orders that are being carried out. */
  readonly #obeying = new Set<Promise<void>>();

  private constructor(server: RunServer, parts: RunFeedParts) {
    this.#server = server;
    this.#parts = parts;
    this.#hello = {
      type: 'hello',
      version: LIVE_VERSION,
      id: server.id,
      pid: process.pid,
      startedAt: new Date().toISOString(),
      ...parts.hello,
    };
    this.#listener = parts.listen?.(this.#hello) ?? null;
    if (parts.before !== undefined) this.#slots.addBefore(parts.before);
    parts.board.on('telemetry', (telemetry) => {
      this.#telemetry = telemetry;
    });
    parts.board.on('link', (state) => {
      this.#link = state;
    });
    parts.board.on('receipt', (receipt) => {
      if (isKept(receipt.status)) this.#latest = receipt;
    });
    if (this.#listener !== null) this.#beginFrames();
  }

  /** @throws WATCH_REFUSED where no run can be watched on this machine. */
  static async open(parts: RunFeedParts): Promise<RunFeed> {
    let feed: RunFeed | null = null;
    const server = await RunServer.open({
      joined: (watcher) => feed!.#join(watcher),
      order: (order, answer) => feed!.#obey(order, answer),
    });
    // In the same turn, before anybody can be heard of.
    try {
      feed = new RunFeed(server, parts);
    } catch (error) {
      await server.close();
      throw error;
    }
    return feed;
  }

  /** Rows that were written. */
  take(rows: readonly RowOfTable[]): void {
    for (const each of rows) this.#takeRow(each);
    const tooMany = this.#waiting.length - MOST_WAITING_SLOTS;
    if (tooMany <= 0) return;
    this.#waiting = this.#waiting.slice(tooMany);
    this.#numRowsLost += tooMany;
  }

  /** Something that is in no recording. */
  tell(message: LiveMessage): void {
    this.#remember(message);
    this.#tellAll(message);
  }

  progress(progress: RunProgress): void {
    this.#progress = progress;
  }

  /** Of a beam that no recording knows. */
  keepSettings(settings: Row<'element_settings'>): void {
    if (this.#settings.size >= MOST_SETTINGS) this.#settings.delete(this.#settings.keys().next().value!);
    this.#settings.set(settings.hash, settings);
  }

  /** The run is over: `error` says why where it did not go well. */
  async end(error: unknown): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    await Promise.all(this.#obeying);
    if (this.#isHeard) {
      await this.#framing;
      await this.#tellFrame();
    }
    const end: RunEnd = {
      type: 'end',
      code: error === null ? null : error instanceof BeamloopError ? error.code : 'INTERNAL',
      what: error === null ? null : error instanceof BeamloopError ? error.what : String(error),
      muted: this.#parts.board.muted === true,
      boardTimeS: this.#boardTimeS(),
    };
    this.#tellAll(end);
    await this.#server.close();
  }

  #takeRow(each: RowOfTable): void {
    switch (each.table) {
      case 'slots':
        this.#slots.onPlanned(each.row);
        return;
      case 'receipts':
        this.#slots.onReceipt(each.row);
        return;
      case 'powers':
        this.#slots.onPower(each.row);
        if (this.#isHeard) this.#waiting.push(each.row);
        return;
      case 'element_settings':
        this.keepSettings(each.row);
        return;
      default: {
        const message = this.#parts.messageOf?.(each) ?? null;
        if (message !== null) this.tell(message);
      }
    }
  }

  #remember(message: LiveMessage): void {
    this.#remembered.push(message);
    // In pieces, so that forgetting one costs nothing.
    if (this.#remembered.length >= 2 * MOST_REMEMBERED) this.#remembered.splice(0, MOST_REMEMBERED);
  }

  #join(watcher: Watcher): void {
    watcher.tell(this.#hello);
    for (const message of this.#remembered.slice(-MOST_REMEMBERED)) watcher.tell(message);
    this.#beginFrames();
  }

  #beginFrames(): void {
    if (this.#timer !== null || this.#ended) return;
    this.#askForTelemetry();
    const tick = () => {
      if (!this.#isHeard) {
        if (this.#timer !== null) clearInterval(this.#timer);
        this.#timer = null;
        this.#waiting = [];
        return;
      }
      this.#frame();
    };
    this.#timer = setInterval(tick, 1000 / MOST_FRAMES_PER_S);
    this.#timer.unref();
    tick();
  }

  /** Whoever comes first need not wait for what the board sends every second. */
  #askForTelemetry(): void {
    // On virtual time that is another exchange in what is the same for every seed.
    if (this.#hello.time === 'real' && this.#link === 'up') this.#parts.board.requestTelemetry();
  }

  /** One after the other: the settings of one may have to be looked for. */
  #frame(): void {
    this.#framing ??= this.#tellFrame().finally(() => {
      this.#framing = null;
    });
  }

  async #tellFrame(): Promise<void> {
    const waiting = this.#waiting;
    this.#waiting = [];
    const radiating = this.#radiating();
    const frame: Frame = {
      type: 'frame',
      number: ++this.#numFrames,
      wallTimeMs: Date.now(),
      boardTimeS: this.#boardTimeS(),
      board: this.#board(),
      counts: this.#slots.counts,
      slots: this.#slots.takeMarks(),
      powers: powerRows(waiting),
      radiating,
      progress: this.#progress,
      numRowsLost: this.#numRowsLost,
    };
    const settings = radiating && (await this.#settingsOf(radiating.hash));
    for (const listener of this.#listeners()) {
      if (listener.isBehind) continue;
      if (settings !== null && listener.isNew(settings.hash, MOST_SETTINGS)) listener.tell(told(settings));
      listener.tell(frame);
    }
  }

  get #isHeard(): boolean {
    return this.#listener !== null || this.#server.watchers.size > 0;
  }

  #listeners(): FeedListener[] {
    return [...this.#server.watchers, ...(this.#listener === null ? [] : [this.#listener])];
  }

  /** In turn with what came before. */
  #tellAll(message: LiveMessage): void {
    for (const listener of this.#listeners()) listener.tell(message);
  }

  async #settingsOf(hash: string): Promise<Row<'element_settings'> | null> {
    const known = this.#settings.get(hash);
    if (known !== undefined) return known;
    const found = (await this.#parts.settingsOf?.(hash).catch(() => null)) ?? null;
    if (found !== null) this.keepSettings(found);
    return found;
  }

  #radiating(): Radiating | null {
    const latest = this.#latest;
    if (latest === null || this.#parts.board.muted === true) return null;
    const { slot, hash, boardTimeS } = latest;
    const status = latest.status as Radiating['status'];
    return { slot, status, hash, boardTimeS, codewordKey: this.#slots.codewordOf(slot) };
  }

  #board(): Frame['board'] {
    const { board } = this.#parts;
    const { codewordsLoaded, codewordsReused, roundTripS, bytesSent, bytesReceived, ...link } =
      board.linkStatistics();
    const { retransmissions, corruptFrames, reconnects } = link;
    return {
      link: this.#link,
      muted: board.muted,
      armed: this.#telemetry?.armed ?? null,
      temperatureC: this.#telemetry?.temperatureC ?? null,
      supplyV: this.#telemetry?.supplyV ?? null,
      queuedSlots: this.#telemetry?.queueDepth ?? null,
      outstandingSlots: board.outstandingSlots(),
      ...{ codewordsLoaded, codewordsReused, roundTripS, bytesSent, bytesReceived },
      ...{ retransmissions, corruptFrames, reconnects },
    };
  }

  #boardTimeS(): number | null {
    try {
      const { loS, hiS } = this.#parts.board.boardTime();
      return (loS + hiS) / 2;
    } catch {
      return null;
    }
  }

  #obey(order: Order, answer: (message: LiveMessage) => void): void {
    const obeying = this.#carryOut(order).then(answer);
    this.#obeying.add(obeying);
    void obeying.finally(() => this.#obeying.delete(obeying));
  }

  async #carryOut({ order, tag }: Order): Promise<Done> {
    const fromS = this.#boardTimeS();
    const fromMs = performance.now();
    const error = await (order === 'stop' ? this.#stop() : this.#parts.board.mute(order === 'mute')).then(
      () => null,
      (cause: unknown) =>
        cause instanceof BeamloopError ? cause : new BeamloopError('INTERNAL', { what: String(cause) }),
    );
    const tookMs = performance.now() - fromMs;
    const isClocked = fromS !== null && this.#hello.time === 'real';
    const boardTimeS = isClocked ? fromS + tookMs / 1e3 : fromS;
    const said = error && { code: error.code, what: error.what, todo: error.todo ?? null };
    return { type: 'done', order, tag, boardTimeS: error === null ? boardTimeS : null, tookMs, error: said };
  }

  async #stop(): Promise<void> {
    const { board, onStop } = this.#parts;
    // Closing mutes ahead of everything that waits to be sent, and is underway when the run hears of it.
    const closing = board.close();
    onStop(new BeamloopError('INTERRUPTED', { what: 'Stopped by whoever watches the run' }));
    await closing;
    if (board.muted === true) return;
    throw new BeamloopError('BOARD_SILENT', {
      what: `The run ends, but ${board.muteDoubt?.replace(/,$/, '') ?? 'the board did not confirm that it is mute'}`,
      todo:
        board.muteDoubt === undefined
          ? 'Its watchdog mutes it a second after it last heard from this machine; else switch it off'
          : 'Switch it off',
    });
  }
}

function told({ hash, phaseRad, delayS, amplitude }: Row<'element_settings'>): Settings {
  return {
    type: 'settings',
    hash,
    phaseRad: asText(phaseRad),
    delayS: delayS && asText(delayS),
    amplitude: amplitude && asText(amplitude),
  };
}

function asText(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}
