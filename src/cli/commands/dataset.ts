import type { Command } from '../command.js';
import { datasetExport } from '../datasets/export.js';
import { datasetImport } from '../datasets/import.js';
import { datasetInfo } from '../datasets/info.js';

/** `beamloop dataset info|import|export`: data sets of others, and of one's own recordings, as one form. */
export const datasetCommand: Command = (yargs, context) =>
  yargs.command('dataset', 'Look at data sets, import them, and make them of recordings', (builder) =>
    [datasetInfo, datasetImport, datasetExport]
      .reduce((parser, add) => add(parser, context), builder)
      .demandCommand(1, 'Say what is to be done: info, import or export')
      .example(
        '$0 dataset info scenario9',
        'What a folder of DeepSense 6G or DeepMIMO holds, and what is wrong with it',
      )
      .example('$0 dataset import scenario9 --out data/scenario9', ''),
  );
