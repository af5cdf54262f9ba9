/** Scenarios on the channel model: refused as a campaign would be. */
import { expect, it } from 'vitest';
import type { BeamloopError } from '../../../src/core/errors.js';
import { parseScenario } from '../../../src/scenario/scenario.js';
import { runScenarioStudy } from '../../../src/study/scenario/scenario-study.js';
import { emulatedSection, standInBoard } from '../../../src/testbed.js';

const scenario = `
array: { elements: 16, carrier: 30 GHz, bandwidth: 5 GHz, subcarriers: 64, sector: { angle: 60 deg, distance: [0.2 m, 2 m] } }
board: { port: emulated, calibration: table.yaml, emulated: { delayBits: 14, delayLsb: 2.5 ps } }
slots: { duration: 125 us }
scheme: { name: tdps, pilots: 2, estimator: on-grid }
channel: { beamformedSnr: 15 dB, scatterers: 0 }
users: { count: 2 }
`;

/** @param table calibration table as JSON, which is YAML too. */
function study(text: string, table: { board: string; phaseError: string[] }) {
  const file = parseScenario(text, 'wide.yaml', emulatedSection, JSON.stringify(table));
  const board = standInBoard(file.scenario);
  return runScenarioStudy({ kind: 'scenario', title: 't', scenario: 'wide.yaml' }, file, board);
}

it('refuses a calibration table that is not of the board', async () => {
  const { rows } = await study(scenario, { board: 'EMU-0001', phaseError: Array(16).fill('0.1 rad') });
  expect(rows).toHaveLength(2);
  const refusal = (board: string, numElements: number) =>
    study(scenario, { board, phaseError: Array(numElements).fill('0.1 rad') }).catch(
      (error: BeamloopError) => error,
    );
  expect(await refusal('A7-0042', 16)).toMatchObject({ code: 'BOARD_MISMATCH', where: 'table.yaml' });
  expect(await refusal('EMU-0001', 15)).toMatchObject({ code: 'BOARD_MISMATCH', where: 'table.yaml' });
});

it('says nothing of the loss of rates that are infinite', async () => {
  const noiseless = scenario.replace('beamformedSnr: 15 dB', 'snr: Infinity');
  const { settings } = await study(noiseless, { board: 'EMU-0001', phaseError: Array(16).fill('0.1 rad') });
  expect(new Map(settings).get('Loss of rate')).toBe('-; by the board -');
});
