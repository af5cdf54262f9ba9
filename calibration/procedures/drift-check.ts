/** Whether an array is still as its table says: powers of a few random pilots against those foretold (docs/model.md eq. 127). */
import { requireWhole } from '../../src/core/arguments.js';
import { BeamloopError } from '../../src/core/errors.js';
import { Random } from '../../src/core/random.js';
import type { Powers } from '../../src/sounding/powers.js';
import type { Sounding } from '../../src/sounding/sounding.js';
import { nearestCodes, restingSettings, settingsCodeword } from './calibration-pilots.js';
import { type CalibrationSetup, checkSetup, expectedPhaseRad } from './calibration-setup.js';
import { cholesky, solveLower } from './cholesky.js';
import { settingsOf } from './halves.js';
import { requireCalibrationPowers } from './power-check.js';

/** That an array without drift is called drifted. */
const FALSE_ALARM = 0.002;
/** Of a standard normal, what it lies above with that probability. */
const FALSE_ALARM_NORMAL = 2.878162;
/** Relative variance of the factor between powers as foretold and as reported: none is unlikely. */
const ANY_SCALE = 100;

export interface DriftCheckOptions {
  /** 64 unless given. */
  readonly numSlots?: number;
  /** Another seed, other pilots. */
  readonly seed?: number;
  /** Amplitude of each element by the table, shape [numElements]; all alike unless given. Those of 0 may radiate whatever they are told. */
  readonly gain?: Float64Array | null;
  /** By how much the table itself is off, rad rms; 0 unless given. */
  readonly tableErrorRad?: number;
  /** Of a pilot of unit norm, dB: for UEs that report no noise floor. */
  readonly snrDb?: number;
}

export interface DriftCheck {
  readonly drifted: boolean;
  /** What phases are off by, squared, as far as the pilots see it, in units of what noise and the table's own errors look like: 1 without drift. */
  readonly excess: number;
  /** Above this it is called drifted. */
  readonly threshold: number;
  /** Of an array without drift. */
  readonly falseAlarm: number;
  /** Phase errors that would explain it, rad rms; 0 where it is less than expected. */
  readonly driftRad: number;
  readonly numSlots: number;
}

/**
 * Half of the elements at rest, the others a quarter turn off to either side, drawn anew for every slot: each of these then changes the
 * power most. `setup.knownErrorRad` is what the table says.
 *
 * @throws as `hadamard`; BAD_ARGUMENT when neither the UE nor the options tell the noise.
 */
export function* driftCheck(
  setup: CalibrationSetup,
  { numSlots = 64, seed = 1, gain = null, tableErrorRad = 0, snrDb }: DriftCheckOptions = {},
): Sounding<DriftCheck> {
  checkSetup(setup);
  requireWhole('numSlots', numSlots, 8, 4096);
  const { board } = setup;
  const expected = expectedPhaseRad(setup);
  const base = nearestCodes(
    expected.map((rad) => -rad),
    board.phaseBits,
  );
  const numCodes = 2 ** board.phaseBits;
  const random = new Random('drift check', seed);
  const codes = Array.from({ length: numSlots }, () =>
    base.map((code) => {
      const draw = random.integer(8);
      return draw < 2 ? code : (code + (draw % 2 === 0 ? 1 : 3) * Math.round(numCodes / 4)) % numCodes;
    }),
  );
  const powers: Powers = yield settingsOf(codes, restingSettings(board)).map((settings, k) =>
    settingsCodeword('check', `seed ${seed}, pilot ${k + 1}`, settings, board),
  );
  requireCalibrationPowers(powers, setup.fullScalePower ?? null);
  const foretold = codes.map((slot) => foretell(expected, gain, slot, numCodes));
  return compare(powers, foretold, tableErrorRad, snrDb);
}

/** Power of a slot and its derivatives by the phases and by the relative gains of all elements. */
interface Foretold {
  readonly power: number;
  /** What elements that do not follow may change of it: by the two parts of what they always radiate, each as likely as one of them is strong. */
  readonly byConstant: readonly [number, number];
  readonly byPhase: Float64Array;
  readonly byGain: Float64Array;
}

