/** The array of a run that is watched, as far as its patterns depend on it. */
import type { LineOfElements } from '../codebook/beam-gain.js';
import type { DirectionGain } from '../codebook/direction-gain.js';
import type { LiveArray, LiveUser, Settings } from '../live/messages.js';
import type { PlaneAxes } from './page-messages.js';

type Grid = ConstructorParameters<typeof DirectionGain>[0];

/** As `Codeword` has them, shape [numElements] each. */
export interface ToldSettings {
  readonly phaseRad: Float64Array;
  readonly delayS: Float64Array | null;
  readonly amplitude: Float64Array | null;
}

export type ShownArray =
  | { readonly kind: 'line'; readonly line: LineOfElements; readonly axes: PlaneAxes & { kind: 'distance' } }
  | { readonly kind: 'grid'; readonly grid: Grid; readonly axes: PlaneAxes & { kind: 'direction' } };

/** Of the plane that is shown: its far edge is where the near field ends. */
const NEAR_SHARE = 1 / 100;
/** Room around users, as a factor of distance. */
const MARGIN = 1.4;

export function shownArray(array: LiveArray, users: readonly LiveUser[]): ShownArray {
  const places = numbersOf(array.placesM, Float64Array);
  const wavelengthM = array.speedOfLightMPerS / array.carrierHz;
  const { carrierHz } = array;
  if (array.planar !== null) {
    const { rows, columns } = array.planar;
    const spacing = (k: number, axis: number) =>
      k < array.numElements ? places[3 * k + axis]! - places[axis]! : wavelengthM / 2;
    const spacingM = [spacing(1, 1), spacing(columns, 2)] as const;
    const grid = { rows, columns, spacingM, wavelengthM, carrierHz };
    return { kind: 'grid', grid, axes: { kind: 'direction' } };
  }
  const elementYM = Float64Array.from({ length: array.numElements }, (_, k) => places[3 * k + 1]!);
  const apertureM = Math.abs(elementYM.at(-1)! - elementYM[0]!);
  const distances = users.flatMap(({ truthM }) => (truthM === null ? [] : [Math.hypot(...truthM)]));
  const rayleighM = (2 * apertureM ** 2) / wavelengthM;
  const nearM = Math.max(
    2 * wavelengthM,
    Math.min(rayleighM * NEAR_SHARE, ...distances.map((d) => d / MARGIN)),
  );
  const farM = Math.max(10 * nearM, rayleighM, ...distances.map((d) => d * MARGIN));
  return {
    kind: 'line',
    line: { elementYM, wavelengthM, carrierHz },
    axes: { kind: 'distance', nearM, farM },
  };
}

/** Null where they are none of this array. */
export function toldSettings(message: Settings, numElements: number): ToldSettings | null {
  const told = (text: string | null) =>
    text === null ? null : Float64Array.from(numbersOf(text, Float32Array));
  const phaseRad = told(message.phaseRad)!;
  const delayS = told(message.delayS);
  const amplitude = told(message.amplitude);
  const isWhole = [phaseRad, delayS, amplitude].every((part) => part === null || part.length === numElements);
  return isWhole ? { phaseRad, delayS, amplitude } : null;
}

function numbersOf<T extends Float64Array | Float32Array>(
  text: string,
  Type: { new (buffer: ArrayBuffer, offset: number, length: number): T; BYTES_PER_ELEMENT: number },
): T {
  // A copy of its own: those of Buffer are not aligned.
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Type(bytes.buffer, 0, Math.floor(bytes.length / Type.BYTES_PER_ELEMENT));
}
