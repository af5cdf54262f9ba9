/** A slot's symbols by the kernel in slot-meter.as.ts. */
import { twiddles } from '../kernels/fft-twiddles.js';
import { FIRST_ADDRESS, instantiate, type WasmKernel } from '../kernels/wasm-module.js';
import type { SlotMeter, SlotSums } from './slot-meter.js';
import { NUM_KINDS, type Waveform } from './waveform.js';

/** slot-meter.as.ts says what the function does. */
interface MeterKernel extends WasmKernel {
  measure(
    samples: number,
    imag: number,
    step: number,
    numSymbols: number,
    fftSize: number,
    turns: number,
    stepRe: number,
    stepIm: number,
    grid: number,
    twiddles: number,
    work: number,
    work2: number,
    factors: number,
    numPilots: number,
    out: number,
    outImag: number,
    sums: number,
    sumsImag: number,
  ): number;
}

/** Of a single-precision number. */
const BYTES = 4;
/** Keeps arrays that are worked on together off each other's 4096-byte aliases, which stall loads behind stores. */
const GAP_BYTES = 192;
/** Numbers around the pilots that the transform may overwrite. */
const OUT_MARGIN = 4;
/** Samples whose turns are one vector. */
const LANES = 4;

export class KernelMeter implements SlotMeter {
  readonly #waveform: Waveform;
  readonly #kernel: MeterKernel;
  readonly #at;
  readonly #re: Float32Array;
  readonly #im: Float32Array;
  readonly #turns: Float32Array;
  readonly #sums: SlotSums;

  /** @throws FILE_NOT_FOUND when the kernel was not built. */
  constructor(waveform: Waveform) {
    const { fftSize, numPilots, numSymbols, symbolSamples } = waveform;
    this.#waveform = waveform;
    const span = (numSymbols - 1) * symbolSamples + fftSize;
    let end = FIRST_ADDRESS + 64;
    const room = (count: number) => {
      const at = end;
      end += Math.ceil((BYTES * count) / 64) * 64 + GAP_BYTES;
      return at;
    };
    this.#at = {
      re: room(span),
      im: room(span),
      turns: room(2 * LANES * numSymbols),
      grid: room(2 * fftSize + 16),
      twiddles: room(2 * fftSize),
      work: room(2 * fftSize),
      work2: room(2 * fftSize),
      factors: room(fftSize / 2),
      outRe: room(numPilots + 2 * OUT_MARGIN),
      outIm: room(numPilots + 2 * OUT_MARGIN),
      sumsRe: room(NUM_KINDS * numPilots),
      sumsIm: room(NUM_KINDS * numPilots),
    };
    this.#kernel = instantiate<MeterKernel>('radio/slot-meter.wasm', end);
    const { buffer } = this.#kernel.memory;
    const view = (at: number, count: number) => new Float32Array(buffer, at, count);
    this.#re = view(this.#at.re, span);
    this.#im = view(this.#at.im, span);
    this.#turns = view(this.#at.turns, 2 * LANES * numSymbols);
    view(this.#at.twiddles, 2 * fftSize).set(twiddles(fftSize));
    view(this.#at.factors, fftSize / 2).fill(1 / Math.sqrt(fftSize));
    const length = NUM_KINDS * numPilots;
    this.#sums = { re: view(this.#at.sumsRe, length), im: view(this.#at.sumsIm, length), energy: 0 };
  }

  measure(re: Float32Array, im: Float32Array, at: number, offsetTurns: number): SlotSums {
    const { lead, prefix, symbolSamples, numSymbols, fftSize, numPilots } = this.#waveform;
    const first = at + lead + prefix / 2;
    this.#re.set(re.subarray(first, first + this.#re.length));
    this.#im.set(im.subarray(first, first + this.#im.length));
    const place = this.#at;
    let step = { re: 1, im: 0 };
    if (offsetTurns !== 0) {
      for (let j = 0; j < numSymbols; j++) {
        for (let lane = 0; lane < LANES; lane++) {
          const turn = turnedBy(offsetTurns * (lead + prefix / 2 + j * symbolSamples + lane));
          this.#turns[2 * LANES * j + lane] = turn.re;
          this.#turns[2 * LANES * j + LANES + lane] = turn.im;
        }
      }
      step = turnedBy(offsetTurns * LANES);
    }
    this.#sums.energy = this.#kernel.measure(
      place.re,
      place.im - place.re,
      BYTES * symbolSamples,
      numSymbols,
      fftSize,
      place.turns,
      step.re,
      step.im,
      place.grid,
      place.twiddles,
      place.work,
      place.work2,
      place.factors,
      numPilots,
      place.outRe + BYTES * OUT_MARGIN,
      place.outIm - place.outRe,
      place.sumsRe,
      place.sumsIm - place.sumsRe,
    );
    return this.#sums;
  }
}

/** exp(-j 2 pi turns). */
function turnedBy(turns: number): { readonly re: number; readonly im: number } {
  const phase = -2 * Math.PI * (turns % 1);
  return { re: Math.cos(phase), im: Math.sin(phase) };
}
