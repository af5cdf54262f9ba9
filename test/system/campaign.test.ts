/** Campaigns through everything: built program, serial port, emulated board and UEs in processes of their own. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRecordings } from '../../src/record/export/export.js';
import { Recording } from '../../src/record/recording.js';
import { readScenario } from '../../src/scenario/scenario.js';
import { runScenarioStudy } from '../../src/study/scenario/scenario-study.js';
import { emulatedSection, standInBoard } from '../../src/testbed.js';
import { beamloop, decided, happened, Running, writeScenario } from './campaign-runs.js';

let folder: string;
let scenario: string;
let first: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-campaign-'));
  scenario = writeScenario(folder, 'small', '{ at: pty }');
  first = path.join(folder, 'first');
  const run = await beamloop('run', scenario, '--out', first);
  expect(run.stderr).toContain('user 3 of 3, chen: found');
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(/ada .* yes +\S+ dB +42 \+ 16\n/);
  expect(run.stdout).toContain(`Report: ${path.join(first, 'report.html')}`);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The tables that scenario and seed decide, as Parquet files. */
async function exported(run: string): Promise<Map<string, Buffer>> {
  const recording = await Recording.open(run, 'read');
  const files = await exportRecordings([recording], path.join(run, 'parquet'), 'parquet');
  await recording.close();
  const byWallClock = ['events.parquet', 'link_statistics.parquet'];
  const kept = files.filter((file) => !byWallClock.includes(path.basename(file)));
  return new Map(kept.map((file) => [path.basename(file), readFileSync(file)]));
}

const recordingAt = (name: string) => path.join(folder, name);

describe('beamloop run', () => {
  it('finds every user: the estimate is the noise-free best codeword, each slot is latched and measured once', async () => {
    const run = await decided(first);
    expect(run.users).toHaveLength(3);
    for (const user of run.users) {
      const estimate = run.estimates.find(({ ue }) => ue === user.ue)!;
      expect(estimate.codewordKey).toBe(user.bestKey);
      expect(Math.abs(estimate.angleRad - Math.atan2(user.yM!, user.xM!))).toBeLessThan(0.02);
      // What ada's powers leave open, a check tells.
      const numCheckPilots = user.ue === 'ada' ? 16 : 0;
      expect(run.slots.filter(({ ue }) => ue === user.ue)).toHaveLength(estimate.numPilots + numCheckPilots);
    }
    const slots = run.slots.map(({ slot }) => slot);
    expect(run.receipts.map(({ slot }) => slot)).toEqual(slots);
    expect(run.powers.map(({ slot }) => slot)).toEqual(slots);
    for (const [k, receipt] of run.receipts.entries()) {
      expect(receipt.status).toBe('latched');
      expect(receipt.hash).toBe(run.slots[k]!.hash);
      expect(receipt.boardTimeS).toBeCloseTo(run.slots[k]!.plannedBoardTimeS, 8);
    }
    expect(existsSync(path.join(first, 'report.html'))).toBe(true);
  });

  it('measures and decides what a study of the same scenario does, slot by slot', async () => {
    const { powers, estimates, users } = await decided(first);
    const { scenario: read, ...file } = readScenario(scenario, emulatedSection);
    const studied = new Map<number, { ue: string; powers: Float32Array }>();
    const { rows } = await runScenarioStudy(
      { kind: 'scenario', title: 't', scenario },
      { scenario: read, ...file },
      standInBoard(read),
      { onSlot: (slot, ue, measured) => studied.set(slot, { ue, powers: measured }) },
    );
    expect(new Map(powers.map(({ slot, ue, powers: measured }) => [slot, { ue, powers: measured }]))).toEqual(
      studied,
    );
    const keyOf = new Map(estimates.map(({ ue, codewordKey }) => [ue, codewordKey]));
    expect(rows.map(({ ue, codewordKey, bestKey, match }) => [ue, codewordKey, bestKey, match])).toEqual(
      users.map(({ ue, bestKey }) => [ue, keyOf.get(ue), bestKey, true]),
    );
  });

  it('gives the same powers, decisions and slot times again, byte for byte; --json prints one document', async () => {
    const again = recordingAt('again');
    const run = await beamloop('run', scenario, '--out', again, '--no-report', '--json');
    expect(await decided(again)).toEqual(await decided(first));
    const [a, b] = await Promise.all([first, again].map(exported));
    expect([...a!.keys()]).toHaveLength(14);
    for (const [table, bytes] of a!) expect(bytes.equals(b!.get(table)!), table).toBe(true);

    const outcome = JSON.parse(run.stdout);
    expect(outcome.users.map(({ ue }: { ue: string }) => ue)).toEqual(['ada', 'bela', 'chen']);
    expect(outcome.users.every(({ match }: { match: boolean }) => match)).toBe(true);
    expect(outcome.slots).toMatchObject({ late: 0, missed: 0 });
    expect(outcome.slots.measured).toBe(outcome.slots.planned);
  });

  it('does not write over a recording', async () => {
    const run = await beamloop('run', scenario, '--out', first);
    expect(run.code).toBe(5);
    expect(run.stderr).toContain('RECORDING_EXISTS');
  });

  it('--dry-run prints the plan and touches nothing', async () => {
    const run = await beamloop('run', scenario, '--dry-run', '--out', recordingAt('dry'));
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/pilots per user +up to 42, largest batch 28; up to 64 more/);
    expect(existsSync(recordingAt('dry'))).toBe(false);
    const tight = writeScenario(folder, 'tight', '{ at: pty, switchTime: 200 us }');
    const refused = await beamloop('run', tight, '--dry-run');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/125 us.*200 us.*\[PLAN_REFUSED\]/);
  });
});

