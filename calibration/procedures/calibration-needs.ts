/** What a calibration will take and give, told before anything is sent. */
import { requireFinite } from '../../src/core/arguments.js';
import type { BoardControls } from '../../src/realisation/board-controls.js';
import { closedFormBoundRad } from './calibration-bound.js';
import { scanRounds, scanSteps } from './hadamard-pass.js';
import { halfSlots, interleavedHalves } from './halves.js';
import { phaseSteps } from './phase-steps.js';

/** How far above the bound one pass begins, whose base is off by what it is to find (30 degrees rms). */
const FIRST_PASS = 1.05;

export interface CalibrationNeeds {
  readonly numSlots: number;
  /** Codewords that the board has to be given; pilots of a procedure differ. */
  readonly numSteps: number;
  /** Whether the board makes the steps exactly; they are told apart by what they really are where not. */
  readonly exactSteps: boolean;
  /** Phase error per element that noise leaves, rad rms, from errors of some ten degrees. */
  readonly expectedErrorRad: number;
  /** Strongest pilot over noise, dB: the receiver must not saturate there. */
  readonly peakOverNoiseDb: number;
  /** In words: what the board cannot do, and what to be aware of. */
  readonly notes: readonly string[];
}

/**
 * @param snrDb of a pilot of unit norm.
 * @throws BOARD_MISMATCH for boards that cannot be calibrated over the air.
 */
export function hadamardNeeds(
  board: BoardControls,
  snrDb: number,
  { passes = 1, numSteps = 4 }: { readonly passes?: number; readonly numSteps?: number } = {},
): CalibrationNeeds {
  requireFinite('snrDb', snrDb);
  const { numElements, phaseBits } = board;
  const steps = phaseSteps(phaseBits, numSteps);
  const halves = interleavedHalves(numElements);
  const scan = scanSteps(phaseBits);
  const perPass =
    halves.reduce((sum, half) => sum + halfSlots(half, steps), 0) + scanRounds(scan) * scan.codes.length;
  const unused = halves.reduce((sum, { rows, tested }) => sum + rows.order - tested.length, 0);
  // Uneven steps keep less of the noise out.
  const uneven = Math.sqrt(steps.noiseGain * numSteps);
  const inTests = perPass - scanRounds(scan) * scan.codes.length;
  return {
    numSlots: passes * perPass,
    ...{ numSteps, exactSteps: steps.exact },
    expectedErrorRad: Math.min(
      FIRST_PASS * uneven * closedFormBoundRad(numElements, passes * inTests, snrDb),
      Math.PI / Math.sqrt(3),
    ),
    peakOverNoiseDb: snrDb + 10 * Math.log10(numElements),
    notes: [
      ...(unused > 0
        ? [
            `half of ${numElements} elements is no order of a Hadamard matrix: ${unused} of ${unused + numElements} rows more than elements`,
          ]
        : []),
      ...(steps.exact
        ? []
        : [
            `2^${phaseBits} codes do not make ${numSteps} equal steps: nearest codes are used, and taken for what they are`,
          ]),
      ...(phaseBits < 4 ? [`with ${phaseBits} phase bits the beam of the reference is not quite full`] : []),
      ...(board.amplitudeBits === 0
        ? ['elements cannot be switched off: dead and stuck ones are not told apart']
        : []),
      ...(passes === 1
        ? ['one pass is enough for errors up to some 40 degrees rms; from unknown phases take two']
        : []),
      'from one position of the receiver its place cannot be told from errors that are smooth over the array',
    ],
  };
}

/**
 * Of `rev` with four steps: the element's part of what is received is 1 / N of it (docs/model.md eq. 126).
 *
 * @param snrDb of a pilot of unit norm.
 * @throws BOARD_MISMATCH for boards that cannot be calibrated over the air.
 */
export function revNeeds(board: BoardControls, snrDb: number): CalibrationNeeds {
  requireFinite('snrDb', snrDb);
  const { numElements, phaseBits } = board;
  const steps = phaseSteps(phaseBits, Math.min(4, 2 ** phaseBits));
  const numSteps = steps.codes.length;
  return {
    numSlots: numSteps * numElements,
    ...{ numSteps, exactSteps: steps.exact },
    expectedErrorRad: Math.min(
      Math.sqrt((numElements * steps.noiseGain) / 10 ** (snrDb / 10)),
      Math.PI / Math.sqrt(3),
    ),
    peakOverNoiseDb: snrDb + 10 * Math.log10(numElements),
    notes: [
      'element by element, each a small part of what is received: hadamard is better by far from some 32 elements on',
      'from one position of the receiver its place cannot be told from errors that are smooth over the array',
    ],
  };
}
