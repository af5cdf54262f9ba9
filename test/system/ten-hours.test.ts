/**
 * Hours of virtual time: two users that are served every second, while somebody watches and a log is written. What a run keeps must not grow
 * with its length, its files must be readable while and after it goes on, and its report must open.
 *
 * A quarter of an hour unless BEAMLOOP_TEST_HOURS says more; ten hours take a few minutes.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runSockets } from '../../src/live/run-sockets.js';
import { RunWatch } from '../../src/live/watch-run.js';
import { Recording } from '../../src/record/recording.js';
import { Running } from './campaign-runs.js';

const HOURS = Number(process.env.BEAMLOOP_TEST_HOURS ?? 0.25);
const NUM_EPOCHS = Math.round(HOURS * 3600);

/** Above what it takes when it has warmed up, MB; of the second half of a run, whatever its length. */
const MOST_GROWTH_MB = 150;
/** Of a recording for each epoch of two users, bytes: 10 slots with settings, powers and receipts. */
const MOST_BYTES_AN_EPOCH = 4000;
/** Of what a recording needs when it is empty. */
const EMPTY_BYTES = 8e6;
const MOST_REPORT_BYTES = 8e6;

const SCENARIO = `seed: 5
array: { elements: 128, carrier: 100 GHz, rings: 4 }
board: { port: emulated, baud: 3e6 }
slots: { duration: 125 us }
scheme: dpc
channel: { snr: 25 dB }
users:
  - { id: ada, position: { ring: 1.5 m, angle: -31 deg } }
  - { id: bela, position: { ring: 2.4 m, angle: 12 deg } }
tracking: { tracker: hold, epoch: 1 s, duration: ${NUM_EPOCHS} s, servingSlots: 4, codebook: { directions: 64, rings: 2 } }
`;

/** Of a process, MB; on virtual time the emulation is in that of the run. */
function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
}

describe(`a run of ${HOURS} hours`, () => {
  it('keeps its memory, is watched to the end, and leaves a recording and a report that open', {
    timeout: 1_800_000,
  }, async () => {
    const place = mkdtempSync(path.join(tmpdir(), 'th-'));
    const { BEAMLOOP_RUNTIME_DIR } = process.env;
    process.env.BEAMLOOP_RUNTIME_DIR = path.join(place, 'runs');
    try {
      const scenario = path.join(place, 'long.yaml');
      const out = path.join(place, 'out');
      const log = path.join(place, 'log');
      writeFileSync(scenario, SCENARIO);
      const running = new Running(['run', scenario, '--out', out, '--log', log, '--json']);
      let socket: string | undefined;
      while (socket === undefined) [socket] = await runSockets();
      const watch = await RunWatch.open(socket);
      const memoryMb: { readonly done: number; readonly mb: number }[] = [];
      let numEpochs = 0;
      let end: { readonly code: string | null; readonly muted: boolean } | null = null;
      for await (const message of watch) {
        if (message.type === 'end') end = message;
        if (message.type === 'epoch') numEpochs += 1;
        if (message.type !== 'frame' || message.progress?.of !== 'epochs') continue;
        const { done } = message.progress;
        const isDue = done >= ((memoryMb.length + 1) * NUM_EPOCHS) / 20;
        if (isDue) memoryMb.push({ done, mb: residentMb(running.process.pid!) });
      }
      const { code, stdout, stderr } = await running.end();
      expect(code, stderr).toBe(0);
      expect(end).toMatchObject({ code: null, muted: true });
      // Two users an epoch, of which a watcher misses none.
      expect(numEpochs).toBe(2 * NUM_EPOCHS);
      expect(memoryMb.length).toBeGreaterThanOrEqual(15);
      const half = memoryMb.slice(memoryMb.length / 2);
      const growthMb = Math.max(...half.map(({ mb }) => mb)) - half[0]!.mb;
      expect(growthMb, JSON.stringify(memoryMb)).toBeLessThan(MOST_GROWTH_MB);

      const { report, slots } = JSON.parse(stdout);
      expect(slots.measured).toBe(slots.planned);
      expect(slots.planned).toBeGreaterThan(8 * NUM_EPOCHS);
      expect(statSync(path.join(out, 'recording.duckdb')).size).toBeLessThan(
        EMPTY_BYTES + MOST_BYTES_AN_EPOCH * NUM_EPOCHS,
      );
      expect(statSync(report).size).toBeLessThan(MOST_REPORT_BYTES);
      expect(readFileSync(report, 'utf8')).toMatch(/<\/html>\s*$/);
      const recording = await Recording.open(out, 'read');
      const [row] = await recording.query('SELECT count(*) AS epochs, max(epoch) AS last FROM epochs');
      await recording.close();
      expect([Number(row!.epochs), Number(row!.last)]).toEqual([2 * NUM_EPOCHS, NUM_EPOCHS - 1]);
      const lines = readFileSync(log, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.at(-1)).toMatchObject({ msg: 'ended', exitCode: 0 });
      console.log(
        `${NUM_EPOCHS} epochs, ${slots.planned} slots; memory ${memoryMb.map(({ mb }) => mb.toFixed(0)).join(' ')} MB`,
      );
    } finally {
      if (BEAMLOOP_RUNTIME_DIR === undefined) delete process.env.BEAMLOOP_RUNTIME_DIR;
      else process.env.BEAMLOOP_RUNTIME_DIR = BEAMLOOP_RUNTIME_DIR;
      rmSync(place, { recursive: true, force: true });
    }
  });
});
