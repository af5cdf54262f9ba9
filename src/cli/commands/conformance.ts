import { exec } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Check } from '../../../drivers/conformance/check.js';
import { CHECKS } from '../../../drivers/conformance/checks.js';
import type { Rig } from '../../../drivers/conformance/rig.js';
import { type CheckResult, type ConformanceRun, runConformance } from '../../../drivers/conformance/run.js';
import { openPort } from '../../../drivers/transports/open-port.js';
import { monotonicClock } from '../../core/clock.js';
import { BeamloopError, EXIT } from '../../core/errors.js';
import { plural } from '../../core/plural.js';
import { readSettingsFile } from '../../core/settings-file.js';
import { writing } from '../../core/writing.js';
import { emulatedSection, startStandaloneBoard } from '../../testbed.js';
import { requireFirmware } from '../boards/own-board.js';
import { type Command, type CommandContext, printJson } from '../command.js';
import {
  clauseRows,
  clauseTable,
  conformanceJson,
  failureText,
  junitSuite,
  notJudgedText,
  readClauses,
  summaryText,
} from '../conformance-output.js';
import { junitXml } from '../junit.js';
import { baudOption, quantityOption, wholeOption } from '../options.js';
import { formatTable } from '../text-table.js';
import { wireLogOption, withWireLog } from '../wire-log-option.js';

const EMULATED = 'emulated';
const DEFAULT_BAUD = '3000000';
/** What an ordinary machine and adapter add to a time; the bits of a frame or two come on top. */
const SLACK_S = 25e-3;
const SLACK_BITS = 600;
const MOST_SECONDS = 600;
const POWER_BACK_S = 0.2;

/** `beamloop conformance PORT`: holds a board to SPEC.md, clause by clause. */
export const conformanceCommand: Command = (yargs, context) =>
  yargs.command(
    'conformance [port]',
    'Check that a board keeps to its protocol, clause by clause; the array radiates',
    (builder) =>
      builder
        .positional('port', {
          type: 'string',
          describe: 'Port of the board, as of beamloop board; or "emulated", for an emulated board',
        })
        .options({
          radiate: {
            type: 'boolean',
            default: false,
            describe:
              'Let the array radiate: the checks latch codewords, at full amplitude in no direction of yours. A real board is not touched without it',
          },
          only: {
            type: 'string',
            array: true,
            nargs: 1,
            default: [] as string[],
            describe: 'Only checks of this clause (8.2), section (8), or with these words in their name',
          },
          quick: { type: 'boolean', default: false, describe: 'Leave out what takes minutes on a slow line' },
          list: { type: 'boolean', default: false, describe: 'List the checks, and touch no port' },
          junit: { type: 'string', requiresArg: true, describe: 'Write the results as JUnit XML too' },
          hex: { type: 'boolean', default: false, describe: 'Show the bytes of frames before a failure' },
          baud: {
            type: 'string',
            default: DEFAULT_BAUD,
            requiresArg: true,
            describe: 'Bits per second of the line; the same as the board is set to',
          },
          slack: {
            type: 'string',
            requiresArg: true,
            describe: 'What line and machine may add to times that a board keeps [25 ms and 600 bits]',
          },
          'power-cycle': {
            type: 'string',
            requiresArg: true,
            describe: 'Command that takes the board’s power away and gives it back, for what happens then',
          },
          'open-timeout': {
            type: 'string',
            default: '3 s',
            requiresArg: true,
            describe: 'How long the board may take to answer after its port was opened',
          },
          dtr: {
            choices: ['on', 'off'] as const,
            requiresArg: true,
            describe: 'Level of the line DTR once the port is open',
          },
          rts: { choices: ['on', 'off'] as const, requiresArg: true, describe: 'The same of the line RTS' },
          settings: {
            type: 'string',
            requiresArg: true,
            describe: 'YAML file of the emulated board, as of beamloop emulate-board',
          },
          elements: { type: 'string', requiresArg: true, describe: 'Elements of the emulated board [512]' },
          ...wireLogOption,
        })
        .example(
          '$0 conformance /dev/ttyUSB0 --radiate',
          'All checks; exit code 0 when all pass, 7 when one fails',
        )
        .example('$0 conformance emulated --quick --junit results.xml', 'Without hardware')
        .example('$0 conformance /dev/ttyUSB0 --radiate --only 8.2 --hex', 'One clause, with the bytes'),
    async (args) => {
      const checks = chosen(args.only, args.quick);
      if (args.list) return list(context, checks, args.json);
      const rig = await openRig(args);
      let run: ConformanceRun;
      try {
        const options = {
          signal: context.signal,
          openTimeoutS: secondsOption('open-timeout', args.openTimeout),
          ...progress(context, checks.length, args.json),
        };
        run = await withWireLog(context, args.wireLog, (log) => {
          const transport = log?.around(rig.transport) ?? rig.transport;
          return runConformance({ ...rig, transport }, checks, options);
        });
      } finally {
        await rig.close();
      }
      await conclude(context, args, run);
    },
  );

