import { calibrationCheck } from '../calibrations/check.js';
import { calibrationExport, calibrationImport } from '../calibrations/csv.js';
import { calibrationDiff } from '../calibrations/diff.js';
import { calibrationMerge } from '../calibrations/merge.js';
import { calibrationShow } from '../calibrations/show.js';
import type { Command } from '../command.js';

/** `beamloop calibration show|diff|check|merge|import|export`: tables that `calibrate` or a laboratory made. */
export const calibrationCommand: Command = (yargs, context) =>
  yargs.command('calibration', 'Look at calibration tables, compare, check and merge them', (builder) =>
    [
      calibrationShow,
      calibrationDiff,
      calibrationCheck,
      calibrationMerge,
      calibrationImport,
      calibrationExport,
    ]
      .reduce((parser, add) => add(parser, context), builder)
      .demandCommand(1, 'Say what is to be done: show, diff, check, merge, import or export')
      .example('$0 calibration show table.yaml', '')
      .example(
        '$0 calibration check scenarios/calibration.yaml --calibration table.yaml',
        'Whether it still holds, over the air in 64 slots',
      ),
  );
