import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { Pty } from '../../drivers/emulator/pty.js';
import { portHolders } from '../../drivers/transports/port-holders.js';
import { boardCommand } from '../../src/cli/commands/board.js';
import { boardsCommand } from '../../src/cli/commands/boards.js';
import { type EmulatedBoardHandle, startEmulatedBoard } from '../../src/emulation/start-emulated-board.js';
import { runCommand } from '../fixtures/run-command.js';
import { connect, type EmulatedRig, ptyRig } from './board-rigs.js';
import { randomCodewords } from './board-watcher.js';

async function run(...args: string[]): Promise<string> {
  return (await runCommand(boardsCommand, 'boards', ...args)).stdout;
}

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function rigged(...of: Parameters<typeof ptyRig>): Promise<{ rig: EmulatedRig; port: string }> {
  const rig = await ptyRig(...of);
  closing.push(() => rig.close());
  return { rig, port: rig.transport.name };
}

/** A program that has the port open. */
async function holding(port: string): Promise<number> {
  const child = fork(fileURLToPath(new URL('../fixtures/port-holder.js', import.meta.url)), [port], {
    execArgv: [],
  });
  closing.push(() => child.kill('SIGKILL'));
  await once(child, 'message');
  return child.pid!;
}

describe('beamloop boards info', () => {
  it('is what beamloop board is', async () => {
    const { port } = await rigged({ model: { serialNumber: 'EMU-77' } });
    const answers = [
      await run('info', port, '--json'),
      (await runCommand(boardCommand, 'board', port, '--json')).stdout,
    ].map((text) => JSON.parse(text));
    expect(answers.map(({ description }) => description.serialNumber)).toEqual(['EMU-77', 'EMU-77']);
    expect(Object.keys(answers[0])).toEqual(Object.keys(answers[1]));
  });
});

describe('beamloop boards test', () => {
  it('measures round trips, loading and the drift of the clock', async () => {
    const { port } = await rigged({ model: { numElements: 64, memoryDepth: 20 }, driftPpm: 60 });
    const test = JSON.parse(
      await run('test', port, '--round-trips', '50', '--codewords', '30', '--for', '0.3 s', '--json'),
    );
    const { p50, p90, p99, most } = test.roundTripS;
    expect([p50, p90, p99, most]).toEqual([p50, p90, p99, most].toSorted((a, b) => a - b));
    expect(p50).toBeGreaterThan(0);
    // No more than the memory holds; 64 elements of 6 bits of phase and 1 of amplitude.
    expect(test.load).toMatchObject({ numCodewords: 20, codewordBytes: 56 });
    expect(test.load.goodputBytesPerS * test.load.perCodewordS).toBeCloseTo(56, 6);
    // At 3 Mbaud a byte takes 10 bits.
    expect(test.load.perCodewordS).toBeGreaterThan(56 / 300_000);
    const { ppm, withinPpm } = test.clockDrift;
    expect(Math.abs(ppm - 60)).toBeLessThanOrEqual(withinPpm);
    expect(withinPpm).toBeGreaterThan(0);
    expect(await run('test', port, '--round-trips', '10', '--codewords', '1', '--for', '0.1 s')).toMatch(
      /round trip .*median.*\none codeword .*\nmany codewords .*MB\/s.*\nclock drift .*ppm/,
    );
  });
});

describe('beamloop boards mute and clear', () => {
  it('mute the board, and empty its queue and memory', async () => {
    const { rig, port } = await rigged({ model: { memoryDepth: 50 } });
    const board = await connect(rig);
    const codewords = randomCodewords(board, 7, 1);
    await board.load(codewords);
    await board.queue([{ slot: 3, hash: codewords[0]!.hash }]);
    await board.leave();
    expect(JSON.parse(await run('mute', port, '--json'))).toEqual({ port, muted: true });
    const state = async () => JSON.parse(await run('info', port, '--json'));
    expect(await state()).toMatchObject({ memory: { held: 7 }, telemetry: { muted: true, queueDepth: 1 } });
    // It might load over what the slot needs.
    await expect(run('test', port)).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
      what: expect.stringContaining('1 slot queued'),
      todo: expect.stringContaining(`boards clear ${port}`),
    });
    expect(await run('clear', port)).toContain('7 codewords in its memory are gone');
    expect(await state()).toMatchObject({ memory: { held: 0 }, telemetry: { muted: true, queueDepth: 0 } });
    // And may be loaded anew.
    const again = await connect(rig);
    await again.load(codewords);
    expect(again.codewordsHeld()).toBe(7);
    await again.leave();
  });
});

describe('a port that another program has open', () => {
  it('is not opened, and the program is named', async () => {
    const { port } = await rigged();
    const pid = await holding(port);
    for (const what of ['info', 'test', 'mute', 'clear']) {
      await expect(run(what, port)).rejects.toMatchObject({
        code: 'PORT_BUSY',
        what: expect.stringMatching(new RegExp(`port-holder\\.js .*\\(process ${pid}\\)`)),
      });
    }
  });

  it('is not held by the emulated board itself, which has the other end of it', async () => {
    const board: EmulatedBoardHandle = await startEmulatedBoard({ realtime: true });
    closing.push(() => board.close());
    expect(await portHolders({ file: board.path })).toEqual([]);
    const pid = await holding(board.path);
    expect((await portHolders({ file: board.path })).map((holder) => holder.pid)).toEqual([pid]);
  });

  it('is found by its connection where it is on TCP', async () => {
    const board = await startEmulatedBoard({ realtime: true }, undefined, {
      kind: 'tcp',
      host: '127.0.0.1',
      port: 0,
    });
    closing.push(() => board.close());
    const address = board.path.replace(/^tcp:/, '');
    expect(JSON.parse(await run('--tcp', address, '--json')).boards).toContainEqual(
      expect.objectContaining({
        port: board.path,
        state: 'board',
        serialNumber: 'EMU-0001',
        numElements: 512,
      }),
    );
    const pid = await holding(board.path);
    expect(JSON.parse(await run('--tcp', address, '--json')).boards).toContainEqual({
      port: board.path,
      state: 'held',
      holders: [{ pid, command: expect.stringContaining('port-holder.js') }],
    });
  });
});

describe('beamloop boards', () => {
  it('says what is wrong with a port, and goes on', async () => {
    const printed = await run('--tcp', '127.0.0.1:1');
    expect(printed).toMatch(/tcp:127\.0\.0\.1:1 .*Nothing listens at this address \[PORT_NOT_FOUND\]/s);
    await expect(run('--tcp', 'nowhere')).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
  });

  it('says what is not a board', async () => {
    const pty = await Pty.open(() => {});
    closing.push(() => pty.close());
    await expect(run('info', pty.path, '--open-timeout', '0.2 s')).rejects.toMatchObject({
      code: 'NOT_A_BOARD',
    });
  });
});
