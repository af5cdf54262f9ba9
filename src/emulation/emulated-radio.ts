/** An emulated UE that is a radio: its samples come from the emulated air, and the very source that a real one has makes powers of them. */
import type { Signal } from '../../drivers/emulator/air.js';
import { noiseVariance } from '../channel/channel.js';
import { isWithin } from '../channel/motion/sensors.js';
import type { ComplexVector } from '../core/complex.js';
import { Random } from '../core/random.js';
import type { Radio, RadioStatistics } from '../radio/radio.js';
import type { EmulatedRadioPlan } from '../radio/radio-plan.js';
import { RadioSource } from '../radio/radio-source.js';
import { sampleFormat } from '../radio/sample-format.js';
import { TriggerSource } from '../radio/trigger-source.js';
import { Waveform } from '../radio/waveform.js';
import type { SlotTiming } from '../ue/host-clock.js';
import type { PowerSource, SensorReport, SlotPower } from '../ue/power-source.js';
import { type EmulatedUeOptions, receiverOf } from './emulated-ue.js';
import { SampleSynthesis, spreadOver } from './sample-synthesis.js';
import { SlotOutput } from './slot-output.js';

/** What a radio samples before the first slot, s. */
const BEFORE_S = 2e-3;
/** It stops sampling when nothing comes for longer, s. */
const LONGEST_PAUSE_S = 10e-3;
/** Peak over root mean square of what is sampled. */
const CREST = 4;

export class EmulatedRadio implements PowerSource {
  readonly #options: EmulatedUeOptions;
  readonly #plan: EmulatedRadioPlan;
  readonly #waveform: Waveform;
  readonly #receive: (
    beam: Parameters<ReturnType<typeof receiverOf>>[0],
    motionS: number,
  ) => Readonly<ComplexVector>;
  readonly #dropper: Dropper;
  readonly #scale: number;
  readonly #errorS: number;
  readonly #nowS: () => number;
  /** Null of a radio without a trigger. */
  readonly #slotOutput: SlotOutput | null;
  #source: Radio;
  #synthesis: SampleSynthesis | null = null;
  /** When the last slot that is listened for ends, s. */
  #untilS = Number.NEGATIVE_INFINITY;

  /** @param nowS of slots that follow the wall clock; on virtual time a radio samples ahead to the first slot. */
  constructor(options: EmulatedUeOptions, plan: EmulatedRadioPlan, nowS: () => number = () => Infinity) {
    const { seed, ueId, array } = options;
    this.#nowS = nowS;
    this.#options = options;
    this.#plan = plan;
    this.#waveform = new Waveform(plan);
    this.#receive = receiverOf(options);
    this.#dropper = new Dropper(plan, new Random(seed, 'radio drops', ueId));
    this.#scale = fullScaleOf(plan, array.numElements);
    this.#errorS = plan.startUncertaintyS * (2 * new Random(seed, 'radio start', ueId).uniform() - 1);
    this.#slotOutput = plan.hasTrigger ? new SlotOutput(plan.slotDurationS) : null;
    this.#source = this.#newSource();
  }

  /** A radio never stops. */
  get isIdle(): boolean {
    return false;
  }

  statistics(): RadioStatistics {
    return this.#source.statistics();
  }

  async listenFor(slots: readonly number[], timing: SlotTiming | null): Promise<void> {
    if (timing !== null) {
      const { slot, startS, slotDurationS } = timing;
      this.#untilS = Math.max(this.#untilS, startS + (slots.at(-1)! + 1 - slot) * slotDurationS);
      this.#sampleUntil(Math.min(startS - BEFORE_S / 2, this.#nowS()));
    }
    await this.#source.listenFor(slots, timing);
  }

  powers(signal: AbortSignal): AsyncIterable<SlotPower | SensorReport> {
    return this.#source.powers(signal);
  }

  leave(): void {
    this.#source.end();
    this.#source = this.#newSource();
    this.#synthesis = null;
  }

  hear({ fromS, untilS, weights, slot }: Signal): void {
    const { motionOriginS = 0, blockedS = [] } = this.#options;
    const { numPilots, slotDurationS } = this.#waveform;
    const startS = untilS - slotDurationS;
    const motionS = startS - motionOriginS;
    const synthesis = this.#synthesisAt(startS);
    this.#slotOutput?.begins(startS);
    if (weights !== null && !isWithin(motionS, blockedS)) {
      const response = spreadOver(this.#receive(weights, motionS), numPilots);
      synthesis.radiates({ slot, fromS, untilS, response });
    }
    this.#sampleUntil(this.#slotOutput?.shownAfterS(untilS, this.#plan.sampleRateHz) ?? untilS);
    if (untilS >= this.#untilS - slotDurationS / 2) this.#source.pause();
  }

  #newSource(): Radio {
    const { subcarriers, sensors = null, motionOriginS = 0 } = this.#options;
    const { tellsGaps, startUncertaintyS, slotDurationS, sampleRateHz } = this.#plan;
    const common = {
      format: sampleFormat(this.#plan.format, 'radio.emulated.format'),
      uncertaintyS: startUncertaintyS,
      *before(ueTimeS: number) {
        for (const { measuredS, ...reading } of sensors?.readyBy(ueTimeS - motionOriginS) ?? [])
          yield { ueTimeS: measuredS + motionOriginS, ...reading };
      },
    };
    if (this.#slotOutput !== null)
      return new TriggerSource({ ...common, sampleRateHz, slotDurationS, starts: null, settleS: 0 });
    return new RadioSource({
      ...common,
      waveform: this.#waveform,
      numSubcarriers: subcarriers?.band.numSubcarriers ?? 1,
      tellsGaps,
    });
  }

  /** What samples at that time; begun anew when nothing was on the air for long. */
  #synthesisAt(timeS: number): SampleSynthesis {
    const current = this.#synthesis;
    if (current !== null && timeS - current.nextS < LONGEST_PAUSE_S) return current;
    if (current !== null) this.#source.gap();
    const { seed, ueId, snrDb } = this.#options;
    this.#synthesis = new SampleSynthesis(timeS - BEFORE_S, {
      ...this.#plan,
      waveform: this.#waveform,
      noiseVariance: noiseVariance(snrDb),
      random: new Random(seed, 'radio noise', ueId, timeS),
    });
    return this.#synthesis;
  }

  #sampleUntil(timeS: number): void {
    const synthesis = this.#synthesisAt(timeS);
    const format = sampleFormat(this.#plan.format);
    const fromS = synthesis.nextS;
    const first = synthesis.next;
    const count = synthesis.samplesUntil(timeS);
    const { re, im } = synthesis;
    scale(re, im, count, this.#scale);
    const { sampleRateHz } = this.#waveform;
    const { startUncertaintyS, tellsGaps } = this.#plan;
    for (const { from, to, isAfterDrop } of this.#dropper.kept(count)) {
      if (isAfterDrop && tellsGaps) this.#source.gap();
      const bytes = new Uint8Array((to - from) * format.bytes);
      format.write(re, im, from, to - from, bytes);
      this.#slotOutput?.mark(bytes, format, (k) => synthesis.timeOf(first + from + k));
      const timeS = fromS + from / sampleRateHz + this.#errorS;
      this.#source.samples(bytes, { leastS: timeS - startUncertaintyS, mostS: timeS + startUncertaintyS });
    }
  }
}

