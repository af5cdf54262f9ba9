import { checkArray } from '../../campaign/calibration/check-array.js';
import { BeamloopError } from '../../core/errors.js';
import { readVariants } from '../../scenario/scenario.js';
import { emulatedSection, openTestbed } from '../../testbed.js';
import { calibrationOption, withCalibration } from '../calibration-option.js';
import { calibrationProgress } from '../calibration-output.js';
import { type CommandContext, type Parser, printJson, warn } from '../command.js';
import { fileOrShipped } from '../shipped-files.js';

const DEGREES = 180 / Math.PI;

/** Over the air: does a table still hold? */
export function calibrationCheck(yargs: Parser, context: CommandContext): Parser {
  return yargs.command(
    'check <scenario>',
    'Measure a few pilots, to see whether the array is still as its table says; exit code 7 where it is not',
    (builder) =>
      builder
        .positional('scenario', {
          type: 'string',
          demandOption: true,
          describe: 'Scenario file (YAML), or a name of `beamloop scenarios`',
        })
        .options({
          ue: {
            type: 'string',
            requiresArg: true,
            describe: "UE that listens, at its place in the scenario; the scenario's first one unless given",
          },
          ...calibrationOption,
          set: {
            type: 'string',
            array: true,
            nargs: 1,
            default: [] as string[],
            describe: 'A key of the scenario with another value, key=value',
          },
          recording: {
            type: 'string',
            requiresArg: true,
            describe: 'Folder of the recording; recordings/<scenario>-check-<UTC time> unless given',
          },
          realtime: {
            type: 'boolean',
            default: false,
            describe: 'Let an emulated board run at the speed of a real one',
          },
        })
        .example('$0 calibration check scenarios/calibration.yaml --calibration table.yaml', ''),
    async (args) => {
      const [file] = readVariants(fileOrShipped(args.scenario), emulatedSection, {
        set: withCalibration(args.calibration, args.set),
        seed: undefined,
        repeat: 1,
      });
      const { folder, check, warnings } = await checkArray(file!, args.ue ?? null, args.recording ?? null, {
        openTestbed,
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
        where: file!.calibration!.table.file,
        todo: 'Calibrate it again: beamloop calibrate',
        recording: folder,
      });
    },
  );
}
