/** Runs that others of this user watch, mute and stop; and those who watch badly. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Frame, LiveMessage } from '../../src/live/messages.js';
import { runSockets } from '../../src/live/run-sockets.js';
import { RunWatch } from '../../src/live/watch-run.js';
import { Recording } from '../../src/record/recording.js';
import { beamloop, decided, Running, writeScenario } from './campaign-runs.js';

let place: string;
const { BEAMLOOP_RUNTIME_DIR } = process.env;
beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), 'wr-'));
  process.env.BEAMLOOP_RUNTIME_DIR = path.join(place, 'runs');
});
afterEach(() => {
  if (BEAMLOOP_RUNTIME_DIR === undefined) delete process.env.BEAMLOOP_RUNTIME_DIR;
  else process.env.BEAMLOOP_RUNTIME_DIR = BEAMLOOP_RUNTIME_DIR;
  rmSync(place, { recursive: true, force: true });
});

const LONG =
  'tracking: { tracker: hold, epoch: 40 ms, duration: 60 s, servingSlots: 4, codebook: { directions: 64, rings: 2 } }\n';

async function socketOf(running: Running): Promise<string> {
  for (;;) {
    const [socket] = await runSockets();
    if (socket !== undefined) return socket;
    if (running.process.exitCode !== null) throw new Error((await running.end()).stderr);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A run in real time that takes as long as it is let. */
function longRun(out: string): Running {
  const scenario = writeScenario(place, 'long', '{}', LONG);
  return new Running(['run', scenario, '--realtime', '--no-report', '--out', out]);
}

