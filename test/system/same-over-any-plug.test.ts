/** A virtual-time campaign leaves the same recording whether its board is in its own process, at a pseudo-terminal, behind TCP or on USB. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type UsbEnvironment, usbEnvironment } from '../../drivers/emulator/usb/shim.js';
import { Recording } from '../../src/record/recording.js';
import { TABLE_NAMES } from '../../src/record/schema.js';
import { readScenario } from '../../src/scenario/scenario.js';
import { emulatedSection } from '../../src/testbed.js';
import { startScenarioBoards } from '../../src/testbed-boards.js';
import { beamloop, Running, writeScenario } from './campaign-runs.js';

/** `events` and `link_statistics` carry the wall clock; `run` what the scenario says of the plug, and when it ran. */
const OF_THE_PLUG = ['events', 'link_statistics', 'run'];
/** The plug is on the line, and the line loses and flips bytes: what is sent again must not show. */
const FAULTS = 'faults: { toBoard: { drop: 0.0002, flip: 0.0002 }, toHost: { drop: 0.0002, flip: 0.0002 } }';

let folder: string;
let bus: UsbEnvironment;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'beamloop-plugs-'));
  bus = await usbEnvironment(path.join(folder, 'shim'), path.join(folder, 'bus'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function argsOf(at: string): string[] {
  const scenario = writeScenario(folder, at, at === 'nowhere' ? `{ ${FAULTS} }` : `{ at: ${at}, ${FAULTS} }`);
  return ['run', scenario, '--out', path.join(folder, `run-${at}`), '--no-report'];
}

async function tablesOf(at: string): Promise<Record<string, readonly unknown[]>> {
  const recording = await Recording.open(path.join(folder, `run-${at}`), 'read');
  try {
    const tables: Record<string, readonly unknown[]> = {};
    for (const name of TABLE_NAMES) {
      if (!OF_THE_PLUG.includes(name)) tables[name] = await recording.rows(name);
    }
    return tables;
  } finally {
    await recording.close();
  }
}

it('is the same row by row in every table that does not carry the wall clock', async () => {
  const overUsb = new Running(argsOf('usb'), undefined, false, { ...bus });
  const runs: Awaited<ReturnType<typeof beamloop>>[] = [];
  for (const at of ['pty', 'tcp', 'nowhere']) runs.push(await beamloop(...argsOf(at)));
  runs.push(await overUsb.end());
  for (const { code, stderr } of runs) expect(code, stderr).toBe(0);
  const serial = await tablesOf('pty');
  expect(serial.receipts!.length).toBeGreaterThan(100);
  expect(serial.estimates).toHaveLength(3);
  expect(await tablesOf('tcp')).toEqual(serial);
  expect(await tablesOf('usb')).toEqual(serial);
  expect(await tablesOf('nowhere')).toEqual(serial);
});

it('is told where by the scenario', async () => {
  const { scenario } = readScenario(writeScenario(folder, 'where', '{ at: tcp }'), emulatedSection);
  const boards = await startScenarioBoards(scenario, false);
  expect(boards.paths).toEqual([expect.stringMatching(/^tcp:127\.0\.0\.1:\d+$/)]);
  await boards.close();
});

it('needs a bus for USB, and says how to come by one', async () => {
  const { code, stderr } = await beamloop(
    'run',
    writeScenario(folder, 'no-bus', '{ at: usb }'),
    '--no-report',
    '--out',
    path.join(folder, 'no'),
  );
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /not started with an emulated USB bus.*board\.emulated\.at.*emulate-board --at usb/s,
  );
});
