/**
 * Follows users by where their sensors say that they are. Power stays the judge of sensors: a reading far from what is foretold is
 * left out as long as the beam holds, and taken when the beam has fallen and the readings insist.
 */
import { BeamMap } from './beam-map.js';
import { type PlaceBelief, PlaceFilter } from './ekf.js';
import { strongestHeard } from './heard.js';
import type { FoundUser, Prediction, SensorReading, Tracker, TrackerSetting, UserEpoch } from './tracker.js';

export interface PlaceTrackerOptions {
  /** Whether it takes velocities from the readings, too. */
  readonly withVelocity: boolean;
  /** m/s and rad per epoch: how fast users are, and how much they turn. */
  readonly speedMPerS: number;
  readonly turnRad: number;
  /** Readings farther off than so many standard deviations are outliers. */
  readonly gate: number;
  /** When the strongest beam is taken for a direction. `when-blind`: in epochs without a reading that counts. */
  readonly bearing: 'never' | 'when-blind' | 'always';
}

/** Outliers one after another that are believed when the beam has fallen. */
const INSISTING = 3;
/** Of the most that was received lately: below it the beam has fallen. */
const FALLEN = 0.1;
/** That share of what was most is forgotten with each epoch. */
const FORGOTTEN = 0.02;
/** Standard deviations of where a scheme finds a user: of its distance, as a share, and of its direction, in spacings. */
const FOUND_RANGE = 0.25;
const FOUND_SPACINGS = 1;
/** A beam's direction is the user's to so many spacings. */
const BEARING_SPACINGS = 1;

interface PlaceTrack {
  readonly filter: PlaceFilter;
  isFound: boolean;
  numOutliers: number;
  mostPower: number;
  hasFallen: boolean;
}

export class PlaceTracker implements Tracker {
  readonly #options: PlaceTrackerOptions;
  readonly #map: BeamMap;
  readonly #tracks: PlaceTrack[];

  constructor({ codebook, numUsers, epochS }: TrackerSetting, options: PlaceTrackerOptions) {
    this.#options = options;
    this.#map = new BeamMap(codebook);
    const accelerationDensity = (options.speedMPerS * options.turnRad) ** 2 / epochS;
    this.#tracks = Array.from({ length: numUsers }, () => ({
      filter: new PlaceFilter({ accelerationDensity }),
      isFound: false,
      numOutliers: 0,
      mostPower: 0,
      hasFallen: false,
    }));
  }

  found(user: number, { positionM: [x, y] }: FoundUser, timeS: number): void {
    const track = this.#tracks[user]!;
    const square = x * x + y * y;
    const along = FOUND_RANGE ** 2 * square;
    const across = (2 * FOUND_SPACINGS) ** 2 * (square / this.#map.codebook.numAngles ** 2);
    const [xx, xy, yy] = [
      (x * x * along + y * y * across) / square,
      (x * y * (along - across)) / square,
      (y * y * along + x * x * across) / square,
    ];
    this.#start(track, { positionM: [x, y], covariance: [xx, xy, xy, yy] }, timeS);
    track.mostPower = 0;
  }

  observe(epoch: readonly UserEpoch[], timeS: number): void {
    for (const [k, track] of this.#tracks.entries()) {
      const user = epoch[k]!;
      const heard = strongestHeard(user);
      if (heard !== null) {
        track.mostPower = Math.max(heard.power, track.mostPower * (1 - FORGOTTEN));
        track.hasFallen = heard.power < FALLEN * track.mostPower;
      }
      if (!track.isFound) continue;
      const numTaken = user.sensors.filter((reading) => this.#take(track, reading)).length;
      const { bearing } = this.#options;
      const isBlind = numTaken === 0;
      if (heard === null || track.hasFallen || bearing === 'never' || (bearing === 'when-blind' && !isBlind))
        continue;
      const { codebook } = this.#map;
      const angleRad = codebook.angleRad(codebook.indexOf(heard.column).angleIndex);
      const sigmaRad = (2 * BEARING_SPACINGS) / codebook.numAngles / Math.max(0.1, Math.cos(angleRad));
      track.filter.correctDirection(angleRad, sigmaRad ** 2, timeS);
    }
  }

  predict(timeS: number): Prediction[] {
    return this.#tracks.map(({ filter, isFound }) => {
      if (!isFound) return null;
      const { positionM, covariance } = filter.at(timeS);
      return this.#map.rank(positionM, [covariance[0]!, covariance[1]!, covariance[4]!, covariance[5]!]);
    });
  }

  /** Whether the reading counts. */
  #take(track: PlaceTrack, { boardTimeS, positionM, velocityMPerS, covariance }: SensorReading): boolean {
    const { filter } = track;
    const hasVelocity = this.#options.withVelocity && velocityMPerS !== null && covariance.length === 16;
    const values = hasVelocity ? [...positionM, ...velocityMPerS] : [...positionM];
    const width = Math.sqrt(covariance.length);
    const place = [covariance[0]!, covariance[1]!, covariance[width]!, covariance[width + 1]!];
    const noise = hasVelocity ? covariance : place;
    // What is older than what is known already would be taken for newer than it is.
    if (boardTimeS < filter.timeS) return false;
    if (filter.distance(values, noise, boardTimeS) <= this.#options.gate ** 2) {
      filter.correct(values, noise, boardTimeS);
      track.numOutliers = 0;
      return true;
    }
    track.numOutliers++;
    if (track.numOutliers < INSISTING || !track.hasFallen) return false;
    this.#start(track, { positionM, covariance: place }, boardTimeS);
    return true;
  }

  #start(
    track: PlaceTrack,
    {
      positionM,
      covariance: [xx, xy, yx, yy],
    }: Pick<PlaceBelief, 'positionM'> & { readonly covariance: readonly number[] },
    timeS: number,
  ): void {
    // Of any direction.
    const velocity = this.#options.speedMPerS ** 2 / 2;
    const covariance = Float64Array.of(xx!, xy!, 0, 0, yx!, yy!, 0, 0, 0, 0, velocity, 0, 0, 0, 0, velocity);
    track.filter.start({ positionM, velocityMPerS: [0, 0], covariance }, timeS);
    track.isFound = true;
    track.numOutliers = 0;
  }
}