describe('a run that is watched', () => {
  it('tells what it is and does, and mutes its board before anything else when it is told to stop', async () => {
    const out = path.join(place, 'out');
    const running = longRun(out);
    const watch = await RunWatch.open(await socketOf(running));
    expect(watch.hello).toMatchObject({
      ...{ command: 'run', name: 'long', scheme: 'dpc', time: 'real', folder: out },
      array: { numElements: 128, planar: null },
      board: { ports: ['emulated'], isEmulated: true },
    });
    expect(watch.hello.users.map(({ id }) => id)).toEqual(['ada', 'bela', 'chen']);
    const seen: LiveMessage[] = [];
    let stopping: ReturnType<RunWatch['order']> | null = null;
    for await (const message of watch) {
      seen.push(message);
      const isUnderway =
        message.type === 'frame' && message.counts.measured > 50 && message.radiating !== null;
      if (isUnderway) stopping ??= watch.order('stop');
    }
    const done = await stopping!;
    expect(done).toMatchObject({ order: 'stop', error: null });
    expect(seen.at(-1)).toMatchObject({ type: 'end', code: 'INTERRUPTED', muted: true });
    const kinds = new Set(seen.map(({ type }) => type));
    expect(kinds).toEqual(
      new Set(
        ['frame', 'settings', 'event', 'estimate', 'epoch', 'done', 'end'].filter((kind) =>
          kinds.has(kind as never),
        ),
      ),
    );
    for (const kind of ['frame', 'settings', 'event', 'done', 'end']) expect(kinds, kind).toContain(kind);
    const powers = seen.flatMap((message) => (message.type === 'frame' ? message.powers : []));
    expect(powers.length).toBeGreaterThan(0);
    const { code, stderr } = await running.end();
    expect(code).toBe(130);
    expect(stderr).toContain('Stopped by whoever watches the run; the array was muted');
    // What was radiating is what its settings were told of.
    const told = new Set(seen.flatMap((message) => (message.type === 'settings' ? [message.hash] : [])));
    const radiated = seen.flatMap((message) =>
      message.type === 'frame' && message.radiating ? [message.radiating.hash] : [],
    );
    for (const hash of radiated) expect(told).toContain(hash);
    const recording = await Recording.open(out, 'read');
    const receipts = await recording.rows('receipts', "WHERE status = 'latched'");
    await recording.close();
    const lastFrame = seen.findLast((message): message is Frame => message.type === 'frame')!;
    expect(lastFrame.counts.latched).toBeLessThanOrEqual(receipts.length);
    // No beam was latched after the board confirmed, but for what its clock is known to.
    expect(Math.max(...receipts.map(({ boardTimeS }) => boardTimeS))).toBeLessThan(done.boardTimeS! + 0.01);
    expect(readdirSync(path.join(place, 'runs'))).toEqual([]);
  });

  it('counts what was before it was stopped when it goes on', async () => {
    const out = path.join(place, 'out');
    const stopped = longRun(out);
    const first = await RunWatch.open(await socketOf(stopped));
    let isStopping = false;
    for await (const message of first) {
      if (isStopping || message.type !== 'frame' || message.counts.measured <= 50) continue;
      isStopping = true;
      void first.order('stop').catch(() => {});
    }
    expect((await stopped.end()).code).toBe(130);
    const recording = await Recording.open(out, 'read');
    const slots = await recording.rows('slots');
    const latched = new Set(
      (await recording.rows('receipts', "WHERE status = 'latched'")).map(({ slot }) => slot),
    );
    const heard = new Set((await recording.rows('powers')).map(({ slot, ue }) => `${slot} ${ue}`));
    await recording.close();
    const unheard = new Set(
      slots.filter(({ slot, ue }) => !heard.has(`${slot} ${ue}`)).map(({ slot }) => slot),
    );
    const before = {
      planned: new Set(slots.map(({ slot }) => slot)).size,
      latched: latched.size,
      measured: [...latched].filter((slot) => !unheard.has(slot)).length,
    };
    const resumed = new Running(['resume', out, '--realtime', '--no-report']);
    const second = await RunWatch.open(await socketOf(resumed));
    let counts: Frame['counts'] | null = null;
    for await (const message of second) {
      if (message.type !== 'frame' || counts !== null) continue;
      ({ counts } = message);
      void second.order('stop').catch(() => {});
    }
    await resumed.end();
    for (const key of ['planned', 'latched', 'measured'] as const) {
      expect(counts![key], key).toBeGreaterThanOrEqual(before[key]);
      // The watcher came at once: what the run has added by then is little.
      expect(counts![key], key).toBeLessThan(2 * before[key]);
    }
  });

  it('is muted and heard again without an end', async () => {
    const running = longRun(path.join(place, 'out'));
    const socket = await socketOf(running);
    const watch = await RunWatch.open(socket);
    const states: (boolean | null)[] = [];
    const orders = ['mute', 'unmute', 'stop'] as const;
    let numGiven = 0;
    for await (const message of watch) {
      if (message.type === 'done') states.push(message.error === null ? message.order === 'mute' : null);
      if (message.type !== 'frame' || message.counts.latched === 0) continue;
      if (numGiven > states.length || numGiven === orders.length) continue;
      void watch.order(orders[numGiven++]!).catch(() => {});
    }
    expect(states).toEqual([true, false, false]);
    expect((await running.end()).code).toBe(130);
  });

  it('records the same whether nobody watches, or many do, some of them badly', async () => {
    const scenario = writeScenario(place, 'short');
    const alone = path.join(place, 'alone');
    const watched = path.join(place, 'watched');
    expect((await beamloop('run', scenario, '--no-report', '--out', alone)).code).toBe(0);
    const running = new Running(['run', scenario, '--no-report', '--out', watched]);
    const socket = await socketOf(running);
    const closed: string[] = [];
    const bad = (name: string, text: string | null) => {
      const own = connect(socket);
      own.on('error', () => {});
      own.on('close', () => closed.push(name));
      if (text !== null) own.write(text);
      return own;
    };
    const silent = bad('never reads', null);
    silent.pause();
    bad('no order', 'hello\n').resume();
    bad('endless', 'x'.repeat(100_000)).resume();
    bad('unknown order', '{"order":"explode","tag":"1"}\n').resume();
    const { code, stderr } = await running.end();
    expect(code, stderr).toBe(0);
    silent.destroy();
    expect(closed).toEqual(expect.arrayContaining(['no order', 'endless', 'unknown order']));
    expect(await decided(watched)).toEqual(await decided(alone));
  });

  it('goes on where no run can be watched, with a warning', async () => {
    process.env.BEAMLOOP_RUNTIME_DIR = '/proc/none';
    const { code, stderr } = await beamloop(
      'run',
      writeScenario(place, 'short'),
      '--no-report',
      '--out',
      path.join(place, 'o'),
    );
    expect(code).toBe(0);
    expect(stderr).toContain('This run cannot be watched');
  });
});

describe('beamloop watch', () => {
  it('lists, follows and stops, and says when there is nothing to watch', async () => {
    expect(await beamloop('watch')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('No run goes on'),
    });
    expect((await beamloop('watch', '--list')).stdout).toBe('No run goes on\n');
    const running = longRun(path.join(place, 'out'));
    await socketOf(running);
    const { runs } = JSON.parse((await beamloop('watch', '--list', '--json')).stdout);
    expect(runs).toMatchObject([{ name: 'long', command: 'run' }]);
    expect((await beamloop('watch', 'nothing')).stderr).toContain('No run is called nothing; there is');
    const follower = new Running(['watch', runs[0].id.slice(0, 10)]);
    await follower.until('run of long');
    const stopped = await beamloop('watch', '--order', 'stop');
    expect(stopped).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/muted its array and ends; the board confirmed it after \d+ ms/),
    });
    expect((await running.end()).code).toBe(130);
    const { code, stdout } = await follower.end();
    expect(code).toBe(0);
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^The run ended: Stopped by whoever watches/);
  });

  it('says when the process of a run is gone without a word', async () => {
    const running = longRun(path.join(place, 'out'));
    await socketOf(running);
    const follower = new Running(['watch']);
    await follower.until('run of long');
    running.process.kill('SIGKILL');
    const { code, stderr } = await follower.end();
    expect(code).toBe(2);
    expect(stderr).toContain('gone without a word');
    expect(await runSockets()).toEqual([]);
    expect(readdirSync(path.join(place, 'runs'))).toEqual([]);
  });
});
