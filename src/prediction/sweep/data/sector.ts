/** Sectors around a base station, and what a user of one receives of its beams (docs/model.md eq. 106). */
import type { Vector3 } from '../../../array/antenna-array.js';
import { PlanarArray } from '../../../array/planar-array.js';
import { PlanarCodebook } from '../../../codebook/planar.js';
import { codewordWeights } from '../../../codebook/weights.js';
import { type ComplexVector, transposeProduct } from '../../../core/complex.js';
import { NUM_SECTORS } from '../networks/sweep-network.js';
import type { SweepSetting } from '../sweep-setting.js';
import type { SweepSet } from './sweep-set.js';

/** Boresights of the sectors, from 30 degrees on, a third of a turn apart. */
const FIRST_BORESIGHT_RAD = Math.PI / 6;
const SECTOR_RAD = (2 * Math.PI) / NUM_SECTORS;

export function boresightRad(sector: number): number {
  return FIRST_BORESIGHT_RAD + sector * SECTOR_RAD;
}

/** The sector whose boresight is the nearest. */
function sectorOf(xM: number, yM: number): number {
  const turns = (Math.atan2(yM, xM) - FIRST_BORESIGHT_RAD) / SECTOR_RAD;
  return ((Math.round(turns) % NUM_SECTORS) + NUM_SECTORS) % NUM_SECTORS;
}

/** The three sectors of a base station at the world's origin, `heightM` above it. */
export class Sectors {
  readonly #sectors: readonly Sector[];

  constructor(setting: SweepSetting, heightM: number) {
    this.#sectors = Array.from({ length: NUM_SECTORS }, (_, k) => new Sector(setting, heightM, k));
  }

  /** With room for what users receive. */
  emptySet(numUsers: number): SweepSet {
    const { numCoarse, numFine, numReceived } = this.#sectors[0]!;
    return {
      ...{ numUsers, numCoarse, numFine, numReceived },
      coarse: new Float32Array(numUsers * numCoarse * numReceived * 2),
      fine: new Float32Array(numUsers * numFine),
      best: new Int32Array(numUsers),
      sectors: new Uint8Array(numUsers),
      ownM: new Float32Array(numUsers * 2),
      worldM: new Float32Array(numUsers * 2),
    };
  }

  /**
   * Writes a user into the set: it belongs to the sector that looks its way.
   *
   * @param placeM of the user against the base station's foot, x and y.
   * @param channels to each of the receiver's antennas, on each subcarrier in turn; they are changed.
   */
  write(
    set: SweepSet,
    user: number,
    [xM, yM]: readonly [number, number, ...number[]],
    channels: (sector: Sector) => readonly ComplexVector[],
  ): void {
    const k = sectorOf(xM, yM);
    const sector = this.#sectors[k]!;
    sector.receive(channels(sector), set, user);
    const back = -boresightRad(k);
    set.sectors[user] = k;
    set.ownM.set(
      [Math.cos(back) * xM - Math.sin(back) * yM, Math.sin(back) * xM + Math.cos(back) * yM],
      2 * user,
    );
    set.worldM.set([xM, yM], 2 * user);
  }
}

/** The array of a sector with its beams. */
export class Sector {
  readonly array: PlanarArray;
  readonly numReceived: number;
  readonly numCoarse: number;
  readonly numFine: number;
  /** Of the receiver's antennas against its middle, m. */
  readonly receiverM: readonly Vector3[];
  readonly #coarse: readonly ComplexVector[];
  readonly #fine: readonly ComplexVector[];

  constructor(setting: SweepSetting, heightM: number, number: number) {
    const { carrierHz, rows, columns, tiltRad, receiver, numSubcarriers } = setting;
    this.array = new PlanarArray({
      ...{ rows, columns, carrierHz, tiltRad, heightM },
      boresightRad: boresightRad(number),
    });
    const beams = ([numAzimuths, numElevations]: readonly [number, number]) => {
      const codebook = new PlanarCodebook(this.array, { numAzimuths, numElevations });
      return Array.from({ length: codebook.numCodewords }, (_, k) =>
        codewordWeights(codebook.codewordAt(k), carrierHz),
      );
    };
    this.#coarse = beams(setting.coarse);
    this.#fine = beams(setting.fine);
    this.numCoarse = this.#coarse.length;
    this.numFine = this.#fine.length;
    const { wavelengthM } = this.array;
    const place = (k: number, of: number) => ((k - (of - 1) / 2) * wavelengthM) / 2;
    this.receiverM = Array.from({ length: receiver.rows * receiver.columns }, (_, k) => [
      0,
      place(k % receiver.columns, receiver.columns),
      place(Math.floor(k / receiver.columns), receiver.rows),
    ]);
    this.numReceived = this.receiverM.length * numSubcarriers;
  }

  /** Writes what the user receives with every beam, and which is the best, into the set. */
  receive(channels: readonly ComplexVector[], set: SweepSet, user: number): void {
    normalise(channels);
    for (const [k, h] of channels.entries()) {
      for (const [beam, weights] of this.#coarse.entries()) {
        const at = 2 * ((user * this.numCoarse + beam) * this.numReceived + k);
        const { re, im } = transposeProduct(h, weights);
        set.coarse.set([re, im], at);
      }
      for (const [beam, weights] of this.#fine.entries()) {
        const { re, im } = transposeProduct(h, weights);
        set.fine[user * this.numFine + beam]! += (re * re + im * im) / channels.length;
      }
    }
    const own = set.fine.subarray(user * this.numFine, (user + 1) * this.numFine);
    set.best[user] = own.indexOf(own.reduce((a, b) => Math.max(a, b)));
  }
}

/** So that all elements of all channels have a mean square of 1. */
function normalise(channels: readonly ComplexVector[]): void {
  let sum = 0;
  let count = 0;
  for (const { re, im } of channels) {
    for (let n = 0; n < re.length; n++) sum += re[n]! ** 2 + im[n]! ** 2;
    count += re.length;
  }
  const scale = 1 / Math.sqrt(sum / count);
  for (const { re, im } of channels) {
    for (let n = 0; n < re.length; n++) {
      re[n]! *= scale;
      im[n]! *= scale;
    }
  }
}
