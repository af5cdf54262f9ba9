/**
 * The write-ahead log beside a recording's DuckDB file, looked at before DuckDB does. DuckDB refuses the whole recording when
 * an entry of its log is damaged, and drops what follows a damaged length without a word. Here the entries are checked one by
 * one, so that what is whole can be kept and what is not is told.
 *
 * Layout, as DuckDB 1.5 writes it without encryption: a header of 8 bytes, then entries of length (u64), checksum (u64) and as
 * many bytes. A transaction ends with an entry that says 'flush'; what follows the last of them was never committed.
 */
import { readFile } from 'node:fs/promises';

const HEADER = Buffer.from([0x64, 0x00, 0x62, 0x65, 0x00, 0x02, 0xff, 0xff]);
const FLUSH = Buffer.from([0x64, 0x00, 0x64, 0xff, 0xff]);
/** Length and checksum of an entry. */
const PREFIX_BYTES = 16;
const MULTIPLIER = 0xbf58476d1ce4e5b9n;
const REST_MULTIPLIER = 0xc6a4a7935bd1e995n;

/** What is wrong with a log. */
export interface LogDamage {
  /** The log as far as it is whole: header, and entries up to the end of the last transaction before the damage. */
  readonly whole: Buffer;
  /** Bytes after that. */
  readonly lostBytes: number;
}

/** Null when there is no log, when it is whole, or when it is of a kind that only DuckDB knows. */
export async function damageOfLog(file: string): Promise<LogDamage | null> {
  const log = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return log === null ? null : damageOf(log);
}

function damageOf(log: Buffer): LogDamage | null {
  if (log.length === 0) return null;
  let at = HEADER.length;
  // A first entry that is whole tells a damaged header of this layout from a layout that is not known here.
  const known = log.subarray(0, at).equals(HEADER) || entryEnd(log, at) !== null || log.length < at;
  if (!known && !isAllZero(log)) return null;
  let committed = at;
  for (;;) {
    const end = entryEnd(log, at);
    if (end === null) break;
    if (log.subarray(at + PREFIX_BYTES, end).equals(FLUSH)) committed = end;
    at = end;
  }
  if (at === log.length && log.subarray(0, HEADER.length).equals(HEADER)) return null;
  return {
    whole: Buffer.concat([HEADER, log.subarray(HEADER.length, committed)]),
    lostBytes: Math.max(0, log.length - committed),
  };
}

/** Where the entry at `at` ends; null when it is not whole. */
function entryEnd(log: Buffer, at: number): number | null {
  const begin = at + PREFIX_BYTES;
  if (begin > log.length) return null;
  const length = log.readBigUInt64LE(at);
  if (length === 0n || length > BigInt(log.length - begin)) return null;
  const end = begin + Number(length);
  return checksum(log.subarray(begin, end)) === log.readBigUInt64LE(at + 8) ? end : null;
}

function isAllZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}

/** DuckDB's: the exclusive or of all words of 8 bytes, each multiplied, and of what is left in the end, mixed as MurmurHash64A does. */
function checksum(bytes: Buffer): bigint {
  const rest = bytes.length % 8;
  let sum = 5381n;
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    sum ^= BigInt.asUintN(64, bytes.readBigUInt64LE(at) * MULTIPLIER);
  }
  return rest === 0 ? sum : sum ^ checksumOfRest(bytes.subarray(bytes.length - rest));
}

function checksumOfRest(bytes: Buffer): bigint {
  const times = (value: bigint) => BigInt.asUintN(64, value * REST_MULTIPLIER);
  const word = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let hash = times(0xe17a1465n ^ times(BigInt(bytes.length)) ^ word);
  hash = times(hash ^ (hash >> 47n));
  return hash ^ (hash >> 47n);
}
