/**
 * What one user receives of wideband pilots and of the beam that serves it: every pilot evaluated once however many
 * schemes and SNRs ask for it (docs/model.md eq. 74 and 75).
 */
import type { FocalPoint } from '../../array/focal-point.js';
import { drawBlockNoise } from '../../channel/block-noise.js';
import {
  beamOf,
  type ElementBeam,
  type SubcarrierSum,
  travelTimeDifferenceS,
} from '../../channel/wideband/response.js';
import type { Codeword } from '../../codebook/codeword.js';
import { codewordWeights } from '../../codebook/weights.js';
import { type Complex, type ComplexVector, complexVector, transposeProduct } from '../../core/complex.js';
import { wrappedRad } from '../../core/turns.js';
import type { WidebandSetting } from '../common/wideband-setting.js';

const ZERO: Complex = { re: 0, im: 0 };

/** Amplitudes of signal and noise: `signal` of a perfectly focused beam, `noise` rms. */
export interface Scale {
  readonly signal: number;
  readonly noise: number;
}

/** One pilot as it is radiated, named as the scheme names it, with what the present user receives of it. */
interface Pilot {
  readonly radiated: Codeword;
  readonly beam: ElementBeam;
  whole: Whole | null;
  single: Single | null;
}

/** Signal and unit noise per subcarrier, shape [numSubcarriers] each. */
interface Whole {
  readonly signal: ComplexVector;
  readonly noise: ComplexVector;
  /** The user for whom they hold. */
  user: number;
}

/** On one subcarrier, for schemes that decide by one. */
interface Single {
  readonly weights: ComplexVector;
  signal: Complex;
  noise: Complex;
  user: number;
}

export interface RateAirOptions extends WidebandSetting {
  readonly model: 'exact' | 'fresnel';
  readonly sum: SubcarrierSum;
}

/** What a board makes of a codeword. Every codeword must always come with the same. */
export type Radiate = (codeword: Codeword) => Codeword;

export class RateAir {
  readonly #options: RateAirOptions;
  readonly #pilots = new WeakMap<Codeword, Pilot>();
  /** Pilots of the same key, of which different boards may make different beams. */
  readonly #byKey = new Map<string, Pilot[]>();
  readonly #delayS: Float64Array;
  readonly #scratch: ComplexVector;
  #user = 0;
  #noiseKeys: readonly (number | string)[] = [];
  #travelS: Float64Array = new Float64Array();
  #steering: ComplexVector | null = null;

  constructor(options: RateAirOptions) {
    this.#options = options;
    this.#delayS = new Float64Array(options.array.numElements);
    this.#scratch = complexVector(options.band.numSubcarriers);
  }

  /** Turns to another user: where it is, and the keys of its noise's random streams. */
  setUser(point: FocalPoint, ...noiseKeys: readonly (number | string)[]): void {
    this.#user++;
    this.#noiseKeys = noiseKeys;
    this.#travelS = travelTimeDifferenceS(this.#options.array, point, this.#options.model);
    this.#steering = null;
  }

