/** What the program of the firmware does beside being a board. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Probe } from '../../drivers/conformance/probe.js';
import { PosixBoard } from './posix-board.js';
import { make, requireTools } from './toolchain.js';

describe('beamboard', () => {
  let folder: string;
  beforeAll(async () => {
    requireTools('make', 'cc');
    folder = await make('posix', {}, { variables: { OPTIMISE: '-O0' } });
  });

  it('keeps session, memory and time while the host closes its port and opens it again', async () => {
    const board = await PosixBoard.start(folder);
    const probe = new Probe(board.rig());
    await probe.open();
    const { bootId } = await probe.begin();
    await probe.did('Mute', { muted: 1 });
    const before = (await probe.readClock()).sentTicks;
    await probe.close();
    // Telemetry comes meanwhile, and nobody reads it.
    await probe.wait(1.2);
    await probe.open();
    const { resumed, bootId: later } = await probe.hello();
    expect({ resumed, bootId: later }).toEqual({ resumed: 1, bootId });
    await probe.did('QueueSlots', { entries: [] });
    expect((await probe.telemetry()).flags & 1).toBe(1);
    expect((await probe.readClock()).sentTicks).toBeGreaterThan(before);
    await probe.close();
    await board.end();
  });

  it('says what it does not understand', () => {
    const run = (...args: string[]) => spawnSync(path.join(folder, 'beamboard'), args, { encoding: 'utf8' });
    expect(run('--boot', 'x')).toMatchObject({ status: 2, stderr: expect.stringContaining('x is no number') });
    expect(run('--baud')).toMatchObject({ status: 2, stderr: expect.stringContaining('usage: beamboard') });
  });
});
