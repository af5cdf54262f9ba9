import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BeamloopError } from '../../../src/core/errors.js';
import { Recording } from '../../../src/record/recording.js';
import { TABLE_NAMES } from '../../../src/record/schema.js';
import { appendMeasuredSlot, handMadeRecording } from '../../fixtures/hand-made-recording.js';

const NUM_COMMITS = 20;
const DATABASE = 'recording.duckdb';
const LOG = 'recording.duckdb.wal';

let root: string;
/** What a killed writer leaves: a file with what was there when it was opened, and a log with all that came later. */
let database: Buffer;
let log: Buffer;
let run: string;

beforeAll(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-damage-'));
  const written = path.join(root, 'written');
  const first = await handMadeRecording(written);
  first.event('started', { run: 'written' });
  await first.close();
  const recording = await Recording.open(written, 'write');
  for (let slot = 0; slot < NUM_COMMITS; slot++) {
    appendMeasuredSlot(recording, {
      ...{ slot, ue: 'u', codewordKey: `k${slot}`, noiseFloor: 0.125 },
      powers: [slot, slot + 0.5],
    });
    await recording.durable();
  }
  // While it is open, the disk holds what a killed process would leave.
  database = readFileSync(path.join(written, DATABASE));
  log = readFileSync(path.join(written, LOG));
  await recording.close();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeEach(() => {
  run = path.join(root, 'run');
  rmSync(run, { recursive: true, force: true });
  mkdirSync(run);
});

function lay(damagedLog: Buffer, damagedDatabase = database): void {
  rmSync(run, { recursive: true, force: true });
  mkdirSync(run);
  writeFileSync(path.join(run, DATABASE), damagedDatabase);
  writeFileSync(path.join(run, LOG), damagedLog);
}

interface Contents {
  readonly numCommits: number;
  readonly lostBytes: number | null;
}

/** Reads everything there is, and checks that it is what was written, commit by commit, whole. */
async function contents(mode: 'read' | 'write'): Promise<Contents> {
  const recording = await Recording.open(run, mode);
  try {
    const [slots, receipts, powers] = [
      await recording.rows('slots'),
      await recording.rows('receipts'),
      await recording.rows('powers'),
    ];
    expect([receipts.length, powers.length]).toEqual([slots.length, slots.length]);
    for (const [slot, row] of slots.entries()) {
      expect(row).toMatchObject({
        slot,
        ue: 'u',
        position: slot,
        attempt: 1,
        codewordKey: `k${slot}`,
        hash: `h${slot}`,
      });
      expect(receipts[slot]).toMatchObject({
        slot,
        codewordIndex: slot,
        hash: `h${slot}`,
        boardTimeS: slot / 8,
      });
      expect(powers[slot]).toMatchObject({ slot, sequence: slot + 1, noiseFloor: 0.125 });
      expect(powers[slot]!.powers).toEqual(Float32Array.from([slot, slot + 0.5]));
    }
    for (const table of TABLE_NAMES) await recording.rows(table);
    expect(await recording.runValue('scenarioText')).toBe('seed: 1\n');
    return { numCommits: slots.length, lostBytes: recording.recovery?.lostBytes ?? null };
  } finally {
    await recording.close();
  }
}

describe('a recording whose log ends in damage', () => {
  const tail = (length: number, fill: (at: number) => number) => {
    const damaged = Buffer.from(log);
    for (let at = damaged.length - length; at < damaged.length; at++) damaged[at] = fill(at);
    return damaged;
  };
  const cases: [string, () => Buffer][] = [
    ['zeroes', () => tail(700, () => 0)],
    ['garbage', () => tail(700, (at) => (at * 7919) % 251)],
    ['nothing: it was cut within an entry', () => log.subarray(0, log.length - 301)],
    ['zeroes that were appended', () => Buffer.concat([log, Buffer.alloc(4096)])],
    ['bytes that were appended', () => Buffer.concat([log, Buffer.alloc(77, 0xa5)])],
    [
      'a length that reaches beyond the end',
      () => {
        const damaged = Buffer.from(log);
        damaged[8 + 4] = 0x7f; // of the first entry
        return damaged;
      },
    ],
    [
      'one flipped bit in the middle',
      () => {
        const damaged = Buffer.from(log);
        damaged[damaged.length >> 1]! ^= 0x10;
        return damaged;
      },
    ],
    ['zeroes throughout', () => Buffer.alloc(log.length)],
  ];

  for (const [name, damage] of cases) {
    it(`${name}: what is whole before it is there, what is lost is told, the original is kept`, async () => {
      const damaged = damage();
      lay(damaged);
      const read = await contents('read');
      expect(read.lostBytes).toBeGreaterThan(0);
      // Reading changes nothing.
      expect(readFileSync(path.join(run, LOG)).equals(damaged)).toBe(true);
      expect(readFileSync(path.join(run, DATABASE)).equals(database)).toBe(true);

      const written = await contents('write');
      expect(written).toEqual(read);
      const kept = readdirSync(run).filter((file) => file.startsWith(`${LOG}.damaged-`));
      expect(kept).toHaveLength(1);
      expect(readFileSync(path.join(run, kept[0]!)).equals(damaged)).toBe(true);

      // It is mended for good, and says what happened.
      const again = await Recording.open(run, 'write');
      expect(again.recovery).toBeNull();
      const [event] = await again.rows('events', `WHERE kind = 'log recovered'`);
      expect(event?.detail).toMatchObject({ lostBytes: written.lostBytes });
      await again.close();
      expect((await contents('read')).numCommits).toBe(read.numCommits);
      if (name.startsWith('zeroes that') || name.startsWith('bytes that')) {
        expect(read.numCommits).toBe(NUM_COMMITS);
      }
    });
  }

  it('is left as it is when it is whole', async () => {
    lay(log);
    expect(await contents('read')).toEqual({ numCommits: NUM_COMMITS, lostBytes: null });
    expect(await contents('write')).toEqual({ numCommits: NUM_COMMITS, lostBytes: null });
    expect(readdirSync(run)).toEqual([DATABASE]);
  });

  it('wherever it is cut, all commits before are there', async () => {
    let before = 0;
    for (let length = 0; length <= log.length; length += Math.ceil(log.length / 15)) {
      lay(log.subarray(0, length));
      const { numCommits } = await contents('read');
      expect(numCommits).toBeGreaterThanOrEqual(before);
      before = numCommits;
    }
    expect(before).toBeGreaterThanOrEqual(NUM_COMMITS - 3);
  });
});

describe('a recording with a flipped bit', () => {
  const sizeOf = { database: () => database.length, log: () => log.length };
  const ALLOWED = ['RECORDING_DAMAGED', 'RECORDING_INVALID', 'RECORDING_VERSION'];

  for (const file of ['database', 'log'] as const) {
    it(`in the ${file}: is refused as damaged, or holds what was written and tells what it lost`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
          fc.nat(7),
          fc.constantFrom('read', 'write'),
          async (place, bit, mode) => {
            const [damagedLog, damagedDatabase] = [Buffer.from(log), Buffer.from(database)];
            const damaged = file === 'log' ? damagedLog : damagedDatabase;
            damaged[Math.floor(place * sizeOf[file]())]! ^= 1 << bit;
            lay(damagedLog, damagedDatabase);
            try {
              const { numCommits, lostBytes } = await contents(mode);
              if (lostBytes === null) expect(numCommits).toBe(NUM_COMMITS);
            } catch (error) {
              if (!(error instanceof BeamloopError)) throw error;
              expect(ALLOWED).toContain(error.code);
            }
          },
        ),
        // Files are synced each time, which takes a while.
        { numRuns: Math.ceil(fc.readConfigureGlobal().numRuns! / 4) },
      );
    });
  }
});