function foretell(
  expectedRad: Float64Array,
  gain: Float64Array | null,
  codes: Uint16Array,
  numCodes: number,
): Foretold {
  const share = 1 / Math.sqrt(codes.length);
  const rad = expectedRad.map((x, n) => x + (2 * Math.PI * codes[n]!) / numCodes);
  const re = rad.map((x, n) => share * (gain?.[n] ?? 1) * Math.cos(x));
  const im = rad.map((x, n) => share * (gain?.[n] ?? 1) * Math.sin(x));
  const sumRe = re.reduce((a, b) => a + b);
  const sumIm = im.reduce((a, b) => a + b);
  const numSilent = gain?.reduce((count, size) => count + (size === 0 ? 1 : 0), 0) ?? 0;
  const constant = share * Math.sqrt(numSilent / 2);
  return {
    byConstant: [2 * sumRe * constant, 2 * sumIm * constant],
    power: sumRe ** 2 + sumIm ** 2,
    byPhase: re.map((x, n) => 2 * (sumIm * x - sumRe * im[n]!)),
    byGain: re.map((x, n) => 2 * (sumRe * x + sumIm * im[n]!)),
  };
}

function compare(
  { mean, noiseFloor }: Powers,
  foretold: readonly Foretold[],
  tableErrorRad: number,
  snrDb: number | undefined,
): DriftCheck {
  if (!(noiseFloor > 0) && snrDb === undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'The UE reports no noise floor, and no SNR is given: a check cannot tell drift from noise',
      where: 'snrDb',
      todo: 'Give the SNR of the table',
    });
  }
  // The UE's unit is not known: powers are compared up to a factor.
  const all = foretold.reduce((sum, { power }) => sum + power, 0);
  const scale = (mean.reduce((a, b) => a + b) - foretold.length * Math.max(0, noiseFloor)) / all;
  const noise = noiseFloor > 0 ? noiseFloor / scale : 10 ** (-snrDb! / 10);
  const deviation = mean.map((power, k) => power / scale - noise - foretold[k]!.power);
  const byPhases = products(foretold.map(({ byPhase }) => byPhase));
  const byGains = products(foretold.map(({ byGain }) => byGain));
  const byConstants = products(foretold.map(({ byConstant }) => Float64Array.from(byConstant)));
  const covariance = byPhases.map((row, i) =>
    row.map((byPhase, j) => {
      const [a, b] = [foretold[i]!.power, foretold[j]!.power];
      const own = i === j ? 2 * a * noise + noise ** 2 : 0;
      return own + tableErrorRad ** 2 * (byPhase + byGains[i]![j]!) + byConstants[i]![j]! + ANY_SCALE * a * b;
    }),
  );
  // Whitened, and of the parts that drift makes up the more the more it does.
  const lower = cholesky(covariance);
  const white = solveLower(lower, deviation);
  const half = byPhases.map((row) => solveLower(lower, row));
  const form = half.map((_, i) =>
    solveLower(
      lower,
      Float64Array.from(half, (row) => row[i]!),
    ),
  );
  const statistic = quadratic(form, white);
  const square = products(form);
  const [c1, c2, c3] = [0, 1, 2].map((power) =>
    form.reduce(
      (sum, row, i) =>
        sum +
        (power === 0 ? row[i]! : row.reduce((a, x, j) => a + x * (power === 1 ? row : square[i]!)[j]!, 0)),
      0,
    ),
  ) as [number, number, number];
  const threshold = mixtureQuantile(c1, c2, c3);
  return {
    ...{ drifted: statistic > threshold, excess: statistic / c1, threshold: threshold / c1 },
    falseAlarm: FALSE_ALARM,
    driftRad: Math.sqrt(Math.max(0, (statistic - c1) / c2)),
    numSlots: foretold.length,
  };
}

/**
 * What a sum of squares of standard normals, each with a weight, exceeds with the probability `FALSE_ALARM`: that of the chi squared
 * of the same first three moments, by Wilson and Hilferty (1931).
 *
 * @param c1,c2,c3 sums of the weights, their squares and cubes.
 */
function mixtureQuantile(c1: number, c2: number, c3: number): number {
  const freedom = c2 ** 3 / c3 ** 2;
  const step = 2 / (9 * freedom);
  const chi = freedom * (1 - step + FALSE_ALARM_NORMAL * Math.sqrt(step)) ** 3;
  return c1 + Math.sqrt(c2 / freedom) * (chi - freedom);
}

/** Of rows with rows. */
function products(rows: readonly Float64Array[]): Float64Array[] {
  return rows.map((a) => Float64Array.from(rows, (b) => a.reduce((sum, x, n) => sum + x * b[n]!, 0)));
}

function quadratic(form: readonly Float64Array[], x: Float64Array): number {
  return form.reduce((sum, row, i) => sum + x[i]! * row.reduce((a, y, j) => a + y * x[j]!, 0), 0);
}
