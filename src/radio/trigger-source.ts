/** The power source of a UE that is a radio with a trigger: its samples say where slots begin, so that the transmitter may send anything, such as a carrier. */
import { BeamloopError } from '../core/errors.js';
import type { SlotTiming } from '../ue/host-clock.js';
import { type SensorReport, type SlotPower, UntoldSlots } from '../ue/power-source.js';
import { isTold } from '../ue/slot-reckoning.js';
import type { Radio, RadioStatistics } from './radio.js';
import { RadioFlow } from './radio-flow.js';
import type { SampleFormat } from './sample-format.js';
import { type TriggeredSlot, TriggerReceiver } from './trigger-receiver.js';
import type { TimeSpan } from './wanted-slots.js';

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

/** Fewer samples than that tell no power: the middle half of a slot has half of them. */
export const FEWEST_OF_SLOT = 64;

export class TriggerSource implements Radio {
  readonly #options: TriggerSourceOptions;
  readonly #receiver: TriggerReceiver;
  readonly #flow: RadioFlow;
  /** Next of `starts`. */
  #nextStart = 0;
  #clipped = 0;

  /** @throws BAD_ARGUMENT for a format without a lowest bit, and for slots of too few samples. */
  constructor(options: TriggerSourceOptions) {
    const { format, starts, sampleRateHz, slotDurationS, settleS, before, onTrouble } = options;
    if (starts === null && format.readMarked === null) throw noLowestBit(format);
    const slotSamples = sampleRateHz * slotDurationS;
    if (slotSamples < FEWEST_OF_SLOT) throw tooFewSamples(slotSamples);
    this.#options = options;
    this.#flow = new RadioFlow({ format, sampleRateHz, before }, (bytes, offset, count, first) => {
      this.#read(bytes, offset, count);
      this.#receiver.received(count, first);
    });
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
    if (!this.#flow.isRunning) await this.#flow.running();
    this.#receiver.listenFor(slots, timing);
  }

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

  /** Nothing comes for now: what an edge has not ended is not known to be whole. */
  pause(): void {}

  /** The stream is over, for a reason if one is given. What was measured is still delivered. */
  end(error?: unknown): void {
    const { trouble } = this.#receiver;
    if (this.#receiver.statistics().slots === 0 && trouble !== null) this.#options.onTrouble?.(trouble);
    this.#flow.end(error);
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
    this.#flow.measured(start, { slot, noiseFloor, powers: Float32Array.of(power) });
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
