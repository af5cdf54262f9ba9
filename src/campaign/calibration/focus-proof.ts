/** What a table is worth where it was measured: the beam that is focused on the UE, with the table and without it, in turns. */
import { BoardBeams } from '../../../calibration/board-beams.js';
import type { CalibrationTable } from '../../../calibration/calibration-table.js';
import { settingsCodeword } from '../../../calibration/procedures/calibration-pilots.js';
import type { BoardDescription } from '../../../drivers/array-board.js';
import type { AntennaArray, PlaceM } from '../../array/antenna-array.js';
import { type Codeword, phaseCodeword } from '../../codebook/codeword.js';
import type { ComplexVector } from '../../core/complex.js';
import type { Sounding } from '../../sounding/sounding.js';

/** Slots of each of the two beams. */
const NUM_TURNS = 8;
/** Of Student's t with seven degrees of freedom: 95 % lie within. */
const T95 = 2.364624;

export interface BeamGain {
  /** Received power, noise taken off, over that of all elements in phase, dB. */
  readonly gainDb: number;
  /** 95 % of such means lie within this of it, dB. */
  readonly intervalDb: number;
}

export interface FocusProof {
  readonly before: BeamGain;
  readonly after: BeamGain;
  readonly numSlots: number;
}

export interface ProofSetup {
  readonly array: AntennaArray;
  readonly board: BoardDescription;
  readonly table: CalibrationTable;
  readonly placeM: PlaceM;
  /** Received amplitude of each element, root of power, shape [numElements]. */
  readonly responses: ComplexVector;
}

/** Pilots are codes of the board: drive them without a calibration table. */
export function* focusProof(setup: ProofSetup): Sounding<FocusProof> {
  const { array, board, table, placeM, responses } = setup;
  const before = focused(array, board, placeM, null);
  const after = focused(array, board, placeM, table);
  const powers = yield Array.from({ length: 2 * NUM_TURNS }, (_, k) => (k % 2 === 0 ? before : after));
  const amplitude = responses.re.reduce((sum, x, n) => sum + Math.hypot(x, responses.im[n]!), 0);
  const gainOf = (turn: number) =>
    gain(
      powers.mean.filter((_, k) => k % 2 === turn),
      powers.noiseFloor,
      amplitude ** 2,
    );
  return { before: gainOf(0), after: gainOf(1), numSlots: 2 * NUM_TURNS };
}

/** As codes that the board has: what it makes of the beam with a table, or without. */
export function focused(
  array: AntennaArray,
  board: BoardDescription,
  placeM: PlaceM,
  table: CalibrationTable | null,
): Codeword {
  const name = table === null ? 'without the table' : 'with the table';
  const label = { kind: 'own', scheme: 'proof', name } as const;
  const codeword = phaseCodeword('calibration/focus', label, () =>
    array.propagationPhaseRad(placeM, array.carrierHz),
  );
  const { settings } = new BoardBeams(board, array.carrierHz, table).quantise(codeword);
  return settingsCodeword('proof', name, settings, board);
}

function gain(powers: Float64Array, noiseFloor: number, perfect: number): BeamGain {
  const mean = powers.reduce((sum, power) => sum + power, 0) / powers.length;
  const variance = powers.reduce((sum, power) => sum + (power - mean) ** 2, 0) / (powers.length - 1);
  const signal = Math.max(mean - noiseFloor, Number.MIN_VALUE);
  const deviation = Math.sqrt(variance / powers.length) / signal;
  return {
    gainDb: 10 * Math.log10(signal / perfect),
    intervalDb: (10 / Math.LN10) * T95 * deviation,
  };
}
