import type { AirSlot } from '../../drivers/emulator/emulated-board.js';
import type { ElementPlaces, RadiatedWeights } from '../../drivers/emulator/rf.js';
import { TiledAir } from '../../drivers/emulator/tiled-air.js';

/** What processes radiate that tell when they latch, and not which slot it is: latches that are less than half a slot apart are one. */
export class WholeAir {
  readonly #air: TiledAir;
  readonly #slotS: number;
  /** When each group of latches began that is not complete yet. */
  readonly #begunS: number[] = [];

  constructor(places: readonly ElementPlaces[], slotS: number, send: (slot: AirSlot) => void) {
    this.#air = new TiledAir(places, send);
    this.#slotS = slotS;
  }

  add(board: number, fromS: number, hash: string, weights: RadiatedWeights): void {
    let slot = this.#begunS.findIndex((begunS) => Math.abs(begunS - fromS) < this.#slotS / 2);
    if (slot < 0) slot = this.#begunS.push(fromS) - 1;
    this.#air.add(board, {
      ...{ slot, boardTimeS: fromS, fromS, untilS: fromS + this.#slotS },
      codeword: { hash, weights },
    });
  }
}
