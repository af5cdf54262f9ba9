/** Noise of a measured slot. One rule for emulated UEs and for studies that stand in for them. */
import type { ComplexVector } from '../core/complex.js';
import { Random } from '../core/random.js';
import { FIRST_ADDRESS, instantiate, type WasmKernel } from '../kernels/wasm-module.js';
import { drawNoise } from './channel.js';

/** slot-noise.as.ts says what the function does. */
interface NoiseKernel extends WasmKernel {
  noisyPowers(
    signal: number,
    imag: number,
    count: number,
    scale: number,
    state: number,
    words: number,
    out: number,
  ): void;
}

/**
 * |signal + noise|^2 on every subcarrier. The noise is drawn from (seed, UE, slot) alone, subcarrier by subcarrier, so
 * what was measured before changes nothing. It is what `drawNoise` draws: exactly so on one subcarrier, to 1e-12 on more.
 *
 * @param signal null where nothing is radiated.
 * @returns linear, shape [numSubcarriers], rounded to float32 as UEs report it.
 */
export function noisyPowers(
  signal: ComplexVector | null,
  numSubcarriers: number,
  noiseVariance: number,
  seed: number,
  ueId: string,
  slot: number,
): Float32Array {
  const random = new Random(seed, 'noise', ueId, slot);
  if (numSubcarriers > 1) return meterOf(numSubcarriers).measure(signal, noiseVariance, random);
  const noise = drawNoise(noiseVariance, random);
  return Float32Array.of(((signal?.re[0] ?? 0) + noise.re) ** 2 + ((signal?.im[0] ?? 0) + noise.im) ** 2);
}

const meters = new Map<number, PowerMeter>();

function meterOf(numSubcarriers: number): PowerMeter {
  let meter = meters.get(numSubcarriers);
  if (meter === undefined) {
    meter = new PowerMeter(numSubcarriers);
    meters.set(numSubcarriers, meter);
  }
  return meter;
}

class PowerMeter {
  readonly #kernel: NoiseKernel;
  readonly #count: number;
  readonly #state: Uint32Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #powers: Float32Array;
  readonly #words: number;

  constructor(numSubcarriers: number) {
    this.#count = numSubcarriers + (numSubcarriers % 2);
    const signal = FIRST_ADDRESS + 64;
    const powers = signal + 16 * this.#count;
    this.#words = powers + 8 * this.#count;
    this.#kernel = instantiate<NoiseKernel>('channel/slot-noise.wasm', this.#words + 16 * this.#count);
    const { buffer } = this.#kernel.memory;
    this.#state = new Uint32Array(buffer, FIRST_ADDRESS, 4);
    this.#re = new Float64Array(buffer, signal, numSubcarriers);
    this.#im = new Float64Array(buffer, signal + 8 * this.#count, numSubcarriers);
    this.#powers = new Float32Array(buffer, powers, numSubcarriers);
  }

  measure(signal: ComplexVector | null, noiseVariance: number, random: Random): Float32Array {
    this.#state.set(random.state);
    if (signal === null) {
      this.#re.fill(0);
      this.#im.fill(0);
    } else {
      this.#re.set(signal.re);
      this.#im.set(signal.im);
    }
    this.#kernel.noisyPowers(
      this.#re.byteOffset,
      8 * this.#count,
      this.#count,
      Math.sqrt(noiseVariance / 2),
      FIRST_ADDRESS,
      this.#words,
      this.#powers.byteOffset,
    );
    return this.#powers.slice();
  }
}
