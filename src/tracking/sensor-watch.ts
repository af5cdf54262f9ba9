/** Whether a user's sensor tells what can be: power is the judge. It says so, and changes nothing. */
import type { PointM } from '../array/linear-array.js';
import { polarPointM } from '../array/linear-array.js';
import type { BeamMap } from './beam-map.js';
import type { SensorReading } from './tracker.js';

/**
 * - `silent`: it told something before, and does not any more.
 * - `contradicted`: the beam brings what it should, and where the sensor says that the user is it would not.
 */
export type SensorState = 'trusted' | 'silent' | 'contradicted';

/** A reading may be off by so many standard deviations. */
const GATE = 5;

export class SensorWatch {
  readonly #map: BeamMap;
  readonly #afterEpochs: number;
  /** A beam that would bring so much less than a focused one contradicts. */
  readonly #drop: number;
  #numEpochs = 0;
  #firstEpoch = 0;
  #numReadings = 0;
  #silentEpochs = 0;
  #numContradicted = 0;

  /** @param afterEpochs one after another in which a sensor is silent, or contradicted, until that is said. */
  constructor(
    map: BeamMap,
    { afterEpochs, dropDb }: { readonly afterEpochs: number; readonly dropDb: number },
  ) {
    this.#map = map;
    this.#afterEpochs = afterEpochs;
    this.#drop = 10 ** (-dropDb / 10);
  }

  get state(): SensorState {
    if (this.#numReadings === 0) return 'trusted';
    // Of a sensor that tells something in every tenth epoch, nine without are no silence.
    const heardFor = this.#numEpochs - this.#firstEpoch - this.#silentEpochs;
    const perReading = Math.max(1, heardFor / this.#numReadings);
    if (this.#silentEpochs >= this.#afterEpochs * perReading) return 'silent';
    return this.#numContradicted >= this.#afterEpochs ? 'contradicted' : 'trusted';
  }

  /**
   * Takes an epoch's readings, oldest first.
   *
   * @param column the beam that brought the most, where that is what it should; null otherwise.
   * @param timeS when the epoch began.
   */
  observe(readings: readonly SensorReading[], column: number | null, timeS: number): void {
    if (this.#numReadings === 0) this.#firstEpoch = this.#numEpochs;
    this.#numEpochs++;
    this.#numReadings += readings.length;
    const last = readings.at(-1);
    this.#silentEpochs = last === undefined ? this.#silentEpochs + 1 : 0;
    if (last === undefined || column === null) return;
    this.#numContradicted = this.#contradicts(last, column, timeS) ? this.#numContradicted + 1 : 0;
  }

  /** Whether the beam would bring too little even where the reading, as far off as it may be, comes the nearest to it. */
  #contradicts(
    { boardTimeS, positionM, velocityMPerS, covariance }: SensorReading,
    column: number,
    timeS: number,
  ): boolean {
    const sinceS = timeS - boardTimeS;
    const [vx, vy] = velocityMPerS ?? [0, 0];
    const toldM: PointM = [positionM[0] + sinceS * vx, positionM[1] + sinceS * vy];
    const width = Math.sqrt(covariance.length);
    const reachM = GATE * Math.sqrt(Math.max(covariance[0]!, covariance[width + 1]!));
    const { codebook } = this.#map;
    const { ring, angleIndex } = codebook.indexOf(column);
    const angleRad = codebook.angleRad(angleIndex);
    const focusM = polarPointM(codebook.distanceM({ ring, angleIndex }), angleRad);
    const alongM = Math.max(0, toldM[0] * Math.cos(angleRad) + toldM[1] * Math.sin(angleRad));
    const besideM = polarPointM(alongM, angleRad);
    return [focusM, besideM].every(
      (towardsM) => this.#map.gain(column, moved(toldM, towardsM, reachM)) < this.#drop,
    );
  }
}

function moved([x, y]: PointM, [toX, toY]: PointM, mostM: number): PointM {
  const wayM = Math.hypot(toX - x, toY - y);
  const share = wayM <= mostM ? 1 : mostM / wayM;
  return [x + share * (toX - x), y + share * (toY - y)];
}