describe('beamloop replay', () => {
  it('makes the decisions of the run again from its powers', async () => {
    const replay = await beamloop('replay', first, '--json');
    expect(replay.code).toBe(0);
    const { users } = JSON.parse(replay.stdout) as { users: { recorded: string; replayed: string }[] };
    const { estimates } = await decided(first);
    expect(users).toHaveLength(3);
    for (const user of users) {
      expect(user.replayed).toBe(user.recorded);
      expect(estimates.map(({ codewordKey }) => codewordKey)).toContain(user.replayed);
    }
  });

  it('names a pilot that was not recorded', async () => {
    const replay = await beamloop('replay', first, '--scheme', 'exhaustive');
    expect(replay.code).toBe(5);
    expect(replay.stderr).toMatch(/pilot polar\/1\/1, .*'ada'.*\[RECORDING_LACKS_PILOT\]/);
  });
});

describe('a bad line', () => {
  it('changes nothing that was decided: same slots, one receipt and one power each', async () => {
    const noise = '{ drop: 0.0003, flip: 0.0004, duplicate: 0.0003 }';
    const { slots } = await decided(first);
    const [third, twoThirds] = [slots[42]!.slot, slots[90]!.slot];
    const rough = writeScenario(
      folder,
      'rough',
      `{ at: pty, faults: { toBoard: ${noise}, toHost: ${noise}, events: [
        { atSlot: ${third}, action: stall, for: 300 ms }, { atSlot: ${twoThirds}, action: unplug, for: 400 ms } ] } }`,
    );
    const run = recordingAt('rough');
    expect((await beamloop('run', rough, '--out', run, '--no-report')).code).toBe(0);
    expect(await decided(run)).toEqual(await decided(first));
    const { link } = await happened(run);
    expect(link.retransmissions).toBeGreaterThan(0);
    expect(link.corruptFrames).toBeGreaterThan(0);
    expect(link.reconnects).toBeGreaterThanOrEqual(1);
  });
});

