/**
 * A campaign on a serial port that the scenario names, as with real hardware: the board runs by its own clock, UEs come
 * by themselves, and nobody tells the controller where they are. Board and UEs are emulated ones that this test starts.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { BoardTelemetry } from '../../drivers/array-board.js';
import { openNativeBoard } from '../../drivers/boards/open-native-board.js';
import { SerialTransport } from '../../drivers/transports/serial.js';
import { LinearArray, type PointM, polarPointM } from '../../src/array/linear-array.js';
import { createEvaluator } from '../../src/channel/evaluator.js';
import type { Path } from '../../src/channel/paths.js';
import { PolarCodebook } from '../../src/codebook/polar.js';
import { type EmulatedBoardHandle, startEmulatedBoard } from '../../src/emulation/start-emulated-board.js';
import { startEmulatedUes } from '../../src/emulation/start-emulated-ues.js';
import { PATIENCE_S } from '../fixtures/patience.js';
import { beamloop, decided, happened, Running } from './campaign-runs.js';
import { radioUe } from './radio-ue.js';

const array = new LinearArray({ numElements: 128, carrierHz: 100e9 });
const polar = new PolarCodebook(array, { numRings: 4 });

function placeOf(ringM: number, angleDeg: number): PointM {
  const angleRad = (angleDeg * Math.PI) / 180;
  return polarPointM(ringM * Math.cos(angleRad) ** 2, angleRad);
}
const places = new Map([
  ['ada', placeOf(1.5, -31)],
  ['bela', placeOf(2.4, 12)],
]);
const lineOfSight = (positionM: PointM): Path[] => [{ gain: { re: 1, im: 0 }, positionM }];

let folder: string;
let board: EmulatedBoardHandle;
const started: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-port-'));
  board = await startEmulatedBoard({ model: { numElements: 128, baud: 3_000_000 }, realtime: true });
});
afterEach(async () => {
  for (const ues of started.splice(0)) await ues.close();
  await board.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Where the run says that it waits for a UE. */
async function bridgeOf(run: Running): Promise<string> {
  await run.until('waiting for the UE at');
  return /waiting for the UE at (\S+)/.exec(run.stderr)![1]!;
}

/** Starts a UE when the run waits for one: in this process, which takes it no time, however busy the machine. */
async function connectUe(ueId: string, run: Running): Promise<void> {
  const url = await bridgeOf(run);
  const positionM = places.get(ueId)!;
  started.push({ close: radioUe({ url, airPath: board.airPath, ueId, array, positionM, snrDb: 25 }) });
}

/** The same, in a process of its own. */
async function startUe(ueId: string, run: Running): Promise<void> {
  const { numElements, carrierHz } = array;
  const ues = await startEmulatedUes({
    bridgeUrl: await bridgeOf(run),
    airPath: board.airPath,
    realtime: true,
    array: { numElements, carrierHz },
    ues: [{ ueId, paths: lineOfSight(places.get(ueId)!), snrDb: 25 }],
    seed: 3,
  });
  started.push(ues);
}

