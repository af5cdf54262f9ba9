/** The recordings of a folder, and what each is of, as far as it can be read. */
import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { isCalibration } from '../campaign/calibration/recorded-calibration.js';
import { BeamloopError } from '../core/errors.js';
import { Recording } from '../record/recording.js';
import { FILE_NAME } from '../record/recording-file.js';
import type { RecordingEntry, RecordingList } from './page-messages.js';
import { pageError } from './responses.js';

export const REPORT_NAME = 'report.html';
/** Are opened; of more, the latest. */
const MOST_RECORDINGS = 100;
/** Entries of a folder that are looked at. */
const MOST_ENTRIES = 10_000;

/** @throws FILE_NOT_FOUND, FILE_UNREADABLE of the folder itself. */
export async function listRecordings(folder: string): Promise<RecordingList> {
  const { names, numForeign } = recordingNames(folder);
  const latest = names
    .map((name) => ({ name, modifiedMs: statSync(path.join(folder, name, FILE_NAME)).mtimeMs }))
    .sort((a, b) => b.modifiedMs - a.modifiedMs)
    .slice(0, MOST_RECORDINGS);
  const recordings: RecordingEntry[] = [];
  for (const { name } of latest) recordings.push(await entryOf(folder, name));
  return { folder, recordings, numForeign, numMore: names.length - latest.length };
}

/**
 * Names below `folder` of what has the file of a recording: its own folders, and those of a sweep within. Links are not followed: what
 * is shown lies in the folder that the user named.
 */
export function recordingNames(folder: string): { readonly names: string[]; readonly numForeign: number } {
  const names: string[] = [];
  let numForeign = 0;
  for (const entry of entriesOf(folder)) {
    const inner = path.join(folder, entry);
    if (isRecording(inner)) names.push(entry);
    else {
      const within = isFolder(inner)
        ? entriesOf(inner).filter((name) => isRecording(path.join(inner, name)))
        : [];
      if (within.length === 0) numForeign++;
      names.push(...within.map((name) => `${entry}/${name}`));
    }
  }
  return { names, numForeign };
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, MOST_ENTRIES);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new BeamloopError(isMissing ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE', {
      what: isMissing ? 'There is no such folder yet' : `The folder cannot be read: ${code}`,
      where: folder,
      todo: isMissing ? 'Runs make it; or name another folder' : 'Check its permissions',
      cause,
    });
  }
}

function isFolder(name: string): boolean {
  return lstatSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
}

function isRecording(folder: string): boolean {
  return (
    isFolder(folder) && lstatSync(path.join(folder, FILE_NAME), { throwIfNoEntry: false })?.isFile() === true
  );
}

async function entryOf(root: string, name: string): Promise<RecordingEntry> {
  const folder = path.join(root, name);
  const sizeBytes = statSync(path.join(folder, FILE_NAME)).size;
  const unread = {
    name,
    sizeBytes,
    title: null,
    scheme: null,
    kind: null,
    startedAt: null,
    numUsers: null,
    numFound: null,
    hasReport: existsSync(path.join(folder, REPORT_NAME)),
  };
  try {
    return { ...unread, ...(await readEntry(folder)), error: null };
  } catch (error) {
    const isBusy = error instanceof BeamloopError && error.code === 'RECORDING_BUSY';
    return { ...unread, state: isBusy ? 'busy' : 'unreadable', error: pageError(error) };
  }
}

async function readEntry(folder: string) {
  const kind = (await isCalibration(folder)) ? ('calibration' as const) : ('run' as const);
  const recording = await Recording.open(folder, 'read');
  try {
    const scenario = (await recording.runValue('scenario')) as {
      readonly title?: string;
      readonly scheme?: { readonly name?: string };
    } | null;
    const name = await recording.runValue('scenarioName');
    const events = await recording.query(
      `SELECT min(wall_time)::VARCHAR AS first, bool_or(kind = 'finished') AS finished FROM events`,
    );
    const count = async (sql: string) => Number((await recording.query(sql))[0]!.n);
    const [{ first, finished } = { first: null, finished: null }] = events;
    return {
      kind,
      state: finished === true ? ('complete' as const) : ('unfinished' as const),
      title: scenario?.title ?? (typeof name === 'string' ? name : null),
      scheme: scenario?.scheme?.name ?? null,
      startedAt: typeof first === 'string' ? first : null,
      numUsers: await count('SELECT count(*) AS n FROM users'),
      numFound: await count('SELECT count(DISTINCT ue) AS n FROM estimates'),
    };
  } finally {
    await recording.close();
  }
}
