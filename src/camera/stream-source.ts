/** A camera on the network that sends Motion-JPEG over HTTP: connects again when the stream ends or stalls, and keeps the newest. */
import type { Clock } from '../core/clock.js';
import { BeamloopError } from '../core/errors.js';
import { type FrameSource, MOST_KEPT, type SourcePicture } from './frame-source.js';
import { MultipartReader } from './multipart.js';

/** A JPEG of 4K is about 3 MB. */
const LONGEST_PICTURE = 16e6;
/** Without a byte for so long the stream has stalled, s. */
const STALLED_S = 5;
const PAUSES_S = [0.2, 0.5, 1, 2, 5];

export interface StreamOptions {
  readonly clock: Clock;
  /** From when a picture is taken until it is there, s. */
  readonly latencyS: number;
  /** Told that the stream broke off, and why, and that it is there again. */
  readonly onChange?: ((what: string) => void) | undefined;
  /** After which a silent stream is opened anew, s. */
  readonly stalledS?: number | undefined;
}

interface Arrived {
  readonly bytes: Uint8Array;
  readonly atS: number;
}

export class StreamSource implements FrameSource {
  readonly name: string;
  readonly lost = { broken: 0, skipped: 0 };
  readonly #options: StreamOptions;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #arrived: Arrived[] = [];
  #numConnections = 0;

  /** @throws BAD_ARGUMENT for what is no address. */
  constructor(url: string, options: StreamOptions) {
    if (!URL.canParse(url)) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `'${url}' is no address of a camera`,
        todo: 'Give it as http://host:port/path',
      });
    }
    this.name = url;
    this.#options = options;
    this.#running = this.#run();
  }

  /** Streams that were opened so far. */
  get numConnections(): number {
    return this.#numConnections;
  }

  /** The board's clock at `byS` shows the clock's time now. */
  async take(byS: number): Promise<SourcePicture[]> {
    const nowS = this.#options.clock.nowS();
    const taken = this.#arrived;
    this.#arrived = [];
    return taken.map(({ bytes, atS }) => ({
      boardTimeS: byS - (nowS - atS) - this.#options.latencyS,
      picture: bytes,
      file: null,
    }));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, onChange } = this.#options;
    let failures = 0;
    while (!this.#closing.signal.aborted) {
      const before = this.#numConnections;
      try {
        await this.#read();
        onChange?.('the stream ended');
      } catch (error) {
        if (this.#closing.signal.aborted) return;
        const { message, cause } = error as Error;
        onChange?.(cause instanceof Error ? `${message}: ${cause.message}` : message);
      }
      failures = this.#numConnections > before ? 0 : failures + 1;
      const pauseS = PAUSES_S[Math.min(failures, PAUSES_S.length - 1)]!;
      await clock.sleep(pauseS, this.#closing.signal).catch(() => {});
    }
  }

  /** Until the stream ends. */
  async #read(): Promise<void> {
    const stalled = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, stalled.signal]);
    const { stalledS = STALLED_S } = this.#options;
    let watch = new AbortController();
    const alive = () => {
      watch.abort();
      watch = new AbortController();
      const silent = () => stalled.abort(new Error(`nothing came for ${stalledS} s`));
      this.#options.clock.sleep(stalledS, watch.signal).then(silent, () => {});
    };
    try {
      alive();
      const response = await fetch(this.name, { signal });
      const type = response.headers.get('content-type') ?? '';
      const boundary = /multipart\/x-mixed-replace\s*;.*boundary="?([^";]+)"?/i.exec(type)?.[1];
      if (!response.ok || boundary === undefined || response.body === null) {
        await response.body?.cancel();
        throw new Error(
          response.ok ? `sends '${type}' and no multipart/x-mixed-replace` : `answers ${response.status}`,
        );
      }
      this.#numConnections++;
      this.#options.onChange?.('the stream is there');
      const reader = new MultipartReader({
        boundary: boundary.replace(/^--/, ''),
        longestPart: LONGEST_PICTURE,
        onPart: (bytes) => this.#keep(bytes),
        onBroken: () => this.lost.broken++,
      });
      for await (const chunk of response.body) {
        alive();
        reader.push(chunk as Uint8Array);
      }
    } finally {
      watch.abort();
    }
  }

  #keep(bytes: Uint8Array): void {
    this.#arrived.push({ bytes, atS: this.#options.clock.nowS() });
    if (this.#arrived.length <= MOST_KEPT) return;
    this.#arrived.shift();
    this.lost.skipped++;
  }
}
