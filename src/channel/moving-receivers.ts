/** What a moving user receives, slot by slot (docs/model.md eq. 88). Of a user that stands still a channel is computed once. */
import type { LinearArray, PointM } from '../array/linear-array.js';
import { type ComplexVector, complexVector, transposeProduct } from '../core/complex.js';
import { weightsAt } from './carrier-receiver.js';
import { channelVector } from './channel.js';
import { pathsFrom, pathsOfMover } from './moving-paths.js';
import type { Path } from './paths.js';
import { type DelayedPath, type ElementBeam, type SubcarrierSum, travelTimeS } from './wideband/response.js';

export interface MovingReceiver {
  /** Noise-free h^T(f) w(f) for a user at `userM`, shape [numSubcarriers]; valid until the next call. */
  receive(beam: ElementBeam, userM: PointM): Readonly<ComplexVector>;
}

/** At the carrier. Scatterers stay, so their spherical waves are computed once; that of the line of sight, every time. */
export class MovingCarrierReceiver implements MovingReceiver {
  readonly #array: LinearArray;
  readonly #startM: PointM;
  readonly #paths: readonly Path[];
  /** Of each scattered path of gain 1. */
  readonly #scattered: readonly ComplexVector[];
  readonly #out: ComplexVector = complexVector(1);

  /** @param startM where the user is when its paths are as they are given. */
  constructor(array: LinearArray, paths: readonly Path[], startM: PointM) {
    this.#array = array;
    this.#startM = startM;
    const { lineOfSight, scattered } = pathsOfMover(paths, startM);
    this.#paths = [...lineOfSight, ...scattered];
    this.#scattered = scattered.map(({ positionM }) =>
      channelVector(array, [{ gain: { re: 1, im: 0 }, positionM }]),
    );
  }

  receive(beam: ElementBeam, userM: PointM): Readonly<ComplexVector> {
    const weights = weightsAt(beam, this.#array.carrierHz);
    const now = pathsFrom(this.#paths, this.#startM, userM, this.#array);
    const numDirect = now.length - this.#scattered.length;
    const direct = numDirect === 0 ? null : this.#sphericalWave(weights, userM);
    let re = 0;
    let im = 0;
    now.forEach(({ gain }, k) => {
      const wave = k < numDirect ? direct! : transposeProduct(this.#scattered[k - numDirect]!, weights);
      re += gain.re * wave.re - gain.im * wave.im;
      im += gain.re * wave.im + gain.im * wave.re;
    });
    this.#out.re[0] = re;
    this.#out.im[0] = im;
    return this.#out;
  }

  /** b(u)^T w, without a vector in between: it is made anew for every slot. */
  #sphericalWave({ re: weightRe, im: weightIm }: ComplexVector, [xM, yM]: PointM) {
    const { elementYM, wavelengthM } = this.#array;
    const turnsPerM = 1 / wavelengthM;
    let re = 0;
    let im = 0;
    for (let n = 0; n < elementYM.length; n++) {
      const dyM = elementYM[n]! - yM;
      const turns = Math.sqrt(xM * xM + dyM * dyM) * turnsPerM;
      const phaseRad = -2 * Math.PI * (turns - Math.round(turns));
      const cos = Math.cos(phaseRad);
      const sin = Math.sin(phaseRad);
      re += weightRe[n]! * cos - weightIm[n]! * sin;
      im += weightRe[n]! * sin + weightIm[n]! * cos;
    }
    return { re, im };
  }
}

/** On all subcarriers. Users may share a sum, one after the other. */
export class MovingBeamReceiver implements MovingReceiver {
  readonly #sum: SubcarrierSum;
  readonly #array: LinearArray;
  readonly #startM: PointM;
  readonly #paths: readonly Path[];
  readonly #scatteredDelayS: readonly Float64Array[];
  readonly #out: ComplexVector;

  /** @param startM as of `MovingCarrierReceiver`. */
  constructor(sum: SubcarrierSum, array: LinearArray, paths: readonly Path[], startM: PointM) {
    this.#sum = sum;
    this.#array = array;
    this.#startM = startM;
    const { lineOfSight, scattered } = pathsOfMover(paths, startM);
    this.#paths = [...lineOfSight, ...scattered];
    this.#scatteredDelayS = scattered.map(({ positionM }) => travelTimeS(array, positionM));
    this.#out = complexVector(sum.band.numSubcarriers);
  }

  receive(beam: ElementBeam, userM: PointM): Readonly<ComplexVector> {
    const now = pathsFrom(this.#paths, this.#startM, userM, this.#array);
    const numDirect = now.length - this.#scatteredDelayS.length;
    const directDelayS = numDirect === 0 ? null : travelTimeS(this.#array, userM);
    const delayed = now.map(
      ({ gain }, k): DelayedPath => ({
        gain,
        delayS: k < numDirect ? directDelayS! : this.#scatteredDelayS[k - numDirect]!,
      }),
    );
    this.#sum.receive(beam, delayed, this.#out);
    return this.#out;
  }
}
