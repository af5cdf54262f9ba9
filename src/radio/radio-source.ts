/** The power source of a UE that is a radio: samples in, powers of the slots that it was asked for out. */
import { formatQuantity } from '../core/units.js';
import type { SlotTiming } from '../ue/host-clock.js';
import { PowerQueue, type SensorReport, type SlotPower, UntoldSlots } from '../ue/power-source.js';
import { KernelMeter } from './kernel-meter.js';
import type { MeasuredSlot } from './measured-slot.js';
import type { Radio, RadioStatistics } from './radio.js';
import { guessRateHz, guessSlotSamples } from './rate-guess.js';
import type { SampleFormat } from './sample-format.js';
import type { SlotMeter } from './slot-meter.js';
import { SlotReceiver } from './slot-receiver.js';
import type { TimeSpan } from './wanted-slots.js';
import type { Waveform } from './waveform.js';
import { WholeSamples } from './whole-samples.js';

export interface RadioSourceOptions {
  readonly waveform: Waveform;
  /** Powers that a slot's record has; at most as many as the waveform has pilots. */
  readonly numSubcarriers: number;
  readonly format: SampleFormat;
  /** Whether the stream says where samples are missing. */
  readonly tellsGaps: boolean;
  /** When a sample was taken is known to this at the worst, s: what a request must be clear of. */
  readonly uncertaintyS: number;
  /** Told, now and then as long as no slot was ever found, what may be wrong. */
  readonly onNothing?: (hint: string) => void;
  /** What measures slots; the kernel unless given. */
  readonly meter?: SlotMeter;
  /** What goes before a slot's power. */
  readonly before?: (ueTimeS: number) => Iterable<SensorReport>;
}

/** Samples that are taken at once: so many are converted before slots are looked for. */
const MOST_AT_ONCE = 1 << 16;

export class RadioSource implements Radio {
  readonly #options: RadioSourceOptions;
  readonly #receiver: SlotReceiver;
  readonly #queue = new PowerQueue<SlotPower | SensorReport>();
  readonly #samples: WholeSamples;
  #clipped = 0;
  #numNothing = 0;
  #nextHint = 1;
  #originS: number | null = null;
  #failure: { readonly error: unknown } | null = null;
  #whenRunning: (() => void)[] = [];

  constructor(options: RadioSourceOptions) {
    this.#options = options;
    this.#samples = new WholeSamples(options.format);
    const { waveform, tellsGaps, onNothing, meter = new KernelMeter(waveform) } = options;
    const onSlot = (slot: MeasuredSlot) => this.#measured(slot);
    this.#receiver = new SlotReceiver({
      waveform,
      meter,
      tellsGaps,
      onSlot,
      ...(onNothing && { onNothing: (...samples) => this.#nothing(onNothing, ...samples) }),
    });
  }

