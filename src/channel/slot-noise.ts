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
    states: number,
    columns: number,
    scratch: number,
    out: number,
  ): void;
  skipWords(state: number, count: number): void;
}

/** Its sizes, in bytes. */
const STATES_BYTES = 64;
const STATE_BYTES = 16;
const STATE_BITS = 8 * STATE_BYTES;
const SCRATCH_BYTES = 6272;
/** Keeps real and imaginary parts off each other's 4096-byte aliases, which stall loads behind stores. */
const GAP_BYTES = 192;

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
  readonly #columns: number;
  readonly #scratch: number;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #powers: Float32Array;

  constructor(numSubcarriers: number) {
    this.#count = 8 * Math.ceil(numSubcarriers / 8);
    this.#columns = FIRST_ADDRESS + STATES_BYTES;
    this.#scratch = this.#columns + STATE_BITS * STATE_BYTES;
    const re = this.#scratch + SCRATCH_BYTES;
    const im = re + 8 * this.#count + GAP_BYTES;
    const powers = im + 8 * this.#count;
    this.#kernel = instantiate<NoiseKernel>('channel/slot-noise.wasm', powers + 4 * this.#count);
    const { buffer } = this.#kernel.memory;
    this.#state = new Uint32Array(buffer, FIRST_ADDRESS, 4);
    this.#re = new Float64Array(buffer, re, numSubcarriers);
    this.#im = new Float64Array(buffer, im, numSubcarriers);
    this.#powers = new Float32Array(buffer, powers, numSubcarriers);
    this.#fillColumns();
  }

  /**
   * Four words per subcarrier, a quarter of the subcarriers: what a jump by so many words makes of every bit of a state alone. What it
   * makes of a state is their sum, modulo 2.
   */
  #fillColumns(): void {
    for (let bit = 0; bit < STATE_BITS; bit++) {
      const column = this.#columns + bit * STATE_BYTES;
      new Uint32Array(this.#kernel.memory.buffer, column, 4)[bit >> 5] = 1 << (bit & 31);
      this.#kernel.skipWords(column, this.#count);
    }
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
      this.#im.byteOffset - this.#re.byteOffset,
      this.#count,
      Math.sqrt(noiseVariance / 2),
      FIRST_ADDRESS,
      this.#columns,
      this.#scratch,
      this.#powers.byteOffset,
    );
    return this.#powers.slice();
  }
}
