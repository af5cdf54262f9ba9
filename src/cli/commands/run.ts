import path from 'node:path';
import type { CalibrationTable } from '../../../calibration/calibration-table.js';
import type { BoardDescription } from '../../../drivers/array-board.js';
import { linkUseInWords } from '../../../drivers/link/link-cost.js';
import type { WireLog } from '../../../drivers/wire/wire-log.js';
import { PlanarArray } from '../../array/planar-array.js';
import { mostCheckPilots } from '../../campaign/evidence.js';
import { startRun } from '../../campaign/run.js';
import { requireTracker } from '../../campaign/tracking/require-tracker.js';
import { BeamloopError } from '../../core/errors.js';
import { plural } from '../../core/plural.js';
import { forecastLines } from '../../scenario/loss-forecast.js';
import { prepare } from '../../scenario/plan.js';
import { planOnBoard } from '../../scenario/plan-on-board.js';
import { readVariants, type ScenarioFile } from '../../scenario/scenario.js';
import type { Scenario } from '../../scenario/scenario-schema.js';
import { alignmentOf, drawTiles, type PlannedTile, tilesOf } from '../../scenario/tiles.js';
import { trackerNames } from '../../scenario/trackers.js';
import type { TrackingPlan } from '../../scenario/tracking-plan.js';
import { isEmulated } from '../../scenario/users.js';
import { hostTimedLines } from '../../slots/host-timed-plan.js';
import { type Demand, seconds } from '../../slots/plan-lint.js';
import {
  assumedBoard,
  type EmulatedSection,
  emulatedSection,
  openTestbedLogging,
  standInBoard,
} from '../../testbed.js';
import { calibrationOption, withCalibration } from '../calibration-option.js';
import { campaignOptions, campaignProgress, concludeCampaign, reportOf } from '../campaign-output.js';
import { type Command, type CommandContext, printJson, warn } from '../command.js';
import { drawArray } from '../draw-array.js';
import { faultsOption, requireEmulatedBoard, withFaults } from '../faults-option.js';
import { MAX_SEED, wholeOption } from '../options.js';
import { loadPlugins, pluginOption } from '../plugins.js';
import { fileOrShipped } from '../shipped-files.js';
import { shownAs } from '../shown-run.js';
import { announceRun, concludeSweep, type FinishedRun } from '../sweep-output.js';
import { type Telemetry, telemetryOptions, withCounts, withTelemetry } from '../telemetry-option.js';
import { writeHeaded } from '../text-table.js';
import { trackingLines } from '../tracking-output.js';
import { wireLogOption, withWireLog } from '../wire-log-option.js';

