import { BoardBeams } from '../../../calibration/board-beams.js';
import { parseCalibrationTable } from '../../../calibration/calibration-table.js';
import type { ArrayBoard, Receipt } from '../../../drivers/array-board.js';
import type { WireLog } from '../../../drivers/wire/wire-log.js';
import { type FocalPoint, focalPointAt } from '../../array/focal-point.js';
import { type LinearArray, type PointM, polarPointM } from '../../array/linear-array.js';
import { place } from '../../campaign/in-words.js';
import { steer } from '../../campaign/steer.js';
import { wrongPlace } from '../../channel/place-checks.js';
import { focusCodeword, servingCodeword } from '../../codebook/serving.js';
import { DIRECTION, DISTANCE, outside } from '../../core/bounds.js';
import { BeamloopError } from '../../core/errors.js';
import { readTextFile } from '../../core/text-file.js';
import { readScenario } from '../../scenario/scenario.js';
import { linearArrayOf } from '../../scenario/users.js';
import { emulatedSection, type OpenBoard, openBoard, openBoardAt } from '../../testbed.js';
import { type Command, type CommandContext, printJson, warn } from '../command.js';
import { arrayFromOptions, baudOption, quantityOption } from '../options.js';
import { loadPlugins } from '../plugins.js';
import { fileOrShipped } from '../shipped-files.js';
import { wireLogOption, withWireLog } from '../wire-log-option.js';

/** `beamloop steer <target> --to "20 m, 15 deg"`: one beam, held if asked for, and what the board latched. */
export const steerCommand: Command = (yargs, context) =>
  yargs.command(
    'steer <target>',
    'Point one beam, and print what the board latched',
    (builder) =>
      builder
        .positional('target', {
          type: 'string',
          demandOption: true,
          describe: 'Serial port of a board, or a scenario file, for its array, board and calibration',
        })
        .options({
          to: {
            type: 'string',
            demandOption: true,
            nargs: 1,
            describe: 'Where to: distance and angle, e.g. "20 m, 15 deg"; "inf, 15 deg" for the far field',
          },
          hold: {
            type: 'boolean',
            default: false,
            describe: 'Hold the beam until Ctrl-C; else mute at once',
          },
          by: {
            choices: ['phases', 'delays'] as const,
            default: 'phases' as const,
            describe: 'Focus at the carrier by phases, or over the band by true time delays',
          },
          carrier: {
            type: 'string',
            requiresArg: true,
            describe: 'Carrier frequency, e.g. "28 GHz"; with a port',
          },
          calibration: {
            type: 'string',
            requiresArg: true,
            describe: 'Calibration table of the board; with a port',
          },
          baud: {
            type: 'string',
            requiresArg: true,
            describe: 'Bits per second of the line; with a port [3000000]',
          },
          ...wireLogOption,
        })
        .example('$0 steer /dev/ttyUSB0 --carrier "28 GHz" --to "20 m, 15 deg" --hold', 'Until Ctrl-C')
        .example(
          '$0 steer scenarios/first-light.yaml --to "inf, -30 deg"',
          "The scenario's board, here an emulated one",
        ),
    async (args) => {
      const { point, distanceM, angleRad } = pointOption(args.to);
      await withWireLog(context, args.wireLog, async (log) => {
        const { array, board, close, table } = await openTarget(args, context.signal, log);
        try {
          if (distanceM !== null) requirePlace(array, polarPointM(distanceM, angleRad));
          await hold(context, args, { array, board, table, point, name: place(distanceM, angleRad) });
        } finally {
          await close();
        }
      });
    },
  );

interface TargetArguments {
  readonly target: string;
  readonly carrier: string | undefined;
  readonly calibration: string | undefined;
  readonly baud: string | undefined;
}

type Target = OpenBoard & {
  readonly array: LinearArray;
  readonly table: ReturnType<typeof parseCalibrationTable> | null;
};

async function openTarget(
  { target, carrier, calibration, baud }: TargetArguments,
  signal: AbortSignal,
  log: WireLog | undefined,
): Promise<Target> {
  if (/\.ya?ml$/i.test(target)) {
    const given = Object.entries({ carrier, calibration, baud }).find(([, value]) => value !== undefined);
    if (given !== undefined) {
      throw new BeamloopError('BAD_ARGUMENT', {
        what: `--${given[0]} does not go with a scenario, which says it itself`,
        where: target,
        todo: `Leave it out, or change the scenario`,
      });
    }
    const scenarioFile = fileOrShipped(target);
    await loadPlugins([], { file: scenarioFile, kind: 'scenario' });
    const file = readScenario(scenarioFile, emulatedSection);
    const array = linearArrayOf(file.scenario, 'Steering to a point');
    const opened = await openBoard(file.scenario, signal, log);
    return { ...opened, array, table: file.calibration?.table ?? null };
  }
  if (carrier === undefined) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: 'A beam needs its carrier frequency, which a board does not know',
      where: '--carrier',
      todo: `Add it, e.g. --carrier "28 GHz", or name a scenario file instead of ${target}`,
    });
  }
  // What is wrong with the arguments is told before a port is touched.
  arrayFromOptions({ elements: '2', carrier });
  const baudRate = baudOption(baud ?? '3000000');
  const table =
    calibration === undefined
      ? null
      : parseCalibrationTable(readTextFile(calibration, 'calibration table'), calibration);
  const opened = await openBoardAt({ port: target, baud: baudRate }, signal, log);
  const elements = String(opened.board.description.numElements);
  return { ...opened, array: arrayFromOptions({ elements, carrier }), table };
}

