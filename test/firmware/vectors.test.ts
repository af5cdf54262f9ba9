/** The golden vectors of firmware-protocol, decoded and encoded by the C of the reference firmware under its sanitizers. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Field } from '../../firmware-protocol/layout.js';
import { MESSAGES } from '../../firmware-protocol/registry.js';
import { Random } from '../../src/core/random.js';
import { type ExpansionVector, expandLines } from './expand-lines.js';
import { make, requireTools } from './toolchain.js';

type Value = number | string | readonly Record<string, number | string>[];

const vectors = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../firmware-protocol/vectors/${name}.json`, import.meta.url), 'utf8'));

let program = '';
beforeAll(async () => {
  requireTools('make', 'cc');
  program = path.join(await make('vectors'), 'beamvectors');
});

/** What the program answers to lines of input. */
function answers(lines: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(program, { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
  expect(`${status}${stderr}`).toBe('0');
  return stdout.trimEnd().split('\n');
}

/** Bytes of a vector as the program reads and writes them. */
const hex = (bytes: string) => bytes.replaceAll(' ', '').toLowerCase() || '-';
const typeOf = (type: string) => Number(type);

interface FrameVector {
  readonly type: string;
  readonly session: number;
  readonly sequence: number;
  readonly payload: string;
  readonly frame: string;
  readonly canonical?: boolean;
}

const found = ({ type, session, sequence, payload }: FrameVector) =>
  `frame ${typeOf(type)} ${session} ${sequence} ${hex(payload)}`;

describe('the firmware in C', () => {
  it('decodes golden frames and messages to what they are', () => {
    const frames: FrameVector[] = [...vectors('frames'), ...vectors('messages')];
    expect(frames.length).toBeGreaterThan(40);
    expect(answers(frames.map(({ frame }) => `bytes ${hex(frame)}`))).toEqual(
      frames.map((vector) => `bytes ${found(vector)}`),
    );
  });

  it('encodes them to the same bytes', () => {
    const frames: FrameVector[] = [...vectors('frames'), ...vectors('messages')].filter(
      ({ canonical }) => canonical !== false,
    );
    const lines = frames.map(
      ({ type, session, sequence, payload }) => `seal ${typeOf(type)} ${session} ${sequence} ${hex(payload)}`,
    );
    expect(answers(lines)).toEqual(frames.map(({ frame }) => `seal ${hex(frame)}`));
  });

  it('finds in damaged bytes the errors that SPEC 3.5 says, and the frame behind them', () => {
    const { followedBy, cases } = vectors('bad-frames') as {
      followedBy: FrameVector;
      cases: { bytes: string; errors: string[] }[];
    };
    expect(answers(cases.map(({ bytes }) => `bytes ${hex(bytes)}${hex(followedBy.frame)}`))).toEqual(
      cases.map(({ errors }) => ['bytes', ...errors, found(followedBy)].join(' ')),
    );
  });

  it('reads every field of every message, and writes the payload again', () => {
    const messages = vectors('messages') as (FrameVector & { name: string; value: Record<string, Value> })[];
    expect(answers(messages.map(({ type, payload }) => `payload ${typeOf(type)} ${hex(payload)}`))).toEqual(
      messages.map(({ name, payload, value }) => {
        const { fields } = MESSAGES.find((message) => message.name === name)!;
        return ['payload ok', ...shown(fields, value), `= ${hex(payload)}`].join(' ');
      }),
    );
    expect(new Set(messages.map(({ name }) => name)).size).toBe(MESSAGES.length);
  });

  it('refuses malformed payloads for the reason that SPEC 9.3 says', () => {
    const cases = (vectors('bad-payloads') as { type: string; payload: string; error: string }[]).filter(
      // Which way a message goes is not a matter of its payload.
      ({ error }) => error !== 'wrongSender',
    );
    expect(cases.length).toBeGreaterThan(10);
    const lines = cases.map(({ type, payload }) => `payload ${typeOf(type)} ${hex(payload)}`);
    expect(answers(lines).map((line) => line.split(' ')[1])).toEqual(cases.map(({ error }) => error));
  });

  it('hashes golden codewords to their content hashes', () => {
    const codewords = vectors('codewords') as { bytes: string; hash: string }[];
    expect(answers(codewords.map(({ bytes }) => `hash ${hex(bytes)}`))).toEqual(
      codewords.map(({ hash }) => `hash ${hash}`),
    );
  });

  it('expands golden parameters to their codewords, in steps of any size', () => {
    const expansions: readonly ExpansionVector[] = vectors('expansions');
    expect(expansions.length).toBeGreaterThan(10);
    const lines = [1, 7, 65_535].flatMap((step) => expansions.flatMap((vector) => expandLines(vector, step)));
    const made = expansions.map(({ packed, hash }) => `expand ${hex(packed)} ${hash.slice(2).toLowerCase()}`);
    expect(answers(lines).filter((line) => line.startsWith('expand'))).toEqual([...made, ...made, ...made]);
  });

  it('takes square roots and rounds as every processor with binary64 does', () => {
    const numbers = oddNumbers();
    const roots = numbers.map((x) => (x < 0 ? x : Math.sqrt(x)));
    expect(answers(numbers.map((x) => `numbers ${littleEndian(x)}`)).map(withoutSignOfZero)).toEqual(
      numbers
        .map((x, k) => ['numbers', ...[roots[k]!, Math.round(x), Math.ceil(x)].map(bitsOf)].join(' '))
        .map(withoutSignOfZero),
    );
  });
});

/** Nothing follows from it. */
function withoutSignOfZero(bits: string): string {
  return bits.replaceAll(bitsOf(-0), bitsOf(0));
}

function bitsOf(value: number): string {
  const bits = Buffer.alloc(8);
  bits.writeDoubleBE(value);
  return bits.toString('hex');
}

function littleEndian(value: number): string {
  const bits = Buffer.alloc(8);
  bits.writeDoubleLE(value);
  return bits.toString('hex');
}

/** Of any size and sign; next to whole numbers, halves and squares, where rounding is decided. */
function oddNumbers(): number[] {
  const random = new Random(5, 'odd numbers');
  const ofAnySize = Array.from({ length: 2000 }, () => {
    const bits = Buffer.alloc(8);
    bits.writeUInt32LE(random.uint32(), 0);
    bits.writeUInt32LE(random.uint32(), 4);
    return bits.readDoubleLE();
  }).filter(Number.isFinite);
  const around = (x: number) => [x, x * (1 - 2 ** -53), x * (1 + 2 ** -52)];
  const edges = [0.5, 1, 1.5, 2, 2.5, 3, 2 ** 51 + 0.5, 2 ** 52 - 0.5, 2 ** 52, 2 ** 53, 2 ** 54].flatMap(
    around,
  );
  const squares = Array.from({ length: 1000 }, () => random.uint32() / 64).flatMap((root) =>
    around(root * root),
  );
  const some = [
    ...ofAnySize,
    ...edges,
    ...squares,
    0,
    Number.MIN_VALUE,
    2 ** -1022,
    2 ** -1030,
    Number.MAX_VALUE,
  ];
  return [...some, ...some.map((x) => -x)];
}

/** Values in the order of the layout, as the program prints them. */
function shown(fields: readonly Field[], value: Record<string, Value>): string[] {
  return fields.flatMap((field) => {
    const own = value[field.name]!;
    if (field.type === 'list16') {
      return ['[', ...(own as Record<string, Value>[]).flatMap((entry) => shown(field.fields, entry)), ']'];
    }
    if (field.type === 'text8') return [Buffer.from(own as string, 'utf8').toString('hex') || '-'];
    if (field.type === 'bytes16') return [hex(own as string)];
    if (field.type === 'f64') {
      const bits = Buffer.alloc(8);
      bits.writeDoubleBE(own as number);
      return [`x${bits.toString('hex')}`];
    }
    return [field.type === 'u64' ? BigInt(own as string).toString() : String(own)];
  });
}
