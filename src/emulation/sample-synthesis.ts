/**
 * What a radio's converter would give of the emulated air: the waveform of every slot through the channel at that slot, on the radio's own
 * sample clock, with noise. Subcarrier m of the waveform goes through the channel at subcarrier m of the band, whatever the sample
 * rate: a band wider than that is sampled as sampling converters do it, whose lines fold into their order (docs/radio.md).
 */
import type { ComplexVector } from '../core/complex.js';
import { complexVector } from '../core/complex.js';
import type { Random } from '../core/random.js';
import { NUM_KINDS, SymbolTransform, type Waveform } from '../radio/waveform.js';

export interface SynthesisOptions {
  readonly waveform: Waveform;
  /** Of one pilot of one symbol, in the unit of |response|^2. */
  readonly noiseVariance: number;
  /** By which the radio's clock is faster than the slots'. */
  readonly clockDriftPpm: number;
  /** Of the radio's carrier, Hz. */
  readonly carrierOffsetHz: number;
  readonly random: Random;
}

interface OnAir {
  readonly slot: number;
  readonly fromS: number;
  readonly untilS: number;
  readonly response: Readonly<ComplexVector>;
}

export class SampleSynthesis {
  readonly #options: SynthesisOptions;
  readonly #transform: SymbolTransform;
  /** When sample 0 is taken, s. */
  readonly #startS: number;
  /** Of the radio, per second of the slots' clock. */
  readonly #rateHz: number;
  #next = 0;
  #onAir: OnAir[] = [];
  re = new Float32Array(0);
  im = new Float32Array(0);

  constructor(startS: number, options: SynthesisOptions) {
    this.#options = options;
    this.#startS = startS;
    this.#rateHz = options.waveform.sampleRateHz * (1 + options.clockDriftPpm * 1e-6);
    this.#transform = new SymbolTransform(options.waveform);
  }

  /** Number of the next sample. */
  get next(): number {
    return this.#next;
  }

  /** When the next sample is taken, s. */
  get nextS(): number {
    return this.timeOf(this.#next);
  }

  timeOf(sample: number): number {
    return this.#startS + sample / this.#rateHz;
  }

  /**
   * The array radiates a slot, from when until when, s; before `samplesUntil` comes to it.
   *
   * @param response noise-free, of the pilots in their order; shape [numPilots].
   */
  radiates(onAir: OnAir): void {
    this.#onAir.push(onAir);
  }

  /** Samples up to a time, which are then in `re` and `im`; returns how many. */
  samplesUntil(timeS: number): number {
    const end = Math.max(this.#next, Math.floor((timeS - this.#startS) * this.#rateHz));
    const count = end - this.#next;
    if (this.re.length < count) {
      this.re = new Float32Array(count);
      this.im = new Float32Array(count);
    }
    const { noiseVariance, random } = this.#options;
    const scale = Math.sqrt(noiseVariance / 2);
    if (scale === 0) {
      this.re.fill(0, 0, count);
      this.im.fill(0, 0, count);
    } else
      for (let n = 0; n < count; n++) {
        this.re[n] = scale * random.normal();
        this.im[n] = scale * random.normal();
      }
    for (const onAir of this.#onAir) this.#add(onAir, end);
    this.#onAir = this.#onAir.filter(({ untilS }) => untilS > this.timeOf(end));
    this.#turn(count);
    this.#next = end;
    return count;
  }

  #add({ slot, fromS, untilS, response }: OnAir, end: number): void {
    const { waveform } = this.#options;
    const { sampleRateHz, slotDurationS, numSymbols, symbolSamples, lead, numPilots, fftSize, prefix } =
      waveform;
    const symbolS = (j: number) => untilS - slotDurationS + (lead + j * symbolSamples) / sampleRateHz;
    const placeOf = (j: number) => (symbolS(j) - this.#startS) * this.#rateHz;
    const through = complexVector(numPilots);
    for (let j = 0; j < numSymbols; j++) {
      const place = placeOf(j);
      const begin = Math.ceil(place);
      const after = Math.ceil(placeOf(j + 1));
      if (symbolS(j) < fromS || after <= this.#next || begin >= end) continue;
      const pilots = waveform.pilots(j % NUM_KINDS, slot);
      for (let m = 0; m < numPilots; m++) {
        const phase = (2 * Math.PI * (m - numPilots / 2) * (begin - place)) / fftSize;
        const [cos, sin] = [Math.cos(phase), Math.sin(phase)];
        const re = pilots.re[m]! * cos - pilots.im[m]! * sin;
        const im = pilots.re[m]! * sin + pilots.im[m]! * cos;
        through.re[m] = re * response.re[m]! - im * response.im[m]!;
        through.im[m] = re * response.im[m]! + im * response.re[m]!;
      }
      const samples = this.#transform.samples(through);
      for (let n = Math.max(begin, this.#next); n < Math.min(after, end); n++) {
        const k = (n - begin - prefix + fftSize) % fftSize;
        this.re[n - this.#next]! += samples.re[k]!;
        this.im[n - this.#next]! += samples.im[k]!;
      }
    }
  }

  #turn(count: number): void {
    const { carrierOffsetHz } = this.#options;
    if (carrierOffsetHz === 0) return;
    for (let n = 0; n < count; n++) {
      const phase = 2 * Math.PI * ((((this.#next + n) * carrierOffsetHz) / this.#rateHz) % 1);
      const [cos, sin] = [Math.cos(phase), Math.sin(phase)];
      const [x, y] = [this.re[n]!, this.im[n]!];
      this.re[n] = x * cos - y * sin;
      this.im[n] = x * sin + y * cos;
    }
  }
}

/** Of each pilot, the response of its subcarrier; shape [numPilots]. */
export function spreadOver(response: Readonly<ComplexVector>, numPilots: number): Readonly<ComplexVector> {
  const count = response.re.length;
  if (count === numPilots) return response;
  const of = (values: Float64Array) =>
    Float64Array.from({ length: numPilots }, (_, m) => values[Math.ceil(((m + 1) * count) / numPilots) - 1]!);
  return { re: of(response.re), im: of(response.im) };
}
