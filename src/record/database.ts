/** Opens a recording's DuckDB file and turns DuckDB's complaints into ours. */
import { constants } from 'node:fs';
import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import { BeamloopError, type ErrorCode } from '../core/errors.js';
import { duckdb } from './duckdb.js';
import { libraryPath } from './library-path.js';
import { damageOfLog, type LogDamage } from './write-ahead-log.js';

type Mode = 'read' | 'write';

/** What was done about a damaged write-ahead log. */
export interface Recovery {
  /** Bytes at the end of the log that could not be used. */
  readonly lostBytes: number;
  /** Where the log is kept as it was found; it is left in place where the recording is only read. */
  readonly kept: string;
}

export interface OpenedDatabase {
  readonly instance: DuckDBInstance;
  /** Null when nothing was damaged, as far as the log tells. */
  readonly recovery: Recovery | null;
  /** Closes the database and removes what was made for it. */
  close(): Promise<void>;
}

/** A new DuckDB file. Throws FILE_UNWRITABLE. */
export async function createDatabase(file: string): Promise<DuckDBInstance> {
  return openFile(file, 'write').catch((error: unknown) => {
    if (error instanceof BeamloopError) throw error;
    throw cannotBeMade(path.dirname(file), error);
  });
}

export function cannotBeMade(folder: string, error: unknown): BeamloopError {
  return new BeamloopError('FILE_UNWRITABLE', {
    what: `The recording cannot be made: ${firstLine(error)}`,
    where: folder,
    todo: 'Check that the disk has room and that the folder is writable, or name another folder with --out',
    cause: error,
  });
}

/**
 * Opens the file of a recording. A log whose end is damaged is used as far as it is whole: 'write' puts the whole part in its
 * place and keeps the original beside it, 'read' changes nothing.
 *
 * @throws RECORDING_BUSY, RECORDING_DAMAGED, RECORDING_INVALID, FILE_UNREADABLE, FILE_UNWRITABLE.
 */
export async function openDatabase(file: string, mode: Mode): Promise<OpenedDatabase> {
  try {
    const damage = await damageOfLog(logOf(file));
    if (damage === null) return opened(await openFile(file, mode), null);
    return await openMended(file, mode, damage);
  } catch (error) {
    throw refusal(error, path.dirname(file), mode);
  }
}

function logOf(file: string): string {
  return `${file}.wal`;
}

async function openMended(
  file: string,
  mode: Mode,
  { whole, lostBytes }: LogDamage,
): Promise<OpenedDatabase> {
  await requireFree(file);
  const log = logOf(file);
  if (mode === 'write') {
    const kept = `${log}.damaged-${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}`;
    await copyFile(log, kept);
    await writeFile(`${log}.new`, whole, { flush: true });
    await rename(`${log}.new`, log);
    return opened(await openFile(file, 'write'), { lostBytes, kept });
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'beamloop-recording-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const copy = path.join(folder, path.basename(file));
    await copyFile(file, copy, constants.COPYFILE_FICLONE);
    await writeFile(logOf(copy), whole);
    return opened(await openFile(copy, 'read'), { lostBytes, kept: log }, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A log that another process is writing ends half way through an entry, too; but then that process holds the lock. */
async function requireFree(file: string): Promise<void> {
  const instance = await openFile(file, 'read').catch((error: Error) => {
    if (BUSY.pattern.test(error.message)) throw error;
    return null; // it is the damage that DuckDB complains about
  });
  instance?.closeSync();
}

function opened(
  instance: DuckDBInstance,
  recovery: Recovery | null,
  remove: () => Promise<void> = async () => {},
): OpenedDatabase {
  const close = async () => {
    instance.closeSync();
    await remove();
  };
  return { instance, recovery, close };
}

async function openFile(file: string, mode: Mode): Promise<DuckDBInstance> {
  return duckdb().DuckDBInstance.create(libraryPath(file), {
    access_mode: mode === 'read' ? 'READ_ONLY' : 'READ_WRITE',
    // One thread: row order is then fixed, exports are the same byte for byte, and the controller keeps its cores.
    threads: '1',
    autoinstall_known_extensions: 'false',
  });
}

/** A way in which DuckDB, or the system, says that a recording cannot be opened or read. */
interface Refusal {
  readonly pattern: RegExp;
  readonly code: ErrorCode | { readonly read: ErrorCode; readonly write: ErrorCode };
  readonly what: string;
  readonly todo: string;
}

const BUSY: Refusal = {
  pattern:
    /could not set lock on file|already attached by|unique file handle conflict|being used by another process/i,
  code: 'RECORDING_BUSY',
  what: 'Another process has the recording open',
  todo: 'Wait until the other beamloop has ended, or end it',
};

const REFUSALS: readonly Refusal[] = [
  BUSY,
  {
    pattern: /permission denied|EACCES|EPERM|EROFS|read-only file system/i,
    code: { read: 'FILE_UNREADABLE', write: 'FILE_UNWRITABLE' },
    what: 'The rights of the recording forbid it',
    todo: 'Give yourself the rights to the folder and to recording.duckdb in it, or copy the folder',
  },
  {
    pattern: /no space left|ENOSPC|disk quota|EDQUOT/i,
    code: 'FILE_UNWRITABLE',
    what: 'There is no room on the disk',
    todo: 'Make room, then try again',
  },
  {
    pattern: /not a valid DuckDB database/i,
    code: 'RECORDING_INVALID',
    what: 'Not a recording: recording.duckdb is no DuckDB file, or its beginning was overwritten',
    todo: 'Name the folder that beamloop run printed, or take a copy that you may have',
  },
];

/** Whatever else DuckDB cannot do with a file that it takes for its own is damage: checksums, sizes, entries of its log. */
const DAMAGED = {
  code: 'RECORDING_DAMAGED',
  what: 'The file of the recording is damaged',
  todo: 'Take a copy that you may have; tables that are whole can still be read with DuckDB',
} as const;

/** The error of ours that says why a recording cannot be opened ('write', 'read') or, once it is open, read ('read'). */
export function refusal(error: unknown, folder: string, mode: Mode): BeamloopError {
  if (error instanceof BeamloopError) return error;
  const said = error instanceof Error ? error.message : String(error);
  const { code, what, todo } = REFUSALS.find(({ pattern }) => pattern.test(said)) ?? DAMAGED;
  return new BeamloopError(typeof code === 'string' ? code : code[mode], {
    what: `${what} (${firstLine(error)})`,
    where: folder,
    todo,
    cause: error,
  });
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}
