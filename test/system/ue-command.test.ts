/** `beamloop ue` and `beamloop waveform` as they are typed: what files and streams hold, and what is said of those that hold something else. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { beamloop, Running } from './campaign-runs.js';

const RATE = ['--rate', '2.4 MHz', '--slot-duration', '2 ms'];
const NUM_SLOTS = 40;

let folder: string;
const servers: Server[] = [];
const sockets: Socket[] = [];
const file = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-ue-'));
  const { code } = await beamloop(
    'waveform',
    file('tx.sigmf-meta'),
    ...RATE,
    '--slots',
    String(NUM_SLOTS),
    '--first',
    '77',
  );
  expect(code).toBe(0);
  const eight = await beamloop(
    'waveform',
    file('tx.cu8'),
    ...RATE,
    '--slots',
    String(NUM_SLOTS),
    '--format',
    'cu8',
  );
  expect(eight.code).toBe(0);
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A TCP server that does this with who connects; its HOST:PORT. */
async function serving(onSocket: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

function recording(name: string, change: (meta: Record<string, Record<string, unknown>>) => void): string {
  const meta = JSON.parse(readFileSync(file('tx.sigmf-meta'), 'utf8'));
  change(meta);
  writeFileSync(file(`${name}.sigmf-meta`), JSON.stringify(meta));
  writeFileSync(file(`${name}.sigmf-data`), readFileSync(file('tx.sigmf-data')));
  return file(`${name}.sigmf-meta`);
}

async function counts(...args: string[]) {
  const { code, stdout, stderr } = await beamloop('ue', ...args, '--json');
  expect(code, stdout + stderr).toBe(0);
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { slots: lines.filter(({ count }) => count !== undefined), radio: lines.at(-1).radio };
}

async function complaint(...args: string[]): Promise<{ code: number | null; error: string }> {
  const { code, stderr } = await beamloop('ue', ...args);
  expect(stderr).not.toMatch(/\n\s+at /);
  return { code, error: stderr.replace(/\s+/g, ' ') };
}

describe('beamloop ue without a bridge', () => {
  it('prints the slots of a SigMF recording', async () => {
    const { slots, radio } = await counts('--source', file('tx.sigmf-meta'), '--slot-duration', '2 ms');
    expect(slots.map(({ count }) => count)).toEqual(Array.from({ length: NUM_SLOTS }, (_, k) => 77 + k));
    expect(radio).toMatchObject({ slots: NUM_SLOTS, gaps: 0, clipped: 0 });
  });

  it('prints those of a raw file, as wide as eight bits are', async () => {
    const { slots, radio } = await counts('--source', file('tx.cu8'), '--format', 'cu8', ...RATE);
    expect(slots).toHaveLength(NUM_SLOTS);
    expect(radio.snrDb).toBeGreaterThan(30);
  });

  it('tells gaps between captures, and gives no slot across them', async () => {
    const changed = recording('gap', (meta) => {
      const start = Math.round(15.5 * 4800);
      meta.captures = [
        { 'core:sample_start': 0, 'core:global_index': 0 },
        { 'core:sample_start': start, 'core:global_index': start + 1000 },
      ] as never;
    });
    const { slots, radio } = await counts('--source', changed, '--slot-duration', '2 ms');
    expect(radio.gaps).toBe(1);
    expect(slots.map(({ count }) => count)).toEqual(
      Array.from({ length: NUM_SLOTS }, (_, k) => 77 + k).filter((count) => count !== 77 + 15),
    );
  });

  it('leaves out what an annotation calls lost', async () => {
    const changed = recording('lost', (meta) => {
      meta.annotations = [
        { 'core:sample_start': 48_000, 'core:sample_count': 9600, 'core:label': 'overflow' },
      ] as never;
    });
    const { slots } = await counts('--source', changed, '--slot-duration', '2 ms');
    const seen = new Set(slots.map(({ count }) => count - 77));
    expect(seen.has(10) || seen.has(11)).toBe(false);
    expect(seen.size).toBeGreaterThanOrEqual(NUM_SLOTS - 3);
  });

  it('takes slots from annotations that are labelled trigger, across what is called lost', async () => {
    const lostSlot = 9;
    const changed = recording('triggers', (meta) => {
      meta.annotations = [
        { 'core:sample_start': 4800 * lostSlot + 100, 'core:sample_count': 300, 'core:label': 'overflow' },
        ...Array.from({ length: NUM_SLOTS }, (_, k) => ({
          'core:sample_start': 4800 * k,
          'core:label': 'trigger',
        })),
      ] as never;
    });
    const { slots, radio } = await counts(
      ...['--source', changed, '--slot-duration', '2 ms', '--trigger', 'annotations'],
    );
    // The last one has no end, and the one that is cut is left out; counts go by samples that there are.
    expect(slots).toHaveLength(NUM_SLOTS - 2);
    expect(radio).toMatchObject({ gaps: 1, trigger: { edges: NUM_SLOTS, periodS: 2e-3 } });
  });

  it('takes slots from the lowest bit of I, and says so when that is no trigger', async () => {
    const bytes = readFileSync(file('tx.cu8'));
    for (let k = 0; 2 * k < bytes.length; k++) bytes[2 * k] = (bytes[2 * k]! & 0xfe) | Number(k % 4800 < 100);
    writeFileSync(file('marked.cu8'), bytes);
    const trigger = ['--format', 'cu8', '--trigger', 'lsb', ...RATE];
    const { slots } = await counts('--source', file('marked.cu8'), ...trigger);
    expect(slots.map(({ count }) => count)).toEqual(Array.from({ length: NUM_SLOTS - 2 }, (_, k) => 1 + k));
    const { code, error } = await complaint('--source', file('tx.cu8'), ...trigger);
    expect(error).toContain('the trigger');
    expect(code).toBe(4);
  });

  it.each<[string, (meta: Record<string, Record<string, unknown>>) => void, string]>([
    [
      'another data type',
      (meta) => Object.assign(meta.global!, { 'core:datatype': 'rf32_le' }),
      'core:datatype',
    ],
    ['big-endian samples', (meta) => Object.assign(meta.global!, { 'core:datatype': 'ci16_be' }), 'ci16_be'],
    ['several channels', (meta) => Object.assign(meta.global!, { 'core:num_channels': 2 }), '2 channels'],
    ['no sample rate', (meta) => delete meta.global!['core:sample_rate'], 'core:sample_rate'],
    ['no data type', (meta) => delete meta.global!['core:datatype'], 'core:datatype'],
    ['no samples', (meta) => Object.assign(meta.global!, { 'core:metadata_only': true }), 'metadata_only'],
    [
      'another file that is not there',
      (meta) => Object.assign(meta.global!, { 'core:dataset': 'gone.bin' }),
      'missing',
    ],
    [
      'a capture beyond the end',
      (meta) => Object.assign(meta, { captures: [{ 'core:sample_start': 1e9 }] }),
      'beyond the end',
    ],
    [
      'captures out of order',
      (meta) => Object.assign(meta, { captures: [{ 'core:sample_start': 9 }, { 'core:sample_start': 3 }] }),
      'not in order',
    ],
  ])('refuses a recording with %s, by name', async (name, change, said) => {
    const { code, error } = await complaint('--source', recording(name, change), '--slot-duration', '2 ms');
    expect([2, 4]).toContain(code);
    expect(error).toContain(said);
  });

  it('refuses a recording without triggers to take them from', async () => {
    const { code, error } = await complaint(
      ...['--source', file('tx.sigmf-meta'), '--slot-duration', '2 ms', '--trigger', 'annotations'],
    );
    expect(error).toContain('core:label trigger');
    expect(code).toBe(4);
  });

  it.each([
    ['no such file', ['--source', 'nowhere.cf32', '--format', 'cf32', ...RATE], 2, 'There is no such file'],
    ['no format', ['--source', 'TX', ...RATE], 2, '--format'],
    ['no such format', ['--source', 'TX', '--format', 'cs12', ...RATE], 2, "no sample format 'cs12'"],
    ['no rate', ['--source', 'TX', '--format', 'cu8', '--slot-duration', '2 ms'], 2, '--rate'],
    [
      'no room in a slot',
      ['--source', 'TX', '--format', 'cu8', '--rate', '2.4 MHz', '--slot-duration', '100 us'],
      2,
      'A slot has 240 samples',
    ],
    [
      'floats that are none',
      ['--source', 'TX', '--format', 'cf32', ...RATE],
      4,
      'no samples of 32-bit floats',
    ],
    [
      'another rate',
      ['--source', 'TX', '--format', 'cu8', '--rate', '2 MHz', '--slot-duration', '2 ms'],
      4,
      'as if there were 2.4 MHz',
    ],
    [
      'other pilots',
      ['--source', 'TX', '--format', 'cu8', '--pilots', '32', ...RATE],
      4,
      'or with other pilots',
    ],
    [
      'a trigger in floats',
      ['--source', 'TX', '--format', 'cf32', '--trigger', 'lsb', ...RATE],
      2,
      'no lowest bit',
    ],
    [
      'a trigger in a band',
      ['--source', 'TX', '--format', 'cu8', '--trigger', 'lsb', '--subcarriers', '8', ...RATE],
      2,
      'one power a slot',
    ],
    [
      'a trigger and pilots',
      ['--source', 'TX', '--format', 'cu8', '--trigger', 'lsb', '--pilots', '64', ...RATE],
      2,
      '--pilots',
    ],
    [
      'annotations of a file without',
      ['--source', 'TX', '--format', 'cu8', '--trigger', 'annotations', ...RATE],
      2,
      'only SigMF recordings have',
    ],
    ['not a port', ['--source', 'tcp:host', '--format', 'cu8', ...RATE], 2, 'HOST:PORT'],
    ['a receiver that is not tuned', ['--source', 'rtl_tcp:127.0.0.1:1', ...RATE], 2, '--frequency'],
    [
      'no bridge at an address',
      ['--source', 'TX', '--format', 'cu8', '--bridge', 'http://x', '--id', 'ada', ...RATE],
      2,
      'not the address of a bridge',
    ],
    ['no name', ['--source', 'TX', '--format', 'cu8', '--bridge', 'ws://127.0.0.1:1', ...RATE], 2, '--id'],
  ])('says what is wrong: %s', async (_, args, exit, said) => {
    const { code, error } = await complaint(...args.map((arg) => (arg === 'TX' ? file('tx.cu8') : arg)));
    expect(error).toContain(said);
    expect(code).toBe(exit);
  });

  it('says so when the file ends in the midst of a sample', async () => {
    writeFileSync(file('cut.cu8'), readFileSync(file('tx.cu8')).subarray(0, -1));
    const { code, error } = await complaint('--source', file('cut.cu8'), '--format', 'cu8', ...RATE);
    expect(error).toContain('1 of the 2 bytes of a cu8 sample');
    expect(code).toBe(4);
  });

  it('gives up on a bridge that is not there', async () => {
    const at = await serving((socket) => socket.write(Buffer.alloc(1000)));
    const { code, error } = await complaint(
      ...[
        '--source',
        `tcp:${at}`,
        '--format',
        'cu8',
        '--stall-after',
        '60 s',
        '--bridge',
        'ws://127.0.0.1:1',
      ],
      ...['--id', 'ada', '--give-up-after', '0.2 s', ...RATE],
    );
    expect(error).toContain('could not be reached');
    expect(code).toBe(4);
  });

  it('says so when a source stalls', async () => {
    const at = await serving((socket) => socket.write(Buffer.alloc(1000)));
    const { code, error } = await complaint(
      '--source',
      `tcp:${at}`,
      '--format',
      'cu8',
      '--stall-after',
      '0.3 s',
      ...RATE,
    );
    expect(error).toContain('No sample came for 0.3 s');
    expect(code).toBe(4);
  });
});

describe('a receiver behind rtl_tcp', () => {
  const GREETING = Buffer.from('52544c30000000050000001d', 'hex');

  it('is tuned, and its samples are read', async () => {
    const heard: Buffer[] = [];
    const at = await serving((socket) => {
      socket.write(GREETING.subarray(0, 5));
      socket.on('data', (chunk) => {
        if (heard.push(chunk) === 1) socket.end(readFileSync(file('tx.cu8')));
      });
      setTimeout(() => socket.write(GREETING.subarray(5)), 20);
    });
    const { stdout, stderr } = await beamloop(
      'ue',
      ...['--source', `rtl_tcp:${at}`, '--frequency', '1.2 GHz', '--gain', '30 dB', '--json', ...RATE],
    );
    expect(stdout.match(/"count"/g)?.length).toBeGreaterThanOrEqual(NUM_SLOTS - 2);
    expect(stdout + stderr).toContain('The server hung up');
    const commands = Buffer.concat(heard);
    expect(commands.length % 5).toBe(0);
    const said = Array.from({ length: commands.length / 5 }, (_, k) => [
      commands[5 * k],
      commands.readUInt32BE(5 * k + 1),
    ]);
    expect(said).toEqual([
      [2, 2_400_000],
      [1, 1_200_000_000],
      [8, 0],
      [3, 1],
      [4, 300],
    ]);
  });

  it.each([
    ['greets otherwise', (socket: Socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'), 'no rtl_tcp'],
    ['hangs up', (socket: Socket) => socket.end(), 'hung up before it greeted'],
  ])('is refused when what answers %s', async (_, onSocket, said) => {
    const at = await serving(onSocket);
    const { code, error } = await complaint('--source', `rtl_tcp:${at}`, '--frequency', '1.2 GHz', ...RATE);
    expect(error).toContain(said);
    expect(code).toBe(4);
  });

  it('ends with Ctrl-C, cleanly', async () => {
    const at = await serving((socket) => {
      socket.write(GREETING);
      socket.on('data', () => socket.write(Buffer.alloc(100_000, 127)));
    });
    const running = new Running([
      'ue',
      '--source',
      `rtl_tcp:${at}`,
      '--frequency',
      '1.2 GHz',
      '--stall-after',
      '60 s',
      ...RATE,
    ]);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    running.process.kill('SIGINT');
    const { code, stderr } = await running.end();
    expect(code, stderr).toBe(130);
    expect(stderr).toContain('Interrupted');
  }, 20_000);
});
