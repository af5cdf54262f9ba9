/** What is kept of a study that was stopped: every bit of what was done, and nothing of another study. */
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Checkpoint } from '../../../src/fan-out/checkpoint.js';
import { allOf, type Executor, type RunOptions, type Simulation } from '../../../src/fan-out/executor.js';
import { type JobList, jobsOf, type UserJob } from '../../../src/fan-out/user-job.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'checkpoint-'));
  file = path.join(folder, 'deeper', 'checkpoint');
});
afterEach(() => rmSync(folder, { recursive: true }));

const simulation: Simulation = { kind: 'test', study: { seed: 1, snr: Infinity }, traced: false };
/** All that crosses between threads and that JSON would lose. */
const resultOf = ({ firstUser }: UserJob) => ({
  firstUser,
  values: Float64Array.of(Number.NaN, -0, 1 / firstUser),
  most: Infinity,
  nothing: undefined,
  zero: -0,
});

/** Does jobs last to first, and is stopped before job number `stopAfter` of them. */
function backwards(stopAfter = Infinity) {
  const done: number[] = [];
  const executor: Executor = {
    async *runJobs<Result>(_: Simulation, jobs: JobList, { onResult, onProgress }: RunOptions) {
      const results: Result[] = [];
      for (let k = jobs.length - 1; k >= 0; k--) {
        if (done.length === stopAfter) throw new Error('stopped');
        const job = jobs.at(k)!;
        done.push(job.firstUser);
        results[k] = resultOf(job) as Result;
        onResult?.(k, results[k]);
        onProgress?.(2 * done.length, 2 * jobs.length);
      }
      yield* results;
    },
  };
  return { executor, done };
}

const jobs = jobsOf([20], 2);
const firstUsers = (count: number) => Array.from({ length: count }, (_, k) => 1 + 2 * k);
const expected = firstUsers(10).map((firstUser) => resultOf({ placeIndex: 0, firstUser, numUsers: 2 }));

interface Called {
  readonly of?: Simulation;
  readonly list?: JobList;
  readonly inputs?: unknown;
  readonly options?: RunOptions;
}

async function run(executor: Executor, { of = simulation, list = jobs, inputs, options = {} }: Called = {}) {
  const resumed: number[][] = [];
  const checkpoint = new Checkpoint(file, { inputs, onResume: (...each) => resumed.push(each) });
  try {
    return { results: await allOf(checkpoint.around(executor).runJobs(of, list, options)), resumed };
  } finally {
    checkpoint.close();
  }
}

describe('a checkpoint', () => {
  it('leaves only what is missing to be done, and gives all results in order, bit for bit', async () => {
    await expect(run(backwards(4).executor)).rejects.toThrow('stopped');
    const progress: number[][] = [];
    const { executor, done } = backwards();
    const { results, resumed } = await run(executor, {
      options: { onProgress: (...each) => progress.push(each) },
    });
    expect(results).toEqual(expected);
    expect(done).toEqual(firstUsers(6).reverse());
    expect(resumed).toEqual([[8, 20]]);
    expect([progress[0], progress.at(-1)]).toEqual([
      [10, 20],
      [20, 20],
    ]);
    const third = backwards();
    expect((await run(third.executor)).results).toEqual(expected);
    expect(third.done).toEqual([]);
  });

  it('loses the record that was being written, wherever it was cut off, and no other', async () => {
    await expect(run(backwards(2).executor)).rejects.toThrow('stopped');
    const before = statSync(file).size;
    await expect(run(backwards(1).executor)).rejects.toThrow('stopped');
    const whole = readFileSync(file);
    for (let size = before; size < whole.length; size++) {
      writeFileSync(file, whole);
      truncateSync(file, size);
      const { executor, done } = backwards();
      expect((await run(executor)).results).toEqual(expected);
      expect(done).toHaveLength(8);
    }
    const spoiled = Buffer.from(whole);
    spoiled[before + 20]! ^= 1;
    writeFileSync(file, spoiled);
    const { executor, done } = backwards();
    expect((await run(executor)).results).toEqual(expected);
    expect(done).toHaveLength(8);
    // What was cut off is written anew, and found again.
    const again = backwards();
    await run(again.executor);
    expect(again.done).toEqual([]);
  });

  it('survives a heading that was cut off', async () => {
    await expect(run(backwards(0).executor)).rejects.toThrow('stopped');
    const whole = readFileSync(file);
    for (const size of [0, 1, 10, 25]) {
      writeFileSync(file, whole.subarray(0, size));
      expect((await run(backwards().executor)).results).toEqual(expected);
    }
  });

  it('keeps lists of jobs apart that one study runs one after the other', async () => {
    const other = jobsOf([6], 2);
    const twice = async (executor: Executor) => {
      const checkpoint = new Checkpoint(file, { inputs: null });
      const around = checkpoint.around(executor);
      const results = [
        await allOf(around.runJobs(simulation, jobs, {})),
        await allOf(around.runJobs(simulation, other, {})),
      ];
      checkpoint.close();
      return results;
    };
    await expect(twice(backwards(12).executor)).rejects.toThrow('stopped');
    const { executor, done } = backwards();
    expect(await twice(executor)).toEqual([expected, expected.slice(0, 3)]);
    expect(done).toEqual([1]);
  });

  it.each<[string, Called]>([
    ['study', { of: { ...simulation, study: { seed: 2, snr: Infinity } } }],
    ['value that JSON does not know', { of: { ...simulation, study: { seed: 1, snr: null } } }],
    ['number of users', { list: jobsOf([22], 2) }],
    ['input', { inputs: 'changed' }],
  ])('is refused for another %s, and stays', async (_, called) => {
    await expect(run(backwards(4).executor)).rejects.toThrow('stopped');
    await expect(run(backwards().executor, called)).rejects.toMatchObject({
      code: 'STUDY_MISMATCH',
      where: file,
    });
    const { executor, done } = backwards();
    expect((await run(executor)).results).toEqual(expected);
    expect(done).toHaveLength(6);
  });

  it('is refused when another version wrote it, and when it is none', async () => {
    await expect(run(backwards(4).executor)).rejects.toThrow('stopped');
    const bytes = readFileSync(file, 'latin1');
    writeFileSync(file, bytes.replace(/checkpoint 1 \S+/, 'checkpoint 1 9.9.9'), 'latin1');
    await expect(run(backwards().executor)).rejects.toThrow(
      /is of beamloop 9\.9\.9.*, and this is .*--fresh/,
    );
    writeFileSync(file, 'a diary\n');
    await expect(run(backwards().executor)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
    const checkpoint = new Checkpoint(file, { inputs: null });
    checkpoint.remove();
    expect(existsSync(file)).toBe(false);
  });

  it('that cannot be written ends the study', async () => {
    const inTheWay = path.join(folder, 'file');
    writeFileSync(inTheWay, '');
    file = path.join(inTheWay, 'checkpoint');
    await expect(run(backwards().executor)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' });
  });
});
