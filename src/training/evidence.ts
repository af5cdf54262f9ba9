/**
 * Whether what was measured of a user's pilots bears out an estimate (docs/model.md, "Evidence", eq. 83 and 84). A receiver that is stuck or
 * saturated, hears noise alone or makes its powers up gives powers, too, and one pilot is always the strongest of them.
 */
import type { FocalPoint } from '../array/focal-point.js';
import type { Powers } from '../sounding/powers.js';
import type { PilotBatch } from '../sounding/sounding.js';

/** Probability that noise alone passes for a signal, per user; a bound. */
export const FALSE_ALARM = 1e-4;
/** Where pilots are sent again, which noise passes by itself in one of a thousand cases: the two are independent. */
const NOISE_BEFORE_CHECK = 0.1;
/** A beam on the estimate explains at least this much of what was measured, as the cosine between powers and gains. */
const LEAST_LIKENESS = 0.75;
/** Where pilots are sent again, which tells more: paths and rings that the beam on the estimate has no part in may bring the rest. */
const LEAST_BEFORE_CHECK = 0.5;
/** Standard deviations of noise that may make the flat fit the better one; by more, no beams of the codebook were on the air. */
const FLAT_BY_NOISE = 2;
/** Standard deviations above what noise makes of the energy, for a likeness to be told at all. */
const CLEAR = 4;
/** The same beam measured twice differs by less than this share, noise apart. */
const REPEATABLE = 0.5;
/** Standard deviations that noise may put between two measurements. */
const NOISE_SPREAD = 6;
/** Places that an estimator of the whole band chooses between, per value: its grid is finer than its beams. */
const PLACES_PER_VALUE = 10;

export interface MeasuredBatch {
  readonly pilots: PilotBatch;
  readonly powers: Powers;
  /** Pilots with a power at the UE's full scale; 0 where the UE does not say what that is. */
  readonly numSaturated: number;
}

/** How well an estimate is borne out; each null where it cannot be told. */
export interface Evidence {
  /** Strongest power over the noise in it, dB. */
  readonly peakOverNoiseDb: number | null;
  /** Strongest pilot over the strongest one with another codeword, dB. */
  readonly peakOverRunnerUpDb: number | null;
  /** Cosine between the powers, noise taken off, and the gains of a user at the estimate: 1 is a perfect fit. */
  readonly likeness: number | null;
}

/** Why the powers allow no estimate, in words, and what to do. */
export interface Doubt {
  readonly what: string;
  readonly todo: string;
}

/** Power gains at a place, of all values that are judged and in their order; any unit. */
export type GainsAt<Place = FocalPoint> = (place: Place) => Float64Array;

/** By which powers it was decided. */
interface Decided {
  /** False where the channel is known to be free of noise; a receiver never is. */
  readonly noiseExpected: boolean;
  /** The one subcarrier by which it was decided; null: by all of them. */
  readonly onlySubcarrier: number | null;
  /** Decided by the powers of single subcarriers, not by their mean. */
  readonly perSubcarrier: boolean;
  /** Subcarriers behind each power that is a mean already; 1 unless the UE kept the rest. */
  readonly numAveraged: number;
}

export interface Decision<Place = FocalPoint> extends Decided {
  /** Where the user is said to be, then places so near that the answer would be the same. Empty: gains are not known. */
  readonly places: readonly Place[];
  readonly gainsAt: GainsAt<Place>;
}

/** The powers that were decided by, and the noise in them. */
interface Values {
  readonly values: Float64Array;
  readonly noise: number;
  /** Each is a mean over so many. */
  readonly numAveraged: number;
}

/** What was made of the powers. */
export interface Verdict {
  readonly evidence: Evidence;
  /** Null where nothing speaks against the estimate. */
  readonly doubt: Doubt | null;
  /** The doubt is one that pilots which are sent again may remove. */
  readonly mayBeChecked: boolean;
}

