/** Where a user is, by its sensors: the last reading as it came, or what a filter makes of those before where none counts. */
import type { PointM } from '../../../array/linear-array.js';
import type { VelocityMPerS } from '../../../channel/motion/motion.js';
import type { PolarCodebook } from '../../../codebook/polar.js';
import type { BeamMap } from '../../../tracking/beam-map.js';
import { PlaceFilter } from '../../../tracking/ekf.js';
import type { RankedCodeword, SensorReading } from '../../../tracking/tracker.js';

export interface Place {
  readonly positionM: PointM;
  readonly velocityMPerS: VelocityMPerS;
}

export interface Kinematics {
  readonly speedMPerS: number;
  /** Per epoch. */
  readonly turnRad: number;
  readonly epochS: number;
}

/** Readings farther off than so many standard deviations are outliers. */
const GATE = 5;
/** Outliers one after another that are believed after all, when the beam has fallen. */
const INSISTING = 3;
/** A place where a scheme found a user is known to this share of its distance, and its direction to so many spacings. */
const FOUND_SHARE = 0.25;
const FOUND_SPACINGS = 1;
/** A beam's direction is the user's to so many spacings. */
const BEARING_SPACINGS = 1;

export class SensedPlace {
  readonly #codebook: PolarCodebook;
  readonly #kinematics: Kinematics;
  readonly #filter: PlaceFilter;
  #reading: SensorReading | null = null;
  #numOutliers = 0;
  #blindEpochs = 0;

  constructor(codebook: PolarCodebook, kinematics: Kinematics) {
    this.#codebook = codebook;
    this.#kinematics = kinematics;
    const { speedMPerS, turnRad, epochS } = kinematics;
    this.#filter = new PlaceFilter({
      accelerationDensity: Math.max(1e-6, (speedMPerS * turnRad) ** 2 / epochS),
    });
  }

  /** Epochs since a reading counted. */
  get blindEpochs(): number {
    return this.#blindEpochs;
  }

  found([x, y]: PointM, timeS: number): void {
    const square = x * x + y * y;
    const along = FOUND_SHARE ** 2 * square;
    const across = ((2 * FOUND_SPACINGS) / this.#codebook.numAngles) ** 2 * square;
    const both = (x * y * (along - across)) / square;
    const [xx, yy] = [(x * x * along + y * y * across) / square, (x * x * across + y * y * along) / square];
    this.#start([x, y], [xx, both, both, yy], timeS);
    this.#reading = null;
  }

  /**
   * Takes an epoch's readings, oldest first.
   *
   * @param column strongest beam heard in the epoch; null = none that says where the user is.
   * @param hasFallen whether it brings much less than beams did lately.
   */
  observe(
    readings: readonly SensorReading[],
    column: number | null,
    hasFallen: boolean,
    timeS: number,
  ): void {
    const counted = readings.filter((reading) => this.#take(reading, hasFallen));
    this.#blindEpochs = counted.length > 0 ? 0 : this.#blindEpochs + 1;
    this.#reading = counted.at(-1) ?? null;
    if (counted.length > 0 || column === null || hasFallen) return;
    const angleRad = this.#codebook.angleRad(this.#codebook.indexOf(column).angleIndex);
    const sigmaRad = (2 * BEARING_SPACINGS) / this.#codebook.numAngles / Math.max(0.1, Math.cos(angleRad));
    this.#filter.correctDirection(angleRad, sigmaRad ** 2, timeS);
  }

  /** Codewords by what they bring over the places where the filter believes the user to be. */
  ranked(map: BeamMap, timeS: number): RankedCodeword[] {
    const { positionM, covariance } = this.#filter.at(timeS);
    return map.rank(positionM, [covariance[0]!, covariance[1]!, covariance[4]!, covariance[5]!]);
  }

  /** As the model was trained: a reading of the epoch is not smoothed, only carried on to the time. */
  at(timeS: number): Place {
    const belief = this.#filter.at(timeS);
    if (this.#reading === null) return belief;
    const { positionM, velocityMPerS, boardTimeS } = this.#reading;
    const [vx, vy] = velocityMPerS ?? belief.velocityMPerS;
    const sinceS = timeS - boardTimeS;
    return {
      positionM: [positionM[0] + sinceS * vx, positionM[1] + sinceS * vy],
      velocityMPerS: [vx, vy],
    };
  }

  #take({ boardTimeS, positionM, velocityMPerS, covariance }: SensorReading, hasFallen: boolean): boolean {
    // What is older than what is known already would be taken for newer than it is.
    if (boardTimeS < this.#filter.timeS) return false;
    const hasVelocity = velocityMPerS !== null && covariance.length === 16;
    const values = hasVelocity ? [...positionM, ...velocityMPerS] : [...positionM];
    const width = Math.sqrt(covariance.length);
    const place = [covariance[0]!, covariance[1]!, covariance[width]!, covariance[width + 1]!];
    const noise = hasVelocity ? covariance : place;
    if (this.#filter.distance(values, noise, boardTimeS) <= GATE ** 2) {
      this.#filter.correct(values, noise, boardTimeS);
      this.#numOutliers = 0;
      return true;
    }
    this.#numOutliers++;
    if (this.#numOutliers < INSISTING || !hasFallen) return false;
    this.#start(positionM, place, boardTimeS);
    return true;
  }

  #start(positionM: PointM, [xx, xy, yx, yy]: readonly number[], timeS: number): void {
    // Of any direction.
    const velocity = Math.max(1, this.#kinematics.speedMPerS ** 2 / 2);
    this.#filter.start(
      {
        positionM,
        velocityMPerS: [0, 0],
        covariance: Float64Array.of(xx!, xy!, 0, 0, yx!, yy!, 0, 0, 0, 0, velocity, 0, 0, 0, 0, velocity),
      },
      timeS,
    );
    this.#numOutliers = 0;
    this.#blindEpochs = 0;
  }
}
