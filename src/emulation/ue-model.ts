import type { HeardSlot } from '../../drivers/emulator/air.js';
import type { LinearArray } from '../array/linear-array.js';
import { CarrierReceiver } from '../channel/carrier-receiver.js';
import { noiseVariance } from '../channel/channel.js';
import type { Path } from '../channel/paths.js';
import { noisyPowers } from '../channel/slot-noise.js';
import { BeamReceiver } from '../channel/wideband/received.js';
import type { ElementBeam, SubcarrierSum } from '../channel/wideband/response.js';
import type { ComplexVector } from '../core/complex.js';
import { PowerQueue, type PowerSource, type SlotPower } from '../ue/power-source.js';

export interface EmulatedUeOptions {
  readonly ueId: string;
  readonly array: LinearArray;
  /** Propagation to this UE; powers of the gains sum to 1. */
  readonly paths: readonly Path[];
  /** Signal-to-noise ratio of a pilot of unit norm; Infinity = no noise. */
  readonly snrDb: number;
  readonly seed: number;
  /** Evaluates the subcarriers that it measures; null = it measures at the carrier alone. UEs may share one. */
  readonly subcarriers: SubcarrierSum | null;
  /** Told of each slot that it is asked for. */
  readonly onWanted?: (slot: number) => void;
}

/**
 * An emulated UE's receiver: in each slot that it was asked to measure it hears the array through its channel and adds
 * noise. The noise of a slot is drawn from (seed, UE, slot) alone, so what was measured before changes nothing.
 */
export class EmulatedUe implements PowerSource {
  readonly #options: EmulatedUeOptions;
  readonly #receiver: { receive(beam: ElementBeam): ComplexVector };
  readonly #numSubcarriers: number;
  readonly #noiseVariance: number;
  readonly #wanted = new Set<number>();
  readonly #queue = new PowerQueue();

  constructor(options: EmulatedUeOptions) {
    const { array, paths, subcarriers } = options;
    this.#options = options;
    this.#receiver =
      subcarriers === null ? new CarrierReceiver(array, paths) : new BeamReceiver(subcarriers, array, paths);
    this.#numSubcarriers = subcarriers === null ? 1 : subcarriers.band.numSubcarriers;
    this.#noiseVariance = noiseVariance(options.snrDb);
  }

  listenFor(slots: readonly number[]): void {
    for (const slot of slots) {
      this.#wanted.add(slot);
      this.#options.onWanted?.(slot);
    }
  }

  powers(signal: AbortSignal): AsyncIterable<SlotPower> {
    return this.#queue.read(signal);
  }

  /** A slot came up on the air. */
  hear({ slot, boardTimeS, weights }: HeardSlot): void {
    if (!this.#wanted.delete(slot)) return;
    const { seed, ueId } = this.#options;
    const signal = weights === null ? null : this.#receiver.receive(weights);
    const powers = noisyPowers(signal, this.#numSubcarriers, this.#noiseVariance, seed, ueId, slot);
    this.#queue.push({ slot, ueTimeS: boardTimeS, noiseFloor: this.#noiseVariance, powers });
  }
}