/** What the powers that were decided by say by themselves. */
export function judge<Place>(batches: readonly MeasuredBatch[], decision: Decision<Place>): Verdict {
  const { values, noise, numAveraged } = valuesOf(batches, decision);
  const keys = batches.flatMap(({ pilots }) => pilots.map(({ key }) => key));
  const perPilot = values.length / keys.length;
  const peak = values.reduce((most, value) => Math.max(most, value), 0);
  const fit = bestFit(values, noise, numAveraged, decision);
  const runnerUp = runnerUpOf(values, keys, perPilot);
  const evidence: Evidence = {
    peakOverNoiseDb: noise > 0 && peak > 0 ? toDecibels(peak / noise) : null,
    peakOverRunnerUpDb: runnerUp > 0 ? toDecibels(peak / runnerUp) : null,
    likeness: fit?.isClear ? Math.min(1, fit.likeness) : null,
  };
  const chance = decision.noiseExpected ? chanceOfNoise(values, noise, numAveraged, decision, fit) : 0;
  const receiver = doubtOfReceiver(batches, values, decision);
  const ofNoise = chance > FALSE_ALARM ? doubtOfNoise(values, noise) : null;
  const repeats = doubtOfRepeats(values, keys, perPilot, noise / numAveraged, noise);
  const mayBeChecked =
    receiver === null &&
    chance <= NOISE_BEFORE_CHECK &&
    repeats === null &&
    (fit?.likeness ?? 1) >= LEAST_BEFORE_CHECK &&
    !(
      fit?.isClear && fit.flat - fit.likeness > FLAT_BY_NOISE * flatDeviation(fit, values, noise, numAveraged)
    );
  return { evidence, doubt: receiver ?? ofNoise ?? repeats ?? doubtOfFit(fit), mayBeChecked };
}

/** The powers that an estimate is decided by. */
export function valuesOf(batches: readonly MeasuredBatch[], decision: Decided): Values {
  const noise = batches.reduce((sum, { powers }) => sum + powers.noiseFloor, 0) / batches.length;
  const [{ powers: first }] = batches as readonly [MeasuredBatch];
  const { numSubcarriers } = first;
  const all = (pick: (powers: Powers) => ArrayLike<number>) =>
    Float64Array.from(batches.flatMap(({ powers }) => Array.from(pick(powers))));
  if (decision.perSubcarrier) return { values: all((powers) => powers.perSubcarrier), noise, numAveraged: 1 };
  const column = numSubcarriers > 1 ? decision.onlySubcarrier : null;
  if (column === null)
    return { values: all(({ mean }) => mean), noise, numAveraged: numSubcarriers * decision.numAveraged };
  const ofColumn = ({ perSubcarrier, mean }: Powers) =>
    Float64Array.from(mean, (_, k) => perSubcarrier[k * numSubcarriers + column]!);
  return { values: all(ofColumn), noise, numAveraged: 1 };
}

function toDecibels(ratio: number): number {
  return 10 * Math.log10(ratio);
}

/** Of the strongest value, the strongest one of another codeword's pilots. */
function runnerUpOf(values: Float64Array, keys: readonly string[], perPilot: number): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k]! > values[best]!) best = k;
  const winner = keys[Math.floor(best / perPilot)];
  let most = 0;
  for (let k = 0; k < values.length; k++) {
    if (values[k]! > most && keys[Math.floor(k / perPilot)] !== winner) most = values[k]!;
  }
  return most;
}

const CHECK_RECEIVER =
  "Check the receiver: its gain, antenna and cable, and that it reports each slot's own power";