/** `beamloop run <scenario>`: trains the users of a scenario. */
export const runCommand: Command = (yargs, context) =>
  yargs.command(
    'run <scenario>',
    'Train the users of a scenario, on a real board or an emulated one',
    (builder) =>
      builder
        .positional('scenario', {
          type: 'string',
          demandOption: true,
          describe: 'Scenario file (YAML), or a name of `beamloop scenarios`',
        })
        .options({
          out: {
            type: 'string',
            requiresArg: true,
            describe: 'Folder of the recording; recordings/<scenario>-<UTC time> unless given',
          },
          set: {
            type: 'string',
            array: true,
            nargs: 1,
            default: [] as string[],
            describe:
              'A key of the scenario with another value, key=value; a key with several values is swept over them',
          },
          tracker: {
            type: 'string',
            requiresArg: true,
            describe: `Tracker of a scenario with a section tracking, in place of its own: ${trackerNames().join(', ')}, or a map as there`,
          },
          ...calibrationOption,
          seed: { type: 'string', requiresArg: true, describe: 'Another seed than that of the scenario' },
          repeat: {
            type: 'string',
            default: '1',
            requiresArg: true,
            describe: 'How often to run it, with the seed one higher each time',
          },
          'dry-run': {
            type: 'boolean',
            default: false,
            describe: 'Print the plan without touching any port',
          },
          ...faultsOption,
          ...pluginOption,
          ...campaignOptions,
          ...wireLogOption,
          ...telemetryOptions,
        })
        .example('$0 run scenarios/first-light.yaml', 'Emulated board and UEs: no hardware needed')
        .example('$0 run scenarios/first-light.yaml --dry-run', 'What it would ask of link and board')
        .example(
          '$0 run scenarios/first-light.yaml --seed 7 --set channel.snr="15 dB" --repeat 5',
          'Five runs',
        )
        .example(
          '$0 run scenarios/first-light.yaml --set channel.snr="0 dB" --set channel.snr="10 dB" --out sweep',
          'A run for each value, in sweep/1 and sweep/2',
        )
        .example('$0 run calibration --calibration table.yaml', 'With what beamloop calibrate found')
        .example('$0 run first-light --faults scenarios/faults/rough-line.yaml', 'On a bad line')
        .example('$0 run first-light --nats nats://lab:4222', 'Followed on other hosts: docs/telemetry.md'),
    async (args) => {
      const scenarioFile = fileOrShipped(args.scenario);
      await loadPlugins(args.plugin, { file: scenarioFile, kind: 'scenario' }, args.set);
      const set = withCalibration(args.calibration, withFaults(args.faults, args.set));
      const files = readVariants(scenarioFile, emulatedSection, {
        set: args.tracker === undefined ? set : [...set, `tracking.tracker=${args.tracker}`],
        seed: args.seed === undefined ? undefined : wholeOption('seed', args.seed, 0, MAX_SEED),
        repeat: wholeOption('repeat', args.repeat, 1, 10_000),
      });
      for (const file of files) requireEmulatedBoard(args.faults, file);
      if (args.dryRun) {
        for (const file of files) await printPlan(context, args.json, file);
        return;
      }
      await withTelemetry(context, args, (telemetry) => carryOut(context, args, files, telemetry));
    },
  );

interface RunArguments {
  readonly json: boolean;
  readonly out: string | undefined;
  readonly realtime: boolean;
  readonly report: boolean;
  readonly wireLog: string | undefined;
}

async function carryOut(
  context: CommandContext,
  { json, out, realtime, report, wireLog }: RunArguments,
  files: readonly ScenarioFile<EmulatedSection>[],
  telemetry: Telemetry | null,
): Promise<void> {
  const run = async (file: (typeof files)[number], folder: string | null, log?: WireLog) => {
    const outcome = await startRun(file, folder, {
      openTestbed: openTestbedLogging(log),
      show: shownAs(context, 'run', telemetry),
      realtime,
      signal: context.signal,
      progress: campaignProgress(context, json),
    });
    return withCounts(outcome, telemetry);
  };
  if (files.length === 1) {
    await withWireLog(context, wireLog, async (log) =>
      concludeCampaign(context, json, await run(files[0]!, out ?? null, log), report),
    );
    return;
  }
  if (wireLog !== undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `One wire log cannot hold ${files.length} runs`,
      where: '--wire-log',
      todo: 'Leave it out, or run one of them',
    });
  }
  const finished: FinishedRun[] = [];
  for (const [k, file] of files.entries()) {
    const { settings = {} } = file;
    announceRun(context, json, k + 1, files.length, settings);
    const outcome = await run(file, out === undefined ? null : folderOf(out, k, files.length));
    const page = report ? await reportOf(outcome.folder, context.signal) : null;
    finished.push({ settings, outcome, report: page });
  }
  concludeSweep(context, json, finished);
}

/** Of what a line of the plan is about. */
const HEAD_COLUMNS = 16;
/** `sweep/007`: the names of a sweep's recordings sort as its runs. */
function folderOf(out: string, k: number, numRuns: number): string {
  return path.join(out, String(k + 1).padStart(String(numRuns).length, '0'));
}

/** A real board says its serial number only when it is opened; until then it is taken for the one that the table is of. */
function boardToExpect(
  scenario: Scenario<EmulatedSection>,
  table: CalibrationTable | null,
): BoardDescription {
  const board = assumedBoard(scenario);
  if (scenario.board.port === 'emulated' || table === null) return board;
  return { ...board, serialNumber: table.boardSerialNumber };
}

