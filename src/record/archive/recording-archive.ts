/**
 * Recordings in a NATS server's object store: an object for each file, in chunks and with its digest, and a manifest, which is put last and
 * removed first. What is listed is whole.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import type { ReadableStream } from 'node:stream/web';
import { type ObjectInfo, type ObjectStore, Objm } from '@nats-io/obj';
import { BeamloopError } from '../../core/errors.js';
import { shellWord } from '../../core/shell-word.js';
import type { Nats } from '../../nats/connect-nats.js';
import { openJetStream } from '../../nats/jetstream.js';
import { JETSTREAM, jetStreamCode, natsError } from '../../nats/nats-errors.js';
import { Recording } from '../recording.js';
import { isArchiveName, type Manifest, manifestOf } from './archive-manifest.js';
import { getFolder } from './get-folder.js';
import { noSuchRecording } from './no-such-recording.js';

const BUCKET = 'beamloop-recordings';
const MANIFESTS = 'recordings/';
const FILES = 'files/';
/** Of what is being made. */
const UNFINISHED = /\.new-/;

export interface ArchivedRecording {
  readonly name: string;
  readonly numBytes: number;
  readonly numFiles: number;
  /** ISO 8601. */
  readonly putAt: string;
}

/** Bytes so far, of all. */
export type ArchiveProgress = (numDone: number, numInAll: number) => void;

export class RecordingArchive {
  readonly #store: ObjectStore;
  readonly #shown: string;

  private constructor(store: ObjectStore, shown: string) {
    this.#store = store;
    this.#shown = shown;
  }

  /**
   * @param isMade whether the store is made where there is none.
   * @returns null where there is no store yet.
   * @throws NATS_NO_JETSTREAM, NATS_REFUSED, NATS_FULL, NATS_UNREACHABLE.
   */
  static async open(nats: Nats, isMade: boolean): Promise<RecordingArchive | null> {
    const { client, manager } = await openJetStream(nats);
    try {
      if (!isMade) await manager.streams.info(`OBJ_${BUCKET}`);
      const objects = new Objm(client);
      const store = isMade ? await objects.create(BUCKET) : await objects.open(BUCKET);
      return new RecordingArchive(store, nats.shown);
    } catch (error) {
      if (!isMade && jetStreamCode(error) === JETSTREAM.streamNotFound) return null;
      throw natsError(error, nats.shown);
    }
  }

  /** By name. */
  async list(): Promise<ArchivedRecording[]> {
    const found: ArchivedRecording[] = [];
    for (const { name } of await this.#asked(() => this.#store.list())) {
      if (!name.startsWith(MANIFESTS)) continue;
      const manifest = await this.#manifest(name.slice(MANIFESTS.length));
      if (manifest !== null) found.push(manifest.listed);
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Puts a recording there, with all files of its folder. Nobody can go on with it meanwhile.
   *
   * @throws what `Recording.open` throws, RECORDING_BUSY where it is being written; RECORDING_EXISTS; BAD_ARGUMENT for a name; NATS_FULL,
   *   NATS_UNREACHABLE; the signal's reason. Nothing of it is left there then.
   */
  async put(
    folder: string,
    name: string,
    signal: AbortSignal,
    progress: ArchiveProgress,
  ): Promise<ArchivedRecording> {
    requireName(name);
    const recording = await Recording.open(folder, 'read');
    const put: Manifest['files'] = [];
    try {
      if ((await this.#info(MANIFESTS + name)) !== null) throw this.#exists(name);
      const files = await filesOf(folder);
      const numInAll = files.reduce((sum, { numBytes }) => sum + numBytes, 0);
      const prefix = `${FILES}${randomUUID()}/`;
      let numDone = 0;
      for (const { file } of files) {
        const object = prefix + file;
        put.push({ file, object, numBytes: 0, digest: '' });
        const info = await this.#putFile(object, path.join(folder, file), signal, (numBytes) => {
          numDone += numBytes;
          progress(numDone, Math.max(numInAll, numDone));
        });
        put[put.length - 1] = { file, object, numBytes: info.size, digest: info.digest };
      }
      const manifest: Manifest = { schema: 'beamloop.recording.v1', files: put };
      await this.#store.putBlob({ name: MANIFESTS + name }, Buffer.from(JSON.stringify(manifest)));
    } catch (error) {
      for (const { object } of put) await this.#store.delete(object).catch(() => {});
      signal.throwIfAborted();
      throw natsError(error, this.#shown);
    } finally {
      await recording.close();
    }
    return (await this.#require(name)).listed;
  }

  /**
   * Gets a recording into a folder that is not there yet: whole, or not at all.
   *
   * @throws FILE_NOT_FOUND; RECORDING_EXISTS; RECORDING_DAMAGED where what is there is not what was put; FILE_UNWRITABLE; NATS_UNREACHABLE;
   *   the signal's reason.
   */
  async get(
    name: string,
    folder: string,
    signal: AbortSignal,
    progress: ArchiveProgress,
  ): Promise<ArchivedRecording> {
    const { listed, files } = await this.#require(name);
    let numDone = 0;
    await getFolder(folder, files, signal, async (wanted) => {
      const result = await this.#asked(() => this.#store.get(wanted.object));
      if (result === null || result.info.digest !== wanted.digest) return null;
      // It says the same once more, and nobody else hears of it.
      result.error.catch(() => {});
      const data = Readable.fromWeb(result.data as ReadableStream);
      data.on('data', ({ length }: Buffer) => {
        numDone += length;
        progress(numDone, listed.numBytes);
      });
      return data;
    });
    return listed;
  }

  /** @throws FILE_NOT_FOUND. */
  async remove(name: string): Promise<ArchivedRecording> {
    const { listed, files } = await this.#require(name);
    await this.#asked(() => this.#store.delete(MANIFESTS + name));
    for (const { object } of files) await this.#asked(() => this.#store.delete(object));
    return listed;
  }

  async #putFile(
    object: string,
    file: string,
    signal: AbortSignal,
    progress: (numBytes: number) => void,
  ): Promise<ObjectInfo> {
    const counted = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        progress(chunk.length);
        done(signal.aborted ? signal.reason : null, chunk);
      },
    });
    const bytes = createReadStream(file);
    bytes.once('error', (error) => counted.destroy(error));
    try {
      const data = Readable.toWeb(bytes.pipe(counted)) as unknown as globalThis.ReadableStream<Uint8Array>;
      return await this.#store.put({ name: object }, data);
    } finally {
      bytes.destroy();
    }
  }

