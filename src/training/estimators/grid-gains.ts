/**
 * Power gains of all pilots and subcarriers at every point of a grid. Along a ring the response of a subcarrier holds no
 * faster turns than the outermost element's, so where directions are dense, every few are summed over the elements and
 * those between are interpolated (docs/model.md eq. 65 and 66).
 */

import type { SplitCodebook } from '../../codebook/beam-split.js';
import type { Codeword } from '../../codebook/codeword.js';
import type { ComplexVector } from '../../core/complex.js';
import { FIRST_ADDRESS, instantiate, type WasmKernel } from '../../kernels/wasm-module.js';
import { BeamPowers, type WaveModel } from './beam-powers.js';
import type { GridPowers } from './dictionary.js';
import { DirectionFilter } from './direction-filter.js';
import type { PointGrid } from './point-grid.js';

/** grid-gains.as.ts says what the functions do. */
interface GridKernel extends WasmKernel {
  take(re: number, im: number, length: number, rows: number, stride: number): void;
  powers(
    rows: number,
    stride: number,
    count: number,
    weights: number,
    length: number,
    out: number,
    numOut: number,
  ): void;
}

/** Amplitude that interpolation may miss, 1 at perfect focus. */
const TOLERANCE = 1e-4;
/** And what single precision adds to that: of the sums, of which the filter takes less than twice, and of its own. */
const ROUNDING = 5e-6;

export class GridGains implements GridPowers {
  readonly numValues: number;
  readonly amplitudeError = TOLERANCE + ROUNDING;
  readonly #beams: BeamPowers;
  /** The same in single precision: good enough for what is kept in one byte. */
  readonly #quickBeams: BeamPowers;
  readonly #grid: PointGrid;
  readonly #filter: DirectionFilter;
  readonly #topHz: number;
  /** Of amplitude, for 1 at perfect focus. */
  readonly #scale: number;
  readonly #numSamples: number;
  /** 1 where the directions between a sample of the ring and the next may be interpolated, shape [numSamples]. */
  readonly #smooth: Uint8Array;
  /** Index of the first point of the ring that `#smooth` is for. */
  #first = -1;
  /** The sample after which directions were interpolated last. */
  #interpolated = -1;
  /** Which point's responses a slot holds, shape [2 half + 1]; the last is for points that are no sample. */
  readonly #held: Int32Array;
  readonly #kernel: GridKernel;
  readonly #length: number;
  readonly #stride: number;
  readonly #slots: number;
  readonly #weights: Float32Array;
  /** Row 0 for a point that is summed, the others for directions between samples, shape [stride][numValues]. */
  readonly #out: readonly Float32Array[];
  /** On the way into a slot. */
  readonly #response: ComplexVector;

