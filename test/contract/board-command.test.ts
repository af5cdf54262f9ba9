import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { Pty } from '../../drivers/emulator/pty.js';
import type { Command } from '../../src/cli/command.js';
import { boardCommand } from '../../src/cli/commands/board.js';
import { portsCommand } from '../../src/cli/commands/ports.js';
import { runCommand } from '../fixtures/run-command.js';
import { connect, type EmulatedRig, ptyRig, until } from './board-rigs.js';
import { BoardWatcher, randomCodewords } from './board-watcher.js';

async function run(command: Command, ...args: string[]): Promise<string> {
  return (await runCommand(command, ...args)).stdout;
}

describe('beamloop board', () => {
  let rig: EmulatedRig | null = null;
  afterEach(async () => {
    await rig?.close();
    rig = null;
  });

  it('prints what the board says of itself, its memory, clock and condition', async () => {
    rig = await ptyRig({ model: { serialNumber: 'EMU-77', numElements: 64, memoryDepth: 50 } });
    const board = await connect(rig);
    await board.load(randomCodewords(board, 7, 1));
    await board.leave();
    const path = rig.transport.name;
    const json = JSON.parse(await run(boardCommand, 'board', path, '--json'));
    expect(json).toMatchObject({
      port: path,
      description: { serialNumber: 'EMU-77', numElements: 64, protocolVersion: '1.2' },
      memory: { depth: 50, held: 7 },
      telemetry: { queueDepth: 0, armed: false, muted: false },
    });
    const [loS, hiS] = json.clock.boardTimeS;
    expect(loS).toBeLessThan(hiS);
    const printed = await run(boardCommand, 'board', path);
    expect(printed).toContain('EMU-77');
    expect(printed).toContain('7 of 50 codewords held');
  });

  it('gives a board the time and the line levels that it is told', async () => {
    rig = await ptyRig();
    const path = rig.transport.name;
    rig.emulated.stall(60);
    await expect(run(boardCommand, 'board', path, '--open-timeout', '0.2 s')).rejects.toMatchObject({
      code: 'NOT_A_BOARD',
      what: expect.stringContaining('not a byte came within 0.2 s'),
    });
    await expect(run(boardCommand, 'board', path, '--open-timeout', '0 s')).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
    });
    // A pseudo-terminal has no such line.
    await expect(run(boardCommand, 'board', path, '--dtr', 'off')).rejects.toMatchObject({
      code: 'PORT_FAILED',
      what: expect.stringContaining('DTR'),
      todo: expect.stringContaining('dtr'),
    });
  });

  it('prints the delays of a board, and lists those of its lines', async () => {
    const delayLinesS = [new Float64Array(3), Float64Array.of(1e-9, 2e-9, 134.8e-9)];
    rig = await ptyRig({ model: { numElements: 3, delayBits: 8, delayLsbS: 16e-12, delayLinesS } });
    const path = rig.transport.name;
    const printed = await run(boardCommand, 'board', path);
    expect(printed).toContain('8 bits of 16 ps, up to 4080 ps; 2 fixed lines, up to 134.8 ns');
    const { description } = JSON.parse(await run(boardCommand, 'board', path, '--json'));
    expect(description).toMatchObject({ lineBits: 1, delayLinesS: delayLinesS.map((line) => [...line]) });
  });

  it('leaves a board that works as it is', async () => {
    rig = await ptyRig();
    const board = await connect(rig);
    const [codeword] = randomCodewords(board, 1, 1);
    await board.load([codeword!]);
    await board.queue([{ slot: 3, hash: codeword!.hash }]);
    await board.leave();
    await run(boardCommand, 'board', rig.transport.name);
    const again = await connect(rig);
    const watcher = new BoardWatcher(again);
    again.requestTelemetry();
    await until(() => watcher.telemetry.length > 0);
    expect(watcher.telemetry[0]).toMatchObject({ queueDepth: 1, muted: false });
    await again.close();
  });

  it('says that a port has no board, is busy, or is not there', async () => {
    const pty = await Pty.open(() => {});
    await expect(run(boardCommand, 'board', pty.path)).rejects.toMatchObject({
      code: 'NOT_A_BOARD',
      where: pty.path,
    });
    pty.close();
    await expect(run(boardCommand, 'board', '/dev/tty-none')).rejects.toMatchObject({
      code: 'PORT_NOT_FOUND',
    });
    rig = await ptyRig();
    const board = await connect(rig);
    await expect(run(boardCommand, 'board', rig.transport.name)).rejects.toMatchObject({ code: 'PORT_BUSY' });
    await board.close();
  });

  it('refuses a baud rate that is none', async () => {
    for (const baud of ['0', '-9600', '1.5', 'fast']) {
      const error = await run(boardCommand, 'board', '/dev/null', `--baud=${baud}`).catch(
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: expect.stringMatching(/BAD_ARGUMENT|BAD_UNIT/) });
    }
  });
});

describe('beamloop ports', () => {
  it('lists ports for people and for machines, or says what the system lacks for that', async () => {
    if (process.platform === 'linux' && spawnSync('udevadm', ['--version']).error !== undefined) {
      await expect(run(portsCommand, 'ports')).rejects.toThrow(/cannot be listed.*package udev/);
      return;
    }
    const { ports } = JSON.parse(await run(portsCommand, 'ports', '--json')) as {
      ports: { path: string; mayBeBoard: boolean; vendorId: string | null; spec: string | null }[];
    };
    const printed = await run(portsCommand, 'ports');
    for (const port of ports) {
      expect(printed).toContain(port.path);
      expect(port.mayBeBoard).toBe(port.vendorId !== null);
      expect(port.spec === null).toBe(port.vendorId === null);
    }
    if (ports.length === 0) expect(printed).toContain('no serial ports');
  });
});
