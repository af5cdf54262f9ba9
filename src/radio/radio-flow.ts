/** What goes through a radio, however it finds slots: bytes become samples in lots, and powers wait for whoever reads them. */
import { PowerQueue, type SensorReport, type SlotPower } from '../ue/power-source.js';
import type { SampleFormat } from './sample-format.js';
import type { TimeSpan } from './wanted-slots.js';
import { WholeSamples } from './whole-samples.js';

export interface RadioFlowOptions {
  readonly format: SampleFormat;
  readonly sampleRateHz: number;
  /** What goes before a slot's power. */
  readonly before?: ((ueTimeS: number) => Iterable<SensorReport>) | undefined;
}

/** @param first when the first of these samples was taken. */
type TakeSamples = (bytes: Uint8Array, offset: number, count: number, first: TimeSpan) => void;

/** Samples that are taken at once: so many are converted before slots are looked for. */
const MOST_AT_ONCE = 1 << 16;

export class RadioFlow {
  readonly #options: RadioFlowOptions;
  readonly #take: TakeSamples;
  readonly #samples: WholeSamples;
  readonly #queue = new PowerQueue<SlotPower | SensorReport>();
  /** When the first sample was taken; null before it came. */
  #originS: number | null = null;
  #whenRunning: (() => void)[] = [];
  #failure: { readonly error: unknown } | null = null;

  constructor(options: RadioFlowOptions, take: TakeSamples) {
    this.#options = options;
    this.#take = take;
    this.#samples = new WholeSamples(options.format);
  }

  get isRunning(): boolean {
    return this.#originS !== null;
  }

  /** Resolves when the first samples come. */
  running(): Promise<void> {
    return new Promise<void>((resolve) => this.#whenRunning.push(resolve));
  }

  /**
   * Bytes of samples, in the format; a sample may be cut by the end.
   *
   * @param first when the first of them was taken, on the UE's clock.
   */
  samples(bytes: Uint8Array, first: TimeSpan): void {
    const { format, sampleRateHz } = this.#options;
    const { bytes: all, count } = this.#samples.take(bytes);
    if (this.#originS === null) {
      this.#originS = (first.leastS + first.mostS) / 2;
      for (const resolve of this.#whenRunning.splice(0)) resolve();
    }
    for (let done = 0; done < count; ) {
      const more = Math.min(MOST_AT_ONCE, count - done);
      const sinceS = done / sampleRateHz;
      this.#take(all, done * format.bytes, more, {
        leastS: first.leastS + sinceS,
        mostS: first.mostS + sinceS,
      });
      done += more;
    }
  }

  /** Samples are missing here. */
  gap(): void {
    this.#samples.restart();
  }

  /** @param start number of the sample at which the slot begins. */
  measured(start: number, slot: Omit<SlotPower, 'ueTimeS'>): void {
    const ueTimeS = this.#originS! + start / this.#options.sampleRateHz;
    for (const report of this.#options.before?.(ueTimeS) ?? []) this.#queue.push(report);
    this.#queue.push({ ...slot, ueTimeS });
  }

  async *powers(signal: AbortSignal): AsyncGenerator<SlotPower | SensorReport, void, void> {
    yield* this.#queue.read(signal);
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** The stream is over, for a reason if one is given. What was measured is still delivered. */
  end(error?: unknown): void {
    const failure = error ?? this.#samples.cutOff;
    if (failure !== null) this.#failure = { error: failure };
    this.#queue.end();
  }
}
