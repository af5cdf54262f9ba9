/** What a calibration will take and give, told before anything is sent. */
import { requireFinite } from '../../src/core/arguments.js';
import { type BoardControls, lastDelayCode } from '../../src/realisation/board-controls.js';
import { closedFormBoundRad } from './calibration-bound.js';
import { codeStatesSlots } from './code-states.js';
import { scanRounds, scanSteps } from './hadamard-pass.js';
import { halfSlots, interleavedHalves } from './halves.js';
import { type PhaseSteps, phaseSteps } from './phase-steps.js';

/** How far above the bound one pass ends whose base is off by what it is to find (30 degrees rms). */
const FIRST_PASS = 1.05;
/** Of a phase of which nothing is known, rad rms. */
const NOTHING_KNOWN_RAD = Math.PI / Math.sqrt(3);

export interface CalibrationNeeds {
  readonly numSlots: number;
  /** Steps of phase, and whether the board makes them equal; they are taken for what they are where not. */
  readonly numSteps: number;
  readonly exactSteps: boolean;
  /** Phase error per element (of `states`: per code) that noise leaves, rad rms, from errors of some ten degrees. */
  readonly expectedErrorRad: number;
  /** Of `delays`: delay error that noise leaves, s rms. */
  readonly expectedDelayErrorS: number | null;
  /** Strongest pilot over noise, dB: the receiver must not saturate there. */
  readonly peakOverNoiseDb: number;
  /** In words: what the board cannot do, and what to be aware of. */
  readonly notes: readonly string[];
}

export interface NeedsOptions {
  readonly passes?: number;
  readonly numSteps?: number;
  readonly rounds?: number;
  /** Of `delays`: what the UE reports. */
  readonly band?: { readonly bandwidthHz: number; readonly numSubcarriers: number };
}

export type CalibrationProcedure = 'hadamard' | 'rev' | 'states' | 'delays';

/**
 * @param snrDb of a pilot of unit norm, per subcarrier.
 * @throws BOARD_MISMATCH for boards that cannot be calibrated over the air.
 */
export function calibrationNeeds(
  procedure: CalibrationProcedure,
  board: BoardControls,
  snrDb: number,
  options: NeedsOptions = {},
): CalibrationNeeds {
  requireFinite('snrDb', snrDb);
  const { numElements, phaseBits } = board;
  const steps = phaseSteps(phaseBits, options.numSteps ?? 4);
  const common = {
    ...{ numSteps: steps.codes.length, exactSteps: steps.exact, expectedDelayErrorS: null },
    peakOverNoiseDb: snrDb + 10 * Math.log10(numElements),
  };
  const error = (numSlots: number, times: number) => {
    // Uneven steps keep less of the noise out.
    const uneven = Math.sqrt(steps.noiseGain * steps.codes.length);
    return Math.min(times * uneven * closedFormBoundRad(numElements, numSlots, snrDb), NOTHING_KNOWN_RAD);
  };
  const notes = notesOn(board, steps);
  switch (procedure) {
    case 'hadamard': {
      const { passes = 1 } = options;
      const { tests, all } = passSlots(board, steps);
      const first = 'one pass does for errors up to some 40 degrees rms; from unknown phases take two';
      return {
        ...common,
        numSlots: passes * all,
        expectedErrorRad: error(passes * tests, passes === 1 ? FIRST_PASS : 1),
        notes: [...notes, ...rowNotes(numElements), ...(passes === 1 ? [first] : [])],
      };
    }
    case 'rev': {
      const numSlots = numElements * steps.codes.length;
      const few = `of ${numElements} elements one is a small part: hadamard is better by a factor of ${Math.sqrt(numElements / 2).toFixed(1)} in as many slots`;
      return {
        ...{ ...common, numSlots, expectedErrorRad: error(numSlots, Math.sqrt(numElements / 2)) },
        notes: [...notes, ...(numElements > 8 ? [few] : [])],
      };
    }
    case 'states': {
      const { rounds = 1 } = options;
      const numSlots = codeStatesSlots(numElements, phaseBits, rounds);
      const { tests } = passSlots(board, steps);
      const constant =
        "a constant beside all codes of an element cannot be told, and the reference's own codes leave a share of their error";
      return {
        ...{ ...common, numSlots, expectedErrorRad: error(rounds * tests, 2) },
        notes: [...notes, constant],
      };
    }
    case 'delays': {
      const { passes = 2, band } = options;
      const { tests, all } = passSlots(board, steps);
      const extra = Math.max(0, (board.delayLinesS?.length ?? 1) - 1) + (lastDelayCode(board) > 0 ? 1 : 0);
      const expectedErrorRad = error(passes * tests, 1);
      return {
        ...{ ...common, numSlots: passes * all + extra * tests, expectedErrorRad },
        expectedDelayErrorS: band === undefined ? null : delayErrorS(expectedErrorRad, band),
        notes: [
          ...notes,
          'away from broadside the reference splits over the band, and edges of the band say less',
          ...(band === undefined
            ? []
            : [
                `delays are known up to multiples of ${((1e9 * band.numSubcarriers) / band.bandwidthHz).toPrecision(3)} ns, and up to the mean of all`,
              ]),
        ],
      };
    }
  }
}

function delayErrorS(
  errorRad: number,
  { bandwidthHz, numSubcarriers }: NonNullable<NeedsOptions['band']>,
): number {
  return errorRad / (2 * Math.PI * bandwidthHz * Math.sqrt(numSubcarriers / 12));
}

/** Slots of a pass's two tests, and of all of it. */
function passSlots({ numElements, phaseBits }: BoardControls, steps: PhaseSteps) {
  const tests = interleavedHalves(numElements).reduce((sum, half) => sum + halfSlots(half, steps), 0);
  const scan = scanSteps(phaseBits);
  return { tests, all: tests + scanRounds(scan) * scan.codes.length };
}

function rowNotes(numElements: number): string[] {
  const rows = interleavedHalves(numElements).reduce((sum, half) => sum + half.rows.order, 0);
  if (rows === numElements) return [];
  return [
    `half of ${numElements} elements is no order of a Hadamard matrix: ${rows} rows are sent for ${numElements} elements`,
  ];
}

function notesOn({ phaseBits }: BoardControls, { exact, codes }: PhaseSteps): string[] {
  return [
    ...(exact
      ? []
      : [
          `2^${phaseBits} codes do not make ${codes.length} equal steps: the nearest are used, and taken for what they are`,
        ]),
    ...(phaseBits < 4
      ? [`with ${phaseBits} phase bits elements add up to a little less than they could`]
      : []),
    'elements that do not follow are named; whether they are dead or stuck is not told',
    'from one position of the receiver its place cannot be told from errors that are smooth over the array',
  ];
}
