/** Plain data as bytes, and what stands for it. */
import { createHash } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { Simulation } from './executor.js';
import { type JobList, numUsersOf } from './user-job.js';

/** Bit for bit, as between threads: typed arrays, NaN, infinities, what is undefined. */
export function encodeData(value: unknown): Buffer {
  return serialize(value);
}

/** @throws Error for bytes that are none of `encodeData`. */
export function decodeData(bytes: Uint8Array): unknown {
  return deserialize(bytes);
}

/** Of data that files say: the same data has the same digest, in whatever process. The order of keys counts. */
function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, spelledOut)).digest('hex');
}

/** What JSON has no word for. */
function spelledOut(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return { $number: Object.is(value, -0) ? '-0' : String(value) };
}

/**
 * What a list of jobs, simulated, depends on.
 *
 * @param inputs what stands for files that the study names.
 */
export function digestOfJobs(
  program: string,
  { kind, study, traced }: Simulation,
  jobs: JobList,
  inputs: unknown,
): string {
  const list = [jobs.length, numUsersOf(jobs), jobs.at(0) ?? null, jobs.at(jobs.length - 1) ?? null];
  return digestOf([program, kind, study, traced, list, inputs]);
}