function doubtOfReceiver(
  batches: readonly MeasuredBatch[],
  values: Float64Array,
  { noiseExpected }: Decided,
): Doubt | null {
  if (values.every((value) => value === 0))
    return {
      what: `All ${values.length} powers are 0: nothing was received, not even noise`,
      todo: CHECK_RECEIVER,
    };
  const worst = batches.reduce((most, { numSaturated }) => Math.max(most, numSaturated), 0);
  if (worst > 1)
    return {
      what: `${worst} pilots of a batch are at the UE's full scale: which of them is stronger cannot be told`,
      todo: 'Turn down the receiver or the array until the strongest beam stays below full scale',
    };
  if (!noiseExpected) return null;
  if (values.length > 1 && values.every((value) => value === values[0]))
    return {
      what: `All ${values.length} powers are the same, ${values[0]}: the receiver is stuck or at its full scale`,
      todo: CHECK_RECEIVER,
    };
  if (batches.some(({ powers }) => powers.noiseFloor === 0))
    return {
      what: 'The UE reports a noise floor of 0, which no receiver has: how far powers can be trusted cannot be told',
      todo: 'Have the UE measure its noise power per subcarrier while nothing is sent, and report that, in the unit of the powers',
    };
  return null;
}

/** A bound on the probability that noise alone looks like these powers. */
function chanceOfNoise(
  values: Float64Array,
  noise: number,
  numAveraged: number,
  { perSubcarrier }: Decided,
  fit: Fit | null,
): number {
  const peak = values.reduce((most, value) => Math.max(most, value), 0);
  const ofPeak = Math.log(values.length) + logTail([1], peak / noise, numAveraged);
  const byFit = perSubcarrier && fit !== null ? ofMatch(values, noise, fit.gains) : 0;
  return Math.exp(Math.min(ofPeak, byFit));
}

function doubtOfNoise(values: Float64Array, noise: number): Doubt {
  const peak = values.reduce((most, value) => Math.max(most, value), 0);
  return {
    what:
      `The strongest of ${values.length} powers is ${toDecibels(peak / noise).toFixed(1)} dB over the noise floor that the UE reports: ` +
      'noise alone would look like that',
    todo: 'Bring the user nearer, radiate or average more, or check the noise floor that the UE reports',
  };
}

/** Log of a bound on the probability that noise alone fits the gains of one of all places so well. */
function ofMatch(values: Float64Array, noise: number, gains: Float64Array): number {
  const most = gains.reduce((a, b) => Math.max(a, b), 0);
  const weights = Array.from(gains, (gain) => gain / most);
  const sum = weights.reduce((total, weight, k) => total + (weight * values[k]!) / noise, 0);
  return Math.log(PLACES_PER_VALUE * values.length) + logTail(weights, sum, 1);
}

/**
 * Chernoff's bound on log P(sum w_k x_k > sum), the x_k independent with mean 1, each the mean of `numAveraged` squared
 * magnitudes of complex noise.
 */
function logTail(weights: readonly number[], sum: number, numAveraged: number): number {
  const mean = weights.reduce((total, weight) => total + weight, 0);
  if (sum <= mean) return 0;
  const slope = (t: number) => weights.reduce((total, weight) => total + weight / (1 - t * weight), -sum);
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  return numAveraged * weights.reduce((total, weight) => total - Math.log1p(-low * weight), -low * sum);
}

/** A codeword that was sent twice tells whether the receiver's powers are of the beam at all. */
function doubtOfRepeats(
  values: Float64Array,
  keys: readonly string[],
  perPilot: number,
  spread: number,
  noise: number,
): Doubt | null {
  const first = new Map<string, number>();
  for (const [pilot, key] of keys.entries()) {
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, pilot);
      continue;
    }
    for (let m = 0; m < perPilot; m++) {
      const a = values[before * perPilot + m]!;
      const b = values[pilot * perPilot + m]!;
      const signal = Math.max(0, Math.max(a, b) - noise);
      const deviation = Math.sqrt(2 * spread * (2 * signal + noise));
      if (Math.abs(a - b) <= Math.max(REPEATABLE * Math.max(a, b), NOISE_SPREAD * deviation)) continue;
      return {
        what: `The codeword ${key} was sent twice and received with powers ${a.toPrecision(3)} and ${b.toPrecision(3)}, noise floor ${noise.toPrecision(3)}`,
        todo: 'Check that the UE measures in the slots that it is asked for, and that nothing moves during training',
      };
    }
  }
  return null;
}

