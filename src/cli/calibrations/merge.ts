import { mergeTables } from '../../../calibration/table/merge-tables.js';
import { calibrationTableText } from '../../../calibration/table/write-table.js';
import { type CommandContext, type Parser, printJson } from '../command.js';
import { readTable, requireNew, writeTable } from './table-files.js';

/** Two tables of one board as one. */
export function calibrationMerge(yargs: Parser, context: CommandContext): Parser {
  return yargs.command(
    'merge <first> <second>',
    'Make one table of two of the same board: phases and gains by their intervals, the rest of whichever has it',
    (builder) =>
      builder
        .positional('first', { type: 'string', demandOption: true, describe: 'Calibration table (YAML)' })
        .positional('second', { type: 'string', demandOption: true, describe: 'Another one, the newer' })
        .options({
          out: { type: 'string', demandOption: true, requiresArg: true, describe: 'File for the table' },
        })
        .example('$0 calibration merge phases.yaml codes.yaml --out both.yaml', ''),
    async (args) => {
      requireNew(args.out);
      const merged = mergeTables(readTable(args.first), readTable(args.second));
      await writeTable(args.out, calibrationTableText(merged));
      if (args.json) printJson(context.stdout, { table: args.out });
      else context.stdout.write(`Table: ${args.out}\n`);
    },
  );
}
