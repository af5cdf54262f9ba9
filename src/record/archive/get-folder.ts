/** Writes the files of a folder that comes from elsewhere: beside it first, and under its name once all are there. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BeamloopError } from '../../core/errors.js';
import { makeFolder } from '../../core/writing.js';
import type { Manifest } from './archive-manifest.js';

/** Of a file, between two pieces: whose pieces are gone nobody says. */
const PATIENCE_MS = 30_000;

type Wanted = Manifest['files'][number];

/**
 * @param folder not there yet, or empty.
 * @param read gives the bytes of a file; null where the store has not what was put there.
 * @param patienceMs what may pass between two pieces of a file.
 * @throws RECORDING_EXISTS, RECORDING_DAMAGED, FILE_UNWRITABLE, what `read` throws, the signal's reason; nothing is left then.
 */
export async function getFolder(
  folder: string,
  files: readonly Wanted[],
  signal: AbortSignal,
  read: (file: Wanted) => Promise<Readable | null>,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  await requireFree(folder);
  const parent = path.dirname(path.resolve(folder));
  await makeFolder('The recording', parent);
  const unfinished = path.join(parent, `.${path.basename(folder)}.new-${randomUUID()}`);
  try {
    for (const wanted of files) {
      signal.throwIfAborted();
      const target = path.join(unfinished, ...wanted.file.split('/'));
      await writable(folder, () => mkdir(path.dirname(target), { recursive: true }));
      await write(wanted, target, await read(wanted), { signal, folder, patienceMs });
    }
    await requireFree(folder);
    await writable(folder, () => rename(unfinished, folder));
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    signal.throwIfAborted();
    throw error;
  }
}

async function requireFree(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') return [folder];
    throw unwritable(folder, error);
  });
  if (entries.length === 0) return;
  throw new BeamloopError('RECORDING_EXISTS', {
    what: 'There is something of this name already, which is left alone',
    where: folder,
    todo: 'Name another folder with --out',
  });
}

async function write(
  { file, numBytes, digest }: Wanted,
  target: string,
  data: Readable | null,
  { signal, folder, patienceMs }: { signal: AbortSignal; folder: string; patienceMs: number },
): Promise<void> {
  if (data === null) throw damaged(file, 'it is not there any more, or is another');
  const hash = createHash('sha256');
  let numWritten = 0;
  let fault: Error | null = null;
  const patience = setTimeout(() => data.destroy(new Error('its pieces do not come')), patienceMs);
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      patience.refresh();
      hash.update(chunk);
      numWritten += chunk.length;
      done(null, chunk);
    },
  });
  data.once('error', (error) => {
    fault = error;
  });
  try {
    await pipeline(data, counted, createWriteStream(target, { flush: true }), { signal });
  } catch (error) {
    throw fault === null
      ? unwritable(folder, error)
      : damaged(file, (fault as Error).message.split('\n')[0]!);
  } finally {
    clearTimeout(patience);
  }
  if (numWritten !== numBytes) throw damaged(file, `it has ${numWritten} of ${numBytes} bytes`);
  // With `=` or without, as servers and libraries write it.
  const bare = (text: string) => text.replace(/^SHA-256=/, '').replace(/=+$/, '');
  if (bare(hash.digest('base64url')) !== bare(digest)) throw damaged(file, 'its digest is another');
}

async function writable<T>(folder: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw unwritable(folder, error);
  }
}

function unwritable(folder: string, error: unknown): BeamloopError {
  return new BeamloopError('FILE_UNWRITABLE', {
    what: `The recording cannot be written: ${error instanceof Error ? error.message : error}`,
    where: folder,
    todo: 'Check that the folder is writable and the disk has room',
    cause: error,
  });
}

function damaged(file: string, why: string): BeamloopError {
  return new BeamloopError('RECORDING_DAMAGED', {
    what: `What the NATS server has of the recording is damaged: ${file}: ${why}`,
    todo: 'Put it there again from where it was recorded, under another name; nothing was written here',
  });
}