interface Aim {
  readonly array: LinearArray;
  readonly board: ArrayBoard;
  readonly table: Target['table'];
  readonly point: FocalPoint;
  readonly name: string;
}

async function hold(
  context: CommandContext,
  {
    hold: held,
    by,
    json,
  }: { readonly hold: boolean; readonly by: 'phases' | 'delays'; readonly json: boolean },
  { array, board, table, point, name }: Aim,
): Promise<void> {
  const { stdout, signal } = context;
  const { description } = board;
  if (by === 'delays' && description.delayBits === 0 && description.delayLinesS === null) {
    throw new BeamloopError('BOARD_MISMATCH', {
      what: `The board ${description.model} (${description.serialNumber}) has no true time delays`,
      todo: 'Leave --by delays out',
    });
  }
  const beams = new BoardBeams(description, array.carrierHz, table);
  const codeword = by === 'delays' ? servingCodeword(array, point) : focusCodeword(array, point);
  const { settings, report } = beams.quantise(codeword);
  if (report.clippedDelays > 0) {
    warn(context, [
      `${report.clippedDelays} of ${array.numElements} elements need delays beyond the board's range`,
    ]);
  }
  const packed = board.pack(settings);
  // Before it is held, so that nothing that happens meanwhile is missed.
  const trouble = held ? whenLost(board, signal) : null;
  trouble?.catch(() => {});
  const receipt = await steer(board, packed, signal);
  const { gainLossDb } = report;
  if (json) {
    const { phaseRad, delayS } = beams.realise(codeword);
    const sent = { phaseRad: [...phaseRad], delayS: delayS && [...delayS] };
    printJson(stdout, { board: description.serialNumber, to: name, by, gainLossDb, receipt, held, ...sent });
  } else stdout.write(asText(array, board, { name, by, gainLossDb, receipt }));
  if (trouble === null) return;
  if (!json) context.stderr.write('Held; Ctrl-C mutes the array and ends\n');
  await trouble;
}

/** Resolves on Ctrl-C, which is how a held beam ends; rejects when the board lost the beam. */
function whenLost(board: ArrayBoard, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const lost = (what: string) =>
      reject(
        new BeamloopError('BOARD_RESET', {
          what,
          todo: 'Check its supply and cable, then steer again',
        }),
      );
    board.on('reset', () => lost('The board restarted and radiates the beam no more'));
    board.on('fault', ({ code }) => {
      if (code === 'watchdog') lost('The board heard nothing for too long and muted itself');
    });
    board.on('link', (state, reason) => {
      if (state === 'down') lost(`The link to the board is lost (${reason}); its watchdog mutes the beam`);
    });
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function asText(
  array: LinearArray,
  { description: d }: ArrayBoard,
  {
    name,
    by,
    gainLossDb,
    receipt,
  }: { readonly name: string; readonly by: string; readonly gainLossDb: number; readonly receipt: Receipt },
): string {
  const lines: [string, string][] = [
    ['board', `${d.model}, serial number ${d.serialNumber}, ${d.numElements} elements`],
    ['beam', `${name}, by ${by} at ${Number((array.carrierHz / 1e9).toPrecision(6))} GHz`],
    ['lost', `${Math.max(0, gainLossDb).toFixed(2)} dB where it focuses, by quantisation`],
    ['latched', `codeword ${receipt.hash} at board time ${receipt.boardTimeS.toFixed(6)} s`],
  ];
  return lines.map(([what, text]) => `${what.padEnd(9)}${text}\n`).join('');
}

/** As of a user that a scenario lists. */
function requirePlace(array: LinearArray, point: PointM): void {
  const wrong = wrongPlace(array, point);
  if (wrong === null) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `The point ${wrong.what}`,
    where: '--to',
    todo: `Point at least half a wavelength (${Number((array.spacingM * 1e3).toPrecision(3))} mm) away`,
  });
}

/** `20 m, 15 deg` or `inf, 15 deg`. */
function pointOption(text: unknown): { point: FocalPoint; distanceM: number | null; angleRad: number } {
  const parts = Array.isArray(text) ? [] : String(text).split(',');
  if (parts.length !== 2) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `'${text}' is not a distance and an angle`,
      where: '--to',
      todo: 'Give both, with a comma between: --to "20 m, 15 deg"',
    });
  }
  const [distance, angle] = parts.map((part) => part.trim());
  const angleRad = quantityOption('to', angle, 'rad');
  if (outside(angleRad, DIRECTION) !== null) {
    throw new BeamloopError('BAD_ARGUMENT', {
      what: `${angle} is behind the array`,
      where: '--to',
      todo: 'Give an angle from -90 deg to 90 deg',
    });
  }
  if (/^inf(inity)?$/i.test(distance!)) {
    return { point: focalPointAt(Number.POSITIVE_INFINITY, angleRad), distanceM: null, angleRad };
  }
  const distanceM = quantityOption('to', distance, 'm');
  const complaint = outside(distanceM, DISTANCE);
  if (complaint !== null)
    throw new BeamloopError('BAD_ARGUMENT', { what: `The distance ${complaint}`, where: '--to' });
  return { point: focalPointAt(distanceM, angleRad), distanceM, angleRad };
}