  /** @param codewords one per pilot: those of the codebook, or what a board makes of them. */
  constructor(codebook: SplitCodebook, codewords: readonly Codeword[], model: WaveModel, grid: PointGrid) {
    const { array, band } = codebook;
    const { directions } = grid;
    this.#beams = new BeamPowers(codebook, codewords, model);
    this.#quickBeams = new BeamPowers(codebook, codewords, model, 'single');
    this.numValues = this.#beams.numValues;
    this.#grid = grid;
    this.#scale = 1 / Math.sqrt(array.numElements);
    this.#topHz = band.frequenciesHz[band.numSubcarriers - 1]!;
    const turnsPerUnit = (this.#topHz * array.apertureM) / 2 / array.speedOfLightMPerS;
    this.#filter = new DirectionFilter(turnsPerUnit * (directions[1]! - directions[0]!), directions.length);
    const { stride, half } = this.#filter;
    this.#numSamples = Math.floor((directions.length - 1) / stride) + 1;
    this.#smooth = new Uint8Array(this.#numSamples);
    this.#held = new Int32Array(2 * half + 1).fill(-1);

    const numSlots = this.#held.length;
    this.#length = Math.ceil(this.numValues / 16) * 16;
    this.#stride = 128 * numSlots;
    this.#slots = FIRST_ADDRESS;
    const response = this.#slots + (this.#length / 16) * this.#stride;
    const out = response + 16 * this.#length;
    const weights = out + 4 * stride * this.#length;
    this.#kernel = instantiate('training/estimators/grid-gains.wasm', weights + 4 * stride * numSlots);
    const { buffer } = this.#kernel.memory;
    const view = (at: number, count: number) => new Float32Array(buffer, at, count);
    this.#weights = view(weights, stride * numSlots);
    this.#out = Array.from({ length: stride }, (_, k) => view(out + 4 * k * this.#length, this.numValues));
    this.#response = {
      re: new Float64Array(buffer, response, this.numValues),
      im: new Float64Array(buffer, response + 8 * this.#length, this.numValues),
    };
  }

  exact(index: number, out: Float64Array): void {
    this.#beams.evaluate(this.#grid.point(index), out);
  }

  /** Fast for points in the order of the grid. */
  approximate(index: number, out: Float32Array): void {
    const { stride, half } = this.#filter;
    const direction = index % this.#grid.directions.length;
    const first = index - direction;
    if (first !== this.#first) this.#enter(first);
    const sample = Math.floor(direction / stride);
    const between = direction % stride;
    if (between > 0 && this.#smooth[sample] === 1) {
      if (this.#interpolated !== sample) this.#interpolate(sample);
      out.set(this.#out[between]!);
      return;
    }
    const slot = between === 0 ? sample % (2 * half) : 2 * half;
    this.#hold(index, slot);
    this.#weights[0] = this.#scale;
    this.#powers(slot, 1, 0, 1);
    out.set(this.#out[0]!);
  }

  /** Powers of all directions between a sample and the next. */
  #interpolate(sample: number): void {
    this.#interpolated = sample;
    const { stride, half, weights } = this.#filter;
    const count = 2 * half;
    for (let k = 0; k < count; k++) {
      // Samples lie in the slots in a circle, so the weights go round with them.
      const other = sample + 1 - half + k;
      const slot = other % count;
      this.#hold(this.#first + other * stride, slot);
      for (let i = 1; i < stride; i++) this.#weights[(i - 1) * count + slot] = this.#scale * weights[i]![k]!;
    }
    this.#powers(0, count, 1, stride - 1);
  }

  #powers(slot: number, count: number, firstOut: number, numOut: number): void {
    const { byteOffset: weights } = this.#weights;
    const { byteOffset: out } = this.#out[firstOut]!;
    this.#kernel.powers(this.#addressOf(slot), this.#stride, count, weights, this.#length, out, numOut);
  }

  #addressOf(slot: number): number {
    return this.#slots + 128 * slot;
  }

  #hold(index: number, slot: number): void {
    if (this.#held[slot] === index) return;
    this.#held[slot] = index;
    const { re, im } = this.#response;
    this.#quickBeams.respond(this.#grid.point(index), this.#response);
    this.#kernel.take(re.byteOffset, im.byteOffset, this.#length, this.#addressOf(slot), this.#stride);
  }

  /** Finds out where the ring that begins with this point may be interpolated. */
  #enter(first: number): void {
    this.#first = first;
    this.#interpolated = -1;
    this.#smooth.fill(0);
    const { half, stride } = this.#filter;
    if (stride === 1) return;
    // How many intervals between samples in a row are smooth so far: a filter's span needs all.
    let inARow = 0;
    let before = this.#beams.travelTimeS(this.#grid.point(first));
    for (let sample = 1; sample < this.#numSamples; sample++) {
      const after = this.#beams.travelTimeS(this.#grid.point(first + sample * stride));
      inARow = this.#missed(before, after) <= TOLERANCE ? inARow + 1 : 0;
      if (inARow >= 2 * half - 1) this.#smooth[sample - half] = 1;
      before = after;
    }
  }

  /** Amplitude, 1 at perfect focus, that the filter misses where travel times change so from sample to sample. */
  #missed(beforeS: Float64Array, afterS: Float64Array): number {
    let missed = 0;
    for (let n = 0; n < afterS.length; n++) {
      missed += this.#filter.missed(this.#topHz * Math.abs(afterS[n]! - beforeS[n]!));
    }
    return missed / afterS.length;
  }
}
