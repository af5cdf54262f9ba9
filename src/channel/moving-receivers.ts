/** What a moving user receives, slot by slot (docs/model.md eq. 88). Of a user that stands still a channel is computed once. */
import type { AntennaArray, PlaceM } from '../array/antenna-array.js';
import { type Complex, type ComplexVector, complexVector, transposeProduct } from '../core/complex.js';
import { weightsAt } from './carrier-receiver.js';
import { channelVector } from './channel.js';
import { pathsFrom, pathsOfMover } from './moving-paths.js';
import type { Path } from './paths.js';
import type { DelayedPath, ElementBeam, SubcarrierSum } from './wideband/response.js';

interface MovingReceiver {
  /** Noise-free h^T(f) w(f) for a user at `userM`, shape [numSubcarriers]; valid until the next call. */
  receive(beam: ElementBeam, userM: PlaceM): Readonly<ComplexVector>;
}

/** At the carrier. Scatterers stay, so their spherical waves are computed once; that of the line of sight, every time. */
export class MovingCarrierReceiver implements MovingReceiver {
  readonly #array: AntennaArray;
  readonly #startM: PlaceM;
  readonly #paths: readonly Path[];
  /** Of each scattered path of gain 1. */
  readonly #scattered: readonly ComplexVector[];
  /** What they bring of each beam that came: beams come again and again. */
  readonly #scatteredOf = new WeakMap<ElementBeam, readonly Complex[]>();
  readonly #out: ComplexVector = complexVector(1);

  /** @param startM where the user is when its paths are as they are given. */
  constructor(array: AntennaArray, paths: readonly Path[], startM: PlaceM) {
    this.#array = array;
    this.#startM = startM;
    const { lineOfSight, scattered } = pathsOfMover(paths, startM);
    this.#paths = [...lineOfSight, ...scattered];
    this.#scattered = scattered.map(({ positionM }) =>
      channelVector(array, [{ gain: { re: 1, im: 0 }, positionM }]),
    );
  }

  /** @param beam not to be changed later: the same object is taken for the same beam. */
  receive(beam: ElementBeam, userM: PlaceM): Readonly<ComplexVector> {
    const weights = weightsAt(beam, this.#array.carrierHz);
    let scattered = this.#scatteredOf.get(beam);
    if (scattered === undefined) {
      scattered = this.#scattered.map((wave) => transposeProduct(wave, weights));
      this.#scatteredOf.set(beam, scattered);
    }
    const now = pathsFrom(this.#paths, this.#startM, userM, this.#array);
    const numDirect = now.length - this.#scattered.length;
    const direct = numDirect === 0 ? null : this.#sphericalWave(weights, userM);
    let re = 0;
    let im = 0;
    now.forEach(({ gain }, k) => {
      const wave = k < numDirect ? direct! : scattered[k - numDirect]!;
      re += gain.re * wave.re - gain.im * wave.im;
      im += gain.re * wave.im + gain.im * wave.re;
    });
    this.#out.re[0] = re;
    this.#out.im[0] = im;
    return this.#out;
  }

  /** b(u)^T w, without a vector in between: it is made anew for every slot. */
  #sphericalWave({ re: weightRe, im: weightIm }: ComplexVector, [xM, yM, zM = 0]: PlaceM) {
    const { elementXM, elementYM, elementZM, wavelengthM } = this.#array;
    const turnsPerM = 1 / wavelengthM;
    let re = 0;
    let im = 0;
    for (let n = 0; n < elementYM.length; n++) {
      const dxM = elementXM[n]! - xM;
      const dyM = elementYM[n]! - yM;
      const dzM = elementZM[n]! - zM;
      const turns = Math.sqrt(dxM * dxM + dyM * dyM + dzM * dzM) * turnsPerM;
      // A quarter of the angle by power series, doubled twice: twice as fast as Math.sin and Math.cos, and good to 1e-13.
      const x = -(Math.PI / 2) * (turns - Math.round(turns));
      const z = x * x;
      const sin1 =
        x *
        (1 +
          z *
            (-1 / 6 +
              z *
                (1 / 120 + z * (-1 / 5040 + z * (1 / 362_880 + z * (-1 / 39_916_800 + z / 6_227_020_800))))));
      const sin2 = 2 * sin1 * quarterCosine(z);
      const cos2 = 1 - 2 * sin1 * sin1;
      const sin = 2 * sin2 * cos2;
      const cos = 1 - 2 * sin2 * sin2;
      re += weightRe[n]! * cos - weightIm[n]! * sin;
      im += weightRe[n]! * sin + weightIm[n]! * cos;
    }
    return { re, im };
  }
}

/** cos(x) of z = x^2, |x| up to pi/4. */
function quarterCosine(z: number): number {
  return (
    1 +
    z *
      (-1 / 2 +
        z *
          (1 / 24 +
            z *
              (-1 / 720 +
                z * (1 / 40_320 + z * (-1 / 3_628_800 + z * (1 / 479_001_600 - z / 87_178_291_200))))))
  );
}

/** On all subcarriers. Users may share a sum, one after the other. */
export class MovingBeamReceiver implements MovingReceiver {
  readonly #sum: SubcarrierSum;
  readonly #array: AntennaArray;
  readonly #startM: PlaceM;
  readonly #paths: readonly Path[];
  readonly #scatteredDelayS: readonly Float64Array[];
  readonly #out: ComplexVector;

  /** @param startM as of `MovingCarrierReceiver`. */
  constructor(sum: SubcarrierSum, array: AntennaArray, paths: readonly Path[], startM: PlaceM) {
    this.#sum = sum;
    this.#array = array;
    this.#startM = startM;
    const { lineOfSight, scattered } = pathsOfMover(paths, startM);
    this.#paths = [...lineOfSight, ...scattered];
    this.#scatteredDelayS = scattered.map(({ positionM }) => array.travelTimeS(positionM));
    this.#out = complexVector(sum.band.numSubcarriers);
  }

  receive(beam: ElementBeam, userM: PlaceM): Readonly<ComplexVector> {
    const now = pathsFrom(this.#paths, this.#startM, userM, this.#array);
    const numDirect = now.length - this.#scatteredDelayS.length;
    const directDelayS = numDirect === 0 ? null : this.#array.travelTimeS(userM);
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
