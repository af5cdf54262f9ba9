/** `beamloop dashboard` as a command: what it starts, what outlives it, and what it says of wrong arguments. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunEntry } from '../../src/dashboard/page-messages.js';
import { RunWatch } from '../../src/live/watch-run.js';
import { callCommandLine } from '../fixtures/call-command-line.js';
import { ownRunFolder } from '../fixtures/synthetic-run.js';
import { OpenPage } from './open-page.js';

const PROGRAM = path.resolve('dist/src/cli/main.js');
/** Emulated, and long enough to be looked at while it goes on. */
const LONG = path.resolve('scenarios/first-light.yaml');

let root: string;
let restore: () => void;
const started: ChildProcess[] = [];

beforeAll(() => {
  restore = ownRunFolder();
  root = mkdtempSync(path.join(tmpdir(), 'beamloop-dashboard-command-'));
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
  restore();
});

interface Called {
  readonly child: ChildProcess;
  readonly stderr: Promise<string>;
  readonly said: { readonly url: string; readonly port: number; readonly started: boolean };
  readonly page: OpenPage;
}

async function call(...args: string[]): Promise<Called> {
  const child = spawn(process.execPath, [PROGRAM, 'dashboard', ...args, '--json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  const stderr = text(child.stderr!);
  const [chunk] = await once(child.stdout!, 'data');
  const said = JSON.parse(String(chunk));
  return { child, stderr, said, page: new OpenPage(said.port, said.url.split('#token=')[1]) };
}

async function interrupted({ child, stderr }: Called): Promise<{ code: number; stderr: string }> {
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  const [code] = await exited;
  return { code, stderr: await stderr };
}

/** The run or steering that the dashboard started, once it can be watched. */
async function ownRun(page: OpenPage, command: RunEntry['command']): Promise<RunEntry> {
  const isIt = (each: RunEntry) => each.isOwn && each.command === command && !each.isOver;
  const { runs } = await page.until('state', ({ runs }) => runs.some(isIt));
  return runs.find(isIt)!;
}

/** Watches it from here, beside the dashboard. */
async function watchOf({ id }: RunEntry): Promise<RunWatch> {
  return RunWatch.open(path.join(process.env.BEAMLOOP_RUNTIME_DIR!, `${id}.sock`));
}

async function endOf(watch: RunWatch): Promise<{ muted: boolean; code: string | null }> {
  for await (const message of watch) if (message.type === 'end') return message;
  throw new Error('It is gone without an end');
}

describe('an emulated scenario', () => {
  it('runs at once, and goes on when the dashboard is interrupted, which says how to stop it', async () => {
    const called = await call(LONG);
    expect(called.said).toMatchObject({
      started: true,
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#token=.{43}$/),
    });
    const run = await ownRun(called.page, 'run');
    const watch = await watchOf(run);
    const { code, stderr } = await interrupted(called);
    expect(code).toBe(0);
    expect(stderr).toContain(`kill ${run.pid} stops it and mutes the array`);
    expect(stderr).not.toContain('token');
    process.kill(run.pid, 'SIGTERM');
    expect(await endOf(watch)).toMatchObject({ muted: true, code: 'INTERRUPTED' });
  });

  it('goes on when the dashboard is killed', async () => {
    const called = await call(LONG);
    const run = await ownRun(called.page, 'run');
    const watch = await watchOf(run);
    called.child.kill('SIGKILL');
    await once(called.child, 'exit');
    expect(await endOf(watch)).toMatchObject({ muted: true, code: null });
  });

  it('waits for the operator with --no-start, is started and stopped by the page, and can be started again', async () => {
    const called = await call(LONG, '--no-start');
    const { page } = called;
    expect(called.said.started).toBe(false);
    const { run: before, scenario } = await page.until('state');
    expect(before.state).toBe('idle');
    expect(scenario).toMatchObject({ title: 'First light', isEmulated: true, whyNoSteering: null });
    page.say({ ask: 'start', tag: 'go' });
    const run = await ownRun(page, 'run');
    page.say({ ask: 'start', tag: 'again' });
    expect((await page.until('answer', ({ tag }) => tag === 'again')).error).toMatchObject({
      code: 'BAD_ARGUMENT',
      what: 'The run goes on',
    });
    page.say({ ask: 'order', tag: 'halt', run: run.id, order: 'stop' });
    const { done } = await page.until('answer', ({ tag }) => tag === 'halt');
    expect(done!.error).toBeNull();
    const { run: after } = await page.until('state', ({ run }) => run.state === 'ended');
    expect(after.error?.code).toBe('INTERRUPTED');
    await interrupted(called);
  });

  it('is steered by hand, and mute when whoever steers is gone', async () => {
    const called = await call(LONG, '--no-start');
    const { page } = called;
    await page.until('state');
    page.say({ ask: 'steer', tag: 'early', distanceM: 20, angleRad: 0.1, elevationRad: null });
    expect((await page.until('answer', ({ tag }) => tag === 'early')).error?.code).toBe('BAD_ARGUMENT');
    page.say({ ask: 'steering', tag: 'on', on: true });
    const steering = await ownRun(page, 'steer');
    page.say({
      ask: 'steer',
      tag: 'there',
      distanceM: 20,
      angleRad: (15 * Math.PI) / 180,
      elevationRad: null,
    });
    const { text: said } = await page.until('answer', ({ tag }) => tag === 'there');
    expect(said).toMatch(/^Steered to 20 m, 15 deg: latched, codeword [0-9a-f]{16}, at board time [\d.]+ s$/);
    page.say({ ask: 'steer', tag: 'nowhere', distanceM: 1e-5, angleRad: 0, elevationRad: null });
    expect((await page.until('answer', ({ tag }) => tag === 'nowhere')).error?.code).toBe('BAD_ARGUMENT');
    page.say({ ask: 'follow', run: steering.id });
    const { radiating, peak } = await page.until('pattern');
    expect(said).toContain(radiating.hash);
    expect(peak[1]).toBeCloseTo(Math.sin((15 * Math.PI) / 180), 2);
    const watch = await watchOf(steering);
    called.child.kill('SIGKILL');
    expect(await endOf(watch)).toMatchObject({ muted: true });
  });
});

describe('a scenario with a real board', () => {
  it('is started by nobody but the operator, who is told what is wrong', async () => {
    const file = path.join(root, 'real.yaml');
    const emulated = readFileSync(LONG, 'utf8');
    writeFileSync(file, emulated.replace('port: emulated', 'port: /dev/there-is-no-such-port'));
    const called = await call(file);
    const { page } = called;
    expect(called.said.started).toBe(false);
    const { scenario, run } = await page.until('state');
    expect(scenario).toMatchObject({ isEmulated: false, ports: ['/dev/there-is-no-such-port'] });
    expect(run.state).toBe('idle');
    page.say({ ask: 'start', tag: 'go' });
    const { run: ended } = await page.until('state', ({ run }) => run.state === 'ended');
    expect(ended.error).toMatchObject({ code: 'PORT_NOT_FOUND', todo: expect.any(String) });
    expect((await interrupted(called)).code).toBe(0);
  });
});

describe('wrong arguments', () => {
  it.each([
    [['nowhere/at-all'], 'FILE_NOT_FOUND'],
    [['nowhere.yaml'], 'FILE_NOT_FOUND'],
    [['--port', '70000'], 'BAD_ARGUMENT'],
    [['--port', 'http'], 'BAD_UNIT'],
    [['--prot', '80'], 'BAD_ARGUMENT'],
  ])('%s: %s', async (args, code) => {
    const { status, stdout } = await callCommandLine('dashboard', ...args, '--json');
    expect(status).toBe(2);
    expect(JSON.parse(stdout).error.code).toBe(code);
  });

  it('a scenario that is none, and a port that is taken', async () => {
    const wrong = path.join(root, 'wrong.yaml');
    writeFileSync(wrong, 'array: { elemnts: 5 }\n');
    const invalid = await callCommandLine('dashboard', wrong);
    expect(invalid.status).toBe(2);
    expect(invalid.stderr).toContain('[SCENARIO_INVALID]');
    const holder = createServer();
    holder.listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const taken = await callCommandLine('dashboard', '--port', String(port));
    expect(taken.status).toBe(2);
    expect(taken.stderr).toMatch(/could not listen .*choose another port {2}\[DASHBOARD_LISTEN\]/);
    holder.close();
  });

  it('a recording stands for the folder that it is in', async () => {
    mkdirSync(path.join(root, 'all', 'one'), { recursive: true });
    writeFileSync(path.join(root, 'all', 'one', 'recording.duckdb'), '');
    const called = await call(path.join(root, 'all', 'one'));
    expect((await called.page.until('state')).recordings).toBe(path.join(root, 'all'));
    await interrupted(called);
  });
});
