/** Draws arrays with errors, calibrates each over the air, and holds what was found against the truth. */
import { calibrationBound, closedFormBoundRad } from '../../../calibration/procedures/calibration-bound.js';
import { calibrationNeeds } from '../../../calibration/procedures/calibration-needs.js';
import { resultOf } from '../../../calibration/procedures/calibration-result.js';
import { idealPhaseRad } from '../../../calibration/procedures/calibration-setup.js';
import { driftCheck } from '../../../calibration/procedures/drift-check.js';
import { errorsFromPositions } from '../../../calibration/procedures/many-positions.js';
import { seenFromOnePosition } from '../../../calibration/procedures/one-position.js';
import { rev } from '../../../calibration/procedures/rev.js';
import { Band } from '../../array/band.js';
import type { LinearArray, PointM } from '../../array/linear-array.js';
import {
  heardAtCarrier,
  type ProcedureResult,
  type ProcedureSetup,
  soundingOf,
} from '../../campaign/calibration/calibration-settings.js';
import { phaseResidual } from '../../campaign/calibration/true-elements.js';
import { Random } from '../../core/random.js';
import type { JobWatch, Simulator } from '../../fan-out/executor.js';
import type { UserJob } from '../../fan-out/user-job.js';
import type { BoardControls } from '../../realisation/board-controls.js';
import { runSounding } from '../../sounding/run-sounding.js';
import type { Sounding } from '../../sounding/sounding.js';
import { buildArray } from '../common/study-array.js';
import {
  type FoundScore,
  foundErrors,
  keptPower,
  scoreOf,
  type TrueArray,
  trueArray,
} from './array-score.js';
import type { CalibrationStudy } from './calibration-file.js';
import { asideOf, type CalibrationPoint, pointsOf } from './calibration-points.js';
import { ErringArray } from './erring-array.js';

const DEGREES = 180 / Math.PI;
const CHECK_SLOTS = 64;
/** The joint bound is computed for every array up to so many elements, up to so many for the first one of a point, and in closed form beyond. */
const BOUND_OF_ALL = 128;
const BOUND_OF_FIRST = 256;

/** Of one array at one point. Plain data. */
export interface ArrayScore extends FoundScore {
  readonly pointIndex: number;
  readonly numSlots: number;
  /** Of the slots that were sent, deg rms; null where only the first array's was computed. */
  readonly boundDeg: number | null;
  readonly delayBoundPs: number | null;
  /** What the procedure itself expects to be off, deg rms. */
  readonly expectedDeg: number;
  /** Power of a focused beam over a perfect one's, without and with what was found. */
  readonly powerBefore: number;
  readonly powerAfter: number;
  /** Whether the check called it drifted: after a drift, and without. */
  readonly driftFound: boolean;
  readonly falseAlarm: boolean;
  /** From one position: whether a trend was told, and from which displacement on one would have been, m; null where none would. */
  readonly trendTold: boolean | null;
  readonly seeableM: number | null;
  /** From several: whether those that are off were named and no others. */
  readonly positionsTold: boolean | null;
  /** Difference to what is found with all positions right, over what that leaves; null where all are. */
  readonly againstRight: number | null;
}

interface Calibrated {
  readonly found: ProcedureResult;
  readonly truth: TrueArray;
  /** Whether each position is believed. */
  readonly believed: readonly boolean[] | null;
  readonly numSlots: number;
}

/** One array at one point, all that it is made of. */
interface Drawn {
  readonly point: CalibrationPoint;
  readonly user: number;
  readonly array: LinearArray;
  readonly board: BoardControls;
  readonly band: Band | null;
  readonly dead: readonly number[];
  readonly stuck: readonly number[];
}

export class CalibrationSimulator implements Simulator {
  readonly #study: CalibrationStudy;
  readonly #points: readonly CalibrationPoint[];

  constructor(study: CalibrationStudy) {
    this.#study = study;
    this.#points = pointsOf(study);
  }

  run({ placeIndex, firstUser, numUsers }: UserJob, { signal, onPart }: JobWatch = {}): ArrayScore[] {
    return Array.from({ length: numUsers }, (_, k) => {
      signal?.throwIfAborted();
      const score = this.#score(placeIndex, firstUser + k);
      onPart?.(k + 1);
      return score;
    });
  }

