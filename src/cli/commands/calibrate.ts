import {
  type CalibrationSettings,
  PROCEDURES,
  type Procedure,
} from '../../campaign/calibration/calibration-settings.js';
import { startCalibration } from '../../campaign/calibration/run-calibration.js';
import type { Scenario } from '../../scenario/scenario-schema.js';
import { openTestbed } from '../../testbed.js';
import { calibrationProgress, concludeCalibration } from '../calibration-output.js';
import { calibrationPlan, printCalibrationPlan } from '../calibration-plan.js';
import {
  arrayScenarioOptions,
  readArrayScenario,
  scenarioPositional,
} from '../calibrations/array-scenario.js';
import { requireNew } from '../calibrations/table-files.js';
import { campaignOptions } from '../campaign-output.js';
import type { Command } from '../command.js';
import { wholeOption } from '../options.js';
import { shownAs } from '../shown-run.js';
import { telemetryOptions, withCounts, withTelemetry } from '../telemetry-option.js';

/** `beamloop calibrate <scenario>`: measures the errors of an array over the air. */
export const calibrateCommand: Command = (yargs, context) =>
  yargs.command(
    'calibrate <scenario>',
    "Measure the errors of an array's elements over the air, by what UEs at known places receive",
    (builder) =>
      builder
        .positional('scenario', scenarioPositional)
        .options({
          procedure: {
            type: 'string',
            choices: PROCEDURES,
            default: 'hadamard' as Procedure,
            describe:
              'hadamard: all elements in every slot; rev: element after element; states: what each phase code really is; delays: true time delays, by subcarriers',
          },
          ue: {
            type: 'string',
            array: true,
            nargs: 1,
            describe:
              "UE that listens, at its place in the scenario; may be repeated. The scenario's first one unless given",
          },
          passes: {
            type: 'string',
            requiresArg: true,
            describe:
              'How often it goes over the array: 1 unless given, and 2 for delays. Two where nothing is known of its phases',
          },
          out: {
            type: 'string',
            requiresArg: true,
            describe: 'File for the table; calibration.yaml in the folder of the recording unless given',
          },
          recording: {
            type: 'string',
            requiresArg: true,
            describe: 'Folder of the recording; recordings/<scenario>-calibration-<UTC time> unless given',
          },
          ...arrayScenarioOptions,
          snr: {
            type: 'string',
            requiresArg: true,
            describe: 'Of a pilot of unit norm, dB, for --dry-run; that of the emulated UE unless given',
          },
          'dry-run': {
            type: 'boolean',
            default: false,
            describe: 'Print what it would take and give, without touching any port',
          },
          ...campaignOptions,
          ...telemetryOptions,
        })
        .example('$0 calibrate scenarios/calibration.yaml --out table.yaml', '')
        .example('$0 run scenarios/calibration.yaml --calibration table.yaml', 'What the table is for'),
    async (args) => {
      const file = readArrayScenario(args);
      requireNew(args.out);
      const settings: CalibrationSettings = {
        procedure: args.procedure,
        ues: args.ue ?? [firstUe(file.scenario)],
        passes: wholeOption('passes', args.passes ?? (args.procedure === 'delays' ? '2' : '1'), 1, 100),
      };
      if (args.dryRun) {
        printCalibrationPlan(context, args.json, calibrationPlan(file, settings, args.snr));
        return;
      }
      await withTelemetry(context, args, async (telemetry) => {
        const outcome = await startCalibration(file, settings, args.recording ?? null, {
          openTestbed,
          show: shownAs(context, 'calibrate', telemetry),
          realtime: args.realtime,
          signal: context.signal,
          progress: calibrationProgress(context, args.json),
        });
        const { json, out = null, report } = args;
        await concludeCalibration(context, json, withCounts(outcome, telemetry), { out, report });
      });
    },
  );

function firstUe({ users }: Scenario): string {
  return Array.isArray(users) ? users[0]!.id : 'ue1';
}
