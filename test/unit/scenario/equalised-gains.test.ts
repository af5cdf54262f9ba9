/** Elements of unlike strength are evened out where the scenario asks for it, and the board can. */
import { describe, expect, it } from 'vitest';
import { type CalibrationTable, calibrationTable } from '../../../calibration/calibration-table.js';
import { BeamloopError } from '../../../src/core/errors.js';
import { prepare } from '../../../src/scenario/plan.js';
import { planOnBoard } from '../../../src/scenario/plan-on-board.js';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { polarCodebookOf } from '../../../src/scenario/users.js';
import { assumedBoard, emulatedSection } from '../../../src/testbed.js';

const GAIN = Float64Array.from({ length: 16 }, (_, n) => 1 + 0.2 * Math.cos(n));

function amplitudes(board: string, table: Partial<CalibrationTable>): Uint16Array | null {
  const text = `
array: { elements: 16, carrier: 28 GHz, rings: 2 }
board: { port: emulated, ${board} }
slots: { duration: 1 ms }
scheme: far-field-sweep
channel: { snr: 20 dB }
users: [{ id: ada, position: [5 m, 1 m] }]
`;
  const { scenario } = parseScenario(text, 'gains.yaml', emulatedSection);
  const preparation = prepare(scenario);
  const known = { boardSerialNumber: 'EMU-0001', phaseErrorRad: new Float64Array(16), ...table };
  const { beams } = planOnBoard(preparation, assumedBoard(scenario), calibrationTable(known));
  return beams.quantise(polarCodebookOf(scenario).codeword({ ring: 2, angleIndex: 5 })).settings
    .amplitudeCode;
}

function complaint(...of: Parameters<typeof amplitudes>): string {
  try {
    amplitudes(...of);
  } catch (error) {
    if (error instanceof BeamloopError) return `${error.code}: ${error.what}`;
    throw error;
  }
  return 'accepted';
}

const STEPS = 'emulated: { amplitudeBits: 8 }';

describe('gains of elements', () => {
  it('are evened out at the weakest', () => {
    const codes = amplitudes(`${STEPS}, equaliseGains: true`, { gain: GAIN })!;
    const radiated = Array.from(codes, (code, n) => code * GAIN[n]!);
    const mean = radiated.reduce((a, b) => a + b) / 16;
    // Steps of 1/255.
    for (const each of radiated) expect(Math.abs(each / mean - 1)).toBeLessThan(0.005);
    expect(Math.max(...codes)).toBe(255);
  });

  it('stay as they are unless asked for', () => {
    expect(new Set(amplitudes(STEPS, { gain: GAIN }))).toEqual(new Set([255]));
  });

  it('cannot be evened out by a board without steps, or by a table without gains', () => {
    expect(complaint('equaliseGains: true', { gain: GAIN })).toMatch(/BOARD_MISMATCH: .* 1 amplitude bits/);
    expect(complaint(`${STEPS}, equaliseGains: true`, {})).toMatch(/BOARD_MISMATCH: .*no calibration table/);
  });
});
