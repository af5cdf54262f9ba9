/** The power source of a UE that is a radio: samples in, powers of the slots that it was asked for out. */
import { formatQuantity } from '../core/units.js';
import type { SlotTiming } from '../ue/host-clock.js';
import { type SensorReport, type SlotPower, UntoldSlots } from '../ue/power-source.js';
import { KernelMeter } from './kernel-meter.js';
import type { MeasuredSlot } from './measured-slot.js';
import type { Radio, RadioStatistics } from './radio.js';
import { RadioFlow } from './radio-flow.js';
import { guessRateHz, guessSlotSamples } from './rate-guess.js';
import type { SampleFormat } from './sample-format.js';
import type { SlotMeter } from './slot-meter.js';
import { SlotReceiver } from './slot-receiver.js';
import type { TimeSpan } from './wanted-slots.js';
import type { Waveform } from './waveform.js';

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

export class RadioSource implements Radio {
  readonly #options: RadioSourceOptions;
  readonly #receiver: SlotReceiver;
  readonly #flow: RadioFlow;
  #clipped = 0;
  #numNothing = 0;
  #nextHint = 1;

  constructor(options: RadioSourceOptions) {
    this.#options = options;
    const { format, before, waveform, tellsGaps, onNothing, meter = new KernelMeter(waveform) } = options;
    const { sampleRateHz } = waveform;
    this.#flow = new RadioFlow({ format, sampleRateHz, before }, (bytes, offset, count, first) => {
      const { re, im, at } = this.#receiver.room(count);
      this.#clipped += format.read(bytes, offset, count, re, im, at);
      this.#receiver.received(count, first);
    });
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
    if (!this.#flow.isRunning) await this.#flow.running();
    this.#receiver.listenFor(slots, timing);
  }

  /** Numbers are counts modulo the waveform's. */
  listenToAll(): void {
    this.#receiver.listenToAll();
  }

  powers(signal: AbortSignal): AsyncGenerator<SlotPower | SensorReport, void, void> {
    return this.#flow.powers(signal);
  }

  samples(bytes: Uint8Array, first: TimeSpan): void {
    this.#flow.samples(bytes, first);
  }

  /** Samples are missing here. */
  gap(): void {
    this.#flow.gap();
    this.#receiver.gap();
  }

  /** Nothing comes for now. */
  pause(): void {
    this.#receiver.flush();
  }

  /** The stream is over, for a reason if one is given. What was measured is still delivered. */
  end(error?: unknown): void {
    this.#receiver.flush();
    this.#flow.end(error);
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
    const { numSubcarriers } = this.#options;
    this.#flow.measured(start, { slot, noiseFloor, powers: grouped(powers, numSubcarriers) });
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
