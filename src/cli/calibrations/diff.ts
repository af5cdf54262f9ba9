import { compareTables, type TableDifference } from '../../../calibration/table/compare-tables.js';
import { type CommandContext, type Parser, printJson } from '../command.js';
import { writeHeaded } from '../text-table.js';
import { readTable } from './table-files.js';

const HEAD_COLUMNS = 20;
const DEGREES = 180 / Math.PI;

/** By how much two tables of one board differ. */
export function calibrationDiff(yargs: Parser, context: CommandContext): Parser {
  return yargs.command(
    'diff <first> <second>',
    'Say by how much two tables of one board differ, beyond what their intervals explain',
    (builder) =>
      builder
        .positional('first', { type: 'string', demandOption: true, describe: 'Calibration table (YAML)' })
        .positional('second', { type: 'string', demandOption: true, describe: 'Another one, the newer' })
        .example('$0 calibration diff monday.yaml friday.yaml', ''),
    (args) => {
      const difference = compareTables(readTable(args.first), readTable(args.second));
      if (!args.json) {
        writeHeaded(context, differenceLines(difference), HEAD_COLUMNS);
        return;
      }
      const { restRad, worstElement, newlySilent, revived, ...rest } = difference;
      printJson(context.stdout, {
        ...rest,
        restRad: Array.from(restRad, (rad) => (Number.isNaN(rad) ? null : rad)),
        ...{ worstElement: worstElement + 1, newlySilent: counted(newlySilent), revived: counted(revived) },
      });
    },
  );
}

/** Elements count from 1 in front of people. */
function counted(elements: readonly number[]): number[] {
  return elements.map((n) => n + 1);
}

function differenceLines(difference: TableDifference): [what: string, text: string][] {
  const { explainedRad, outsideIntervals, gainRmsDb, delayRmsS, newlySilent, revived, restRad } = difference;
  const degrees = (rad: number) => `${(rad * DEGREES).toFixed(2)}°`;
  const numCompared = restRad.filter((rad) => !Number.isNaN(rad)).length;
  return [
    [
      'phases',
      `${degrees(difference.rmsRad)} rms over ${numCompared} elements, element ${difference.worstElement + 1} by ${degrees(difference.worstRad)} (the most); a phase common to all is no difference`,
    ],
    ...(explainedRad === null || outsideIntervals === null
      ? []
      : [
          [
            'explained',
            `${degrees(explainedRad)} rms by the tables' own intervals; ${outsideIntervals} of ${numCompared} elements differ by more than 95 % intervals allow, of which ${Math.round(numCompared / 20)} do by chance`,
          ] as [string, string],
        ]),
    ...(gainRmsDb === null ? [] : [['gains', `${gainRmsDb.toFixed(2)} dB rms`] as [string, string]]),
    ...(delayRmsS === null
      ? []
      : [['delays', `${(1e12 * delayRmsS).toFixed(2)} ps rms`] as [string, string]]),
    ...(newlySilent.length === 0
      ? []
      : [['follow no more', `elements ${counted(newlySilent).join(', ')}`] as [string, string]]),
    ...(revived.length === 0
      ? []
      : [['follow again', `elements ${counted(revived).join(', ')}`] as [string, string]]),
  ];
}
