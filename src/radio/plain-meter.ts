/** A slot's symbols one after the other, in plain loops: what the kernel is held against, and what measures where it is not built. */
import { Fft } from './fft.js';
import type { SlotMeter, SlotSums } from './slot-meter.js';
import { NUM_KINDS, type Waveform } from './waveform.js';

export class PlainMeter implements SlotMeter {
  readonly #waveform: Waveform;
  readonly #fft: Fft;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #sums: SlotSums;

  constructor(waveform: Waveform) {
    const { fftSize, numPilots } = waveform;
    this.#waveform = waveform;
    this.#fft = new Fft(fftSize);
    this.#re = new Float64Array(fftSize);
    this.#im = new Float64Array(fftSize);
    const length = NUM_KINDS * numPilots;
    this.#sums = { re: new Float32Array(length), im: new Float32Array(length), energy: 0 };
  }

  measure(re: Float32Array, im: Float32Array, at: number, offsetTurns: number): SlotSums {
    const { fftSize, numPilots, numSymbols, lead, prefix, symbolSamples } = this.#waveform;
    const sums = this.#sums;
    sums.re.fill(0);
    sums.im.fill(0);
    sums.energy = 0;
    const scale = 1 / Math.sqrt(fftSize);
    for (let j = 0; j < numSymbols; j++) {
      // From the midst of the prefix on, so that either half of it forgives an error of timing.
      const fromStart = lead + j * symbolSamples + prefix / 2;
      for (let n = 0; n < fftSize; n++) {
        const phase = -2 * Math.PI * ((offsetTurns * (fromStart + n)) % 1);
        const cos = scale * Math.cos(phase);
        const sin = scale * Math.sin(phase);
        const x = re[at + fromStart + n]!;
        const y = im[at + fromStart + n]!;
        this.#re[n] = x * cos - y * sin;
        this.#im[n] = x * sin + y * cos;
      }
      this.#fft.transform(this.#re, this.#im);
      const kind = (j % NUM_KINDS) * numPilots;
      for (let m = 0; m < numPilots; m++) {
        const bin = (m - numPilots / 2 + fftSize) % fftSize;
        const a = this.#re[bin]!;
        const b = this.#im[bin]!;
        sums.re[kind + m]! += a;
        sums.im[kind + m]! += b;
        sums.energy += a * a + b * b;
      }
    }
    return sums;
  }
}
