import { csvOfTable, tableFromCsv } from '../../../calibration/table/table-csv.js';
import { calibrationTableText } from '../../../calibration/table/write-table.js';
import { readTextFile } from '../../core/text-file.js';
import { type CommandContext, type Parser, printJson } from '../command.js';
import { readTable, requireNew, writeTable } from './table-files.js';

/** A table of a laboratory, as antenna chambers give them. */
export function calibrationImport(yargs: Parser, context: CommandContext): Parser {
  return yargs.command(
    'import <csv>',
    'Make a table of a CSV file: element, phase in degrees, and gain in dB where there is one',
    (builder) =>
      builder
        .positional('csv', { type: 'string', demandOption: true, describe: 'CSV file' })
        .options({
          board: {
            type: 'string',
            demandOption: true,
            requiresArg: true,
            describe: 'Serial number that the board gives of itself',
          },
          'first-element': {
            type: 'string',
            choices: ['0', '1'],
            describe: 'How elements are counted in the file; found out where it lists all of them',
          },
          degrees: {
            type: 'boolean',
            default: false,
            describe: 'Phases are degrees, though they look like radians',
          },
          out: { type: 'string', demandOption: true, requiresArg: true, describe: 'File for the table' },
        })
        .example('$0 calibration import chamber.csv --board A7-0042 --out table.yaml', ''),
    async (args) => {
      requireNew(args.out);
      const table = tableFromCsv(readTextFile(args.csv, 'settings file'), {
        ...{ boardSerialNumber: args.board, file: args.csv, degreesMeant: args.degrees },
        ...(args.firstElement !== undefined && { firstElement: args.firstElement === '0' ? 0 : 1 }),
      });
      await writeTable(args.out, calibrationTableText(table));
      const numElements = table.phaseErrorRad.length;
      if (args.json) printJson(context.stdout, { table: args.out, numElements });
      else context.stdout.write(`Table: ${args.out}, ${numElements} elements\n`);
    },
  );
}

/** Phases and gains alone. */
export function calibrationExport(yargs: Parser, context: CommandContext): Parser {
  return yargs.command(
    'export <table>',
    'Write phases and gains of a table as CSV: element from 1, phase in degrees, gain in dB',
    (builder) =>
      builder
        .positional('table', { type: 'string', demandOption: true, describe: 'Calibration table (YAML)' })
        .options({
          out: { type: 'string', demandOption: true, requiresArg: true, describe: 'File for the CSV' },
        })
        .example('$0 calibration export table.yaml --out table.csv', ''),
    async (args) => {
      requireNew(args.out);
      await writeTable(args.out, csvOfTable(readTable(args.table)));
      if (args.json) printJson(context.stdout, { csv: args.out });
      else context.stdout.write(`CSV: ${args.out}\n`);
    },
  );
}
