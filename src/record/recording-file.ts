/** The file of a recording: how it comes into being at once, and whether it is there. */
import { existsSync } from 'node:fs';
import { link, open as openFile, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { BeamloopError } from '../core/errors.js';
import { shellWord } from '../core/shell-word.js';
import { makeFolder } from '../core/writing.js';
import { cannotBeMade, createDatabase, refusal } from './database.js';
import { RowCollector } from './plain-rows.js';
import { RowAppender } from './row-appender.js';
import { createTablesSql, RECORDING_SCHEMA_VERSION } from './schema.js';

export const FILE_NAME = 'recording.duckdb';
/** Of the file while it is made; the number of the process follows. */
const UNFINISHED = `${FILE_NAME}.new-`;

/** What identifies a run; every entry becomes a row of table `run`. */
export interface RunInfo {
  readonly scenarioName: string;
  /** The scenario file as it was read. */
  readonly scenarioText: string;
  /** The calibration table that the scenario names, as it was read; null when it names none. */
  readonly calibrationText: string | null;
  /** Files of motions that the scenario names, as they were read, by their names in it; absent when it names none. */
  readonly motionTexts?: Readonly<Record<string, string>>;
  /** Scenario after units, defaults and drawn users were resolved. */
  readonly scenario: unknown;
  readonly seed: number;
  /** What was set apart from the file, by key; absent when nothing was. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The file that defines the scheme, absolute, and its content's hash; absent for schemes of beamloop. */
  readonly plugin?: { readonly file: string; readonly sha256: string };
  readonly versions: Readonly<Record<string, string>>;
}

/**
 * Makes the file of a recording in `folder`, which is created. Until it is whole it has another name: whoever sees the recording can
 * open it. Throws RECORDING_EXISTS when the folder holds one already; FILE_UNWRITABLE.
 */
export async function createRecordingFile(folder: string, info: RunInfo): Promise<void> {
  requireFree(folder);
  await makeFolder('The folder of the recording', folder);
  await removeLeftovers(folder);
  const unfinished = path.join(folder, `${UNFINISHED}${process.pid}`);
  try {
    await writeBeginning(unfinished, info);
    await nameExclusively(unfinished, path.join(folder, FILE_NAME));
  } catch (error) {
    await removeLeftovers(folder);
    await rmdir(folder).catch(() => {}); // only when nothing else is in it
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw exists(folder);
    throw error instanceof BeamloopError ? error : cannotBeMade(folder, error);
  }
}

/** Throws RECORDING_EXISTS when the folder holds a recording already. */
export function requireFree(folder: string): void {
  if (existsSync(path.join(folder, FILE_NAME))) throw exists(folder);
}

/** The file with its tables and what identifies the run, without a log beside it. */
async function writeBeginning(file: string, info: RunInfo): Promise<void> {
  const instance = await createDatabase(file);
  try {
    const writer = await instance.connect();
    await writer.run('BEGIN');
    await writer.run(createTablesSql());
    const appender = await RowAppender.open(writer);
    const entries = Object.entries({ schemaVersion: RECORDING_SCHEMA_VERSION, ...info });
    const rows = new RowCollector('run');
    for (const [key, value] of entries) rows.append({ key, value });
    appender.append(rows.take());
    appender.flush();
    await writer.run('COMMIT');
    appender.close();
    await writer.run('CHECKPOINT');
    writer.closeSync();
  } finally {
    instance.closeSync();
  }
}

/** Gives a file another name unless that is taken (EEXIST), at once and for good. */
async function nameExclusively(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await unlink(from);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Some file systems know no second names.
    if (code === undefined || !['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(code)) throw error;
    await rename(from, to);
  }
  const folder = await openFile(path.dirname(to)).catch(() => null); // not everywhere can folders be opened
  await folder?.sync().catch(() => {});
  await folder?.close();
}

/** Removes what processes left that ended while they made a recording here. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(UNFINISHED)) continue;
    const pid = Number.parseInt(name.slice(UNFINISHED.length), 10);
    if (pid !== process.pid && isRunning(pid)) continue;
    await unlink(path.join(folder, name)).catch(() => {});
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Throws FILE_NOT_FOUND, RECORDING_INVALID, FILE_UNREADABLE. */
export async function requireRecording(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') throw notARecording(folder, 'it is a file');
    if (error.code !== 'ENOENT') throw refusal(error, folder, 'read');
    throw new BeamloopError('FILE_NOT_FOUND', {
      what: 'The folder does not exist',
      where: folder,
      todo: 'Name the folder that beamloop run printed, e.g. recordings/first-light-20261121T120000Z',
    });
  });
  if (names.includes(FILE_NAME)) return;
  if (!names.some((name) => name.startsWith(UNFINISHED)))
    throw notARecording(folder, `it holds no ${FILE_NAME}`);
  throw new BeamloopError('RECORDING_INVALID', {
    what: 'The run ended before it had recorded anything',
    where: folder,
    todo: 'Start it again with beamloop run',
  });
}

function exists(folder: string): BeamloopError {
  return new BeamloopError('RECORDING_EXISTS', {
    what: 'The folder already holds a recording',
    where: folder,
    todo: `Name another folder with --out, or go on with: beamloop resume ${shellWord(folder)}`,
  });
}

export function notARecording(folder: string, why: string): BeamloopError {
  return new BeamloopError('RECORDING_INVALID', {
    what: `Not a recording: ${why}`,
    where: folder,
    todo: 'Name the folder that beamloop run printed',
  });
}
