/** The power source of a UE that is a radio with a trigger: its samples say where slots begin, so that the transmitter may send anything, such as a carrier. */
import { BeamloopError } from '../core/errors.js';
import type { SlotTiming } from '../ue/host-clock.js';
import { PowerQueue, type SensorReport, type SlotPower, UntoldSlots } from '../ue/power-source.js';
import { isTold } from '../ue/slot-reckoning.js';
import type { Radio, RadioStatistics } from './radio.js';
import type { SampleFormat } from './sample-format.js';
import { type TriggeredSlot, TriggerReceiver } from './trigger-receiver.js';
import type { TimeSpan } from './wanted-slots.js';
import { WholeSamples } from './whole-samples.js';

export interface TriggerSourceOptions {
  readonly sampleRateHz: number;
  readonly slotDurationS: number;
  readonly format: SampleFormat;
  /** Numbers of the samples at which slots begin, ascending; null: the lowest bit of I rises there. */
  readonly starts: readonly number[] | null;
  /** When a sample was taken is known to this at the worst, s. */
  readonly uncertaintyS: number;
  /** For how long a stream that was held back keeps its pace before its times are believed, s; 0 where they are true in any case. */
  readonly settleS: number;
  /** Told what is wrong with the trigger while slots are waited for, now and then. */
  readonly onTrouble?: (what: string) => void;
  /** What goes before a slot's power. */
  readonly before?: (ueTimeS: number) => Iterable<SensorReport>;
}

/** Samples that are taken at once. */
const MOST_AT_ONCE = 1 << 16;
/** Fewer samples than that tell no power: the middle half of a slot has half of them. */
export const FEWEST_OF_SLOT = 64;

export class TriggerSource implements Radio {
  readonly #options: TriggerSourceOptions;
  readonly #receiver: TriggerReceiver;
  readonly #samples: WholeSamples;
  readonly #queue = new PowerQueue<SlotPower | SensorReport>();
  /** Next of `starts`. */
  #nextStart = 0;
  #clipped = 0;
  #originS: number | null = null;
  #failure: { readonly error: unknown } | null = null;
  #whenRunning: (() => void)[] = [];

  /** @throws BAD_ARGUMENT for a format without a lowest bit, and for slots of too few samples. */
  constructor(options: TriggerSourceOptions) {
    const { format, starts, sampleRateHz, slotDurationS, settleS, onTrouble } = options;
    if (starts === null && format.readMarked === null) throw noLowestBit(format);
    const slotSamples = sampleRateHz * slotDurationS;
    if (slotSamples < FEWEST_OF_SLOT) throw tooFewSamples(slotSamples);
    this.#options = options;
    this.#samples = new WholeSamples(format);
    this.#receiver = new TriggerReceiver({
      sampleRateHz,
      slotDurationS,
      settleS,
      levelBefore: starts === null ? null : 0,
      onSlot: (slot) => this.#measured(slot),
      ...(onTrouble && { onTrouble }),
    });
  }

  /** Resolves when samples come: nothing is heard before. */
  async listenFor(slots: readonly number[], timing: SlotTiming | null): Promise<void> {
    if (timing === null) throw new UntoldSlots('the bridge did not say when they are');
    const { slotDurationS, uncertaintyS } = this.#options;
    if (Math.abs(timing.slotDurationS / slotDurationS - 1) > 1e-6)
      throw new UntoldSlots(
        `they last ${timing.slotDurationS} s and the radio was told slots of ${slotDurationS} s`,
      );
    const whole = { ...timing, uncertaintyS: timing.uncertaintyS + uncertaintyS };
    if (!isTold(slots, whole))
      throw new UntoldSlots(
        `a trigger tells where a slot begins and not which one it is; when samples were taken is known to ${inMs(whole.uncertaintyS)} either way, and half a slot is ${inMs(slotDurationS / 2)}: a smaller --latency if that is true, or longer slots`,
      );
    if (this.#originS === null) await new Promise<void>((resolve) => this.#whenRunning.push(resolve));
    this.#receiver.listenFor(slots, timing);
  }

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
    const { format, sampleRateHz } = this.#options;
    const { bytes: all, count } = this.#samples.take(bytes);
    if (this.#originS === null) {
      this.#originS = (first.leastS + first.mostS) / 2;
      for (const resolve of this.#whenRunning.splice(0)) resolve();
    }
    for (let done = 0; done < count; ) {
      const more = Math.min(MOST_AT_ONCE, count - done);
      this.#read(all, done * format.bytes, more);
      const sinceS = done / sampleRateHz;
      this.#receiver.received(more, { leastS: first.leastS + sinceS, mostS: first.mostS + sinceS });
      done += more;
    }
  }

  /** Samples are missing here. */
  gap(): void {
    this.#samples.restart();
    this.#receiver.gap();
  }

  /** Nothing comes for now: what an edge has not ended is not known to be whole. */
  pause(): void {}

  /** The stream is over, for a reason if one is given. What was measured is still delivered. */
  end(error?: unknown): void {
    const failure = error ?? this.#samples.cutOff;
    if (failure !== null) this.#failure = { error: failure };
    const { trouble } = this.#receiver;
    if (this.#receiver.statistics().slots === 0 && trouble !== null) this.#options.onTrouble?.(trouble);
    this.#queue.end();
  }

  statistics(): RadioStatistics {
    return { ...this.#receiver.statistics(), clipped: this.#clipped };
  }

  #read(bytes: Uint8Array, offset: number, count: number): void {
    const { format, starts } = this.#options;
    const { re, im, at, marks, first } = this.#receiver.room(count);
    if (starts === null) {
      this.#clipped += format.readMarked!(bytes, offset, count, re, im, at, marks);
      return;
    }
    this.#clipped += format.read(bytes, offset, count, re, im, at);
    marks.fill(0, 0, count);
    for (; starts[this.#nextStart]! < first + count; this.#nextStart++)
      if (starts[this.#nextStart]! >= first) marks[starts[this.#nextStart]! - first] = 1;
  }

  #measured({ slot, start, power, noiseFloor }: TriggeredSlot): void {
    const { sampleRateHz, before } = this.#options;
    const ueTimeS = this.#originS! + start / sampleRateHz;
    for (const report of before?.(ueTimeS) ?? []) this.#queue.push(report);
    this.#queue.push({ slot, ueTimeS, noiseFloor, powers: Float32Array.of(power) });
  }
}

function inMs(durationS: number): string {
  return `${(durationS * 1e3).toPrecision(3)} ms`;
}

function noLowestBit({ name }: SampleFormat): BeamloopError {
  return new BeamloopError('BAD_ARGUMENT', {
    what: `Samples in ${name} are floats, which have no lowest bit for a trigger`,
    where: '--trigger',
    todo: 'Have the radio write cu8, cs8 or cs16, with its trigger input in the lowest bit of I',
  });
}

function tooFewSamples(slotSamples: number): BeamloopError {
  return new BeamloopError('BAD_ARGUMENT', {
    what: `A slot has ${Number(slotSamples.toPrecision(4))} samples, and its power takes at least ${FEWEST_OF_SLOT}`,
    where: '--rate',
    todo: 'Sample faster, or give the --slot-duration of the board',
  });
}
