/** What a calibration would take and give, before a port is touched. */

import type { CalibrationNeeds } from '../../calibration/procedures/calibration-needs.js';
import { placedUser } from '../campaign/calibration/calibrate-array.js';
import { type CalibrationSettings, needsOf } from '../campaign/calibration/calibration-settings.js';
import { BeamloopError } from '../core/errors.js';
import { smallest } from '../core/extremes.js';
import { plural } from '../core/plural.js';
import { prepare } from '../scenario/plan.js';
import type { ScenarioFile } from '../scenario/scenario.js';
import { seconds } from '../slots/plan-lint.js';
import { assumedBoard, type EmulatedSection } from '../testbed.js';
import { type CommandContext, printJson } from './command.js';
import { quantityOption } from './options.js';
import { writeHeaded } from './text-table.js';

const HEAD_COLUMNS = 20;
const DEGREES = 180 / Math.PI;

interface CalibrationPlan extends CalibrationNeeds {
  readonly scenario: string;
  readonly settings: CalibrationSettings;
  readonly snrDb: number;
  /** Of all UEs, the slots alone. */
  readonly timeS: number;
}

/** @throws BAD_ARGUMENT for UEs that cannot be taken, and where nobody says an SNR; BOARD_MISMATCH. */
export function calibrationPlan(
  { name, scenario }: ScenarioFile<EmulatedSection>,
  settings: CalibrationSettings,
  snrOption: string | undefined,
): CalibrationPlan {
  const { users } = prepare(scenario);
  const placed = settings.ues.map((ue) => placedUser(users, ue));
  const told = placed.flatMap(({ truth }) => (truth === null ? [] : [truth.snrDb]));
  const snrDb = snrOption === undefined ? smallest(told) : quantityOption('snr', snrOption, 'dB');
  if (!Number.isFinite(snrDb)) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'What a calibration gives depends on the SNR of the UE, which the scenario does not say',
      where: '--snr',
      todo: 'Give it, e.g. --snr "20 dB"',
    });
  }
  const needs = needsOf(settings, assumedBoard(scenario), snrDb);
  const numSlots = settings.ues.length * needs.numSlots;
  return { ...needs, scenario: name, settings, snrDb, numSlots, timeS: numSlots * scenario.slots.duration };
}

export function printCalibrationPlan(context: CommandContext, json: boolean, plan: CalibrationPlan): void {
  if (json) {
    printJson(context.stdout, { plan });
    return;
  }
  const { settings, numSlots, timeS, snrDb, expectedErrorRad, peakOverNoiseDb, notes } = plan;
  const lines: [what: string, text: string][] = [
    ['scenario', plan.scenario],
    [
      'procedure',
      `${settings.procedure}${settings.procedure === 'hadamard' ? `, ${settings.passes === 1 ? 'one pass' : `${settings.passes} passes`}` : ''}, heard by ${settings.ues.join(', ')}`,
    ],
    [
      'slots',
      `${plural(numSlots, 'slot')}, ${seconds(timeS)} of them; and as many as it takes to prove the table`,
    ],
    ['expected error', `${(expectedErrorRad * DEGREES).toFixed(2)}° rms at ${snrDb.toFixed(1)} dB`],
    [
      'strongest pilot',
      `${peakOverNoiseDb.toFixed(1)} dB over the noise: the receiver must not saturate there`,
    ],
    ...notes.map((note): [string, string] => ['note', note]),
  ];
  writeHeaded(context, lines, HEAD_COLUMNS);
}
