/** Options of commands whose jobs may be done by workers of a NATS server in place of threads. */
import { availableParallelism } from 'node:os';
import type { Bounds } from '../../core/bounds.js';
import { BeamloopError } from '../../core/errors.js';
import { natsOptions } from '../nats-options.js';
import { boundedOption, wholeOption } from '../options.js';

const text = (describe: string) => ({ type: 'string', requiresArg: true, describe }) as const;

export const clusterOptions = {
  ...natsOptions,
  name: text('What it is called on the NATS server; after the file or folder unless given'),
  keep: { type: 'boolean', default: false, describe: 'Leave it on the NATS server when it is finished' },
  redeliver: text('A worker that is silent for so long loses its shards to others; "30 s" unless given'),
} as const;

/** Shorter than a second, a line that is slow for once would cost a shard. */
const REDELIVER: Bounds = { unit: 's', least: 1, most: 86_400 };

export function ackWaitOf(redeliver: string | undefined): { readonly ackWaitS?: number } {
  return redeliver === undefined ? {} : { ackWaitS: boundedOption('redeliver', redeliver, REDELIVER) };
}

/** One per core unless given. */
export function numThreadsOf(threads: string | undefined): number {
  return threads === undefined ? availableParallelism() : wholeOption('threads', threads, 1);
}

/**
 * @param what is done: `studies`, `data`.
 * @param clusterOnly what was given of options that say nothing where threads do it.
 * @throws BAD_ARGUMENT for options that contradict where it is done.
 */
export function requireOptionsFor(
  isCluster: boolean,
  what: string,
  threads: string | undefined,
  clusterOnly: Readonly<Record<string, string | boolean | undefined>>,
): void {
  const refuse = (what: string, todo: string) => {
    throw new BeamloopError('BAD_ARGUMENT', { what, todo });
  };
  if (isCluster && threads !== undefined) {
    refuse('--threads is of workers where the jobs are done by them', 'Give it to beamloop worker');
  }
  const [option] = Object.entries(clusterOnly).find(([, given]) => given !== undefined && given !== false) ?? [];
  if (!isCluster && option !== undefined) {
    refuse(`--${option} is for ${what} on a NATS server`, 'Give --nats URL as well, or leave it out');
  }
}