  /** Powers of pilots on all subcarriers, shape [numPilots, numSubcarriers]. */
  powers(codewords: readonly Codeword[], scale: Scale, radiate: Radiate): Float64Array {
    const { numSubcarriers } = this.#options.band;
    const values = new Float64Array(codewords.length * numSubcarriers);
    const a = scale.signal / Math.sqrt(this.#options.array.numElements);
    codewords.forEach((codeword, k) => {
      const { signal, noise } = this.#whole(this.#pilotOf(codeword, radiate));
      const first = k * numSubcarriers;
      for (let m = 0; m < numSubcarriers; m++) {
        const re = a * signal.re[m]! + scale.noise * noise.re[m]!;
        const im = a * signal.im[m]! + scale.noise * noise.im[m]!;
        values[first + m] = re * re + im * im;
      }
    });
    return values;
  }

  /** Powers of pilots on one subcarrier, shape [numPilots]; the same numbers as among those of all. */
  powersAt(subcarrier: number, codewords: readonly Codeword[], scale: Scale, radiate: Radiate): Float64Array {
    const a = scale.signal / Math.sqrt(this.#options.array.numElements);
    return Float64Array.from(codewords, (codeword) => {
      const { signal, noise } = this.#single(this.#pilotOf(codeword, radiate), subcarrier);
      return (a * signal.re + scale.noise * noise.re) ** 2 + (a * signal.im + scale.noise * noise.im) ** 2;
    });
  }

  /** Power gain per subcarrier of a beam as it is given, 1 at perfect focus, shape [numSubcarriers]; a new array. */
  gains(codeword: Codeword): Float64Array {
    this.#evaluate(beamOf(codeword), this.#scratch);
    const { re, im } = this.#scratch;
    const scale = 1 / this.#options.array.numElements;
    return re.map((x, m) => (x * x + im[m]! * im[m]!) * scale);
  }

  #whole(pilot: Pilot): Whole {
    const { numSubcarriers } = this.#options.band;
    pilot.whole ??= { signal: complexVector(numSubcarriers), noise: complexVector(numSubcarriers), user: 0 };
    const { whole } = pilot;
    if (whole.user === this.#user) return whole;
    whole.user = this.#user;
    this.#evaluate(pilot.beam, whole.signal);
    drawBlockNoise(whole.noise, 0, numSubcarriers, ...this.#noiseKeys, pilot.radiated.key);
    return whole;
  }

  #single(pilot: Pilot, subcarrier: number): Single {
    const frequencyHz = this.#options.band.frequenciesHz[subcarrier]!;
    pilot.single ??= {
      weights: codewordWeights(pilot.radiated, frequencyHz),
      signal: ZERO,
      noise: ZERO,
      user: 0,
    };
    const { single } = pilot;
    if (single.user === this.#user) return single;
    single.user = this.#user;
    this.#steering ??= steeringOf(this.#travelS, frequencyHz);
    single.signal = transposeProduct(this.#steering, single.weights);
    drawBlockNoise(this.#scratch, subcarrier, subcarrier + 1, ...this.#noiseKeys, pilot.radiated.key);
    single.noise = { re: this.#scratch.re[subcarrier]!, im: this.#scratch.im[subcarrier]! };
    return single;
  }

  #evaluate({ re, im, delayS }: ElementBeam, out: ComplexVector): void {
    const travelS = this.#travelS;
    if (delayS === null) this.#delayS.set(travelS);
    else for (let n = 0; n < travelS.length; n++) this.#delayS[n] = travelS[n]! + delayS[n]!;
    this.#options.sum.evaluate(re, im, this.#delayS, out);
  }

  #pilotOf(codeword: Codeword, radiate: Radiate): Pilot {
    const known = this.#pilots.get(codeword);
    if (known !== undefined) return known;
    const radiated = radiate(codeword);
    const namesakes = this.#byKey.get(codeword.key) ?? [];
    const same = namesakes.find((pilot) => isSame(pilot.radiated, radiated));
    const pilot = same ?? { radiated, beam: beamOf(radiated), whole: null, single: null };
    if (same === undefined) this.#byKey.set(codeword.key, [...namesakes, pilot]);
    this.#pilots.set(codeword, pilot);
    return pilot;
  }
}

/** exp(-j 2 pi f t_n), shape [numElements]. */
function steeringOf(travelS: Float64Array, frequencyHz: number): ComplexVector {
  const angle = travelS.map((t) => -wrappedRad(frequencyHz * t));
  return { re: angle.map(Math.cos), im: angle.map(Math.sin) };
}

function isSame(a: Codeword, b: Codeword): boolean {
  return (
    sameValues(a.phaseRad, b.phaseRad) &&
    sameValues(a.delayS, b.delayS) &&
    sameValues(a.amplitude, b.amplitude)
  );
}

function sameValues(a: Float64Array | null, b: Float64Array | null): boolean {
  if (a === null || b === null) return a === b;
  return a.length === b.length && a.every((value, k) => value === b[k]);
}
