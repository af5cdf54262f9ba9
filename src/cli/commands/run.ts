import type { CalibrationTable } from '../../../calibration/calibration-table.js';
import type { BoardDescription } from '../../../drivers/array-board.js';
import { forecastLines } from '../../campaign/loss-forecast.js';
import { prepare } from '../../campaign/plan.js';
import { planOnBoard } from '../../campaign/plan-on-board.js';
import { startRun } from '../../campaign/run.js';
import { readScenario, type ScenarioFile } from '../../campaign/scenario.js';
import type { Scenario } from '../../campaign/scenario-schema.js';
import { isEmulated } from '../../campaign/users.js';
import { plural } from '../../core/plural.js';
import { seconds } from '../../schedule/lint.js';
import {
  assumedBoard,
  type EmulatedSection,
  emulatedSection,
  openTestbed,
  standInBoard,
} from '../../testbed.js';
import { campaignOptions, campaignProgress, concludeCampaign } from '../campaign-output.js';
import { type Command, type CommandContext, printJson, warn } from '../command.js';
import { wrapped } from '../text-table.js';

/** `beamloop run <scenario>`: trains the users of a scenario. */
export const runCommand: Command = (yargs, context) =>
  yargs.command(
    'run <scenario>',
    'Train the users of a scenario, on a real board or an emulated one',
    (builder) =>
      builder
        .positional('scenario', { type: 'string', demandOption: true, describe: 'Scenario file (YAML)' })
        .options({
          out: {
            type: 'string',
            requiresArg: true,
            describe: 'Folder of the recording; recordings/<scenario>-<UTC time> unless given',
          },
          'dry-run': {
            type: 'boolean',
            default: false,
            describe: 'Print the plan without touching any port',
          },
          ...campaignOptions,
        })
        .example('$0 run scenarios/first-light.yaml', 'Emulated board and UEs: no hardware needed')
        .example('$0 run scenarios/first-light.yaml --dry-run', 'What it would ask of link and board'),
    async (args) => {
      const file = readScenario(args.scenario, emulatedSection);
      if (args.dryRun) {
        printPlan(context, args.json, file);
        return;
      }
      const outcome = await startRun(file, args.out ?? null, {
        openTestbed,
        realtime: args.realtime,
        signal: context.signal,
        progress: campaignProgress(context, args.json),
      });
      await concludeCampaign(context, args.json, outcome, args.report);
    },
  );

/** Of what a line of the plan is about. */
const HEAD_COLUMNS = 16;

/** A real board says its serial number only when it is opened; until then it is taken for the one that the table is of. */
function boardToExpect(
  scenario: Scenario<EmulatedSection>,
  table: CalibrationTable | null,
): BoardDescription {
  const board = assumedBoard(scenario);
  if (scenario.board.port === 'emulated' || table === null) return board;
  return { ...board, serialNumber: table.boardSerialNumber };
}

function printPlan(
  context: CommandContext,
  json: boolean,
  { name, scenario, calibration }: ScenarioFile<EmulatedSection>,
): void {
  const { stdout, columns } = context;
  const { table = null } = calibration ?? {};
  const board = boardToExpect(scenario, table);
  const preparation = prepare(scenario);
  const { demand, realisability, losses, warnings } = planOnBoard(
    preparation,
    board,
    table,
    isEmulated(scenario) ? standInBoard(scenario).radiate : undefined,
  );
  warn(context, warnings);
  const users = preparation.users.map(({ id }) => id);
  const { port, baud } = scenario.board;
  const { duration, turnaround } = scenario.slots;
  if (json) {
    printJson(stdout, {
      plan: {
        scenario: name,
        scheme: scenario.scheme,
        users,
        port,
        board,
        slots: scenario.slots,
        demand,
        realisability,
        losses,
        warnings,
      },
    });
    return;
  }
  const lines: [what: string, text: string][] = [
    ['scenario', `${name}: ${plural(users.length, 'user')}, scheme ${scenario.scheme.name}`],
    [
      'board',
      port === 'emulated'
        ? `emulated, ${board.numElements} elements`
        : `${port}, assumed to be as board.emulated says: ${board.numElements} elements`,
    ],
    ['slots', `${seconds(duration)} each, turnaround ${seconds(turnaround)}`],
    ['pilots per user', `up to ${demand.numPilots}, largest batch ${demand.largestBatch}`],
    [
      'codeword memory',
      `${board.memoryDepth} deep, largest batch needs ${demand.largestBatchCodewords}; queue ${board.queueDepth} deep`,
    ],
    ['link', `up to ${demand.lineBytes} bytes per user, ${seconds(demand.lineTimeS)} at ${baud} baud`],
    ['time per user', `up to ${seconds(demand.userTimeS)}`],
    ...headed('realisability', realisability?.summary ?? []),
    ...headed('losses', forecastLines(losses)),
    ['verdict', 'link, memory and switch time keep this plan'],
  ];
  for (const [what, text] of lines) {
    const [first = '', ...more] = wrapped(text, (columns ?? Number.POSITIVE_INFINITY) - HEAD_COLUMNS - 2);
    stdout.write(what.padEnd(HEAD_COLUMNS) + first);
    for (const line of more) stdout.write(' '.repeat(HEAD_COLUMNS + 2) + line);
  }
}

function headed(what: string, lines: readonly string[]): [what: string, text: string][] {
  return lines.map((line, k) => [k === 0 ? what : '', line]);
}