  /** Resolves when samples come: nothing is heard before. */
  async listenFor(slots: readonly number[], timing: SlotTiming | null): Promise<void> {
    if (timing === null) throw new UntoldSlots('the bridge did not say when they are');
    const { waveform, uncertaintyS } = this.#options;
    const spanS = (slots.at(-1)! - slots[0]!) * timing.slotDurationS;
    const doubtS = 2 * (uncertaintyS + timing.uncertaintyS + timing.maxDrift * spanS);
    if (Math.abs(timing.slotDurationS / waveform.slotDurationS - 1) > 1e-6)
      throw new UntoldSlots(
        `they last ${timing.slotDurationS} s and the waveform is for slots of ${waveform.slotDurationS} s`,
      );
    if (doubtS >= (waveform.countModulus - 2) * waveform.slotDurationS)
      throw new UntoldSlots(
        `when they are is known to ${(doubtS / 2).toPrecision(3)} s either way, and their count begins again after ${waveform.countModulus}`,
      );
    if (this.#originS === null) await new Promise<void>((resolve) => this.#whenRunning.push(resolve));
    this.#receiver.listenFor(slots, timing);
  }

  /** Numbers are counts modulo the waveform's. */
  listenToAll(): void {
    this.#receiver.listenToAll();
  }

  async *powers(signal: AbortSignal): AsyncGenerator<SlotPower | SensorReport, void, void> {
    yield* this.#queue.read(signal);
    if (this.#failure !== null) throw this.#failure.error;
  }

  /**
   * Bytes of samples, in the format; a sample may be cut by the end.
   *
   * @param first when the first of them was taken, on the UE's clock.
   */
  samples(bytes: Uint8Array, first: TimeSpan): void {
    const { format, waveform } = this.#options;
    const { bytes: all, count } = this.#samples.take(bytes);
    if (this.#originS === null) {
      this.#originS = (first.leastS + first.mostS) / 2;
      for (const resolve of this.#whenRunning.splice(0)) resolve();
    }
    for (let done = 0; done < count; ) {
      const more = Math.min(MOST_AT_ONCE, count - done);
      const { re, im, at } = this.#receiver.room(more);
      this.#clipped += format.read(all, done * format.bytes, more, re, im, at);
      const sinceS = done / waveform.sampleRateHz;
      this.#receiver.received(more, { leastS: first.leastS + sinceS, mostS: first.mostS + sinceS });
      done += more;
    }
  }

  /** Samples are missing here. */
  gap(): void {
    this.#samples.restart();
    this.#receiver.gap();
  }

  /** Nothing comes for now. */
  pause(): void {
    this.#receiver.flush();
  }

  /** The stream is over, for a reason if one is given. What was measured is still delivered. */
  end(error?: unknown): void {
    this.#receiver.flush();
    const failure = error ?? this.#samples.cutOff;
    if (failure !== null) this.#failure = { error: failure };
    this.#queue.end();
  }

  statistics(): RadioStatistics {
    return { ...this.#receiver.statistics(), clipped: this.#clipped, trigger: null };
  }

  /** Looks into it after ever more searches: it takes a while. */
  #nothing(
    tell: (hint: string) => void,
    re: Float32Array,
    im: Float32Array,
    from: number,
    count: number,
  ): void {
    if (++this.#numNothing < this.#nextHint) return;
    this.#nextHint *= 4;
    tell(hintOf(re, im, from, count, this.#options.waveform));
  }

  #measured({ slot, start, powers, noiseFloor }: MeasuredSlot): void {
    const { waveform, numSubcarriers, before } = this.#options;
    const ueTimeS = this.#originS! + start / waveform.sampleRateHz;
    for (const report of before?.(ueTimeS) ?? []) this.#queue.push(report);
    this.#queue.push({ slot, ueTimeS, noiseFloor, powers: grouped(powers, numSubcarriers) });
  }
}

/** Means of neighbouring pilots, so many as there are subcarriers. */
function grouped(powers: Float32Array, count: number): Float32Array {
  if (count === powers.length) return powers;
  return Float32Array.from({ length: count }, (_, k) => {
    const from = Math.floor((k * powers.length) / count);
    const to = Math.floor(((k + 1) * powers.length) / count);
    let sum = 0;
    for (let m = from; m < to; m++) sum += powers[m]!;
    return sum / (to - from);
  });
}

function hintOf(re: Float32Array, im: Float32Array, from: number, count: number, waveform: Waveform): string {
  const rateHz = guessRateHz(re, im, from, count, waveform);
  if (rateHz !== null)
    return `the waveform is there as if there were ${formatQuantity(Number(rateHz.toPrecision(3)), 'Hz')} samples a second in place of ${formatQuantity(waveform.sampleRateHz, 'Hz')}, or with other pilots`;
  const slotSamples = guessSlotSamples(re, im, from, count, waveform);
  if (slotSamples !== null) {
    const toFit = formatQuantity(Number((slotSamples / waveform.slotDurationS).toPrecision(3)), 'Hz');
    return `slots come after about ${slotSamples} samples in place of ${waveform.slotSamples}: as if there were ${toFit} samples a second, or slots of another duration`;
  }
  let energy = 0;
  for (let n = from; n < from + count; n++) energy += re[n]! ** 2 + im[n]! ** 2;
  if (energy === 0) return 'all samples are 0';
  const levelDb = 10 * Math.log10(energy / count);
  return `samples are at ${levelDb.toFixed(0)} dB of full scale; nothing in them repeats as the waveform does`;
}
