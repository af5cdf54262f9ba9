import type { HeardSlot } from '../../drivers/emulator/air.js';
import type { RadiatedWeights } from '../../drivers/emulator/rf.js';
import type { LinearArray } from '../array/linear-array.js';
import { channelVector, drawNoise, noiseVariance } from '../channel/channel.js';
import type { Path } from '../channel/paths.js';
import { type Complex, type ComplexVector, complexVector, transposeProduct } from '../core/complex.js';
import { Random } from '../core/random.js';
import { PowerQueue, type PowerSource, type SlotPower } from '../ue/power-source.js';

export interface EmulatedUeOptions {
  readonly ueId: string;
  readonly array: LinearArray;
  /** Propagation to this UE; powers of the gains sum to 1. */
  readonly paths: readonly Path[];
  /** Signal-to-noise ratio of a pilot of unit norm; Infinity = no noise. */
  readonly snrDb: number;
  readonly seed: number;
  /** Frequencies that it measures, shape [numSubcarriers]. */
  readonly frequenciesHz: readonly number[];
}

/**
 * An emulated UE's receiver: in each slot that it was asked to measure it hears the array through its channel and adds
 * noise. The noise of a slot is drawn from (seed, UE, slot) alone, so what was measured before changes nothing.
 */
export class EmulatedUe implements PowerSource {
  readonly #options: EmulatedUeOptions;
  /** h(f) per subcarrier, shape [numSubcarriers][numElements]. */
  readonly #channels: readonly ComplexVector[];
  readonly #noiseVariance: number;
  readonly #wanted = new Set<number>();
  readonly #queue = new PowerQueue();

  constructor(options: EmulatedUeOptions) {
    this.#options = options;
    this.#channels = options.frequenciesHz.map((hz) => channelVector(options.array, options.paths, hz));
    this.#noiseVariance = noiseVariance(options.snrDb);
  }

  listenFor(slots: readonly number[]): void {
    for (const slot of slots) this.#wanted.add(slot);
  }

  powers(signal: AbortSignal): AsyncIterable<SlotPower> {
    return this.#queue.read(signal);
  }

  /** A slot came up on the air. */
  hear({ slot, boardTimeS, weights }: HeardSlot): void {
    if (!this.#wanted.delete(slot)) return;
    const { seed, ueId } = this.#options;
    const random = new Random(seed, 'noise', ueId, slot);
    const powers = Float32Array.from(this.#channels, (_, k) => {
      const signal = weights === null ? { re: 0, im: 0 } : this.receive(weights, k);
      const noise = drawNoise(this.#noiseVariance, random);
      return (signal.re + noise.re) ** 2 + (signal.im + noise.im) ** 2;
    });
    this.#queue.push({ slot, ueTimeS: boardTimeS, noiseFloor: this.#noiseVariance, powers });
  }

  /** Noise-free pilot h^T(f) w(f) on subcarrier `k` (docs/model.md eq. 21). */
  receive(weights: RadiatedWeights, k: number): Complex {
    return transposeProduct(this.#channels[k]!, weightsAt(weights, this.#options.frequenciesHz[k]!));
  }
}

/** w_n(f) = w_n exp(-j 2 pi f delay_n), shape [numElements]. */
function weightsAt({ re, im, delayS }: RadiatedWeights, frequencyHz: number): ComplexVector {
  if (delayS === null) return { re, im };
  const weights = complexVector(re.length);
  for (let n = 0; n < re.length; n++) {
    const turns = frequencyHz * delayS[n]!;
    const phaseRad = -2 * Math.PI * (turns - Math.round(turns));
    const cos = Math.cos(phaseRad);
    const sin = Math.sin(phaseRad);
    weights.re[n] = re[n]! * cos - im[n]! * sin;
    weights.im[n] = re[n]! * sin + im[n]! * cos;
  }
  return weights;
}
