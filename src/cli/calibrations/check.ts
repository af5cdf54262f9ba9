import { checkArray } from '../../campaign/calibration/check-array.js';
import { BeamloopError } from '../../core/errors.js';
import { openTestbed } from '../../testbed.js';
import { calibrationProgress } from '../calibration-output.js';
import { campaignOptions } from '../campaign-output.js';
import { type CommandContext, type Parser, printJson, warn } from '../command.js';
import { shownAs } from '../shown-run.js';
import { arrayScenarioOptions, readArrayScenario, scenarioPositional } from './array-scenario.js';

const DEGREES = 180 / Math.PI;

/** Over the air: does a table still hold? */
export function calibrationCheck(yargs: Parser, context: CommandContext): Parser {
  return yargs.command(
    'check <scenario>',
    'Measure a few pilots, to see whether the array is still as its table says; exit code 7 where it is not',
    (builder) =>
      builder
        .positional('scenario', scenarioPositional)
        .options({
          ue: {
            type: 'string',
            requiresArg: true,
            describe: "UE that listens, at its place in the scenario; the scenario's first one unless given",
          },
          ...arrayScenarioOptions,
          recording: {
            type: 'string',
            requiresArg: true,
            describe: 'Folder of the recording; recordings/<scenario>-check-<UTC time> unless given',
          },
          realtime: campaignOptions.realtime,
        })
        .example('$0 calibration check scenarios/calibration.yaml --calibration table.yaml', ''),
    async (args) => {
      const file = readArrayScenario(args);
      const { folder, check, warnings } = await checkArray(file, args.ue ?? null, args.recording ?? null, {
        openTestbed,
        show: shownAs(context, 'calibrate'),
        realtime: args.realtime,
        signal: context.signal,
        progress: calibrationProgress(context, args.json),
      });
      if (args.json) printJson(context.stdout, { ...check, recording: folder, warnings });
      else {
        warn(context, warnings);
        context.stdout.write(
          check.drifted
            ? `The array is NOT as the table says: off by about ${(check.driftRad * DEGREES).toFixed(1)}° rms\n`
            : `The array is as the table says, as far as ${check.numSlots} slots tell\n`,
        );
        context.stdout.write(`Recording: ${folder}\n`);
      }
      if (!check.drifted) return;
      throw new BeamloopError('CALIBRATION_STALE', {
        what: `The array is off by about ${(check.driftRad * DEGREES).toFixed(1)}° rms from what its table says`,
        where: file.calibration!.table.file,
        todo: 'Calibrate it again: beamloop calibrate',
        recording: folder,
      });
    },
  );
}
