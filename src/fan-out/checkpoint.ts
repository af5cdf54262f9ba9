/** Keeps results of jobs on disk as they come, so that a study that was stopped goes on with those that are missing. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { BeamloopError } from '../core/errors.js';
import { makeFolder } from '../core/writing.js';
import { CheckpointFile } from './checkpoint-file.js';
import type { Executor, RunOptions, Simulation } from './executor.js';
import { decodeData, digestOfJobs, encodeData } from './plain-data.js';
import { programIdentity } from './program-identity.js';
import type { JobList } from './user-job.js';

export interface CheckpointOptions {
  /** What stands for files that the study names. */
  readonly inputs: unknown;
  /** Told once, when some results are there already: users of their jobs, and users in all. */
  readonly onResume?: ((numUsersDone: number, numUsers: number) => void) | undefined;
}

/** First byte of a record: a list of jobs begins, or a result. */
const LIST = 0;
const RESULT = 1;
/** Of a result, in front of it: kind, number of its list, index of its job. */
const RESULT_HEAD_BYTES = 13;

export class Checkpoint {
  readonly file: string;
  readonly #options: CheckpointOptions;
  #open: CheckpointFile | null = null;
  #numLists = 0;

  constructor(file: string, options: CheckpointOptions) {
    this.file = file;
    this.#options = options;
  }

  /** The executor, which is only asked for what is missing. A study may run several lists of jobs, always in the same order. */
  around(executor: Executor): Executor {
    const runJobs = <Result>(simulation: Simulation, jobs: JobList, options: RunOptions) =>
      this.#runJobs<Result>(executor, simulation, jobs, options);
    return { runJobs };
  }

  /** The results are written: it is not needed any more. */
  remove(): void {
    this.close();
    rmSync(this.file, { force: true });
  }

  close(): void {
    this.#open?.close();
    this.#open = null;
  }

  async *#runJobs<Result>(
    executor: Executor,
    simulation: Simulation,
    jobs: JobList,
    options: RunOptions,
  ): AsyncGenerator<Result> {
    const list = ++this.#numLists;
    const digest = digestOfJobs(programIdentity(), simulation, jobs, this.#options.inputs);
    const file = await this.#opened();
    const kept = this.#find(file, list, digest, jobs);
    const missing = missingOf(jobs, kept.offsets);
    if (kept.numUsers > 0) this.#options.onResume?.(kept.numUsers, kept.numUsers + missing.numUsers);
    const results = executor.runJobs<Result>(simulation, missing, {
      ...options,
      onResult: (k, result) => {
        const index = missing.indexes[k]!;
        file.append(Buffer.concat([headOf(list, index), encodeData(result)]));
        options.onResult?.(index, result);
      },
      onProgress: (numDone, numUsers) =>
        options.onProgress?.(kept.numUsers + numDone, kept.numUsers + numUsers),
    });
    const iterator = results[Symbol.asyncIterator]();
    try {
      for (let index = 0; index < jobs.length; index++) {
        const offset = kept.offsets[index]!;
        if (offset > 0) {
          options.signal?.throwIfAborted();
          yield decodeData(file.read(offset, kept.lengths[index]!)) as Result;
        } else yield (await iterator.next()).value as Result;
      }
      // What comes after the last one is the end, or what went wrong.
      await iterator.next();
    } finally {
      await iterator.return?.();
    }
  }

  async #opened(): Promise<CheckpointFile> {
    if (this.#open !== null) return this.#open;
    await makeFolder('The checkpoint', path.dirname(this.file));
    const program = programIdentity();
    const file = new CheckpointFile(this.file, program);
    this.#open = file;
    if (file.heading !== program) this.#refuse(`beamloop ${file.heading}, and this is ${program}`);
    return file;
  }

  /** Where results of a list's jobs are in the file. */
  #find(file: CheckpointFile, list: number, digest: string, jobs: JobList) {
    const offsets = new Float64Array(jobs.length);
    const lengths = new Uint32Array(jobs.length);
    let numUsers = 0;
    let isKnown = false;
    for (const { offset, bytes } of file.records()) {
      if (bytes.readUInt32LE(1) !== list) continue;
      if (bytes[0] === LIST) {
        const found = bytes.toString('latin1', 5);
        if (found !== digest) {
          this.#refuse(`another study, seed or input: digest ${short(found)}, and this has ${short(digest)}`);
        }
        isKnown = true;
        continue;
      }
      const index = bytes.readDoubleLE(5);
      // Two processes may have done the same job.
      if (index >= jobs.length || offsets[index]! > 0) continue;
      offsets[index] = offset + RESULT_HEAD_BYTES;
      lengths[index] = bytes.length - RESULT_HEAD_BYTES;
      numUsers += jobs.at(index)!.numUsers;
    }
    if (!isKnown) file.append(Buffer.concat([Buffer.of(LIST), unsigned(list), Buffer.from(digest)]));
    return { offsets, lengths, numUsers };
  }

  #refuse(whose: string): never {
    this.close();
    throw new BeamloopError('STUDY_MISMATCH', {
      what: `The unfinished study in this folder is of ${whose}`,
      where: this.file,
      todo: 'Give --fresh to start anew without it, or another folder with --out',
    });
  }
}

function headOf(list: number, index: number): Buffer {
  const head = Buffer.alloc(RESULT_HEAD_BYTES);
  head[0] = RESULT;
  head.writeUInt32LE(list, 1);
  head.writeDoubleLE(index, 5);
  return head;
}

function unsigned(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function short(digest: string): string {
  return digest.slice(0, 12);
}

/** The jobs without a result, as a list of their own. */
function missingOf(jobs: JobList, offsets: Float64Array) {
  const indexes = new Uint32Array(offsets.reduce((sum, offset) => sum + Number(offset === 0), 0));
  let length = 0;
  let numUsers = 0;
  offsets.forEach((offset, index) => {
    if (offset > 0) return;
    indexes[length++] = index;
    numUsers += jobs.at(index)!.numUsers;
  });
  return {
    indexes,
    length,
    numUsers,
    at: (k: number) => (k >= 0 && k < length ? jobs.at(indexes[k]!) : undefined),
  };
}