describe('the kinds of refusal', () => {
  it('a file of zeroes or of something else is no recording, a damaged block is damage; neither is busy', async () => {
    lay(Buffer.alloc(0), Buffer.from('this is not a database'.repeat(1000)));
    await expect(Recording.open(run, 'read')).rejects.toMatchObject({ code: 'RECORDING_INVALID' });
    lay(Buffer.alloc(0), Buffer.alloc(database.length));
    await expect(Recording.open(run, 'read')).rejects.toMatchObject({ code: 'RECORDING_INVALID' });
    const damaged = Buffer.from(database);
    damaged[4096 + 100]! ^= 1;
    lay(Buffer.alloc(0), damaged);
    await expect(Recording.open(run, 'write')).rejects.toMatchObject({
      code: 'RECORDING_DAMAGED',
      message: expect.stringContaining('checksum'),
    });
  });

  it('a recording of a newer beamloop is refused with both versions', async () => {
    const newer = path.join(root, 'newer');
    const recording = await Recording.create(newer, {
      ...{ scenarioName: 's', scenarioText: '', calibrationText: null, scenario: {}, seed: 1 },
      versions: { beamloop: '9.9.9' },
    });
    await recording.query(`UPDATE run SET value = '99' WHERE key = 'schemaVersion'`);
    await recording.close();
    await expect(Recording.open(newer, 'read')).rejects.toMatchObject({
      code: 'RECORDING_VERSION',
      message: expect.stringMatching(
        /schema version 99, written by beamloop 9\.9\.9.*reads versions \d+ to \d+/s,
      ),
    });
  });

  it('a file that was copied elsewhere under the same name during a run is not written to as if it were kept', async () => {
    const place = path.join(root, 'replaced');
    const recording = await Recording.create(place, {
      ...{ scenarioName: 's', scenarioText: '', calibrationText: null, scenario: {}, seed: 1, versions: {} },
    });
    const copy = path.join(root, 'copy');
    copyFileSync(path.join(place, DATABASE), copy);
    rmSync(place, { recursive: true });
    mkdirSync(place);
    copyFileSync(copy, path.join(place, DATABASE));
    recording.event('anything');
    await expect(recording.durable()).rejects.toMatchObject({ code: 'RECORDING_LOST' });
    await expect(recording.close()).rejects.toMatchObject({ code: 'RECORDING_LOST' });
  });
});