  #score(pointIndex: number, user: number): ArrayScore {
    const drawn = this.#draw(this.#points[pointIndex]!, user);
    const { point, array, board, band } = drawn;
    const { positions, asideM } = this.#places(point);
    const own = this.#calibrate(drawn, asideM);
    const { found, truth, believed, numSlots } = own;
    const { carrierHz } = array;
    const frequenciesHz = band?.frequenciesHz ?? Float64Array.of(carrierHz);
    const errors = foundErrors(found, carrierHz);
    const none = {
      carrierRad: new Float64Array(array.numElements),
      delayS: new Float64Array(array.numElements),
    };
    const { follows } = found.result.elements;
    const one =
      positions.length > 1 ? null : seenFromOnePosition(array, positions[0]!, errors.carrierRad, follows);
    const needs = band === null ? null : calibrationNeeds('delays', board, point.snrDb, { passes: 1, band });
    return {
      ...{ pointIndex, numSlots },
      ...scoreOf(found, errors, truth),
      // Delays are fitted over the band, and with them the phases at the carrier.
      boundDeg:
        found.more.delayErrorS && needs !== null
          ? (DEGREES * needs.expectedErrorRad) / Math.sqrt(band!.numSubcarriers)
          : this.#boundDeg(drawn, own, positions.length),
      delayBoundPs: found.more.delayErrorS ? 1e12 * needs!.expectedDelayErrorS! : null,
      expectedDeg: DEGREES * found.result.expectedErrorRad,
      powerBefore: keptPower(none, truth, frequenciesHz, carrierHz),
      powerAfter: keptPower(errors, truth, frequenciesHz, carrierHz),
      driftFound: this.#drifted(drawn, own, this.#study.drift),
      falseAlarm: this.#drifted(drawn, own, 0),
      trendTold: one?.trend ?? null,
      seeableM: one !== null && Number.isFinite(one.seeableAcrossM) ? one.seeableAcrossM : null,
      positionsTold: believed?.every((is, p) => is === (p > 0 || asideM === 0)) ?? null,
      againstRight: positions.length > 1 && asideM !== 0 ? this.#againstRight(drawn, own) : null,
    };
  }

  /** Arrays, broken elements and noise are the same at every point that has as many elements. */
  #draw(point: CalibrationPoint, user: number): Drawn {
    const { array: section, board, errors, seed } = this.#study;
    const { numElements, phaseBits } = point;
    const { delayBits, delayRange = 0 } = board;
    const { dead, stuck } = errors[point.errors]!;
    const random = new Random(seed, 'broken elements', user);
    const broken = new Set<number>();
    while (broken.size < dead + stuck) broken.add(random.integer(numElements));
    return {
      ...{ point, user, array: buildArray(section, numElements) },
      board: {
        ...{ model: 'studied', numElements, phaseBits, amplitudeBits: 0, lineBits: 0, delayLinesS: null },
        ...{ delayBits, delayLsbS: delayRange / Math.max(1, 2 ** delayBits - 1), delayRangeS: delayRange },
      },
      band:
        section.bandwidth === undefined
          ? null
          : new Band({
              carrierHz: section.carrier,
              bandwidthHz: section.bandwidth,
              numSubcarriers: section.subcarriers!,
            }),
      dead: [...broken].slice(0, dead),
      stuck: [...broken].slice(dead),
    };
  }

  #places({ receiver, asideM }: CalibrationPoint): { positions: readonly PointM[]; asideM: number } {
    return { positions: this.#study.receivers[receiver]!.at, asideM };
  }

  /** @param noise another number, other noise. */
  #erring(
    { point, user, array, board, dead, stuck }: Drawn,
    placeM: PointM,
    noise: number,
    band: Band | null,
  ) {
    const { seed, errors } = this.#study;
    const { phase, amplitude, code, delay, delayGain } = errors[point.errors]!;
    return new ErringArray({
      ...{ array, board, placeM, dead, stuck, snrDb: point.snrDb },
      seed: new Random(seed, 'array', user).uint32(),
      noiseSeed: new Random(seed, 'noise', user, noise).uint32(),
      ...{ phaseErrorRmsRad: phase === 'random' ? Infinity : phase, amplitudeErrorRmsDb: amplitude },
      ...{ codeErrorRmsRad: code, delayErrorRmsS: delay, delayGainRms: delayGain },
      ...(band !== null && { frequenciesHz: band.frequenciesHz }),
    });
  }

  /** Position after position, each from what the one before found. */
  #calibrate(drawn: Drawn, asideM: number): Calibrated {
    const { point, array, board, band, dead, stuck } = drawn;
    const { positions } = this.#places(point);
    let known: Float64Array | null = null;
    let numSlots = 0;
    const heard = positions.map((placeM, p) => {
      const trulyM = p === 0 ? asideOf(placeM, asideM) : placeM;
      const erring = this.#erring(drawn, trulyM, p, band);
      const setup = {
        array,
        board,
        placeM,
        knownErrorRad: known,
        frequenciesHz: band?.frequenciesHz ?? null,
      };
      const { result: found } = runSounding(this.#sounding(point.id, setup), erring.measure);
      known = found.result.phaseErrorRad;
      numSlots += found.numSlots;
      return { placeM, found, erring };
    });
    const [{ found, erring }] = heard as [(typeof heard)[number]];
    const truth = trueArray(erring, [...dead, ...stuck], array.carrierHz);
    if (heard.length === 1) return { ...{ found, truth, numSlots }, believed: null };
    const many = errorsFromPositions(
      array,
      heard.map((each) => ({ placeM: each.placeM, responses: each.found.result.responses })),
    );
    // Noise was told by the positions; here it is in the variances.
    const told = { powerVariance: 1, meanPower: 1, numSlots };
    const ideal = idealPhaseRad({ array, board, placeM: positions[0]! });
    const result = { ...found.result, ...resultOf(many.responses, ideal, told), responses: many.responses };
    return {
      ...{ truth, numSlots, found: { ...found, result } },
      believed: many.positions.map((each) => each.believed),
    };
  }

  #sounding(id: string, setup: ProcedureSetup): Sounding<ProcedureResult> {
    const { name, passes } = this.#study.procedures[id]!;
    return name === 'rev'
      ? heardAtCarrier(revInPasses(setup, passes), setup)
      : soundingOf({ procedure: name, passes, ues: [] }, setup);
  }

  #drifted(drawn: Drawn, { found, truth }: Calibrated, driftRad: number): boolean {
    const { point, array, board, user } = drawn;
    // From the last position: the first one may be off, which is no drift of the array's.
    const { positions } = this.#places(point);
    const placeM = positions.at(-1)!;
    const trulyM = positions.length === 1 ? asideOf(placeM, point.asideM) : placeM;
    const now = this.#erring(drawn, trulyM, driftRad === 0 ? -1 : -2, null);
    const random = new Random(this.#study.seed, 'drift', user);
    for (const n of truth.follows.keys()) now.phaseErrorRad[n]! += driftRad * random.normal();
    const { gain, expectedErrorRad } = found.result;
    const knownErrorRad = foundErrors(found, array.carrierHz).carrierRad;
    const check = driftCheck(
      { array, board, placeM, knownErrorRad },
      { numSlots: CHECK_SLOTS, seed: user, gain, tableErrorRad: expectedErrorRad },
    );
    return runSounding(check, now.measure).result.drifted;
  }

  #againstRight(drawn: Drawn, { found, truth }: Calibrated): number {
    const right = this.#calibrate(drawn, 0);
    const isKnown = () => true;
    const of = (rad: Float64Array) => ({
      phaseErrorRad: rad,
      gain: truth.gain,
      follows: truth.follows,
      delayErrorS: null,
    });
    const rightRad = right.found.result.phaseErrorRad;
    return (
      phaseResidual(found.result.phaseErrorRad, of(rightRad), isKnown).rmsRad /
      phaseResidual(rightRad, of(truth.carrierRad), isKnown).rmsRad
    );
  }

  /** Of the first position's slots; the others' are taken to tell as much. */
  #boundDeg(
    { point, user, array }: Drawn,
    { found, truth, numSlots }: Calibrated,
    numPositions: number,
  ): number | null {
    const { numElements, phaseBits, snrDb } = point;
    if (numElements > BOUND_OF_FIRST) {
      // One element is told against all, not half against half (eq. 126).
      const times = this.#study.procedures[point.id]!.name === 'rev' ? Math.sqrt(numElements / 2) : 1;
      return DEGREES * times * closedFormBoundRad(numElements, numSlots, snrDb);
    }
    if (numElements > BOUND_OF_ALL && user > 1) return null;
    const share = 1 / Math.sqrt(numElements);
    const way = array.propagationPhaseRad(this.#places(point).positions[0]!, array.carrierHz);
    const rad = truth.carrierRad.map((own, n) => own - way[n]!);
    const size = truth.gain.map((gain) => share * gain);
    const responses = {
      re: size.map((a, n) => a * Math.cos(rad[n]!)),
      im: size.map((a, n) => a * Math.sin(rad[n]!)),
    };
    const { phaseErrorRad } = calibrationBound(
      responses,
      found.result.codes,
      phaseBits,
      10 ** (-snrDb / 10),
      truth.follows,
    );
    return (DEGREES * phaseErrorRad) / Math.sqrt(numPositions);
  }
}

/** In as many slots as so many passes of `hadamard`. */
function* revInPasses(setup: ProcedureSetup, passes: number): Sounding<ProcedureResult> {
  const result = yield* rev(setup, { numSteps: Math.min(16, 4 * passes) });
  return { result, more: {}, numSlots: result.numSlots };
}