it('trains who is there; who is absent makes it incomplete; resume trains who has come since', async () => {
  const scenario = path.join(folder, 'port.yaml');
  writeFileSync(
    scenario,
    `array: { elements: 128, carrier: 100 GHz, rings: 4 }
board: { port: ${board.path}, baud: 3e6 }
slots: { duration: 250 us, turnaround: 20 ms }
scheme: dpc
users: [{ id: ada, position: { ring: 1.5 m, angle: -31 deg }, snr: 12 dB }, { id: bela }]
bridge: { ueTimeout: 5 s }
`,
  );
  const run = path.join(folder, 'run');
  const first = new Running(['run', scenario, '--out', run, '--no-report']);
  await connectUe('ada', first);
  await first.until('user 1 of 2, ada: found');
  const end = await first.end();
  expect(end.stderr).toContain('user 2 of 2, bela: not found');
  expect(end.stderr).toMatch(/No estimate for bela .*beamloop resume.*\[CAMPAIGN_INCOMPLETE\]/);
  expect(end.code).toBe(6);
  // Where the scenario says where a user is, that is what its estimate is to be compared with; its channel is the air's.
  expect(end.stderr).toContain('users[].snr describes emulated users and is not used on ');
  expect(end.stdout).toMatch(/ada +1\.10 m at -31\.0 deg/);
  const before = await decided(run);
  const [xM] = places.get('ada')!;
  expect(before.users.map(({ ue, xM, bestKey }) => [ue, xM, bestKey])).toEqual([
    ['ada', expect.closeTo(xM, 9), null],
    ['bela', null, null],
  ]);

  const second = new Running(['resume', run, '--no-report']);
  await connectUe('bela', second);
  expect((await second.end()).code).toBe(0);
  const after = await decided(run);
  const evaluator = createEvaluator(polar);
  for (const [ue, positionM] of places) {
    evaluator.setChannel(lineOfSight(positionM));
    const best = polar.codeword(evaluator.best()).key;
    expect(after.estimates.find((estimate) => estimate.ue === ue)!.codewordKey).toBe(best);
  }
  // What was measured in the first run was not measured again.
  const ofAda = ({ slots }: typeof after) => slots.filter(({ ue }) => ue === 'ada');
  expect(ofAda(after)).toEqual(ofAda(before));
  // Every pilot was measured once in a slot that was latched in time; slots rise over the whole run.
  const latched = new Set(
    after.receipts.filter(({ status }) => status === 'latched').map(({ slot }) => slot),
  );
  const measured = new Set(after.powers.map(({ slot }) => slot).filter((slot) => latched.has(slot)));
  const pilots = after.slots
    .filter(({ slot }) => measured.has(slot))
    .map(({ ue, batch, position }) => `${ue} ${batch} ${position}`);
  expect(new Set(pilots).size).toBe(pilots.length);
  expect(after.estimates.map(({ numPilots }) => numPilots)).toEqual([42, 42]);
  // Beyond those of the scheme there are checks of 16 each.
  expect(pilots.length).toBeGreaterThanOrEqual(2 * 42);
  expect((pilots.length - 2 * 42) % 16).toBe(0);
  const kinds = (await happened(run)).events.map(({ kind }) => kind);
  expect(kinds).toContain('resumed');
  expect(kinds).toContain('user failed');
});

it('a board of another size is refused before anything is sent', async () => {
  const scenario = path.join(folder, 'wrong.yaml');
  writeFileSync(
    scenario,
    `array: { elements: 64, carrier: 100 GHz, rings: 4 }
board: { port: ${board.path}, baud: 3e6 }
slots: { duration: 250 us }
scheme: dpc
users: [{ id: ada }]
`,
  );
  const run = await beamloop('run', scenario, '--out', path.join(folder, 'run'));
  expect(run.code).toBe(3);
  expect(run.stderr).toMatch(/64 elements.*128.*\[BOARD_MISMATCH\]/);
});

it('Ctrl-C while it waits for a UE leaves the array muted', async () => {
  const scenario = path.join(folder, 'waiting.yaml');
  writeFileSync(
    scenario,
    `array: { elements: 128, carrier: 100 GHz, rings: 4 }
board: { port: ${board.path}, baud: 3e6 }
slots: { duration: 250 us }
scheme: dpc
users: [{ id: ada }]
`,
  );
  const run = path.join(folder, 'run');
  const waiting = new Running(['run', scenario, '--out', run]);
  while (!existsSync(path.join(run, 'recording.duckdb'))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  waiting.process.kill('SIGINT');
  expect((await waiting.end()).code).toBe(130);

  const transport = new SerialTransport({ port: board.path, baudRate: 3_000_000 });
  const driver = await openNativeBoard({ transport, baudRate: 3_000_000 });
  const telemetry = new Promise<BoardTelemetry>((resolve) => driver.on('telemetry', resolve));
  driver.requestTelemetry();
  expect(await telemetry).toMatchObject({ muted: true, armed: false });
  await driver.close();
});

it('a UE that comes to a run with other subcarriers than the scenario says fails alone, before a slot is spent on it', async () => {
  const scenario = path.join(folder, 'wide.yaml');
  writeFileSync(
    scenario,
    `array:
  elements: 128
  carrier: 100 GHz
  rings: 4
  bandwidth: 5 GHz
  subcarriers: 64
  sector: { angle: 60 deg, distance: [1 m, 5 m] }
board: { port: ${board.path}, baud: 3e6 }
slots: { duration: 250 us, turnaround: 20 ms }
scheme: dpc
users: [{ id: ada }]
bridge: { ueTimeout: ${PATIENCE_S} s }
`,
  );
  const out = path.join(folder, 'wide');
  const running = new Running(['run', scenario, '--out', out, '--no-report']);
  await startUe('ada', running);
  const { code, stderr } = await running.end();
  expect(stderr).toMatch(/ada: not found: UE 'ada' measures 1 subcarriers, .* 64 .*\[UE_MISMATCH\]/);
  expect(code).toBe(6);
  expect((await decided(out)).slots).toEqual([]);
});
