import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_BOARD } from '../../../drivers/emulator/board-model.js';
import { faultsSchema } from '../../../drivers/emulator/faults/fault-schema.js';
import { STATUS } from '../../../firmware-protocol/status.js';
import { compiledEntry } from '../../../src/core/compiled-entry.js';
import { type EmulatedBoardHandle, startEmulatedBoard } from '../../../src/emulation/start-emulated-board.js';
import { uniformCodeword } from '../../unit/emulator/test-host.js';
import { SerialHost } from './serial-host.js';

const boards: EmulatedBoardHandle[] = [];
afterEach(async () => {
  await Promise.all(boards.splice(0).map((board) => board.close()));
});

async function start(config: Parameters<typeof startEmulatedBoard>[0] = {}) {
  const board = await startEmulatedBoard(config);
  boards.push(board);
  return board;
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The process is gone, or only its exit status is left of it, which not every container's first process collects. */
function hasEnded(pid: number): boolean {
  try {
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return true;
  }
}

describe('emulated board behind a pseudo-terminal', () => {
  it('loads, queues, latches and returns receipts through the real serialport', async () => {
    const board = await start();
    const host = new SerialHost(0x1111);
    await host.open(board.path);
    expect((await host.hello()).numElements).toBe(DEFAULT_BOARD.numElements);
    const { hash, data } = uniformCodeword(DEFAULT_BOARD, 17);
    expect(await host.request('LoadCodeword', { index: 5, offset: 0, last: 1, hash, data })).toBe(STATUS.ok);
    const entries = Array.from({ length: 100 }, (_, slot) => ({ slot, index: 5 }));
    expect(await host.request('QueueSlots', { entries })).toBe(STATUS.ok);
    const startTicks = 10_000_000;
    const arm = { mode: 0, firstSlot: 0, startTicks: BigInt(startTicks), slotTicks: 12_500 };
    expect(await host.request('Arm', arm)).toBe(STATUS.ok);
    expect(host.receipts()).toEqual([]);
    expect(await board.advance(0.2)).toBe(0.2);
    const receipts = await host.until(() => (host.receipts().length === 100 ? host.receipts() : undefined));
    expect(receipts).toEqual(
      entries.map(({ slot, index }) => ({
        slot,
        index,
        hash,
        ticks: BigInt(startTicks + slot * 12_500),
        status: 0,
      })),
    );
    await host.close();
  });

  it('keeps its path, session, memory and queue when it is unplugged and put back', async () => {
    const board = await start();
    const host = new SerialHost(0x2222);
    await host.open(board.path);
    await host.hello();
    const { hash, data } = uniformCodeword(DEFAULT_BOARD, 3);
    await host.request('LoadCodeword', { index: 0, offset: 0, last: 1, hash, data });
    await host.request('QueueSlots', { entries: [{ slot: 0, index: 0 }] });
    const before = readlinkSync(board.path);
    board.unplug();
    await until(() => !existsSync(board.path));
    await host.close();
    board.replug();
    await until(() => existsSync(board.path));
    expect(statSync(board.path).isCharacterDevice()).toBe(true);
    expect(readlinkSync(board.path)).toMatch(/^\/dev\/pts\/\d+$/);
    expect(before).toMatch(/^\/dev\/pts\/\d+$/);
    await host.open(board.path);
    expect((await host.hello()).resumed).toBe(1);
    const arm = { mode: 0, firstSlot: 0, startTicks: 10_000_000n, slotTicks: 12_500 };
    expect(await host.request('Arm', arm)).toBe(STATUS.ok);
    await board.advance(0.2);
    const [receipt] = await host.until(() => (host.receipts().length > 0 ? host.receipts() : undefined));
    expect(receipt).toMatchObject({ slot: 0, hash, status: 0 });
    await host.close();
  });

  it('gets through noise, odd chunks, a stall and an unplugging with one receipt per slot', async () => {
    const noise = { drop: 0.001, flip: 0.001, duplicate: 0.001 };
    const board = await start({
      seed: 3,
      faults: faultsSchema.parse({
        toBoard: noise,
        toHost: noise,
        fragment: 13,
        events: [
          { atSlot: 40, action: 'stall', for: '100 ms' },
          { atBytes: 4000, action: 'unplug', for: '50 ms' },
        ],
      }),
    });
    const host = new SerialHost(0x3333);
    await host.open(board.path);
    await host.hello();
    const codes = [1, 2, 3, 4, 5, 6, 7, 8];
    let finished = false;
    // The driver's part here: reopen whenever the port has been put back.
    const reopening = (async () => {
      let device = readlinkSync(board.path);
      while (!finished) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        const now = existsSync(board.path) ? readlinkSync(board.path) : device;
        if (now === device && existsSync(board.path)) continue;
        await host.close();
        await until(() => existsSync(board.path));
        device = readlinkSync(board.path);
        await host.open(board.path);
      }
    })();
    for (const [index, code] of codes.entries()) {
      const { hash, data } = uniformCodeword(DEFAULT_BOARD, code);
      expect(await host.request('LoadCodeword', { index, offset: 0, last: 1, hash, data })).toBe(STATUS.ok);
    }
    await host.request('Arm', { mode: 0, firstSlot: 0, startTicks: 100_000_000n, slotTicks: 12_500 });
    for (let batch = 0; batch < 10; batch++) {
      // Ten slots, then ten free ones in which the next message crosses the line.
      const entries = Array.from({ length: 10 }, (_, k) => ({ slot: 20 * batch + k, index: k % 8 }));
      expect(await host.request('QueueSlots', { entries })).toBe(STATUS.ok);
      await board.advance(1 + (20 * batch + 10) * 125e-6);
    }
    const receipts = await host.until(() => (host.receipts().length >= 100 ? host.receipts() : undefined));
    finished = true;
    await reopening;
    // This host takes frames as they come; a repeated one comes late.
    const slots = receipts.map(({ slot }) => slot).sort((a, b) => a - b);
    expect(slots).toEqual(Array.from({ length: 100 }, (_, n) => 20 * Math.floor(n / 10) + (n % 10)));
    expect(receipts.every(({ slot, ticks }) => ticks === 100_000_000n + BigInt(slot) * 12_500n)).toBe(true);
    await host.close();
  });

  it('loses memory and clock at a power cycle', async () => {
    const board = await start();
    const host = new SerialHost(0x4444);
    await host.open(board.path);
    const { bootId } = await host.hello();
    const { hash, data } = uniformCodeword(DEFAULT_BOARD, 3);
    await host.request('LoadCodeword', { index: 0, offset: 0, last: 1, hash, data });
    await board.advance(3);
    board.reset();
    expect(await board.advance(0.5)).toBe(0.5);
    const again = new SerialHost(0x4445);
    await host.close();
    await again.open(board.path);
    expect((await again.hello()).bootId).not.toBe(bootId);
    expect(await again.request('QueueSlots', { entries: [{ slot: 0, index: 0 }] })).toBe(STATUS.notLoaded);
    await again.close();
  });
});

