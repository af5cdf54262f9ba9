/** The users of a place: where they are, what paths lead to them, at which SNRs they are tried. */
import type { PlaceM } from '../../array/antenna-array.js';
import { drawPaths, drawPosition, type Path, type UserRegion } from '../../channel/paths.js';
import { Random } from '../../core/random.js';
import type { AccuracyStudy } from './accuracy-file.js';
import { DEFAULT_WITHIN_RAD, type Place } from './places.js';

export interface StudyUser {
  readonly positionM: PlaceM;
  readonly paths: readonly Path[];
  /** SNRs at which this user is tried, dB. */
  readonly snrDb: readonly number[];
}

const LINE_OF_SIGHT_ONLY = { re: 1, im: 0 };

/**
 * User `number` (from 1) of place `placeIndex`. It depends on the study's seed and these two numbers alone, so results
 * do not depend on how users are spread over threads, and more users leave the first ones as they were.
 */
export function studyUser(study: AccuracyStudy, place: Place, placeIndex: number, number: number): StudyUser {
  if (place.region === null) {
    const user = study.users.list![number - 1]!;
    const paths = user.paths?.map(({ gain, scatterer }) => ({ gain, positionM: scatterer ?? user.position }));
    return {
      positionM: user.position,
      paths: paths ?? [{ gain: LINE_OF_SIGHT_ONLY, positionM: user.position }],
      snrDb: user.snr === undefined ? study.snr! : [user.snr],
    };
  }
  const random = new Random(study.seed, 'user', placeIndex, number);
  const positionM = drawPosition(place.region, random);
  const statistics = {
    numScatterers: study.channel?.scatterers ?? 5,
    ricianFactorDb: study.channel?.ricianFactor ?? 13,
  };
  return {
    positionM,
    paths: drawPaths(positionM, scattererRegion(place.region), statistics, random),
    snrDb: study.snr!,
  };
}

/** Scatterers are placed like the users, but for users at one angle they are not all on that ray. */
function scattererRegion(region: UserRegion): UserRegion {
  const [low, high] = region.angleRad;
  return low < high ? region : { ...region, angleRad: [-DEFAULT_WITHIN_RAD, DEFAULT_WITHIN_RAD] };
}
