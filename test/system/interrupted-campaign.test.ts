/** Campaigns that are interrupted: by the terminal, by the machine, by the board; and what is said of it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beamloop, decided, happened, Running, writeScenario } from './campaign-runs.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-interrupted-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Slow enough that it is still going on when the first user has been found. */
const slow = (name: string) => writeScenario(folder, name, '{ faults: { slowMemory: 20 ms } }');

/** A run in real time, of which a user has been found. */
async function begun(name: string, ...more: string[]): Promise<{ run: Running; out: string }> {
  const out = path.join(folder, name);
  const run = new Running(['run', slow(name), '--out', out, '--no-report', '--realtime', ...more]);
  await run.until('"user finished"', 'user 1 of 3');
  return { run, out };
}

// Most of what they do is to wait, each for itself.
describe.concurrent('a campaign that is interrupted', () => {
  it('is muted and recorded when the terminal is gone, and says so with 129', async () => {
    const { run, out } = await begun('hangup');
    run.process.kill('SIGHUP');
    const { code, stderr } = await run.end();
    expect(stderr).toContain('The terminal is gone; the array was muted and the recording was closed');
    expect(stderr).toContain(`beamloop resume ${out}  [HUNG_UP]`);
    expect(code).toBe(129);
    // Closed in order: nothing is left in a log that the next one would have to read.
    expect(readdirSync(out)).not.toContain('recording.duckdb.wal');
    expect((await happened(out)).events.map(({ kind }) => kind)).toContain('stopped');
  });

  it('ends in order when a launcher passes Ctrl-C on that the terminal has sent too; as JSON with recording and way on', async () => {
    const { run, out } = await begun('twice', '--json');
    run.process.kill('SIGINT');
    await setTimeout(20);
    run.process.kill('SIGINT');
    const { code, stdout, stderr } = await run.end();
    expect(code).toBe(130);
    const { error } = JSON.parse(stdout);
    expect(error.what).toContain('Interrupted; the array was muted and the recording was closed');
    expect(error).toMatchObject({ code: 'INTERRUPTED', recording: out, resume: `beamloop resume ${out}` });
    for (const line of stderr.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('event');
  });

  it('goes on after the machine was stopped for longer than the board waits', async () => {
    const { run, out } = await begun('stopped');
    run.process.kill('SIGSTOP');
    await setTimeout(6000);
    run.process.kill('SIGCONT');
    const { code, stderr } = await run.end();
    expect(stderr).not.toContain('turnaround');
    expect(stderr).toContain('the board heard nothing from this machine for 1000 ms and muted itself');
    expect(code).toBe(0);
    const { slots, powers, receipts } = await decided(out);
    // Nothing that was measured is measured again.
    const latched = new Map(receipts.map(({ slot, status }) => [slot, status === 'latched']));
    const measured = new Set(powers.map(({ slot }) => slot).filter((slot) => latched.get(slot)));
    const pilots = slots
      .filter(({ slot }) => measured.has(slot))
      .map(({ ue, batch, position }) => `${ue} ${batch} ${position}`);
    expect(new Set(pilots).size).toBe(pilots.length);
  });

  it('tells of a board that goes, comes back and restarts as it happens; as JSON too', async () => {
    const events = '[{ atSlot: 20, action: unplug, for: 600 ms }, { atSlot: 60, action: reset }]';
    const file = writeScenario(folder, 'told', `{ faults: { events: ${events} } }`);
    const run = (name: string, ...more: string[]) =>
      beamloop('run', file, '--out', path.join(folder, name), '--no-report', ...more);
    const [said, machines] = await Promise.all([run('told'), run('told-2', '--json')]);
    expect(said.code).toBe(0);
    expect(said.stderr).toMatch(
      /the board is gone: .+\n(.*\n)*.*the board is back, and goes on where it was/,
    );
    const restarted =
      /the board restarted; what was measured stays, .* It was in slot (\d+) or after it: a power of that slot may be of a part of it only/.exec(
        said.stderr,
      );
    // It restarts at slot 60; of how many before it the board has told depends on how the batches fall.
    expect(Number(restarted?.[1])).toBeGreaterThan(20);
    expect(Number(restarted?.[1])).toBeLessThanOrEqual(60);
    // The cable was pulled once; a machine that stands still for two seconds loses the link once more.
    expect(said.stdout).toMatch(/\nLink: 0 corrupt frames, [1-9] reconnects?, /);
    const kinds = machines.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).event);
    expect(kinds).toEqual(expect.arrayContaining(['link down', 'link up', 'board reset']));
    const { slots } = JSON.parse(machines.stdout);
    const { planned, ...ends } = slots;
    expect(Object.values<number>(ends).reduce((a, b) => a + b)).toBe(planned);
  });

  it('two runs that start at once get a folder each, and one that fails leaves none', async () => {
    const file = writeScenario(folder, 'at-once');
    const cwd = path.join(folder);
    const runs = [0, 1].map(() => new Running(['run', file, '--no-report'], cwd));
    const ends = await Promise.all(runs.map((run) => run.end()));
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    const made = readdirSync(path.join(cwd, 'recordings'));
    expect(made).toHaveLength(2);
    for (const name of made) {
      expect(existsSync(path.join(cwd, 'recordings', name, 'recording.duckdb'))).toBe(true);
    }
    const portless = path.join(folder, 'portless.yaml');
    writeFileSync(portless, readFileSync(file, 'utf8').replace('port: emulated', 'port: /dev/no-such-port'));
    const failed = await new Running(['run', portless], cwd).end();
    expect(failed.stderr).toContain('[PORT_NOT_FOUND]');
    expect(readdirSync(path.join(cwd, 'recordings'))).toEqual(made);
  });
});
