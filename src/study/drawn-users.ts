/** The users of a place: where they are, what paths lead to them, how noisy their pilots are. */
import type { PointM } from '../array/linear-array.js';
import { drawPaths, drawPosition, type Path } from '../channel/paths.js';
import type { Complex } from '../core/complex.js';
import { Random } from '../core/random.js';
import type { AccuracyStudy } from './accuracy-file.js';
import type { Place } from './places.js';

export interface StudyUser {
  readonly positionM: PointM;
  readonly paths: readonly Path[];
  /** SNRs at which this user is tried, dB. */
  readonly snrDb: readonly number[];
  /** Noise of a pilot at unit variance. The same pilot has the same noise whoever sends it, whenever, at every SNR. */
  readonly unitNoise: (pilotKey: string) => Complex;
}

const LINE_OF_SIGHT_ONLY: Complex = { re: 1, im: 0 };

/**
 * User `number` (from 1) of place `placeIndex`. It depends on the study's seed and these two numbers alone, so results
 * do not depend on how users are spread over threads, and more users leave the first ones as they were.
 */
export function studyUser(study: AccuracyStudy, place: Place, placeIndex: number, number: number): StudyUser {
  const { seed } = study;
  const unitNoise = (pilotKey: string): Complex => {
    const random = new Random(seed, 'noise', placeIndex, number, pilotKey);
    return { re: random.normal() * Math.SQRT1_2, im: random.normal() * Math.SQRT1_2 };
  };
  if (place.region === null) {
    const user = study.users.list![number - 1]!;
    const paths = user.paths?.map(({ gain, scatterer }) => ({ gain, positionM: scatterer ?? user.position }));
    return {
      positionM: user.position,
      paths: paths ?? [{ gain: LINE_OF_SIGHT_ONLY, positionM: user.position }],
      snrDb: user.snr === undefined ? study.snr! : [user.snr],
      unitNoise,
    };
  }
  const random = new Random(seed, 'user', placeIndex, number);
  const positionM = drawPosition(place.region, random);
  const statistics = {
    numScatterers: study.channel?.scatterers ?? 5,
    ricianFactorDb: study.channel?.ricianFactor ?? 13,
  };
  return {
    positionM,
    paths: drawPaths(positionM, place.region, statistics, random),
    snrDb: study.snr!,
    unitNoise,
  };
}
