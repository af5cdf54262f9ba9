/** Sweeps of the users of a synthetic city (docs/model.md eq. 106): three sectors around a base station, 20 m above the street. */
import type { Vector3 } from '../../../array/antenna-array.js';
import { PlanarArray } from '../../../array/planar-array.js';
import { channelVector } from '../../../channel/channel.js';
import { type CityPath, drawCityScene } from '../../../channel/city/scene.js';
import type { Path } from '../../../channel/paths.js';
import { PlanarCodebook } from '../../../codebook/planar.js';
import { codewordWeights } from '../../../codebook/weights.js';
import { type ComplexVector, transposeProduct } from '../../../core/complex.js';
import { SPEED_OF_LIGHT_M_PER_S } from '../../../core/physics.js';
import { NUM_SECTORS } from '../networks/sweep-network.js';
import type { SweepSetting } from '../sweep-setting.js';
import type { SweepSet } from './sweep-set.js';

/** Boresights of the sectors, from 30 degrees on, a third of a turn apart. */
const FIRST_BORESIGHT_RAD = Math.PI / 6;
const SECTOR_RAD = (2 * Math.PI) / NUM_SECTORS;

/** Every user belongs to the sector that looks its way. */
export function drawCitySweep(setting: SweepSetting, citySeed: number): SweepSet {
  const wavelengthM = SPEED_OF_LIGHT_M_PER_S / setting.carrierHz;
  const { users, baseM } = drawCityScene(citySeed, { wavelengthM });
  const sectors = Array.from({ length: NUM_SECTORS }, (_, k) => new Sector(setting, baseM[2], k));
  const { numCoarse, numFine, numReceived } = sectors[0]!;
  const set: SweepSet = {
    ...{ numUsers: users.length, numCoarse, numFine, numReceived },
    coarse: new Float32Array(users.length * numCoarse * numReceived * 2),
    fine: new Float32Array(users.length * numFine),
    best: new Int32Array(users.length),
    sectors: new Uint8Array(users.length),
    ownM: new Float32Array(users.length * 2),
    worldM: new Float32Array(users.length * 2),
  };
  for (const [k, { positionM, paths }] of users.entries()) {
    const [xM, yM] = positionM;
    const sector = sectorOf(xM, yM);
    sectors[sector]!.receive(paths, positionM, set, k);
    const back = -boresightRad(sector);
    set.sectors[k] = sector;
    set.ownM.set(
      [Math.cos(back) * xM - Math.sin(back) * yM, Math.sin(back) * xM + Math.cos(back) * yM],
      2 * k,
    );
    set.worldM.set([xM, yM], 2 * k);
  }
  return set;
}

export function boresightRad(sector: number): number {
  return FIRST_BORESIGHT_RAD + sector * SECTOR_RAD;
}

/** The sector whose boresight is the nearest. */
function sectorOf(xM: number, yM: number): number {
  const turns = (Math.atan2(yM, xM) - FIRST_BORESIGHT_RAD) / SECTOR_RAD;
  return ((Math.round(turns) % NUM_SECTORS) + NUM_SECTORS) % NUM_SECTORS;
}

/** The array of a sector with its beams. */
class Sector {
  readonly array: PlanarArray;
  readonly numReceived: number;
  readonly numCoarse: number;
  readonly numFine: number;
  readonly #coarse: readonly ComplexVector[];
  readonly #fine: readonly ComplexVector[];
  /** Of the receiver's antennas against its middle, m. */
  readonly #receiverM: readonly Vector3[];
  readonly #frequenciesHz: readonly number[];

  constructor(setting: SweepSetting, heightM: number, sector: number) {
    const { carrierHz, rows, columns, tiltRad, receiver, bandwidthHz, numSubcarriers } = setting;
    this.array = new PlanarArray({
      ...{ rows, columns, carrierHz, tiltRad, heightM },
      boresightRad: boresightRad(sector),
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
    this.#receiverM = Array.from({ length: receiver.rows * receiver.columns }, (_, k) => [
      0,
      place(k % receiver.columns, receiver.columns),
      place(Math.floor(k / receiver.columns), receiver.rows),
    ]);
    this.#frequenciesHz = Array.from(
      { length: numSubcarriers },
      (_, k) => carrierHz + ((k - (numSubcarriers - 1) / 2) * bandwidthHz) / numSubcarriers,
    );
    this.numReceived = this.#receiverM.length * numSubcarriers;
  }

  /** Writes what the user receives with every beam, and which is the best, into the set. */
  receive(paths: readonly CityPath[], userM: Vector3, set: SweepSet, user: number): void {
    const channels = this.#receiverM.flatMap((antennaM) =>
      this.#frequenciesHz.map((frequencyHz) => this.#channel(paths, userM, antennaM, frequencyHz)),
    );
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

  /** To one antenna of the receiver at one frequency: spherical waves from the array to the user's images. */
  #channel(
    paths: readonly CityPath[],
    [xM, yM, zM]: Vector3,
    [ownXM, ownYM, ownZM]: Vector3,
    frequencyHz: number,
  ): ComplexVector {
    const radPerM = (2 * Math.PI * frequencyHz) / SPEED_OF_LIGHT_M_PER_S;
    const seen = paths.map(({ gain, imageM, sourceM: [sx, sy, sz] }): Path => {
      // As much longer to this antenna than to the receiver's middle.
      const further =
        Math.hypot(xM + ownXM - sx, yM + ownYM - sy, zM + ownZM - sz) - Math.hypot(xM - sx, yM - sy, zM - sz);
      const turned = { re: gain * Math.cos(radPerM * further), im: -gain * Math.sin(radPerM * further) };
      return { gain: turned, positionM: imageM };
    });
    return channelVector(this.array, seen, frequencyHz);
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
