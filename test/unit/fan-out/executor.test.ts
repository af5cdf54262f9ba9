/** What any executor promises: results in the order of jobs, whoever is done first, and no more of them kept than need be. */
import { describe, expect, it } from 'vitest';
import { allOf, type Simulation } from '../../../src/fan-out/executor.js';
import { JobQueue } from '../../../src/fan-out/job-queue.js';
import { threadExecutor } from '../../../src/fan-out/threads.js';
import { type JobList, jobsOf, numUsersOf, type UserJob } from '../../../src/fan-out/user-job.js';

/** As slow and obvious as can be. */
function listed(numUsersOfPlaces: readonly number[], usersPerJob: number): UserJob[] {
  const jobs: UserJob[] = [];
  numUsersOfPlaces.forEach((numUsers, placeIndex) => {
    for (let first = 1; first <= numUsers; first += usersPerJob) {
      jobs.push({ placeIndex, firstUser: first, numUsers: Math.min(usersPerJob, numUsers - first + 1) });
    }
  });
  return jobs;
}

const all = (jobs: JobList) => Array.from({ length: jobs.length }, (_, k) => jobs.at(k));

const simulation: Simulation = { kind: 'test', study: null, traced: false };
const here = threadExecutor({
  numThreads: 1,
  worker: new URL('file:///nowhere'),
  plugins: [],
  simulatorOf: () => ({ run: ({ firstUser }: UserJob) => firstUser }),
});

describe('jobsOf', () => {
  it.each([
    [[], 50],
    [[1], 50],
    [[50, 51, 0, 49], 50],
    [[0, 0, 7], 1],
    [[100, 3, 3, 0, 0, 10], 7],
  ])('computes what %j in runs of %i are', (numUsersOfPlaces, usersPerJob) => {
    const jobs = jobsOf(numUsersOfPlaces, usersPerJob);
    expect(all(jobs)).toEqual(listed(numUsersOfPlaces, usersPerJob));
    expect(numUsersOf(jobs)).toBe(numUsersOfPlaces.reduce((sum, n) => sum + n, 0));
    expect([jobs.at(-1), jobs.at(jobs.length)]).toEqual([undefined, undefined]);
  });

  it('has room for a hundred million users', () => {
    const jobs = jobsOf([100_000_000, 100_000_000], 50);
    expect(jobs.length).toBe(4_000_000);
    expect(jobs.at(3_999_999)).toEqual({ placeIndex: 1, firstUser: 99_999_951, numUsers: 50 });
  });
});

describe('an executor of one thread', () => {
  it('gives results one by one, tells of them, and ends when nobody takes more', async () => {
    const jobs = jobsOf([10], 2);
    const told: unknown[] = [];
    const progress: number[][] = [];
    const options = {
      onResult: (...each: unknown[]) => void told.push(each),
      onProgress: (...each: number[]) => void progress.push(each),
    };
    expect(await allOf(here.runJobs(simulation, jobs, options))).toEqual([1, 3, 5, 7, 9]);
    expect(told).toEqual([0, 1, 2, 3, 4].map((k) => [k, 1 + 2 * k]));
    expect(progress).toEqual([2, 4, 6, 8, 10].map((done) => [done, 10]));
    told.length = 0;
    for await (const result of here.runJobs(simulation, jobs, options)) if (result === 3) break;
    expect(told).toHaveLength(2);
  });
});

describe('a queue of jobs', () => {
  it('gives results in order though jobs end in another, and holds who is far ahead', async () => {
    const numJobs = 5000;
    const queue = new JobQueue(jobsOf([numJobs], 1), {});
    const first = await queue.take();
    expect(first).toBe(0);
    // Everybody else goes on while the first job takes long.
    let numDone = 0;
    let waits = false;
    const others = (async () => {
      for (let index = await queue.take(); index !== undefined; index = await queue.take()) {
        queue.finish(index, index);
        numDone++;
      }
    })();
    await new Promise((resolve) => setImmediate(resolve));
    waits = numDone < numJobs - 1;
    expect([waits, numDone]).toEqual([true, 1023]);
    const results = allOf(queue.results<number>());
    queue.finish(0, 0);
    await others;
    expect(await results).toEqual(Array.from({ length: numJobs }, (_, k) => k));
  });

  it('fails with the first failure, and hands out no more', async () => {
    const queue = new JobQueue(jobsOf([3], 1), {});
    await queue.take();
    queue.fail(new Error('first'));
    queue.fail(new Error('second'));
    expect(await queue.take()).toBeUndefined();
    await expect(allOf(queue.results())).rejects.toThrow('first');
  });
});
