/** A receiver as an array sees it, and the phases that its waves bring (docs/model.md eq. 128). */
import type { AntennaArray, PlaceM, Vector3 } from '../../src/array/antenna-array.js';

/** Sines of the angles along y and z of the array's own frame, and one over the distance, 1/m (0 at infinity). */
export type ReceiverView = readonly [alongY: number, alongZ: number, curvaturePerM: number];

export class ViewedArray {
  readonly numElements: number;
  /** Which of the three coordinates an array of this shape tells: one on a line does not tell what is across it. */
  readonly told: readonly number[];
  /** Changes that are worth a look: phases at the edge turn by a quarter of a turn or so. */
  readonly steps: ReceiverView;
  readonly #elementsM: readonly Vector3[];
  readonly #wavelengthM: number;

  constructor(readonly array: AntennaArray) {
    const { elementXM, elementYM, elementZM, wavelengthM } = array;
    this.numElements = array.numElements;
    this.#wavelengthM = wavelengthM;
    this.#elementsM = Array.from(elementXM, (x, n) => array.inFrame([x, elementYM[n]!, elementZM[n]!]));
    const [alongYM, alongZM] = array.spanM;
    this.told = [...(alongYM > 0 ? [0] : []), ...(alongZM > 0 ? [1] : []), 2];
    const least = array.wavelengthM;
    this.steps = [
      wavelengthM / (3 * Math.max(alongYM, least)),
      wavelengthM / (3 * Math.max(alongZM, least)),
      (2 * wavelengthM) / Math.max(array.apertureM, least) ** 2,
    ];
  }

  viewOf(placeM: PlaceM): ReceiverView {
    const own = this.array.inFrame(placeM);
    const distanceM = Math.hypot(...own);
    return [own[1] / distanceM, own[2] / distanceM, 1 / distanceM];
  }

  /** -2 pi (distance to the element less that to the centre) / wavelength, rad, shape [numElements]: exact, without cancellation. */
  phaseRad([y, z, curvaturePerM]: ReceiverView): Float64Array {
    const x = Math.sqrt(Math.max(0, 1 - y * y - z * z));
    return Float64Array.from(this.#elementsM, ([px, py, pz]) => {
      const along = px * x + py * y + pz * z;
      const excess = (px * px + py * py + pz * pz) * curvaturePerM - 2 * along;
      const farther = Math.sqrt(Math.max(0, 1 + excess * curvaturePerM)) + 1;
      return (-2 * Math.PI * (excess / farther)) / this.#wavelengthM;
    });
  }
}
