/** What coordinator and workers tell each other through the server. */

import type { Failure } from '../../core/failure.js';
import type { Simulation } from '../executor.js';
import { decodeData, encodeData } from '../plain-data.js';
import type { UserJob } from '../user-job.js';

/** Of what is below. Whoever finds another leaves it alone. */
export const FORMAT = 1;

/** What a study is: the first message of its stream. */
export interface Definition {
  readonly format: typeof FORMAT;
  /** Which program computes it. */
  readonly program: string;
  /** Of program, study and jobs. */
  readonly digest: string;
  readonly title: string;
  readonly simulation: Simulation;
  readonly numShards: number;
  readonly numUsers: number;
  /** A worker that is silent for longer loses its shards to others. */
  readonly ackWaitS: number;
  /** When it was put in, ms since 1970. */
  readonly startedMs: number;
}

export interface Shard {
  readonly index: number;
  readonly job: UserJob;
}

/** What came of a shard. */
export type ShardOutcome = { readonly result: unknown } | { readonly failure: Failure };

export function encodeShard(shard: Shard): Buffer {
  return Buffer.from(JSON.stringify(shard));
}

export function decodeShard(bytes: Uint8Array): Shard {
  return JSON.parse(Buffer.from(bytes).toString('utf8')) as Shard;
}

/** First byte of a message: what follows, or what its pieces are called. */
const WHOLE = 0;
const PIECES = 1;

export type Packed = { readonly bytes: Uint8Array } | { readonly digest: string; readonly numPieces: number };

export function packWhole(value: unknown): Buffer {
  return Buffer.concat([Buffer.of(WHOLE), encodeData(value)]);
}

export function packPieces(digest: string, numPieces: number): Buffer {
  return Buffer.concat([Buffer.of(PIECES), encodeData({ digest, numPieces })]);
}

export function unpack(message: Uint8Array): Packed {
  const bytes = message.subarray(1);
  return message[0] === WHOLE ? { bytes } : (decodeData(bytes) as Packed);
}
