import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MESSAGES, type MessageName, messageByName } from '../../../firmware-protocol/registry.js';
import { Random } from '../../../src/core/random.js';
import { SMALL_BOARD, TestHost } from './test-host.js';

interface Vector {
  readonly name: string;
  readonly why: string;
  readonly sender: string;
  readonly type: string;
  readonly session: number;
  readonly sequence: number;
  readonly value: Record<string, unknown>;
  readonly frame: string;
}

const directory = new URL('../../../firmware-protocol/vectors/', import.meta.url);
const read = <T>(file: string) => JSON.parse(readFileSync(new URL(file, directory), 'utf8')) as T;
const bytesOf = (hex: string) =>
  Uint8Array.from(hex.split(' ').filter(Boolean), (pair) => Number.parseInt(pair, 16));
const vectors = read<Vector[]>('messages.json');
/** Name of the answer to each request; what the numbers in it say is the board's business. */
const ANSWERS: Record<string, string> = Object.fromEntries(
  MESSAGES.flatMap((message) => ('response' in message ? [[message.name, message.response.name]] : [])),
);

/** Not those far along in a session: thousands of messages would have to come first. */
const requests = vectors.filter(
  ({ name, sequence }) =>
    name in ANSWERS && sequence < 1000 && (sequence > 0 || !messageByName(name as MessageName).reliable),
);

async function inSession(session: number) {
  const host = new TestHost({ model: SMALL_BOARD });
  host.session = session;
  await host.hello();
  return host;
}

/** Brings the board's receiver to `sequence` with messages that do nothing. */
async function upTo(host: TestHost, sequence: number) {
  for (let next = 1; next !== sequence; next = (next + 1) & 0xffff) {
    await host.send('QueueSlots', { entries: [] }, next);
  }
  await host.ack();
}

describe('golden frames at the emulated board', () => {
  it('include every request', () => {
    expect(Object.keys(ANSWERS).filter((name) => requests.every((vector) => vector.name !== name))).toEqual(
      [],
    );
  });

  it.each(requests)('$name is answered: $why', async ({ name, session, sequence, frame }) => {
    const host = await inSession(session);
    if (sequence > 0) await upTo(host, sequence);
    host.heard.length = 0;
    host.board.receive(bytesOf(frame));
    await host.settle();
    const answer = host.heard.find(({ message }) => message.name === ANSWERS[name]);
    expect(answer?.session).toBe(session);
    const value = answer!.message.value;
    if ('request' in value) expect(value.request).toBe(sequence);
  });

  it('of a board, and of another session, are passed over in silence', async () => {
    const host = await inSession(0x4321);
    const heard = host.heard.length;
    for (const { frame, name } of vectors) if (name !== 'Hello') host.board.receive(bytesOf(frame));
    await host.settle();
    expect(host.heard).toHaveLength(heard);
  });

  it('are taken after any garbage, with every good frame decoded', async () => {
    const host = await inSession(0x4321);
    const random = new Random('garbage');
    for (let round = 0; round < 3000; round++) {
      const vector = vectors[random.integer(vectors.length)]!;
      const mutated = bytesOf(vector.frame);
      for (let k = random.integer(4); k >= 0; k--)
        mutated[random.integer(mutated.length)] = random.integer(256);
      const noise = Uint8Array.from({ length: random.integer(40) }, () => random.integer(256));
      host.board.receive(random.uniform() < 0.5 ? mutated : noise);
      if (round % 100 < 99) continue;
      // A mutated Hello may have opened another session; the next good frame after it does all that it should.
      await host.hello();
      const token = round;
      await host.send('ReadClock', { token });
      expect(host.last('ClockReading').token).toBe(token);
    }
  });
});
