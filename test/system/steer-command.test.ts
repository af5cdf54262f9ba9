/** One beam, held, as somebody tries a new board. The board is an emulated one at a port of its own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BoardTelemetry } from '../../drivers/array-board.js';
import { openNativeBoard } from '../../drivers/boards/open-native-board.js';
import { SerialTransport } from '../../drivers/transports/serial.js';
import { LinearArray, polarPointM } from '../../src/array/linear-array.js';
import { type EmulatedBoardHandle, startEmulatedBoard } from '../../src/emulation/start-emulated-board.js';
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
});
