/** The propagation paths of a user that moves (docs/model.md eq. 88). */
import type { AntennaArray, PlaceM } from '../array/antenna-array.js';
import { wrappedRad } from '../core/turns.js';
import type { Path } from './paths.js';

/** Paths of a user by what happens to them when it moves. */
export interface PathsOfMover {
  /** That end at the user, and go with it. */
  readonly lineOfSight: readonly Path[];
  /** By scatterers, which stay where they are. */
  readonly scattered: readonly Path[];
}

/** @param startM where the user is when its paths are as they are given. */
export function pathsOfMover(paths: readonly Path[], startM: PlaceM): PathsOfMover {
  const endsAtUser = ({ positionM: [xM, yM, zM = 0] }: Path) =>
    xM === startM[0] && yM === startM[1] && zM === (startM[2] ?? 0);
  return {
    lineOfSight: paths.filter(endsAtUser),
    scattered: paths.filter((path) => !endsAtUser(path)),
  };
}

/** By how much longer the way from a scatterer to the user has become, m. */
function legChangeM(scattererM: PlaceM, startM: PlaceM, nowM: PlaceM): number {
  return distanceM(scattererM, nowM) - distanceM(scattererM, startM);
}

/**
 * Paths of a user that was at `startM` and is now at `nowM`: the line of sight ends at the user, whose distance turns its
 * phase; a scattered path keeps its place and the size of its gain, and turns with the way from the scatterer to the user.
 */
export function pathsFrom(
  paths: readonly Path[],
  startM: PlaceM,
  nowM: PlaceM,
  { wavelengthM }: Pick<AntennaArray, 'wavelengthM'>,
): Path[] {
  const { lineOfSight, scattered } = pathsOfMover(paths, startM);
  return [
    ...lineOfSight.map(({ gain }) => ({ gain, positionM: nowM })),
    ...scattered.map(({ gain: { re, im }, positionM }) => {
      const phaseRad = -wrappedRad(legChangeM(positionM, startM, nowM) / wavelengthM);
      const cos = Math.cos(phaseRad);
      const sin = Math.sin(phaseRad);
      return { gain: { re: re * cos - im * sin, im: re * sin + im * cos }, positionM };
    }),
  ];
}

function distanceM(a: PlaceM, b: PlaceM): number {
  const acrossM = Math.hypot(a[0] - b[0], a[1] - b[1]);
  const dzM = (a[2] ?? 0) - (b[2] ?? 0);
  return dzM === 0 ? acrossM : Math.hypot(acrossM, dzM);
}