describe('missed and lost slots', () => {
  it('a slot whose latch failed is sent again in a new slot; both are recorded', async () => {
    const { slots, estimates } = await decided(first);
    const failing = [slots[4]!, slots[50]!];
    const missing = writeScenario(
      folder,
      'missing',
      `{ at: pty, faults: { missedLatches: { slots: [${failing[0]!.slot}, ${failing[1]!.slot}] } } }`,
    );
    const run = recordingAt('missing');
    expect((await beamloop('run', missing, '--out', run, '--no-report')).code).toBe(0);
    const got = await decided(run);
    const missed = got.receipts.filter(({ status }) => status === 'missed').map(({ slot }) => slot);
    expect(missed).toContain(failing[0]!.slot);
    for (const slot of missed) {
      const { ue, batch, position } = got.slots.find((row) => row.slot === slot)!;
      const attempts = got.slots.filter(
        (row) => row.ue === ue && row.batch === batch && row.position === position,
      );
      expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
      expect(attempts[1]!.slot).toBeGreaterThan(slot);
      expect(got.receipts.find((row) => row.slot === attempts[1]!.slot)!.status).toBe('latched');
    }
    expect(got.slots).toHaveLength(slots.length + missed.length);
    expect(got.estimates.map(({ codewordKey }) => codewordKey)).toEqual(
      estimates.map(({ codewordKey }) => codewordKey),
    );
  });

  it('a board that restarts in the middle loses its slots, and the users are found all the same', async () => {
    const { slots, estimates } = await decided(first);
    // In the middle of a refinement batch, so that queued slots are lost.
    const middle = slots[30]!.slot;
    const restart = writeScenario(
      folder,
      'restart',
      `{ at: pty, faults: { events: [ { atSlot: ${middle}, action: reset } ] } }`,
    );
    const run = recordingAt('restart');
    expect((await beamloop('run', restart, '--out', run, '--no-report')).code).toBe(0);
    const got = await decided(run);
    expect(got.estimates.map(({ codewordKey }) => codewordKey)).toEqual(
      estimates.map(({ codewordKey }) => codewordKey),
    );
    expect(got.slots.some(({ attempt }) => attempt === 2)).toBe(true);
    expect((await happened(run)).events.map(({ kind }) => kind)).toContain('board reset');
  });
});

describe('a controller that is stopped', () => {
  /** Runs a scenario and interrupts it when the first user has been found; again where the run was over before. */
  async function interrupted(scenarioFile: string, run: string) {
    for (;;) {
      const running = new Running(['run', scenarioFile, '--out', run, '--no-report']);
      await running.until('user 1 of 3');
      running.process.kill('SIGINT');
      const end = await running.end();
      if (end.code !== 0) return end;
      rmSync(run, { recursive: true });
    }
  }

  it('Ctrl-C mutes, closes the recording and says how to go on; resume then ends like an undisturbed run', async () => {
    const slow = writeScenario(folder, 'slow', '{ at: pty, faults: { slowMemory: 20 ms } }');
    const run = recordingAt('interrupted');
    const end = await interrupted(slow, run);
    expect(end.code).toBe(130);
    expect(end.stderr).toContain(`beamloop resume ${run}  [INTERRUPTED]`);
    expect((await happened(run)).events.map(({ kind }) => kind)).toContain('stopped');
    expect((await beamloop('resume', run, '--no-report')).code).toBe(0);
    expect(await decided(run)).toEqual(await decided(first));
  });

  it('Ctrl-C at a terminal while the emulation starts is no failure of the emulation', async () => {
    // A terminal sends the signal to the whole group; a process that has just been forked does not ignore it yet.
    const run = ['run', scenario, '--out', recordingAt('starting'), '--no-report'];
    const starting = new Running(run, undefined, true);
    const { pid } = starting.process;
    const children = `/proc/${pid}/task/${pid}/children`;
    while (readFileSync(children, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 2));
    process.kill(-pid!, 'SIGINT');
    const { code, stderr } = await starting.end();
    expect(stderr).toContain('[INTERRUPTED]');
    expect(code).toBe(130);
  });

  it('resuming a run that is complete changes nothing, and leaves no trace of it', async () => {
    const all = async () => ({ ...(await decided(first)), events: (await happened(first)).events });
    const before = await all();
    const resumed = await beamloop('resume', first, '--no-report', '--json');
    expect(resumed.code).toBe(0);
    expect(JSON.parse(resumed.stdout).users).toHaveLength(3);
    expect(await all()).toEqual(before);
  });
});
