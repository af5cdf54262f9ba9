/** Reads scenario files, with the calibration tables that they name. */
import path from 'node:path';
import type { z } from 'zod';
import { type CalibrationTable, parseCalibrationTable } from '../../calibration/calibration-table.js';
import { BeamloopError } from '../core/errors.js';
import { parseSettings } from '../core/settings-file.js';
import { readTextFile } from '../core/text-file.js';
import { withPluginSchemes } from '../training/plugins/named-files.js';
import { withBoardFile } from './board-file.js';
import { type MotionTexts, withTracks } from './motion-files.js';
import { checkScenario } from './scenario-checks.js';
import { type Scenario, scenarioSchema } from './scenario-schema.js';
import { type Settings, type SweepOptions, settingsText, variantsOf } from './sweep.js';
import { portOf } from './tiles-schema.js';

export interface ScenarioFile<E = unknown> {
  /** The file's name without folder and ending. */
  readonly name: string;
  readonly text: string;
  /** What was set of it on the command line; the text has it in it. */
  readonly settings?: Settings;
  readonly scenario: Scenario<E>;
  /** The calibration table that the scenario names, as text and read; null when it names none. */
  readonly calibration: { readonly text: string; readonly table: CalibrationTable } | null;
  /** Files of motions, and the template of a board, by the names that the scenario gives them; absent when it names none. */
  readonly motionTexts?: MotionTexts;
}

/** Reads a scenario. Throws FILE_NOT_FOUND, FILE_UNREADABLE or SCENARIO_INVALID (naming line and key). */
export function readScenario<E extends z.ZodType>(file: string, emulated: E): ScenarioFile<z.output<E>> {
  return parseScenario(readTextFile(file, 'scenario'), file, emulated);
}

/**
 * Reads a scenario in all variants that are asked for, each checked before any is run.
 *
 * @throws as `readScenario`, and BAD_ARGUMENT for settings that cannot be set.
 */
export function readVariants<E extends z.ZodType>(
  file: string,
  emulated: E,
  options: SweepOptions,
): ScenarioFile<z.output<E>>[] {
  const text = readTextFile(file, 'scenario');
  return variantsOf(text, options).map(({ settings, text: changed }) => {
    if (changed === text) return parseScenario(text, file, emulated);
    try {
      return { ...parseScenario(changed, file, emulated), settings };
    } catch (error) {
      if (!(error instanceof BeamloopError)) throw error;
      const { code, what, where = file, todo, cause } = error;
      throw new BeamloopError(code, {
        what,
        where: `${where}; with ${settingsText(settings)}`,
        ...(todo !== undefined && { todo }),
        cause,
      });
    }
  });
}

/**
 * As `readScenario`, for text that is already there.
 *
 * @param calibrationText the calibration table's text, where that is already there too (in a recording).
 * @param onBare as of `parseSettings`, for scenario and table.
 * @param motionTexts those of the files that motions name, where they are already there too.
 */
export function parseScenario<E extends z.ZodType>(
  text: string,
  file: string,
  emulated: E,
  calibrationText?: string,
  onBare?: (reading: string) => void,
  motionTexts?: MotionTexts,
): ScenarioFile<z.output<E>> {
  const schema = withPluginSchemes(scenarioSchema(emulated), file);
  const given = parseSettings(text, schema, file, 'scenario', onBare) as Scenario<z.output<E>>;
  const named = { ...given, board: { ...given.board, port: portOf(given.board) } };
  const boarded = withBoardFile(named, file, motionTexts);
  const tracked = withTracks(boarded.scenario, file, motionTexts);
  const { scenario } = tracked;
  const texts = { ...boarded.texts, ...tracked.texts };
  checkScenario(scenario, file);
  const calibration = calibrationOf(scenario, file, calibrationText, onBare);
  return {
    name: path.basename(file).replace(/\.ya?ml$/i, ''),
    text,
    scenario,
    calibration,
    ...(Object.keys(texts).length > 0 && { motionTexts: texts }),
  };
}

function calibrationOf(
  { board }: Scenario,
  file: string,
  knownText: string | undefined,
  onBare?: (reading: string) => void,
): ScenarioFile['calibration'] {
  if (board.calibration === undefined) return null;
  const tableFile = path.resolve(path.dirname(file), board.calibration);
  const text = knownText ?? readTextFile(tableFile, 'calibration table');
  return { text, table: parseCalibrationTable(text, board.calibration, onBare) };
}
