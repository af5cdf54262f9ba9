import { tableSummary } from '../../../calibration/table/show-table.js';
import { tableWarnings } from '../../../calibration/table/table-fit.js';
import { type CommandContext, type Parser, printJson, warn } from '../command.js';
import { quantityOption } from '../options.js';
import { readTable } from './table-files.js';

/** A table in a few lines, and what people should know before they use it. */
export function calibrationShow(yargs: Parser, context: CommandContext): Parser {
  return yargs.command(
    'show <table>',
    'Say what a calibration table knows, and how old it is',
    (builder) =>
      builder
        .positional('table', { type: 'string', demandOption: true, describe: 'Calibration table (YAML)' })
        .options({
          carrier: {
            type: 'string',
            requiresArg: true,
            describe: 'Carrier that it is to be used at, to be told whether it fits, e.g. "28 GHz"',
          },
        })
        .example('$0 calibration show table.yaml', ''),
    (args) => {
      const table = readTable(args.table);
      const carrierHz =
        args.carrier === undefined ? undefined : quantityOption('carrier', args.carrier, 'Hz');
      const warnings = tableWarnings(table, {
        nowMs: Date.now(),
        ...(carrierHz !== undefined && { carrierHz }),
      });
      const summary = tableSummary(table);
      if (args.json) {
        const { dead, stuck, measured, boardSerialNumber, phaseErrorRad } = table;
        const elements = (list: readonly number[]) => list.map((n) => n + 1);
        printJson(context.stdout, {
          ...{ board: boardSerialNumber, numElements: phaseErrorRad.length, measured },
          ...{ dead: elements(dead), stuck: elements(stuck), summary, warnings },
        });
        return;
      }
      warn(context, warnings);
      for (const line of summary) context.stdout.write(`${line}\n`);
    },
  );
}
