/** One beam, held, as somebody tries a new board. The board is an emulated one at a port of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BoardTelemetry } from '../../drivers/array-board.js';
import { openNativeBoard } from '../../drivers/boards/open-native-board.js';
import { SerialTransport } from '../../drivers/transports/serial.js';
import { LinearArray, polarPointM } from '../../src/array/linear-array.js';
import type { PlanarArray } from '../../src/array/planar-array.js';
import { type EmulatedBoardHandle, startEmulatedBoard } from '../../src/emulation/start-emulated-board.js';
import { readScenario } from '../../src/scenario/scenario.js';
import { arrayOf } from '../../src/scenario/users.js';
import { emulatedSection } from '../../src/testbed.js';
import { beamloop, Running } from './campaign-runs.js';

let board: EmulatedBoardHandle;
beforeEach(async () => {
  board = await startEmulatedBoard({ model: { numElements: 64, baud: 3_000_000 }, realtime: true });
});
afterEach(() => board.close());

async function telemetry(): Promise<BoardTelemetry> {
  const transport = new SerialTransport({ port: board.path, baudRate: 3_000_000 });
  const opened = await openNativeBoard({ transport, baudRate: 3_000_000 });
  try {
    return await new Promise((resolve) => {
      opened.on('telemetry', resolve);
      opened.requestTelemetry();
    });
  } finally {
    await opened.leave();
  }
}

const STEER = ['--carrier', '28 GHz', '--to', '2 m, 15 deg'];

describe('beamloop steer', () => {
  it('has the board latch a beam on the point, says so, and leaves the array muted', async () => {
    const { code, stdout, stderr } = await beamloop('steer', board.path, ...STEER, '--json');
    expect(code, stderr).toBe(0);
    const said = JSON.parse(stdout);
    expect(said).toMatchObject({
      to: '2.00 m at 15.0 deg',
      receipt: { slot: 0, status: 'latched' },
      held: false,
    });
    expect((await telemetry()).muted).toBe(true);
  });

  it('holds it until Ctrl-C, which is its ordinary end', async () => {
    const running = new Running(['steer', board.path, ...STEER, '--hold']);
    await running.until('Held');
    // Longer than the watchdog would let a silent host hold it.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    running.process.kill('SIGINT');
    const { code, stdout } = await running.end();
    expect(code).toBe(0);
    expect(stdout).toMatch(/latched +codeword [0-9a-f]{16} at board time/);
    expect((await telemetry()).muted).toBe(true);
  });

  it('says when the board lost the beam that it holds', async () => {
    const running = new Running(['steer', board.path, ...STEER, '--hold']);
    await running.until('Held');
    await board.close();
    const { code, stderr } = await running.end();
    expect(code).toBe(3);
    expect(stderr).toContain('link to the board is lost');
  });

  it.each([
    [['--to', '2 m, 15 deg'], /carrier.*28 GHz/s],
    [['--carrier', '28 GHz', '--to', '2 m'], /not a distance and an angle/],
    [['--carrier', '28 GHz', '--to', '2, 15 deg'], /no unit/],
    [['--carrier', '28 GHz', '--to', '2 m, 120 deg'], /behind the array/],
    [['--carrier', '28 GHz', '--to', '0 m, 10 deg'], /distance must be from/],
  ])('%j is refused before the port is touched', async (args, why) => {
    const { code, stderr } = await beamloop('steer', '/dev/no-such-port', ...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(why);
  });
});

describe('beamloop steer of a scenario', () => {
  it('puts the power on the point: nowhere else is there more, and a calibration is used', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'beamloop-steer-'));
    const file = path.join(folder, 'steer.yaml');
    writeFileSync(
      file,
      `array: { elements: 64, carrier: 28 GHz }
board: { port: emulated, emulated: { phaseBits: 8 } }
slots: { duration: 125 us }
scheme: dpc
channel: { snr: 20 dB }
users: { count: 1 }
`,
    );
    const { code, stdout } = await beamloop('steer', file, '--to', '0.5 m, -20 deg', '--json');
    rmSync(folder, { recursive: true });
    expect(code).toBe(0);
    const { gainLossDb, phaseRad } = JSON.parse(stdout);
    expect(Math.abs(gainLossDb)).toBeLessThan(0.01);
    const array = new LinearArray({ numElements: 64, carrierHz: 28e9 });
    const gainAt = (distanceM: number, angleDeg: number) => {
      const b = array.steeringVector(polarPointM(distanceM, (angleDeg * Math.PI) / 180));
      const [re, im] = (phaseRad as number[]).reduce(
        ([x, y], phase, n) => [
          x! + Math.cos(phase) * b.re[n]! - Math.sin(phase) * b.im[n]!,
          y! + Math.sin(phase) * b.re[n]! + Math.cos(phase) * b.im[n]!,
        ],
        [0, 0],
      );
      return Math.hypot(re!, im!) / 64;
    };
    expect(gainAt(0.5, -20)).toBeGreaterThan(0.9999);
    for (const [distanceM, angleDeg] of [
      [0.5, -18],
      [0.5, -22],
      [0.4, -20],
      [0.7, -20],
      [5, -20],
    ] as const) {
      expect(gainAt(distanceM, angleDeg)).toBeLessThan(0.97);
    }
  });

  it('steers by lines, answers each, and mutes when they end', async () => {
    const running = new Running(
      ['steer', board.path, '--carrier', '28 GHz', '--stdin'],
      undefined,
      false,
      {},
      'pipe',
    );
    const lines = [
      '{"to":"2 m, 15 deg"}',
      '{"mute":true}',
      'nonsense',
      '{"to":"0.1 mm, 0 deg"}',
      '{"to":"inf, -20 deg"}',
    ];
    const answers: Record<string, unknown>[] = [];
    const told = createInterface({ input: running.process.stdout! })[Symbol.asyncIterator]();
    for (const line of lines) {
      running.process.stdin!.write(`${line}\n`);
      answers.push(JSON.parse((await told.next()).value));
    }
    expect(answers).toMatchObject([
      { to: '2.00 m at 15.0 deg', receipt: { status: 'latched' }, muted: false },
      { muted: true },
      { error: { code: 'BAD_ARGUMENT', what: "'nonsense' is no order" } },
      { error: { code: 'BAD_ARGUMENT' } },
      { to: 'far field at -20.0 deg', receipt: { status: 'latched' }, muted: false },
    ]);
    expect((answers[0]!.receipt as { hash: string }).hash).not.toBe(
      (answers[4]!.receipt as { hash: string }).hash,
    );
    running.process.stdin!.end();
    expect((await running.end()).code).toBe(0);
    expect((await telemetry()).muted).toBe(true);
  });

  it('mutes when nobody reads its answers any more', async () => {
    const running = new Running(
      ['steer', board.path, '--carrier', '28 GHz', '--stdin'],
      undefined,
      false,
      {},
      'pipe',
    );
    const { stdin, stdout } = running.process;
    const answered = new Promise((resolve) => stdout!.once('data', resolve));
    stdin!.write('{"to":"2 m, 15 deg"}\n');
    await answered;
    stdout!.destroy();
    // Its answer finds no reader.
    stdin!.write('{"to":"2 m, -15 deg"}\n');
    expect(await running.end()).toMatchObject({ code: 0, stderr: '' });
    expect((await telemetry()).muted).toBe(true);
  });

  it('refuses what does not go together', async () => {
    const both = await beamloop('steer', board.path, ...STEER, '--stdin');
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('--stdin says where to point') });
    const neither = await beamloop('steer', board.path, '--carrier', '28 GHz');
    expect(neither).toMatchObject({ code: 2, stderr: expect.stringContaining('Nobody says where') });
    const flat = await beamloop('steer', board.path, '--carrier', '28 GHz', '--to', '2 m, 15 deg, 3 deg');
    expect(flat).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('an elevation is for planar arrays'),
    });
  });
});

describe('beamloop steer of a planar array', () => {
  it('focuses on the place that azimuth, elevation and distance name', async () => {
    const { code, stdout, stderr } = await beamloop(
      'steer',
      'scenarios/planar.yaml',
      '--to',
      '6 m, 20 deg, -10 deg',
      '--json',
    );
    expect(code, stderr).toBe(0);
    const { phaseRad, to } = JSON.parse(stdout);
    expect(to).toBe('6.00 m at 20.0 deg, 10.0 deg down');
    const array = arrayOf(readScenario('scenarios/planar.yaml', emulatedSection).scenario) as PlanarArray;
    const [azimuth, elevation] = [(20 * Math.PI) / 180, (-10 * Math.PI) / 180];
    // Directly: along the array's own axes.
    const own = [
      Math.cos(elevation) * Math.cos(azimuth),
      Math.cos(elevation) * Math.sin(azimuth),
      Math.sin(elevation),
    ];
    let re = 0;
    let im = 0;
    for (let k = 0; k < array.numElements; k++) {
      const [xM, yM, zM] = array.elementM(k);
      const distanceM = Math.hypot(6 * own[0]! - xM, 6 * own[1]! - yM, 6 * own[2]! - zM);
      const phase = phaseRad[k] - (2 * Math.PI * distanceM) / array.wavelengthM;
      re += Math.cos(phase);
      im += Math.sin(phase);
    }
    // All in phase there, but for what phase codes of 6 bits round off.
    expect(Math.hypot(re, im) / array.numElements).toBeGreaterThan(0.99);
  });
});