  async #require(name: string) {
    requireName(name);
    const manifest = await this.#manifest(name);
    if (manifest !== null) return manifest;
    throw noSuchRecording(name, this.#shown);
  }

  /** Null where there is none of this name. @throws RECORDING_DAMAGED where it cannot be read. */
  async #manifest(name: string) {
    const result = await this.#asked(() => this.#store.get(MANIFESTS + name));
    if (result === null) return null;
    const text = await textOf(Readable.fromWeb(result.data as ReadableStream)).catch(() => '');
    await result.error.catch(() => {});
    const manifest = manifestOf(text);
    if (manifest === null) {
      throw new BeamloopError('RECORDING_DAMAGED', {
        what: `What the NATS server has of the recording ${name} cannot be read, or is of another version of beamloop`,
        where: this.#shown,
        todo: 'Put it there again from where it was recorded, under another name',
      });
    }
    const { files } = manifest;
    const listed: ArchivedRecording = {
      name,
      numBytes: files.reduce((sum, { numBytes }) => sum + numBytes, 0),
      numFiles: files.length,
      putAt: result.info.mtime,
    };
    return { listed, files };
  }

  async #info(name: string): Promise<ObjectInfo | null> {
    const info = await this.#asked(() => this.#store.info(name));
    return info?.deleted === true ? null : info;
  }

  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw natsError(error, this.#shown);
    }
  }

  #exists(name: string): BeamloopError {
    return new BeamloopError('RECORDING_EXISTS', {
      what: `The NATS server already has a recording named ${name}`,
      where: this.#shown,
      todo: `Name another with --name, or remove that one: beamloop recording remove ${shellWord(name)}`,
    });
  }
}

function requireName(name: string): void {
  if (isArchiveName(name)) return;
  throw new BeamloopError('BAD_ARGUMENT', {
    what: `'${name}' cannot be the name of a recording`,
    todo: 'Take one without slashes, colons and control characters, of 200 characters at most',
  });
}

/** All that a folder holds, but for what is being made in it. */
async function filesOf(folder: string): Promise<{ readonly file: string; readonly numBytes: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files: { file: string; numBytes: number }[] = [];
  for (const entry of entries) {
    if (!entry.isFile() || UNFINISHED.test(entry.name)) continue;
    const file = path.join(entry.parentPath, entry.name);
    const { size } = await stat(file);
    files.push({ file: path.relative(folder, file).split(path.sep).join('/'), numBytes: size });
  }
  return files.sort((a, b) => (a.file < b.file ? -1 : 1));
}
