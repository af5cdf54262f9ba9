import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Recording } from '../../src/record/recording.js';
import { beamloop, Running } from './campaign-runs.js';

const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-feedback-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function scenario(name: string, feedback: string, scheme: string): string {
  const file = path.join(folder, `${name}.yaml`);
  writeFileSync(
    file,
    `seed: 3
array: { elements: 64, carrier: 30 GHz, bandwidth: 5 GHz, subcarriers: 256, sector: { angle: 60 deg, distance: [1 m, 4 m] } }
board: { port: emulated, emulated: { phaseBits: 6, delayBits: 16, delayLsb: 1 ps } }
slots: { duration: 125 us }
scheme: ${scheme}
channel: { beamformedSnr: 20 dB, scatterers: 0 }
bridge: { feedback: ${feedback} }
users: { count: 5 }
`,
  );
  return file;
}

const TDPS = '{ name: tdps, pilots: 2, estimator: { name: matched-filter, directions: 128, rings: 6 } }';

interface Result {
  readonly users: readonly { readonly ue: string; readonly estimate: object | null }[];
}

async function recorded<T>(run: string, read: (recording: Recording) => Promise<T>): Promise<T> {
  const recording = await Recording.open(run, 'read');
  try {
    return await read(recording);
  } finally {
    await recording.close();
  }
}

describe('campaigns with UEs that estimate by themselves', () => {
  const powersRun = path.join(folder, 'powers');
  const estimateRun = path.join(folder, 'estimate');
  let estimates: Result;

  it('come to the same estimates from a thirtieth of the feedback', async () => {
    const run = async (feedback: string, out: string) => {
      const { stdout, stderr, code } = await beamloop(
        'run',
        scenario(feedback, feedback, TDPS),
        '--out',
        out,
        '--json',
      );
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout) as Result;
    };
    const powers = await run('powers', powersRun);
    estimates = await run('estimate', estimateRun);
    expect(estimates.users).toHaveLength(5);
    // How well they are borne out is told by what was reported: by all powers, or by their means.
    const decided = ({ users }: Result) => users.map(({ estimate }) => ({ ...estimate, evidence: null }));
    expect(decided(estimates)).toEqual(decided(powers));
    const all = await recorded(powersRun, (recording) => recording.rows('powers'));
    const means = await recorded(estimateRun, (recording) => recording.rows('powers'));
    expect(all.map(({ powers }) => powers.length)).toEqual(Array(10).fill(256));
    expect(means.map(({ powers }) => powers.length)).toEqual(Array(10).fill(1));
    for (const [k, { powers }] of all.entries()) {
      const mean = powers.reduce((sum, power) => sum + power, 0) / powers.length;
      expect(means[k]!.powers[0]! / mean).toBeCloseTo(1, 5);
    }
  });

  it('can be replayed, but not by another estimator', async () => {
    const same = await beamloop('replay', estimateRun, '--json');
    expect(same.code, same.stderr).toBe(0);
    expect(JSON.parse(same.stdout).users.every(({ same }: { same: boolean }) => same)).toBe(true);
    const other = await beamloop('replay', estimateRun, '--estimator', 'on-grid');
    expect(other.code).not.toBe(0);
    expect(other.stderr).toMatch(/subcarriers/);
  });

  it('measure again what a UE has forgotten when the run was killed', async () => {
    const out = path.join(folder, 'killed');
    const running = new Running(['run', path.join(folder, 'estimate.yaml'), '--out', out, '--no-report']);
    await running.until('user 2 of 5');
    running.process.kill('SIGKILL');
    await running.end();
    const resumed = await beamloop('resume', out, '--no-report', '--json');
    expect(resumed.code, resumed.stderr).toBe(0);
    const { users } = JSON.parse(resumed.stdout) as Result;
    expect(users).toHaveLength(5);
    expect(users[0]).toEqual(estimates.users[0]);
    expect(users.every(({ estimate }) => estimate !== null)).toBe(true);
  });

  it('are refused when there is more to tell of the beams than the protocol has room for', async () => {
    const rainbow = '{ name: near-field-rainbow, rings: 1000, estimator: matched-filter }';
    const out = path.join(folder, 'much');
    const { code, stderr } = await beamloop('run', scenario('much', 'estimate', rainbow), '--out', out);
    expect(code).toBe(2);
    expect(stderr).toMatch(/told of 1000 pilots .* takes \d+ characters.*bridge\.feedback/);
    expect(await recorded(out, (recording) => recording.rows('slots'))).toEqual([]);
  });

  it('are refused for a scheme that leaves nothing to estimate', async () => {
    const { code, stderr } = await beamloop('run', scenario('nothing', 'estimate', 'exhaustive-grid'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/exhaustive-grid has no estimator that a UE could run.*bridge\.feedback/);
  });
});
