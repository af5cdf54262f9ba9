/** A stream of samples from outside, and the times that can be told of them. */
import { type Clock, monotonicClock } from '../../core/clock.js';
import { BeamloopError } from '../../core/errors.js';
import { type SampleFormat, sampleFormat } from '../sample-format.js';
import type { TimeSpan } from '../wanted-slots.js';

/** What takes samples: a RadioSource. */
export interface SampleSink {
  samples(bytes: Uint8Array, first: TimeSpan): void;
  gap(): void;
  pause(): void;
  end(error?: unknown): void;
}

/** Where samples come from. */
export interface SampleStream {
  /** What messages call it. */
  readonly name: string;
  readonly format: SampleFormat;
  /** Samples per second that the stream itself speaks of; null where it does not. */
  readonly sampleRateHz: number | null;
  /** Whether it says where samples are missing. */
  readonly tellsGaps: boolean;
  /** Of a recording: as fast as it can be read, and of no particular time. */
  readonly isRecording: boolean;
  /** Which of the samples that are read it says are starts of slots, ascending; null where it cannot say so. */
  readonly triggers: readonly number[] | null;
  /**
   * Bytes as they come, and null where samples are missing. Ends with the stream.
   *
   * @throws RADIO_FAILED, SAMPLES_INVALID, FILE_UNREADABLE.
   */
  read(signal: AbortSignal): AsyncIterable<Uint8Array | null>;
}

export interface PumpOptions {
  readonly sampleRateHz: number;
  /** How long a sample may be on its way here at most, s. */
  readonly latencyS: number;
  /** A stream that brings nothing for so long has failed, s. */
  readonly stallS: number;
  readonly clock?: Clock;
  /** Of a recording: it is given out at the pace of its sample rate, as if it were sampled now. */
  readonly isPaced?: boolean;
}

/** Bytes of a stream that came together are worked off at most so many at once, so that others have their turn. */
const MOST_BYTES = 1 << 19;

/** Moves a stream into a sink until it ends, fails or `signal` is raised. */
export async function pump(
  stream: SampleStream,
  sink: SampleSink,
  signal: AbortSignal,
  options: PumpOptions,
) {
  const { sampleRateHz, latencyS, stallS, clock = monotonicClock, isPaced = false } = options;
  const over = new AbortController();
  const stop = () => over.abort();
  signal.addEventListener('abort', stop, { once: true });
  const watch = new StallWatch(stream, stallS, clock, over.signal);
  const startS = clock.nowS();
  let numBytes = 0;
  try {
    const chunks = stream.read(over.signal)[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await watch.during(chunks.next());
      if (done || signal.aborted) break;
      if (value === null) {
        sink.gap();
        continue;
      }
      for (let at = 0; at < value.length; at += MOST_BYTES) {
        const bytes = value.subarray(at, at + MOST_BYTES);
        const durationS = bytes.length / stream.format.bytes / sampleRateHz;
        if (stream.isRecording) {
          const firstS = startS + numBytes / stream.format.bytes / sampleRateHz;
          if (isPaced)
            await clock.sleep(Math.max(0, firstS + durationS - clock.nowS()), signal).catch(() => {});
          sink.samples(bytes, { leastS: firstS, mostS: firstS });
        } else {
          const nowS = clock.nowS();
          // What came before it in the same piece was sampled earlier.
          const laterS = (value.length - at) / stream.format.bytes / sampleRateHz;
          sink.samples(bytes, { leastS: nowS - latencyS - laterS, mostS: nowS - laterS });
        }
        numBytes += bytes.length;
        if (value.length > MOST_BYTES) await new Promise((resolve) => setImmediate(resolve));
      }
    }
    sink.end();
  } catch (error) {
    if (signal.aborted) sink.end();
    else sink.end(error);
  } finally {
    signal.removeEventListener('abort', stop);
    over.abort();
  }
}

class StallWatch {
  readonly #stream: SampleStream;
  readonly #stallS: number;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  constructor(stream: SampleStream, stallS: number, clock: Clock, signal: AbortSignal) {
    this.#stream = stream;
    this.#stallS = stallS;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** What comes, or RADIO_FAILED when nothing does. */
  async during<T>(coming: Promise<T>): Promise<T> {
    const came = new AbortController();
    const onAbort = () => came.abort();
    this.#signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([
        coming,
        this.#clock.sleep(this.#stallS, came.signal).then(() => {
          throw new BeamloopError('RADIO_FAILED', {
            what: `No sample came for ${this.#stallS} s`,
            where: this.#stream.name,
            todo: 'Look whether the radio and its program still run; --stall-after waits longer',
          });
        }),
      ]);
    } finally {
      this.#signal.removeEventListener('abort', onAbort);
      came.abort();
      coming.catch(() => {});
    }
  }
}

/** The format that was asked for, or that a kind of stream has. */
export function formatFor(given: string | null, own: string | null, name: string): SampleFormat {
  const chosen = given ?? own;
  if (chosen === null)
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `The format of the samples of ${name} is not known`,
      where: '--format',
      todo: 'Say it: cu8 (rtl_sdr), cs8 (hackrf_transfer), cs16 (UHD, rx_sdr -F CS16), cf32 (GNU Radio)',
    });
  if (given !== null && own !== null && given !== own)
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `${name} gives ${own} and not ${given}`,
      where: '--format',
      todo: 'Leave --format out',
    });
  return sampleFormat(chosen);
}