describe('process of the emulated board', () => {
  it('leaves no process and no files when it is closed, and answers no more', async () => {
    const board = await start();
    const directory = path.dirname(board.path);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    await board.close();
    await board.close();
    expect(hasEnded(board.pid)).toBe(true);
    expect(existsSync(directory)).toBe(false);
    await expect(board.advance(1)).rejects.toMatchObject({ code: 'BOARD_SILENT' });
  });

  it('leaves no files when it is killed itself, and a waiting caller hears of it', async () => {
    const board = await start();
    const directory = path.dirname(board.path);
    process.kill(board.pid, 'SIGSTOP');
    const waiting = board.advance(1);
    process.kill(board.pid, 'SIGKILL');
    await expect(waiting).rejects.toMatchObject({ code: 'BOARD_SILENT' });
    await board.ended;
    expect(existsSync(directory)).toBe(false);
  });

  it('may be told things while it dies', async () => {
    const board = await start();
    process.kill(board.pid, 'SIGKILL');
    // Waits busily until all its threads are gone, so that this process has not heard of it yet.
    while (!hasEnded(board.pid) || readdirSync(`/proc/${board.pid}/task`).length > 1);
    for (let k = 0; k < 3; k++) board.trigger();
    await expect(board.advance(1)).rejects.toMatchObject({ code: 'BOARD_SILENT' });
  });

  it('is gone with its files when its parent is killed with -9', async () => {
    const module = pathToFileURL(
      compiledEntry(
        './start-emulated-board.js',
        import.meta.resolve('../../../src/emulation/start-emulated-board.ts'),
      ),
    );
    const script = `
      const { startEmulatedBoard } = await import('${module.href}');
      const board = await startEmulatedBoard({});
      console.log(JSON.stringify({ pid: board.pid, path: board.path }));
    `;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(parent.stdout, 'data');
    const { pid, path: port } = JSON.parse(String(line)) as { pid: number; path: string };
    expect(readdirSync(path.dirname(port)).sort()).toEqual(['air', 'board']);
    expect(hasEnded(pid)).toBe(false);
    parent.kill('SIGKILL');
    await until(() => hasEnded(pid));
    expect(existsSync(path.dirname(port))).toBe(false);
  });

  it('says what is wrong when it cannot start', async () => {
    await expect(start({ model: { numElements: -1 } })).rejects.toMatchObject({ code: 'PORT_FAILED' });
  });
});
