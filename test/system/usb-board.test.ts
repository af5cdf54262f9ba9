/**
 * Commands on a board that speaks USB, and on one behind TCP: emulated ones in processes of their own, as
 * `beamloop emulate-board --at` starts them. With USB the commands are started with the bus that it prints.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LinearArray, polarPointM } from '../../src/array/linear-array.js';
import { createEvaluator } from '../../src/channel/evaluator.js';
import { PolarCodebook } from '../../src/codebook/polar.js';
import { type EmulatedBoardHandle, startEmulatedBoard } from '../../src/emulation/start-emulated-board.js';
import { type EmulatedUes, startEmulatedUes } from '../../src/emulation/start-emulated-ues.js';
import { decided, Running } from './campaign-runs.js';

let folder: string;
const boards: EmulatedBoardHandle[] = [];
const ues: EmulatedUes[] = [];
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-usb-'));
});
afterEach(async () => {
  for (const each of ues.splice(0)) await each.close();
  for (const board of boards.splice(0)) await board.close();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function command(env: Readonly<Record<string, string>>, ...args: string[]) {
  return new Running(args, undefined, false, env).end();
}

it('a campaign runs over USB while another program asks for boards, which leaves it alone', async () => {
  const array = new LinearArray({ numElements: 128, carrierHz: 100e9 });
  const polar = new PolarCodebook(array, { numRings: 4 });
  const angleRad = (12 * Math.PI) / 180;
  const paths = [{ gain: { re: 1, im: 0 }, positionM: polarPointM(2.4 * Math.cos(angleRad) ** 2, angleRad) }];
  const board = await startEmulatedBoard(
    { model: { numElements: 128, baud: 3_000_000 }, realtime: true },
    undefined,
    { kind: 'usb' },
  );
  boards.push(board);
  expect(board.path).toBe('usb:device=1209:0001:EMU-0001');
  const scenario = path.join(folder, 'usb.yaml');
  writeFileSync(
    scenario,
    `array: { elements: 128, carrier: 100 GHz, rings: 4 }
board: { port: '${board.path}', baud: 3e6 }
slots: { duration: 250 us, turnaround: 20 ms }
scheme: dpc
users: [{ id: ada }]
`,
  );
  const out = path.join(folder, 'run');
  const run = new Running(
    ['run', scenario, '--out', out, '--no-report'],
    undefined,
    false,
    board.environment,
  );
  await run.until('waiting for the UE at');
  const listed = await command(board.environment, 'boards', '--json');
  expect(JSON.parse(listed.stdout).boards).toEqual([
    {
      port: board.path,
      state: 'held',
      holders: [{ pid: run.process.pid, command: expect.stringContaining('main.js run') }],
    },
  ]);
  ues.push(
    await startEmulatedUes({
      bridgeUrl: /waiting for the UE at (\S+)/.exec(run.stderr)![1]!,
      airPath: board.airPath,
      realtime: true,
      array: { numElements: 128, carrierHz: 100e9 },
      ues: [{ ueId: 'ada', paths, snrDb: 25 }],
      seed: 3,
    }),
  );
  const { code, stderr } = await run.end();
  expect(stderr).not.toMatch(/link|lost/);
  expect(code).toBe(0);
  const { estimates, receipts } = await decided(out);
  const evaluator = createEvaluator(polar);
  evaluator.setChannel(paths);
  expect(estimates.map(({ codewordKey }) => codewordKey)).toEqual([polar.codeword(evaluator.best()).key]);
  expect(receipts.filter(({ status }) => status === 'latched').length).toBeGreaterThan(40);
});

async function emulateBoard(...args: string[]) {
  const child = spawn(process.execPath, ['dist/src/cli/main.js', 'emulate-board', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = await once(child.stdout, 'data');
  return JSON.parse(String(line)) as { port: string; environment: Record<string, string> };
}

it('beamloop emulate-board puts a board on TCP, and on USB for programs that are started as it says', async () => {
  const [tcp, usb] = await Promise.all([
    emulateBoard('--at', 'tcp:127.0.0.1:0', '--elements', '16'),
    emulateBoard('--at', 'usb', '--elements', '32'),
  ]);
  const address = /^tcp:(127\.0\.0\.1:\d+)$/.exec(tcp.port)![1]!;
  const { stdout } = await command(usb.environment, 'boards', '--tcp', address, '--json');
  const described = { state: 'board', serialNumber: 'EMU-0001' };
  expect(JSON.parse(stdout)).toMatchObject({
    boards: [
      { ...described, port: 'usb:device=1209:0001:EMU-0001', numElements: 32 },
      { ...described, port: tcp.port, numElements: 16 },
    ],
    warnings: [],
  });
});