async function printPlan(
  context: CommandContext,
  json: boolean,
  { name, scenario, calibration }: ScenarioFile<EmulatedSection>,
): Promise<void> {
  const { stdout } = context;
  const { table = null } = calibration ?? {};
  const board = boardToExpect(scenario, table);
  const preparation = prepare(scenario);
  await requireTracker(scenario, preparation.users.length);
  const { demand, realisability, losses, warnings, tracking } = planOnBoard(
    preparation,
    board,
    table,
    isEmulated(scenario) ? standInBoard(scenario).radiate : undefined,
  );
  warn(context, warnings);
  const users = preparation.users.map(({ id }) => id);
  const numChecks = mostCheckPilots(preparation);
  const { port } = scenario.board;
  const tiles = tilesOf(scenario);
  const { duration, turnaround } = scenario.slots;
  if (json) {
    printJson(stdout, {
      plan: {
        scenario: name,
        scheme: scenario.scheme,
        users,
        port,
        board,
        ...(tiles !== null && { tiles: tiles.map(tileJson), alignmentS: alignmentOf(scenario) }),
        slots: scenario.slots,
        demand: demandJson(demand),
        mostCheckPilots: numChecks,
        realisability,
        losses,
        tracking: tracking && trackingJson(tracking),
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
        ? `emulated, ${board.numElements} elements${tiles === null ? '' : ` on ${tiles.length} boards`}`
        : `${port}, assumed to be as ${scenario.board.file ?? 'board.emulated'} says: ${board.numElements} elements`,
    ],
    ...headed('array', preparation.array instanceof PlanarArray ? drawArray(preparation.array) : []),
    ...headed('boards', tiles === null ? [] : drawTiles(tiles)),
    ['slots', `${seconds(duration)} each, turnaround ${seconds(turnaround)}`],
    ...headed('', board.hostTimed === undefined ? [] : hostTimedLines(board.hostTimed, duration)),
    [
      'pilots per user',
      `up to ${demand.numPilots}, largest batch ${demand.largestBatch}${checksText(numChecks)}`,
    ],
    [
      'codeword memory',
      `${board.memoryDepth} deep, largest batch needs ${demand.largestBatchCodewords}; queue ${board.queueDepth} deep`,
    ],
    [
      'link',
      board.hostTimed === undefined
        ? `up to ${demand.link.bytes} bytes per user, ${seconds(demand.link.timeS)} at ${demand.link.baud} baud`
        : `up to ${linkUseInWords(demand.link)} per user, ${seconds(demand.link.timeS)} of it before slots begin`,
    ],
    ['time per user', `up to ${seconds(demand.userTimeS)}`],
    ...headed('tracking', tracking === null ? [] : trackingLines(tracking)),
    ...headed('realisability', realisability?.summary ?? []),
    ...headed('losses', forecastLines(losses)),
    ['verdict', 'link, memory and switch time keep this plan'],
  ];
  writeHeaded(context, lines, HEAD_COLUMNS);
}

function trackingJson({ section, epochSlots, numEpochs, room }: TrackingPlan) {
  return { tracker: section.tracker, epochs: numEpochs, epochSlots, ...room };
}

/** Elements count from 1, as in scenarios. */
function tileJson({ port, elements, reversed }: PlannedTile) {
  return { port: port ?? 'emulated', elements: Array.from(elements, (element) => element + 1), reversed };
}

function demandJson({ link, ...rest }: Demand) {
  return { ...rest, lineTimeS: link.timeS, lineBytes: link.bytes, baud: link.baud };
}

/** Pilots that are sent again where the powers leave a doubt. */
function checksText(numPilots: number): string {
  return numPilots === 0 ? '' : `; up to ${numPilots} more where the powers leave a doubt`;
}

function headed(what: string, lines: readonly string[]): [what: string, text: string][] {
  return lines.map((line, k) => [k === 0 ? what : '', line]);
}