interface Fit {
  readonly likeness: number;
  /** The same with gains that are all equal: how well the powers are explained by no beam at all. */
  readonly flat: number;
  readonly gains: Float64Array;
  /** The signal stands out of the noise so far that the two above mean something. */
  readonly isClear: boolean;
  /** How much likeness is wanted. */
  readonly least: number;
}

/** d = power - noise has mean s and mean square s^2 + (2 s noise + noise^2) / numAveraged: what noise adds is taken off. */
function signalEnergy(values: Float64Array, noise: number, numAveraged: number): number {
  return values.reduce((total, value) => {
    const d = value - noise;
    return total + (d * d - (noise * noise + 2 * noise * d) / numAveraged);
  }, 0);
}

/** The best of the places; those near the estimate are looked at only when it does not fit by itself. */
function bestFit<Place>(
  values: Float64Array,
  noise: number,
  numAveraged: number,
  { places, gainsAt, perSubcarrier }: Decision<Place>,
): Fit | null {
  const least = perSubcarrier ? LEAST_LIKENESS : LEAST_BEFORE_CHECK;
  const energy = signalEnergy(values, noise, numAveraged);
  const sum = values.reduce((total, value) => total + (value - noise), 0);
  const isClear = energy > (CLEAR * 2 * Math.sqrt(values.length) * noise * noise) / numAveraged && energy > 0;
  const norm = Math.sqrt(Math.max(energy, Number.MIN_VALUE));
  const flat = sum / (Math.sqrt(values.length) * norm);
  let best: Fit | null = null;
  for (const place of places) {
    const gains = gainsAt(place);
    let product = 0;
    let square = 0;
    for (let k = 0; k < gains.length; k++) {
      product += (values[k]! - noise) * gains[k]!;
      square += gains[k]! * gains[k]!;
    }
    const likeness = square > 0 ? product / (Math.sqrt(square) * norm) : 0;
    if (best === null || likeness > best.likeness) best = { likeness, flat, gains, isClear, least };
    if (!isClear || isGood(best)) break;
  }
  return best;
}

/** Standard deviation that noise gives to the difference between the fit to no beam and that to the gains. */
function flatDeviation({ gains }: Fit, values: Float64Array, noise: number, numAveraged: number): number {
  const length = Math.sqrt(gains.reduce((sum, gain) => sum + gain * gain, 0));
  let variance = 0;
  for (let k = 0; k < gains.length; k++) {
    const signal = Math.max(0, values[k]! - noise);
    const weight = 1 / Math.sqrt(gains.length) - gains[k]! / length;
    variance += (weight * weight * noise * (2 * signal + noise)) / numAveraged;
  }
  return Math.sqrt(variance / signalEnergy(values, noise, numAveraged));
}

function isGood({ likeness, flat, least }: Fit): boolean {
  return likeness >= least && likeness >= flat;
}

function doubtOfFit(fit: Fit | null): Doubt | null {
  if (fit === null || !fit.isClear || isGood(fit)) return null;
  const { likeness, flat, least } = fit;
  const what =
    flat > likeness
      ? `The powers do not change with the codeword as those of any place would: no beam explains them better (${flat.toFixed(2)}) than one on the estimate (${likeness.toFixed(2)})`
      : `A user at the estimate would receive other powers: the fit is ${likeness.toFixed(2)} of 1, at least ${least} is wanted`;
  return {
    what,
    todo:
      'Check that the UE measures in the slots that it is asked for and reports linear powers, that the board is calibrated, that the codebook has rings ' +
      'as near as the user is (array.rings), and that a path to the array outweighs all others',
  };
}