/** By which samples are multiplied: a beam on the spot, on all pilots, is just not clipped. Half of the band is empty. */
export function fullScaleOf({ gainDb }: Pick<EmulatedRadioPlan, 'gainDb'>, numElements: number): number {
  return 10 ** (gainDb / 20) / (CREST * Math.sqrt(numElements / 2));
}

export function scale(re: Float32Array, im: Float32Array, count: number, by: number): void {
  for (let n = 0; n < count; n++) {
    re[n]! *= by;
    im[n]! *= by;
  }
}

/** Loses bursts of samples. */
export class Dropper {
  readonly #meanKept: number;
  readonly #burst: number;
  readonly #random: Random;
  /** Samples until a burst begins, or ends. */
  #left: number;
  #isLosing = false;
  #isAfterDrop = false;

  constructor(
    { dropShare, dropSamples }: Pick<EmulatedRadioPlan, 'dropShare' | 'dropSamples'>,
    random: Random,
  ) {
    this.#meanKept = dropShare === 0 ? Infinity : dropSamples / dropShare - dropSamples;
    this.#burst = dropSamples;
    this.#random = random;
    this.#left = this.#drawn(this.#meanKept);
  }

  *kept(
    count: number,
  ): Generator<{ readonly from: number; readonly to: number; readonly isAfterDrop: boolean }> {
    for (let at = 0; at < count; ) {
      const to = Math.min(count, at + this.#left);
      if (!this.#isLosing && to > at) {
        yield { from: at, to, isAfterDrop: this.#isAfterDrop };
        this.#isAfterDrop = false;
      }
      this.#left -= to - at;
      at = to;
      if (this.#left > 0) continue;
      this.#isLosing = !this.#isLosing;
      if (!this.#isLosing) this.#isAfterDrop = true;
      this.#left = this.#drawn(this.#isLosing ? this.#burst : this.#meanKept);
    }
  }

  #drawn(mean: number): number {
    return mean === Infinity ? Infinity : 1 + Math.floor(-mean * Math.log(1 - this.#random.uniform()));
  }
}
