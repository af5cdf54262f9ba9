/** The board and array that a beam is pointed with: those of a scenario, or what is at a port. */
import { parseCalibrationTable } from '../../../calibration/calibration-table.js';
import type { WireLog } from '../../../drivers/wire/wire-log.js';
import { BeamloopError } from '../../core/errors.js';
import { readTextFile } from '../../core/text-file.js';
import { readScenario } from '../../scenario/scenario.js';
import { arrayOf } from '../../scenario/users.js';
import { emulatedSection, type OpenBoard, openBoard, openBoardAt } from '../../testbed.js';
import { arrayFromOptions, baudOption } from '../options.js';
import { loadPlugins } from '../plugins.js';
import { fileOrShipped } from '../shipped-files.js';
import type { SteeredArray } from './beam.js';

export interface TargetArguments {
  readonly target: string;
  readonly carrier: string | undefined;
  readonly calibration: string | undefined;
  readonly baud: string | undefined;
}

export type Target = OpenBoard & SteeredArray & { readonly isEmulated: boolean };

/** @throws what reading the scenario and opening the board throw. */
export async function openTarget(
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
    const array = arrayOf(file.scenario);
    const opened = await openBoard(file.scenario, signal, log);
    const isEmulated = file.scenario.board.port === 'emulated';
    return { ...opened, array, isEmulated, table: file.calibration?.table ?? null };
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
  return { ...opened, array: arrayFromOptions({ elements, carrier }), isEmulated: false, table };
}