interface Arguments {
  readonly port: string | undefined;
  readonly radiate: boolean;
  readonly baud: string;
  readonly slack: string | undefined;
  readonly powerCycle: string | undefined;
  readonly dtr: 'on' | 'off' | undefined;
  readonly rts: 'on' | 'off' | undefined;
  readonly settings: string | undefined;
  readonly elements: string | undefined;
}

function chosen(only: readonly string[], quick: boolean): readonly Check[] {
  const wanted = ({ name, clauses }: Check, text: string) =>
    /^[\d.]+$/.test(text)
      ? clauses.some((clause) => clause === text || clause.startsWith(`${text.replace(/\.$/, '')}.`))
      : text
          .toLowerCase()
          .split(/\s+/)
          .every((word) => name.toLowerCase().includes(word));
  for (const text of only) {
    if (CHECKS.some((check) => wanted(check, text))) continue;
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `No check is of clause or has the words '${text}'`,
      where: '--only',
      todo: 'See beamloop conformance --list',
    });
  }
  const checks = CHECKS.filter(
    (check) =>
      (only.length === 0 || only.some((text) => wanted(check, text))) && !(quick && check.long === true),
  );
  if (checks.length > 0) return checks;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: '--quick leaves out all that --only names',
    todo: 'Leave --quick out',
  });
}

function list({ stdout, columns }: CommandContext, checks: readonly Check[], json: boolean): void {
  if (json) {
    const all = checks.map(({ name, clauses, items, deadlineS, needs = null, long = false }) => {
      return { name, clauses, checklist: items, deadlineS, needs, long };
    });
    printJson(stdout, { checks: all });
    return;
  }
  const rows = checks.map(({ name, clauses, long }) => [
    clauses.join(' '),
    `${name}${long ? ' (long)' : ''}`,
  ]);
  stdout.write(
    formatTable(
      {
        columns: [
          { title: 'SPEC', align: 'left' },
          { title: 'check', align: 'left' },
        ],
        rows,
      },
      columns,
    ),
  );
}

type OpenRig = Rig & { readonly close: () => Promise<void> };

async function openRig(args: Arguments): Promise<OpenRig> {
  const { port } = args;
  if (port === undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'No port was named',
      todo: 'Name the port of a board (`beamloop ports` lists them), or emulated',
    });
  }
  requireFirmware(port, 'A check against the specification of the firmware’s protocol');
  const baudRate = baudOption(args.baud);
  const slackS =
    args.slack === undefined ? SLACK_S + SLACK_BITS / baudRate : secondsOption('slack', args.slack);
  const common = { clock: monotonicClock, random: () => randomBytes(4).readUInt32LE(), slackS };
  if (port === EMULATED) return { ...(await emulatedRig(args, baudRate)), ...common };
  refuse(args, ['settings', 'elements'], 'an emulated board, not with a port');
  const { transport } = openPort(port, {
    baudRate,
    ...(args.dtr !== undefined && { dtr: args.dtr === 'on' }),
    ...(args.rts !== undefined && { rts: args.rts === 'on' }),
  });
  if (!args.radiate) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'The checks latch codewords: the array radiates, for seconds at a time and in any direction. Nothing was sent to the board',
      where: port,
      todo: 'See that nobody and nothing is in front of the array or that its transmitter is off, then add --radiate',
    });
  }
  const { powerCycle } = args;
  return {
    ...common,
    transport,
    ...(powerCycle !== undefined && { powerCycle: () => powerCycled(powerCycle) }),
    close: () => transport.close(),
  };
}

async function emulatedRig(args: Arguments, baud: number) {
  refuse(args, ['powerCycle', 'dtr', 'rts'], 'a port, not with an emulated board');
  const emulated =
    args.settings === undefined
      ? emulatedSection.parse({})
      : readSettingsFile(args.settings, emulatedSection, 'board description');
  const numElements = wholeOption('elements', args.elements ?? '512', 2, 65_535);
  const board = await startStandaloneBoard({ emulated, numElements, baud, seed: 1 });
  const { transport } = openPort(board.path, { baudRate: baud });
  return {
    transport,
    powerCycle: async () => {
      board.reset();
      await monotonicClock.sleep(POWER_BACK_S);
    },
    trigger: () => board.trigger(),
    close: async () => {
      await transport.close();
      await board.close();
    },
  };
}

