/** What a user receives of a beam on every subcarrier, over all of its paths (docs/model.md eq. 78). */
import type { AntennaArray } from '../../array/antenna-array.js';
import { type ComplexVector, complexVector } from '../../core/complex.js';
import type { Path } from '../paths.js';
import type { DelayedPath, ElementBeam, SubcarrierSum } from './response.js';

/** Beams whose response is kept: pilots of a scheme come again and again, but each takes 16 bytes per subcarrier. */
const KEPT_BEAMS = 8;

/** Receives beams over the paths to one user. Many users may share a sum, one after the other. */
export class BeamReceiver {
  readonly #sum: SubcarrierSum;
  readonly #paths: readonly DelayedPath[];
  /** The last beams, the one unused for longest first. */
  readonly #kept = new Map<ElementBeam, ComplexVector>();

  constructor(sum: SubcarrierSum, array: AntennaArray, paths: readonly Path[]) {
    this.#sum = sum;
    this.#paths = paths.map(({ gain, positionM }) => ({ gain, delayS: array.travelTimeS(positionM) }));
  }

  /**
   * Noise-free h^T(f) w(f), shape [numSubcarriers]; not to be written to, and valid until eight other beams came.
   *
   * @param beam not to be changed later: the same object is taken for the same beam.
   */
  receive(beam: ElementBeam): Readonly<ComplexVector> {
    const known = this.#kept.get(beam);
    this.#kept.delete(beam);
    const response = known ?? this.#responseTo(beam);
    this.#kept.set(beam, response);
    return response;
  }

  #responseTo(beam: ElementBeam): ComplexVector {
    const out = this.#oldest() ?? complexVector(this.#sum.band.numSubcarriers);
    this.#sum.receive(beam, this.#paths, out);
    return out;
  }

  /** Takes the response that went unused for longest, once all places are taken. */
  #oldest(): ComplexVector | undefined {
    if (this.#kept.size < KEPT_BEAMS) return undefined;
    const [beam, response] = this.#kept.entries().next().value!;
    this.#kept.delete(beam);
    return response;
  }
}
