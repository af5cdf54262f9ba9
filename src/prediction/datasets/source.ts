/** Tells what a folder holds, and opens it. */
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { BeamloopError } from '../../core/errors.js';
import { shellWord } from '../../core/shell-word.js';
import type { PathScenario } from './deepmimo/user-paths.js';
import { openV3, userFilesOf } from './deepmimo/v3.js';
import { openV4, pairsOf } from './deepmimo/v4.js';
import { isScenario } from './deepsense/columns.js';
import { csvNames } from './deepsense/csv-table.js';
import { openScenario, type ScenarioOptions } from './deepsense/scenario.js';
import { isWindowTable, openWindowTable, type WindowTable } from './deepsense/sequences.js';
import { MANIFEST } from './parquet/manifest.js';
import { invalid } from './problems.js';
import type { SampleScenario } from './samples.js';

export type Source =
  | { readonly kind: 'samples'; readonly folder: string; readonly opened: SampleScenario }
  | { readonly kind: 'windows'; readonly folder: string; readonly opened: WindowTable }
  | { readonly kind: 'paths'; readonly folder: string; readonly opened: PathScenario };

const KNOWN =
  'Give a folder of a DeepSense 6G scenario (with its table, scenario9.csv), one of DeepMIMO v3 (with params.mat) or v4 (with params.json), or the table itself';

/**
 * @param named folder, or a table in it.
 * @throws FILE_NOT_FOUND; DATASET_INVALID for what is none of the known layouts, or not whole.
 */
export async function openSource(named: string, options: ScenarioOptions = {}): Promise<Source> {
  const found = await stat(named).catch(() => null);
  if (found === null) {
    throw new BeamloopError('FILE_NOT_FOUND', {
      what: 'There is no such folder or table',
      where: named,
      todo: 'Check the path; it is taken relative to the current folder',
    });
  }
  if (!found.isDirectory()) return openTable(named, options);
  const entries = await readdir(named, { withFileTypes: true });
  const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const paths = await openPaths(named, names);
  if (paths !== null) return { kind: 'paths', folder: named, opened: paths };
  const tables = await tablesAmong(named, names);
  if (tables.length === 1) return openTable(path.join(named, tables[0]!), options);
  if (tables.length > 1) {
    throw invalid(
      `The folder has several tables: ${tables.join(', ')}`,
      named,
      `Name one of them, such as ${shellWord(path.join(named, tables[0]!))}`,
    );
  }
  throw invalid(...(await complaintOf(named, names, folders)));
}

async function openTable(file: string, options: ScenarioOptions): Promise<Source> {
  const folder = path.dirname(file);
  const names = path.extname(file).toLowerCase() === '.csv' ? await csvNames(file) : null;
  if (names !== null && isWindowTable(names)) {
    return { kind: 'windows', folder, opened: await openWindowTable(file, options.labelBase) };
  }
  if (names !== null && isScenario(names)) {
    return { kind: 'samples', folder, opened: await openScenario(file, options) };
  }
  throw invalid('The file is no table of a scenario, nor one of windows', file, KNOWN);
}

/** Null where there are no files of DeepMIMO. */
async function openPaths(folder: string, names: readonly string[]): Promise<PathScenario | null> {
  if (userFilesOf(names).length > 0) {
    if (names.includes('params.mat')) return openV3(folder, names);
    throw invalid(
      'There is no params.mat beside the files of users',
      folder,
      'Put that of the scenario there',
    );
  }
  if (pairsOf(names).length === 0) return null;
  // Scenes of a dynamic scenario may share the parameters of the folder above.
  const parameters = [folder, path.dirname(path.resolve(folder))].map((place) =>
    path.join(place, 'params.json'),
  );
  const file = parameters.find((each) => existsSync(each));
  if (file !== undefined) return openV4(folder, names, file);
  throw invalid(
    'There is no params.json beside the files of quantities',
    folder,
    'Put that of the scenario there',
  );
}

/** Tables of scenarios, else tables of windows. */
async function tablesAmong(folder: string, names: readonly string[]): Promise<string[]> {
  const scenarios: string[] = [];
  const windows: string[] = [];
  for (const name of names.filter((each) => each.toLowerCase().endsWith('.csv'))) {
    const columns = await csvNames(path.join(folder, name));
    if (columns === null) continue;
    if (isWindowTable(columns)) windows.push(name);
    else if (isScenario(columns)) scenarios.push(name);
  }
  return scenarios.length > 0 ? scenarios : windows;
}

async function complaintOf(
  folder: string,
  names: readonly string[],
  folders: readonly string[],
): Promise<[what: string, where: string, todo: string]> {
  if (names.includes(MANIFEST)) {
    return [
      'The folder holds a data set that was imported already',
      folder,
      'Use it as it is, or see it with: beamloop dataset info',
    ];
  }
  if (names.includes('recording.duckdb')) {
    return [
      'This is a recording',
      folder,
      `Make a data set of it with: beamloop dataset export ${shellWord(folder)} --out <folder>`,
    ];
  }
  for (const inner of folders) {
    const inside = await readdir(path.join(folder, inner)).catch(() => []);
    const name = shellWord(path.join(folder, inner));
    if (pairsOf(inside).length > 0 || userFilesOf(inside).length > 0) {
      return [
        'The scenario has scenes, each in a folder of its own',
        folder,
        `Name one of them, such as ${name}`,
      ];
    }
    if ((await tablesAmong(path.join(folder, inner), inside)).length > 0) {
      return ['The table of the scenario is in a folder further down', folder, `Name that one: ${name}`];
    }
  }
  const seen = [...names, ...folders.map((name) => `${name}/`)].slice(0, 5).join(', ');
  return [
    `The folder is of no layout that is known${seen === '' ? ': it is empty' : `; it holds ${seen}`}`,
    folder,
    KNOWN,
  ];
}