function refuse(args: Arguments, options: readonly (keyof Arguments)[], goesWith: string): void {
  const given = options.find((option) => args[option] !== undefined);
  if (given === undefined) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `--${given.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`)} goes with ${goesWith}`,
    todo: 'Leave it out',
  });
}

async function powerCycled(command: string): Promise<void> {
  try {
    await promisify(exec)(command);
  } catch (error) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `The command failed: ${(error as Error).message}`,
      where: '--power-cycle',
      todo: 'Try it in a shell by itself',
      cause: error,
    });
  }
}

function secondsOption(name: string, text: string): number {
  const value = quantityOption(name, text, 's');
  if (value > 0 && value <= MOST_SECONDS) return value;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `--${name} must be from 0 s to ${MOST_SECONDS} s, not ${text}`,
  });
}

const CLEAR_LINE = '\r\u001b[K';
const MARKS = { conforms: 'pass', fails: 'FAIL', skipped: 'n/a ', 'not run': '-   ' } as const;

/** A line for every check that ended; on a terminal also the one that is underway. */
function progress({ stderr, terminal }: CommandContext, numChecks: number, json: boolean) {
  if (json) return {};
  const width = (terminal?.columns ?? 80) - 1;
  return {
    onBegin: ({ name }: Check, index: number) => {
      terminal?.write(`${CLEAR_LINE}${`${index + 1} of ${numChecks}: ${name}`.slice(0, width)}`);
    },
    onResult: ({ check, verdict, tookS }: CheckResult) => {
      terminal?.write(CLEAR_LINE);
      if (verdict.outcome === 'not run') return;
      const time = verdict.outcome === 'skipped' ? '' : ` (${tookS.toFixed(1)} s)`;
      stderr.write(`${MARKS[verdict.outcome]} ${check.name}${time}\n`);
    },
  };
}

async function conclude(
  context: CommandContext,
  args: {
    readonly port: string | undefined;
    readonly json: boolean;
    readonly hex: boolean;
    readonly junit: string | undefined;
  },
  run: ConformanceRun,
): Promise<void> {
  const { stdout, columns } = context;
  const { json, hex, junit } = args;
  const port = args.port!;
  const clauses = readClauses();
  const rows = clauseRows(run.results, clauses);
  const failed = run.results.filter(({ verdict }) => verdict.outcome === 'fails');
  if (junit !== undefined) {
    await writing('The JUnit file', junit, () => writeFile(junit, junitXml(junitSuite(port, run, clauses))));
  }
  if (json) {
    printJson(stdout, conformanceJson(port, run, rows));
    if (failed.length > 0) process.exitCode = EXIT.nonconforming;
    else if (run.ended !== null) process.exitCode = exitOf(run.ended);
    return;
  }
  if (run.board !== null) {
    const { model, serialNumber, firmware, versionMajor, versionMinor } = run.board;
    stdout.write(
      `\n${model}, serial number ${serialNumber}, firmware ${firmware}, protocol ${versionMajor}.${versionMinor}\n`,
    );
  }
  stdout.write(`\n${clauseTable(rows, columns)}\n`);
  for (const result of failed) stdout.write(`${failureText(result, clauses, { columns, hex })}\n`);
  if (failed.length === 0 && run.ended === null) stdout.write(notJudgedText(columns));
  stdout.write(summaryText(run));
  if (context.signal.aborted) throw context.signal.reason;
  if (failed.length === 0) {
    if (run.ended !== null) throw run.ended;
    return;
  }
  const broken = rows.filter(({ outcome }) => outcome === 'FAIL').map(({ clause }) => clause);
  const rest = run.ended === null ? '' : `; then it ended early: ${run.ended.message}`;
  throw new BeamloopError('BOARD_NONCONFORMING', {
    what: `The board breaks ${plural(broken.length, 'clause')} of its protocol: ${broken.join(', ')}${rest}`,
    where: port,
    todo: 'The frames before each failure are above, with --hex their bytes; --only runs one check again',
  });
}

function exitOf(error: Error): number {
  return error instanceof BeamloopError ? error.exitCode : EXIT.internal;
}
